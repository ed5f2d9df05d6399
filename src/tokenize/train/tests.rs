use super::{Options, TrainError, Words, count, train, train_unigram};
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

/// Words that are made up, with characters that hardly come, so that training loses some.
fn made_up() -> Vec<String> {
    let syllables = ["ma", "lo", "ri", "tek", "sun", "水", "车", "ß", "é", "\u{1F600}", "Ж", "ю"];
    (0..400usize)
        .map(|n| {
            (0..12)
                .map(|k| {
                    let word: String =
                        (0..1 + (n + k) % 4).map(|j| syllables[(n * 7 + k * 5 + j * j) % syllables.len()]).collect();
                    format!("{word} {n} ")
                })
                .collect()
        })
        .collect()
}

#[test]
fn a_unigram_model_is_the_same_every_time_and_spells_everything() {
    let texts = made_up();
    let texts: Vec<&str> = texts.iter().map(String::as_str).chain(TEXTS).collect();
    for pattern in [RankPattern::Gpt2, RankPattern::Cl100k, RankPattern::O200k] {
        let options = options(pattern, 700, 1);
        let first = train_unigram(&counted(&texts, pattern), &options).unwrap();
        let mut shared = counted(&texts[30..], pattern);
        shared.merge(&counted(&texts[..30], pattern));
        // Each run has hash maps of its own.
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let again = pool.install(|| train_unigram(&shared, &options)).unwrap();
            assert_eq!(again.file, first.file, "{threads}");
        }
        let encoder = load(first.file.as_bytes()).unwrap();
        assert_eq!((encoder.vocab_size(), encoder.token_id("<|pad|>")), (first.vocab_size, Some(1)));
        // More than the characters alone, of which there are fewer than 140.
        assert!(first.vocab_size <= 700 && first.vocab_size > 259 + 140, "{}", first.vocab_size);
        for text in TEXTS.into_iter().chain([
            "a\0b  c\n\n",
            "<0x41> <unk> \u{2581} \u{10FFFF}",
            "한국어 and what was never seen",
        ]) {
            let mut ids = Vec::new();
            encoder.encode(text, &mut ids).unwrap();
            assert_eq!(encoder.decode(&ids).unwrap(), text, "{ids:?}");
        }
        let mut ids = Vec::new();
        encoder.encode(texts[7], &mut ids).unwrap();
        // Numbers and spaces are a good half of the characters, and stand alone.
        assert!(ids.len() * 4 < texts[7].chars().count() * 3, "{} tokens of {}", ids.len(), texts[7]);
    }
}

#[test]
fn a_unigram_model_without_words_or_room_is_refused() {
    let pattern = RankPattern::Cl100k;
    let few = train_unigram(&counted(&TEXTS, pattern), &options(pattern, 353, 1));
    assert!(matches!(few, Err(TrainError::TooSmall { least: 354 })), "{few:?}");
    let none = train_unigram(&Words::default(), &options(pattern, 700, 1));
    assert!(matches!(none, Err(TrainError::NoWords)), "{none:?}");
}
