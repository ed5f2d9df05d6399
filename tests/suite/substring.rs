//! Dedup of spans, through the whole engine.

use crate::small::{TOPICS, attempt, output, rows_and_texts, run, same_bytes};
use gristmill::engine::{Signals, estimate};
use gristmill::ledger::{STATS, Stats};
use gristmill::storage::{Folder, Medium, Memory, Trouble};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const BUDGET: usize = 64 << 20;

fn config(step: &str, order: &str) -> String {
    format!(
        "version = 1\nname = \"spans\"\n{order}[[step]]\nname = \"spans\"\ndedup = {{ method = \"substring\", {step} }}\n\
         [output]\ndir = \"out\"\ndocuments = true\ntokens = \"none\"\n[limits]\nunit-bytes = \"4KiB\"\npartitions = 3\n"
    )
}

fn sources(names: &[&str]) -> String {
    names.iter().map(|name| format!("[[source]]\nname = \"{name}\"\npaths = [\"in/{name}*.jsonl\"]\n")).collect()
}

const ALL: &str = "max-cut = 1.0, min-left-chars = 0";

/// Documents of sentences, some with a longer quotation of another or of themselves.
fn texts(seed: usize, count: usize) -> Vec<String> {
    let mut number = seed;
    let mut below = |bound: usize| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % bound
    };
    let mut out: Vec<String> = Vec::new();
    for _ in 0..count {
        let mut text = String::new();
        for _ in 0..2 + below(4) {
            text.push_str(&format!("№ {}: {}, {}. ", below(100_000), TOPICS[below(8)], below(100_000)));
            if !out.is_empty() && below(3) == 0 {
                let of: &String = &out[below(out.len())];
                let from = of.floor_char_boundary(below(of.len()));
                text.push_str(&of[from..of.floor_char_boundary(from + below(400))]);
            }
        }
        out.push(text);
    }
    out
}

fn put(memory: &Memory, file: &str, texts: &[String]) {
    let line = |text: &String| format!("{}\n", serde_json::json!({ "text": text }));
    let lines: String = texts.iter().map(line).collect();
    Folder::new(Arc::new(memory.clone()), "").put(&format!("in/{file}.jsonl"), lines.as_bytes()).unwrap();
}

fn world(a: &[String], b: &[String]) -> Memory {
    let memory = Memory::default();
    put(&memory, "a", a);
    put(&memory, "b", b);
    memory
}

/// The plain definition: bytes go that a window of `length` covers which stood before.
fn plain(texts: &[String], length: usize) -> Vec<String> {
    let mut first: HashMap<&[u8], (usize, usize)> = HashMap::new();
    let mut out = Vec::new();
    for (document, text) in texts.iter().enumerate() {
        let mut gone = vec![false; text.len()];
        for (at, window) in text.as_bytes().windows(length).enumerate() {
            let &mut (of, place) = first.entry(window).or_insert((document, at));
            if (of, place) != (document, at) {
                let from = if of == document { at.max(place + length) } else { at };
                gone[from.min(at + length)..at + length].fill(true);
            }
        }
        let stays = |(at, c): &(usize, char)| !gone[*at..at + c.len_utf8()].iter().all(|&gone| gone);
        out.push(text.char_indices().filter(stays).map(|(_, c)| c).collect());
    }
    out
}

#[test]
fn all_spans_but_the_first_copies_go() {
    let (a, b) = (texts(1, 60), texts(2, 20));
    let b = [b, a[..7].to_vec()].concat();
    for length in [60, 100] {
        let memory = world(&a, &b);
        run(&memory, &config(&format!("min-bytes = {length}, {ALL}"), &sources(&["a", "b"])), 2, BUDGET).unwrap();
        let expected = plain(&[a.clone(), b.clone()].concat(), length);
        let found: Vec<String> = rows_and_texts(&memory).into_iter().map(|(_, text)| text.unwrap()).collect();
        assert_eq!(found, expected, "{length} bytes");
        let stats: Stats = serde_json::from_slice(&output(&memory)[STATS]).unwrap();
        let trims = &stats.tally.steps[1].trims;
        let chars = |texts: &[String]| texts.iter().map(|text| text.chars().count()).sum::<usize>() as u64;
        assert_eq!(trims["b"].cut_chars, chars(&b) - chars(&expected[a.len()..]), "by source");
        assert!(trims["a"].pieces > 10 && trims["b"].pieces > 10);
    }
}

