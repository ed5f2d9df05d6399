//! Whole runs in memory: the same bytes on any machine, after any crash; every lost byte is seen.

use crate::small::{CONFIG, directory, output, rows, run, run_with, world};
use gristmill::engine::{Failure, Signals};
use gristmill::ledger::{LedgerRow, Manifest, STATS, Stats, verify};
use gristmill::storage::{Medium, Trouble};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::OnceLock;

const BUDGET: usize = 64 << 20;

/// The run directory of one clean run.
fn clean() -> &'static BTreeMap<String, Vec<u8>> {
    static CLEAN: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    CLEAN.get_or_init(|| {
        let memory = world();
        run(&memory, CONFIG, 2, BUDGET).unwrap();
        output(&memory)
    })
}

fn assert_same(found: &BTreeMap<String, Vec<u8>>, what: &str) {
    let names: Vec<&String> = found.keys().collect();
    assert_eq!(names, clean().keys().collect::<Vec<_>>(), "{what}");
    for (name, bytes) in clean() {
        assert!(found[name] == *bytes, "{what}: `{name}` differs");
    }
}

#[test]
fn every_stage_does_something_and_everything_adds_up() {
    let memory = world();
    let summary = run(&memory, CONFIG, 2, BUDGET).unwrap();
    let totals = summary.manifest.totals;
    assert_eq!((totals.records, totals.documents), (48 + 4 + 10, 58), "{totals:?}");
    assert_eq!(totals.faults, 4);
    assert_eq!(totals.documents, totals.kept + totals.dropped + totals.quarantined);
    let rows = rows(&memory);
    assert_eq!(rows.len() as u64, totals.documents);
    let dropped_by = |step: &str| rows.iter().filter(|row| row.step.as_deref() == Some(step)).count();
    assert_eq!(dropped_by("exact"), 12, "b repeats twelve of a");
    assert!(dropped_by("near") >= 4, "six pages are near copies of lines: {}", dropped_by("near"));
    for row in rows.iter().filter(|row| row.verdict == "drop") {
        let twin = row.duplicate_of.as_deref().expect("all drops here are duplicates");
        let twin = rows.iter().find(|one| one.id == twin).expect("the twin is in the ledger");
        assert!(twin.verdict == "keep" || twin.step.as_deref() == Some("near"), "{twin:?}");
    }
    for row in rows.iter().filter(|row| row.step.as_deref() == Some("near")) {
        assert_eq!(
            (row.metric.as_deref(), row.sign.as_deref(), row.bound),
            (Some("similarity"), Some(">="), Some(0.75))
        );
        assert!((0.75..1.0).contains(&row.value.unwrap()), "an exact copy went before: {row:?}");
    }
    for row in rows.iter().filter(|row| row.verdict == "keep") {
        let copies = rows.iter().filter(|one| one.duplicate_of.as_deref() == Some(&row.id)).count();
        assert!(row.cluster_size as usize > copies || copies == 0, "{copies} copies: {row:?}");
    }
    assert!(totals.shards >= 2, "{totals:?}");
    let stats: Stats = serde_json::from_slice(&output(&memory)[STATS]).unwrap();
    assert!(stats.tally.pii["email"] > 0, "{:?}", stats.tally.pii);
    let checked = verify(&directory(&memory)).unwrap();
    assert_eq!(checked.problems, []);
    assert_eq!((checked.rows, checked.shards), (totals.documents, totals.shards));
    assert!(!output(&memory).keys().any(|name| name.starts_with("work/")), "intermediates go");
}

#[test]
fn without_steps_every_document_is_kept() {
    let memory = world();
    let (head, rest) = CONFIG.split_once("[[step]]").unwrap();
    let (_, output) = rest.split_once("[output]").unwrap();
    let pages = "[[source]]\nname = \"pages\"\npaths = [\"in/*.html\"]\n";
    let summary = run(&memory, &format!("{}[output]{output}", head.replace(pages, "")), 2, BUDGET).unwrap();
    let totals = summary.manifest.totals;
    assert_eq!((totals.documents, totals.kept), (48, 48), "{totals:?}");
    assert_eq!(verify(&directory(&memory)).unwrap().problems, []);
}

