//! Damage made in memory: it costs the record it stands in, and is told.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use gristmill::document::FaultKind;
use gristmill::readers::{Carry, Format, InputSpec};
use gristmill::storage::capped::Caps;

use crate::readers_data::{Reading, read};

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A page of about `size` bytes that does not compress to nothing.
fn page(n: usize, size: usize) -> String {
    let mut state = n as u64 + 1;
    let mut words = String::new();
    while words.len() < size {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words.push_str(&format!("<p>{:x}</p>\n", state >> 20));
    }
    format!("<html><title>{n}</title>{words}</html>")
}

fn warc(n: usize, kind: &str, media: &str, block: &[u8], length: i64) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:n:{n}>\r\nWARC-Target-URI: http://e.org/{n}\r\n\
         WARC-Date: 2024-01-02T03:04:05Z\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        block.len() as i64 + length
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn http(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n{headers}\r\n").as_bytes(), body].concat()
}

pub fn warc_record(n: usize, size: usize) -> Vec<u8> {
    warc(n, "response", "application/http; msgtype=response", &http("", page(n, size).as_bytes()), 0)
}

fn lying(n: usize, by: i64) -> Vec<u8> {
    warc(n, "response", "application/http; msgtype=response", &http("", page(n, 500).as_bytes()), by)
}

fn go(bytes: Vec<u8>) -> Reading {
    read(&InputSpec::new("s", "f"), bytes)
}

fn urls(reading: &Reading) -> Vec<usize> {
    reading.documents.iter().map(|d| d.url.as_deref().unwrap().rsplit('/').next().unwrap().parse().unwrap()).collect()
}

fn kinds(reading: &Reading) -> Vec<FaultKind> {
    reading.faults.iter().map(|fault| fault.kind).collect()
}

fn all_but(count: usize, lost: &[usize]) -> Vec<usize> {
    (0..count).filter(|n| !lost.contains(n)).collect()
}

#[test]
fn a_flipped_member_costs_one_page() {
    let members: Vec<Vec<u8>> = (0..10).map(|n| gzip(&warc_record(n, 4000))).collect();
    for at in [0, 1, 3, 10, 40, 200, 900] {
        let mut file = members.concat();
        let start: usize = members[..4].iter().map(Vec::len).sum();
        for byte in &mut file[start + at..start + at + 64] {
            *byte ^= 0xff;
        }
        let reading = go(file);
        assert_eq!(urls(&reading), all_but(10, &[4]), "at {at}");
        assert_eq!(reading.faults.len(), 1, "at {at}: {:?}", kinds(&reading));
        assert!(matches!(reading.faults[0].kind, FaultKind::BadCompression | FaultKind::Junk), "{:?}", kinds(&reading));
        assert_eq!((reading.faults[0].offset, reading.faults[0].length), (start as u64, members[4].len() as u64));
    }
}

#[test]
fn a_wrong_checksum_costs_one_page() {
    let mut members: Vec<Vec<u8>> = (0..5).map(|n| gzip(&warc_record(n, 400))).collect();
    let crc = members[2].len() - 6;
    members[2][crc] ^= 1;
    let reading = go(members.concat());
    assert_eq!(urls(&reading), all_but(5, &[2]));
    assert_eq!(kinds(&reading), [FaultKind::BadCompression]);
    assert!(!reading.faults[0].raw.is_empty());
}

#[test]
fn truncation_is_told_and_costs_the_last_record() {
    let members: Vec<Vec<u8>> = (0..6).map(|n| gzip(&warc_record(n, 3000))).collect();
    let whole = members.concat();
    let last = whole.len() - members[5].len();
    for cut in [last + 1, last + 2, last + 5, last + 100, whole.len() - 9, whole.len() - 1] {
        let reading = go(whole[..cut].to_vec());
        assert_eq!(urls(&reading), all_but(6, &[5]), "cut at {cut}");
        assert_eq!(kinds(&reading), [FaultKind::Truncated], "cut at {cut}");
        assert_eq!(reading.faults[0].offset, last as u64);
    }
    // At a member border the cut cannot be seen.
    assert!(go(whole[..last].to_vec()).faults.is_empty());
    let plain: Vec<u8> = (0..6).flat_map(|n| warc_record(n, 3000)).collect();
    let reading = go(plain[..plain.len() - 500].to_vec());
    assert_eq!((urls(&reading), kinds(&reading)), (all_but(6, &[5]), vec![FaultKind::Truncated]));
    let stream = gzip(&plain);
    let reading = go(stream[..stream.len() * 3 / 4].to_vec());
    assert_eq!((urls(&reading), kinds(&reading)), (vec![0, 1, 2, 3], vec![FaultKind::Truncated]));
}

