//! Detection on real and synthetic text with known spans, and datatrove's formatter against its
//! own output. Reads the data that `GRISTMILL_DATA` names.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use crate::small::{output, run};
use gristmill::pii::{Datatrove, Detector, EMAIL_PLACEHOLDER, IP_PLACEHOLDER, Kind, Replacement, Span, scrub};
use gristmill::storage::{Folder, Medium, Memory};
use serde_json::Value;
use std::sync::Arc;

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
    let detector = Detector::new(&Kind::CHECKED);
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
    let detector = Detector::new(&Kind::CHECKED);
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
    // Exact spans. What is missed: telephone numbers without a word about telephones.
    let floors = [
        ("email", 1.0, 1.0),
        ("iban", 1.0, 1.0),
        ("ip", 1.0, 1.0),
        ("ssn", 1.0, 1.0),
        ("card", 1.0, 0.99),
        ("phone", 0.98, 0.95),
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
    let detector = Detector::new(&Kind::CHECKED);
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

/// Values of most kinds, each in a sentence, that must be nowhere in a run directory.
const VALUES: [&str; 12] = [
    "jo.brandt77@firm-mail.de",
    "+49 30 9012345678",
    "66.249.71.203",
    "4556737586899855",
    "DE44500105175407324931",
    "460-89-9847",
    "12345678Z",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "k3mX9qLw2Vz8Rt5Y",
    "app:x9Tz7kPq",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "00:1a:2b:3c:4d:5e",
];

/// Documents with a value each, one with all of them, and one that is damaged right behind its value.
fn people() -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let mut lines = String::new();
    let sentence = |n: usize, value: &str| {
        let value = match value {
            "k3mX9qLw2Vz8Rt5Y" => format!("api_key = \"{value}\""),
            "app:x9Tz7kPq" => format!("postgres://{value}@db.host/x"),
            _ => value.to_owned(),
        };
        format!(
            "{} In this one of the year {n} stands {value} and nothing more. ",
            crate::small::text(n * 3).trim_end()
        )
    };
    let all: String = VALUES.iter().enumerate().map(|(n, value)| sentence(n, value)).collect();
    let texts =
        VALUES.iter().enumerate().map(|(n, value)| sentence(n, value)).chain([all.clone(), "!!".repeat(400) + &all]);
    for (n, text) in texts.enumerate() {
        lines.push_str(&format!("{{\"id\":\"d{n}\",\"text\":{}}}\n", Value::from(text)));
    }
    lines.push_str(&format!("{{\"id\":\"broken\",\"text\":{} oops\n", Value::from(all)));
    files.put("in/people.jsonl", lines.as_bytes()).unwrap();
    files.put("pseudonyms.key", b"only a test needs such a key").unwrap();
    memory
}

fn people_config(pii: &str) -> String {
    format!(
        "version = 1\nname = \"people\"\n[[source]]\nname = \"s\"\npaths = [\"in/people.jsonl\"]\n[[step]]\nlanguage = {{ min-score = 0.0 }}\n\
         [[step]]\npii = {{ kinds = [\"email\", \"ip\", \"phone\", \"card\", \"iban\", \"ssn\", \"national-id\", \"crypto\", \"mac\", \
         \"secret\", \"credentials\"], {pii} }}\n[output]\ndir = \"out\"\ntokens = \"none\"\n[limits]\nunit-bytes = \"4KiB\"\n\
         max-fault-ratio = 1.0\n"
    )
}

/// All bytes of a file, unpacked where they are Parquet.
fn plain(name: &str, bytes: &[u8]) -> Vec<u8> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    if !name.ends_with(".parquet") {
        return bytes.to_vec();
    }
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    let mut out = bytes.to_vec();
    rows.for_each(|row| out.extend(row.unwrap().to_string().bytes()));
    out
}

#[test]
fn values_are_nowhere_in_a_run_directory_whatever_is_put_in_their_place() {
    for pii in [
        "drop-above = 8",
        "drop-density = 1.8, action = \"pseudonym\", key-file = \"pseudonyms.key\"",
        "action = \"reserved\"",
        "action = \"mask\", actions = { email = \"pseudonym\", ip = \"reserved\", secret = \"tag\" }",
    ] {
        let memory = people();
        run(&memory, &people_config(pii), 2, 64 << 20).unwrap_or_else(|failure| panic!("{pii}: {failure:?}"));
        let mut files = 0;
        let mut kept = false;
        for (name, bytes) in memory.snapshot().into_iter().filter(|(name, _)| name.starts_with("out/")) {
            let text = plain(&name, &bytes);
            for value in VALUES {
                let found = memchr::memmem::find(&text, value.as_bytes());
                assert_eq!(found, None, "{pii}: {value} is in {name}");
            }
            kept |= name.contains("documents") && memchr::memmem::find(&text, b"and nothing more").is_some();
            assert_eq!(memchr::memmem::find(&text, b"only a test needs"), None, "{pii}: the key is in {name}");
            files += 1;
        }
        assert!(kept && files >= 5, "{pii}: {files} files");
        let same = output(&memory);
        for (threads, bytes) in [(1, 64 << 20), (7, 48 << 20)] {
            let memory = people();
            run(&memory, &people_config(pii), threads, bytes).unwrap();
            assert!(output(&memory) == same, "{pii}: other bytes with {threads} threads");
        }
    }
}

#[test]
fn a_dense_document_is_dropped_by_name_and_a_short_key_is_refused() {
    let memory = people();
    run(&memory, &people_config("drop-density = 1.0"), 2, 64 << 20).unwrap();
    let mut drops = crate::small::rows(&memory);
    drops.retain(|row| row.verdict == "drop");
    assert!(!drops.is_empty());
    assert!(drops.iter().all(|row| {
        let names = (row.rule.as_deref(), row.metric.as_deref());
        names == (Some("too-dense-pii"), Some("pii_density")) && row.value.is_some_and(|value| value > 1.0)
    }));

    let memory = people();
    Folder::new(Arc::new(memory.clone()), "").put("short.key", b"short").unwrap();
    let refused = run(&memory, &people_config("action = \"pseudonym\", key-file = \"short.key\""), 1, 64 << 20);
    assert!(format!("{refused:?}").contains("fewer than 16 bytes"), "{refused:?}");
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
    let detector = Detector::new(&Kind::CHECKED);
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
