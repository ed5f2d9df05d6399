//! Training of Unigram models on counted words, through the trainer of Hugging Face's `tokenizers`. The library's own result
//! depends on threads (it sums by share) and on the order of hash maps; this one does not: words are given in order, one thread
//! sums, and what the library deals out by hash is dealt out anew. The logarithms are those of the system's C library, so that the
//! last bits of scores may differ between platforms.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tokenizers::models::unigram::Unigram;
use tokenizers::trainers::UnigramTrainer;

use super::{Options, TrainError, Trained, Words};

/// Most words that the library is given, the most frequent: its suffix array and its million seeds grow with them.
const MOST_WORDS: usize = 1 << 19;
/// Longer words are cut: a lattice of a long word loses the precision of its sums.
const MOST_CHARS: usize = 256;
/// Share of the characters, by occurrence, that get a token of their own; the rest are spelled by bytes. SentencePiece's default.
const COVERAGE: f64 = 0.9995;
/// Score of tokens that spell bytes, and of the unknown token: far below any way of spelling their names by letters.
const NEVER: f64 = -1000.0;
/// What the library takes away from the least score for each further character that it had lost.
const STEP: f64 = 0.0001;
/// Name of the unknown token, which nothing is encoded as, since bytes spell everything.
const UNKNOWN: &str = "<unk>";

/// Characters that always have tokens: those that names of tokens are made of, among others.
fn ascii() -> impl Iterator<Item = char> {
    ' '..='~'
}

/// Trains on counted words. Ids: special tokens, the unknown token, 256 bytes, then pieces by falling score.
///
/// # Errors
/// When there are no words, or the characters alone are more than the vocabulary.
pub fn train_unigram(words: &Words, options: &Options) -> Result<Trained, TrainError> {
    let fixed = options.special.len() + 1 + 256;
    let room = u32::try_from(fixed).ok().and_then(|fixed| options.vocab_size.checked_sub(fixed)).unwrap_or(0);
    let least = ascii().count();
    if (room as usize) < least {
        return Err(TrainError::TooSmall { least: fixed + least });
    }
    let (sentences, left_out) = sentences(words, room as usize);
    if sentences.is_empty() {
        return Err(TrainError::NoWords);
    }
    let mut builder = UnigramTrainer::builder();
    let trainer = builder.show_progress(false).vocab_size(room).initial_alphabet(ascii().collect()).build();
    let trainer = trainer.map_err(|never| TrainError::Library(never.to_string()))?;
    let mut model = Unigram::default();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let one = one.map_err(|error| TrainError::Library(error.to_string()))?;
    let trained = one.install(|| trainer.do_train(sentences, &mut model));
    trained.map_err(|error| TrainError::Library(error.to_string()))?;
    let pieces = in_order(model.iter().cloned().collect());
    let vocab_size = fixed + pieces.len();
    Ok(Trained {
        file: format!("{:#}\n", file(options, &pieces)),
        vocab_size: u32::try_from(vocab_size).unwrap_or(u32::MAX),
        merges: 0,
        left_out,
    })
}

