//! Dedup of lines, paragraphs and sentences against what earlier runs have.

use crate::index::{Dump, folder, put, rows};
use crate::pieces::texts;
use crate::small::{run, same_bytes};
use gristmill::engine::Failure;
use gristmill::ledger::{LedgerRow, STATS, Stats};
use gristmill::storage::{Medium, Memory};
use std::collections::BTreeMap;

const BUDGET: usize = 64 << 20;

const LINES: &str = "method = \"lines\", min-chars = 0, max-cut = 1.0, min-left-chars = 0";

fn dump(name: &str, seed: usize, count: usize) -> Dump {
    texts(seed, count).into_iter().enumerate().map(|(n, text)| (format!("{name}{n}"), text)).collect()
}

pub fn config(name: &str, inputs: &[&str], step: &str, partitions: u32) -> String {
    let sources: String = inputs
        .iter()
        .map(|input| format!("[[source]]\nname = \"{input}\"\npaths = [\"in/{input}.jsonl\"]\n"))
        .collect();
    format!(
        "version = 1\nname = \"{name}\"\n{sources}[[step]]\nname = \"cut\"\ndedup = {{ {step} }}\n[output]\n\
         dir = \"{name}\"\ndocuments = true\ntokens = \"none\"\n[limits]\nunit-bytes = \"4KiB\"\npartitions = {partitions}\n"
    )
}

/// Texts of the documents that a run kept, by their own ids.
pub fn kept(memory: &Memory, name: &str) -> BTreeMap<String, String> {
    use arrow_array::cast::AsArray;
    let own: BTreeMap<String, String> =
        rows(memory, name).into_iter().map(|row| (row.id, row.source_id.unwrap())).collect();
    let mut out = BTreeMap::new();
    for (_, bytes) in memory.snapshot().into_iter().filter(|(file, _)| file.starts_with(&format!("{name}/documents/")))
    {
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes));
        for batch in reader.unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let column = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
            for (id, text) in column("id").iter().zip(column("text").iter()) {
                out.insert(own[id.unwrap()].clone(), text.unwrap().to_owned());
            }
        }
    }
    out
}

/// Three dumps, each against the indexes of those before it.
fn chain(step: &str) -> (Memory, Vec<BTreeMap<String, String>>) {
    let memory = Memory::default();
    let (mut texts, mut indexes): (Vec<_>, Vec<String>) = Default::default();
    for (name, seed, partitions) in [("a", 3, 3), ("b", 5, 5), ("c", 11, 2)] {
        put(&memory, name, &dump(name, seed, 90));
        let given = if indexes.is_empty() { String::new() } else { format!(", index = {indexes:?}") };
        let config = config(&format!("run-{name}"), &[name], &format!("{step}, save-index = true{given}"), partitions);
        run(&memory, &config, 2, BUDGET).unwrap_or_else(|failure| panic!("{step}: {failure}"));
        indexes.push(format!("run-{name}/index/cut"));
        texts.push(kept(&memory, &format!("run-{name}")));
    }
    (memory, texts)
}

pub fn stats(memory: &Memory, name: &str) -> Stats {
    serde_json::from_slice(&folder(memory, name).read(STATS).unwrap()).unwrap()
}

/// Notes of copies in earlier runs: the document, its run, the document there.
fn noted(rows: &[LedgerRow]) -> Vec<(String, String, String)> {
    let of = |row: &LedgerRow| {
        let note = |cut: &gristmill::ledger::LedgerCut| {
            assert!(cut.copy.is_none() || cut.duplicate_of.is_none());
            Some((row.source_id.clone().unwrap(), cut.duplicate_in.clone()?, cut.duplicate_of.clone().unwrap()))
        };
        row.cuts.iter().filter_map(note).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of).collect()
}

