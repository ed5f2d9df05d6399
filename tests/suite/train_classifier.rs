//! `gristmill train classifier …` as people type it.

use crate::cli::{Dir, code, gristmill, printed, said};
use gristmill::classify::FastText;

/// 300 labelled lines whose words tell the label.
fn lines(as_json: bool) -> String {
    const GOOD: [&str; 5] = ["theorem", "lemma", "proof", "integral", "Körper"];
    const POOR: [&str; 5] = ["buy", "cheap", "click", "offer", "Rabatt"];
    let line = |i: usize| {
        let (label, words) = if i.is_multiple_of(3) { ("hq", GOOD) } else { ("cc", POOR) };
        let text = format!("the {} and {} of number{i}", words[i % 5], words[i / 5 % 5]);
        if as_json {
            format!("{{\"text\": \"{text}\", \"kind\": \"{label}\"}}\n")
        } else {
            format!("__label__{label} {text}\n")
        }
    };
    (0..300).map(line).collect()
}

const SMALL: [&str; 10] = ["--dim", "8", "--epochs", "10", "--rate", "0.5", "--word-ngrams", "2", "--bucket", "400"];

fn trained(dir: &Dir, name: &str, more: &[&str]) -> std::process::Output {
    let out = dir.path(name);
    gristmill(&[&["train", "classifier", "--out", &out][..], &SMALL[..], more].concat())
}