#[test]
fn candidates_that_are_not_alike_stay() {
    let near = |config: &str| {
        let memory = world();
        run(&memory, config, 2, BUDGET).unwrap();
        let near: Vec<LedgerRow> =
            rows(&memory).into_iter().filter(|row| row.step.as_deref() == Some("near")).collect();
        near
    };
    let with = |more: &str| CONFIG.replace("keep = \"longest\"", &format!("keep = \"longest\", {more}"));
    let unseen = near(&with("min-similarity = 0.0, bands = 60, rows = 1"));
    let seen = near(&with("min-similarity = 0.9, bands = 60, rows = 1"));
    assert!(unseen.iter().all(|row| row.metric.as_deref() == Some("cluster_size")));
    assert!(seen.iter().all(|row| row.value.unwrap() >= 0.9), "{seen:?}");
    // One shared hash is enough for a candidate: all texts of the world hang together, few are alike.
    assert!(unseen.len() > 2 * seen.len(), "{} unseen, {} seen", unseen.len(), seen.len());
}

#[test]
fn the_same_bytes_at_any_thread_count_and_budget() {
    for (threads, budget) in [(1, BUDGET), (7, BUDGET), (2, 1 << 20), (3, 1 << 30)] {
        let memory = world();
        run(&memory, CONFIG, threads, budget).unwrap();
        assert_same(&output(&memory), &format!("{threads} threads, {budget} bytes"));
    }
}

#[test]
fn a_finished_run_is_not_run_again() {
    let memory = world();
    assert!(!run(&memory, CONFIG, 2, BUDGET).unwrap().already);
    let before = memory.snapshot();
    assert!(run(&memory, CONFIG, 2, BUDGET).unwrap().already);
    assert!(memory.snapshot() == before, "nothing is written");
    // As if the run had been killed after its manifest and before the last clean-up.
    directory(&memory).put("work/map-0/00000.part", b"left").unwrap();
    assert!(run(&memory, CONFIG, 2, BUDGET).unwrap().already);
    assert!(memory.snapshot() == before, "intermediates go");
}

/// Call numbers to strike at: every one would take minutes, so a spread that covers all stages.
fn strikes(calls: u64, count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(move |n| 1 + n * calls / count)
}

/// How many storage calls a run makes.
fn calls() -> u64 {
    let memory = world().with_trouble(Trouble::None);
    run(&memory, CONFIG, 1, BUDGET).unwrap();
    memory.calls()
}

#[test]
fn after_a_power_cut_at_any_call_the_run_goes_on_to_the_same_bytes() {
    let calls = calls();
    assert!(calls > 300, "{calls}");
    for k in strikes(calls, 60) {
        let memory = world();
        let broken = memory.settled().with_trouble(Trouble::CrashAt(k));
        let failed = run(&broken, CONFIG, 1, BUDGET);
        assert!(failed.is_err(), "the crash at call {k} of {calls} was not felt");
        let left = broken.after_crash();
        run(&left, CONFIG, 2, BUDGET).unwrap_or_else(|error| panic!("crash at {k}: {error}"));
        assert_same(&output(&left), &format!("crash at call {k}"));
    }
}

#[test]
fn crashes_while_going_on_change_nothing_either() {
    let calls = calls();
    for seed in 1..8 {
        let mut memory = world().settled();
        for attempt in 1..5 {
            let k = 1 + calls * seed * attempt * 37 % (calls / 2) + calls / 10;
            let broken = memory.with_trouble(Trouble::CrashAt(k));
            let _ = run(&broken, CONFIG, 1, BUDGET);
            memory = broken.after_crash();
        }
        run(&memory, CONFIG, 2, BUDGET).unwrap();
        assert_same(&output(&memory), &format!("seed {seed}"));
    }
}

