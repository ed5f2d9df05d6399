//! A Bloom filter that is the same on every machine.
//!
//! All bits of a hash lie in one block of two cache lines ("Cache-, hash- and space-efficient Bloom filters", Putze, Sanders and
//! Singler, 2007): a question costs one trip to memory where a plain filter takes one for each bit. Blocks fill unevenly, which
//! takes 2 % more bits at a rate of 0.01, and 17 % at 10^-6.

use super::super::frame::u64_at;
use super::super::minhash::mix;
use std::hint::black_box;
use std::ops::Range;

/// A set of hashes that may take one it does not have for its own, at a known rate.
#[derive(Debug, PartialEq, Eq)]
pub struct Bloom {
    blocks: Vec<Block>,
    /// Bits set for each hash.
    probes: u32,
}

/// Bits that are read together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[repr(align(128))]
struct Block([u64; WORDS]);

const WORDS: usize = 16;
/// Bits of a block.
const BLOCK: u64 = 64 * WORDS as u64;
/// Bits that choose a place in a block.
const PLACE: u32 = 10;
/// Bytes of a block.
pub(super) const BLOCK_BYTES: usize = 8 * WORDS;

/// Bits set for each hash, and hundredths of bits that a filter has for each hash, for rates of 2^-1, 2^-2, …: the fewest that reach
/// the rate in blocks of 1,024 bits, by summing (1 - (1 - 1/1024)^(j probes))^probes over Poisson-distributed loads j. A test
/// sums them again.
pub(super) const SHAPES: [(u32, u32); 30] = [
    (1, 145),
    (2, 289),
    (3, 434),
    (4, 580),
    (5, 728),
    (6, 877),
    (7, 1028),
    (8, 1183),
    (9, 1340),
    (10, 1501),
    (11, 1665),
    (11, 1833),
    (12, 2006),
    (13, 2184),
    (14, 2367),
    (15, 2557),
    (15, 2752),
    (16, 2954),
    (17, 3163),
    (18, 3380),
    (18, 3604),
    (19, 3836),
    (20, 4078),
    (20, 4329),
    (21, 4589),
    (22, 4860),
    (22, 5143),
    (23, 5436),
    (24, 5742),
    (24, 6060),
];

impl Bloom {
    /// Smallest rate of false positives, as the power of a half: below it the hashes themselves would take less.
    #[allow(clippy::cast_possible_truncation, reason = "thirty")]
    pub const MOST_HALVINGS: u32 = SHAPES.len() as u32;

    /// Hashes that are asked together: their blocks fill a quarter of a first-level cache, and a mask has a bit for each.
    pub const TOGETHER: usize = u64::BITS as usize;

    pub(super) fn shape(halvings: u32) -> (u32, u32) {
        SHAPES[(halvings.clamp(1, Self::MOST_HALVINGS) - 1) as usize]
    }

    /// Hundredths of bits for each hash at a rate of 2^-`halvings`.
    #[must_use]
    pub fn hundredths_each(halvings: u32) -> u32 {
        Self::shape(halvings).1
    }

    /// Bytes of a filter for so many different hashes at a rate of 2^-`halvings`; in whole numbers, so that every machine finds
    /// the same.
    #[must_use]
    pub fn bytes(hashes: u64, halvings: u32) -> u64 {
        let bits = (u128::from(hashes) * u128::from(Self::hundredths_each(halvings))).div_ceil(100);
        let blocks = bits.div_ceil(u128::from(BLOCK)).max(1);
        u64::try_from(blocks * u128::from(BLOCK / 8)).unwrap_or(u64::MAX)
    }

    /// An empty filter for so many different hashes; `None` if the system has no such memory.
    #[must_use]
    pub fn new(hashes: u64, halvings: u32) -> Option<Self> {
        Self::of_blocks(Self::bytes(hashes, halvings) / (BLOCK / 8), halvings)
    }

    /// An empty filter of so many blocks.
    pub(super) fn of_blocks(count: u64, halvings: u32) -> Option<Self> {
        let count = usize::try_from(count).ok().filter(|&count| count > 0)?;
        let mut blocks = Vec::new();
        blocks.try_reserve_exact(count).ok()?;
        blocks.resize(count, Block([0; WORDS]));
        Some(Self { blocks, probes: Self::shape(halvings).0 })
    }

    /// Bits set for each hash.
    pub(super) fn probes(&self) -> u32 {
        self.probes
    }

    pub(super) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Appends the bytes of some blocks, the same on every machine.
    pub(super) fn encode(&self, blocks: Range<usize>, out: &mut Vec<u8>) {
        for Block(words) in &self.blocks[blocks] {
            words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
        }
    }

    /// Takes the bytes of the blocks from `first` on.
    pub(super) fn decode(&mut self, first: usize, bytes: &[u8]) {
        for (Block(words), bytes) in self.blocks[first..].iter_mut().zip(bytes.chunks_exact(BLOCK_BYTES)) {
            words.iter_mut().zip(bytes.chunks_exact(8)).for_each(|(word, bytes)| *word = u64_at(bytes, 0));
        }
    }

    /// The block of a hash.
    fn block(&self, hash: u64) -> usize {
        // Below the number of blocks.
        ((u128::from(hash) * self.blocks.len() as u128) >> 64) as usize
    }

    /// The bits of a hash in its block, as word and mask.
    fn places(&self, hash: u64) -> impl Iterator<Item = (usize, u64)> + use<> {
        /// Places that one mixed hash gives.
        const EACH: u32 = 64 / PLACE;
        /// An odd step between them (the golden ratio in 64 bits).
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut bits = 0;
        (0..self.probes).map(move |probe| {
            bits = if probe % EACH == 0 {
                mix(hash.wrapping_add(STEP.wrapping_mul(u64::from(probe) + 1)))
            } else {
                bits >> PLACE
            };
            let place = bits % BLOCK;
            ((place / 64) as usize, 1 << (place % 64))
        })
    }

    /// Brings the blocks of some hashes near, all at once: for those that are asked one after the other, memory would be waited
    /// for each time.
    fn fetch(&self, hashes: &[u64]) {
        let touched = hashes.iter().map(|&hash| {
            let Block(words) = &self.blocks[self.block(hash)];
            words[0] | words[WORDS / 2]
        });
        black_box(touched.fold(0, |all, word| all | word));
    }

    /// Which of at most [`Self::TOGETHER`] hashes were added, or are taken for ones that were: a bit for each, the lowest for the
    /// first.
    #[must_use]
    pub fn marks(&self, hashes: &[u64]) -> u64 {
        self.fetch(hashes);
        (0..).zip(hashes).fold(0, |marks, (at, &hash)| marks | u64::from(self.has(hash)) << at)
    }

    /// Whether a hash was added, or is taken for one that was.
    #[must_use]
    pub fn has(&self, hash: u64) -> bool {
        let Block(words) = &self.blocks[self.block(hash)];
        self.places(hash).all(|(word, mask)| words[word] & mask != 0)
    }

    /// Adds a hash.
    pub fn add(&mut self, hash: u64) {
        let (block, places) = (self.block(hash), self.places(hash));
        let Block(words) = &mut self.blocks[block];
        for (word, mask) in places {
            words[word] |= mask;
        }
    }

    /// Bits that are set, and all.
    #[cfg(test)]
    #[must_use]
    pub fn filled(&self) -> (u64, u64) {
        let set = self.blocks.iter().flat_map(|Block(words)| words).map(|word| u64::from(word.count_ones())).sum();
        (set, self.blocks.len() as u64 * BLOCK)
    }
}
