//! MB of uncompressed data per CPU second: the WARC.gz and JSONL.zst readers beside bare decompression.
//!
//! Run with `GRISTMILL_DATA` set: `cargo bench --bench readers`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use gristmill::readers::{Decoded, InputSpec, Item, decode, open};
use gristmill::storage::source::{ByteSource, MemorySource};

/// User time of this process in seconds, from the kernel's tick counter (100 a second on Linux).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    after.split_whitespace().nth(11).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0) / 100.0
}

fn time(name: &str, uncompressed: f64, mut work: impl FnMut()) {
    work();
    let start = cpu();
    let mut rounds = 0;
    while cpu() - start < 1.0 && rounds < 1000 {
        work();
        rounds += 1;
    }
    let spent = cpu() - start;
    println!("{name:<44} {:>8.0} MB per CPU second", uncompressed * f64::from(rounds) / spent / 1e6);
}

fn items(source: &Arc<dyn ByteSource>, decoding: bool) -> usize {
    let spec = InputSpec::new("bench", "file");
    let mut reader = open(&spec, source).unwrap();
    let mut documents = 0;
    while let Some(item) = reader.next_item().unwrap() {
        if let Item::Record(record) = item {
            let document = !decoding || matches!(decode(&spec, record), Decoded::Document(_));
            documents += usize::from(document);
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

fn main() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA") else {
        println!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let data = Path::new(&data);
    let warc = std::fs::read(data.join("1-crawl-packaged/PACKAGED-real-html-public.warc.gz")).unwrap();
    let size = drain(flate2::read::MultiGzDecoder::new(&warc[..])) as f64;
    time("warc.gz: flate2 MultiGzDecoder alone", size, || {
        drain(flate2::read::MultiGzDecoder::new(&warc[..]));
    });
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(warc));
    time("warc.gz: reader", size, || assert_eq!(items(&source, false), 2180));
    time("warc.gz: reader and decode", size, || assert_eq!(items(&source, true), 2180));

    let jsonl = std::fs::read(data.join("8-corpus/tensorflow-docs-l10n.jsonl.zst")).unwrap();
    let size = drain(zstd::Decoder::new(&jsonl[..]).unwrap()) as f64;
    time("jsonl.zst: zstd alone", size, || {
        drain(zstd::Decoder::new(&jsonl[..]).unwrap());
    });
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(jsonl.clone()));
    time("jsonl.zst: reader", size, || assert!(items(&source, false) > 1000));
    time("jsonl.zst: reader and decode", size, || assert!(items(&source, true) > 1000));
    let mut plain = Vec::new();
    zstd::Decoder::new(&jsonl[..]).unwrap().read_to_end(&mut plain).unwrap();
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(plain));
    time("jsonl plain: reader and decode", size, || assert!(items(&source, true) > 1000));
}
