//! Writes the training rows of the extractor's models: `cargo bench --bench extract_rows -- OUT < LIST`.
//!
//! LIST names one HTML file (plain or gzip) per line. OUT.bin receives little-endian 16-bit numbers, one row per block;
//! OUT.signs the same, one row per page; OUT.jsonl one line per page with the texts of its blocks.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(missing_docs, clippy::unwrap_used)]

use gristmill::extract::{Options, charset, training_page};
use std::io::{BufRead, BufWriter, Read, Write};

fn main() {
    let Some(out) = std::env::args().skip(1).find(|a| !a.starts_with("--")) else {
        return;
    };
    let create = |end: &str| BufWriter::new(std::fs::File::create(format!("{out}.{end}")).unwrap());
    let (mut bin, mut signs, mut list) = (create("bin"), create("signs"), create("jsonl"));
    for path in std::io::stdin().lock().lines() {
        let path = path.unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        if path.ends_with(".gz") {
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
            bytes = plain;
        }
        let decoded = charset::decode(&bytes, None, true);
        let page = training_page(&decoded.text, &Options::default()).unwrap();
        serde_json::to_writer(&mut list, &serde_json::json!({"file": path, "texts": page.texts})).unwrap();
        list.write_all(b"\n").unwrap();
        page.signs.iter().for_each(|n| signs.write_all(&n.to_le_bytes()).unwrap());
        page.rows.iter().flatten().for_each(|n| bin.write_all(&n.to_le_bytes()).unwrap());
    }
}
