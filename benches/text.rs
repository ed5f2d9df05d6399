//! Speed of the text module on real English text, in MB of UTF-8 per CPU second and core.
//!
//! Reads the files named on the command line: JSON strings, one document per line.

#![allow(clippy::print_stdout)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use gristmill::text::{LineRule, ParagraphRule, SentenceRule, Splitter, TextView, python, simplify};

/// Seconds this thread has had on a processor, where the system tells it; else a clock's.
fn cpu_seconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.elapsed().as_secs_f64(),
    }
}

fn main() {
    let mut docs = Vec::new();
    for path in std::env::args().skip(1).filter(|a| !a.starts_with("--")) {
        match std::fs::read_to_string(&path) {
            Ok(text) => docs.extend(text.lines().filter_map(|l| serde_json::from_str::<String>(l).ok())),
            Err(error) => println!("`{path}`: {error}"),
        }
    }
    if docs.is_empty() {
        println!("usage: text FILE of JSON strings, one per line");
        return;
    }
    let bytes: usize = docs.iter().map(String::len).sum();
    println!("{} documents, {:.1} MB", docs.len(), bytes as f64 / 1e6);
    let measure = |name: &str, work: &dyn Fn(&str) -> usize| {
        // Whole passes, so that no branch predictor learns a document by heart.
        let start = cpu_seconds();
        let mut passes = 0;
        let mut n = 0;
        while cpu_seconds() - start < 1.0 && passes < 40 {
            n = docs.iter().map(|d| black_box(work(black_box(d)))).sum();
            passes += 1;
        }
        let best = (cpu_seconds() - start) / f64::from(passes);
        println!("{name:<22} {:8.0} MB/s {:7.2} ns/byte  {n}", bytes as f64 / 1e6 / best, best * 1e9 / bytes as f64);
    };
    for splitter in Splitter::ALL {
        measure(&format!("words {splitter:?}"), &|d| TextView::new(d).words(splitter).len());
    }
    measure("SpacyEn word hashes", &|d| TextView::new(d).word_hashes(Splitter::SpacyEn).len());
    measure("joined SpacyEn", &|d| TextView::new(d).joined(Splitter::SpacyEn).n_words());
    for rule in SentenceRule::ALL {
        measure(&format!("sentences {rule:?}"), &|d| TextView::new(d).sentences(rule).len());
    }
    measure("simplify", &|d| simplify(d).len());
    measure("lower", &|d| python::lower(d).len());
    measure("n_chars", &|d| TextView::new(d).n_chars());
    measure("splitlines", &|d| TextView::new(d).lines(LineRule::PythonSplitlines).len());
    measure("lines \\n+", &|d| TextView::new(d).lines(LineRule::NewlinePlus).len());
    measure("paragraphs", &|d| TextView::new(d).paragraphs(ParagraphRule::BlankLines).len());
}
