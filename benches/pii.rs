//! Figures of the pii module: precision and recall by kind on sentences with known spans, and speed
//! and hits by kind on each corpus. Reads the data that `GRISTMILL_DATA` names.
//!
//! `pii show KIND CORPUS [N]` prints N found values with their surroundings instead, and
//! `pii miss KIND` what was missed or found in vain in the sentences.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use gristmill::pii::{Detector, Kind, Replacement, Span, scrub};
use serde_json::Value;

/// Seconds this thread has had on a processor, where the system tells it; else a clock's.
fn cpu_seconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.elapsed().as_secs_f64(),
    }
}

/// The texts of a compressed JSONL file.
fn corpus(path: &Path) -> Vec<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("the corpus opens");
    zstd::Decoder::new(file)
        .and_then(|mut decoder| decoder.read_to_string(&mut text))
        .expect("the corpus is zstd of UTF-8");
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|row| row["text"].as_str().map(str::to_owned))
        .collect()
}

/// The sentences with their spans of known kinds, in bytes.
fn sentences(data: &Path) -> Vec<(String, Vec<Span>)> {
    let path = data.join("3-pii/microsoft+presidio-research/data/synth_dataset_v2.json");
    let rows: Value = serde_json::from_slice(&std::fs::read(path).expect("the sentences open")).expect("JSON");
    let rows = rows.as_array().cloned().unwrap_or_default();
    rows.iter()
        .map(|row| {
            let text = row["full_text"].as_str().unwrap_or_default();
            let byte = |i: &Value| {
                let chars = i.as_u64().unwrap_or_default() as usize;
                text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
            };
            let spans = row["spans"].as_array().into_iter().flatten().filter_map(|span| {
                let kind = match span["entity_type"].as_str()? {
                    "EMAIL_ADDRESS" => Kind::Email,
                    "IP_ADDRESS" => Kind::Ip,
                    "PHONE_NUMBER" => Kind::Phone,
                    "CREDIT_CARD" => Kind::Card,
                    "IBAN_CODE" => Kind::Iban,
                    "US_SSN" => Kind::Ssn,
                    "STREET_ADDRESS" => Kind::Street,
                    "PERSON" => Kind::Person,
                    _ => return None,
                };
                Some(Span { kind, start: byte(&span["start_position"]), end: byte(&span["end_position"]) })
            });
            (text.to_owned(), spans.collect())
        })
        .collect()
}

/// Prints precision, recall and F1 of exact spans by kind.
fn accuracy(data: &Path, miss: Option<&str>) {
    let detector = Detector::new(&Kind::ALL);
    let mut table: BTreeMap<Kind, [u32; 3]> = BTreeMap::new();
    for (text, known) in sentences(data) {
        let found = detector.find(&text);
        for span in &known {
            let hit = found.contains(span);
            table.entry(span.kind).or_default()[if hit { 0 } else { 1 }] += 1;
            if !hit && miss == Some(span.kind.word()) {
                println!("missed {:?}", around(&text, span));
            }
        }
        for span in found.iter().filter(|span| !known.contains(span)) {
            table.entry(span.kind).or_default()[2] += 1;
            if miss == Some(span.kind.word()) {
                println!("in vain {:?}", around(&text, span));
            }
        }
    }
    println!("{:<8}{:>6}{:>10}{:>8}{:>8}", "kind", "known", "precision", "recall", "F1");
    for (kind, [hit, missed, vain]) in table {
        let (hit, missed, vain) = (f64::from(hit), f64::from(missed), f64::from(vain));
        println!(
            "{:<8}{:>6}{:>10.3}{:>8.3}{:>8.3}",
            kind.word(),
            hit + missed,
            hit / (hit + vain),
            hit / (hit + missed),
            2.0 * hit / (2.0 * hit + missed + vain)
        );
    }
}

/// The value with its surroundings, in brackets.
fn around(text: &str, span: &Span) -> String {
    let from = text.floor_char_boundary(span.start.saturating_sub(45));
    let to = text.ceil_char_boundary((span.end + 25).min(text.len()));
    format!("{}⟦{}⟧{}", &text[from..span.start], &text[span.start..span.end], &text[span.end..to])
}

fn main() {
    let Ok(data) = std::env::var("GRISTMILL_DATA") else {
        println!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let data = Path::new(&data);
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["show", kind, name, ref rest @ ..] => {
            let count = rest.first().and_then(|n| n.parse().ok()).unwrap_or(40);
            show(data, kind, name, count);
        }
        ["miss", kind] => accuracy(data, Some(kind)),
        _ => {
            accuracy(data, None);
            speed(data);
        }
    }
}

/// Prints values evenly spread over what is found in a corpus.
fn show(data: &Path, kind: &str, name: &str, count: usize) {
    let kind = Kind::from_word(kind).expect("a kind's word");
    let detector = Detector::new(&Kind::ALL);
    let mut lines = Vec::new();
    for text in corpus(&data.join(format!("8-corpus/{name}.jsonl.zst"))) {
        let spans = detector.find(&text);
        lines.extend(spans.iter().filter(|s| s.kind == kind).map(|s| around(&text, s)));
    }
    println!("{} in all", lines.len());
    for line in lines.iter().step_by((lines.len() / count).max(1)) {
        println!("{line:?}");
    }
}

/// Prints speed and hits for each corpus.
fn speed(data: &Path) {
    let detector = Detector::new(&Kind::ALL);
    let replacement = Replacement::new("<{kind}>").expect("a good template");
    let mut paths: Vec<_> = std::fs::read_dir(data.join("8-corpus"))
        .expect("the corpora")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "zst"))
        .collect();
    paths.sort();
    println!("\n{:<32}{:>8}{:>8}  values", "corpus", "MB", "MB/s");
    for path in paths {
        let texts = corpus(&path);
        let bytes: usize = texts.iter().map(String::len).sum();
        let start = cpu_seconds();
        let mut totals: BTreeMap<Kind, u32> = BTreeMap::new();
        let mut passes = 0;
        // Whole passes until the clock has had ticks enough.
        while passes == 0 || (cpu_seconds() - start < 0.3 && passes < 50) {
            totals.clear();
            for text in &texts {
                if let Some(scrubbed) = black_box(scrub(&detector, &replacement, black_box(text))) {
                    for (kind, count) in scrubbed.counts {
                        *totals.entry(kind).or_default() += count;
                    }
                }
            }
            passes += 1;
        }
        let seconds = (cpu_seconds() - start) / f64::from(passes);
        let totals: Vec<String> = totals.iter().map(|(k, n)| format!("{} {n}", k.word())).collect();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let megabytes = bytes as f64 / 1e6;
        println!("{name:<32}{megabytes:>8.1}{:>8.0}  {}", megabytes / seconds, totals.join(", "));
    }
}
