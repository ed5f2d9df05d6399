use xxhash_rust::xxh3::xxh3_64;

use super::memo::Packed;
use super::split::STARTS;

/// Pieces that fit.
pub(super) const BLOCK: usize = STARTS - 1;
/// Longest piece whose key is one word.
pub(super) const TINY: usize = 8;
/// Longest piece whose key is two words.
pub(super) const SHORT: usize = 16;
/// Longest piece that is remembered at all.
pub(super) const LONG: usize = 256;

/// The piece's bytes and 0xFF, which no UTF-8 text has, behind them; of longer pieces the hash of their bytes.
pub(super) type Key = (u64, u64);

/// Neighbouring pieces of a text.
pub(super) struct Block {
    /// Pieces in the block.
    pub(super) n: usize,
    /// Where each piece starts, and where the last one ends.
    pub(super) starts: [usize; STARTS],
    pub(super) keys: [Key; BLOCK],
    /// Where each piece is looked for.
    pub(super) slots: [u32; BLOCK],
    /// What is known of each piece; 0: nothing.
    pub(super) ids: [Packed; BLOCK],
    /// The pieces of up to [`TINY`] bytes.
    pub(super) tiny: [u8; STARTS],
    pub(super) tinies: usize,
    /// The pieces of more than [`TINY`] and up to [`SHORT`] bytes.
    pub(super) short: [u8; STARTS],
    pub(super) shorts: usize,
    /// The pieces of more than [`SHORT`] and up to [`LONG`] bytes.
    pub(super) long: [u8; STARTS],
    pub(super) longs: usize,
}

/// 0xFF behind so many bytes.
const PADDING: [Key; SHORT + 1] = {
    let mut all = [(u64::MAX, u64::MAX); SHORT + 1];
    let mut length = 1;
    while length <= SHORT {
        all[length] = match length {
            ..8 => (u64::MAX << (8 * length), u64::MAX),
            8 => (0, u64::MAX),
            9..16 => (0, u64::MAX << (8 * (length - 8))),
            _ => (0, 0),
        };
        length += 1;
    }
    all
};

/// The key of up to [`SHORT`] bytes at `at`; of more bytes anything.
#[inline(always)]
fn key(text: &[u8], at: usize, length: usize) -> Key {
    let length = length.min(SHORT);
    let bytes = match text[at..].first_chunk::<SHORT>() {
        Some(bytes) => u128::from_le_bytes(*bytes),
        None => at_the_end(&text[at..at + length]),
    };
    let padding = PADDING[length];
    (bytes as u64 | padding.0, (bytes >> 64) as u64 | padding.1)
}

#[cold]
fn at_the_end(piece: &[u8]) -> u128 {
    let mut padded = [0; SHORT];
    padded[..piece.len()].copy_from_slice(piece);
    u128::from_le_bytes(padded)
}

impl Block {
    pub(super) fn new() -> Self {
        Self {
            n: 0,
            starts: [0; STARTS],
            keys: [(0, 0); BLOCK],
            slots: [0; BLOCK],
            ids: [0; BLOCK],
            tiny: [0; STARTS],
            tinies: 0,
            short: [0; STARTS],
            shorts: 0,
            long: [0; STARTS],
            longs: 0,
        }
    }

    /// Makes the keys of the pieces.
    #[inline(always)]
    pub(super) fn make_keys(&mut self, text: &[u8]) {
        let n = self.n;
        let (mut tinies, mut shorts, mut longs) = (0, 0, 0);
        let starts = &self.starts[..=n];
        // No branches but for the end of the text: lengths cannot be foretold.
        for (i, pair) in starts.windows(2).enumerate() {
            let (at, length) = (pair[0], pair[1] - pair[0]);
            self.keys[i] = key(text, at, length);
            self.ids[i] = 0;
            self.tiny[tinies] = i as u8;
            tinies += usize::from(length <= TINY);
            self.short[shorts] = i as u8;
            shorts += usize::from(length > TINY && length <= SHORT);
            self.long[longs] = i as u8;
            longs += usize::from(length > SHORT && length <= LONG);
        }
        (self.tinies, self.shorts, self.longs) = (tinies, shorts, longs);
        for i in self.long[..longs].iter().map(|i| usize::from(*i)) {
            self.keys[i].0 = xxh3_64(&text[self.starts[i]..self.starts[i + 1]]);
        }
    }
}
