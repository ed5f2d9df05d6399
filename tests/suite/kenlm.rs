//! N-gram models against what KenLM says of the same sentences.

use gristmill::classify::kenlm::{LmError, Model, State};
use serde_json::Value;

fn golden(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/kenlm").join(name);
    std::fs::read(path).expect("a golden file")
}

fn model(name: &str) -> Model {
    Model::from_bytes(golden(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Scores word by word, as `full_scores` of KenLM's Python binding: log10, length of the n-gram, unknown.
fn full_scores(model: &Model, text: &str, begin: bool, end: bool) -> Vec<(f32, usize, bool)> {
    let mut state = if begin { model.begin() } else { State::EMPTY };
    let words = model.words_of(text).chain(end.then(|| model.end()));
    let score = |word| {
        let score = model.score(&mut state, word);
        (score.log10, score.length, word == 0)
    };
    words.map(score).collect()
}

fn theirs(list: &Value) -> Vec<(f32, usize, bool)> {
    let one = |word: &Value| {
        let log10 = word[0].as_f64().expect("a number") as f32;
        (log10, word[1].as_u64().expect("a length") as usize, word[2].as_bool().expect("a flag"))
    };
    list.as_array().expect("words").iter().map(one).collect()
}

#[test]
fn every_kind_of_file_scores_as_kenlm_does_to_the_bit() {
    let expected: Value = serde_json::from_slice(&golden("scores.json")).expect("JSON");
    let expected = expected.as_object().expect("models");
    assert!(expected.len() >= 11, "all files are there");
    let mut unknown = 0;
    for (name, said) in expected {
        let model = model(name);
        assert_eq!(said["order"], model.order(), "{name}");
        for sentence in said["sentences"].as_array().expect("sentences") {
            let text = sentence["text"].as_str().expect("a text");
            assert_eq!(full_scores(&model, text, true, true), theirs(&sentence["words"]), "{name}: {text:?}");
            assert_eq!(full_scores(&model, text, false, false), theirs(&sentence["bare"]), "{name}: {text:?}");
            for (at, (begin, end)) in [(true, true), (true, false), (false, true), (false, false)].iter().enumerate() {
                let line = model.score_line(model.words_of(text), *begin, *end);
                let total = sentence["totals"][at].as_f64().expect("a number") as f32;
                assert_eq!(line.log10.to_bits(), total.to_bits(), "{name}: {text:?} {begin} {end}");
                unknown += line.unknown;
            }
            let line = model.score_line(model.words_of(text), true, true);
            let perplexity = 10_f64.powf(-f64::from(line.log10) / (line.words + 1) as f64);
            let said = sentence["perplexity"].as_f64().expect("a number");
            assert!((perplexity / said - 1.0).abs() < 1e-12, "{name}: {text:?}: {perplexity} {said}");
        }
    }
    assert!(unknown > 100, "unknown words were among them");
}

#[test]
fn damaged_models_are_refused_or_harmless() {
    let expected: Value = serde_json::from_slice(&golden("scores.json")).expect("JSON");
    let score = |model: &Model| {
        for text in ["the ledger is a tally .", "of the of the", "zzz"] {
            let _ = model.score_line(model.words_of(text), true, true);
        }
    };
    for name in expected.as_object().expect("models").keys() {
        let whole = golden(name);
        // Loading text takes its time.
        let step = if name.ends_with(".arpa") { 9973 } else { 499 };
        for length in (0..whole.len()).step_by(step) {
            let cut = Model::from_bytes(whole[..length].to_vec());
            // A binary file ends in a list of its words, which is not read.
            assert!(cut.is_err() || length > whole.len() - 4500, "{name} cut to {length} of {}", whole.len());
        }
        // Every byte of the parameters and counts, and some of the rest.
        let head = if name.ends_with(".arpa") { 0..0 } else { 88..150 };
        for at in head.chain((0..whole.len()).step_by(step)) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x81;
            if let Ok(model) = Model::from_bytes(bytes) {
                score(&model);
            }
        }
    }
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let said = |bytes: Vec<u8>| Model::from_bytes(bytes).err().expect("refused").to_string();
    let patched = |at: usize, to: u8| {
        let mut bytes = golden("probing.bin");
        bytes[at] = to;
        bytes
    };
    assert!(said(patched(96, 1)).contains("hash tables with rest costs"));
    assert!(said(patched(96, 9)).contains("unknown kind 9"));
    assert!(said(patched(104, 1)).contains("version of its tables is 1"));
    assert!(said(patched(88, 1)).contains("order 1"));
    assert!(said(patched(49, b'4')).contains("version `4`"));
    assert!(said(patched(60, 7)).contains("another kind of machine"));
    assert!(said(b"mmap lm http://kheafield.com/code incomplete\n".to_vec()).contains("did not finish"));
    assert_eq!(Model::from_bytes(b"hello".to_vec()).err(), Some(LmError::NotAModel));
    assert_eq!(Model::from_bytes(Vec::new()).err(), Some(LmError::NotAModel));
}

#[test]
fn wrong_lines_of_an_arpa_file_are_named() {
    let whole = "\\data\\\nngram 1=3\nngram 2=1\n\n\\1-grams:\n-1\t<s>\t-1\n-1\t</s>\n-1\ta\t-0.5\n\n\\2-grams:\n-0.25\t<s> a\n\n\\end\\\n";
    assert!(Model::from_bytes(whole.as_bytes().to_vec()).is_ok());
    let said = |from: &str, to: &str| {
        assert!(whole.contains(from));
        Model::from_bytes(whole.replacen(from, to, 1).into_bytes()).err().map(|error| error.to_string())
    };
    for (from, to, wanted) in [
        ("ngram 1=3", "ngram 1=x", "line 2: `ngram 1=x` where `ngram 1=…` should stand"),
        ("ngram 1=3", "ngram 1=4", "line 9: `` does not begin with a number"),
        ("ngram 2=1", "ngram 2=99999999999", "expected"),
        ("-1\ta", "-1\t<s>", "line 8: `<s>` is listed twice"),
        ("<s>\t-1", "<x>\t-1", "no `<s>` is among its words"),
        ("-0.25", "0.25", "line 11: `0.25\t<s> a` has a probability above 1"),
        ("<s> a", "<s> b", "line 11: `b` is not among the words"),
        ("<s> a", "a", "has less than 2 words"),
        ("<s> a", "<s> a\t-1", "has a back-off, and nothing is longer"),
        ("\\2-grams:", "\\3-grams:", "line 10: `\\3-grams:` where `\\2-grams:` should stand"),
        ("\\end\\", "", "the file ends where `\\end\\` should stand"),
        ("-0.5", "nan", "has no back-off"),
    ] {
        let found = said(from, to).unwrap_or_default();
        assert!(found.contains(wanted), "{from:?} as {to:?}: {found}");
    }
}

#[test]
fn without_an_unknown_word_kenlms_default_stands() {
    let text = "\\data\\\nngram 1=3\nngram 2=1\n\n\\1-grams:\n-1\t<s>\t-1\n-1\t</s>\n-1\ta\t-0.5\n\n\\2-grams:\n-0.25\t<s> a\n\n\\end\\\n";
    let model = Model::from_bytes(text.as_bytes().to_vec()).expect("a model");
    // KenLM: -100 for the word, -1 for leaving `<s>`; then the end alone.
    let line = model.score_line(model.words_of("b"), true, true);
    assert_eq!((line.log10, line.words, line.unknown), (-102.0, 1, 1));
}
