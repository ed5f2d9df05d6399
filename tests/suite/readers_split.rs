//! Reading all ranges of a file in order gives exactly the records of the whole file.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

use std::io::Write;
use std::sync::Arc;

use gristmill::readers::{InputSpec, Item, open, split};
use gristmill::storage::source::{ByteSource, MemorySource};

use arrow_array::{Int64Array, RecordBatch, StringArray};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Packing, ZstdLevel};
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

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

/// A member whose bytes stand in the file as they are, as those of archives and images do.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A WARC record of type `resource` around `block`.
fn around(n: usize, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://e.org/{n}\r\nContent-Type: application/gzip\r\n\
         Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

#[test]
fn an_archive_inside_a_record_is_no_part_of_the_file() {
    let inner: Vec<u8> = (100..140).flat_map(|n| gzip(&warc_record(n, 200 + n * 3))).collect();
    let outer: Vec<u8> = (0..12)
        .flat_map(|n| if n % 4 == 2 { stored(&around(n, &inner)) } else { gzip(&warc_record(n, 900)) })
        .collect();
    let targets: Vec<u64> = (1..40).map(|n| n * 397).collect();
    check(outer, &targets, 4);
}

/// A table whose row groups have `group` rows and whose pages are short.
fn table(rows: usize, group: usize, packing: Packing) -> Vec<u8> {
    let numbers: Int64Array = (0..rows as i64).collect();
    let text = |n: usize| (n % 17 != 5).then(|| format!("row {n} {}", "word ".repeat(n * 31 % 97)));
    let texts: StringArray = (0..rows).map(text).collect();
    let kinds: StringArray = (0..rows).map(|n| Some(["web", "book", "code"][n / 3 % 3])).collect();
    let columns = [("n", Arc::new(numbers) as _), ("text", Arc::new(texts) as _), ("kind", Arc::new(kinds) as _)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let settings = WriterProperties::builder()
        .set_compression(packing)
        .set_max_row_group_row_count(Some(group))
        .set_data_page_row_count_limit(50)
        .set_write_batch_size(25)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(settings)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn rows_at_row_groups_and_inside_long_ones() {
    check(table(1000, 100, Packing::SNAPPY), &[1, 3000, 20_000, 1 << 30], 10);
    check(table(3000, 1_000_000, Packing::ZSTD(ZstdLevel::default())), &[500, 1000, 7000], 5);
    check(table(700, 300, Packing::UNCOMPRESSED), &[1, 1000, 5000], 10);
}

/// Lines of odd lengths, some blank, some broken, by one number each.
fn odd_lines(seeds: &[u16]) -> Vec<Vec<u8>> {
    let line = |(n, &seed): (usize, &u16)| match seed % 11 {
        0 => b"\n".to_vec(),
        1 => b"{\"text\": broken\r\n".to_vec(),
        _ => format!("{{\"id\":{n},\"text\":\"{}\"}}\n", "ab\u{e9}".repeat(usize::from(seed) % 400)).into_bytes(),
    };
    seeds.iter().enumerate().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever the sizes of lines, records, segments and units are, the parts are the whole.
    #[test]
    fn no_cut_loses_or_doubles_a_record(
        seeds in prop::collection::vec(any::<u16>(), 1..120),
        per_segment in 1usize..9,
        target in 1u64..6000,
        unclean in any::<bool>(),
    ) {
        let mut lines = odd_lines(&seeds);
        if unclean {
            lines.last_mut().unwrap().pop();
        }
        check(lines.concat(), &[target], 1);
        let segments: Vec<Vec<u8>> = lines.chunks(per_segment).map(<[Vec<u8>]>::concat).collect();
        let members: Vec<u8> = segments.iter().flat_map(|segment| gzip(segment)).collect();
        check(members, &[target], 1);
        check(zst(&segments), &[target], 1);
        // Borders in the middle of lines.
        let text = lines.concat();
        let torn: Vec<Vec<u8>> = text.chunks(37 * per_segment).map(<[u8]>::to_vec).collect();
        check(torn.iter().flat_map(|piece| gzip(piece)).collect(), &[target], 1);
        check(zst(&torn), &[target], 1);
        let records: Vec<Vec<u8>> =
            seeds.iter().take(40).enumerate().map(|(n, &seed)| warc_record(n, usize::from(seed) % 3000)).collect();
        check(records.concat(), &[target], 1);
        let segments: Vec<Vec<u8>> = records.chunks(per_segment).map(<[Vec<u8>]>::concat).collect();
        check(segments.iter().flat_map(|segment| gzip(segment)).collect(), &[target], 1);
        check(segments.iter().flat_map(|segment| stored(segment)).collect(), &[target], 1);
        check(zst(&segments), &[target], 1);
    }

    #[test]
    fn no_cut_loses_or_doubles_a_row(rows in 1usize..600, group in 1usize..400, target in 1u64..20_000) {
        check(table(rows, group, Packing::SNAPPY), &[target], 1);
    }
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
