//! `gristmill tokenizer …` as people type it.

use crate::cli::{Dir, code, gristmill, printed, said};

fn texts(dir: &Dir) -> String {
    let line =
        |i: usize| format!("{{\"text\": \"the mill grinds grain {} and word{} Mühle {}\"}}\n", i, i % 97, i * 31);
    dir.write("texts.jsonl", &(0..400).map(line).collect::<String>())
}

#[test]
fn training_gives_the_same_file_at_any_number_of_threads_and_it_loads() {
    let dir = Dir::new();
    let input = texts(&dir);
    let train = |threads: &str| {
        gristmill(&[
            "tokenizer",
            "train",
            "--input",
            &input,
            "--vocab-size",
            "400",
            "--special",
            "<|end|>",
            "--threads",
            threads,
        ])
    };
    let one = train("1");
    assert_eq!(code(&one), 0, "{}", said(&one));
    assert!(said(&one).contains("400 documents in 1 files"), "{}", said(&one));
    for threads in ["2", "7"] {
        assert_eq!(printed(&train(threads)), printed(&one), "{threads} threads");
    }
    let file = dir.write("trained.json", &printed(&one));
    let inspect = gristmill(&["tokenizer", "inspect", &file, "--text", "the mill<|end|>", "--format", "json"]);
    assert_eq!(code(&inspect), 0, "{}", said(&inspect));
    let told: serde_json::Value = serde_json::from_str(&printed(&inspect)).unwrap();
    assert_eq!((told["engine"].as_str(), told["vocab_size"].as_u64()), (Some("gristmill-bpe"), Some(400)));
    let ids = told["ids"].as_array().unwrap();
    assert_eq!(ids.last().and_then(serde_json::Value::as_u64), Some(0));
    assert!(ids.len() < "the mill".len());
}

/// The library's hash maps and sums differ from process to process and with the threads; the file must not.
#[test]
fn a_unigram_model_is_the_same_from_every_process_and_it_loads() {
    let dir = Dir::new();
    // Some characters come once, so that training loses them and the library puts them back by hash.
    let line = |i: usize| {
        let rare = char::from_u32(0x4E00 + i as u32).unwrap();
        let (stem, end) = (["grind", "mill", "grain", "Mühle"][i % 4], ["er", "ing", "ed", "able", "ly"][i / 4 % 5]);
        format!("{{\"text\": \"the {stem}{end} and {} {rare}\"}}\n", i * 31)
    };
    let input = dir.write("texts.jsonl", &(0..400).map(line).collect::<String>());
    let train = |size: &str, threads: &str| {
        let arguments = ["--model", "unigram", "--vocab-size", size, "--threads", threads];
        gristmill(&[&["tokenizer", "train", "--input", &input][..], &arguments[..]].concat())
    };
    let first = train("1000", "1");
    assert_eq!(code(&first), 0, "{}", said(&first));
    for threads in ["1", "2", "7"] {
        assert_eq!(printed(&train("1000", threads)), printed(&first), "{threads} threads");
    }
    let model: serde_json::Value = serde_json::from_str(&printed(&first)).unwrap();
    let singles = model["model"]["vocab"].as_array().unwrap().iter().filter(|row| {
        row[0].as_str().is_some_and(|piece| piece.chars().all(|char| ('\u{4E00}'..'\u{4F90}').contains(&char)))
    });
    assert!(singles.count() > 50);
    let file = dir.write("trained.json", &printed(&first));
    let inspect = gristmill(&["tokenizer", "inspect", &file, "--text", " milling<|endoftext|>", "--format", "json"]);
    assert_eq!(code(&inspect), 0, "{}", said(&inspect));
    let told: serde_json::Value = serde_json::from_str(&printed(&inspect)).unwrap();
    let ids = told["ids"].as_array().unwrap();
    assert_eq!(ids.last().and_then(serde_json::Value::as_u64), Some(0));
    assert!(ids.len() <= 4, "{ids:?}");
    let small = train("350", "1");
    assert_eq!(code(&small), 2);
    assert!(said(&small).contains("characters of ASCII are 353"), "{}", said(&small));
}

#[test]
fn rare_words_are_forgotten_aloud_and_wrong_arguments_are_refused() {
    let dir = Dir::new();
    let line = |i: usize| format!("{{\"text\": \"common w{i}x w{i}y w{i}z\"}}\n");
    let input = dir.write("texts.jsonl", &(0..1000).map(line).collect::<String>());
    let small = gristmill(&["tokenizer", "train", "--input", &input, "--vocab-size", "300", "--max-words", "1000"]);
    assert_eq!(code(&small), 0, "{}", said(&small));
    assert!(said(&small).contains("forgotten: ") && said(&small).contains("`--max-words`"), "{}", said(&small));
    for (arguments, why) in [
        (["--vocab-size", "200", "--special", "<s>"], "is not from 257"),
        (["--vocab-size", "300", "--special", "x"], "too short"),
        (["--vocab-size", "300", "--max-words", "5"], "below 1000"),
    ] {
        let refused = gristmill(&[&["tokenizer", "train", "--input", &input][..], &arguments[..]].concat());
        assert_eq!(code(&refused), 2);
        assert!(said(&refused).contains(why), "{}", said(&refused));
    }
    let taken = gristmill(&["tokenizer", "train", "--input", &input, "--vocab-size", "300", "--out", &input]);
    assert_eq!(code(&taken), 2);
    assert!(said(&taken).contains("exists"), "{}", said(&taken));
}
