//! Language labels by line and paragraph, through whole runs: metadata, columns, bounds, the same bytes every time.

use crate::small::{self, metric, output, run};
use gristmill::ledger::LedgerRow;
use gristmill::storage::{Folder, Medium, Memory};
use serde_json::{Value, json};
use std::sync::Arc;

const BUDGET: usize = 64 << 20;
const ENGLISH: &str =
    "The council of the town met on Tuesday evening to talk about the bridge that had been closed since the storm.";
const GERMAN: &str =
    "Der Rat der Stadt traf sich am Dienstagabend, um über die Brücke zu sprechen, die seit dem Sturm gesperrt ist.";
const FRENCH: &str =
    "Le conseil de la ville s'est réuni mardi soir pour parler du pont qui est fermé depuis la tempête.";

fn texts() -> Vec<String> {
    vec![
        format!("{ENGLISH}\n{ENGLISH}\n\n{GERMAN}\n{ENGLISH}\n17\nxq"),
        format!("{ENGLISH}\n{ENGLISH}\n"),
        format!("{ENGLISH}\n{GERMAN}\n{FRENCH}"),
        "12 34".to_owned(),
    ]
}

fn world() -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    let lines: String = texts().iter().map(|text| format!("{}\n", json!({ "text": text, "topic": "town" }))).collect();
    files.put("in/a.jsonl", lines.as_bytes()).unwrap();
    memory
}

fn config(step: &str) -> String {
    format!(
        "version = 1\n[[source]]\nname = \"s\"\npaths = [\"in/*\"]\n[[step]]\nlanguage = {{ min-score = 0, {step} }}\n\
         [output]\ndocuments = true\ndir = \"out\"\ntokens = \"none\"\n[limits]\nunit-bytes = \"1KiB\"\n"
    )
}

fn rows(step: &str) -> Vec<LedgerRow> {
    let memory = world();
    run(&memory, &config(step), 2, BUDGET).unwrap();
    small::rows(&memory)
}

/// The metadata of the kept documents.
fn metadata(memory: &Memory) -> Vec<Value> {
    use arrow_array::cast::AsArray;
    let made = output(memory);
    let (_, bytes) = made.iter().find(|(name, _)| name.starts_with("documents/")).expect("a file of documents");
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes.clone()))
            .unwrap()
            .build()
            .unwrap();
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    let column = |batch: &arrow_array::RecordBatch| {
        let column = batch.column_by_name("metadata").unwrap();
        column
            .as_string::<i32>()
            .iter()
            .map(|one| serde_json::from_str::<Value>(one.unwrap()).unwrap())
            .collect::<Vec<_>>()
    };
    batches.iter().flat_map(column).collect()
}

#[test]
fn labels_by_line_go_into_the_metadata() {
    let memory = world();
    run(&memory, &config("per = \"line\""), 2, BUDGET).unwrap();
    let found = metadata(&memory);
    let ranges = |document: &Value| {
        let ranges = document["language_lines"].as_array().unwrap().iter();
        ranges.map(|one| (one["lines"].clone(), one["label"].clone())).collect::<Vec<_>>()
    };
    // The digits belong to the line before, the two letters to no language.
    let wanted = [
        (json!([1, 3]), json!("en")),
        (json!([4, 4]), json!("de")),
        (json!([5, 6]), json!("en")),
        (json!([7, 7]), json!(null)),
    ];
    assert_eq!(ranges(&found[0]), wanted);
    assert_eq!(found[0]["topic"], "town");
    let prob = found[0]["language_lines"][1]["prob"].as_f64().unwrap();
    assert!((0.8..=1.0).contains(&prob), "{prob}");
    assert_eq!(found[0]["language_lines"][3]["prob"], json!(null));
    assert_eq!(ranges(&found[2]).len(), 3);
    let german = GERMAN.chars().count() as f64 / (3 * ENGLISH.chars().count() + GERMAN.chars().count() + 2) as f64;
    assert!((found[0]["language_shares"]["de"].as_f64().unwrap() - german).abs() < 1e-4);
}

#[test]
fn labels_by_paragraph_take_its_lines_together() {
    let memory = world();
    run(&memory, &config("per = \"paragraph\""), 1, BUDGET).unwrap();
    let ranges = metadata(&memory)[0]["language_lines"].as_array().unwrap().clone();
    assert_eq!(ranges[0]["lines"], json!([1, 3]));
    assert_eq!(ranges[0]["label"], "en");
    assert_eq!(ranges.last().unwrap()["lines"][1], 7);
}

#[test]
fn shares_are_columns_and_bounds() {
    let found = rows("per = \"line\", keep = [\"en\", \"de\", \"fr\"], min-own-share = 0.9");
    assert_eq!(metric(&found[1], "language/own-share"), Some(1.0));
    assert_eq!(metric(&found[1], "language/share.en"), Some(1.0));
    assert_eq!(metric(&found[1], "language/share.de"), Some(0.0));
    assert_eq!(metric(&found[1], "language/unsure-share"), Some(0.0));
    assert_eq!(metric(&found[2], "language/languages"), Some(3.0));
    let third = metric(&found[2], "language/share.de").unwrap();
    assert!((0.3..0.4).contains(&third), "{third}");
    assert_eq!(metric(&found[3], "language/own-share"), None);
    assert_eq!((found[0].rule.as_deref(), found[1].rule.as_deref()), (Some("low-own-share"), None));
    assert_eq!(found[0].value, metric(&found[0], "language/own-share"));
    let found = rows("per = \"line\", max-languages = 2");
    let rules: Vec<_> = found.iter().map(|row| row.rule.as_deref()).collect();
    assert_eq!(rules, [None, None, Some("too-many-languages"), None]);
    // Both rules are told, and the metric's name is that of its column.
    let both = rows("per = \"line\", min-own-share = 0.9, max-languages = 1");
    assert_eq!((both[0].rule.as_deref(), both[0].also.as_deref()), (Some("low-own-share"), Some("too-many-languages")));
    assert_eq!(both[0].metric.as_deref(), Some("own-share"));
    let kept = rows("per = \"line\", keep = [\"fr\"], min-own-share = 0.9, max-languages = 1");
    assert_eq!(kept[0].rule.as_deref(), Some("language-not-kept"));
    assert_eq!(kept[0].also.as_deref(), Some("low-own-share,too-many-languages"));
    // Nothing of it without being asked.
    assert_eq!(metric(&rows("keep = [\"en\"]")[1], "language/own-share"), None);
}

#[test]
fn the_same_bytes_at_any_thread_count() {
    let mut first = None;
    for (threads, budget) in [(1, BUDGET), (5, 16 << 20)] {
        let memory = world();
        run(&memory, &config("per = \"line\""), threads, budget).unwrap();
        let made = output(&memory);
        assert!(*first.get_or_insert_with(|| made.clone()) == made, "{threads} threads");
    }
}
