//! Duplicates that the cluster unit cannot hold: rounds of units find the same components, whoever computes them.

use crate::small::{attempt, output, run, same_bytes};
use gristmill::engine::{FINISH, Failure, Outcome, Signals, Worker};
use gristmill::ledger::{STATS, Stats, verify};
use gristmill::storage::{Folder, Medium, Memory, Trouble};
use std::sync::Arc;

const AMPLE: usize = 64 << 20;
/// 19 documents with edges fit beside the rest: everything goes on until the edges have settled.
const TINY: usize = 1 << 10;
/// All of them fit; the forests of the partitions, in which they stand several times, do not: one round is enough, settled or not.
const SMALL: usize = 8 << 10;

/// What is verified joins each page with the next and not with those far away; what is not, all of a chain.
fn config(least: f64) -> String {
    format!(
        r#"
version = 1
name = "stars"
[[source]]
name = "pages"
paths = ["in/*.jsonl"]
[[step]]
name = "near"
dedup = {{ method = "minhash", bands = 8, rows = 6, min-similarity = {least} }}
[[step]]
tokenize = {{ tokenizer = "embedded" }}
[output]
dir = "out"
shard-tokens = 4000
[limits]
unit-bytes = "4KiB"
partitions = 24
"#
    )
}

fn word(n: usize) -> String {
    format!("w{:x}", (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44)
}

/// Two chains of pages, each like the next, in an order that has nothing to do with them; copies; and pages of their own.
fn world() -> Memory {
    let page = |from: usize| (from..from + 100).map(word).collect::<Vec<_>>().join(" ");
    let mut pages: Vec<String> = (0..60).map(|n| page(n * 3)).collect();
    pages.extend((0..25).map(|n| page(10_000 + n * 3)));
    pages.extend((0..10).map(|n| page(n * 9)));
    pages.extend((0..10).map(|n| page(20_000 + n * 500)));
    let memory = Memory::default();
    let files = Folder::new(Arc::new(memory.clone()), "");
    for part in 0..5 {
        let mut lines = String::new();
        for n in (0..pages.len()).filter(|n| n * 37 % 101 % 5 == part) {
            lines.push_str(&format!("{}\n", serde_json::json!({ "id": n.to_string(), "text": pages[n] })));
        }
        files.put(&format!("in/{part}.jsonl"), lines.as_bytes()).unwrap();
    }
    memory
}

/// Computes unit after unit, the last of a stage first, and gives the stages.
fn by_units(memory: &Memory, config: &str, bytes: usize) -> Vec<String> {
    attempt(memory, config, 1, bytes, &Signals::none(), |attempt| {
        let mut stages = Vec::new();
        while let Some(to_do) = attempt.to_do()? {
            for &number in to_do.units.iter().rev() {
                let outcome = attempt.unit(&to_do.stage, number)?;
                assert!(matches!(outcome, Outcome::Done(_) | Outcome::Ended));
            }
            stages.push(to_do.stage);
        }
        assert_eq!(stages.last().map(String::as_str), Some(FINISH));
        Ok(stages)
    })
    .unwrap()
}

fn stars(stages: &[String]) -> Vec<&str> {
    stages.iter().map(String::as_str).filter(|name| name.starts_with("stars-")).collect()
}

#[test]
fn rounds_of_units_leave_the_bytes_of_one_unit() {
    for (least, chained) in [(0.8, false), (0.0, true)] {
        let config = config(least);
        let alone = world();
        run(&alone, &config, 2, AMPLE).unwrap();
        let clean = output(&alone);
        let stats: Stats = serde_json::from_slice(&clean[STATS]).unwrap();
        let facts = &stats.dedup["near"];
        if chained {
            assert_eq!(facts["biggest"], 70, "{facts:?}");
        } else {
            assert_eq!(facts["biggest-component"], 70, "{facts:?}");
            assert!(facts["biggest"] < 20 && facts["clusters"] > 8, "{facts:?}");
        }
        for (bytes, least) in [(AMPLE, 0), (SMALL, 3), (TINY, 5)] {
            let threads: &[usize] = if bytes == TINY { &[1, 2, 7] } else { &[2] };
            for &threads in threads {
                let memory = world();
                run(&memory, &config, threads, bytes).unwrap();
                assert!(output(&memory) == clean, "{threads} threads, {bytes} bytes");
            }
            let memory = world();
            let stages = by_units(&memory, &config, bytes);
            let rounds = stars(&stages);
            let expected: Vec<String> = (0..rounds.len()).map(|n| format!("stars-0-{n}")).collect();
            assert_eq!(rounds, expected);
            assert!(if least < 5 { rounds.len() == least } else { rounds.len() >= least }, "{bytes} bytes: {rounds:?}");
            assert!(output(&memory) == clean, "unit by unit, {bytes} bytes");
        }
    }
}

/// Processes with other memory walk the stages that the first one began: what is needed was said once.
#[test]
fn workers_with_any_memory_take_part_in_the_same_rounds() {
    let config = config(0.8);
    let alone = world();
    run(&alone, &config, 2, AMPLE).unwrap();
    let work = |memory: &Memory, place, of, bytes| {
        let worker = Worker { place, of };
        attempt(memory, &config, 1, bytes, &Signals::none(), |attempt| attempt.work(worker)).map(drop)
    };
    for budgets in [[TINY, TINY, TINY], [AMPLE, TINY, SMALL]] {
        let memory = world();
        std::thread::scope(|scope| {
            let (memory, work) = (&memory, &work);
            let all: Vec<_> =
                (0..3).zip(budgets).map(|(n, bytes)| scope.spawn(move || work(memory, n, 3, bytes))).collect();
            all.into_iter().for_each(|one| one.join().unwrap().unwrap());
        });
        assert!(output(&memory) == output(&alone), "{budgets:?}");
    }
    let calls = {
        let counted = world().with_trouble(Trouble::None);
        work(&counted, 0, 1, TINY).unwrap();
        counted.calls()
    };
    for part in 1..9 {
        let memory = world();
        let dying = memory.with_trouble(Trouble::CrashAt(calls * part / 9));
        assert!(work(&dying, 0, 2, TINY).is_err(), "part {part}: the worker dies");
        // The next one has memory for everything, and goes on with what was begun.
        let go_on: Result<(), Failure> = work(&memory, 1, 2, AMPLE);
        go_on.unwrap();
        assert!(output(&memory) == output(&alone), "died in part {part}");
    }
    let directory = Folder::new(Arc::new(alone), "out");
    assert_eq!(verify(&directory).unwrap().problems, []);
}

#[test]
fn a_power_cut_in_any_round_changes_nothing() {
    let config = config(0.8);
    let alone = world();
    run(&alone, &config, 2, AMPLE).unwrap();
    same_bytes(&world, &config, (&output, &output(&alone)), TINY, (40, 2));
}
