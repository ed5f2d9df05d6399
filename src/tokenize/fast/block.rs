use super::memo::Packed;
use super::split::Split;

/// Pieces that are cut, looked up and written together.
pub(super) const BLOCK: usize = 64;
/// Longest piece whose key is one word.
pub(super) const TINY: usize = 7;
/// Longest piece whose key is two words.
pub(super) const SHORT: usize = 15;

/// Neighbouring pieces of a text.
pub(super) struct Block {
    /// Pieces in the block.
    pub(super) n: usize,
    /// Where each piece starts, and where the last one ends.
    pub(super) starts: [usize; BLOCK + 1],
    /// The piece's bytes, zeros, and its length in the last byte of the first (tiny) or second word (short).
    pub(super) keys: [(u64, u64); BLOCK],
    /// What is known of each piece; 0: nothing.
    pub(super) ids: [Packed; BLOCK],
    /// The pieces of up to [`TINY`] bytes.
    pub(super) tiny: [u8; BLOCK],
    pub(super) tinies: usize,
    /// The pieces of more than [`TINY`] and up to [`SHORT`] bytes.
    pub(super) short: [u8; BLOCK],
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
            starts: [0; BLOCK + 1],
            keys: [(0, 0); BLOCK],
            ids: [0; BLOCK],
            tiny: [0; BLOCK],
            tinies: 0,
            short: [0; BLOCK],
            shorts: 0,
        }
    }

    /// Cuts the next pieces of `text[at..end]` and makes their keys.
    pub(super) fn fill<S: Split>(&mut self, split: &S, text: &[u8], mut at: usize, end: usize) {
        (self.n, self.tinies, self.shorts) = (0, 0, 0);
        while self.n < BLOCK && at < end {
            let (n, next) = (self.n, split.next(text, at, end));
            let length = next - at;
            self.starts[n] = at;
            self.ids[n] = 0;
            if length <= TINY {
                let word = window(text, at, length) as u64;
                self.keys[n] = (word & low(length) | (length as u64) << 56, 0);
                self.tiny[self.tinies] = n as u8;
                self.tinies += 1;
            } else if length <= SHORT {
                let whole = window(text, at, length);
                self.keys[n] = (whole as u64, (whole >> 64) as u64 & low(length - 8) | (length as u64) << 56);
                self.short[self.shorts] = n as u8;
                self.shorts += 1;
            }
            self.n += 1;
            at = next;
        }
        self.starts[self.n] = at;
    }
}
