//! Sequences of one length, over whole runs in memory: nothing is lost, the same bytes on any machine, every flip is seen.

use crate::small::{CONFIG, directory, output, run, samples, world};
use gristmill::ledger::{STATS, Stats, verify};
use gristmill::plan::Plan;
use gristmill::shards::{LineageRecord, PackCounts, ShardFormat, Width, read_lineage, read_rows};
use gristmill::storage::{Medium, Memory, Trouble};
use std::collections::BTreeMap;

const BUDGET: usize = 64 << 20;
const LENGTH: usize = 100;
const FORMS: [&str; 7] = ["megatron", "nanotron", "olmo", "flat", "parquet", "mds", "litdata"];

fn with(output: &str, packing: &str) -> String {
    let packing = format!("packing = {{ length = {LENGTH}, {packing} }}");
    CONFIG.replace("shard-tokens = 1500", &format!("shard-tokens = 1500\n{output}\n{packing}"))
}

fn ran(config: &str) -> Memory {
    let memory = world();
    run(&memory, config, 2, BUDGET).unwrap();
    assert_eq!(verify(&directory(&memory)).unwrap().problems, []);
    memory
}

fn stats(memory: &Memory) -> Stats {
    serde_json::from_slice(&output(memory)[STATS]).unwrap()
}

/// The sequences of all shards, and the lineage of each shard.
fn sequences(memory: &Memory) -> Vec<(Vec<Vec<u32>>, Vec<LineageRecord>)> {
    let (files, stats) = (output(memory), stats(memory));
    let form = serde_json::from_slice::<Plan>(&files["plan.json"]).unwrap().output.tokens;
    let read = |name: &str| {
        let mut ids = Vec::new();
        for ending in ["bin", "ds", "npy", "parquet", "mds"] {
            let Some(bytes) = files.get(&format!("tokens/{name}.{ending}")) else { continue };
            if ending == "parquet" {
                read_rows(bytes.clone().into(), |row| {
                    ids.extend_from_slice(row);
                    true
                })
                .unwrap();
            } else if matches!(form, Some(ShardFormat::Mds | ShardFormat::Litdata)) {
                samples(bytes, false).into_iter().for_each(|ids_| Width::of(stats.vocab_size).get(ids_, &mut ids));
            } else {
                Width::of(stats.vocab_size).get(bytes, &mut ids);
            }
        }
        let mut rows = Vec::new();
        read_lineage(files[&format!("tokens/{name}.lineage.parquet")].clone().into(), |row| {
            rows.push(row);
            true
        })
        .unwrap();
        assert_eq!(ids.len() % LENGTH, 0);
        (ids.chunks(LENGTH).map(<[u32]>::to_vec).collect(), rows)
    };
    stats.shards.iter().map(|shard| read(&shard.name)).collect()
}

/// Tokens of each document, put together from its pieces; copies follow each other.
fn documents(memory: &Memory) -> BTreeMap<String, Vec<u32>> {
    let mut pieces: Vec<(String, u64, Vec<u32>)> = Vec::new();
    for (sequences, rows) in sequences(memory) {
        let ids = sequences.concat();
        for row in rows {
            let piece = ids[row.token_start as usize..row.token_end as usize].to_vec();
            pieces.push((row.document.to_string(), row.document_token, piece));
        }
    }
    pieces.sort();
    let mut out: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    pieces.into_iter().for_each(|(id, _, piece)| out.entry(id).or_default().extend(piece));
    out
}

fn plain() -> BTreeMap<String, Vec<u32>> {
    let memory = ran(CONFIG);
    let (files, stats) = (output(&memory), stats(&memory));
    let mut out = BTreeMap::new();
    for shard in &stats.shards {
        let mut ids = Vec::new();
        Width::of(stats.vocab_size).get(&files[&format!("tokens/{}.bin", shard.name)], &mut ids);
        read_lineage(files[&format!("tokens/{}.lineage.parquet", shard.name)].clone().into(), |row| {
            out.insert(row.document.to_string(), ids[row.token_start as usize..row.token_end as usize].to_vec());
            true
        })
        .unwrap();
    }
    out
}

#[test]
fn every_token_of_every_document_is_in_a_sequence_in_every_form() {
    let plain = plain();
    assert!(plain.values().any(|ids| ids.len() > LENGTH), "some documents are longer than a sequence");
    for method in ["best-fit", "concatenate"] {
        for order in ["input", "shuffle"] {
            let mut first: Option<Vec<Vec<Vec<u32>>>> = None;
            for form in FORMS {
                let memory =
                    ran(&with(&format!("tokens = \"{form}\"\norder = \"{order}\""), &format!("method = \"{method}\"")));
                assert_eq!(documents(&memory), plain, "{method}, {order}, {form}");
                let ids: Vec<_> = sequences(&memory).into_iter().map(|(ids, _)| ids).collect();
                assert_eq!(first.get_or_insert_with(|| ids.clone()), &ids, "{method}, {order}, {form}");
            }
        }
    }
}

