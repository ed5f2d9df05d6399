//! Models in hash tables.

use super::bits::{Bytes, f32_at, u32_at};
use super::hash;
use super::score::{AHEAD, Search, Weights};
use super::table::Table;
use super::{SIGN, UNKNOWN_MISSING};

/// Bytes of a vocabulary entry: key, number.
pub(super) const WORD: usize = 12;
/// Bytes of a word's weights: probability, back-off.
pub(super) const UNIGRAM: usize = 8;
/// Bytes of an entry of a middle order: key, probability, back-off.
pub(super) const MIDDLE: usize = 16;
/// Bytes of an entry of the longest order: key, probability.
pub(super) const LONGEST: usize = 12;

/// Hash tables: words, and n-grams of each length. A probability without its sign says that a longer n-gram ends so.
pub(super) struct Probing {
    pub(super) vocabulary: Table,
    pub(super) unigrams: Bytes,
    /// Where they begin.
    pub(super) unigrams_at: usize,
    /// Numbers of words are below this.
    pub(super) words: u32,
    pub(super) middles: Vec<Table>,
    pub(super) longest: Table,
}

/// A probability and its back-off at a place of a file.
#[inline]
fn weights(bytes: &[u8], at: usize) -> Weights {
    let prob = u32_at(bytes, at);
    Weights { prob: f32::from_bits(prob | SIGN), backoff: f32_at(bytes, at + 4), extends: prob & SIGN == 0 }
}

impl Probing {
    /// The number of a word; 0 where the model does not know it.
    #[inline]
    pub(super) fn index(&self, word: &[u8]) -> u32 {
        let found = self.vocabulary.find(hash::word(word)).map_or(0, |at| u32_at(self.vocabulary.bytes(), at + 8));
        if found < self.words { found } else { 0 }
    }

    /// Gives unknown words the weights that KenLM gives them where the `.arpa` file has none.
    pub(super) fn default_unknown(unigrams: &mut [u8]) {
        unigrams[..4].copy_from_slice(&UNKNOWN_MISSING.to_le_bytes());
        unigrams[4..8].copy_from_slice(&0.0_f32.to_le_bytes());
    }
}

impl Search for Probing {
    type Node = u64;

    /// Keys of n-grams depend on their words alone. Reads that do not wait for one another overlap, while a score waits for each of its
    /// own: most of the time of scoring is spent waiting for memory.
    #[inline]
    fn touch(&self, words: &[u32]) {
        let mut sum = 0;
        for window in words.windows(AHEAD + 1) {
            let [first, second, last] = *window else { continue };
            sum ^= u64::from(u32_at(&self.unigrams, self.unigrams_at + last as usize * UNIGRAM));
            let mut tables = self.middles.iter().chain([&self.longest]);
            let two = hash::extend(u64::from(last), second);
            let three = hash::extend(two, first);
            for (table, key) in tables.by_ref().zip([two, three]) {
                sum ^= table.first(key);
            }
        }
        std::hint::black_box(sum);
    }

    #[inline]
    fn unigram(&self, word: u32) -> (Weights, u64) {
        (weights(&self.unigrams, self.unigrams_at + word as usize * UNIGRAM), u64::from(word))
    }

    #[inline]
    fn middle(&self, at: usize, word: u32, node: &mut u64) -> Option<Weights> {
        *node = hash::extend(*node, word);
        let table = &self.middles[at];
        table.find(*node).map(|at| weights(table.bytes(), at + 8))
    }

    #[inline]
    fn longest(&self, word: u32, node: u64) -> Option<f32> {
        self.longest.find(hash::extend(node, word)).map(|at| f32_at(self.longest.bytes(), at + 8))
    }
}
