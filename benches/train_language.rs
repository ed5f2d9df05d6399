//! Trains the embedded language model and writes it: `cargo bench --bench train_language -- <folder of languages> <model.bin>`.
//!
//! The folder has one folder per language code with `testdata/sentences.txt`, `word-pairs.txt` and `single-words.txt`.
//! Without an output file it prints five-fold cross-validated figures instead.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout, reason = "a measuring program prints its figures")]

use gristmill::language::train::{Sample, train};
use gristmill::language::{CharModel, Detector};
use std::collections::BTreeMap;
use std::path::Path;

struct Language {
    code: String,
    sentences: Vec<String>,
    words: Vec<String>,
}

fn read(root: &Path) -> Vec<Language> {
    let mut codes: Vec<String> = std::fs::read_dir(root)
        .expect("the folder of languages can be read")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a code"))
        .collect();
    codes.sort();
    let lines = |code: &str, file: &str| -> Vec<String> {
        let path = root.join(code).join("testdata").join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
    };
    let language = |code: String| Language {
        sentences: lines(&code, "sentences.txt"),
        words: [lines(&code, "word-pairs.txt"), lines(&code, "single-words.txt")].concat(),
        code,
    };
    codes.into_iter().map(language).collect()
}

fn samples(languages: &[Language], keep: impl Fn(usize) -> bool) -> Vec<Sample<'_>> {
    let mut out = Vec::new();
    for language in languages {
        let label = language.code.as_str();
        let sentences = language.sentences.iter().enumerate().filter(|&(at, _)| keep(at));
        out.extend(sentences.map(|(_, text)| Sample { label, text, sentence: true }));
        out.extend(language.words.iter().map(|text| Sample { label, text, sentence: false }));
    }
    out
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let root = arguments.first().expect("usage: train_language <folder of languages> [<model.bin>]");
    let languages = read(Path::new(root));
    if let Some(out) = arguments.get(1) {
        let bytes = train(&samples(&languages, |_| true)).expect("every group has languages");
        std::fs::write(out, &bytes).expect("the model can be written");
        println!("{} bytes written", bytes.len());
        return;
    }
    cross_validate(&languages);
}

fn cross_validate(languages: &[Language]) {
    let (mut all, mut right, mut sure) = (0, 0, 0.0);
    let mut wrong: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut bins = [(0u32, 0u32, 0f64); 10];
    for fold in 0..5 {
        let bytes = train(&samples(languages, |at| at % 5 != fold)).expect("every group has languages");
        let model = CharModel::from_bytes(bytes).expect("a model just written");
        for language in languages {
            for text in language.sentences.iter().skip(fold).step_by(5) {
                let guess = model.detect(text);
                let (label, score) = guess.map_or((String::from("-"), 0.0), |g| (g.label.to_string(), g.score));
                let hit = label == language.code;
                let bin = &mut bins[((score * 10.0) as usize).min(9)];
                *bin = (bin.0 + 1, bin.1 + u32::from(hit), bin.2 + f64::from(score));
                all += 1;
                right += u32::from(hit);
                sure += f64::from(score);
                if !hit {
                    *wrong.entry((language.code.clone(), label)).or_default() += 1;
                }
            }
        }
    }
    println!(
        "accuracy {:.4} of {all} sentences, mean score {:.4}",
        f64::from(right) / f64::from(all),
        sure / f64::from(all)
    );
    for (low, (n, hits, sum)) in bins.iter().enumerate().filter(|(_, bin)| bin.0 > 0) {
        let n = f64::from(*n);
        println!(
            "score {:.1}..: {n} sentences, mean score {:.3}, right {:.3}",
            low as f64 / 10.0,
            sum / n,
            f64::from(*hits) / n
        );
    }
    let mut wrong: Vec<_> = wrong.into_iter().map(|(pair, n)| (n, pair)).collect();
    wrong.sort_by(|a, b| b.cmp(a));
    for (n, (is, said)) in wrong.iter().take(15) {
        println!("{n} {is} taken for {said}");
    }
}
