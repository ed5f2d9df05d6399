//! Dedup by n-grams, through the whole engine.

use crate::cli::{Dir, code, gristmill, printed, said};
use crate::small::{TOPICS, output, rows_and_texts, run, same_bytes};
use gristmill::engine::Failure;
use gristmill::ledger::{STATS, Stats};
use gristmill::storage::{Folder, Medium, Memory};
use std::collections::HashSet;
use std::sync::Arc;
use unicode_segmentation::UnicodeSegmentation;

const BUDGET: usize = 64 << 20;

fn config(step: &str) -> String {
    format!(
        "version = 1\nname = \"overlap\"\n[[source]]\nname = \"a\"\npaths = [\"in/a*.jsonl\"]\n\
         [[source]]\nname = \"b\"\npaths = [\"in/b*.jsonl\"]\n\
         [[step]]\nname = \"bff\"\ndedup = {{ method = \"overlap\", {step} }}\n\
         [output]\ndir = \"out\"\ndocuments = true\ntokens = \"none\"\n[limits]\nunit-bytes = \"4KiB\"\npartitions = 3\n"
    )
}

/// Texts of paragraphs, some of which stood in earlier texts, some with other words in them.
pub fn texts(seed: usize, count: usize) -> Vec<String> {
    let mut number = seed;
    let mut below = |bound: usize| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % bound
    };
    let mut paragraphs: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for _ in 0..count {
        let mut text = String::new();
        for _ in 0..1 + below(5) {
            let mut paragraph = format!("{} {}, {}.", below(90), TOPICS[below(8)], TOPICS[below(8)].to_lowercase());
            if !paragraphs.is_empty() && below(3) == 0 {
                paragraph.clone_from(&paragraphs[below(paragraphs.len())]);
                if below(2) == 0 {
                    paragraph.push_str(&format!(" And {} more of it.", below(50)));
                }
            }
            text.push_str(&paragraph);
            text.push_str(["\n", "\n\n", "\nSo be it.\n"][below(3)]);
            paragraphs.push(paragraph);
        }
        out.push(text);
    }
    out
}

fn world(a: &[String], b: &[String]) -> Memory {
    let memory = Memory::default();
    for (file, texts) in [("a", a), ("b", b)] {
        let line = |text: &String| format!("{}\n", serde_json::json!({ "text": text }));
        let lines: String = texts.iter().map(line).collect();
        Folder::new(Arc::new(memory.clone()), "").put(&format!("in/{file}.jsonl"), lines.as_bytes()).unwrap();
    }
    memory
}

/// BFF's `old-both` with a set instead of a filter: what is left, and the share of n-grams that stood before.
fn plain(texts: &[String], ngram: usize, threshold: f64) -> Vec<(Option<String>, f64)> {
    let mut set: HashSet<Vec<String>> = HashSet::new();
    let mut out = Vec::new();
    for text in texts {
        let (mut left, mut seen_of_all, mut all) = (String::new(), 0, 0);
        for (number, line) in text.split('\n').enumerate() {
            let words: Vec<String> =
                line.split_word_bounds().filter(|word| !word.trim().is_empty()).map(str::to_owned).collect();
            let grams: Vec<Vec<String>> = words.windows(ngram).map(<[String]>::to_vec).collect();
            let seen = grams.iter().filter(|gram| set.contains(*gram)).count();
            (seen_of_all, all) = (seen_of_all + seen, all + grams.len());
            if seen as f64 / grams.len() as f64 > threshold {
                continue;
            }
            set.extend(grams);
            left.push_str(if number > 0 { "\n" } else { "" });
            left.push_str(line);
        }
        let share = f64::from(u32::try_from(seen_of_all).unwrap()) / all as f64;
        let goes = share > threshold || left.trim().is_empty();
        out.push(((!goes).then_some(left), share));
    }
    out
}

#[test]
fn paragraphs_and_documents_go_as_with_a_set_of_all_n_grams() {
    let (a, b) = (texts(1, 60), texts(2, 30));
    let b = [b, a[..7].to_vec()].concat();
    let whole = [a.clone(), b.clone()].concat();
    for (ngram, threshold) in [(13, 0.8), (20, 0.6)] {
        let memory = world(&a, &b);
        run(&memory, &config(&format!("ngram = {ngram}, threshold = {threshold}, false-positives = 1e-9")), 2, BUDGET)
            .unwrap();
        let rows = rows_and_texts(&memory);
        let (mut cut, mut gone) = (0, 0);
        for (number, ((row, text), (left, share))) in rows.iter().zip(plain(&whole, ngram, threshold)).enumerate() {
            assert_eq!(*text, left, "{ngram}-grams, document {number}");
            let value =
                row.metrics.iter().find(|(name, _)| name == "bff/overlap").map_or(f64::NAN, |(_, value)| *value);
            assert!(value == share || value.is_nan() && share.is_nan(), "document {number}: {value}, {share}");
            cut += usize::from(left.is_some_and(|left| left != whole[number]));
            if row.rule.as_deref() == Some("seen-before") {
                assert_eq!((row.value, row.bound), (Some(share), Some(threshold)));
                gone += 1;
            }
        }
        assert!(cut > 10 && gone > 6, "{ngram}-grams: {cut} cut, {gone} gone");
        let stats: Stats = serde_json::from_slice(&output(&memory)[STATS]).unwrap();
        let (facts, trims) = (&stats.dedup["bff"], stats.tally.steps[0].trimmed());
        assert_eq!(facts["cuts"], trims.pieces);
        assert!(facts["records"] > facts["keys"] + facts["copied"] / 2 && facts["copied"] > 100, "{facts:?}");
    }
}

