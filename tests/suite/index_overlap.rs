//! Dedup by n-grams against what earlier runs kept.

use crate::index::{Dump, folder, put, rows};
use crate::index_pieces::{config, kept, stats};
use crate::overlap::texts;
use crate::small::{run, same_bytes};
use crate::workers;
use gristmill::engine::Failure;
use gristmill::ledger::{Index, verify};
use gristmill::storage::{Medium, Memory};
use std::collections::BTreeMap;

const BUDGET: usize = 64 << 20;

/// At 2^-30 no n-gram of so few is taken for another.
const STEP: &str = "method = \"overlap\", false-positives = 1e-9";

fn dump(name: &str, texts: Vec<String>) -> Dump {
    texts.into_iter().enumerate().map(|(n, text)| (format!("{name}{n}"), text)).collect()
}

/// Three dumps, some of whose texts and paragraphs stand in those before.
fn dumps() -> [(&'static str, Dump); 3] {
    let (a, b, c) = (texts(21, 60), texts(22, 40), texts(23, 40));
    let b = [b[..20].to_vec(), a[5..15].to_vec(), b[20..].to_vec()].concat();
    let paragraph = |text: &String| text.split('\n').next().unwrap_or_default().to_owned();
    let mixed: Vec<String> =
        a.iter().zip(&b).skip(20).take(15).map(|(a, b)| format!("{}\n{}", paragraph(b), paragraph(a))).collect();
    let c = [c, mixed, b[..4].to_vec()].concat();
    [("a", dump("a", a)), ("b", dump("b", b)), ("c", dump("c", c))]
}

/// Three dumps, each against the indexes of those before it.
fn chain(step: &str) -> (Memory, BTreeMap<String, String>) {
    let memory = Memory::default();
    let (mut all, mut indexes): (BTreeMap<_, _>, Vec<String>) = Default::default();
    for (name, dump) in dumps() {
        put(&memory, name, &dump);
        let given = if indexes.is_empty() { String::new() } else { format!(", index = {indexes:?}") };
        let config = config(&format!("run-{name}"), &[name], &format!("{step}, save-index = true{given}"), 3);
        run(&memory, &config, 2, BUDGET).unwrap_or_else(|failure| panic!("{step}: {failure}"));
        indexes.push(format!("run-{name}/index/cut"));
        all.extend(kept(&memory, &format!("run-{name}")));
    }
    (memory, all)
}

#[test]
fn three_dumps_one_after_the_other_give_what_one_run_over_all_gives() {
    for keys in
        ["ngram = 13", "ngram = 8, min-ngram = 3, remove = \"paragraph\"", "remove = \"document\", threshold = 0.5"]
    {
        let step = format!("{STEP}, {keys}");
        let (memory, all) = chain(&step);
        run(&memory, &config("whole", &["a", "b", "c"], &step, 4), 2, BUDGET).unwrap();
        assert!(all == kept(&memory, "whole"), "{keys}");
        let facts = |name: &str| stats(&memory, name).dedup["cut"].clone();
        for fact in ["cuts", "records", "copied"] {
            let sum: u64 = ["run-a", "run-b", "run-c"].iter().map(|name| facts(name)[fact]).sum();
            assert_eq!(sum, facts("whole")[fact], "{keys}: {fact}");
        }
        assert!(!facts("run-a").contains_key("cuts-for-earlier"), "{keys}");
        let (cuts, earlier) = (facts("run-c")["cuts"], facts("run-c")["cuts-for-earlier"]);
        assert!(0 < earlier && earlier < cuts, "{keys}: {earlier} of {cuts}");
        assert_eq!(facts("run-c")["index-keys"], facts("run-c")["keys"], "{keys}");
        let page = String::from_utf8(folder(&memory, "run-c").read("report.html").unwrap()).unwrap();
        let column = page.split("for earlier").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap();
        assert!(column.contains(&format!(">{earlier}<")), "{keys}: {earlier}");
    }
}

#[test]
fn pieces_and_documents_name_the_earlier_run_that_has_the_most() {
    let (memory, _) = chain(&format!("{STEP}, ngram = 13"));
    let rows = rows(&memory, "run-c");
    let named = |run: &str| {
        let of_run = |name: &Option<String>| name.as_deref().is_some_and(|name| name.starts_with(&format!("{run}@")));
        let cuts = rows.iter().flat_map(|row| &row.cuts).filter(|cut| of_run(&cut.duplicate_in)).count();
        (cuts, rows.iter().filter(|row| of_run(&row.duplicate_in)).count())
    };
    assert!(named("run-a").0 > 3 && named("run-b").0 > 3, "{:?}, {:?}", named("run-a"), named("run-b"));
    assert!(named("run-b").1 >= 4, "{:?}", named("run-b"));
    for row in &rows {
        for cut in &row.cuts {
            let (seen, all) = cut.ngrams.unwrap();
            assert_eq!(cut.ngrams_in.is_some(), cut.duplicate_in.is_some());
            assert!(cut.ngrams_in.unwrap_or(0) <= seen && seen <= all && cut.duplicate_of.is_none(), "{cut:?}");
        }
        let value = |name: &str| row.metrics.iter().find(|(metric, _)| metric == name).map(|&(_, value)| value);
        let (all, earlier) = (value("cut/overlap"), value("cut/overlap_earlier"));
        assert!(earlier <= all, "{all:?}, {earlier:?}");
        let dropped = row.rule.as_deref() == Some("seen-before") && earlier > Some(0.0);
        assert_eq!(row.duplicate_in.is_some(), dropped, "{row:?}");
    }
}

#[test]
fn the_same_bytes_at_any_thread_count_and_budget_by_many_workers_and_after_a_power_cut() {
    let first = Memory::default();
    let [(_, a), (_, b), _] = dumps();
    put(&first, "a", &a);
    put(&first, "b", &b);
    // Small filters take many n-grams for seen ones, always the same.
    let step = "method = \"overlap\", false-positives = 0.3, shards = 3, save-index = true";
    run(&first, &config("one", &["a"], step, 3), 2, BUDGET).unwrap();
    let config = config("two", &["b"], &format!("{step}, index = \"one/index/cut\""), 3);
    let (world, output) = (|| crate::index::copy_of(&first), crate::index::output_of_two);
    let memory = world();
    run(&memory, &config, 2, BUDGET).unwrap();
    let clean = output(&memory);
    for file in ["INDEX.json", "filter-00000", "filter-00001", "filter-00002"] {
        assert!(clean.contains_key(&format!("two/index/cut/{file}")), "{:?}", clean.keys());
    }
    assert!(clean.keys().all(|name| name.split('/').nth(1) != Some("work")), "{:?}", clean.keys());
    assert!(stats(&memory, "two").dedup["cut"]["cuts-for-earlier"] > 0);
    same_bytes(&world, &config, (&output, &clean), BUDGET, (30, 4));
    workers::same_output(&world, &config, (&output, &clean));
}

#[test]
fn an_index_that_does_not_fit_is_refused_with_all_that_differs() {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", texts(3, 9)));
    let save = |name: &str, step: &str| {
        run(&memory, &config(name, &["a"], &format!("{step}, save-index = true"), 2), 1, BUDGET).unwrap();
    };
    save("one", "method = \"overlap\"");
    save("lines", "method = \"lines\"");
    let attempt = |step: &str, index: &str| {
        let config = config("two", &["a"], &format!("{step}, index = \"{index}/index/cut\""), 2);
        match run(&memory, &config, 1, BUDGET) {
            Err(Failure::Refused(said)) => said,
            other => panic!("{other:?}"),
        }
    };
    let differs = "ngram = 9, min-ngram = 4, false-positives = 0.01, shards = 2, remove = \"document\"";
    let said = attempt(&format!("method = \"overlap\", {differs}"), "one");
    for part in [
        "index `one/index/cut` cannot be used",
        "`false-positives` is 2^-20 in the index and 2^-7 here, `min-ngram` is 13 in the index and 4 here, `ngram` is 13 in the \
         index and 9 here, `remove` is old-both or paragraph in the index and document here, `shards` is 1 in the index and 2 \
         here;",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = attempt("method = \"overlap\"", "lines");
    assert!(said.contains("`method` is lines in the index and overlap here"), "{said}");
    let said = attempt("method = \"lines\"", "one");
    assert!(said.contains("`method` is overlap in the index and lines here"), "{said}");
    // What goes by how much is no matter, nor are other words for the same.
    let step = "method = \"overlap\", threshold = 0.5, remove = \"paragraph\", false-positives = 0.00000099";
    run(&memory, &config("three", &["a"], &format!("{step}, index = \"one/index/cut\""), 2), 1, BUDGET).unwrap();
}

#[test]
fn damage_to_an_index_is_told_with_its_file_and_seen_by_verify() {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", texts(3, 9)));
    run(&memory, &config("one", &["a"], "method = \"overlap\", save-index = true", 1), 1, BUDGET).unwrap();
    let description = folder(&memory, "one/index/cut").read("INDEX.json").unwrap();
    let index = Index::from_bytes(&description).unwrap();
    let names: Vec<&str> = index.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!((names, index.partitions, index.documents), (vec!["filter-00000"], 1, 9));
    let files = folder(&memory, "one/index/cut");
    let whole = files.read("filter-00000").unwrap();
    let mut bad = whole.clone();
    bad[300] ^= 1;
    files.replace("filter-00000", &bad).unwrap();
    let second = config("two", &["a"], "method = \"overlap\", index = \"one/index/cut\"", 1);
    let said = run(&memory, &second, 1, BUDGET).unwrap_err().to_string();
    for part in ["one/index/cut/filter-00000: damaged filter file: piece 0 fails its checksum", "copy it anew"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let problems = verify(&folder(&memory, "one")).unwrap().problems;
    assert!(problems.iter().any(|one| one.file == "index/cut/filter-00000"), "{problems:?}");
    // Once it is whole again, the run goes on; a short one is refused before anything is read.
    files.replace("filter-00000", &whole).unwrap();
    run(&memory, &second, 1, BUDGET).unwrap();
    files.replace("filter-00000", &whole[..whole.len() - 1]).unwrap();
    let said = run(&memory, &second.replace("two", "three"), 1, BUDGET).unwrap_err().to_string();
    assert!(said.contains(&format!("`filter-00000` has {} bytes", whole.len() - 1)), "{said}");
}

#[test]
fn filters_of_earlier_runs_count_for_the_memory() {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", texts(9, 400)));
    put(&memory, "b", &dump("b", texts(10, 1)));
    run(&memory, &config("one", &["a"], &format!("{STEP}, save-index = true"), 1), 1, BUDGET).unwrap();
    let bytes = folder(&memory, "one/index/cut").stat("filter-00000").unwrap().unwrap().bytes;
    let second = config("two", &["b"], &format!("{STEP}, index = \"one/index/cut\""), 1);
    let memory_of = |bytes: u64| usize::try_from(bytes).unwrap();
    let Err(Failure::Refused(why)) = run(&memory, &second, 1, memory_of(bytes)) else { panic!("{bytes} are enough") };
    for part in ["needs a filter of 1 MiB", "those of earlier runs take 1 MiB beside it", "--memory"] {
        assert!(why.contains(part), "{part}: {why}");
    }
    run(&memory, &second, 1, memory_of(bytes * 2)).unwrap();
}

#[test]
fn shards_are_compared_with_the_same_shards() {
    let memory = Memory::default();
    // Each text is a map unit.
    let texts: Vec<String> = (0..4).map(|n| texts(40 + n, 40).concat()).collect();
    put(&memory, "a", &dump("a", texts.clone()));
    put(&memory, "b", &dump("b", vec![texts[1].clone(), texts[3].clone(), texts[2].clone()]));
    let step = format!("{STEP}, shards = 2, remove = \"document\"");
    run(&memory, &config("one", &["a"], &format!("{step}, save-index = true"), 1), 1, BUDGET).unwrap();
    run(&memory, &config("two", &["b"], &format!("{step}, index = \"one/index/cut\""), 1), 1, BUDGET).unwrap();
    let verdicts: Vec<String> = rows(&memory, "two").into_iter().map(|row| row.verdict).collect();
    // The first text stood in an odd unit and is in an even one now.
    assert_eq!(verdicts, ["keep", "drop", "drop"]);
}

#[test]
fn why_names_the_earlier_run() {
    use crate::cli::{Dir, code, gristmill, printed, said};
    let dir = Dir::new();
    let line = |id: &str, text: &str| format!("{}\n", serde_json::json!({ "id": id, "text": text }));
    let shared = "All rights are reserved by the makers of this page, and nobody else may print it anywhere.";
    let own = "But here is a paragraph that nobody has ever written before, and it is long enough to be compared.";
    dir.write("one.jsonl", &line("old", &format!("Something was there before.\n{shared}")));
    dir.write("two.jsonl", &[line("new", &format!("{shared}\n{own}")), line("gone", shared)].concat());
    let config = |name: &str, keys: &str| {
        let text = format!(
            "version = 1\nname = \"{name}\"\n[[source]]\nname = \"s\"\npaths = [\"{name}.jsonl\"]\n[[step]]\n\
             name = \"cut\"\ndedup = {{ method = \"overlap\", {keys} }}\n[output]\ndir = \"out-{name}\"\ntokens = \"none\"\n"
        );
        dir.write(&format!("{name}.toml"), &text)
    };
    for config in [config("one", "save-index = true"), config("two", "index = \"out-one/index/cut\"")] {
        let run = gristmill(&["run", &config]);
        assert_eq!(code(&run), 0, "{}", said(&run));
    }
    let out = dir.path("out-two");
    let told = printed(&gristmill(&["why", &out, "new"]));
    let bytes = shared.len();
    let piece = format!(
        "piece 1, {bytes} bytes from byte 0 on: 7 of its 7 n-grams stood before, 7 of them in the earlier run one@"
    );
    assert!(told.contains(&piece), "{told}");
    let json: serde_json::Value =
        serde_json::from_str(&printed(&gristmill(&["why", &out, "new", "--format", "json"]))).unwrap();
    assert_eq!(json["cuts"][0]["ngrams_before"], serde_json::json!({ "seen": 7, "of": 7, "seen_in_earlier_run": 7 }));
    assert!(json["cuts"][0]["earlier_run"].as_str().unwrap().starts_with("one@"));
    let told = printed(&gristmill(&["why", &out, "gone"]));
    assert!(told.contains("Not kept: rule seen-before: overlap was 1 > 0.8."), "{told}");
    assert!(
        told.contains("Of the earlier runs one@") && told.contains(" has the most of its n-grams: 1 of all."),
        "{told}"
    );
    let plan = printed(&gristmill(&["plan", &dir.path("two.toml")]));
    for part in [
        ", against one@",
        "false positives at 2^-20 for each filter",
        "and those of earlier runs 1 MiB beside it",
        " of them for those of earlier runs",
    ] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
}
