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