#[test]
fn the_same_bytes_at_any_thread_count_and_budget_and_after_a_power_cut() {
    let (a, b) = (texts(7, 40), texts(8, 40));
    // A filter as small as can be takes many n-grams for seen ones, always the same; and two more steps change the texts.
    let step = config("preset = \"dclm-bff\", false-positives = 0.3, shards = 3").replace(
        "[output]",
        "[[step]]\nname = \"again\"\ndedup = { method = \"overlap\", ngram = 4 }\n[[step]]\nname = \"lines\"\n\
         dedup = { method = \"lines\", max-cut = 1.0 }\n[output]",
    );
    let memory = world(&a, &b);
    run(&memory, &step, 2, BUDGET).unwrap();
    let clean = output(&memory);
    let stats: Stats = serde_json::from_slice(&clean[STATS]).unwrap();
    assert!(stats.tally.steps[0].trimmed().pieces > 0 && stats.tally.steps[1].trimmed().pieces > 0);
    same_bytes(&|| world(&a, &b), &step, (&output, &clean), BUDGET, (40, 0));
}

#[test]
fn a_filter_greater_than_the_budget_is_refused_and_the_run_goes_on_with_more() {
    let (a, b) = (texts(9, 40), texts(10, 40));
    let memory = world(&a, &b);
    let step = config("ngram = 2, false-positives = 1e-9");
    let Err(Failure::Refused(why)) = run(&memory, &step, 2, 20_000) else { panic!("20 KB are enough") };
    for part in ["step `bff` needs a filter of 1 MiB", "2^-30", "--memory", "`shards`"] {
        assert!(why.contains(part), "{part}: {why}");
    }
    run(&memory, &step, 2, BUDGET).unwrap();
    let other = world(&a, &b);
    run(&other, &step, 1, BUDGET).unwrap();
    assert!(output(&memory) == output(&other));
}

#[test]
fn tag_mode_tells_and_changes_nothing() {
    let (a, b) = (texts(5, 20), texts(6, 15));
    let b = [b, a[..3].to_vec()].concat();
    let memory = world(&a, &b);
    run(&memory, &config("ngram = 13").replace("[[step]]\n", "[[step]]\nmode = \"tag\"\n"), 2, BUDGET).unwrap();
    let rows = rows_and_texts(&memory);
    let found: Vec<String> = rows.iter().map(|(_, text)| text.clone().unwrap()).collect();
    assert_eq!(found, [a, b].concat());
    assert!(rows.iter().any(|(row, _)| row.tags.as_deref() == Some("bff/seen-before")));
    assert!(rows.iter().any(|(row, _)| !row.cuts.is_empty()));
}

#[test]
fn why_says_how_many_n_grams_of_each_paragraph_stood_before() {
    let dir = Dir::new();
    let (first, second) = (format!("{}.", TOPICS[0]), format!("{}, or so they say.", TOPICS[1]));
    let documents =
        [format!("{first}\n{second}"), format!("{second}\n{}.\n{first}", TOPICS[2]), format!("{first}\n{second}")];
    let json = |(n, text): (usize, &String)| format!("{{\"id\":\"doc-{n}\",\"text\":{}}}\n", serde_json::json!(text));
    dir.write("in.jsonl", &documents.iter().enumerate().map(json).collect::<String>());
    let text = "version = 1\n[[source]]\nname = \"s\"\npaths = [\"in.jsonl\"]\n[[step]]\nname = \"bff\"\n\
                dedup = { method = \"overlap\", preset = \"dclm-bff\", ngram = 6 }\n[output]\ndir = \"out\"\ntokens = \"none\"\n";
    let config = dir.write("c.toml", text);
    let run = gristmill(&["run", &config]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let out = dir.path("out");
    let told = printed(&gristmill(&["why", &out, "doc-1"]));
    let bytes = second.len();
    assert!(
        told.contains(&format!("piece 1, {bytes} bytes from byte 0 on: 17 of its 17 n-grams stood before")),
        "{told}"
    );
    assert!(told.contains("2 pieces cut"), "{told}");
    let json: serde_json::Value =
        serde_json::from_str(&printed(&gristmill(&["why", &out, "doc-1", "--format", "json"]))).unwrap();
    assert_eq!(json["cuts"][0]["ngrams_before"], serde_json::json!({ "seen": 17, "of": 17 }));
    let gone = printed(&gristmill(&["why", &out, "doc-2"]));
    assert!(gone.contains("Not kept: rule seen-before: overlap was 1 > 0.8."), "{gone}");
    let plan = printed(&gristmill(&["plan", &config]));
    for part in ["of whose 6-grams more than 0.8 stood before", "2^-7; the filter takes 1.29 bytes"] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    let report = printed(&gristmill(&["report", &out]));
    assert!(report.contains("bff"), "{report}");
    let tagging = "[[step]]\nname = \"tagging\"\nmode = \"tag\"\ndedup = { method = \"overlap\", ngram = 6 }\n[[step]]";
    let both = dir.write("both.toml", &text.replace("[[step]]", tagging).replace("\"out\"", "\"both\""));
    assert_eq!(code(&gristmill(&["run", &both])), 0);
    let gone = printed(&gristmill(&["why", &dir.path("both"), "doc-2"]));
    assert!(gone.contains("    tagged tagging/seen-before\n") && gone.contains("Not kept: rule seen-before"), "{gone}");
    let wrong = dir.write("w.toml", &text.replace("ngram = 6", "ngram = 6, min-ngram = 7"));
    let checked = gristmill(&["check", &wrong]);
    assert!(said(&checked).contains("`min-ngram` is 7, greater than `ngram`"), "{}", said(&checked));
}
