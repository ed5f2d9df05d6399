//! Packed files: what was written comes back, and damage shows.

use super::super::frame::Kind;
use super::super::packed::{Fields, PackedReader, PackedWriter, put_number};
use super::*;

const KIND: Kind = Kind { magic: *b"\x89gmtest\n", name: "test file", record: 0 };

/// Records of all lengths in every other stream, some of them longer than a chunk.
fn records() -> Vec<(u32, Vec<u8>)> {
    let mut random = Random(3);
    let mut one = |number: u64| {
        let length = if number.is_multiple_of(50) { 300_000 } else { random.below(200) };
        let bytes = (0..length).map(|_| random.below(7) as u8).collect();
        (random.below(4) as u32 * 2, bytes)
    };
    (0..200).map(&mut one).collect()
}

fn written(records: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut file = PackedWriter::new(KIND, 9, LAYOUT, &mut out).unwrap();
    for (stream, bytes) in records {
        let put = |record: &mut Vec<u8>| {
            put_number(bytes.len() as u64, record);
            record.extend_from_slice(bytes);
        };
        file.push(*stream, put, &mut out).unwrap();
    }
    assert_eq!(file.finish(&mut out).unwrap(), records.len() as u64);
    out
}

fn read(file: &Vec<u8>) -> Result<Vec<(u32, Vec<u8>)>, DedupError> {
    let reader = PackedReader::open(KIND, file, LAYOUT)?;
    let mut out = Vec::new();
    for stream in 0..LAYOUT.partitions {
        let mut count = 0;
        let record = |fields: &mut Fields<'_>| {
            let length = fields.number()?;
            Some((stream, fields.bytes(usize::try_from(length).ok()?)?.to_vec()))
        };
        let records = reader.read(stream, |fields| {
            count += 1;
            Ok(record(fields).map(|one| out.push(one)))
        })?;
        assert_eq!((records, reader.records(stream)?), (count, count));
    }
    Ok(out)
}

#[test]
fn packed_records_come_back_stream_by_stream() {
    let mut records = records();
    let file = written(&records);
    assert_eq!(PackedReader::open(KIND, &file, LAYOUT).unwrap().part, 9);
    let found = read(&file).unwrap();
    // A stable sort keeps the order within a stream.
    records.sort_by_key(|&(stream, _)| stream);
    assert!(found == records);
    assert!(file.len() < records.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() * 3 / 4, "packed");
    assert!(read(&written(&[])).unwrap().is_empty());
}

#[test]
fn every_flipped_byte_and_every_cut_of_a_packed_file_is_an_error() {
    let good = written(&records()[1..40]);
    let mut bad = good.clone();
    for at in 0..good.len() {
        bad[at] ^= 1 << (at % 8);
        assert!(read(&bad).is_err(), "flip at {at} of {}", good.len());
        bad[at] = good[at];
    }
    for length in 0..good.len() {
        assert!(read(&good[..length].to_vec()).is_err(), "cut to {length}");
    }
    let other = |layout, kind| PackedReader::open(kind, &good, layout).map(drop);
    assert!(matches!(other(Layout { tag: 1, ..LAYOUT }, KIND), Err(DedupError::Mismatch { what: "plan tag", .. })));
    assert!(other(LAYOUT, Kind { magic: *b"\x89gmxchg\n", ..KIND }).is_err());
    assert!(PackedReader::open(KIND, &good, LAYOUT).unwrap().records(LAYOUT.partitions).is_err());
}

#[test]
fn numbers_of_all_sizes_come_back() {
    let numbers = (0..64).flat_map(|bit| [(1_u64 << bit) - 1, 1 << bit, u64::MAX << bit]);
    for number in numbers {
        let mut bytes = Vec::new();
        put_number(number, &mut bytes);
        let mut fields = Fields(&bytes);
        assert_eq!((fields.number(), fields.0.len()), (Some(number), 0));
        assert_eq!(Fields(&bytes[..bytes.len() - 1]).number(), None);
    }
    assert_eq!(Fields(&[0x80; 11]).number(), None);
}