#[test]
fn documents_that_lose_too_much_are_dropped_with_the_numbers() {
    let a = texts(3, 4);
    let memory = world(&a, &[a[1].clone(), texts(4, 1).remove(0)]);
    run(&memory, &config("min-bytes = 100", &sources(&["a", "b"])), 2, BUDGET).unwrap();
    let rows = rows_and_texts(&memory);
    let gone = &rows[4].0;
    assert_eq!((gone.verdict.as_str(), gone.rule.as_deref()), ("drop", Some("too-few-chars-left")));
    assert_eq!(gone.value, Some(0.0));
    assert_eq!(rows[5].0.verdict, "keep");
}

#[test]
fn tag_mode_tells_and_changes_nothing() {
    let (a, b) = (texts(5, 20), texts(6, 5));
    let memory = world(&a, &b);
    let tag = config(&format!("min-bytes = 80, {ALL}"), &sources(&["a", "b"]));
    run(&memory, &tag.replace("[[step]]\n", "[[step]]\nmode = \"tag\"\n"), 2, BUDGET).unwrap();
    let rows = rows_and_texts(&memory);
    let found: Vec<String> = rows.iter().map(|(_, text)| text.clone().unwrap()).collect();
    assert_eq!(found, [a, b].concat());
    assert!(rows.iter().any(|(row, _)| !row.cuts.is_empty()));
}

#[test]
fn the_same_bytes_at_any_thread_count_and_budget_by_many_workers_and_after_a_power_cut() {
    let (a, b) = (texts(7, 40), texts(8, 40));
    let step = format!("dedup = {{ method = \"substring\", min-bytes = 80, {ALL} }}");
    let lines = "dedup = { method = \"lines\", max-cut = 1.0, min-left-chars = 0 }";
    let config = config(&format!("min-bytes = 120, cut = \"sentences\", {ALL}"), &sources(&["a", "b"])).replace(
        "[output]",
        &format!("[[step]]\nname = \"two\"\n{step}\n[[step]]\nname = \"three\"\n{lines}\n[output]"),
    );
    let memory = world(&a, &b);
    run(&memory, &config, 2, BUDGET).unwrap();
    let clean = output(&memory);
    let stats: Stats = serde_json::from_slice(&clean[STATS]).unwrap();
    assert!(stats.tally.steps[1].trimmed().pieces > 0 && stats.tally.steps[3].trimmed().pieces > 0);
    same_bytes(&|| world(&a, &b), &config, (&output, &clean), BUDGET, (40, 0));
    crate::workers::same_output(&|| world(&a, &b), &config, (&output, &clean));
}