#[test]
fn junk_between_records_is_counted() {
    let junk = b"~junk~ ".repeat(150);
    let plain = [warc_record(0, 500), junk.clone(), b"\n".to_vec(), warc_record(1, 500)].concat();
    let reading = go(plain);
    assert_eq!((urls(&reading), kinds(&reading)), (vec![0, 1], vec![FaultKind::Junk]));
    assert!(reading.faults[0].raw.starts_with(b"~junk~"));
    let members = [gzip(&warc_record(0, 500)), junk, gzip(&warc_record(1, 500))].concat();
    let reading = go(members);
    assert_eq!((urls(&reading), kinds(&reading)), (vec![0, 1], vec![FaultKind::Junk]));
    assert_eq!(reading.faults[0].length, 1050);
}

#[test]
fn lying_lengths_resync() {
    for by in [-200, -50, 50, 300, 5000] {
        let plain = [warc_record(0, 500), lying(1, by), warc_record(2, 500), warc_record(3, 500)].concat();
        for (file, name) in [(plain.clone(), "plain"), (gzip(&plain), "stream")] {
            let reading = go(file);
            let found = urls(&reading);
            assert!([0, 2, 3].iter().all(|n| found.contains(n)), "{name} {by}: {found:?}");
            assert_eq!(kinds(&reading), [FaultKind::BadLength], "{name} {by}");
        }
        let members = [gzip(&warc_record(0, 500)), gzip(&lying(1, by)), gzip(&warc_record(2, 500))].concat();
        let reading = go(members);
        let found = urls(&reading);
        assert!([0, 2].iter().all(|n| found.contains(n)), "members {by}: {found:?}");
        assert_eq!(kinds(&reading), [FaultKind::BadLength], "members {by}");
    }
    for by in [-1, 1, 2] {
        let reading = go([lying(0, by), warc_record(1, 500)].concat());
        assert_eq!((urls(&reading), kinds(&reading)), (vec![0, 1], vec![]), "off by {by}");
    }
}

#[test]
fn heads_that_do_not_parse() {
    let endless = [b"WARC/1.0\r\n".to_vec(), b"X: y\r\n".repeat(20_000)].concat();
    let no_length = b"WARC/1.0\r\nWARC-Type: response\r\n\r\nbody\r\n\r\n".to_vec();
    let not_a_number = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 12x\r\n\r\nbody\r\n\r\n".to_vec();
    for bad in [endless, no_length, not_a_number] {
        let reading = go([warc_record(0, 100), bad, warc_record(1, 100)].concat());
        assert_eq!((urls(&reading), kinds(&reading)), (vec![0, 1], vec![FaultKind::BadRecordHeader]));
    }
}

#[test]
fn records_over_the_limit_are_passed_over() {
    let mut spec = InputSpec::new("s", "f");
    spec.limits = Caps { record_bytes: 10_000, ..Caps::default() };
    let plain = [warc_record(0, 500), warc_record(1, 50_000), warc_record(2, 500)].concat();
    for file in [
        plain.clone(),
        gzip(&plain),
        [gzip(&warc_record(0, 500)), gzip(&warc_record(1, 50_000)), gzip(&warc_record(2, 500))].concat(),
    ] {
        let reading = read(&spec, file);
        assert_eq!((urls(&reading), kinds(&reading)), (vec![0, 2], vec![FaultKind::TooLarge]));
    }
    let line = format!("{{\"text\":\"{}\"}}\n", "a".repeat(20_000));
    let reading = read(&spec, format!("{{\"text\":\"a\"}}\n{line}{{\"text\":\"b\"}}").into_bytes());
    assert_eq!((reading.documents.len(), kinds(&reading)), (2, vec![FaultKind::TooLarge]));
    let reading = read(&spec, "word ".repeat(5000).into_bytes());
    assert_eq!(kinds(&reading), [FaultKind::TooLarge]);
}

