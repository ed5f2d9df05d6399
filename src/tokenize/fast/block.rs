use super::memo::Packed;
use super::split::{STARTS, Split};

/// Pieces that fit.
pub(super) const BLOCK: usize = STARTS - 1;
/// Longest piece whose key is one word.
pub(super) const TINY: usize = 7;
/// Longest piece whose key is two words.
pub(super) const SHORT: usize = 15;

/// Neighbouring pieces of a text.
pub(super) struct Block {
    /// Pieces in the block.
    pub(super) n: usize,
    /// Where each piece starts, and where the last one ends.
    pub(super) starts: [usize; STARTS],
    /// The piece's bytes, zeros, and its length in the last byte of the first (tiny) or second word (short).
    pub(super) keys: [(u64, u64); BLOCK],
    /// What is known of each piece; 0: nothing.
    pub(super) ids: [Packed; BLOCK],
    /// The pieces of up to [`TINY`] bytes.
    pub(super) tiny: [u8; STARTS],
    pub(super) tinies: usize,
    /// The pieces of more than [`TINY`] and up to [`SHORT`] bytes.
    pub(super) short: [u8; STARTS],
    pub(super) shorts: usize,
}

/// Ones in the low `n` bytes, for `n` from 0 to 8.
#[inline]
fn low(n: usize) -> u64 {
    const LOW: [u64; 9] =
        [0, 0xFF, 0xFFFF, 0xFF_FFFF, 0xFFFF_FFFF, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, u64::MAX >> 8, !0];
    LOW[n & 15]
}

/// Sixteen bytes from `at`, with zeros (or anything) behind `length` of them.
#[inline]
fn window(text: &[u8], at: usize, length: usize) -> u128 {
    match text[at..].first_chunk::<16>() {
        Some(bytes) => u128::from_le_bytes(*bytes),
        None => {
            let mut padded = [0; 16];
            padded[..length].copy_from_slice(&text[at..at + length]);
            u128::from_le_bytes(padded)
        }
    }
}

impl Block {
    pub(super) fn new() -> Self {
        Self {
            n: 0,
            starts: [0; STARTS],
            keys: [(0, 0); BLOCK],
            ids: [0; BLOCK],
            tiny: [0; STARTS],
            tinies: 0,
            short: [0; STARTS],
            shorts: 0,
        }
    }

    /// Cuts the next pieces of `text[at..end]` and makes their keys.
    pub(super) fn fill<S: Split>(&mut self, split: &S, text: &[u8], at: usize, end: usize) {
        let (n, next) = split.starts(text, at, end, &mut self.starts);
        self.starts[n] = next;
        self.n = n;
        let (mut tinies, mut shorts) = (0, 0);
        // No branches but for the end of the text: lengths cannot be foretold.
        for i in 0..n {
            let (at, length) = (self.starts[i], self.starts[i + 1] - self.starts[i]);
            let whole = window(text, at, length.min(16));
            let tiny = length <= TINY;
            let (low_word, high_word) = (low(length.min(8)), low(length.clamp(8, 16) - 8));
            let first = whole as u64 & low_word;
            let second = (whole >> 64) as u64 & high_word;
            let tag = (length as u64) << 56;
            self.keys[i] = if tiny { (first | tag, 0) } else { (first, second | tag) };
            self.ids[i] = 0;
            self.tiny[tinies] = i as u8;
            tinies += usize::from(tiny);
            self.short[shorts] = i as u8;
            shorts += usize::from(!tiny && length <= SHORT);
        }
        (self.tinies, self.shorts) = (tinies, shorts);
    }
}
