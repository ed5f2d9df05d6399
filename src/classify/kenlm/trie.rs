//! Models in KenLM's trie: sorted arrays of bit-packed entries, an order of n-grams each, searched from the last word backwards.
//!
//! An entry is the first word of its n-gram, its weights, and (but for the longest) where the entries of n-grams that are longer by
//! one word in front begin. Probability and back-off stand as floats without the probability's sign, or as numbers of bins.

use super::bits::{Bytes, bits_at, f32_at, mask, u64_at, width};
use super::hash;
use super::score::{Search, Weights};
use super::{LmError, SIGN, binary::Cursor};

/// Bytes of a word's entry: probability, back-off, where its bigrams begin.
const UNIGRAM: u64 = 16;
/// Bits of a probability as a float, without its sign.
const PROB_BITS: u32 = 31;
/// Bits of a back-off as a float.
const BACKOFF_BITS: u32 = 32;
/// Most bits of a bin's number (`SeparatelyQuantize`).
const MAX_BIN_BITS: u8 = 25;
/// Most bits that are read at once (`ReadInt57`).
const MAX_READ: u32 = 57;

/// Which of the four kinds of tries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Weights are numbers of bins.
    pub(super) quantized: bool,
    /// The upper bits of pointers are in an array beside.
    pub(super) array: bool,
}

/// A trie.
pub(super) struct Trie {
    bytes: Bytes,
    /// Where the hashes of the words begin, which are sorted; the word at place `n` is number `n + 1`.
    hashes_at: usize,
    hashes: u64,
    unigrams_at: usize,
    middles: Vec<Middle>,
    longest: Packed,
    bins: Option<Bins>,
}

/// Centres of bins, as floats in the file.
struct Bins {
    /// Where those of probabilities and of back-offs begin, for n-grams of two words and more but for the longest.
    middles: Vec<(usize, usize)>,
    longest: usize,
    prob_bits: u32,
    backoff_bits: u32,
}

/// Entries of the same number of bits.
struct Packed {
    at: usize,
    entries: u64,
    word_bits: u32,
    total_bits: u32,
    /// More than any word's number.
    max_word: u64,
}

struct Middle {
    packed: Packed,
    weight_bits: u32,
    next: Next,
}

/// Where the longer n-grams begin.
struct Next {
    bits: u32,
    /// An array of the entry numbers at which the upper bits go up by one: where it is, its length.
    array: Option<(usize, u64)>,
}

/// Entries from the first to before the second.
type Range = (u64, u64);

/// A place in a sorted array where `key` stands; `before` and `after` are places and values outside of it on either side.
#[inline]
fn interpolated(mut before: (u64, u64), mut after: (u64, u64), key: u64, read: impl Fn(u64) -> u64) -> Option<u64> {
    // Places are counted one higher, so that there is one before the first.
    while after.0 > before.0 + 1 {
        let room = after.0 - before.0 - 1;
        let share = key.wrapping_sub(before.1) as f64 / (after.1.wrapping_sub(before.1) as f64 + 1.0);
        let place = before.0 + 1 + ((share * room as f64) as u64).min(room - 1);
        let found = read(place - 1);
        match found.cmp(&key) {
            std::cmp::Ordering::Less => before = (place, found),
            std::cmp::Ordering::Greater => after = (place, found),
            std::cmp::Ordering::Equal => return Some(place - 1),
        }
    }
    None
}

impl Packed {
    fn load(cursor: &mut Cursor, entries: u64, words: u64, rest_bits: u32) -> Result<Self, LmError> {
        let word_bits = width(words);
        if word_bits > MAX_READ {
            return Err(LmError::Field { field: "the number of words", value: words.to_string() });
        }
        let total_bits = word_bits + rest_bits;
        let bits = u128::from(entries) + 1;
        let size = (bits * u128::from(total_bits)).div_ceil(8) + 8;
        let at = cursor.take(size, "n-grams")?;
        Ok(Self { at, entries, word_bits, total_bits, max_word: words })
    }

    #[inline]
    fn bits(&self, bytes: &[u8], at: u64, bits: u32) -> u64 {
        bits_at(&bytes[self.at..], at, mask(bits))
    }