#[test]
fn why_names_the_spans_and_the_document_that_has_each() {
    use crate::cli::{Dir, code, gristmill, printed, said};
    let dir = Dir::new();
    let quoted = format!("{}, said the keeper of the lock, and {}.", TOPICS[0], TOPICS[1]);
    let documents = [format!("Once. {quoted} Twice."), format!("It is told: {quoted} So it is told.")];
    let json = |(n, text): (usize, &String)| format!("{{\"id\":\"doc-{n}\",\"text\":{}}}\n", serde_json::json!(text));
    dir.write("in.jsonl", &documents.iter().enumerate().map(json).collect::<String>());
    let text = "version = 1\n[[source]]\nname = \"s\"\npaths = [\"in.jsonl\"]\n[[step]]\nname = \"spans\"\n\
                dedup = { method = \"substring\" }\n[output]\ndir = \"out\"\ntokens = \"none\"\n";
    let config = dir.write("c.toml", text);
    let run = gristmill(&["run", &config]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let out = dir.path("out");
    let first = printed(&gristmill(&["why", &out, "doc-0"])).split(' ').next().unwrap().to_owned();
    let told = printed(&gristmill(&["why", &out, "doc-1"]));
    // With the space before it and the one behind it.
    let bytes = quoted.len() + 2;
    assert!(told.contains(&format!("piece 1, {bytes} bytes from byte 11 on: copy in {first} (in.jsonl#0)")), "{told}");
    let plan = printed(&gristmill(&["plan", &config]));
    for part in ["spans-anchors", "drops nothing", "equal spans of 100 bytes and more, cut out but for the first copy"]
    {
        assert!(plan.contains(part), "{part}: {plan}");
    }
}

/// Runs a step over documents cut into files in some way, and gives the texts that stay, sorted.
fn survivors(documents: &[serde_json::Value], files: usize, step: &str, unit: &str) -> Vec<String> {
    let memory = Memory::default();
    let medium = Folder::new(Arc::new(memory.clone()), "");
    for source in ["web", "books"] {
        let of: Vec<&serde_json::Value> = documents.iter().filter(|one| one["source"] == source).collect();
        for (n, chunk) in of.chunks(of.len().div_ceil(files)).enumerate() {
            let lines: String = chunk.iter().map(|one| format!("{one}\n")).collect();
            medium.put(&format!("in/{source}-{n:02}.jsonl"), lines.as_bytes()).unwrap();
        }
    }
    let config = format!(
        "version = 1\nname = \"cut\"\n{}[[step]]\nfilter = {{ name = \"gopher-quality@datatrove-0.10\" }}\nmode = \"tag\"\n\
         [[step]]\nname = \"dups\"\ndedup = {{ {step} }}\n[output]\ndir = \"out\"\ndocuments = true\ntokens = \"none\"\n\
         [limits]\nunit-bytes = \"{unit}\"\npartitions = 3\n",
        sources(&["web", "books"])
    );
    run(&memory, &config, 2, BUDGET).unwrap_or_else(|failure| panic!("{failure}"));
    let mut texts: Vec<String> = rows_and_texts(&memory).into_iter().filter_map(|(_, text)| text).collect();
    texts.sort_unstable();
    texts
}

#[test]
fn the_same_documents_in_other_files_leave_the_same_texts() {
    let mut documents = Vec::new();
    for (n, text) in texts(9, 90).into_iter().enumerate() {
        let again = text.replacen("the", "teh", n % 3);
        let source = |n: usize| ["web", "books"][n % 2];
        let date = |n: usize| format!("20{:02}-0{}-11", n * 7 % 20, 1 + n % 9);
        documents.push(serde_json::json!({ "text": text, "source": source(n), "date": date(n) }));
        for k in 0..n % 3 {
            let text = if k == 0 { text.clone() } else { format!("{again} {}", "more ".repeat(k)) };
            documents.push(serde_json::json!({ "text": text, "source": source(n + k), "date": date(n + k) }));
        }
    }
    let keeps = [
        "keep = \"first\"",
        "keep = \"longest\"",
        "keep = \"newest\"",
        "keep = \"source-priority\"",
        "keep = { best = \"content_words@datatrove\" }",
    ];
    let mut steps: Vec<String> = Vec::new();
    for keep in keeps {
        steps.push(format!("method = \"minhash\", {keep}"));
        steps.push(format!("method = \"exact\", {keep}"));
    }
    steps.push(format!("method = \"substring\", min-bytes = 80, {ALL}"));
    steps.push(format!("method = \"lines\", {ALL}"));
    let mut left = BTreeMap::new();
    for step in &steps {
        let whole = survivors(&documents, 1, step, "1GiB");
        assert!(whole.len() < documents.len() || step.contains("substring") || step.contains("lines"), "{step}");
        for (files, unit) in [(1, "4KiB"), (3, "1GiB"), (7, "8KiB"), (29, "4KiB")] {
            assert!(survivors(&documents, files, step, unit) == whole, "{step}: {files} files, units of {unit}");
        }
        left.insert(step, whole);
    }
    let of = |keep: &str| &left[&format!("method = \"minhash\", {keep}")];
    assert!(of("keep = \"first\"") != of("keep = \"longest\"") && of("keep = \"first\"") != of("keep = \"newest\""));
}

/// All of the text stands elsewhere too, in pieces of two windows and other neighbours each time: what lies on disk on the way is
/// more than is usual, and no more than what is told as the most.
#[test]
fn the_most_that_the_disk_need_is_told_to_be_holds_where_everything_repeats() {
    let world = || {
        let memory = Memory::default();
        let files = Folder::new(Arc::new(memory.clone()), "");
        let all = texts(11, 400).concat();
        let mut number = 7_u64;
        let mut below = |bound: usize| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (number >> 33) as usize % bound
        };
        let mut piece = || {
            let from = all.floor_char_boundary(below(40) * 1_000 + below(800));
            &all[from..all.floor_char_boundary(from + 200)]
        };
        let mut line = |n: usize| {
            let text: String = (0..20).map(|_| piece()).collect();
            format!("{}\n", serde_json::json!({ "id": n.to_string(), "text": text }))
        };
        files.put("in/a.jsonl", (0..400).map(&mut line).collect::<String>().as_bytes()).unwrap();
        memory
    };
    let config = config(ALL, &sources(&["a"]));
    let need =
        attempt(&world(), &config, 1, BUDGET, &Signals::none(), |one| Ok(estimate(one.program))).unwrap().unwrap();
    let counting = world().with_trouble(Trouble::None);
    run(&counting, &config, 1, BUDGET).unwrap();
    let calls = counting.calls();
    let peak = (1..16).map(|n| {
        let broken = world().settled().with_trouble(Trouble::CrashAt(n * calls / 16));
        assert!(run(&broken, &config, 1, BUDGET).is_err());
        output(&broken.after_crash()).values().map(|bytes| bytes.len() as u64).sum::<u64>()
    });
    let peak = peak.max().unwrap();
    assert!(need.work < peak && peak <= need.most, "{} < {peak} <= {}", need.work, need.most);
}