#[test]
fn bombs_end_early() {
    let zeros = vec![b' '; 64 << 20];
    let member = gzip(&warc(1, "response", "application/http", &http("", &zeros), 0));
    let reading = go([gzip(&warc_record(0, 100)), member, gzip(&warc_record(2, 100))].concat());
    assert_eq!(urls(&reading), [0, 2]);
    assert!(matches!(kinds(&reading)[0], FaultKind::Bomb | FaultKind::TooLarge), "{:?}", kinds(&reading));
    for (name, body) in [("gzip", gzip(&zeros)), ("zstd", zstd::encode_all(&zeros[..], 3).unwrap())] {
        let block = http(&format!("Content-Encoding: {name}\r\n"), &body);
        let reading =
            go([gzip(&warc(0, "response", "application/http", &block, 0)), gzip(&warc_record(1, 100))].concat());
        assert_eq!((urls(&reading), kinds(&reading)), (vec![1], vec![FaultKind::Bomb]), "{name}");
    }
    let reading = go(zstd::encode_all(&[b"{\"text\":\"".as_slice(), &zeros, b"\"}"].concat()[..], 3).unwrap());
    assert_eq!(kinds(&reading), [FaultKind::Bomb]);
}

#[test]
fn bodies_that_do_not_decode() {
    let page = page(0, 3000).into_bytes();
    let zipped = gzip(&page);
    let chunked = |body: &[u8]| [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n0\r\n\r\n"].concat();
    let good: &[(&str, Vec<u8>)] = &[
        ("Content-Encoding: gzip\r\n", zipped.clone()),
        ("content-encoding:X-GZIP\r\nTRANSFER-encoding: Chunked\r\n", chunked(&zipped)),
        ("Transfer-Encoding: chunked\r\n", chunked(&page)),
        ("Transfer-Encoding: chunked\r\n", page.clone()),
        ("Content-Encoding: gzip\r\n", page.clone()),
        ("Content-Encoding: zstd\r\n", zstd::encode_all(&page[..], 3).unwrap()),
        ("Content-Encoding: none\r\n", page.clone()),
        ("X: a\r\n b\r\n\tc\r\n", page.clone()),
    ];
    for (headers, body) in good {
        let reading = go(warc(0, "response", "application/http", &http(headers, body), 0));
        assert_eq!(reading.faults, [], "{headers}");
        let markup = reading.documents[0].markup.as_ref().unwrap();
        assert!(markup.bytes == page, "{headers}");
        assert_eq!(markup.charset.as_deref(), Some("utf-8"));
    }
    let bad: &[(&str, Vec<u8>)] = &[
        ("Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\nzz\r\nworld\r\n0\r\n\r\n".to_vec()),
        ("Transfer-Encoding: chunked\r\n", b"3\r\nhello\r\n0\r\n\r\n".to_vec()),
        ("Content-Encoding: gzip\r\n", zipped[..zipped.len() / 2].to_vec()),
        ("Content-Encoding: br\r\n", b"\xff\xfe\xfd garbage".to_vec()),
        ("Content-Encoding: deflate\r\n", b"\xff\xfe\xfd garbage".to_vec()),
        ("Content-Encoding: zstd\r\n", b"\x28\xb5\x2f\xfd garbage".to_vec()),
    ];
    for (headers, body) in bad {
        let reading = go(warc(0, "response", "application/http", &http(headers, body), 0));
        assert_eq!(kinds(&reading), [FaultKind::BadBody], "{headers}");
    }
    let reading = go(warc(0, "response", "application/http", b"gopher hole\r\n\r\n", 0));
    assert_eq!(kinds(&reading), [FaultKind::BadHttp]);
}

#[test]
fn deflate_with_and_without_its_header() {
    let page = page(0, 3000).into_bytes();
    let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), Compression::new(6));
    raw.write_all(&page).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::new(6));
    zlib.write_all(&page).unwrap();
    for body in [raw.finish().unwrap(), zlib.finish().unwrap()] {
        let reading = go(warc(0, "response", "application/http", &http("Content-Encoding: deflate\r\n", &body), 0));
        assert!(reading.documents[0].markup.as_ref().unwrap().bytes == page);
    }
}

