//! The order of documents in token shards, the mixture, and every form of shards, over whole runs in memory.

use crate::small::{CONFIG, directory, output, run, world};
use gristmill::ledger::{LedgerRow, STATS, Stats, each_row, verify};
use gristmill::shards::{LineageRecord, read_lineage, read_rows};
use gristmill::storage::{Memory, Trouble};
use std::collections::BTreeMap;

const BUDGET: usize = 64 << 20;

fn with(output: &str) -> String {
    CONFIG.replace("shard-tokens = 1500", &format!("shard-tokens = 1500\norder = \"shuffle\"\n{output}"))
}

fn ran(config: &str) -> Memory {
    let memory = world();
    run(&memory, config, 2, BUDGET).unwrap();
    assert_eq!(verify(&directory(&memory)).unwrap().problems, []);
    memory
}

fn kept(memory: &Memory) -> BTreeMap<String, LedgerRow> {
    let mut rows = BTreeMap::new();
    each_row(&directory(memory), |row| {
        if row.verdict == "keep" {
            rows.insert(row.id.clone(), row);
        }
        true
    })
    .unwrap();
    rows
}

/// The lineage of the shards whose name begins so, in order.
fn lineage(memory: &Memory, prefix: &str) -> Vec<LineageRecord> {
    let mut records = Vec::new();
    for (name, bytes) in output(memory) {
        if name.starts_with(&format!("tokens/{prefix}")) && name.ends_with(".lineage.parquet") {
            read_lineage(bytes.into(), |record| {
                records.push(record);
                true
            })
            .unwrap();
        }
    }
    records
}

/// How often each document is written.
fn copies(records: &[LineageRecord]) -> BTreeMap<String, u32> {
    let mut copies = BTreeMap::new();
    records.iter().for_each(|record| *copies.entry(record.document.to_string()).or_default() += 1);
    copies
}

#[test]
fn a_shuffle_holds_every_document_once_in_an_order_of_its_own() {
    let memory = ran(&with(""));
    let records = lineage(&memory, "shard");
    let kept = kept(&memory);
    assert_eq!(copies(&records), kept.keys().map(|id| (id.clone(), 1)).collect());
    let plain = lineage(&ran(CONFIG), "shard");
    let place: BTreeMap<_, _> = plain.iter().map(|record| record.document).zip(0..).collect();
    // Neighbours of the input: of n documents, a random order keeps about one pair.
    let next = records.windows(2).filter(|pair| place[&pair[1].document] == place[&pair[0].document] + 1).count();
    assert!(next * 6 < records.len(), "{next} of {} pairs stayed together", records.len());
    // Another seed, another order; the same documents.
    let other = lineage(&ran(&format!("seed = 5\n{}", with(""))), "shard");
    assert_eq!(copies(&other), copies(&records));
    assert_ne!(other[0].document, records[0].document);
}

#[test]
fn a_shuffled_run_gives_the_same_bytes_at_any_thread_count_and_budget() {
    let config = with("validation = 0.2\nmix = { epochs = { lines = 1.5 } }");
    let clean = output(&ran(&config));
    for (threads, budget) in [(1, BUDGET), (7, 1 << 20), (3, 1 << 30)] {
        let memory = world();
        run(&memory, &config, threads, budget).unwrap();
        assert!(output(&memory) == clean, "{threads} threads, {budget} bytes");
    }
}

#[test]
fn a_power_cut_while_ordering_changes_nothing() {
    let config = with("validation = 0.2");
    let clean = output(&ran(&config));
    let counted = world().with_trouble(Trouble::None);
    run(&counted, &config, 1, BUDGET).unwrap();
    let calls = counted.calls();
    // The order and shard stages are the last third of all calls.
    for k in (calls * 2 / 3..calls).step_by(usize::try_from(calls / 24).unwrap().max(1)) {
        let broken = world().settled().with_trouble(Trouble::CrashAt(k));
        assert!(run(&broken, &config, 1, BUDGET).is_err(), "the crash at call {k} was not felt");
        let left = broken.after_crash();
        run(&left, &config, 2, BUDGET).unwrap();
        assert!(output(&left) == clean, "crash at call {k} of {calls}");
    }
}

