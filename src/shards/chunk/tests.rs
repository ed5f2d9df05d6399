use super::*;
use crate::dedup::{MemoryScratch, Scratch};
use crate::shards::verify_flat;
use crate::shards::words::u32_at;
use serde_json::Value;

const FORMATS: [ShardFormat; 2] = [ShardFormat::Mds, ShardFormat::Litdata];

fn written(format: ShardFormat, length: Option<u32>, vocab_size: u32, samples: &[Vec<u32>]) -> (Vec<u8>, ShardCounts) {
    let layout = ChunkLayout::of(format, length, vocab_size).unwrap();
    let mut writer = ChunkWriter::new(Vec::new(), MemoryScratch.create().unwrap(), layout, vocab_size);
    samples.iter().for_each(|ids| writer.push(ids).unwrap());
    writer.finish().unwrap()
}

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../tests/golden/shards.json")).unwrap()
}

fn samples(golden: &Value, name: &str) -> Vec<Vec<u32>> {
    serde_json::from_value(golden[name].clone()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn shards_are_those_of_the_libraries_writers() {
    let golden = golden();
    let (documents, sequences) = (samples(&golden, "documents"), samples(&golden, "sequences"));
    for (name, format, length, vocab_size, samples) in [
        ("mds-2", ShardFormat::Mds, None, 300, &documents),
        ("mds-4", ShardFormat::Mds, None, 70_000, &documents),
        ("mds-2-packed", ShardFormat::Mds, Some(4), 300, &sequences),
        ("litdata-2", ShardFormat::Litdata, None, 300, &documents),
        ("litdata-4", ShardFormat::Litdata, None, 70_000, &documents),
    ] {
        let (bytes, counts) = written(format, length, vocab_size, samples);
        assert_eq!(hex(&bytes), golden[name]["data"].as_str().unwrap(), "{name}");
        assert_eq!(counts.bytes, bytes.len() as u64, "{name}");
        let layout = ChunkLayout::of(format, length, vocab_size).unwrap();
        let file = "shard.00000.mds".to_owned();
        let listed = Listed { file, samples: counts.documents, tokens: counts.tokens, bytes: counts.bytes };
        let index = folder_index(layout, &[listed], "version");
        if let Some(expected) = golden[name]["index"].as_str() {
            assert_eq!(index, expected, "{name}");
            continue;
        }
        let index: Value = serde_json::from_str(&index).unwrap();
        for (part, stated) in
            [(&index["config"], &golden[name]["config"]), (&index["chunks"][0], &golden[name]["chunk"])]
        {
            for (key, value) in stated.as_object().unwrap() {
                assert_eq!(&part[key], value, "{name}, {key}");
            }
        }
    }
}

/// Reads a shard as its specification says, with nothing of the writer.
fn read(bytes: &[u8], mds: bool, packed: bool, width: usize) -> Vec<Vec<u32>> {
    let count = u32_at(bytes, 0) as usize;
    let place = |n: usize| u32_at(bytes, 4 + 4 * n) as usize;
    assert_eq!(place(count), bytes.len());
    let ids = |bytes: &[u8]| -> Vec<u32> {
        bytes.chunks(width).map(|id| id.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte))).collect()
    };
    let sample = |n: usize| {
        let mut sample = &bytes[place(n)..place(n + 1)];
        if mds && !packed {
            assert_eq!(u32_at(sample, 0) as usize, sample.len() - 4);
            let (dimensions, length) = (sample[4] >> 2, 1 << (sample[4] & 3));
            let stated = sample[5..5 + length].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            sample = &sample[5 + length..];
            assert_eq!((dimensions, stated), (1, sample.len() / width));
        }
        ids(sample)
    };
    (0..count).map(sample).collect()
}

fn long(n: u32) -> Vec<u32> {
    (0..n).map(|id| id % 299 + 1).chain([0]).collect()
}

#[test]
fn shards_read_back_by_their_specification() {
    let documents = [long(0), long(254), long(255), long(65_534), long(65_535), long(70_000), long(3)];
    let sequences = [long(7), long(7), long(7)];
    for format in FORMATS {
        for vocab_size in [300, 70_000] {
            let width = Width::of(vocab_size).bytes();
            let (bytes, _) = written(format, None, vocab_size, &documents);
            assert_eq!(read(&bytes, format == ShardFormat::Mds, false, width), documents);
            let (bytes, _) = written(format, Some(8), vocab_size, &sequences);
            assert_eq!(read(&bytes, format == ShardFormat::Mds, true, width), sequences);
        }
    }
}

#[test]
fn ids_are_found_by_their_place() {
    let documents = [long(3), long(300), long(0), long(9)];
    let (lengths, all): (Vec<u64>, Vec<u32>) =
        (documents.iter().map(|ids| ids.len() as u64).collect(), documents.concat());
    for format in FORMATS {
        let (bytes, _) = written(format, None, 300, &documents);
        let layout = ChunkLayout::of(format, None, 300).unwrap();
        for (from, to) in [(0, 4), (2, 310), (4, 305), (305, 316), (7, 7), (0, 316)] {
            let mut found = Vec::new();
            for (at, length) in layout.places(&lengths, from, to) {
                Width::Two.get(&bytes[at as usize..(at + length) as usize], &mut found);
            }
            assert_eq!(found, all[from as usize..to as usize], "{format:?}, {from}..{to}");
        }
    }
}

#[test]
fn every_flipped_byte_is_seen() {
    // Ids whose every flip is out of range, or no end of text.
    let documents = [vec![1, 0], vec![2, 3, 0]];
    for format in FORMATS {
        let (bytes, _) = written(format, None, 4, &documents);
        let layout = ChunkLayout::of(format, None, 4).unwrap();
        let check = |bytes: &[u8]| -> bool {
            layout.open(bytes, &[2, 3]).is_ok_and(|ids| verify_flat(ids, &[2, 3], 4, Some(0)).is_ok())
        };
        assert!(check(&bytes));
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x84;
            assert!(!check(&bad), "{format:?}, byte {at}");
        }
        assert!(!check(&bytes[..bytes.len() - 1]) && !check(&[&bytes[..], &[0]].concat()), "{format:?}");
        assert!(layout.open(&bytes[..], &[3, 2]).is_err() && layout.open(&bytes[..], &[2]).is_err());
    }
}

#[test]
fn a_shard_that_outgrows_its_places_is_refused() {
    let layout = ChunkLayout::of(ShardFormat::Litdata, None, 70_000).unwrap();
    let mut writer = ChunkWriter::new(io::sink(), MemoryScratch.create().unwrap(), layout, 70_000);
    writer.counts.bytes = CHUNK_MOST - 20;
    writer.push(&[1]).unwrap();
    let refused = writer.push(&[1]).unwrap_err().to_string();
    assert!(refused.contains("shard-tokens"), "{refused}");
}