#[test]
fn lines_of_json() {
    let file = b"\xef\xbb\xbf{\"text\":\"a\",\"id\":7,\"url\":\"u\",\"date\":null,\"n\":[1, {\"k\": \"v\\n\"}],\"f\":1.5}\r\n\n\
        {\"text\":\"\xff\"}\n{\"text\":\"\\ud800 x\"}\n{\"text\":1}\n{\"id\":1}\n[1]\n\"secret words\"\n{\"text\":\"z\"";
    let reading = go(file.to_vec());
    use FaultKind::{BadCharset, BadJson, NoText};
    assert_eq!(kinds(&reading), [BadCharset, BadJson, NoText, NoText, BadJson, BadJson, BadJson]);
    assert!(reading.faults.iter().all(|fault| !fault.detail.contains("secret")));
    assert_eq!(reading.items["blank"], 1);
    let document = &reading.documents[0];
    assert_eq!(
        (document.text.as_str(), document.source_id.as_deref(), document.url.as_deref()),
        ("a", Some("7"), Some("u"))
    );
    assert_eq!(document.date, None);
    assert_eq!(format!("{:?}", document.metadata), r#"[("n", Json("[1,{\"k\":\"v\\n\"}]")), ("f", Float(1.5))]"#);
    let mut spec = InputSpec::new("s", "f");
    spec.carry = Carry::List(vec!["f".into()]);
    assert_eq!(read(&spec, file.to_vec()).documents[0].metadata.len(), 1);
}

#[test]
fn damaged_lines_of_json() {
    let lines: Vec<String> =
        (0..50).map(|n| format!("{{\"id\":{n},\"text\":\"{}\"}}\n", page(n, 200).replace('\n', " "))).collect();
    let frames: Vec<Vec<u8>> = lines.chunks(10).map(|l| zstd::encode_all(l.concat().as_bytes(), 3).unwrap()).collect();
    let mut file = frames.concat();
    let start = frames[0].len() + frames[1].len();
    file[start + 40..start + 104].fill(0x33);
    let reading = go(file);
    let ids: Vec<usize> = reading.documents.iter().map(|d| d.source_id.as_deref().unwrap().parse().unwrap()).collect();
    assert_eq!(ids, (0..50).filter(|n| !(20..30).contains(n)).collect::<Vec<_>>());
    assert_eq!(kinds(&reading), [FaultKind::BadCompression]);
}

#[test]
fn files_without_records() {
    assert!(go(Vec::new()).faults.is_empty());
    assert_eq!(kinds(&go(vec![0, 1, 2, 3, 0, 0, 9])), [FaultKind::UnknownFormat]);
    let reading = go(b"  <!DOCTYPE html><p>hello".to_vec());
    assert_eq!(reading.documents[0].markup.as_ref().unwrap().media_type.as_deref(), Some("text/html"));
    assert_eq!(go(gzip(b"plain words\n")).documents[0].text, "plain words\n");
    let latin = go(b"caf\xe9".to_vec());
    assert_eq!(latin.documents[0].markup.as_ref().unwrap().media_type.as_deref(), Some("text/plain"));
}

fn arc() -> Vec<u8> {
    let block = http("", page(1, 300).as_bytes());
    let head = "1 1 X\nURL IP-address Archive-date Content-type Archive-length\n";
    let mut file = format!("filedesc://x.arc 0.0.0.0 20080430204825 text/plain {}\n{head}\n", head.len()).into_bytes();
    for n in 0..3 {
        file.extend(format!("http://e.org/a b/{n} 1.2.3.4 20080430204825 text/html {}\n", block.len()).bytes());
        file.extend(&block);
        file.push(b'\n');
    }
    let second = format!("http://e.org/3 1.2.3.4 20080430204825 text/html 200 - - 0 x.arc {}\n", block.len());
    [file, second.into_bytes(), block, b"\n".to_vec()].concat()
}

#[test]
fn arc_of_both_versions() {
    let reading = go(arc());
    assert_eq!((urls(&reading), kinds(&reading)), (vec![0, 1, 2, 3], vec![]));
    assert_eq!(reading.documents[0].url.as_deref(), Some("http://e.org/a b/0"));
    assert_eq!(reading.documents[0].date.as_deref(), Some("20080430204825"));
}

/// The multiplier and increment of Knuth's MMIX generator.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}

fn mutate(random: &mut Lcg, file: &[u8]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let len = random.below(64).min(bytes.len() - at);
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => bytes[at..at + len].iter_mut().for_each(|byte| *byte ^= 0xff),
            2 => drop(bytes.drain(at..at + len)),
            3 => {
                let piece = bytes[at..at + len].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = b'9'),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = byte.wrapping_add(1)),
        }
        if bytes.is_empty() {
            return bytes;
        }
    }
    bytes
}

