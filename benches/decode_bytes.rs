//! What the charset detection makes of any bytes: one JSON line `{"hex": "…", "header": "…"}` a sample on standard input,
//! one line `{"text": …, "encoding": …, "source": …, "replacements": …}` each on standard output. `--time` tells the
//! megabytes per second of all decodings together on standard error.
//!
//! `cargo run --release --example decode_bytes < samples.jsonl > decoded.jsonl` (`tests/scripts/compare_charset.py` does)

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program"
)]

use std::io::{BufRead as _, BufWriter, Write as _};
use std::time::{Duration, Instant};

use gristmill::extract::charset;
use serde_json::{Value, json};

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hex.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let timed = std::env::args().any(|argument| argument == "--time");
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut spent, mut total) = (Duration::ZERO, 0_usize);
    for line in std::io::stdin().lock().lines() {
        let sample: Value = serde_json::from_str(&line?)?;
        let bytes = sample["hex"].as_str().and_then(bytes_of).ok_or("no `hex`")?;
        let start = Instant::now();
        let decoded = charset::decode(&bytes, sample["header"].as_str(), true);
        spent += start.elapsed();
        total += bytes.len();
        let source = format!("{:?}", decoded.source);
        let row = json!({ "text": decoded.text, "encoding": decoded.encoding, "source": source,
            "replacements": decoded.replacements });
        writeln!(out, "{row}")?;
    }
    out.flush()?;
    if timed {
        eprintln!("{:.1} MB/s over {total} bytes", total as f64 / spent.as_secs_f64() / 1e6);
    }
    Ok(())
}
