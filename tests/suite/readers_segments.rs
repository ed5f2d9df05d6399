//! WARC records in segments: joined where they follow one another, faults where they do not.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use gristmill::document::FaultKind;
use gristmill::readers::{InputSpec, split};
use gristmill::storage::capped::Caps;
use gristmill::storage::source::{ByteSource, MemorySource};

use crate::readers_damage::{gzip, warc_record};
use crate::readers_data::{Reading, read};

/// The block of page `n`, of about `size` bytes.
fn block(n: usize, size: usize) -> Vec<u8> {
    let body = format!("<p>{n} {}</p>", "word ".repeat(size / 5));
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}").into_bytes()
}

fn record(kind: &str, fields: &str, block: &[u8]) -> Vec<u8> {
    let head = format!("WARC/1.1\r\nWARC-Type: {kind}\r\n{fields}Content-Length: {}\r\n\r\n", block.len());
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn first(n: usize, part: &[u8]) -> Vec<u8> {
    let fields = format!(
        "WARC-Record-ID: <urn:n:{n}>\r\nWARC-Target-URI: http://e.org/{n}\r\nContent-Type: application/http\r\n\
         WARC-Segment-Number: 1\r\n"
    );
    record("response", &fields, part)
}

fn next(origin: usize, number: usize, total: Option<usize>, part: &[u8]) -> Vec<u8> {
    let total = total.map_or(String::new(), |total| format!("WARC-Segment-Total-Length: {total}\r\n"));
    let fields = format!(
        "WARC-Record-ID: <urn:c:{origin}:{number}>\r\nWARC-Segment-Origin-ID: <urn:n:{origin}>\r\nWARC-Segment-Number: {number}\r\n{total}"
    );
    record("continuation", &fields, part)
}

/// Page `n` in segments of `step` bytes.
fn segments(n: usize, size: usize, step: usize) -> Vec<Vec<u8>> {
    let block = block(n, size);
    let parts: Vec<&[u8]> = block.chunks(step).collect();
    let last = parts.len() - 1;
    let more = parts[1..].iter().enumerate();
    let more = more.map(|(at, part)| next(n, at + 2, (at + 1 == last).then_some(block.len()), part));
    std::iter::once(first(n, parts[0])).chain(more).collect()
}

fn kinds(reading: &Reading) -> Vec<FaultKind> {
    reading.faults.iter().map(|fault| fault.kind).collect()
}

fn urls(reading: &Reading) -> Vec<&str> {
    reading.documents.iter().map(|document| document.url.as_deref().unwrap()).collect()
}

fn go(records: &[Vec<u8>]) -> Reading {
    let plain = read(&InputSpec::new("s", "f"), records.concat());
    let packed = read(&InputSpec::new("s", "f"), records.iter().flat_map(|record| gzip(record)).collect());
    assert_eq!((urls(&plain), kinds(&plain), &plain.items), (urls(&packed), kinds(&packed), &packed.items));
    packed
}

#[test]
fn segments_that_follow_one_another_are_one_record() {
    let reading = go(&[vec![warc_record(1, 100)], segments(2, 5000, 1500), vec![warc_record(3, 100)]].concat());
    assert_eq!(reading.faults, []);
    assert_eq!(urls(&reading), ["http://e.org/1", "http://e.org/2", "http://e.org/3"]);
    let whole = block(2, 5000);
    let body = &whole[whole.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4..];
    assert!(reading.documents[1].markup.as_ref().unwrap().bytes == body);
    // Four segments: one record, three continuations; every record of the file is told once.
    assert_eq!((reading.items["record"], reading.items["continuation"]), (3, 3));
    // The only segment of a record, and continuations that do not name their origin.
    let alone = String::from_utf8(first(4, &block(4, 100))).unwrap();
    let alone = alone.replace("WARC-Segment-Number: 1", "WARC-Segment-Number: 1\r\nWARC-Segment-Total-Length: 9");
    let nameless = |record: Vec<u8>| String::from_utf8(record).unwrap().replace("Origin-ID", "Other").into_bytes();
    let reading = go(&[vec![alone.into_bytes()], segments(5, 900, 300).into_iter().map(nameless).collect()].concat());
    assert_eq!((urls(&reading), reading.faults.len()), (vec!["http://e.org/4", "http://e.org/5"], 0));
}

#[test]
fn segments_whose_others_are_elsewhere_are_faults() {
    let (one, two) = (segments(1, 3000, 1000), segments(2, 3000, 1000));
    let between = |records: Vec<Vec<u8>>| go(&[vec![warc_record(8, 100)], records, vec![warc_record(9, 100)]].concat());
    let bad = FaultKind::BadSegment;
    let cases: [(Vec<Vec<u8>>, usize); 6] = [
        // The last segment is missing; the first; the middle one.
        (one[..3].to_vec(), 1),
        (one[1..].to_vec(), 3),
        ([&one[..1], &one[2..]].concat(), 3),
        // Another record between; segments of another record; the parts do not add up.
        ([&one[..1], &[warc_record(7, 100)], &one[1..2]].concat(), 2),
        ([&one[..1], &two[1..2]].concat(), 2),
        (vec![first(3, b"HTTP/1.1 200 OK\r\n\r\n"), next(3, 2, Some(99), b"<p>part</p>")], 1),
    ];
    for (at, (records, faults)) in cases.into_iter().enumerate() {
        let count = records.len() as u64;
        let reading = between(records);
        assert_eq!(kinds(&reading), vec![bad; faults], "case {at}");
        assert!(urls(&reading).contains(&"http://e.org/8") && urls(&reading).contains(&"http://e.org/9"), "case {at}");
        let told: u64 = reading.items.values().sum();
        assert_eq!(told + faults as u64, count + 2, "case {at}");
    }
    // At the end of the file.
    assert_eq!(kinds(&go(&one[..2])), [bad]);
}

#[test]
fn a_joined_record_keeps_the_limit() {
    let mut spec = InputSpec::new("s", "f");
    spec.limits = Caps { record_bytes: 4000, ..Caps::default() };
    let file = [segments(1, 3000, 1000).concat(), segments(2, 9000, 3000).concat(), warc_record(3, 100)].concat();
    let reading = read(&spec, file);
    assert_eq!(urls(&reading), ["http://e.org/1", "http://e.org/3"]);
    // What comes behind the limit has lost its beginning.
    assert_eq!(kinds(&reading)[0], FaultKind::TooLarge);
    assert!(kinds(&reading)[1..].iter().all(|kind| *kind == FaultKind::BadSegment));
}

#[test]
fn files_are_not_cut_inside_a_record() {
    let records: Vec<Vec<u8>> = (0..40).flat_map(|n| segments(n, 2000 + 100 * n, 700)).collect();
    let file: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(file.clone()));
    let spec = InputSpec::new("s", "f");
    let whole = read(&spec, file.clone());
    assert_eq!((whole.documents.len(), whole.faults.len()), (40, 0));
    let ranges = split(&spec, &source, 500).unwrap();
    assert!(ranges.len() > 5, "{} ranges", ranges.len());
    let mut parts = Vec::new();
    for range in ranges {
        let part = read(&InputSpec { range: Some(range), ..spec.clone() }, file.clone());
        assert_eq!(part.faults, []);
        parts.extend(part.documents);
    }
    assert!(parts == whole.documents);
}
