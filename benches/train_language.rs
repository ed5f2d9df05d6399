//! Trains the embedded language model and writes it: `cargo bench --bench train_language -- <folder of languages> <model.bin>
//! <folder of foreign texts>`.
//!
//! The folder of languages has one folder per language code with `testdata/sentences.txt`, `word-pairs.txt` and `single-words.txt`; the
//! other one is what `tests/scripts/udhr_texts.py` writes. Without an output file it prints five-fold cross-validated figures instead.
//! `<folder of languages> unseen` prints how sure models are of languages that they were not trained on; with the folder of foreign
//! texts behind it, how sure they are of those, a fifth of them kept from training.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measuring program looks at files as users do"
)]
#![allow(clippy::print_stdout, reason = "a measuring program prints its figures")]

use gristmill::language::train::{Sample, train, train_beside};
use gristmill::language::{CharModel, Detector, labels};
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

/// Languages that a model knows by their script, without training.
const BY_SCRIPT: [&str; 9] = ["am", "bo", "km", "kn", "lo", "ml", "my", "or", "si"];

fn known(languages: &[Language]) -> Vec<&str> {
    languages.iter().map(|language| language.code.as_str()).chain(BY_SCRIPT).collect()
}

/// Languages of a folder of foreign texts: under the label of a language that detectors know where its code means one.
fn read_foreign(root: &Path, languages: &[Language]) -> Vec<Language> {
    let known = known(languages);
    let entries = std::fs::read_dir(root).expect("the folder of foreign texts can be read");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let language = |path: &std::path::PathBuf| {
        let code = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let label = labels::normalise(&code).to_owned();
        let text = std::fs::read_to_string(path).expect("a text");
        let sentences = text.lines().map(str::to_owned).collect();
        Language { code: if known.contains(&label.as_str()) { label } else { code }, sentences, words: Vec::new() }
    };
    paths.iter().map(language).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let root = arguments.first().expect("usage: train_language <folder of languages> [<model.bin>]");
    let languages = read(Path::new(root));
    let foreign = arguments.get(2).map(|folder| read_foreign(Path::new(folder), &languages));
    if arguments.get(1).is_some_and(|word| word == "unseen") {
        match foreign {
            Some(foreign) => unseen_foreign(&languages, &foreign),
            None => unseen(&languages),
        }
        return;
    }
    if let Some(out) = arguments.get(1) {
        let foreign = foreign.unwrap_or_default();
        let bytes = train_beside(&samples(&languages, |_| true), &samples(&foreign, |_| true));
        let bytes = bytes.expect("every group has languages");
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

/// Bounds whose shares are printed.
const BOUNDS: [f32; 5] = [0.2, 0.3, 0.5, 0.65, 0.8];
/// Sentences of a document.
const JOINED: usize = 10;

/// Trains five times without a fifth of the languages and of the sentences, and prints which share of texts has a score at
/// or above each bound: unseen languages under another's label, and unseen sentences of known ones; sentence by sentence and in
/// documents of ten.
fn unseen(languages: &[Language]) {
    let mut tables = [[[0_u32; BOUNDS.len() + 1]; 2]; 2];
    let mut by: BTreeMap<&str, (u32, f64)> = BTreeMap::new();
    for fold in 0..5 {
        let seen: Vec<Language> = languages
            .iter()
            .enumerate()
            .filter(|(at, _)| at % 5 != fold)
            .map(|(_, one)| Language {
                code: one.code.clone(),
                sentences: one.sentences.clone(),
                words: one.words.clone(),
            })
            .collect();
        let bytes = train(&samples(&seen, |at| at % 5 != fold)).expect("every group has languages");
        let model = CharModel::from_bytes(bytes).expect("a model just written");
        for (at, language) in languages.iter().enumerate() {
            let absent = usize::from(at % 5 == fold);
            let sentences: Vec<&str> = language.sentences.iter().skip(fold).step_by(5).map(String::as_str).collect();
            let documents: Vec<String> = sentences.chunks(JOINED).map(|ten| ten.join("\n")).collect();
            let texts = sentences.iter().map(|text| (0, *text)).chain(documents.iter().map(|text| (1, text.as_str())));
            for (form, text) in texts {
                // Greek stays Greek without a sentence of it: a script can be enough. Only a wrong label is a wrong certainty.
                let guess = model.detect(text).filter(|guess| absent == 0 || *guess.label != *language.code);
                let score = guess.map_or(0.0, |guess| guess.score);
                let row = &mut tables[form][absent];
                add(row, score);
                if absent == 1 && form == 1 {
                    let cell = by.entry(&language.code).or_default();
                    *cell = (cell.0 + 1, cell.1 + f64::from(score));
                }
            }
        }
    }
    for (form, rows) in ["sentence", "document"].iter().zip(&tables) {
        for (whose, row) in ["known", "unseen"].iter().zip(rows) {
            print_row(form, whose, row);
        }
    }
    print_means(by);
}

/// Shares of texts at or above each bound.
type Row = [u32; BOUNDS.len() + 1];

fn add(row: &mut Row, score: f32) {
    BOUNDS.iter().zip(row.iter_mut()).for_each(|(bound, cell)| *cell += u32::from(score >= *bound));
    row[BOUNDS.len()] += 1;
}

fn print_row(form: &str, whose: &str, row: &Row) {
    let all = f64::from(row[BOUNDS.len()]);
    let shares = BOUNDS.iter().zip(row).map(|(bound, n)| format!(">={bound} {:.3}", f64::from(*n) / all));
    println!("{form} {whose:9} {all} texts: {}", shares.collect::<Vec<_>>().join("  "));
}

fn print_means(by: BTreeMap<&str, (u32, f64)>) {
    let mut by: Vec<_> = by.into_iter().map(|(code, (n, sum))| (sum / f64::from(n), code)).collect();
    by.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("documents of unseen languages, mean score: {by:.2?}");
}

/// Trains five times without a fifth of the foreign languages, without a fifth of the blocks of ten paragraphs of the others, and without
/// a fifth of the sentences of the known ones. Prints which share of the texts that were kept from training has a score at or above each bound:
/// `known` sentences and `formal` paragraphs in known languages under their label, `decoy` paragraphs of languages of which others were in
/// training, `unseen` ones of languages of which none was.
fn unseen_foreign(languages: &[Language], foreign: &[Language]) {
    const WHOSE: [&str; 4] = ["known", "formal", "decoy", "unseen"];
    let mut tables = [[[0_u32; BOUNDS.len() + 1]; 4]; 2];
    let mut by: BTreeMap<&str, (u32, f64)> = BTreeMap::new();
    let known = known(languages);
    for fold in 0..5 {
        let absent = |at: usize| at % 5 == fold;
        let beside = foreign.iter().enumerate().filter(|(at, _)| !absent(*at)).flat_map(|(_, language)| {
            let kept = language.sentences.iter().enumerate().filter(|(at, _)| !absent(at / JOINED));
            kept.map(|(_, text)| Sample { label: &language.code, text, sentence: true })
        });
        let bytes = train_beside(&samples(languages, |at| !absent(at)), &beside.collect::<Vec<_>>());
        let model = CharModel::from_bytes(bytes.expect("every group has languages")).expect("a model just written");
        let mut look = |whose: usize, language: &'_ Language, texts: Vec<&str>| {
            let documents: Vec<String> = texts.chunks(JOINED).map(|ten| ten.join("\n")).collect();
            let mut sum = (0, 0.0);
            for (form, text) in
                texts.into_iter().map(|text| (0, text)).chain(documents.iter().map(|text| (1, text.as_str())))
            {
                // A wrong label in a known language is for `bound` as good as none.
                let guess = model.detect(text).filter(|guess| whose > 1 || *guess.label == *language.code);
                let score = guess.map_or(0.0, |guess| guess.score);
                add(&mut tables[form][whose], score);
                sum = (sum.0 + form as u32, sum.1 + f64::from(score) * form as f64);
            }
            sum
        };
        for language in languages {
            look(0, language, language.sentences.iter().skip(fold).step_by(5).map(String::as_str).collect());
        }
        for (at, language) in foreign.iter().enumerate() {
            let blocks = language.sentences.chunks(JOINED).enumerate();
            let held = blocks.filter(|(block, _)| absent(at) || absent(*block)).flat_map(|(_, block)| block);
            let whose = if known.contains(&language.code.as_str()) { 1 } else { 2 + usize::from(absent(at)) };
            let (n, sum) = look(whose, language, held.map(String::as_str).collect());
            if whose == 3 {
                by.insert(&language.code, (n, sum));
            }
        }
    }
    for (form, rows) in ["paragraph", "document"].iter().zip(&tables) {
        for (whose, row) in WHOSE.iter().zip(rows) {
            print_row(form, whose, row);
        }
    }
    print_means(by);
}