#[test]
fn best_fit_cuts_nothing_that_fits_and_the_report_says_so() {
    // Every document fits into a sequence of 300 tokens.
    let of = |method: &str| ran(&with("", &format!("method = \"{method}\"")).replace("length = 100", "length = 300"));
    let best = of("best-fit");
    let (stats, cut) = (stats(&best), stats(&of("concatenate")).packing().unwrap());
    let PackCounts { sequences, padding, cut: fitted, longer, .. } = stats.packing().unwrap();
    assert_eq!(sequences * 300, stats.totals.tokens + padding);
    assert_eq!((fitted, longer), (0, 0));
    assert!(cut.cut > 0 && cut.padding <= padding && cut.longer == 0, "{cut:?}");
    let plan: Plan = serde_json::from_slice(&output(&best)["plan.json"]).unwrap();
    let told = gristmill::report::text(&plan, &stats, None);
    assert!(told.contains(&format!("{sequences} sequences of 300 tokens")), "{told}");
}

#[test]
fn packed_runs_give_the_same_bytes_at_any_thread_count_and_budget() {
    for (form, order) in [("megatron", "input"), ("parquet", "shuffle"), ("olmo", "input"), ("mds", "shuffle")] {
        let config =
            with(&format!("tokens = \"{form}\"\norder = \"{order}\""), "method = \"best-fit\", window-tokens = 500");
        let clean = output(&ran(&config));
        for (threads, budget) in [(1, BUDGET), (7, 1 << 20), (2, 1 << 30)] {
            let memory = world();
            run(&memory, &config, threads, budget).unwrap();
            assert!(output(&memory) == clean, "{form}, {threads} threads, {budget} bytes");
        }
    }
}

#[test]
fn a_power_cut_while_packing_changes_nothing() {
    let config = with("order = \"shuffle\"\nvalidation = 0.2", "method = \"best-fit\"");
    let clean = output(&ran(&config));
    let counted = world().with_trouble(Trouble::None);
    run(&counted, &config, 1, BUDGET).unwrap();
    let calls = counted.calls();
    for k in (calls * 2 / 3..calls).step_by(usize::try_from(calls / 24).unwrap().max(1)) {
        let broken = world().settled().with_trouble(Trouble::CrashAt(k));
        assert!(run(&broken, &config, 1, BUDGET).is_err(), "the crash at call {k} was not felt");
        let left = broken.after_crash();
        run(&left, &config, 2, BUDGET).unwrap();
        assert!(output(&left) == clean, "crash at call {k} of {calls}");
    }
}

#[test]
fn copies_of_a_document_are_packed_and_counted() {
    let memory = ran(&with("order = \"shuffle\"\nmix = { epochs = { lines = 2.5 } }", "method = \"concatenate\""));
    let stats = stats(&memory);
    let tokens: usize = documents(&memory).values().map(Vec::len).sum();
    assert_eq!(tokens as u64, stats.totals.tokens);
}

#[test]
fn verify_sees_every_flip_in_packed_shards_of_every_form() {
    for form in FORMS {
        let memory = ran(&with(&format!("tokens = \"{form}\""), "method = \"best-fit\""));
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

#[test]
fn a_pad_token_that_the_vocabulary_lacks_is_refused() {
    let memory = world();
    let error = run(&memory, &with("", "method = \"best-fit\", pad = 2_000_000"), 1, BUDGET).unwrap_err().to_string();
    assert!(error.contains("`pad` is 2000000"), "{error}");
}

#[test]
fn statistics_are_those_of_the_tokens_that_are_written() {
    for packing in ["method = \"none\"", "method = \"best-fit\""] {
        let memory = ran(&with("order = \"shuffle\"\nmix = { epochs = { lines = 2.0 } }", packing));
        let (files, stats) = (output(&memory), stats(&memory));
        let (mut all, mut sources) = (std::collections::BTreeSet::<u32>::new(), BTreeMap::<String, (u64, u64)>::new());
        for shard in &stats.shards {
            let mut ids = Vec::new();
            Width::of(stats.vocab_size).get(&files[&format!("tokens/{}.bin", shard.name)], &mut ids);
            let mut here = std::collections::BTreeSet::<u32>::new();
            read_lineage(files[&format!("tokens/{}.lineage.parquet", shard.name)].clone().into(), |row| {
                let source = sources.entry(row.source.to_string()).or_default();
                source.0 += u64::from(row.document_token == 0);
                source.1 += row.token_end - row.token_start;
                here.extend(&ids[row.token_start as usize..row.token_end as usize]);
                true
            })
            .unwrap();
            assert_eq!(
                (shard.different_ids, shard.lengths.values().sum::<u64>()),
                (here.len() as u64, shard.documents)
            );
            all.extend(here);
        }
        let found = stats.written.iter().map(|(name, one)| (name.clone(), (one.documents, one.tokens)));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), sources, "{packing}");
        assert_eq!(stats.different_ids, all.len() as u64);
        assert!(stats.written.values().all(|one| one.lengths.values().sum::<u64>() == one.documents));
    }
}
