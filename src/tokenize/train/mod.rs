//! Training of byte-level BPE: the words of the texts are counted ([`Words`]), then the most frequent pair of tokens is merged
//! again and again ([`train`]). Merges and ids are those of the trainer of Hugging Face's `tokenizers`: special tokens first, then
//! the 256 bytes by the code points that spell them, then merges; the most frequent pair, and the one with the smallest ids of
//! equals. Nothing depends on threads, hashing or the order of texts. Unigram models are trained on the same words
//! ([`train_unigram`]).

mod merges;
mod unigram;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::json;

use super::RankPattern;
use super::fast::Alphabet;
use merges::{Queue, Symbols};
pub use unigram::train_unigram;
pub use words::{Pruned, Words};

/// What to train.
#[derive(Debug, Clone)]
pub struct Options {
    /// How text is cut into words.
    pub pattern: RankPattern,
    /// Tokens in all, special ones included.
    pub vocab_size: u32,
    /// Special tokens, in the order of their ids, which begin at 0.
    pub special: Vec<String>,
    /// A pair that comes less often is not merged.
    pub least: u64,
}

/// What came out.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The `tokenizer.json`.
    pub file: String,
    /// Tokens.
    pub vocab_size: u32,
    /// Merges; none in Unigram models.
    pub merges: usize,
    /// Different words that were too many to train on, the rarest.
    pub left_out: u64,
}

/// Why nothing was trained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// There is no text to learn from.
    #[error("the documents hold no words to train on")]
    NoWords,
    /// No place for what every vocabulary must have.
    #[error("the vocabulary is too small: special tokens, 256 bytes and the characters of ASCII are {least} tokens")]
    TooSmall {
        /// The least size.
        least: usize,
    },
    /// The library refused.
    #[error("the tokenizer library failed: {0}")]
    Library(String),
}

/// Counts the words of a text.
pub fn count(text: &str, pattern: RankPattern, words: &mut Words) {
    super::fast::cut(text, pattern, &mut |word| words.add(word, 1));
}

/// Trains on counted words. Fewer tokens come out than were asked for when no pair is frequent enough.
#[must_use]
pub fn train(words: &Words, options: &Options) -> Trained {
    let alphabet = Alphabet::new();
    let (mut tokens, mut ids): (Vec<String>, HashMap<String, u32>) = (Vec::new(), HashMap::new());
    let mut add = |token: String, tokens: &mut Vec<String>| -> u32 {
        *ids.entry(token).or_insert_with_key(|token| {
            tokens.push(token.clone());
            tokens.len() as u32 - 1
        })
    };
    for token in &options.special {
        add(token.clone(), &mut tokens);
    }
    let special: Vec<(String, u32)> = (0u32..).zip(&tokens).map(|(id, token)| (token.clone(), id)).collect();
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.sort_unstable_by_key(|byte| alphabet.spell(*byte));
    let mut of_byte = [0; 256];
    for byte in bytes {
        of_byte[usize::from(byte)] = add(alphabet.spell(byte).to_string(), &mut tokens);
    }
    // Words in an order of their own, so that nothing depends on how they were counted.
    let mut sorted: Vec<(&[u8], u64)> = words.iter().filter(|(word, _)| word.len() > 1).collect();
    sorted.sort_unstable();
    let mut symbols = Symbols::new(sorted.len(), sorted.iter().map(|(word, _)| word.len()).sum());
    for (word, count) in sorted {
        symbols.push(word.iter().map(|byte| of_byte[usize::from(*byte)]), count);
    }
    let (mut queue, mut merges) = (Queue::new(symbols, options.least), Vec::new());
    while tokens.len() < options.vocab_size as usize {
        let Some((pair, handle)) = queue.next() else { break };
        let (left, right) = (tokens[pair.0 as usize].clone(), tokens[pair.1 as usize].clone());
        let made = add(format!("{left}{right}"), &mut tokens);
        queue.merge(pair, handle, made);
        merges.push(json!([left, right]));
    }
    let vocab = (0u32..).zip(&tokens).map(|(id, token)| (token.clone(), id.into())).collect();
    let (vocab_size, count) = (tokens.len() as u32, merges.len());
    let file = super::ranks::file_of(options.pattern, vocab, merges, &special, false);
    Trained { file: format!("{file:#}\n"), vocab_size, merges: count, left_out: 0 }
}
