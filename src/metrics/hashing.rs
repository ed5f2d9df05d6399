//! Hashes of words and n-grams, and the open-addressing tables that count them.
//!
//! Keys are 61-bit polynomial hashes modulo the Mersenne prime 2^61 − 1 with fixed bases. Two different n-grams of one
//! document with `m` n-grams share a key with a chance of about m²·L/2^62 (L: bytes of an n-gram), below 1e-6 for a
//! document of one million words; the effect of a collision would be one wrong count in one document. Keys are not
//! verified, and the bases are no secret: who forges collisions only makes the own page look more repetitive.

/// The modulus, a Mersenne prime.
const P: u64 = (1 << 61) - 1;
/// Base of the byte polynomial: an arbitrary number below P (fraction digits of the golden ratio).
const BYTE_BASE: u64 = 0x1e37_79b9_7f4a_7c15 % P;
/// Base of the word polynomial: an arbitrary number below P (fraction digits of the square root of 2).
const WORD_BASE: u64 = 0x0a09_e667_f3bc_c908 % P;
/// Bytes that are hashed with one table of powers.
const CHUNK: usize = 32;
/// `POWERS[k]` = BYTE_BASE^k.
const POWERS: [u64; CHUNK + 1] = {
    let mut powers = [1_u64; CHUNK + 1];
    let mut k = 1;
    while k <= CHUNK {
        powers[k] = mul(powers[k - 1], BYTE_BASE);
        k += 1;
    }
    powers
};

/// `a · b` modulo P, for a and b below P.
#[inline]
#[allow(clippy::cast_possible_truncation)]
const fn mul(a: u64, b: u64) -> u64 {
    fold(a as u128 * b as u128)
}

/// `x` modulo P, for x below 2^122.
#[inline]
#[allow(clippy::cast_possible_truncation)]
const fn fold(x: u128) -> u64 {
    let sum = (x as u64 & P) + (x >> 61) as u64;
    if sum >= P { sum - P } else { sum }
}

/// `a + b` modulo P.
#[inline]
const fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= P { sum - P } else { sum }
}

/// A string's hash and what it takes to append it to another one.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    /// The polynomial hash of the bytes.
    pub hash: u64,
    /// BYTE_BASE to the power of the length.
    pub power: u64,
}

impl Piece {
    /// The piece of a string.
    #[inline]
    pub fn of(text: &str) -> Self {
        let mut whole = Self { hash: 0, power: 1 };
        for chunk in text.as_bytes().chunks(CHUNK) {
            let sum: u128 = chunk
                .iter()
                .zip(POWERS[..chunk.len()].iter().rev())
                .map(|(&byte, &power)| (u128::from(byte) + 1) * u128::from(power))
                .sum();
            let power = POWERS[chunk.len()];
            whole = Self {
                hash: add(mul(whole.hash, power), fold(sum)),
                power: mul(whole.power, power),
            };
        }
        whole
    }

    /// The hash of a text (given by its hash) followed by this piece: equal exactly where the concatenations are.
    #[inline]
    pub fn append_to(self, hash: u64) -> u64 {
        add(mul(hash, self.power), self.hash)
    }

    /// The hash of a sequence of words (given by its hash) followed by this word: equal where the sequences are.
    #[inline]
    pub fn follow(self, sequence: u64) -> u64 {
        add(mul(sequence, WORD_BASE), self.hash)
    }
}

/// How many slots serve `n` keys: a power of two, at most half full.
fn slots_for(n: usize) -> usize {
    (n.max(8) * 2).next_power_of_two()
}

/// Where a key is looked for first in a table of `mask + 1` slots.
#[inline]
#[allow(clippy::cast_possible_truncation)]
fn home(key: u64, mask: usize) -> usize {
    // Fibonacci hashing: the upper half of the product depends on all key bits.
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask
}

/// A set of 64-bit keys, reused from one pass to the next.
#[derive(Debug, Default)]
pub struct KeySet {
    slots: Vec<u64>,
}

impl KeySet {
    /// Empties the set and makes room for `n` keys.
    pub fn reset(&mut self, n: usize) {
        self.slots.clear();
        self.slots.resize(slots_for(n), 0);
    }

    /// Inserts a key; `true` when it was not there. At most as many keys as given to `reset`.
    #[inline]
    pub fn insert(&mut self, key: u64) -> bool {
        let key = key.max(1);
        let mask = self.slots.len() - 1;
        let mut at = home(key, mask);
        loop {
            match self.slots[at] {
                0 => {
                    self.slots[at] = key;
                    return true;
                }
                found if found == key => return false,
                _ => at = (at + 1) & mask,
            }
        }
    }
}

/// One counted key.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    key: u64,
    count: u32,
    first: u32,
}

/// Counts of 64-bit keys, reused from one pass to the next.
#[derive(Debug, Default)]
pub struct KeyCounts {
    slots: Vec<Count>,
}

impl KeyCounts {
    /// Empties the table and makes room for `n` keys.
    pub fn reset(&mut self, n: usize) {
        self.slots.clear();
        self.slots.resize(slots_for(n), Count::default());
    }

    /// Counts `key`, seen at `place`; returns its count so far and the place where it was first seen.
    #[inline]
    pub fn add(&mut self, key: u64, place: u32) -> (u32, u32) {
        let key = key.max(1);
        let mask = self.slots.len() - 1;
        let mut at = home(key, mask);
        loop {
            let slot = &mut self.slots[at];
            if slot.key == key {
                slot.count = slot.count.saturating_add(1);
                return (slot.count, slot.first);
            }
            if slot.key == 0 {
                *slot = Count {
                    key,
                    count: 1,
                    first: place,
                };
                return (1, place);
            }
            at = (at + 1) & mask;
        }
    }
}
