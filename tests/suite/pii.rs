//! Detection on real and synthetic text with known spans, and datatrove's formatter against its
//! own output. Reads the data that `GRISTMILL_DATA` names.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use gristmill::pii::{Datatrove, Detector, EMAIL_PLACEHOLDER, IP_PLACEHOLDER, Kind, Replacement, Span, scrub};
use serde_json::Value;

/// The folder of the data, or nothing with a word about it.
fn data() -> Option<PathBuf> {
    let data = std::env::var_os("GRISTMILL_DATA");
    if data.is_none() {
        eprintln!("skipped: GRISTMILL_DATA is not set");
    }
    data.map(PathBuf::from)
}

/// The rows of a compressed JSONL file.
fn rows(path: PathBuf) -> Vec<Value> {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    zstd::Decoder::new(file).unwrap().read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Counts of values by kind over the texts of a corpus.
fn census(data: &std::path::Path, name: &str) -> BTreeMap<&'static str, u32> {
    let detector = Detector::new(&Kind::ALL);
    let mut counts = BTreeMap::new();
    for row in rows(data.join(format!("8-corpus/{name}.jsonl.zst"))) {
        for span in detector.find(row["text"].as_str().unwrap()) {
            *counts.entry(span.kind.word()).or_default() += 1;
        }
    }
    counts
}

/// The spans of the sentences of presidio-research that are of kinds we know, in bytes.
fn known_spans(row: &Value, text: &str) -> Vec<Span> {
    let byte = |position: &Value| {
        let chars = usize::try_from(position.as_u64().unwrap()).unwrap();
        text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
    };
    let spans = row["spans"].as_array().unwrap().iter().filter_map(|span| {
        let kind = match span["entity_type"].as_str().unwrap() {
            "EMAIL_ADDRESS" => Kind::Email,
            "IP_ADDRESS" => Kind::Ip,
            "PHONE_NUMBER" => Kind::Phone,
            "CREDIT_CARD" => Kind::Card,
            "IBAN_CODE" => Kind::Iban,
            "US_SSN" => Kind::Ssn,
            _ => return None,
        };
        let (start, end) = (byte(&span["start_position"]), byte(&span["end_position"]));
        Some(Span { kind, start, end })
    });
    spans.collect()
}

#[test]
fn finds_what_the_sentences_of_presidio_hold() {
    let Some(data) = data() else { return };
    let path = data.join("3-pii/microsoft+presidio-research/data/synth_dataset_v2.json");
    let rows: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let detector = Detector::new(&Kind::ALL);
    let mut table: BTreeMap<&str, (f64, f64, f64)> = BTreeMap::new();
    for row in rows.as_array().unwrap() {
        let text = row["full_text"].as_str().unwrap();
        let (known, found) = (known_spans(row, text), detector.find(text));
        for span in &known {
            let cell = table.entry(span.kind.word()).or_default();
            cell.0 += 1.0;
            cell.1 += f64::from(u8::from(found.contains(span)));
        }
        for span in &found {
            table.entry(span.kind.word()).or_default().2 += 1.0;
        }
    }
    // Exact spans. What is missed: cards with invented prefixes, telephone numbers of nine digits or
    // fewer without a word about telephones.
    let floors = [
        ("email", 1.0, 1.0),
        ("iban", 1.0, 1.0),
        ("ip", 1.0, 1.0),
        ("ssn", 1.0, 1.0),
        ("card", 1.0, 0.93),
        ("phone", 0.98, 0.90),
    ];
    for (kind, precision, recall) in floors {
        let (known, hit, found) = table[kind];
        assert!(known >= 14.0, "{kind}: {known} known");
        assert!(hit / found >= precision, "{kind}: precision {}", hit / found);
        assert!(hit / known >= recall, "{kind}: recall {}", hit / known);
    }
}

#[test]
fn books_and_reference_pages_hold_next_to_nothing() {
    let Some(data) = data() else { return };
    assert_eq!(census(&data, "classic-books-a"), BTreeMap::new());
    assert_eq!(census(&data, "aozora-a"), BTreeMap::new());
    // Thousands of versions, GUIDs and clock times; what is left are traced routes, pinged hosts and
    // telephone numbers in examples.
    let docs = census(&data, "powershell-docs");
    assert!(docs["ip"] <= 230 && docs["phone"] <= 20, "{docs:?}");
    assert!(!docs.contains_key("card") && !docs.contains_key("iban"), "{docs:?}");
}

