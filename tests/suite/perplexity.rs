//! The perplexity step, through whole runs: CCNet's numbers, bounds, buckets by language, and the same bytes every time.

use crate::small::{metric, output, rows, run};
use gristmill::plan::Plan;
use gristmill::storage::{Folder, Medium, Memory};
use serde_json::{Value, json};
use std::sync::Arc;

const BUDGET: usize = 64 << 20;

fn golden(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    std::fs::read(folder.join(name)).unwrap()
}

fn documents() -> Vec<Value> {
    serde_json::from_slice::<Value>(&golden("kenlm/ccnet.json")).unwrap().as_array().unwrap().clone()
}

fn world() -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let lines: String = documents().iter().map(|one| format!("{}\n", json!({ "text": one["text"] }))).collect();
    files.put("in/a.jsonl", lines.as_bytes()).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &golden("kenlm/pieces.arpa")).unwrap();
    files.put("pieces.arpa.gz", &packed.finish().unwrap()).unwrap();
    for (name, file) in [
        ("words.bin", "kenlm/trie.bin"),
        ("probing.bin", "kenlm/probing.bin"),
        ("pieces.model", "tokenize/unigram-rules.model"),
        ("cutoff.csv", "kenlm/cutoff.csv"),
    ] {
        files.put(name, &golden(file)).unwrap();
    }
    memory
}

const PIECES: &str = "{ model = \"pieces.arpa.gz\", tokenizer = \"pieces.model\" }";
const WORDS: &str = "{ model = \"words.bin\" }";

fn config(step: &str, before: &str) -> String {
    format!(
        "version = 1\n[[source]]\nname = \"s\"\npaths = [\"in/*\"]\n{before}[[step]]\nperplexity = {{ {step} }}\n\
         [output]\ndir = \"out\"\ntokens = \"none\"\n[limits]\nunit-bytes = \"1KiB\"\n"
    )
}

/// The perplexities of all documents by a step.
fn measured(step: &str) -> Vec<Option<f64>> {
    let memory = world();
    run(&memory, &config(step, ""), 2, BUDGET).unwrap();
    rows(&memory).iter().map(|row| metric(row, "perplexity/perplexity")).collect()
}

#[test]
fn perplexities_are_those_of_ccnet() {
    let said = |form: &str| documents().iter().map(|one| one.pointer(form).unwrap().as_f64()).collect::<Vec<_>>();
    assert_eq!(measured(&format!("models = [{PIECES}]")), said("/ccnet"));
    assert_eq!(measured(&format!("models = [{PIECES}], prepare = \"plain\"")), said("/plain"));
    for form in ["ccnet", "ccnet-lines", "plain"] {
        let step = format!("models = [{WORDS}], prepare = \"{form}\"");
        assert_eq!(measured(&step), said(&format!("/words/{form}")), "{form}");
    }
}

#[test]
fn bounds_decide_and_the_share_of_unknown_words_is_kept() {
    let memory = world();
    run(&memory, &config(&format!("models = [{PIECES}], min-perplexity = 8, max-perplexity = 30"), ""), 2, BUDGET)
        .unwrap();
    let rules: Vec<_> = rows(&memory).iter().map(|row| (row.rule.clone(), row.value)).collect();
    let (low, high) = (Some("low-perplexity".to_owned()), Some("high-perplexity".to_owned()));
    assert_eq!(rules[0], (None, None));
    assert_eq!(rules[2], (high.clone(), Some(30.3)));
    assert_eq!(rules[3], (high, Some(282.1)));
    // What is not measured trips no bound.
    assert_eq!(rules[4], (None, None));
    assert_eq!(rules[7], (low, Some(7.0)));
    let unknown: Vec<_> = rows(&memory).iter().map(|row| metric(row, "perplexity/unknown-words")).collect();
    assert!(unknown[0].unwrap() < 0.3 && unknown[5].is_none(), "{unknown:?}");
}

#[test]
fn buckets_by_language_are_tags_and_metadata() {
    let memory = world();
    let before = "[[step]]\nlanguage = {}\n";
    let models = "models = [{ language = \"en\", model = \"words.bin\" }, \
                  { model = \"probing.bin\", head = 400, middle = 800 }], cutoffs = \"cutoff.csv\", \
                  keep = [\"head\", \"middle\", \"all\"]";
    run(&memory, &config(models, before).replace("[output]\n", "[output]\ndocuments = true\n"), 1, BUDGET).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for row in rows(&memory) {
        // `cutoff.csv` ends English at 90 and 300; the others are cut at 400 and 800.
        let (head, middle) = if row.language.as_deref() == Some("en") { (90.0, 300.0) } else { (400.0, 800.0) };
        let bucket = match metric(&row, "perplexity/perplexity") {
            None => "all",
            Some(value) if value < head => "head",
            Some(value) if value < middle => "middle",
            Some(_) => "tail",
        };
        let tags = row.tags.clone().unwrap_or_default();
        if row.step.as_deref() != Some("language") {
            assert!(tags.contains(&format!("perplexity/{bucket}")), "{tags} {bucket}");
            let dropped = row.rule.as_deref() == Some("bucket-tail");
            assert_eq!(dropped, bucket == "tail");
            seen.insert(bucket);
        }
    }
    assert!(seen.len() >= 3, "{seen:?}");
}

#[test]
fn the_same_bytes_at_any_thread_count_and_another_run_for_another_model() {
    let step = |model: &str| format!("models = [{{ model = \"{model}\", head = 100, middle = 500 }}]");
    let mut first = None;
    for (threads, budget) in [(1, BUDGET), (7, 16 << 20)] {
        let memory = world();
        run(&memory, &config(&step("words.bin"), ""), threads, budget).unwrap();
        let made = output(&memory);
        assert!(*first.get_or_insert_with(|| made.clone()) == made, "{threads} threads");
    }
    let fingerprint = |model: &str| {
        let memory = world();
        run(&memory, &config(&step(model), ""), 1, BUDGET).unwrap();
        serde_json::from_slice::<Plan>(&output(&memory)["plan.json"]).unwrap().fingerprint()
    };
    assert_ne!(fingerprint("words.bin"), fingerprint("probing.bin"));
}

#[test]
fn models_and_tables_that_cannot_be_used_are_named() {
    let said = |step: &str| match run(&world(), &config(step, ""), 1, BUDGET) {
        Err(failure) => format!("{failure}"),
        Ok(_) => String::new(),
    };
    let wrong = said("models = [{ model = \"pieces.model\" }]");
    assert!(wrong.contains("`pieces.model` cannot be used: it is no n-gram model"), "{wrong}");
    let wrong = said("models = [{ model = \"words.bin\" }], cutoffs = \"cutoff.csv\", middle-percentile = 61");
    assert!(wrong.contains("it has no line for percentile 61"), "{wrong}");
}
