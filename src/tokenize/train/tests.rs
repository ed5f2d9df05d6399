use super::{Options, Words, count, train};
use crate::tokenize::{RankPattern, load};

const TEXTS: [&str; 5] = [
    "the mill grinds the grain, and the miller's mill grinds 12 grains",
    "Die Mühle mahlt Mehl, mehr Mehl als die Mühle mahlen kann",
    "aaaa aaaaa aaaaaa abab ababab bcbc abcabc",
    "水车磨面粉 水车 磨面粉",
    "    def mill(grain):\n        return grain + 1\n\n",
];

fn options(pattern: RankPattern, vocab_size: u32, least: u64) -> Options {
    Options { pattern, vocab_size, special: vec!["<|endoftext|>".into(), "<|pad|>".into()], least }
}

fn counted(texts: &[&str], pattern: RankPattern) -> Words {
    let mut words = Words::default();
    texts.iter().for_each(|text| count(text, pattern, &mut words));
    words
}

/// Merges of `tokenizers` 0.23.3 (`BpeTrainer` with ByteLevel's alphabet) on the same texts; `tests/scripts/trainer_vectors.py`.
#[test]
fn merges_are_those_of_the_reference() {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/golden/tokenize/trainer.json")).unwrap();
    for (name, pattern) in [("gpt2", RankPattern::Gpt2), ("cl100k", RankPattern::Cl100k), ("o200k", RankPattern::O200k)]
    {
        let wanted = &vectors[name];
        let trained = train(&counted(&TEXTS, pattern), &options(pattern, 400, 1));
        let file: serde_json::Value = serde_json::from_str(&trained.file).unwrap();
        assert!(wanted["merges"].as_array().unwrap().len() > 40);
        assert_eq!(file["model"]["merges"], wanted["merges"], "{name}");
        assert_eq!(file["model"]["vocab"], wanted["vocab"], "{name}");
    }
}

#[test]
fn the_file_does_not_depend_on_order_or_shares() {
    let pattern = RankPattern::Cl100k;
    let whole = train(&counted(&TEXTS, pattern), &options(pattern, 350, 1));
    let mut shared = counted(&TEXTS[3..], pattern);
    shared.merge(&counted(&TEXTS[..3], pattern));
    assert_eq!(train(&shared, &options(pattern, 350, 1)).file, whole.file);
    let encoder = load(whole.file.as_bytes()).unwrap();
    assert_eq!((encoder.engine(), encoder.vocab_size()), ("gristmill-bpe", 350));
    assert_eq!(encoder.token_id("<|pad|>"), Some(1));
    let mut ids = Vec::new();
    encoder.encode(TEXTS[1], &mut ids).unwrap();
    assert!(ids.len() < TEXTS[1].len() / 2);
    assert_eq!(encoder.decode(&ids).unwrap(), TEXTS[1]);
}

#[test]
fn rare_words_go_by_their_counts_alone() {
    let mut words = Words::default();
    for i in 0..100u64 {
        words.add(format!("w{i}").as_bytes(), i / 10 + 1);
    }
    assert_eq!(words.prune(100).words, 0);
    let pruned = words.prune(40);
    // Half of 40 may stay: counts above 8.
    assert_eq!((words.len(), pruned.words, pruned.occurrences), (20, 80, 360));
    assert!(words.iter().all(|(_, count)| count > 8));
    words.add(b"w99", 1);
    assert_eq!(words.len(), 20);
}

#[test]
fn a_pair_that_is_too_rare_is_not_merged() {
    let pattern = RankPattern::Gpt2;
    let trained = train(&counted(&TEXTS, pattern), &options(pattern, 10_000, 3));
    assert!(trained.merges > 5 && trained.vocab_size < 400);
    assert_eq!(train(&Words::default(), &options(pattern, 1000, 1)).vocab_size, 258);
}