#[test]
fn mail_is_full_of_values_and_scrubbed_for_good() {
    let Some(data) = data() else { return };
    let detector = Detector::new(&Kind::ALL);
    let replacement = Replacement::new("<{kind}>").unwrap();
    let mut totals: BTreeMap<Kind, u32> = BTreeMap::new();
    for row in rows(data.join("8-corpus/spamassassin-a.jsonl.zst")) {
        let text = row["text"].as_str().unwrap();
        if let Some(scrubbed) = scrub(&detector, &replacement, text) {
            assert_eq!(scrub(&detector, &replacement, &scrubbed.text), None);
            for (kind, count) in scrubbed.counts {
                *totals.entry(kind).or_default() += count;
            }
        }
    }
    assert!(totals[&Kind::Email] >= 90_000, "{totals:?}");
    assert!(totals[&Kind::Ip] >= 13_000, "{totals:?}");
    assert!((600..=900).contains(&totals[&Kind::Phone]), "{totals:?}");
}

#[test]
fn datatrove_preset_gives_what_datatrove_gave() {
    let Some(data) = data() else { return };
    let mut texts = BTreeMap::new();
    for row in rows(data.join("8-corpus/spamassassin-a.jsonl.zst")) {
        let text = row["text"].as_str().unwrap().to_owned();
        texts.insert(row["id"].as_str().unwrap().to_owned(), text);
    }
    let quality = data.join("3-quality/mlfoundations+dclm/human_quality.jsonl");
    let quality = std::fs::read_to_string(quality).unwrap();
    for (number, line) in quality.lines().enumerate() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = row["text"].as_str().unwrap().to_owned();
        texts.insert(format!("dclm-human-quality#{number}"), text);
    }
    let preset = Datatrove::new();
    let mut checked = 0;
    for row in rows(data.join("7-peer-outputs/datatrove-pii-formatter.jsonl.zst")) {
        let Some(text) = texts.get(row["id"].as_str().unwrap()) else {
            continue;
        };
        let ours = preset.scrub(text).map_or_else(|| text.clone(), |scrubbed| scrubbed.text);
        let theirs = first_placeholders(row["out"].as_str().unwrap());
        assert_eq!(first_placeholders(&ours), theirs, "{}", row["id"]);
        checked += 1;
    }
    assert!(checked >= 449, "{checked}");
}

/// datatrove takes its placeholders in turn; this puts the first of each kind for all.
fn first_placeholders(text: &str) -> String {
    let mut text = text.replace("firstname.lastname@example.org", EMAIL_PLACEHOLDER);
    for other in ["126.96.36.199", "184.108.40.206", "220.127.116.11", "18.104.22.168", "188.8.131.52"] {
        text = text.replace(other, IP_PLACEHOLDER);
    }
    text
}

/// Seconds this thread has had on a processor, where the system tells it; else of the clock.
fn cpu_seconds(start: std::time::Instant) -> f64 {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => start.elapsed().as_secs_f64(),
    }
}

#[test]
fn hostile_text_takes_linear_time() {
    let detector = Detector::new(&Kind::ALL);
    let start = std::time::Instant::now();
    // Passes enough for the clock's ticks.
    let seconds = |text: &str| {
        let begin = cpu_seconds(start);
        let mut passes = 0.0;
        while cpu_seconds(start) - begin < 0.02 {
            std::hint::black_box(detector.find(text));
            passes += 1.0;
        }
        (cpu_seconds(start) - begin) / passes
    };
    let seeds = [
        "1",
        "@",
        ".",
        ":",
        "a@",
        "1 ",
        "1.",
        "1-",
        "+1 ",
        "(1) ",
        "a.b@c.d@",
        "a@b.co@",
        "::1:",
        "2001:",
        "4111 1111 1111 1111 ",
        "4111111111111111 ",
        "0131 225 2552 ",
        "415-555-2671 ",
        "8.8.8.8 ",
        "tel 5 ",
        "GB82WEST",
        "DE89 3704 ",
        "é@é.",
        "1 (",
        "card 4",
        "5 415-555-2671",
        "a@b.com",
        "x",
    ];
    for seed in seeds {
        let long = seed.repeat((1 << 20) / seed.len());
        let short = &long[..seed.len() * (long.len() / seed.len() / 16)];
        // Under five for each factor of four, and so under 25 for sixteen; quadratic work takes 256
        // times as long. The least of several measures, since other work on the machine only adds.
        let (mut one, mut sixteen) = (f64::MAX, f64::MAX);
        for _ in 0..8 {
            one = one.min(seconds(short));
            sixteen = sixteen.min(seconds(&long));
            if sixteen < 25.0 * one {
                break;
            }
        }
        assert!(sixteen < 25.0 * one, "{seed:?}: {one} s, 16 times as much: {sixteen} s");
        assert!(sixteen < 3.0, "{seed:?}: {sixteen} s for a MiB");
    }
}