    /// The entry of `word` in a range, as a place in bits behind the word.
    #[inline]
    fn find(&self, bytes: &[u8], word: u32, (from, to): Range) -> Option<(u64, u64)> {
        let total = u64::from(self.total_bits);
        let to = to.min(self.entries);
        let after = (to + 1, self.max_word);
        let read = |entry: u64| self.bits(bytes, entry * total, self.word_bits);
        let entry = interpolated((from, 0), after, u64::from(word), read)?;
        Some((entry, entry * total + u64::from(self.word_bits)))
    }
}

impl Next {
    /// The number of upper bits that go into the array: those that make array and entries together shortest (`ChopBits`).
    fn chopped(entries: u64, max_next: u64, most: u8) -> u32 {
        let required = width(max_next);
        let (mut best, mut least) = (0, i128::MAX);
        for chop in 0..=required.min(u32::from(most)) {
            let upper = max_next.checked_shr(required - chop).unwrap_or(0);
            let change = i128::from(upper) * 64 - i128::from(entries) * i128::from(chop);
            if change < least {
                (best, least) = (chop, change);
            }
        }
        best
    }

    fn load(cursor: &mut Cursor, entries: u64, max_next: u64, array: Option<u8>) -> Result<Self, LmError> {
        let required = width(max_next);
        let Some(most) = array else { return Ok(Self { bits: required, array: None }) };
        let bits = required - Self::chopped(entries + 1, max_next, most);
        let length = max_next.checked_shr(bits).unwrap_or(0).saturating_add(1);
        let at = cursor.take((u128::from(length) + 1) * 8 + 7, "pointers")?;
        Ok(Self { bits, array: Some((at.next_multiple_of(8) + 8, length)) })
    }

    /// The range of an entry, whose pointer stands at `bit`.
    #[inline]
    fn range(&self, bytes: &[u8], packed: &Packed, entry: u64, bit: u64) -> Range {
        let inline = |bit| packed.bits(bytes, bit, self.bits);
        let (from, to) = (inline(bit), inline(bit + u64::from(packed.total_bits)));
        let Some((at, length)) = self.array else { return (from, to) };
        let upper = |entry: u64| {
            let (mut low, mut high) = (1, length.max(1));
            while low < high {
                let middle = low + (high - low) / 2;
                if u64_at(bytes, at + middle as usize * 8) <= entry { low = middle + 1 } else { high = middle }
            }
            (low - 1).checked_shl(self.bits).unwrap_or(0)
        };
        (upper(entry) | from, upper(entry + 1) | to)
    }
}

impl Bins {
    fn load(cursor: &mut Cursor, order: usize) -> Result<Self, LmError> {
        let at = cursor.take(8, "bins")?;
        let [version, prob, backoff] = [0, 1, 2].map(|place| cursor.bytes()[at + place]);
        if version != 2 {
            return Err(LmError::Field { field: "the version of its bins", value: version.to_string() });
        }
        if !(1..=MAX_BIN_BITS).contains(&prob) || !(1..=MAX_BIN_BITS).contains(&backoff) {
            return Err(LmError::Field { field: "the bits of its bins", value: format!("{prob} and {backoff}") });
        }
        let mut table = |bits: u8| cursor.take(4 << bits, "bins");
        let mut middles = Vec::new();
        for _ in 2..order {
            middles.push((table(prob)?, table(backoff)?));
        }
        let longest = table(prob)?;
        Ok(Self { middles, longest, prob_bits: u32::from(prob), backoff_bits: u32::from(backoff) })
    }
}

