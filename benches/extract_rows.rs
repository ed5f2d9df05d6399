//! Writes the training rows of the extractor's block model: `cargo bench --bench extract_rows -- OUT < LIST`.
//!
//! LIST names one HTML file (plain or gzip) per line. OUT.bin receives little-endian 16-bit numbers, one row per block;
//! OUT.jsonl one line per page with the texts of its blocks.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(missing_docs, clippy::unwrap_used)]

use gristmill::extract::{Options, charset, training_rows};
use std::io::{BufRead, BufWriter, Read, Write};

fn main() {
    let Some(out) = std::env::args().skip(1).find(|a| !a.starts_with("--")) else {
        return;
    };
    let create = |end: &str| BufWriter::new(std::fs::File::create(format!("{out}.{end}")).unwrap());
    let (mut bin, mut list) = (create("bin"), create("jsonl"));
    for path in std::io::stdin().lock().lines() {
        let path = path.unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        if path.ends_with(".gz") {
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
            bytes = plain;
        }
        let decoded = charset::decode(&bytes, None, true);
        let rows = training_rows(&decoded.text, &Options::default()).unwrap();
        let texts: Vec<&str> = rows.iter().map(|r| r.0.as_str()).collect();
        serde_json::to_writer(&mut list, &serde_json::json!({"file": path, "texts": texts})).unwrap();
        list.write_all(b"\n").unwrap();
        for value in rows.iter().flat_map(|r| &r.1) {
            bin.write_all(&value.to_le_bytes()).unwrap();
        }
    }
}