/// The words as the library takes them, in order: without characters that are too rare, cut where those stood, with counts whose sum
/// fits 32 bits. With them the number of different words that are left out because they are too many.
fn sentences(words: &Words, room: usize) -> (Vec<(String, u32)>, u64) {
    let mut chars: BTreeMap<char, u64> = BTreeMap::new();
    let texts = || words.iter().filter_map(|(word, count)| Some((std::str::from_utf8(word).ok()?, count)));
    for (word, count) in texts() {
        word.chars().for_each(|char| *chars.entry(char).or_default() += count);
    }
    // The library ends its sentences with NUL.
    chars.remove(&'\0');
    let kept = covered(&chars, room);
    let mut parts: BTreeMap<&str, u64> = BTreeMap::new();
    for (word, count) in texts() {
        for part in word.split(|char| !kept.contains(&char)).filter(|part| !part.is_empty()) {
            let mut rest = part;
            while !rest.is_empty() {
                let end = rest.char_indices().nth(MOST_CHARS).map_or(rest.len(), |(at, _)| at);
                *parts.entry(&rest[..end]).or_default() += count;
                rest = &rest[end..];
            }
        }
    }
    let mut parts: Vec<(&str, u64)> = parts.into_iter().collect();
    let left_out = parts.len().saturating_sub(MOST_WORDS);
    if left_out > 0 {
        parts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        parts.truncate(MOST_WORDS);
        parts.sort_unstable();
    }
    let total: u64 = parts.iter().map(|(part, count)| part.chars().count() as u64 * count).sum();
    let divisor = total.div_ceil(u64::from(u32::MAX / 2)).max(1);
    let scaled = |count: u64| u32::try_from((count / divisor).max(1)).unwrap_or(u32::MAX);
    (parts.into_iter().map(|(part, count)| (part.to_owned(), scaled(count))).collect(), left_out as u64)
}

/// The characters that get tokens: the most frequent up to [`COVERAGE`], but not more than half of the room.
fn covered(chars: &BTreeMap<char, u64>, room: usize) -> BTreeSet<char> {
    let total: u64 = chars.values().sum();
    let mut by_count: Vec<(char, u64)> = chars.iter().map(|(char, count)| (*char, *count)).collect();
    by_count.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut kept: BTreeSet<char> = ascii().collect();
    let mut seen = 0;
    for (char, count) in by_count {
        #[allow(clippy::cast_precision_loss, reason = "a share needs no more precision")]
        if seen as f64 >= total as f64 * COVERAGE || kept.len() >= room / 2 {
            break;
        }
        seen += count;
        kept.insert(char);
    }
    kept
}

/// The pieces by falling score, equals by name. Characters that training had lost come back with scores a step apart from the least,
/// which the library deals out in the order of a hash map: here the code point decides.
fn in_order(mut pieces: Vec<(String, f64)>) -> Vec<(String, f64)> {
    let least = pieces.iter().map(|piece| piece.1).fold(f64::INFINITY, f64::min);
    let single = |piece: &(String, f64)| piece.0.chars().count() == 1;
    let (mut returned, mut scores, mut penalty) = (Vec::new(), Vec::new(), 0.0);
    loop {
        let wanted = least + penalty;
        let before = returned.len();
        for (at, piece) in pieces.iter().enumerate() {
            if single(piece) && piece.1 == wanted {
                returned.push(at);
                scores.push(wanted);
            }
        }
        if returned.len() == before {
            break;
        }
        penalty += STEP;
    }
    returned.sort_unstable_by(|&a, &b| pieces[a].0.cmp(&pieces[b].0));
    for (at, score) in returned.into_iter().zip(scores) {
        pieces[at].1 = score;
    }
    pieces.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    pieces
}

fn file(options: &Options, pieces: &[(String, f64)]) -> serde_json::Value {
    let special = options.special.iter().enumerate().map(|(id, content)| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
            "special": true})
    });
    let names = options.special.iter().cloned().chain([UNKNOWN.to_owned()]);
    let bytes = (0..=255u8).map(|byte| format!("<0x{byte:02X}>"));
    let vocab: Vec<_> = names.chain(bytes).map(|name| json!([name, NEVER])).collect();
    let vocab: Vec<_> = vocab.into_iter().chain(pieces.iter().map(|piece| json!([piece.0, piece.1]))).collect();
    json!({
        "version": "1.0", "truncation": null, "padding": null, "normalizer": null,
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": options.pattern.regex()}, "behavior": "Isolated", "invert": false},
        "post_processor": null,
        "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]},
        "added_tokens": special.collect::<Vec<_>>(),
        "model": {"type": "Unigram", "unk_id": options.special.len(), "vocab": vocab, "byte_fallback": true},
    })
}