#[test]
fn three_dumps_one_after_the_other_give_what_one_run_over_all_gives() {
    let more = |keys: &str| format!("{LINES}, {keys}");
    for step in [
        LINES.to_owned(),
        more("copies = 3"),
        more("repeats = \"keep\""),
        LINES.replace("lines", "paragraphs"),
        "method = \"sentences\", span = 1".to_owned(),
    ] {
        let (memory, texts) = chain(&step);
        run(&memory, &config("whole", &["a", "b", "c"], &step, 4), 2, BUDGET).unwrap();
        let all: BTreeMap<String, String> =
            texts.iter().flatten().map(|(id, text)| (id.clone(), text.clone())).collect();
        assert!(all == kept(&memory, "whole"), "{step}");
        let facts = |name: &str| stats(&memory, name).dedup["cut"].clone();
        let cuts: u64 = ["run-a", "run-b", "run-c"].iter().map(|name| facts(name)["cuts"]).sum();
        assert_eq!(cuts, facts("whole")["cuts"], "{step}");
        assert!(facts("run-c")["cuts-for-earlier"] > 0, "{step}");
        let page = |name: &str| String::from_utf8(folder(&memory, name).read("report.html").unwrap()).unwrap();
        // The sums' row says so.
        let told = format!(">{}<", facts("run-c")["cuts-for-earlier"]);
        let column =
            page("run-c").split("for earlier").nth(1).map(|rest| rest.split("</tbody>").next().unwrap().to_owned());
        assert!(column.is_some_and(|rest| rest.contains(&told)), "{step}: {told}");
        assert!(!facts("run-a").contains_key("cuts-for-earlier") && facts("run-a")["index-keys"] > 0, "{step}");
    }
}

#[test]
fn the_last_dump_loses_what_it_loses_in_one_run_where_documents_are_counted() {
    // Earlier dumps are not cut again for what comes later; the last one knows of all.
    for keys in [
        "copies = 0",
        "min-documents = 3",
        "min-documents = 7",
        "min-documents = 5, copies = 2",
        "min-documents = 4, copies = 0",
    ] {
        let step = format!("{LINES}, {keys}");
        let (memory, texts) = chain(&step);
        run(&memory, &config("whole", &["a", "b", "c"], &step, 4), 2, BUDGET).unwrap();
        let mut whole = kept(&memory, "whole");
        whole.retain(|id, _| id.starts_with('c'));
        assert!(texts[2] == whole, "{keys}");
        assert!(stats(&memory, "run-c").dedup["cut"]["cuts-for-earlier"] > 0, "{keys}");
    }
}

#[test]
fn an_index_holds_one_document_for_each_piece_that_its_run_kept_and_no_other() {
    let memory = Memory::default();
    let two = |a: &str, b: &str| vec![("0".to_owned(), a.to_owned()), ("1".to_owned(), b.to_owned())];
    put(&memory, "a", &two("one\ntwo", "two\nthree"));
    put(&memory, "b", &two("three\nfour", "four\nfive\none"));
    put(&memory, "c", &two("one\nfive", "six\ntwo"));
    let step = format!("{LINES}, save-index = true");
    run(&memory, &config("first", &["a"], &step, 2), 1, BUDGET).unwrap();
    assert_eq!(stats(&memory, "first").dedup["cut"]["index-keys"], 3);
    run(&memory, &config("second", &["b"], &format!("{step}, index = \"first/index/cut\""), 2), 1, BUDGET).unwrap();
    // What the first run has is not in the second run's index: `three` and `one` were cut there.
    assert_eq!(stats(&memory, "second").dedup["cut"]["index-keys"], 2);
    run(&memory, &config("third", &["c"], &format!("{LINES}, index = \"second/index/cut\""), 2), 1, BUDGET).unwrap();
    let left: Vec<String> = kept(&memory, "third").into_values().collect();
    assert_eq!(left, ["one", "six\ntwo"]);
    let rows = rows(&memory, "third");
    let notes = noted(&rows);
    assert_eq!(notes.len(), 1, "{notes:?}");
    let owner = crate::index::rows(&memory, "second").into_iter().find(|row| row.id == notes[0].2).unwrap();
    assert_eq!((notes[0].0.as_str(), owner.source_id.as_deref()), ("0", Some("1")));
    assert!(notes[0].1.starts_with("second@"));
}

#[test]
fn the_same_bytes_at_any_thread_count_and_budget_and_after_a_power_cut() {
    let first = Memory::default();
    put(&first, "a", &dump("a", 3, 60));
    put(&first, "b", &dump("b", 5, 60));
    let step = format!("{LINES}, save-index = true");
    run(&first, &config("one", &["a"], &step, 3), 2, BUDGET).unwrap();
    let config = config("two", &["b"], &format!("{step}, index = \"one/index/cut\""), 3);
    let (world, output) = (|| crate::index::copy_of(&first), crate::index::output_of_two);
    let memory = world();
    run(&memory, &config, 2, BUDGET).unwrap();
    let clean = output(&memory);
    assert!(clean.contains_key("two/index/cut/INDEX.json") && clean.contains_key("two/index/cut/keys-00002"));
    assert!(clean.keys().all(|name| name.split('/').nth(1) != Some("work")), "{:?}", clean.keys());
    assert!(!noted(&rows(&memory, "two")).is_empty());
    same_bytes(&world, &config, (&output, &clean), BUDGET, (30, 4));
}