#[test]
fn a_full_disk_is_a_clean_stop_and_the_run_goes_on() {
    let calls = calls();
    for k in strikes(calls, 25) {
        let memory = world();
        let full = memory.with_trouble(Trouble::FailFrom(k, ErrorKind::StorageFull));
        match run(&full, CONFIG, 2, BUDGET) {
            Err(failure @ Failure::Storage(_)) => assert_eq!(failure.exit_code(), 4),
            Err(Failure::Refused(said)) => assert!(said.contains("StorageFull") || said.contains("failing"), "{said}"),
            Err(other) => panic!("full from call {k}: {other}"),
            // More threads may make fewer calls than the one that was counted.
            Ok(_) => {}
        }
        let freed = memory.with_trouble(Trouble::None);
        run(&freed, CONFIG, 2, BUDGET).unwrap_or_else(|error| panic!("full from call {k}: {error}"));
        assert_same(&output(&freed), &format!("full from call {k}"));
    }
}

#[test]
fn a_signal_stops_cleanly_and_the_run_goes_on() {
    let memory = world();
    let signals = Signals::none();
    signals.raise(15);
    let stopped = run_with(&memory, CONFIG, 2, BUDGET, &signals).unwrap_err();
    assert_eq!(stopped.exit_code(), 143);
    run(&memory, CONFIG, 2, BUDGET).unwrap();
    assert_same(&output(&memory), "after a signal");
}

#[test]
fn another_plan_is_refused_with_what_differs() {
    let memory = world();
    run(&memory, CONFIG, 2, BUDGET).unwrap();
    let other = CONFIG.replace("shard-tokens = 1500", "shard-tokens = 1600");
    let refused = run(&memory, &other, 2, BUDGET).unwrap_err();
    assert_eq!(refused.exit_code(), 5);
    assert!(refused.to_string().contains("shard-tokens: 1500 -> 1600"), "{refused}");
    // Threads, memory and the fault limit are no part of the plan.
    let same = CONFIG.replace("max-fault-ratio = 1.0", "max-fault-ratio = 0.9\nthreads = 3");
    assert!(run(&memory, &same, 1, BUDGET).unwrap().already);
}

#[test]
fn a_foreign_directory_is_left_alone() {
    let memory = world();
    directory(&memory).put("precious.txt", b"mine").unwrap();
    let refused = run(&memory, CONFIG, 2, BUDGET).unwrap_err();
    assert_eq!(refused.exit_code(), 5);
    assert!(refused.to_string().contains("precious.txt"));
    assert_eq!(output(&memory).len(), 1);
}

#[test]
fn what_a_killed_attempt_left_unsealed_is_swept() {
    let memory = world();
    for name in ["plan.json.4711-1.tmp", "stats.json.4711-2.tmp", "report.html.4711-3.tmp", "MANIFEST.json.4711-4.tmp"]
    {
        directory(&memory).put(name, b"half a fi").unwrap();
    }
    run(&memory, CONFIG, 2, BUDGET).unwrap();
    assert_same(&output(&memory), "after a kill while files were written");
    let memory = world();
    directory(&memory).put("precious.4711-1.tmp", b"mine").unwrap();
    assert_eq!(run(&memory, CONFIG, 2, BUDGET).unwrap_err().exit_code(), 5);
}

#[test]
fn a_directory_in_use_is_refused() {
    let memory = world();
    let held = directory(&memory).lock("work/LOCK", "process 4711").unwrap();
    assert!(held.is_ok());
    let refused = run(&memory, CONFIG, 2, BUDGET).unwrap_err();
    assert!(refused.to_string().contains("process 4711"), "{refused}");
}

#[test]
fn too_much_damage_stops_the_run() {
    let memory = world();
    let strict = CONFIG.replace("max-fault-ratio = 1.0", "max-fault-ratio = 0.01");
    let stopped = run(&memory, &strict, 2, BUDGET).unwrap_err();
    assert_eq!(stopped.exit_code(), 3);
    assert!(stopped.to_string().contains("4 of 62"), "{stopped}");
    // With a wider limit the same run goes on.
    run(&memory, CONFIG, 2, BUDGET).unwrap();
    assert_same(&output(&memory), "after too much damage");
}

