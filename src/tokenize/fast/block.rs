use xxhash_rust::xxh3::xxh3_64;

use super::memo::Packed;
use super::split::{self, STARTS};

/// Pieces that fit.
pub(super) const BLOCK: usize = split::MOST + 1;
/// Longest piece whose key is one word.
pub(super) const TINY: usize = 8;
/// Longest piece whose key is two words.
pub(super) const SHORT: usize = 16;
/// Longest piece that is remembered at all.
pub(super) const LONG: usize = 256;

/// The piece's bytes and 0xFF, which no UTF-8 text has, behind them; of longer pieces the hash of their bytes.
pub(super) type Key = (u64, u64);

/// Space for more pieces than there are: so many that an 8-bit number is within.
pub(super) const SPACE: usize = 256;
const _: () = assert!(STARTS <= SPACE);

/// Neighbouring pieces of a text.
pub(super) struct Block {
    /// Pieces in the block.
    pub(super) n: usize,
    /// Where each piece starts, and where the last one ends.
    pub(super) starts: [usize; STARTS],
    /// The first and the second words of keys: apart, else both are written as one and waited for when one is read.
    pub(super) first: [u64; SPACE],
    pub(super) second: [u64; SPACE],
    /// The low half of the hash of each key.
    pub(super) hashes: [u32; SPACE],
    /// What is known of each piece; 0: nothing.
    pub(super) ids: [Packed; SPACE],
    /// The pieces of up to [`TINY`] bytes.
    pub(super) tiny: List,
    /// The pieces of more than [`TINY`] and up to [`SHORT`] bytes.
    pub(super) short: List,
    /// The pieces of more than [`SHORT`] and up to [`LONG`] bytes.
    pub(super) long: List,
}

/// Some of the pieces of a block.
pub(super) struct List {
    pieces: [u8; SPACE],
    n: u8,
}

impl List {
    fn new() -> Self {
        Self { pieces: [0; SPACE], n: 0 }
    }

    pub(super) fn get(&self) -> &[u8] {
        &self.pieces[..usize::from(self.n)]
    }

    /// Without a branch.
    #[inline(always)]
    fn add_if(&mut self, piece: u8, n: &mut u8, belongs: bool) {
        self.pieces[usize::from(*n)] = piece;
        *n += u8::from(belongs);
    }
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
            first: [0; SPACE],
            second: [0; SPACE],
            hashes: [0; SPACE],
            ids: [0; SPACE],
            tiny: List::new(),
            short: List::new(),
            long: List::new(),
        }
    }

    #[inline(always)]
    pub(super) fn key(&self, i: usize) -> Key {
        (self.first[i], self.second[i])
    }

    /// Makes the keys of the pieces and gives each hash, and whether it is of a piece of up to [`TINY`] bytes, to `each`.
    #[inline(always)]
    pub(super) fn make_keys(&mut self, text: &[u8], each: impl Fn(u64, bool)) {
        let (mut tinies, mut shorts, mut longs) = (0, 0, 0);
        let starts = &self.starts[..=self.n];
        let keys = self.first.iter_mut().zip(&mut self.second);
        let places = keys.zip(self.hashes.iter_mut().zip(&mut self.ids));
        // No branches but for the end of the text: lengths cannot be foretold.
        for (i, (pair, ((first, second), (hash, ids)))) in (0u8..).zip(starts.windows(2).zip(places)) {
            let (at, length) = (pair[0], pair[1] - pair[0]);
            let key = key(text, at, length);
            (*first, *second, *ids) = (key.0, key.1, 0);
            let mixed = mix(key);
            *hash = mixed as u32;
            each(mixed, length <= TINY);
            self.tiny.add_if(i, &mut tinies, length <= TINY);
            self.short.add_if(i, &mut shorts, length > TINY && length <= SHORT);
            self.long.add_if(i, &mut longs, length > SHORT && length <= LONG);
        }
        (self.tiny.n, self.short.n, self.long.n) = (tinies, shorts, longs);
        for i in self.long.get().iter().map(|i| usize::from(*i)) {
            self.first[i] = xxh3_64(&text[self.starts[i]..self.starts[i + 1]]);
        }
    }
}

/// Folded multiplication of the two words of a key, as in wyhash; the constants are any odd ones without a pattern.
#[inline(always)]
pub(super) fn mix(key: Key) -> u64 {
    let product = u128::from(key.0 ^ 0x9E37_79B9_7F4A_7C15) * u128::from(key.1 ^ 0xD6E8_FEB8_6659_FD93);
    product as u64 ^ (product >> 64) as u64
}
