//! Reading all ranges of a file in order gives exactly the records of the whole file.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

use std::io::Write;
use std::sync::Arc;

use gristmill::readers::{InputSpec, Item, open, split};
use gristmill::storage::source::{ByteSource, MemorySource};

use crate::readers_damage::{gzip, warc_record};

/// What a reading gave, item by item.
fn items(spec: &InputSpec, source: &Arc<dyn ByteSource>) -> Vec<String> {
    let mut reader = open(spec, source).unwrap();
    let mut items = Vec::new();
    while let Some(item) = reader.next_item().unwrap() {
        items.push(match item {
            Item::Record(record) => format!("{} {} {:?}", record.offset, record.length, record.payload),
            Item::Other { kind, offset, length } => format!("{offset} {length} {kind}"),
            Item::Fault(fault) => format!("{} {} {} {}", fault.offset, fault.length, fault.kind.code(), fault.detail),
        });
    }
    items
}

fn check(bytes: Vec<u8>, targets: &[u64], least: usize) {
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(bytes));
    let spec = InputSpec::new("s", "f");
    let whole = items(&spec, &source);
    let mut most = 0;
    for &target in targets {
        let ranges = split(&spec, &source, target).unwrap();
        assert_eq!(ranges[0].0, 0);
        assert!(ranges.windows(2).all(|pair| pair[0].1 == pair[1].0));
        let parts: Vec<String> = ranges
            .iter()
            .flat_map(|&range| items(&InputSpec { range: Some(range), ..spec.clone() }, &source))
            .collect();
        assert!(parts == whole, "target {target}: {} items in parts, {} in the whole", parts.len(), whole.len());
        most = most.max(ranges.len());
    }
    assert!(most >= least, "cut into {most} ranges at most");
    let offsets: std::collections::BTreeSet<&str> = whole.iter().map(|item| item.split(' ').next().unwrap()).collect();
    assert_eq!(offsets.len(), whole.len(), "two items have one offset");
}

fn lines(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{{\"id\":{n},\"text\":\"line {n} {}\"}}\n", "x".repeat(n * 7 % 90))).collect()
}

#[test]
fn plain_jsonl_at_any_byte() {
    let text = lines(40).concat().replace("line 7", "\n\n line 7").into_bytes();
    let targets: Vec<u64> = (1..200).chain([500, 1000, 10_000]).collect();
    check(text, &targets, 1000);
}

fn zst(pieces: &[Vec<u8>]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| zstd::encode_all(&piece[..], 3).unwrap()).collect()
}

#[test]
fn frames_of_lines() {
    let frames: Vec<Vec<u8>> = lines(400).chunks(7).map(|lines| lines.concat().into_bytes()).collect();
    check(zst(&frames), &[1, 100, 333, 1000, 5000], 20);
    let frames: Vec<Vec<u8>> = lines(100).into_iter().map(String::into_bytes).collect();
    check(zst(&frames), &[1, 100, 333, 1000, 5000], 20);
}

#[test]
fn frames_that_cut_lines() {
    let text = lines(400).concat().into_bytes();
    let frames: Vec<Vec<u8>> = text.chunks(1000).map(<[u8]>::to_vec).collect();
    check(zst(&frames), &[1, 100, 1000, 5000], 1);
}

#[test]
fn members_of_warc_with_damage() {
    let members: Vec<Vec<u8>> = (0..60).map(|n| gzip(&warc_record(n, 300 + n * 13))).collect();
    let mut file = members.concat();
    check(file.clone(), &[1, 500, 1000, 10_000], 50);
    let hurt = members[..20].concat().len() + 60;
    file[hurt..hurt + 64].fill(0x55);
    check(file, &[1, 500, 1000, 10_000], 40);
}

#[test]
fn members_of_jsonl_and_one_stream() {
    let members: Vec<u8> = lines(200).chunks(5).flat_map(|lines| gzip(lines.concat().as_bytes())).collect();
    check(members, &[1, 500, 1000, 10_000], 30);
    check(gzip(lines(200).concat().as_bytes()), &[1, 500, 1000], 1);
    let mut plain = Vec::new();
    for n in 0..30 {
        plain.write_all(&warc_record(n, 200)).unwrap();
    }
    check(plain.clone(), &[1, 500, 1000], 1);
    check(gzip(&plain), &[1, 500], 1);
}

#[test]
fn real_files() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA").map(std::path::PathBuf::from) else {
        eprintln!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    for (file, least) in [
        ("1-crawl/archivesunleashed+aut/src/test/resources/arc/example.arc.gz", 20),
        ("1-crawl/archivesunleashed+aut/src/test/resources/warc/example.warc.gz", 20),
        ("1-crawl/allenai+dolma/tests/data/warc/sample-0000.warc.gz", 2),
        ("1-crawl/iipc+webarchive-commons/src/test/resources/org/archive/format/warc/IAH-urls-wget.warc", 1),
        ("8-corpus/learnxinyminutes.jsonl.zst", 1),
    ] {
        check(std::fs::read(data.join(file)).unwrap(), &[50_000, 1 << 20], least);
    }
}