#[test]
fn epochs_repeat_the_documents_of_a_source() {
    let memory = ran(&with("mix = { epochs = { lines = 2.5, pages = 0.0 } }"));
    let (records, kept) = (lineage(&memory, "shard"), kept(&memory));
    let copies = copies(&records);
    for row in kept.values() {
        let found = copies.get(&row.id).copied().unwrap_or(0);
        assert!(if row.source == "lines" { (2..=3).contains(&found) } else { found == 0 }, "{found} of {row:?}");
    }
    let twice = kept.values().filter(|row| copies.get(&row.id) == Some(&2)).count();
    let thrice = kept.values().filter(|row| copies.get(&row.id) == Some(&3)).count();
    assert!(twice > 0 && thrice > 0, "{twice} twice, {thrice} three times");
}

#[test]
fn weights_give_those_shares_and_more_epochs_than_allowed_are_told() {
    let memory = ran(&with("mix = { weights = { lines = 1, pages = 1 }, tokens = 1_000_000, max-epochs = 3.0 }"));
    let stats: Stats = serde_json::from_slice(&output(&memory)[STATS]).unwrap();
    let shares = &stats.order.as_ref().unwrap().shares;
    assert!(shares.iter().all(|one| one.wanted > 3.0 && one.epochs.value() == 3.0), "{shares:?}");
    let written: u64 = shares.iter().map(|one| one.tokens * 3).sum();
    assert_eq!(stats.totals.tokens, written);
    let told = gristmill::report::text(&plan(&memory), &stats);
    let told: Vec<&str> = told.split_whitespace().collect();
    assert!(told.join(" ").contains("3.00 were written (`max-epochs`)"), "{told:?}");
}

fn plan(memory: &Memory) -> gristmill::plan::Plan {
    serde_json::from_slice(&output(memory)["plan.json"]).unwrap()
}

#[test]
fn what_is_held_out_is_in_no_training_shard() {
    let memory = ran(&with("validation = 0.3\nmix = { epochs = { lines = 3.0, pages = 3.0 } }"));
    let (train, held) = (copies(&lineage(&memory, "shard")), copies(&lineage(&memory, "validation")));
    assert!(!held.is_empty() && train.len() > held.len(), "{} and {}", train.len(), held.len());
    assert!(held.iter().all(|(id, copies)| *copies == 1 && !train.contains_key(id)));
    assert!(train.values().all(|copies| *copies == 3));
    assert_eq!(train.len() + held.len(), kept(&memory).len());
}

#[test]
fn every_form_of_shards_holds_the_same_tokens() {
    let tokens = |format: &str, order: &str| {
        let config = CONFIG.replace(
            "shard-tokens = 1500",
            &format!("shard-tokens = 1500\norder = \"{order}\"\ntokens = \"{format}\""),
        );
        let memory = ran(&config);
        let data = |name: &str| {
            ["bin", "ds", "npy", "parquet"].iter().any(|end| name.ends_with(&format!(".{end}")))
                && name.starts_with("tokens/")
                && !name.contains("lineage")
        };
        let files = output(&memory).into_iter().filter(|(name, _)| data(name));
        files.map(|(_, bytes)| bytes).collect::<Vec<_>>()
    };
    for order in ["input", "shuffle"] {
        let megatron = tokens("megatron", order);
        assert!(megatron.len() > 2);
        for format in ["nanotron", "olmo", "flat"] {
            assert_eq!(tokens(format, order), megatron, "{format}, {order}");
        }
        for (rows, ids) in tokens("parquet", order).into_iter().zip(&megatron) {
            let mut found = Vec::new();
            read_rows(rows.into(), |ids| {
                found.extend(ids.iter().flat_map(|id| u16::try_from(*id).unwrap().to_le_bytes()));
                true
            })
            .unwrap();
            assert_eq!(&found, ids, "{order}");
        }
    }
}

#[test]
fn verify_sees_every_flip_in_shuffled_shards_of_every_form() {
    use gristmill::storage::Medium;
    for format in ["megatron", "nanotron", "olmo", "flat", "parquet"] {
        let memory = ran(&with(&format!("tokens = \"{format}\"\nvalidation = 0.2")));
        let out = directory(&memory);
        for (name, bytes) in output(&memory).iter().filter(|(name, _)| name.starts_with("tokens/")) {
            for at in (0..bytes.len()).step_by((bytes.len() / 5).max(1)) {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << (at % 8);
                out.replace(name, &bad).unwrap();
                assert!(!verify(&out).unwrap().problems.is_empty(), "byte {at} of `{name}`");
            }
            out.replace(name, bytes).unwrap();
        }
    }
}