#[test]
fn mutations_neither_panic_nor_hang() {
    let members: Vec<u8> = (0..4).flat_map(|n| gzip(&warc_record(n, 200))).collect();
    let plain: Vec<u8> = (0..4).flat_map(|n| warc_record(n, 200)).collect();
    let lines: String =
        (0..6).map(|n| format!("{{\"id\":{n},\"text\":\"x\\u00e9\",\"m\":{{\"a\":[1,2]}}}}\n")).collect();
    let frames: Vec<u8> =
        lines.lines().flat_map(|l| zstd::encode_all(format!("{l}\n").as_bytes(), 1).unwrap()).collect();
    let seeds = [
        (Format::Warc, members),
        (Format::Warc, plain.clone()),
        (Format::Warc, gzip(&plain)),
        (Format::Jsonl, lines.clone().into_bytes()),
        (Format::Jsonl, gzip(lines.as_bytes())),
        (Format::Jsonl, frames),
        (Format::Arc, arc()),
        (Format::Arc, gzip(&arc())),
    ];
    let mut random = Lcg(20_261_123);
    let mut met = std::collections::BTreeMap::new();
    for round in 0..20_000 {
        let (format, file) = &seeds[round % seeds.len()];
        let mut spec = InputSpec::new("s", "f");
        // Now and then the format is to be told from the damaged content.
        spec.format = if random.below(4) == 0 { Format::Auto } else { *format };
        let reading = read(&spec, mutate(&mut random, file));
        assert!(reading.documents.len() + reading.faults.len() < 200, "round {round}");
        for fault in &reading.faults {
            *met.entry(fault.kind).or_insert(0) += 1;
        }
    }
    println!("{met:?}");
    assert!(met.len() >= 8, "few kinds of damage: {met:?}");
}

#[test]
fn too_many_parquet_columns_are_refused_before_they_are_read() {
    use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
    use std::sync::Arc;
    let file = |columns: i32| {
        let text: ArrayRef = Arc::new(StringArray::from(vec!["a text"]));
        let number = |n: i32| (format!("c{n}"), Arc::new(Int32Array::from(vec![n])) as ArrayRef);
        let all = std::iter::once(("text".to_owned(), text)).chain((1..columns).map(number));
        let batch = RecordBatch::try_from_iter(all).unwrap();
        let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    };
    let wide = file(10_001);
    let reading = go(wide.clone());
    assert_eq!((reading.documents.len(), kinds(&reading)), (0, vec![FaultKind::TooLarge]));
    assert!(reading.faults[0].detail.contains("10001 columns") && reading.faults[0].detail.contains("`carry`"));
    // Those that are named are read, however wide the file is.
    let named = InputSpec { carry: Carry::List(vec!["c7".into()]), ..InputSpec::new("s", "f") };
    let reading = read(&named, wide);
    assert_eq!((reading.documents.len(), reading.faults.len()), (1, 0));
    assert_eq!(reading.documents[0].metadata.len(), 1);
    assert_eq!(go(file(300)).documents[0].metadata.len(), 299);
}

/// Found by the hammer: what was passed over counted as memory of the next record, so that it filled every batch alone.
#[test]
fn bytes_passed_over_are_no_memory_of_the_next_record() {
    use gristmill::readers::{Item, open};
    use gristmill::storage::source::{ByteSource, MemorySource};
    let junk = b"a line that belongs to no record\r\n".repeat(400_000);
    let file = [warc_record(0, 300), junk, warc_record(1, 300)].concat();
    let source: std::sync::Arc<dyn ByteSource> = std::sync::Arc::new(MemorySource::new(file));
    let mut reader = open(&InputSpec::new("s", "f"), &source).unwrap();
    let mut sizes = Vec::new();
    while let Some(item) = reader.next_item().unwrap() {
        if let Item::Record(record) = item {
            sizes.push(record.payload.size());
        }
    }
    assert_eq!(sizes.len(), 2);
    assert!(sizes.iter().all(|size| *size < 4 << 20), "{sizes:?}");
}
