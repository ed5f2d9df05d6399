//! Near-dedup as a config asks for it: shingles, containment, alerts, and no removal of what is unlike.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use crate::small::{TOPICS, directory, rows, run, text};
use gristmill::ledger::LedgerRow;
use gristmill::storage::{Folder, Medium, Memory};
use std::sync::Arc;

/// Runs one dedup step over sources of JSON lines and gives the ledger.
fn run_over(sources: &[(&str, Vec<String>)], step: &str, partitions: u32) -> (Memory, Vec<LedgerRow>) {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let mut config = "version = 1\nname = \"near\"\n".to_owned();
    for (name, texts) in sources {
        let line =
            |(n, text): (usize, &String)| format!("{}\n", serde_json::json!({ "id": n.to_string(), "text": text }));
        let lines: String = texts.iter().enumerate().map(line).collect();
        files.put(&format!("in/{name}.jsonl"), lines.as_bytes()).unwrap();
        config.push_str(&format!("[[source]]\nname = \"{name}\"\npaths = [\"in/{name}.jsonl\"]\n"));
    }
    config.push_str(&format!("[[step]]\nname = \"near\"\ndedup = {{ method = \"minhash\", {step} }}\n"));
    config.push_str(&format!("[output]\ndir = \"out\"\n[limits]\npartitions = {partitions}\n"));
    if let Err(failure) = run(&memory, &config, 2, 64 << 20) {
        panic!("{failure}");
    }
    let rows = rows(&memory);
    (memory, rows)
}

fn dropped(rows: &[LedgerRow]) -> Vec<(&str, f64)> {
    let gone = rows.iter().filter(|row| row.verdict == "drop");
    gone.map(|row| (row.source_id.as_deref().unwrap_or_default(), row.value.unwrap())).collect()
}

/// A page, half of it, and a page of its own.
fn excerpt() -> Vec<String> {
    let long: String = (0..12).map(text).collect();
    let half: String = (3..9).map(text).collect();
    vec![half, long, text(900)]
}

#[test]
fn containment_finds_an_excerpt_and_never_drops_the_whole_for_it() {
    let bands = "bands = 100, rows = 1, min-similarity = 0.8";
    let found = |step: &str| {
        let (_, rows) = run_over(&[("a", excerpt())], &format!("{step}, {bands}"), 2);
        dropped(&rows).into_iter().map(|(id, _)| id.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("verify = \"containment\", keep = \"longest\""), ["0"]);
    // The excerpt comes first and is preferred, but the page is not contained in it.
    assert!(found("verify = \"containment\", keep = \"first\"").is_empty());
    assert!(found("keep = \"longest\"").is_empty(), "half a page is not a copy");
    let (_, rows) = run_over(&[("a", excerpt())], &format!("verify = \"containment\", keep = \"longest\", {bands}"), 2);
    let row = rows.iter().find(|row| row.verdict == "drop").unwrap();
    assert_eq!(row.metric.as_deref(), Some("containment"));
}

#[test]
fn shingles_of_every_unit_find_a_near_copy() {
    let one = (0..6).map(text).collect::<String>();
    let other = one.replacen("barley", "wheat", 1);
    let texts = vec![one.clone(), text(700), other, one.to_uppercase()];
    let steps = [
        ("shingle = \"word\"", true),
        ("shingle = \"space-word\"", true),
        ("shingle = \"char\", ngram = 24", true),
        ("shingle = \"char\", ngram = 24, lower = false", false),
        ("preset = \"datatrove-14x8\"", true),
        ("preset = \"nemotron-cc-20x13\"", false),
        ("preset = \"olmo3-26x11\", tokenizer = \"embedded\", keep = \"first\"", false),
    ];
    for (step, capitals) in steps {
        let (_, rows) = run_over(&[("a", texts.clone())], step, 1);
        let gone: Vec<&str> = dropped(&rows).into_iter().map(|(id, _)| id).collect();
        let expected: &[&str] = if capitals { &["2", "3"] } else { &["2"] };
        assert_eq!(gone, expected, "{step}");
    }
}

#[test]
fn a_source_that_came_twice_raises_an_alert() {
    let texts: Vec<String> = (0..120).map(text).collect();
    let sources = [("first", texts.clone()), ("again", texts)];
    let (memory, rows) = run_over(&sources, "bands = 14", 3);
    assert_eq!(dropped(&rows).len(), 120);
    let report = String::from_utf8(directory(&memory).read("report.html").unwrap()).unwrap();
    assert!(report.contains("loses 100.0 % of its 120 documents to step"), "the alert is there");
}

#[test]
fn a_template_raises_an_alert() {
    // Every page ends in the same long text: bands connect them, and verification keeps them apart.
    let template: String = TOPICS.iter().map(|topic| format!("{topic}. ")).collect();
    let texts: Vec<String> = (0..150).map(|n| format!("{}{template}", text(n * 31 + 7))).collect();
    let (memory, rows) = run_over(&[("a", texts)], "bands = 60, rows = 1", 3);
    assert!(dropped(&rows).len() < 30, "{}", dropped(&rows).len());
    let report = String::from_utf8(directory(&memory).read("report.html").unwrap()).unwrap();
    assert!(report.contains("they share a template"), "the alert is there");
}

/// Real corpora through the step as it is by default: nobody goes for a document unlike itself, by shingles counted in full;
/// and of the pairs that the lists hold at 0.8 and above, one of the two goes or both go.
#[test]
fn the_default_step_on_real_documents() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA").map(std::path::PathBuf::from) else {
        eprintln!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let (mut pairs, mut met, mut removals) = (0, 0, 0);
    for name in ["powershell-docs", "spamassassin-a", "tldr"] {
        let corpus = crate::dedup::corpus(name, &data);
        let texts: Vec<String> = corpus.documents.iter().map(|(_, text)| text.clone()).collect();
        let (_, rows) = run_over(&[(name, texts)], "bands = 14", 8);
        let number = |row: &LedgerRow| row.source_id.as_deref().unwrap().parse::<usize>().unwrap();
        let by_id: std::collections::HashMap<&str, usize> =
            rows.iter().map(|row| (row.id.as_str(), number(row))).collect();
        let mut survivor: Vec<usize> = (0..rows.len()).collect();
        for row in rows.iter().filter(|row| row.verdict == "drop") {
            let (gone, stays) = (number(row), by_id[row.duplicate_of.as_deref().unwrap()]);
            survivor[gone] = stays;
            removals += 1;
            let truth = jaccard(&corpus.documents[gone].1, &corpus.documents[stays].1);
            assert!(truth >= 0.65, "{name}: {gone} went for {stays} at {truth}");
            assert!((truth - row.value.unwrap()).abs() < 0.1, "{name}: {truth} was measured as {:?}", row.value);
        }
        for &(one, other, _) in corpus.pairs.iter().filter(|pair| pair.2 >= 0.8) {
            pairs += 1;
            met += usize::from(survivor[one] != one || survivor[other] != other);
        }
    }
    eprintln!("{removals} removed; of {pairs} pairs with J >= 0.8 one or both of {met} went");
    assert!(removals > 1_500);
    assert!(met * 1_000 >= pairs * 990, "{met} of {pairs}");
}

