//! Speed of splitting, of the metrics and of the filters on real text: CPU nanoseconds per byte and MB per second of
//! one core, on three corpora.
//!
//! `GRISTMILL_DATA=… cargo bench --bench filters [NAME-PART …]` reads a few files of the corpus there. With name parts
//! only the lines are measured whose name holds one of them, with `--corpus=NAME-PART` only in that corpus.
//!
//! Each number is the best of several passes over the whole corpus, so that a busy machine disturbs it little; passes
//! are whole, so that no branch predictor learns a document by heart.

#![allow(clippy::print_stdout, missing_docs)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]

use std::io::BufRead as _;
use std::path::Path;

use gristmill::filters::{Filter, LIBRARY};
use gristmill::metrics::{self, MetricSet, Settings, Subject};
use gristmill::text::{LineRule, ParagraphRule, SentenceRule, Splitter, TextView};
use rustix::time::{ClockId, clock_gettime};

/// Corpora and their files.
const CORPORA: [(&str, &[&str]); 3] = [
    (
        "English",
        &[
            "classic-books-a.jsonl.zst",
            "kafka-wetlike-a.jsonl.zst",
            "peer-output-documents.jsonl.zst",
            "powershell-docs.jsonl.zst",
        ],
    ),
    ("English prose", &["classic-books-a.jsonl.zst"]),
    (
        "multilingual",
        &["tensorflow-docs-l10n.jsonl.zst", "masakhane-a.jsonl.zst", "tldr.jsonl.zst", "thaigov-a.jsonl.zst"],
    ),
];

/// The filters that datatrove's FineWeb pipeline runs one after another on the text.
const CHAIN: [&str; 4] = ["gopher-repetition@", "gopher-quality@", "c4-quality-fineweb@", "fineweb-quality@"];

/// Bytes read of each corpus.
const CORPUS_BYTES: usize = 24_000_000;
/// About so many of them serve for metrics one by one.
const SAMPLE_BYTES: usize = 4_000_000;
/// How many single metrics are printed, from the slowest on.
const SLOWEST: usize = 15;

/// Documents of a corpus, up to about [`CORPUS_BYTES`] of text, from each file as much as from the others.
fn documents(folder: &Path, files: &[&str]) -> Vec<String> {
    let mut texts = Vec::new();
    for file in files {
        let file = std::fs::File::open(folder.join(file)).expect("corpus file");
        let lines = std::io::BufReader::new(zstd::Decoder::new(file).expect("zstd")).lines();
        let mut total = 0;
        for line in lines {
            let document: serde_json::Value = serde_json::from_str(&line.expect("line")).expect("json");
            let text = document["text"].as_str().unwrap_or_default().to_owned();
            total += text.len();
            texts.push(text);
            if total > CORPUS_BYTES / files.len() {
                break;
            }
        }
    }
    texts
}

/// Every k-th document, so that about [`SAMPLE_BYTES`] are left.
fn sample(texts: &[String]) -> Vec<String> {
    let bytes: usize = texts.iter().map(String::len).sum();
    texts.iter().step_by((bytes / SAMPLE_BYTES).max(1)).cloned().collect()
}