#[test]
fn an_index_that_does_not_fit_is_refused_with_all_that_differs() {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", 3, 9));
    run(&memory, &config("one", &["a"], &format!("{LINES}, save-index = true"), 2), 1, BUDGET).unwrap();
    let attempt = |step: &str| match run(
        &memory,
        &config("two", &["a"], &format!("{step}, index = \"one/index/cut\""), 2),
        1,
        BUDGET,
    ) {
        Err(Failure::Refused(said)) => said,
        other => panic!("{other:?}"),
    };
    let said =
        attempt(&format!("{LINES}, copies = 2, min-documents = 3, span = 2, compare = \"bytes\", min-words = 1"));
    for part in [
        "index `one/index/cut` cannot be used",
        "`compare` is normalized in the index and bytes here, `copies` is 1 in the index and 2 here, `min-documents` is 2 in \
         the index and 3 here, `min-words` is 0 in the index and 1 here, `span` is 1 in the index and 2 here;",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = attempt("method = \"sentences\", min-chars = 0, span = 1");
    assert!(said.contains("`method` is lines in the index and sentences here, `sentences` is none in"), "{said}");
    let said = attempt("method = \"exact\"");
    assert!(said.contains("`method` is lines in the index and exact here"), "{said}");
    let said = attempt(&format!("{LINES}, scope = \"document\""));
    assert!(said.contains("an index is of many"), "{said}");
    // What is done with the rest of a text is no matter.
    let step = format!("{LINES}, index = \"one/index/cut\"").replace("max-cut = 1.0", "max-cut = 0.9");
    run(&memory, &config("three", &["a"], &step, 2), 1, BUDGET).unwrap();
}

#[test]
fn damage_to_an_index_is_told_with_its_file_and_seen_by_verify() {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", 3, 9));
    run(&memory, &config("one", &["a"], &format!("{LINES}, save-index = true"), 1), 1, BUDGET).unwrap();
    let files = folder(&memory, "one/index/cut");
    let mut bad = files.read("keys-00000").unwrap();
    bad[60] ^= 1;
    files.replace("keys-00000", &bad).unwrap();
    let second = config("two", &["a"], &format!("{LINES}, index = \"one/index/cut\""), 1);
    let said = run(&memory, &second, 1, BUDGET).unwrap_err().to_string();
    assert!(said.contains("one/index/cut/keys-00000") && said.contains("slot"), "{said}");
    let problems = gristmill::ledger::verify(&folder(&memory, "one")).unwrap().problems;
    assert!(problems.iter().any(|one| one.file == "index/cut/keys-00000"), "{problems:?}");
}

#[test]
fn why_names_the_earlier_run_and_its_document() {
    use crate::cli::{Dir, code, gristmill, printed, said};
    let dir = Dir::new();
    let line = |id: &str, text: &str| format!("{}\n", serde_json::json!({ "id": id, "text": text }));
    let shared = "All rights are reserved by the makers of this page.";
    dir.write("one.jsonl", &line("old", &format!("Something was there before.\n{shared}")));
    dir.write("two.jsonl", &line("new", &format!("{shared}\nAnd something that is all new, and longer than that.")));
    let config = |name: &str, keys: &str| {
        let text = format!(
            "version = 1\nname = \"{name}\"\n[[source]]\nname = \"s\"\npaths = [\"{name}.jsonl\"]\n[[step]]\n\
             name = \"cut\"\ndedup = {{ method = \"lines\", {keys} }}\n[output]\ndir = \"out-{name}\"\ntokens = \"none\"\n"
        );
        dir.write(&format!("{name}.toml"), &text)
    };
    for config in [config("one", "save-index = true"), config("two", "index = \"out-one/index/cut\"")] {
        let run = gristmill(&["run", &config]);
        assert_eq!(code(&run), 0, "{}", said(&run));
    }
    let old = printed(&gristmill(&["why", &dir.path("out-one"), "old"])).split(' ').next().unwrap().to_owned();
    let told = printed(&gristmill(&["why", &dir.path("out-two"), "new"]));
    let copy = format!("piece 1, {} bytes from byte 0 on: copy in {old} of the earlier run one@", shared.len());
    assert!(told.contains(&copy), "{told}");
    let json = printed(&gristmill(&["why", &dir.path("out-two"), "new", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["cuts"][0]["copy_in"], old);
    assert!(json["cuts"][0]["earlier_run"].as_str().unwrap().starts_with("one@"));
    let plan = printed(&gristmill(&["plan", &dir.path("two.toml")]));
    assert!(plan.contains(", against one@"), "{plan}");
}
