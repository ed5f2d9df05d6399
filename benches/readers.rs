//! MB of uncompressed data per CPU second: every reader beside the decompression that it stands on.
//!
//! `GRISTMILL_DATA=... cargo bench --bench readers` makes one file of each kind from real documents and measures it.
//! `cargo bench --bench readers -- FILE...` measures files; `-- --write DIR` leaves the made ones in a folder.
//! `tests/scripts/compare_readers.py` runs this beside the readers of other programs.
//!
//! CPU seconds are those of the whole process, user and system. The ways of reading a file take turns, and each is told
//! by its fastest round: on a shared machine the slower ones measure the neighbours.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{RecordBatch, StringArray};
use flate2::{Compression, Decompress, FlushDecompress, Status};
use gristmill::readers::{Decoded, InputSpec, Item, decode, open};
use gristmill::storage::source::{ByteSource, MemorySource};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression as Packing, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// CPU time of this process, user and system, in seconds.
fn cpu() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Rounds of each way, and CPU seconds after which a way with two rounds gets no more.
const ROUNDS: usize = 9;
const ENOUGH: f64 = 3.0;

type Way<'a> = (&'static str, Box<dyn Fn() -> u64 + 'a>);

/// Seconds of the fastest round of each way; the ways take turns. Each gives a count, which must not change.
fn race(ways: &[Way<'_>]) -> Vec<f64> {
    let counts: Vec<u64> = ways.iter().map(|(_, way)| way()).collect();
    let mut best = vec![f64::INFINITY; ways.len()];
    let mut spent = vec![0.0; ways.len()];
    for round in 0..ROUNDS {
        for (at, (name, way)) in ways.iter().enumerate() {
            if round < 2 || spent[at] < ENOUGH {
                let start = cpu();
                assert_eq!(way(), counts[at], "{name} counts differently");
                let seconds = cpu() - start;
                best[at] = best[at].min(seconds);
                spent[at] += seconds;
            }
        }
    }
    best
}

fn items(source: &Arc<dyn ByteSource>, decoding: bool) -> u64 {
    let spec = InputSpec::new("bench", "file");
    let mut reader = open(&spec, source).unwrap();
    let mut documents = 0;
    while let Some(item) = reader.next_item().unwrap() {
        if let Item::Record(record) = item {
            let document = !decoding || matches!(decode(&spec, record), Decoded::Document(_));
            documents += u64::from(document);
        }
    }
    documents
}

fn drain(mut reader: impl Read) -> u64 {
    let mut buffer = vec![0; 128 << 10];
    let mut total = 0;
    loop {
        match reader.read(&mut buffer).unwrap() {
            0 => return total,
            read => total += read as u64,
        }
    }
}

/// A gzip member: where it stands in the file, and its length after decompression.
struct Member {
    from: usize,
    to: usize,
    out: usize,
}

/// flate2's raw interface on one state, which is as fast as streaming gets; tells the members.
fn inflate(bytes: &[u8]) -> (u64, Vec<Member>) {
    let (mut total, mut members, mut from) = (0, Vec::new(), 0);
    let mut state = Decompress::new_gzip(15);
    let mut buffer = vec![0; 128 << 10];
    while from < bytes.len() {
        state.reset(true);
        loop {
            let rest = &bytes[from + state.total_in() as usize..];
            if state.decompress(rest, &mut buffer, FlushDecompress::None).unwrap() == Status::StreamEnd {
                break;
            }
        }
        let to = from + state.total_in() as usize;
        members.push(Member { from, to, out: state.total_out() as usize });
        total += state.total_out();
        from = to;
    }
    (total, members)
}

/// libdeflate, which wants to know where a member ends and how long it gets: a mark that no stream can reach.
fn members_apart(bytes: &[u8], members: &[Member]) -> u64 {
    let mut state = libdeflater::Decompressor::new();
    let mut buffer = vec![0; members.iter().map(|member| member.out).max().unwrap_or(0)];
    let mut total = 0;
    for member in members {
        let out = &mut buffer[..member.out];
        total += state.gzip_decompress(&bytes[member.from..member.to], out).unwrap() as u64;
    }
    total
}

fn columns(bytes: &bytes::Bytes) -> u64 {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).unwrap();
    builder.with_batch_size(1024).build().unwrap().map(|batch| batch.unwrap().num_rows() as u64).sum()
}