/// Jaccard similarity of the shingles that the step verifies by, counted in full.
fn jaccard(one: &str, other: &str) -> f64 {
    let set = |text: &str| {
        let words: Vec<&str> = gristmill::text::similarity_words(text).collect();
        let shingles = words.windows(5.min(words.len()).max(1)).map(|window| window.join(" "));
        shingles.collect::<std::collections::BTreeSet<String>>()
    };
    let (one, other) = (set(one), set(other));
    let shared = one.intersection(&other).count();
    shared as f64 / (one.len() + other.len() - shared) as f64
}

/// The stages of `gristmill dedup` write, byte for byte, what datatrove wrote.
#[test]
fn stages_write_the_files_of_datatrove() {
    use crate::cli::{Dir, code, gristmill, said};
    let golden = std::fs::read_to_string("tests/golden/minhash/datatrove.json").unwrap();
    let golden: serde_json::Value = serde_json::from_str(&golden).unwrap();
    for run in golden["runs"].as_array().unwrap() {
        let dir = Dir::new();
        for (task, texts) in golden["tasks"].as_array().unwrap().iter().enumerate() {
            let line = |text: &serde_json::Value| format!("{}\n", serde_json::json!({ "text": text }));
            dir.write(&format!("in/{task}.jsonl"), &texts.as_array().unwrap().iter().map(line).collect::<String>());
        }
        let hash = run["hash"].as_str().unwrap();
        let (sig, dups, remove) = (dir.path("sig"), dir.path("dups"), dir.path("remove"));
        for stage in [
            vec!["signatures", "--input", &dir.path("in"), "--out", &sig, "--hash", hash],
            vec!["buckets", &sig, "--out", &dups, "--hash", hash],
            vec!["clusters", &dups, "--out", &remove],
        ] {
            let done = gristmill(&[&["dedup"], &stage[..]].concat());
            assert_eq!(code(&done), 0, "{}", said(&done));
        }
        let files = run["files"].as_object().unwrap();
        assert!(files.len() >= 8, "{hash}");
        for (name, expected) in files {
            let found = std::fs::read(dir.path(name)).unwrap_or_default();
            let hex: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, expected.as_str().unwrap(), "{hash} {name}");
        }
    }
}

#[test]
fn what_dedup_will_find_and_need_is_told_before_it_runs() {
    use crate::cli::{Dir, gristmill, printed};
    let dir = Dir::new();
    dir.write("in/a.jsonl", "{\"text\": \"one\"}\n");
    let config = "version = 1\n[[source]]\nname = \"a\"\npaths = [\"in/a.jsonl\"]\n[[step]]\n\
                  dedup = { method = \"minhash\", similarity = 0.8 }\n[output]\ndir = \"out\"\n";
    let plan = printed(&gristmill(&["plan", &dir.write("c.toml", config)]));
    assert!(plan.contains("26 x 8 bands, 5-grams of words, similarity at least 0.8"), "{plan}");
    assert!(
        plan.contains("share of pairs found by similarity: 0.5: 0.097, 0.6: 0.356, 0.7: 0.786, 0.8: 0.992"),
        "{plan}"
    );
    assert!(plan.contains("\ndisk     about ") && plan.contains(" are free there"), "{plan}");
}
