//! The order of documents in token shards, the mixture, and every form of shards, over whole runs in memory.

use crate::small::{CONFIG, directory, forge, output, rows, run, samples, world};
use gristmill::ledger::{LedgerRow, STATS, Stats, verify};
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
    rows(memory).into_iter().filter(|row| row.verdict == "keep").map(|row| (row.id.clone(), row)).collect()
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
    let told = gristmill::report::text(&plan(&memory), &stats, None);
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
            ["bin", "ds", "npy", "parquet", "mds"].iter().any(|end| name.ends_with(&format!(".{end}")))
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
        for (format, arrays) in [("mds", true), ("litdata", false)] {
            let found = tokens(format, order);
            assert_eq!(found.iter().map(|one| samples(one, arrays).concat()).collect::<Vec<_>>(), megatron, "{format}");
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
    for format in ["megatron", "nanotron", "olmo", "flat", "parquet", "mds", "litdata"] {
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

#[test]
fn a_folder_lists_its_shards_and_what_is_held_out_has_one_of_its_own() {
    for (format, list, name, places) in
        [("mds", "shards", "basename", "samples"), ("litdata", "chunks", "filename", "chunk_size")]
    {
        let memory = ran(&with(&format!("tokens = \"{format}\"\nvalidation = 0.2")));
        let (out, files) = (directory(&memory), output(&memory));
        let mut listed = Vec::new();
        for folder in ["", "validation/"] {
            let key = format!("tokens/{folder}index.json");
            let index: serde_json::Value = serde_json::from_slice(&files[&key]).unwrap();
            for shard in index[list].as_array().unwrap() {
                let file = shard.get(name).or_else(|| shard["raw_data"].get(name)).unwrap().as_str().unwrap();
                let bytes = &files[&format!("tokens/{folder}{file}")];
                assert_eq!(shard[places], samples(bytes, false).len(), "{file}");
                listed.push(format!("tokens/{folder}{file}"));
            }
            let mut other = index.clone();
            other[list].as_array_mut().unwrap().pop();
            forge(&out, &key, other.to_string().as_bytes());
            let problems = verify(&out).unwrap().problems;
            assert!(problems.len() == 1 && problems[0].file == key, "{problems:?}");
            forge(&out, &key, &files[&key]);
        }
        let written: Vec<String> =
            files.into_keys().filter(|key| key.ends_with(".mds") || key.ends_with(".bin")).collect();
        assert_eq!(listed, written, "{format}");
        assert!(lineage(&memory, "validation/validation-").len() > 1 && lineage(&memory, "shard-").len() > 1);
    }
}

#[test]
fn a_shard_that_32_bits_cannot_place_is_refused_before_the_run() {
    let config = CONFIG.replace("shard-tokens = 1500", "shard-tokens = 2_000_000_000\ntokens = \"mds\"");
    let error = run(&world(), &config, 1, BUDGET).unwrap_err().to_string();
    assert!(error.contains("shard-tokens"), "{error}");
}

/// Values that the documents for training must ascend by, in the order of the shards.
fn values(memory: &Memory, value: impl Fn(&LedgerRow) -> f64) -> Vec<f64> {
    let kept = kept(memory);
    lineage(memory, "shard").iter().map(|record| value(&kept[&record.document.to_string()])).collect()
}

#[test]
fn a_curriculum_ascends_by_its_metric_over_all_shards() {
    let curriculum = |more: &str| ran(&with(more).replace("\"shuffle\"", "\"curriculum\""));
    let score = |row: &LedgerRow| f64::from(row.language_score);
    let memory =
        curriculum("curriculum = { by = \"language/score\" }\nvalidation = 0.2\nmix = { epochs = { lines = 1.5 } }");
    let up = values(&memory, score);
    assert!(up.is_sorted() && up[0] < up[up.len() - 1], "{up:?}");
    assert!(lineage(&memory, "validation").len() > 1);
    let down = values(&curriculum("curriculum = { by = \"language/score\", descending = true }"), score);
    assert!(down.is_sorted_by(|a, b| a >= b) && down[0] > down[down.len() - 1], "{down:?}");
    let memory = curriculum("curriculum = { by = \"tokens\" }");
    assert!(values(&memory, |row| row.tokens as f64).is_sorted());
    assert_eq!(copies(&lineage(&memory, "shard")), kept(&memory).into_keys().map(|id| (id, 1)).collect());
    let stats: Stats = serde_json::from_slice(&output(&memory)[STATS]).unwrap();
    // Shards are cut by what the documents hold, not by ranges of the value.
    let sizes: Vec<u64> = stats.shards.iter().map(|shard| shard.tokens).collect();
    assert!(sizes.len() > 3 && sizes.iter().all(|size| (900..2_300).contains(size)), "{sizes:?}");
}

#[test]
fn a_curriculum_gives_the_same_bytes_at_any_thread_count_and_budget() {
    let config =
        with("curriculum = { by = \"language/score\" }\nvalidation = 0.1").replace("\"shuffle\"", "\"curriculum\"");
    let clean = output(&ran(&config));
    for (threads, budget) in [(1, BUDGET), (7, 1 << 20), (3, 1 << 30)] {
        let memory = world();
        run(&memory, &config, threads, budget).unwrap();
        assert!(output(&memory) == clean, "{threads} threads, {budget} bytes");
    }
}

#[test]
fn equal_values_stand_by_hash_and_a_metric_that_nothing_measures_is_refused() {
    let config = |by: &str| with(&format!("curriculum = {{ by = \"{by}\" }}")).replace("\"shuffle\"", "\"curriculum\"");
    let seed = 11;
    let memory = ran(&format!("seed = {seed}\n{}", config("tokens")));
    let kept = kept(&memory);
    let places: Vec<(u64, u64)> = lineage(&memory, "shard")
        .iter()
        .map(|record| {
            (kept[&record.document.to_string()].tokens, gristmill::shards::mix::key(seed, &record.document, 0))
        })
        .collect();
    assert!(places.is_sorted() && places.windows(2).any(|pair| pair[0].0 == pair[1].0), "{places:?}");
    let error = run(&world(), &config("beauty"), 1, BUDGET).unwrap_err().to_string();
    assert!(error.contains("no step measures it") && error.contains("language/score"), "{error}");
}

/// Swaps a byte of the lines of a gzip file.
fn edited(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text.replacen(from, to, 1).as_bytes()).unwrap();
    out.finish().unwrap()
}

#[test]
fn the_content_of_shards_is_checked_not_only_its_checksum() {
    for (format, ending) in [("mds", "mds"), ("litdata", "bin"), ("olmo", "csv.gz")] {
        let memory = ran(&with(&format!("tokens = \"{format}\"")));
        let (out, key) = (directory(&memory), format!("tokens/shard-00000.{ending}"));
        let sound = output(&memory)[&key].clone();
        let bad = match format {
            // The file of the first document; the place of the second sample.
            "olmo" => edited(&sound, "in/", "on/"),
            _ => sound.iter().enumerate().map(|(at, byte)| byte ^ u8::from(at == 8)).collect(),
        };
        forge(&out, &key, &bad);
        let problems = verify(&out).unwrap().problems;
        assert!(problems.iter().any(|one| one.code == "V015"), "{format}: {problems:?}");
        forge(&out, &key, &sound);
        assert_eq!(verify(&out).unwrap().problems, []);
    }
}
