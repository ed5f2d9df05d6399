//! Shingles: windows of words or characters, as rolling hashes or as bytes.

pub use crate::text::mix;

/// Multiplier of the rolling polynomial: 2^64 divided by the golden ratio, made odd (Knuth, TAOCP 3, 6.4).
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hash of the last n tokens: the polynomial `sum token[i] * BASE^(n-1-i) mod 2^64`, mixed. Order counts; one token costs
/// two multiplications whatever n is. BASE is odd, so every token keeps its full weight.
pub(in crate::dedup) struct Roller {
    ring: [u64; 64],
    n: usize,
    at: usize,
    seen: usize,
    sum: u64,
    /// BASE^n: the weight of the token that leaves.
    leaving: u64,
}

impl Roller {
    /// For shingles of `n` tokens, 1..=64 (checked by the caller).
    pub fn new(n: usize) -> Self {
        let leaving = (0..n).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        Self { ring: [0; 64], n, at: 0, seen: 0, sum: 0, leaving }
    }

    pub fn seen(&self) -> usize {
        self.seen
    }

    #[inline]
    pub fn push(&mut self, token: u64) -> Option<u64> {
        let old = std::mem::replace(&mut self.ring[self.at], token);
        self.at = if self.at + 1 == self.n { 0 } else { self.at + 1 };
        self.sum = self.sum.wrapping_mul(BASE).wrapping_add(token).wrapping_sub(old.wrapping_mul(self.leaving));
        self.seen += 1;
        (self.seen >= self.n).then(|| mix(self.sum))
    }

    /// The hash of all tokens so far, for documents shorter than a shingle. Their number enters, so that no such document
    /// equals a full shingle.
    pub fn whole(&self) -> u64 {
        mix(self.sum ^ mix(self.seen as u64))
    }
}

/// The bytes of the last n tokens.
#[derive(Debug, Default)]
pub(super) struct Window {
    tokens: Vec<Vec<u8>>,
    n: usize,
    seen: usize,
    separator: Option<u8>,
}

impl Window {
    pub fn start(&mut self, n: usize, separator: Option<u8>) {
        self.tokens.resize(n, Vec::new());
        (self.n, self.seen, self.separator) = (n, 0, separator);
    }

    pub fn push(&mut self, token: &[u8]) {
        let slot = &mut self.tokens[self.seen % self.n];
        slot.clear();
        slot.extend_from_slice(token);
        self.seen += 1;
    }

    pub fn seen(&self) -> usize {
        self.seen
    }

    pub fn is_full(&self) -> bool {
        self.seen >= self.n
    }

    /// Writes the window, joined, oldest token first.
    pub fn join(&self, out: &mut Vec<u8>) {
        out.clear();
        for number in self.seen.saturating_sub(self.n)..self.seen {
            out.extend_from_slice(&self.tokens[number % self.n]);
            out.extend(self.separator);
        }
        if self.separator.is_some() {
            out.pop();
        }
    }
}