#[test]
fn verify_sees_every_flip_cut_swap_and_stranger() {
    let memory = world();
    run(&memory, CONFIG, 2, BUDGET).unwrap();
    let out = directory(&memory);
    for (name, bytes) in clean() {
        let step = (bytes.len() / 25).max(1);
        for at in (0..bytes.len()).step_by(step) {
            let mut bad = bytes.clone();
            bad[at] ^= 1 << (at % 8);
            out.replace(name, &bad).unwrap();
            assert!(!verify(&out).unwrap().problems.is_empty(), "byte {at} of `{name}`");
            out.replace(name, &bytes[..at]).unwrap();
            assert!(!verify(&out).unwrap().problems.is_empty(), "`{name}` cut at {at}");
        }
        out.replace(name, bytes).unwrap();
    }
    let (a, b) = ("tokens/shard-00000.bin", "tokens/shard-00001.bin");
    out.replace(a, &clean()[b]).unwrap();
    out.replace(b, &clean()[a]).unwrap();
    assert!(!verify(&out).unwrap().problems.is_empty(), "swapped shards");
    out.replace(a, &clean()[a]).unwrap();
    out.replace(b, &clean()[b]).unwrap();
    out.put("ledger/99999.parquet", b"stranger").unwrap();
    assert!(verify(&out).unwrap().problems.iter().any(|one| one.code == "V006"));
    out.remove("ledger/99999.parquet").unwrap();
    assert_eq!(verify(&out).unwrap().problems, []);
}

#[test]
fn tokens_of_the_shards_are_those_of_the_texts() {
    let memory = world();
    run(&memory, CONFIG, 2, BUDGET).unwrap();
    let encoder = gristmill::tokenize::load(gristmill::assembly::EMBEDDED_TOKENIZER).unwrap();
    let manifest = Manifest::from_bytes(&output(&memory)["MANIFEST.json"]).unwrap();
    let mut decoded = String::new();
    for shard in 0..manifest.totals.shards {
        let bytes = &output(&memory)[&format!("tokens/shard-{shard:05}.bin")];
        let ids: Vec<u32> =
            bytes.chunks_exact(2).map(|pair| u32::from(u16::from_le_bytes([pair[0], pair[1]]))).collect();
        decoded.push_str(&encoder.decode(&ids).unwrap());
    }
    let documents: Vec<&str> = decoded.split("<|endoftext|>").filter(|text| !text.is_empty()).collect();
    assert_eq!(documents.len() as u64, manifest.totals.kept);
    assert!(documents.iter().any(|text| text.contains("<email>")), "the scrubbed address is in the tokens");
    assert!(!decoded.contains("@example.org"));
}

#[test]
fn pages_that_no_step_extracts_are_set_aside_and_never_kept_as_empty_texts() {
    let from = |what: &str| CONFIG.find(what).unwrap();
    let (head, tail) = (&CONFIG[..from("[[step]]")], &CONFIG[from("[output]")..]);
    let url = "[[step]]\nname = \"url\"\ndedup = { method = \"exact\", on = \"url\" }\n";
    // The step at which the pages go: the first that reads text, one before a barrier, or the last.
    for (chain, step) in [
        (
            "[[step]]\nfilter = \"url-adult\"\n[[step]]\nlanguage = { min-score = 0.0 }\n[[step]]\npii = {}\n"
                .to_owned(),
            "language",
        ),
        (format!("{url}[[step]]\nextract = {{}}\n[[step]]\npii = {{}}\n"), "url"),
        ("[[step]]\nfilter = \"url-adult\"\n".to_owned(), "url-adult"),
        ("[[step]]\nextract = {}\nwhen = { source = [\"lines\"] }\n".to_owned(), "extract"),
    ] {
        let memory = world();
        let tail = tail.replace("shard-tokens = 1500", "tokens = \"none\"");
        run(&memory, &format!("{head}{chain}{tail}"), 2, BUDGET).unwrap();
        let rows = rows(&memory);
        let pages: Vec<&LedgerRow> = rows.iter().filter(|row| row.source == "pages").collect();
        assert_eq!(pages.len(), 10, "{chain}");
        for row in pages {
            assert_eq!((row.verdict.as_str(), row.step.as_deref()), ("quarantine", Some(step)), "{chain}");
        }
        assert!(rows.iter().filter(|row| row.source == "lines").all(|row| row.verdict != "quarantine"), "{chain}");
        assert!(verify(&directory(&memory)).unwrap().problems.is_empty(), "{chain}");
    }
}