impl Trie {
    /// Reads what follows the header.
    pub(super) fn load(mut cursor: Cursor, counts: &[u64], shape: Shape) -> Result<Self, LmError> {
        let words = counts[0];
        let hashes_at = cursor.take((u128::from(words) + 1) * 8, "vocabulary")?;
        let hashes = u64_at(cursor.bytes(), hashes_at);
        if hashes > words || u32::try_from(hashes).is_err() {
            return Err(LmError::Field { field: "the number of words", value: hashes.to_string() });
        }
        let bins = if shape.quantized { Some(Bins::load(&mut cursor, counts.len())?) } else { None };
        let unigrams_at = cursor.take((u128::from(words) + 2) * u128::from(UNIGRAM), "words")?;
        let array = if shape.array && counts.len() > 2 { Some(array_bits(&cursor)?) } else { None };
        let weight_bits = bins.as_ref().map_or(PROB_BITS + BACKOFF_BITS, |bins| bins.prob_bits + bins.backoff_bits);
        let mut middles = Vec::new();
        for pair in counts[1..].windows(2) {
            let next = Next::load(&mut cursor, pair[0], pair[1], array)?;
            if next.bits > MAX_READ {
                return Err(LmError::Field { field: "a number of n-grams", value: pair[1].to_string() });
            }
            let packed = Packed::load(&mut cursor, pair[0], words, weight_bits + next.bits)?;
            middles.push(Middle { packed, weight_bits, next });
        }
        let prob_bits = bins.as_ref().map_or(PROB_BITS, |bins| bins.prob_bits);
        let longest = Packed::load(&mut cursor, counts[counts.len() - 1], words, prob_bits)?;
        let bytes = cursor.into_bytes();
        Ok(Self { bytes, hashes_at: hashes_at + 8, hashes, unigrams_at, middles, longest, bins })
    }

    /// The number of a word; 0 where the model does not know it.
    #[inline]
    pub(super) fn index(&self, word: &[u8]) -> u32 {
        let read = |place: u64| u64_at(&self.bytes, self.hashes_at + place as usize * 8);
        let found = interpolated((0, 0), (self.hashes + 1, u64::MAX), hash::word(word), read);
        // Below 2^32: there are no more hashes.
        found.map_or(0, |place| place as u32 + 1)
    }

    /// Words that the model knows, the unknown one among them.
    pub(super) fn words(&self) -> u64 {
        self.hashes + 1
    }

    #[inline]
    fn weights(&self, order: usize, packed: &Packed, bit: u64) -> (f32, f32) {
        let Some(bins) = &self.bins else {
            let prob = packed.bits(&self.bytes, bit, PROB_BITS) as u32 | SIGN;
            let backoff = packed.bits(&self.bytes, bit + u64::from(PROB_BITS), BACKOFF_BITS);
            return (f32::from_bits(prob), f32::from_bits(backoff as u32));
        };
        let (probs, backoffs) = bins.middles[order];
        let backoff = packed.bits(&self.bytes, bit, bins.backoff_bits) as usize;
        let prob = packed.bits(&self.bytes, bit + u64::from(bins.backoff_bits), bins.prob_bits) as usize;
        (f32_at(&self.bytes, probs + prob * 4), f32_at(&self.bytes, backoffs + backoff * 4))
    }
}

/// The setting of the array of pointers, before the first of them.
fn array_bits(cursor: &Cursor) -> Result<u8, LmError> {
    let [version, bits] = cursor.peek(2, "pointers")?[..] else { return Ok(0) };
    if version != 0 {
        return Err(LmError::Field { field: "the version of its pointers", value: version.to_string() });
    }
    Ok(bits)
}

impl Search for Trie {
    type Node = Range;

    #[inline]
    fn unigram(&self, word: u32) -> (Weights, Range) {
        let at = self.unigrams_at + word as usize * UNIGRAM as usize;
        let bytes = &*self.bytes;
        let node = (u64_at(bytes, at + 8), u64_at(bytes, at + UNIGRAM as usize + 8));
        (Weights { prob: f32_at(bytes, at), backoff: f32_at(bytes, at + 4), extends: node.0 < node.1 }, node)
    }

    #[inline]
    fn middle(&self, at: usize, word: u32, node: &mut Range) -> Option<Weights> {
        let middle = &self.middles[at];
        let (entry, bit) = middle.packed.find(&self.bytes, word, *node)?;
        *node = middle.next.range(&self.bytes, &middle.packed, entry, bit + u64::from(middle.weight_bits));
        let (prob, backoff) = self.weights(at, &middle.packed, bit);
        Some(Weights { prob, backoff, extends: node.0 < node.1 })
    }

    #[inline]
    fn longest(&self, word: u32, node: Range) -> Option<f32> {
        let (_, bit) = self.longest.find(&self.bytes, word, node)?;
        Some(match &self.bins {
            None => f32::from_bits(self.longest.bits(&self.bytes, bit, PROB_BITS) as u32 | SIGN),
            Some(bins) => {
                let bin = self.longest.bits(&self.bytes, bit, bins.prob_bits) as usize;
                f32_at(&self.bytes, bins.longest + bin * 4)
            }
        })
    }
}
