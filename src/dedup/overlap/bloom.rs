//! A Bloom filter that is the same on every machine.

use super::super::minhash::mix;

/// A set of hashes that may take one it does not have for its own, at a known rate.
#[derive(Debug)]
pub struct Bloom {
    words: Vec<u64>,
    bits: u64,
    probes: u32,
}

/// Bits per hash and probe: 1 / ln 2, in parts of [`PARTS`]. With so many, half of the bits are set once the filter is full.
const OPTIMAL: u128 = 1_442_695_041;
const PARTS: u128 = 1_000_000_000;
/// Bits of a word.
const WORD: u64 = 64;

impl Bloom {
    /// Most hashes of a filter: false positives at 2^-40 are none.
    pub const MOST_PROBES: u32 = 40;

    /// Bytes of a filter for so many different hashes at a rate of 2^-`probes`; whole numbers alone, so that every machine
    /// finds the same.
    #[must_use]
    pub fn bytes(hashes: u64, probes: u32) -> u64 {
        let bits = (u128::from(hashes) * u128::from(probes) * OPTIMAL).div_ceil(PARTS);
        u64::try_from(bits.div_ceil(u128::from(WORD)).max(1) * 8).unwrap_or(u64::MAX)
    }

    /// An empty filter for so many different hashes; `None` if the system has no such memory.
    #[must_use]
    pub fn new(hashes: u64, probes: u32) -> Option<Self> {
        let bytes = Self::bytes(hashes, probes);
        let count = usize::try_from(bytes / 8).ok()?;
        let mut words = Vec::new();
        words.try_reserve_exact(count).ok()?;
        words.resize(count, 0);
        Some(Self { words, bits: bytes.checked_mul(8)?, probes: probes.clamp(1, Self::MOST_PROBES) })
    }

    /// The bits of a hash, as word and mask: double hashing, the second hash derived from the first.
    fn places(&self, hash: u64) -> impl Iterator<Item = (usize, u64)> + use<> {
        let (step, bits) = (mix(hash) | 1, self.bits);
        (0..u64::from(self.probes)).map(move |probe| {
            let at = hash.wrapping_add(probe.wrapping_mul(step));
            // Below `bits`, and its word below the number of words.
            let bit = (u128::from(at) * u128::from(bits) >> 64) as u64;
            ((bit / WORD) as usize, 1 << (bit % WORD))
        })
    }

    /// Whether a hash was added, or is taken for one that was.
    #[must_use]
    pub fn has(&self, hash: u64) -> bool {
        self.places(hash).all(|(word, mask)| self.words[word] & mask != 0)
    }

    /// Adds a hash.
    pub fn add(&mut self, hash: u64) {
        for (word, mask) in self.places(hash) {
            self.words[word] |= mask;
        }
    }

    /// Bits that are set, and all.
    #[must_use]
    pub fn filled(&self) -> (u64, u64) {
        (self.words.iter().map(|word| u64::from(word.count_ones())).sum(), self.bits)
    }
}
