//! `gristmill train lm`: the numbers of KenLM's `lmplz` on the same text.

use gristmill::classify::kenlm::Model;
use gristmill::classify::kenlm::train::{Counter, train};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/kenlm").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(golden(name)).expect("a golden file")
}

/// N-grams in the order of the file, with log10 of probability and back-off.
fn ngrams(arpa: &str) -> Vec<(String, f32, f32)> {
    let lines = arpa.lines().filter(|line| line.contains('\t'));
    let one = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |at: usize| fields.get(at).map_or(0.0, |field| field.parse().expect("a number"));
        (fields[1].to_owned(), number(0), number(2))
    };
    lines.map(one).collect()
}

fn trained(text: &str, order: usize, prune: &[u64]) -> String {
    let mut counter = Counter::new(order, usize::MAX);
    for line in text.lines() {
        counter.line(line.split(' ').map(str::as_bytes)).expect("room");
    }
    train(counter, prune).arpa
}

fn equal(ours: &str, theirs: &str) {
    let heads = |arpa: &str| arpa.lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(heads(ours), heads(theirs));
    let (ours, theirs) = (ngrams(ours), ngrams(theirs));
    assert_eq!(ours.len(), theirs.len());
    for (own, other) in ours.iter().zip(&theirs) {
        // The same n-grams in the same order; `lmplz` takes its logarithms with the C library's `log10f`, which is off by an ulp.
        let near = |a: f32, b: f32| (a - b).abs() <= 4.0 * f32::EPSILON * a.abs().max(0.1);
        assert!(own.0 == other.0 && near(own.1, other.1) && near(own.2, other.2), "{own:?} {other:?}");
    }
}

#[test]
fn models_equal_those_of_lmplz() {
    let corpus = read("corpus.txt");
    let short: String = corpus.split_inclusive('\n').take(20).collect();
    equal(&trained(&corpus, 2, &[0]), &read("order2.arpa"));
    equal(&trained(&corpus, 4, &[0, 0, 0, 1]), &read("order4.arpa"));
    equal(&trained(&short, 5, &[]), &read("order5.arpa"));
}

#[test]
fn probabilities_after_any_words_add_up_to_one() {
    let corpus = read("corpus.txt");
    for prune in [&[0][..], &[0, 0, 1], &[0, 1, 1]] {
        let model = Model::from_bytes(trained(&corpus, 3, prune).into_bytes()).expect("a model");
        for context in ["", "the", "of the", "zzz the", "<s> a"] {
            let mut state =
                if context.starts_with("<s>") { model.begin() } else { gristmill::classify::kenlm::State::EMPTY };
            for word in model.words_of(context).filter(|&word| word != model.index(b"<s>")) {
                model.score(&mut state, word);
            }
            let begin = model.index(b"<s>");
            let words = (0..model.words() as u32).filter(|&word| word != begin);
            let sum: f64 = words.map(|word| 10_f64.powf(f64::from(model.score(&mut state.clone(), word).log10))).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{context:?} {prune:?}: {sum}");
        }
    }
}

#[test]
fn too_many_ngrams_stop_the_count() {
    let mut counter = Counter::new(3, 10);
    counter.line(["a", "b", "c", "d"].map(str::as_bytes)).expect("room");
    assert!(counter.settle().is_ok());
    counter.line("e f g h i j k".split(' ').map(str::as_bytes)).expect("not looked at yet");
    assert_eq!(
        counter.settle().map_err(|error| error.to_string()),
        Err("there are more than 10 different 3-grams".into())
    );
}

fn gristmill(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gristmill")).args(arguments).output().unwrap()
}

#[test]
fn the_verb_reads_documents_and_writes_a_model() {
    let folder = std::env::temp_dir().join(format!("gristmill-train-lm-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let corpus = read("corpus.txt");
    let lines: String =
        corpus.lines().map(|line| format!("{}\n", serde_json::json!({ "text": format!("\n{line}\n \n") }))).collect();
    std::fs::write(file("in.jsonl"), lines).unwrap();
    let (input, out) = (file("in.jsonl"), file("out.arpa"));
    let made = gristmill(&[
        "train",
        "lm",
        "--input",
        &input,
        "--order",
        "4",
        "--prune",
        "0,0,0,1",
        "--prepare",
        "plain",
        "--out",
        &out,
    ]);
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(made.status.success() && said.contains("60 documents") && said.contains("4-grams: 15 of"), "{said}");
    equal(&std::fs::read_to_string(&out).unwrap(), &read("order4.arpa"));
    let again = gristmill(&["train", "lm", "--input", &input, "--out", &out]);
    assert_eq!(again.status.code(), Some(2));

    // Pieces of a tokenizer, in CCNet's normal form.
    let model = golden("../tokenize/unigram-rules.model");
    let pieces = gristmill(&["train", "lm", "--input", &input, "--order", "2", "--tokenizer", model.to_str().unwrap()]);
    let arpa = String::from_utf8(pieces.stdout).unwrap();
    assert!(pieces.status.success() && Model::from_bytes(arpa.clone().into_bytes()).is_ok());
    // As they are, the whole text is a line to the tokenizer, as it is to the step; words are taken line by line.
    let two = "{\"text\": \"the first line\\nand the second\"}\n".repeat(3);
    std::fs::write(file("two.jsonl"), two).unwrap();
    let plain = ["train", "lm", "--input", &file("two.jsonl"), "--order", "2", "--prepare", "plain"];
    for (more, lines) in [(&["--tokenizer", model.to_str().unwrap()][..], " 3 lines"), (&[], " 6 lines")] {
        let made = gristmill(&[&plain[..], more].concat());
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(made.status.success() && said.contains(lines), "{said}");
    }
    let words: BTreeMap<String, f32> = ngrams(&arpa).into_iter().map(|(words, prob, _)| (words, prob)).collect();
    assert!(words.contains_key("▁the") || words.contains_key("▁"), "pieces are the words");

    for (arguments, wanted) in [
        (&["--order", "6"][..], "`--order 6` is not from 2 to 5"),
        (&["--prune", "1"], "`--prune 1` is not a list of thresholds"),
        (&["--prune", "0,2,1"], "`--prune 0,2,1` is not a list of thresholds"),
        (&["--max-ngrams", "5"], "there are more than 5 different 5-grams"),
    ] {
        let refused = gristmill(&[&["train", "lm", "--input", &input][..], arguments].concat());
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && said.contains(wanted), "{said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