/// Nanoseconds that this thread has had on a processor.
fn cpu_nanoseconds() -> i64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// CPU nanoseconds per byte of `work` over all texts: the best of three passes or more, of half a second at least.
fn nanoseconds_per_byte(texts: &[String], passes: usize, mut work: impl FnMut(&TextView<'_>)) -> f64 {
    let bytes: usize = texts.iter().map(String::len).sum();
    let (mut best, mut spent, mut pass) = (i64::MAX, 0, 0);
    while pass < passes || spent < 500_000_000 {
        let start = cpu_nanoseconds();
        for text in texts {
            work(&TextView::new(text));
        }
        let took = cpu_nanoseconds() - start;
        best = best.min(took);
        spent += took;
        pass += 1;
    }
    best as f64 / bytes as f64
}

/// Prints one line.
fn print(name: &str, nanoseconds: f64) {
    println!("  {name:<46} {nanoseconds:>7.2} ns/B {:>8.1} MB/s", 1e3 / nanoseconds);
}

/// What is measured: lines whose name holds one of the parts, all if there are none.
struct Choice(Vec<String>);

impl Choice {
    fn has(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|part| name.contains(part.as_str()))
    }

    /// Measures and prints one line, if it is chosen.
    fn measure(&self, name: &str, texts: &[String], work: impl FnMut(&TextView<'_>)) {
        if self.has(name) {
            print(name, nanoseconds_per_byte(texts, 3, work));
        }
    }
}

/// Splitters, line rules, paragraph rules, sentence rules.
fn splitting(choice: &Choice, texts: &[String]) {
    choice.measure("words (spacy-en), lines, paragraphs", texts, |view| {
        view.words(Splitter::SpacyEn);
        view.lines(LineRule::PythonSplitlines);
        view.lines(LineRule::NewlinePlus);
        view.lines(LineRule::NewlineNonBlank);
        view.paragraphs(ParagraphRule::BlankLines);
    });
    for splitter in Splitter::ALL {
        choice.measure(&format!("splitter {splitter:?}"), texts, |view| {
            view.words(splitter);
        });
    }
    for rule in LineRule::ALL {
        choice.measure(&format!("lines {rule:?}"), texts, |view| {
            view.lines(rule);
        });
    }
    for rule in ParagraphRule::ALL {
        choice.measure(&format!("paragraphs {rule:?}"), texts, |view| {
            view.paragraphs(rule);
        });
    }
    choice.measure("sentences SpacyEn, words included", texts, |view| {
        view.sentences(SentenceRule::SpacyEn);
    });
    choice.measure("sentences RedPajama", texts, |view| {
        view.sentences(SentenceRule::RedPajama);
    });
}

/// The slowest metrics, each measured alone on a view of its own, splitting included.
fn single_metrics(choice: &Choice, texts: &[String]) {
    let few = sample(texts);
    let settings = Settings::default();
    let mut row = Vec::new();
    let mut all: Vec<(f64, &str)> = Vec::new();
    for id in metrics::all().filter(|id| choice.has(&format!("metric {}", id.name()))) {
        let set = MetricSet::new([id]);
        let spent = nanoseconds_per_byte(&few, 2, |view| set.compute(&Subject::of_text(view), &settings, &mut row));
        all.push((spent, id.name()));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (spent, name) in all.into_iter().take(SLOWEST) {
        print(&format!("metric {name}"), spent);
    }
}

/// Families, filters, chain.
fn filters(choice: &Choice, texts: &[String], filters: &[Filter]) {
    let settings = Settings::default();
    let mut row = Vec::new();
    for (family, ids) in metrics::families() {
        let set = MetricSet::new(ids);
        choice.measure(&format!("family {family}, splitting included"), texts, |view| {
            set.compute(&Subject::of_text(view), &settings, &mut row);
        });
    }
    for filter in filters {
        choice.measure(&format!("filter {}", filter.name), texts, |view| {
            let _ = filter.apply(&Subject::of_text(view));
        });
    }
    let of = |name: &&str| filters.iter().find(|filter| filter.name.starts_with(*name));
    let chain: Vec<&Filter> = CHAIN.iter().filter_map(of).collect();
    choice.measure("FineWeb chain: all metrics of four filters", texts, |view| {
        for filter in &chain {
            filter.measure(&Subject::of_text(view), &mut row);
        }
    });
}

fn main() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA") else {
        println!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let choice = Choice(std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect());
    let corpus_part = std::env::args().find_map(|argument| argument.strip_prefix("--corpus=").map(str::to_owned));
    let corpus_part = corpus_part.unwrap_or_default();
    let folder = Path::new(&data).join("8-corpus");
    let parse = |(name, text): &(&str, &str)| Filter::parse(name, text).expect("library filter");
    let library: Vec<Filter> = LIBRARY.iter().map(parse).collect();
    for (corpus, files) in CORPORA.into_iter().filter(|(name, _)| name.contains(&corpus_part)) {
        let texts = documents(&folder, files);
        let bytes: usize = texts.iter().map(String::len).sum();
        println!("{corpus}: {} documents, {:.1} MB", texts.len(), bytes as f64 / 1e6);
        splitting(&choice, &texts);
        filters(&choice, &texts, &library);
        single_metrics(&choice, &texts);
    }
}