fn measure(path: &str, stored: Vec<u8>) {
    let bytes = bytes::Bytes::from(stored.clone());
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(stored));
    let members = if bytes.starts_with(&[0x1f, 0x8b]) { inflate(&bytes).1 } else { Vec::new() };
    let mut ways: Vec<Way<'_>> = Vec::new();
    let size = if bytes.starts_with(&[0x1f, 0x8b]) {
        ways.push(("flate2 with zlib-rs alone", Box::new(|| inflate(&bytes).0)));
        ways.push(("flate2 MultiGzDecoder alone", Box::new(|| drain(flate2::read::MultiGzDecoder::new(&bytes[..])))));
        if members.len() > 1 {
            ways.push(("libdeflate, members known", Box::new(|| members_apart(&bytes, &members))));
        }
        members.iter().map(|member| member.out as u64).sum()
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        ways.push(("zstd alone", Box::new(|| drain(zstd::Decoder::new(&bytes[..]).unwrap()))));
        drain(zstd::Decoder::new(&bytes[..]).unwrap())
    } else if bytes.starts_with(b"PAR1") {
        ways.push(("parquet crate alone", Box::new(|| columns(&bytes))));
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).unwrap();
        builder.metadata().row_groups().iter().map(|group| group.total_byte_size() as u64).sum()
    } else {
        ways.push(("line ends by memchr", Box::new(|| memchr::memchr_iter(b'\n', &bytes).count() as u64)));
        bytes.len() as u64
    };
    ways.push(("reader, to items", Box::new(|| items(&source, false))));
    ways.push(("reader and decode, to documents", Box::new(|| items(&source, true))));
    let seconds = race(&ways);
    println!("{path}: {} bytes, {size} uncompressed", bytes.len());
    for ((name, _), best) in ways.iter().zip(&seconds) {
        let (rate, share) = (size as f64 / best / 1e6, seconds[0] / best);
        println!("  {name:<34} {rate:>8.0} MB per CPU second   {share:>5.2} of the first");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Text as Common Crawl's WET files hold it: one member a record.
fn wet(texts: &[String]) -> Vec<u8> {
    let record = |(n, text): (usize, &String)| {
        let head = format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://example.org/{n}\r\nWARC-Date: \
             2024-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:{n}>\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
            text.len()
        );
        gzip(&[head.as_bytes(), text.as_bytes(), b"\r\n\r\n"].concat())
    };
    texts.iter().enumerate().flat_map(record).collect()
}

fn table(texts: &[String], packing: Packing) -> Vec<u8> {
    let ids: StringArray = (0..texts.len()).map(|n| Some(n.to_string())).collect();
    let texts: StringArray = texts.iter().map(Some).collect();
    let columns = [("id", Arc::new(ids) as _), ("text", Arc::new(texts) as _)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let settings = WriterProperties::builder().set_compression(packing).set_max_row_group_row_count(Some(4096)).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(settings)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// One file of each kind, from crawl pages and multilingual documents.
fn made(data: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let mut lines = Vec::new();
    for name in ["tensorflow-docs-l10n", "learnxinyminutes"] {
        let file = std::fs::File::open(data.join(format!("8-corpus/{name}.jsonl.zst"))).unwrap();
        zstd::Decoder::new(file).unwrap().read_to_end(&mut lines).unwrap();
    }
    let text =
        |line: &[u8]| serde_json::from_slice::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().into();
    let texts: Vec<String> = lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(text).collect();
    vec![
        ("pages.warc.gz", std::fs::read(data.join("1-crawl-packaged/PACKAGED-real-html-public.warc.gz")).unwrap()),
        ("text.warc.wet.gz", wet(&texts)),
        ("lines.jsonl.zst", zstd::encode_all(&lines[..], 3).unwrap()),
        ("lines.jsonl.gz", gzip(&lines)),
        ("rows-zstd.parquet", table(&texts, Packing::ZSTD(ZstdLevel::default()))),
        ("rows-snappy.parquet", table(&texts, Packing::SNAPPY)),
        ("lines.jsonl", lines),
    ]
}

fn main() {
    let mut named: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    // Cargo's own flag.
    named.retain(|path| path != Path::new("--bench"));
    let folder = (named.first().is_some_and(|first| first == Path::new("--write"))).then(|| named[1].clone());
    if folder.is_none() && !named.is_empty() {
        for path in named {
            measure(&path.display().to_string(), std::fs::read(&path).unwrap());
        }
        return;
    }
    let Some(data) = std::env::var_os("GRISTMILL_DATA") else {
        println!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    for (name, bytes) in made(Path::new(&data)) {
        match &folder {
            Some(folder) => std::fs::write(folder.join(name), bytes).unwrap(),
            None => measure(name, bytes),
        }
    }
}
