//! The filter library against its own examples and against the programs it reproduces.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gristmill::filters::{Filter, LIBRARY, LISTS, run_examples};
use gristmill::metrics::Subject;
use gristmill::text::{LineRule, ParagraphRule, SentenceRule, Splitter, TextView};
use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;

/// The filter of that name from the library.
fn library(name: &str) -> Filter {
    let text = gristmill::filters::find_in_library(name).unwrap_or_else(|| panic!("no filter {name}"));
    Filter::parse(name, text).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"))
}

/// The folder with real data, if the environment names one.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: GRISTMILL_DATA is not set");
    }
    folder
}

/// What the reference says when a filter keeps (`None`) or drops (its reason).
fn verdict(filter: &Filter, text: &str) -> (Option<String>, Option<String>) {
    let view = TextView::new(text);
    let outcome = filter.apply(&Subject::of_text(&view));
    let reason = outcome.judgement.first().map(|rule| {
        let rule = &filter.rules[rule];
        rule.reason.as_deref().unwrap_or(&rule.name).to_owned()
    });
    (reason, outcome.text)
}

#[test]
fn every_library_filter_parses_without_problems_and_its_examples_pass() {
    let mut failed = Vec::new();
    for (path, text) in LIBRARY {
        let filter = Filter::parse(path, text).unwrap_or_else(|problems| panic!("{path}: {problems:#?}"));
        assert_eq!(filter.warnings, [], "{path}");
        assert_eq!(
            gristmill::filters::find_in_library(&filter.name),
            Some(*text),
            "{path}: `name` on a line of its own"
        );
        let results = run_examples(&filter);
        for result in &results {
            failed.extend(result.miss.iter().map(|miss| format!("{path}, {}: {miss}", result.name)));
        }
        for (place, rule) in (0_u16..).zip(&filter.rules) {
            let tripped = results.iter().filter(|result| result.tripped.contains(&place)).count();
            assert!(tripped > 0, "{path}: no example trips `{}`", rule.name);
            assert!(tripped < results.len(), "{path}: every example trips `{}`", rule.name);
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_binary_holds_every_file_of_the_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("filters");
    let mut found: Vec<String> = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "toml" || ending == "txt") {
                found.push(path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    let filters = LIBRARY.iter().map(|(path, _)| format!("{path}.toml"));
    let mut embedded: Vec<String> = filters.chain(LISTS.iter().map(|(path, _)| format!("{path}.txt"))).collect();
    found.sort();
    embedded.sort();
    assert_eq!(found, embedded);
}

/// Our filter, and the name that the vectors and peer outputs have for it.
const REPRODUCED: &[(&str, &str, &str)] = &[
    ("gopher-quality@datatrove-0.10", "gopher_quality", "gopher_quality"),
    ("gopher-repetition@datatrove-0.10", "gopher_repetition", "gopher_repetition"),
    ("fineweb-quality@datatrove-0.10", "fineweb_quality", "fineweb"),
    ("c4-quality@datatrove-0.10", "c4_quality_default", "c4"),
    ("c4-quality-fineweb@datatrove-0.10", "c4_quality_fineweb", "c4_fineweb(no_terminal_punct=False)"),
];

#[test]
fn datatrove_vectors_come_out_the_same() {
    let Some(data) = data() else { return };
    let file = data.parent().unwrap().join("vectors/datatrove_v0.10_vectors.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut compared = 0;
    for (name, case) in vectors["texts"].as_object().unwrap() {
        // The peers' outputs do not have the paragraph rule; the vectors do.
        let paragraph = ("c4-paragraph@datatrove-0.10", "c4_paragraph", "");
        for (filter, key, _) in REPRODUCED.iter().chain([&paragraph]) {
            let expected = &case[key]["result"];
            let expected_reason = expected.get(1).map(|reason| reason.as_str().unwrap().to_owned());
            let expected_text = case[key]["text_after"].as_str().map(str::to_owned);
            let (reason, text) = verdict(&library(filter), case["text"].as_str().unwrap());
            assert_eq!(reason, expected_reason, "{name} {filter}");
            assert_eq!(text, expected_text, "{name} {filter}");
            compared += 1;
        }
    }
    assert_eq!(compared, 10 * (REPRODUCED.len() + 1));
}

/// The documents of one zstd-compressed JSONL file.
fn jsonl(file: &Path) -> impl Iterator<Item = Value> + use<> {
    let reader = zstd::Decoder::new(std::fs::File::open(file).unwrap()).unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(reader));
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}

/// The texts of the documents that the peer outputs name, by id.
fn peer_texts(data: &Path, wanted: &BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut add = |id: String, text: &Value| {
        if wanted.contains_key(&id) {
            texts.insert(id, text.as_str().unwrap().to_owned());
        }
    };
    for entry in std::fs::read_dir(data.join("8-corpus")).unwrap() {
        for document in jsonl(&entry.unwrap().path()) {
            add(document["id"].as_str().unwrap().to_owned(), &document["text"]);
        }
    }
    let labelled = std::fs::read_to_string(data.join("3-quality/mlfoundations+dclm/human_quality.jsonl")).unwrap();
    for (number, line) in labelled.lines().enumerate() {
        let document: Value = serde_json::from_str(line).unwrap();
        add(format!("dclm-human-quality#{number}"), &document["text"]);
    }
    let c4 = data.join("3-quality/allenai+wimbd/test_fixtures/c4-sample.00000-of-00001.json.gz");
    let mut unpacked = String::new();
    let gz = flate2::read::MultiGzDecoder::new(std::fs::File::open(c4).unwrap());
    std::io::Read::read_to_string(&mut { gz }, &mut unpacked).unwrap();
    for (number, line) in unpacked.lines().enumerate() {
        let document: Value = serde_json::from_str(line).unwrap();
        add(format!("wimbd-c4-sample#{number}"), &document["text"]);
    }
    texts
}

#[test]
fn datatrove_verdicts_on_real_documents_come_out_the_same() {
    let Some(data) = data() else { return };
    let peers = jsonl(&data.join("7-peer-outputs/datatrove-filters-en.jsonl.zst"));
    let peers: BTreeMap<String, Value> = peers.map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect();
    let texts = peer_texts(&data, &peers);
    assert_eq!(texts.len(), peers.len(), "documents that the peer outputs name are missing");
    let mut differences = Vec::new();
    for (filter, _, key) in REPRODUCED {
        let filter = library(filter);
        for (id, text) in &texts {
            let expected = &peers[id][key];
            let expected_length = peers[id].get(format!("{key}:len_after")).and_then(Value::as_u64);
            let (reason, after) = verdict(&filter, text);
            let length = after.map(|after| after.chars().count() as u64);
            if reason.as_deref() != expected.as_str() || (reason.is_none() && length != expected_length) {
                differences.push(format!(
                    "{}: {id}: ours {reason:?} {length:?}, theirs {expected} {expected_length:?}",
                    filter.name
                ));
            }
        }
    }
    let all = texts.len() * REPRODUCED.len();
    eprintln!("{} differences in {all} verdicts", differences.len());
    assert!(differences.is_empty(), "{} of {all} verdicts differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_english_chain_tells_good_pages_from_bad_ones_better_than_the_four_of_datatrove() {
    let Some(data) = data() else { return };
    let labelled = std::fs::read_to_string(data.join("3-quality/mlfoundations+dclm/human_quality.jsonl")).unwrap();
    let documents: Vec<Value> = labelled.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let good = documents.iter().filter(|document| document["label"] == 1).count();
    // Precision and recall of keeping what all these filters keep.
    let score = |names: &[&str]| {
        let filters: Vec<Filter> = names.iter().map(|name| library(name)).collect();
        let keeps = |document: &&Value| {
            filters.iter().all(|filter| verdict(filter, document["text"].as_str().unwrap()).0.is_none())
        };
        let kept: Vec<&Value> = documents.iter().filter(keeps).collect();
        let right = kept.iter().filter(|document| document["label"] == 1).count() as f64;
        (right / kept.len() as f64, right / good as f64)
    };
    let ours = score(&["web-en"]);
    let four: Vec<&str> =
        REPRODUCED.iter().map(|(name, _, _)| *name).filter(|name| !name.starts_with("c4-quality@")).collect();
    let theirs = score(&four);
    eprintln!("{} documents: web-en {ours:?}, the four of datatrove {theirs:?}", documents.len());
    assert!(ours.0 > theirs.0.max(0.8) && ours.1 > theirs.1.max(0.8), "web-en {ours:?}, datatrove {theirs:?}");
}

/// Makes a text of about so many bytes.
type Make = fn(usize) -> String;

/// Texts that make careless programs take time that grows with the square of the length.
const HOSTILE: [(&str, Make); 14] = [
    ("one long line", |n| (0..n / 8).map(|word| format!("{:<8}", word % 50_000)).collect()),
    ("one repeated word", |n| "word ".repeat(n / 5)),
    ("one word without spaces", |n| "x".repeat(n)),
    ("ideographs without spaces", |n| "語文字".repeat(n / 9)),
    ("newlines", |n| "\n".repeat(n)),
    ("short lines", |n| "a b\n".repeat(n / 4)),
    ("combining marks", |n| "\u{301}".repeat(n / 2)),
    ("alternating pairs", |n| "a b b a ".repeat(n / 8)),
    ("one run of letters cut differently", |n| "aa a aaa ".repeat(n / 9)),
    ("opening brackets", |n| "[".repeat(n)),
    ("digits in brackets", |n| "[1".repeat(n / 2)),
    ("closing brackets after a word", |n| "a".repeat(n / 2) + &")".repeat(n / 2)),
    ("digits", |n| "1234567890".repeat(n / 10)),
    ("full stops", |n| ". ".repeat(n / 2)),
];

/// CPU time of this thread that `work` takes.
fn cpu_time(work: &dyn Fn(&str), text: &str) -> Duration {
    let now = || {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
    };
    let start = now();
    work(text);
    now() - start
}

/// A name, and what is done to a text.
type Work = (String, Box<dyn Fn(&str)>);

/// Everything that looks at a text, by name.
fn all_work() -> Vec<Work> {
    let mut all: Vec<Work> = Vec::new();
    for splitter in Splitter::ALL {
        let work = move |text: &str| {
            TextView::new(text).distinct(splitter);
        };
        all.push((format!("words {splitter:?}"), Box::new(work)));
    }
    for rule in LineRule::ALL {
        all.push((
            format!("lines {rule:?}"),
            Box::new(move |text: &str| assert!(rule.split(text).len() <= text.len() + 1)),
        ));
    }
    for rule in ParagraphRule::ALL {
        all.push((
            format!("paragraphs {rule:?}"),
            Box::new(move |text: &str| assert!(rule.split(text).len() <= text.len() + 1)),
        ));
    }
    for rule in [SentenceRule::SpacyEn, SentenceRule::RedPajama] {
        let work = move |text: &str| {
            TextView::new(text).sentences(rule);
        };
        all.push((format!("sentences {rule:?}"), Box::new(work)));
    }
    // All metrics, family by family: each of a family is part of one sum.
    for (family, ids) in gristmill::metrics::families() {
        let set = gristmill::metrics::MetricSet::new(ids);
        let work = move |text: &str| {
            let view = TextView::new(text);
            let subject = Subject { url: Some(text), ..Subject::of_text(&view) };
            set.compute(&subject, &gristmill::metrics::Settings::default(), &mut Vec::new());
        };
        all.push((format!("metrics {family}"), Box::new(work)));
    }
    for (path, text) in LIBRARY {
        let filter = Filter::parse(path, text).unwrap();
        let work = move |text: &str| {
            let view = TextView::new(text);
            let _ = filter.edit(&view, None);
            let _ = filter.apply(&Subject { url: Some(text), language: Some(("en", 0.9)), ..Subject::of_text(&view) });
        };
        all.push((format!("filter {path}"), Box::new(work)));
    }
    all
}

/// CPU time for a text of a hostile kind and for one four times as long, and whether it grew by less than five times.
fn growth(work: &dyn Fn(&str), small: &str, large: &str) -> (Duration, Duration, bool) {
    // Quadratic work is 16 times the time for four times the text, and beyond the least time by far.
    let least = Duration::from_millis(3);
    let (mut of_small, mut of_large) = (Duration::MAX, Duration::MAX);
    // The least of many runs: other programs, and tests of this one that take memory at the same time, only ever add to it.
    let is_linear = (0..60).any(|_| {
        of_small = of_small.min(cpu_time(work, small));
        of_large = of_large.min(cpu_time(work, large));
        of_large < of_small * 5 || of_large < least
    });
    (of_small, of_large, is_linear)
}

#[test]
fn hostile_texts_take_linear_time() {
    // Short enough to be done in seconds without optimisation.
    let length = 20_000;
    let all = all_work();
    for (name, make) in HOSTILE {
        let (small, large) = (make(length), make(4 * length));
        for (what, work) in &all {
            let (of_small, of_large, is_linear) = growth(work, &small, &large);
            // Between two lengths memory may begin to be asked of the system, page by page, which is a step and no slope: what is
            // not linear grows as fast from the next length on.
            let next = if is_linear { None } else { Some(growth(work, &large, &make(16 * length))) };
            let is_linear = next.is_none_or(|(_, _, is_linear)| is_linear);
            assert!(is_linear, "{what}, {name}: {of_small:?} for a sixteenth, {of_large:?} for a quarter, {next:?}");
        }
    }
}

#[test]
fn imported_thresholds_judge_as_datatrove_does() {
    use gristmill::filters::import::{LanguageBounds, Options, write};
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/fineweb2.json");
    let golden: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let bounds = LanguageBounds::read("deu_Latn", golden["thresholds"].as_str().unwrap()).unwrap();
    let options = Options { name: "golden", splitter: "spacy-en", version: None };
    let filter = Filter::parse("golden", &write(&[bounds], &options).unwrap().text).unwrap();
    let mut reasons = std::collections::BTreeSet::new();
    for case in golden["cases"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap().repeat(usize::try_from(case["repeat"].as_u64().unwrap()).unwrap());
        let (reason, _) = verdict(&filter, &text);
        assert_eq!(reason.as_deref(), case["reason"].as_str(), "{:?}", text.chars().take(60).collect::<String>());
        reasons.extend(reason);
    }
    assert!(reasons.len() >= 14, "{reasons:?}");
}
