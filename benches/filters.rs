//! Speed of the metrics, family by family and filter by filter, in MB of text per second of one core.
//!
//! `GRISTMILL_DATA=… cargo bench --bench filters [FILTER-NAME-PART]` reads a few files of the corpus there.

#![allow(clippy::print_stdout, missing_docs)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]

use std::io::BufRead as _;
use std::path::Path;
use std::time::Duration;

use gristmill::filters::{Filter, LIBRARY};
use gristmill::metrics::{self, MetricSet, Settings, Subject};
use gristmill::text::{LineRule, ParagraphRule, Splitter, TextView};

/// Documents of a corpus file, up to about so many bytes of text.
fn documents(folder: &Path, files: &[&str], bytes: usize) -> Vec<String> {
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
            if total > bytes / files.len() {
                break;
            }
        }
    }
    texts
}

/// User and system time of this process so far.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields.iter().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    // The clock tick of /proc is 1/100 s on Linux.
    Duration::from_millis(ticks * 10)
}

/// Prints the speed of `work` over all texts, repeated until it has taken at least a second.
fn measure(name: &str, texts: &[String], mut work: impl FnMut(&TextView<'_>)) {
    let bytes: usize = texts.iter().map(String::len).sum();
    let (start, mut rounds) = (cpu_time(), 0_u32);
    let spent = loop {
        for text in texts {
            work(&TextView::new(text));
        }
        rounds += 1;
        let spent = cpu_time() - start;
        if spent > Duration::from_secs(1) {
            break spent;
        }
    };
    let speed = bytes as f64 * f64::from(rounds) / spent.as_secs_f64() / 1e6;
    println!("  {name:<44} {speed:>8.1} MB/s");
}

fn main() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA") else {
        println!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let folder = Path::new(&data).join("8-corpus");
    let filters: Vec<Filter> =
        LIBRARY.iter().map(|(name, text)| Filter::parse(name, text).expect("library filter")).collect();
    for (corpus, files) in [
        (
            "English",
            &[
                "classic-books-a.jsonl.zst",
                "kafka-wetlike-a.jsonl.zst",
                "peer-output-documents.jsonl.zst",
                "powershell-docs.jsonl.zst",
            ][..],
        ),
        (
            "multilingual",
            &["tensorflow-docs-l10n.jsonl.zst", "masakhane-a.jsonl.zst", "tldr.jsonl.zst", "thaigov-a.jsonl.zst"],
        ),
    ] {
        let texts = documents(&folder, files, 24_000_000);
        let bytes: usize = texts.iter().map(String::len).sum();
        println!("{corpus}: {} documents, {:.1} MB", texts.len(), bytes as f64 / 1e6);
        measure("words (spacy-en), lines, paragraphs", &texts, |view| {
            view.words(Splitter::SpacyEn);
            view.lines(LineRule::PythonSplitlines);
            view.lines(LineRule::NewlinePlus);
            view.lines(LineRule::NewlineNonBlank);
            view.paragraphs(ParagraphRule::BlankLines);
        });
        let settings = Settings::default();
        let mut row = Vec::new();
        for (family, ids) in metrics::families() {
            if only.as_ref().is_none_or(|only| family.contains(only.as_str())) {
                let set = MetricSet::new(ids);
                measure(&format!("family {family}, splitting included"), &texts, |view| {
                    set.compute(&Subject::of_text(view), &settings, &mut row);
                });
            }
        }
        for filter in &filters {
            if only.as_ref().is_none_or(|only| filter.name.contains(only.as_str())) {
                measure(&format!("filter {}", filter.name), &texts, |view| {
                    let _ = filter.apply(&Subject::of_text(view));
                });
            }
        }
        let chain = ["gopher-repetition@", "gopher-quality@", "c4-quality-fineweb@", "fineweb-quality@"];
        let chain: Vec<&Filter> =
            chain.iter().filter_map(|name| filters.iter().find(|filter| filter.name.starts_with(name))).collect();
        measure("FineWeb chain: all metrics of four filters", &texts, |view| {
            for filter in &chain {
                filter.measure(&Subject::of_text(view), &mut row);
            }
        });
    }
}