fn json(path: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn labelled_texts_become_two_models_with_figures() {
    let dir = Dir::new();
    let input = dir.write("texts.jsonl", &lines(true));
    let report = dir.path("figures.json");
    let more = ["--input", &input, "--label-field", "kind", "--quantize", "--cutoff", "350", "--report", &report];
    let done = trained(&dir, "m.bin", &more);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let report = json(&report);
    let models = report["models"].as_array().unwrap();
    assert_eq!(models.len(), 2);
    for (name, told) in ["m.bin", "m.ftz"].iter().zip(models) {
        let bytes = std::fs::read(dir.path(name)).unwrap();
        assert_eq!(told["bytes"].as_u64(), Some(bytes.len() as u64));
        let model = FastText::from_bytes(&bytes).unwrap();
        assert_eq!(model.labels(), ["__label__cc", "__label__hq"]);
        let mut found = Vec::new();
        model.predict("the lemma and proof", 1, 0.0, &mut found);
        assert!(found[0].0 == 1 && found[0].1 > 0.8, "{name}: {found:?}");
        assert!(told["accuracy"].as_f64().unwrap() > 0.95, "{told}");
        let held: u64 = told["labels"].as_array().unwrap().iter().map(|one| one["held"].as_u64().unwrap()).sum();
        assert!((10..60).contains(&held) && told["texts"].as_u64() == Some(held), "{told}");
        assert!(told["bounds"]["hq"].as_array().unwrap().len() == 7, "{told}");
    }
    assert!(printed(&done).contains("calibration error") && printed(&done).contains("min-score"), "{}", printed(&done));
    // Lines of fastText's own form say the same; the same seed gives the same bytes.
    let plain = dir.write("texts.txt", &lines(false));
    let again = trained(&dir, "again.bin", &["--input", &plain]);
    assert_eq!(code(&again), 0, "{}", said(&again));
    assert_eq!(std::fs::read(dir.path("again.bin")).unwrap(), std::fs::read(dir.path("m.bin")).unwrap());
    let taken = trained(&dir, "m.bin", &["--input", &input, "--label-field", "kind"]);
    assert!(code(&taken) == 2 && said(&taken).contains("exists"), "{}", said(&taken));
}

#[test]
fn a_model_that_cannot_be_quantized_is_still_written_whole() {
    let dir = Dir::new();
    let input = dir.write("few.txt", "__label__a lemma\n__label__b offer\n");
    let report = dir.path("figures.json");
    let few = |name: &str, more: &[&str]| {
        let out = dir.path(name);
        let fixed = ["train", "classifier", "--input", &input, "--dim", "4", "--held-out", "0", "--out", &out];
        gristmill(&[&fixed[..], more].concat())
    };
    let done = few("m.bin", &["--quantize", "--report", &report]);
    assert!(code(&done) == 2 && said(&done).contains("cannot be quantized"), "{}", said(&done));
    assert!(FastText::from_bytes(&std::fs::read(dir.path("m.bin")).unwrap()).is_ok());
    let told = json(&report);
    assert!(told["models"].as_array().is_some_and(|models| models.len() == 1), "{told}");
    assert!(!std::path::Path::new(&dir.path("m.ftz")).exists());
    // What can be known before is said before.
    let done = few("n.bin", &["--quantize", "--cutoff", "255"]);
    assert!(code(&done) == 2 && said(&done).contains("`--cutoff 255` keeps fewer rows"), "{}", said(&done));
    let done = few("n.ftz", &["--dsub", "5"]);
    assert!(code(&done) == 2 && said(&done).contains("`--dsub 5` is not from 1"), "{}", said(&done));
    assert!(!std::path::Path::new(&dir.path("n.bin")).exists());
    // Nothing is quantized: what belongs to that alone is not looked at.
    let done = few("n.bin", &["--dsub", "5"]);
    assert_eq!(code(&done), 0, "{}", said(&done));
}

#[test]
fn good_texts_are_told_from_a_random_sample() {
    let dir = Dir::new();
    let part = |label: &str| {
        let kept: Vec<String> = lines(false)
            .lines()
            .filter_map(|line| line.strip_prefix(label))
            .map(|text| format!("{{\"text\": \"{text}\"}}\n"))
            .collect();
        kept.concat()
    };
    let good = dir.write("good.jsonl", &part("__label__hq "));
    let random = dir.write("random.jsonl", &part("__label__cc "));
    let done = trained(&dir, "m.bin", &["--good", &good, "--random", &random, "--held-out", "0.3"]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let shown = printed(&done);
    assert!(
        shown.contains("bounds on the probability of good, by the share of held-out texts labelled random"),
        "{shown}"
    );
    let test = dir.write("test.txt", "__label__good lemma proof\n__label__random cheap offer\n__label__strange x\n");
    let done = trained(&dir, "n.bin", &["--good", &good, "--random", &random, "--test", &test]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    assert!(printed(&done).contains("3 held-out texts: accuracy 0.6667"), "{}", printed(&done));
}

#[test]
fn what_is_wrong_names_file_and_line() {
    let dir = Dir::new();
    let refused = |content: &str, more: &[&str]| {
        let input = dir.write("in.txt", content);
        let done = trained(&dir, "none.bin", &[&["--input", &input], more].concat());
        assert_eq!(code(&done), 2, "{}", said(&done));
        assert!(!std::path::Path::new(&dir.path("none.bin")).exists());
        said(&done)
    };
    let json = "{\"text\": \"a b\", \"label\": \"x\"}\n\n{\"text\": \"a b\", \"label\": [1]}\n";
    assert!(refused(json, &[]).contains("in.txt`, line 3: the label `label` is neither"), "{}", refused(json, &[]));
    assert!(refused("{\"text\": \"a b\"}\n", &[]).contains("in.txt`, line 1: there is no field `label`"));
    assert!(refused("__label__a b\nc d\n", &[]).contains("in.txt`, line 2: the line does not begin with"));
    assert!(refused("__label__a __label__b c\n", &[]).contains("line 1: the line has two labels"));
    assert!(refused("__label__a b c\n__label__a d\n", &["--held-out", "0"]).contains("1 different labels"));
    assert!(refused("__label__a b c\n", &["--memory", "1KiB"]).contains("`--memory` allows"));
    let grams = ["--minn", "3", "--maxn", "2"];
    assert!(refused("__label__a b c\n", &grams).contains("`minn` is 3; it must be at most `maxn`"));
    // A broken line is counted and passed over.
    let broken = format!("{{\"text\": \"half\n{}", lines(true));
    let input = dir.write("broken.jsonl", &broken);
    let done = trained(&dir, "m.bin", &["--input", &input, "--label-field", "kind"]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    assert!(
        said(&done).contains("1 damaged records passed over, the first of them: ") && said(&done).contains("line 1"),
        "{}",
        said(&done)
    );
}
