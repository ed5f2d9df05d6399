//! What the scripts that compare personal data ask: `pii_jsonl spans|scrub|national FILE [KIND,KIND…|datatrove|dolma]`.
//!
//! `spans` and `scrub` read JSONL rows with `text` and write one JSON value a row: spans as [kind, start, end] in characters,
//! or the scrubbed text (null when nothing was found) with counts. `national` reads rows [scheme, signs] and writes true or
//! false. Bytes and CPU seconds of the finding alone go to the error stream.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

use gristmill::pii::{Datatrove, Detector, Dolma, Kind, Replacement, Scrubbed, national_check, scrub};
use serde_json::{Value, json};
use std::hint::black_box;

/// Seconds this thread has had on a processor.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e9
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (what, file, choice) = match args[..] {
        [what, file] => (what, file, ""),
        [what, file, choice] => (what, file, choice),
        _ => panic!("usage: pii_jsonl spans|scrub|national FILE [KINDS|datatrove|dolma]"),
    };
    let text = std::fs::read_to_string(file).expect("the file opens");
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    if what == "national" {
        for row in rows {
            let (scheme, signs) = (row[0].as_str().expect("a scheme"), row[1].as_str().expect("signs"));
            println!("{}", national_check(scheme, signs).expect("a known scheme"));
        }
        return;
    }
    let texts: Vec<String> = rows.map(|row| row["text"].as_str().unwrap_or_default().to_owned()).collect();
    let kinds: Vec<Kind> = choice.split(',').filter_map(Kind::from_word).collect();
    let detector = Detector::new(if kinds.is_empty() { &Kind::CHECKED } else { &kinds });
    let start = cpu_seconds();
    for text in &texts {
        black_box(detector.find(black_box(text)));
    }
    let bytes: usize = texts.iter().map(String::len).sum();
    eprintln!("{}", json!({"bytes": bytes, "seconds": cpu_seconds() - start}));
    let tags = Replacement::new("<{kind}>").expect("a good template");
    let (datatrove, dolma) = (Datatrove::new(), Dolma::new());
    for text in &texts {
        if what == "spans" {
            println!("{}", spans(&detector, text));
            continue;
        }
        let scrubbed = match choice {
            "datatrove" => datatrove.scrub(text),
            "dolma" => dolma.scrub(text),
            _ => scrub(&detector, &tags, text),
        };
        println!("{}", row(scrubbed));
    }
}

fn spans(detector: &Detector, text: &str) -> Value {
    let chars = |at: usize| text[..at].chars().count();
    detector.find(text).iter().map(|span| json!([span.kind.word(), chars(span.start), chars(span.end)])).collect()
}

fn row(scrubbed: Option<Scrubbed>) -> Value {
    let Some(scrubbed) = scrubbed else { return Value::Null };
    let counts: Vec<Value> = scrubbed.counts.iter().map(|(kind, count)| json!([kind.word(), count])).collect();
    json!({"text": scrubbed.text, "counts": counts})
}
