//! Dedup against what earlier runs kept.

use crate::small::{run, same_bytes, text};
use gristmill::engine::Failure;
use gristmill::ledger::{LedgerRow, STATS, Stats, each_row, verify};
use gristmill::storage::{Folder, Medium, Memory};
use std::collections::BTreeMap;
use std::sync::Arc;

const BUDGET: usize = 64 << 20;

/// Ids and texts of a dump.
pub type Dump = Vec<(String, String)>;

/// A text of many sentences; `change` changes one word in so many.
fn page(n: usize, change: usize) -> String {
    let text = (0..5).map(|k| text(n * 5 + k)).collect::<String>();
    let words = text.split(' ').enumerate();
    words
        .map(|(at, word)| if change > 0 && at % change == change - 1 { "other" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Pages with copies, near copies and half copies among themselves and with other dumps.
fn dump(name: &str, numbers: std::ops::Range<usize>) -> Dump {
    let mut out = Vec::new();
    for n in numbers {
        out.push(page(n, 0));
        if n % 3 == 0 {
            out.push(page(n, 97));
        }
        if n % 4 == 0 {
            out.push(page(n, 13));
        }
        if n % 5 == 0 {
            out.push(page(n, 0));
        }
    }
    out.into_iter().enumerate().map(|(n, text)| (format!("{name}{n}"), text)).collect()
}

fn config(name: &str, inputs: &[&str], step: &str, partitions: u32) -> String {
    let sources: String = inputs
        .iter()
        .map(|input| format!("[[source]]\nname = \"{input}\"\npaths = [\"in/{input}.jsonl\"]\n"))
        .collect();
    format!(
        "version = 1\nname = \"{name}\"\n{sources}[[step]]\nname = \"dups\"\ndedup = {{ {step} }}\n[output]\n\
         dir = \"{name}\"\ntokens = \"none\"\n[limits]\nunit-bytes = \"8KiB\"\npartitions = {partitions}\n"
    )
}

pub fn put(memory: &Memory, name: &str, dump: &Dump) {
    let line = |(id, text): &(String, String)| format!("{}\n", serde_json::json!({ "id": id, "text": text }));
    let lines: String = dump.iter().map(line).collect();
    Folder::new(Arc::new(memory.clone()), "").replace(&format!("in/{name}.jsonl"), lines.as_bytes()).unwrap();
}

pub fn folder(memory: &Memory, run: &str) -> Folder {
    Folder::new(Arc::new(memory.clone()), run)
}

pub fn rows(memory: &Memory, run: &str) -> Vec<LedgerRow> {
    let mut rows = Vec::new();
    each_row(&folder(memory, run), |row| {
        rows.push(row);
        true
    })
    .unwrap();
    assert_eq!(verify(&folder(memory, run)).unwrap().problems, []);
    rows
}

/// Per document of the sources in `of`: verdict, twin by its own id, bits of the value.
fn fates(rows: &[LedgerRow], of: &[&str], others: &[&[LedgerRow]]) -> Vec<(String, String, Option<String>, u64)> {
    let all: Vec<&LedgerRow> = others.iter().flat_map(|rows| rows.iter()).chain(rows).collect();
    let names: BTreeMap<&str, String> =
        all.iter().map(|row| (row.id.as_str(), row.source_id.clone().unwrap())).collect();
    let one = |row: &LedgerRow| {
        let twin = row.duplicate_of.as_deref().map(|id| names[id].clone());
        let value = row.value.filter(|_| row.metric.as_deref() != Some("cluster_size"));
        (row.source_id.clone().unwrap(), row.verdict.clone(), twin, value.unwrap_or(0.0).to_bits())
    };
    rows.iter().filter(|row| of.contains(&row.source.as_str())).map(one).collect()
}

/// Three dumps run one after the other, each against the indexes of those before it, and the survivors of each.
fn chain(method: &str) -> (Memory, Vec<Vec<LedgerRow>>) {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", 0..12));
    put(&memory, "b", &dump("b", 6..20));
    put(&memory, "c", &dump("c", 3..26));
    let mut all = Vec::new();
    let mut indexes: Vec<String> = Vec::new();
    for (name, partitions) in [("a", 3), ("b", 5), ("c", 2)] {
        let index = format!("index = {indexes:?}");
        let given = if indexes.is_empty() { "" } else { &index };
        let step = [method, "save-index = true", given].join(", ");
        let config = config(&format!("run-{name}"), &[name], step.trim_end_matches(", "), partitions);
        run(&memory, &config, 2, BUDGET).unwrap_or_else(|failure| panic!("{failure}"));
        indexes.push(format!("run-{name}/index/dups"));
        all.push(rows(&memory, &format!("run-{name}")));
    }
    (memory, all)
}

#[test]
fn dump_after_dump_gives_what_one_run_over_the_survivors_gives() {
    for method in [
        "method = \"minhash\"",
        "method = \"minhash\", min-similarity = 0.0",
        "method = \"minhash\", ngram = 2, min-similarity = 0.8, verify = \"containment\"",
        "method = \"exact\"",
        "method = \"exact\", normalize = true",
    ] {
        let (memory, all) = chain(method);
        // One run over what the first two runs kept, and the third dump.
        for (name, run) in [("a", "run-a"), ("b", "run-b")] {
            let kept: Vec<String> = rows(&memory, run)
                .iter()
                .filter(|row| row.verdict == "keep")
                .map(|row| row.source_id.clone().unwrap())
                .collect();
            let all = if name == "a" { dump("a", 0..12) } else { dump("b", 6..20) };
            put(&memory, &format!("kept-{name}"), &all.into_iter().filter(|(id, _)| kept.contains(id)).collect());
        }
        run(&memory, &config("whole", &["kept-a", "kept-b", "c"], method, 4), 2, BUDGET).unwrap();
        let whole = rows(&memory, "whole");
        let expected = fates(&whole, &["c"], &[]);
        let found = fates(&all[2], &["c"], &[&all[0], &all[1]]);
        assert_eq!(found, expected, "{method}");
        let of = |run: &str| found_in(&all[2], run);
        assert!(of("run-a") > 2 && of("run-b") > 2, "{method}");
        assert!(all[2].iter().any(|row| row.verdict == "drop" && row.duplicate_in.is_none()), "{method}");
        assert!(all[2].iter().filter(|row| row.verdict == "keep").count() > 5, "{method}");
    }
}

/// How many documents went for one of a run.
fn found_in(rows: &[LedgerRow], run: &str) -> usize {
    let of = |row: &&LedgerRow| row.duplicate_in.as_deref().is_some_and(|name| name.starts_with(&format!("{run}@")));
    rows.iter().filter(of).count()
}

#[test]
fn documents_of_earlier_runs_stay_whatever_is_preferred() {
    let memory = Memory::default();
    let short = page(1, 0);
    put(&memory, "a", &vec![("a0".into(), short.clone())]);
    put(&memory, "b", &vec![("b0".into(), format!("{short} And a longer end.")), ("b1".into(), short)]);
    for (name, keep) in [("longest", "keep = \"longest\""), ("first", "keep = \"first\"")] {
        let step = format!("method = \"minhash\", {keep}");
        run(&memory, &config(&format!("one-{name}"), &["a"], &format!("{step}, save-index = true"), 2), 1, BUDGET)
            .unwrap();
        let index = format!("{step}, index = \"one-{name}/index/dups\"");
        run(&memory, &config(&format!("two-{name}"), &["b"], &index, 2), 1, BUDGET).unwrap();
        let rows = rows(&memory, &format!("two-{name}"));
        assert_eq!(found_in(&rows, &format!("one-{name}")), 2, "{keep}: {rows:?}");
        let stats: Stats =
            serde_json::from_slice(&folder(&memory, &format!("two-{name}")).read(STATS).unwrap()).unwrap();
        assert_eq!(stats.dedup["dups"]["removed-for-earlier"], 2);
    }
}

/// A world with the same files.
pub fn copy_of(world: &Memory) -> Memory {
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    world.snapshot().into_iter().for_each(|(name, bytes)| drop(files.put(&name, &bytes).unwrap()));
    memory
}

/// What the run `two` left, but for its log.
pub fn output_of_two(memory: &Memory) -> BTreeMap<String, Vec<u8>> {
    let log = |name: &str| name.ends_with("run.log.jsonl");
    memory.snapshot().into_iter().filter(|(name, _)| name.starts_with("two/") && !log(name)).collect()
}

#[test]
fn the_same_bytes_at_any_thread_count_and_budget_and_after_a_power_cut() {
    let first = Memory::default();
    put(&first, "a", &dump("a", 0..12));
    put(&first, "b", &dump("b", 6..20));
    let step = "method = \"minhash\", save-index = true";
    run(&first, &config("one", &["a"], step, 3), 2, BUDGET).unwrap();
    let config = config("two", &["b"], &format!("{step}, index = \"one/index/dups\", keep = \"longest\""), 3);
    let (world, output) = (|| copy_of(&first), output_of_two);
    let memory = world();
    run(&memory, &config, 2, BUDGET).unwrap();
    let clean = output(&memory);
    assert!(clean.contains_key("two/index/dups/INDEX.json") && clean.contains_key("two/index/dups/keys-00002"));
    assert!(clean.keys().all(|name| name.split('/').nth(1) != Some("work")), "{:?}", clean.keys());
    same_bytes(&world, &config, (&output, &clean), BUDGET, (50, 4));
}

#[test]
fn another_index_is_another_plan() {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", 0..4));
    put(&memory, "b", &dump("b", 2..6));
    let step = "method = \"exact\"";
    run(&memory, &config("one", &["a"], &format!("{step}, save-index = true"), 2), 1, BUDGET).unwrap();
    let second = config("two", &["b"], &format!("{step}, index = \"one/index/dups\""), 2);
    run(&memory, &second, 1, BUDGET).unwrap();
    folder(&memory, "").remove_folder("one").unwrap();
    put(&memory, "a", &dump("a", 1..4));
    run(&memory, &config("one", &["a"], &format!("{step}, save-index = true"), 2), 1, BUDGET).unwrap();
    let refused = run(&memory, &second, 1, BUDGET).unwrap_err().to_string();
    assert!(refused.contains("another plan"), "{refused}");
}

#[test]
fn an_index_that_does_not_fit_is_refused_with_all_that_differs() {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", 0..4));
    let save = |step: &str, name: &str| {
        run(&memory, &config(name, &["a"], &format!("{step}, save-index = true"), 2), 1, BUDGET).unwrap();
    };
    save("method = \"minhash\"", "near");
    save("method = \"minhash\", min-similarity = 0.0", "unverified");
    save("method = \"exact\"", "exact");
    let attempt = |step: &str, index: &str| match run(
        &memory,
        &config("two", &["a"], &format!("{step}, index = {index}"), 2),
        1,
        BUDGET,
    ) {
        Err(Failure::Refused(said)) => said,
        other => panic!("{other:?}"),
    };
    let said = attempt("method = \"minhash\", bands = 20, shingle = \"char\"", "\"near/index/dups\"");
    for part in [
        "index `near/index/dups` cannot be used",
        "step `dups` of run near@",
        "`bands` is 14 in the index and 20 here, `shingle` is word in the index and char here;",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = attempt("method = \"minhash\"", "\"exact/index/dups\"");
    assert!(said.contains("`method` is exact in the index and minhash here"), "{said}");
    let said = attempt("method = \"minhash\"", "\"unverified/index/dups\"");
    assert!(said.contains("`sketch` is none in the index and 512 here"), "{said}");
    let said = attempt("method = \"minhash\"", "[\"near/index/dups\", \"near/index/dups\"]");
    assert!(said.contains("the same as `near/index/dups`"), "{said}");
    let said = attempt("method = \"minhash\"", "\"nowhere\"");
    assert!(said.contains("index `nowhere` does not exist") && said.contains("save-index = true"), "{said}");
    let said = attempt("method = \"minhash\"", "\"near/index\"");
    assert!(said.contains("it holds no `INDEX.json`"), "{said}");
    // Seed and version count as well; the least similarity does not, and a run that verifies nothing needs no sketches.
    let seeded = config("two", &["a"], "method = \"minhash\", index = \"near/index/dups\"", 2);
    let seeded = seeded.replace("name = \"two\"", "name = \"two\"\nseed = 5");
    let said = run(&memory, &seeded, 1, BUDGET).unwrap_err().to_string();
    assert!(said.contains("`seed` is"), "{said}");
    for step in ["min-similarity = 0.9", "min-similarity = 0.0"] {
        let step = format!("method = \"minhash\", {step}, index = \"near/index/dups\"");
        let name = if step.contains("0.9") { "three" } else { "four" };
        run(&memory, &config(name, &["a"], &step, 2), 1, BUDGET).unwrap();
        let kept = rows(&memory, "near").iter().filter(|row| row.verdict == "keep").count();
        assert!(found_in(&rows(&memory, name), "near") >= kept, "{step}");
    }
}

#[test]
fn damage_to_an_index_is_told_with_its_file_and_seen_by_verify() {
    let memory = Memory::default();
    put(&memory, "a", &dump("a", 0..6));
    let step = "method = \"minhash\"";
    run(&memory, &config("one", &["a"], &format!("{step}, save-index = true"), 1), 1, BUDGET).unwrap();
    let second = config("two", &["a"], &format!("{step}, index = \"one/index/dups\""), 1);
    let files = folder(&memory, "one/index/dups");
    for (name, told) in [("keys-00000", "slot"), ("unit-00000.sketches", "sketch")] {
        let bytes = files.read(name).unwrap();
        let mut bad = bytes.clone();
        bad[60] ^= 1;
        files.replace(name, &bad).unwrap();
        let said = run(&memory, &second, 1, BUDGET).unwrap_err().to_string();
        assert!(said.contains(&format!("one/index/dups/{name}")) && said.contains(told), "{said}");
        let problems = verify(&folder(&memory, "one")).unwrap().problems;
        assert!(problems.iter().any(|one| one.file == format!("index/dups/{name}")), "{problems:?}");
        files.replace(name, &bytes).unwrap();
        folder(&memory, "").remove_folder("two").unwrap();
    }
    files.replace("keys-00000", b"short").unwrap();
    let said = run(&memory, &second, 1, BUDGET).unwrap_err().to_string();
    assert!(said.contains("`keys-00000` has 5 bytes"), "{said}");
    files.put("stranger", b"?").unwrap();
    let problems = verify(&folder(&memory, "one")).unwrap().problems;
    assert!(problems.iter().any(|one| one.file == "index/dups/stranger"), "{problems:?}");
}

#[test]
fn why_names_the_earlier_run_and_its_document() {
    use crate::cli::{Dir, code, gristmill, printed, said};
    let dir = Dir::new();
    let line = |id: &str, text: &str| format!("{}\n", serde_json::json!({ "id": id, "text": text }));
    dir.write("one.jsonl", &line("old", &page(3, 0)));
    dir.write("two.jsonl", &[line("new", &page(4, 0)), line("again", &page(3, 97))].concat());
    let config = |name: &str, step: &str| {
        let text = format!(
            "version = 1\nname = \"{name}\"\n[[source]]\nname = \"s\"\npaths = [\"{name}.jsonl\"]\n[[step]]\n\
             name = \"near\"\ndedup = {{ method = \"minhash\", {step} }}\n[output]\ndir = \"out-{name}\"\ntokens = \"none\"\n"
        );
        dir.write(&format!("{name}.toml"), &text)
    };
    for config in [config("one", "save-index = true"), config("two", "index = \"out-one/index/near\"")] {
        let run = gristmill(&["run", &config]);
        assert_eq!(code(&run), 0, "{}", said(&run));
    }
    let old = printed(&gristmill(&["why", &dir.path("out-one"), "old"])).split(' ').next().unwrap().to_owned();
    let told = printed(&gristmill(&["why", &dir.path("out-two"), "again"]));
    assert!(told.contains(&format!("It duplicates {old}, which the earlier run one@")), "{told}");
    assert!(told.contains("rule near-duplicate: similarity was 0.9"), "{told}");
    let stats = printed(&gristmill(&["stats", &dir.path("out-two")]));
    let lines: Vec<&str> = stats.lines().collect();
    let head = lines.iter().position(|line| line.contains("for earlier")).unwrap_or_else(|| panic!("{stats}"));
    // Of the line below the heading, what stands at the end of that column: aligned to the right.
    let end = lines[head].find("for earlier").unwrap() + "for earlier".len();
    let cells: String = lines[head + 1].chars().take(end).collect();
    assert!(cells.ends_with(" 1"), "{stats}");
    let plan = printed(&gristmill(&["plan", &dir.path("two.toml")]));
    assert!(plan.contains("keeps the first, against one@"), "{plan}");
}
