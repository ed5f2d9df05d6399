//! Shingles: windows of words or characters, as rolling hashes or as bytes.

pub use crate::text::mix;

use crate::text::{WordEdges, WordKind};
use xxhash_rust::xxh3::xxh3_64;

/// Multiplier of the rolling polynomial: 2^64 divided by the golden ratio, made odd (Knuth, TAOCP 3, 6.4).
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Tokens, and shingles, that are worked on together: large enough to hide the call of a kernel, small enough for the first cache.
pub(in crate::dedup) const BLOCK: usize = 512;
/// Longest shingle, in tokens.
const LONGEST: usize = 64;

/// Hashes of all shingles of n tokens, block by block: of each the polynomial `sum token[i] * BASE^(n-1-i) mod 2^64`, mixed.
/// Order counts; one token costs two multiplications whatever n is. BASE is odd, so every token keeps its full weight.
#[derive(Debug)]
pub(in crate::dedup) struct Roller {
    /// The last [`LONGEST`] tokens of the block before (zeros at first, which weigh nothing), then a block.
    tokens: Box<[u64; LONGEST + BLOCK]>,
    hashes: Box<[u64; BLOCK]>,
}

impl Default for Roller {
    fn default() -> Self {
        Self { tokens: Box::new([0; LONGEST + BLOCK]), hashes: Box::new([0; BLOCK]) }
    }
}

impl Roller {
    /// Hands the hashes of a document's shingles of `n` tokens (1..=64, checked by the caller) to `take`, block by block, and
    /// returns how many tokens it has. `fill` writes the next tokens into a slice and says how many: none at the
    /// end. A document shorter than a shingle gives one hash, of all its tokens.
    pub fn roll(&mut self, n: usize, mut fill: impl FnMut(&mut [u64]) -> usize, mut take: impl FnMut(&[u64])) -> usize {
        // BASE^n: the weight of the token that leaves.
        let leaving = (0..n).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let (mut seen, mut sum) = (0, 0_u64);
        self.tokens[..LONGEST].fill(0);
        loop {
            let filled = fill(&mut self.tokens[LONGEST..]);
            let (new, old) = (&self.tokens[LONGEST..][..filled], &self.tokens[LONGEST - n..][..filled]);
            for ((hash, &new), &old) in self.hashes.iter_mut().zip(new).zip(old) {
                sum = sum.wrapping_mul(BASE).wrapping_add(new.wrapping_sub(old.wrapping_mul(leaving)));
                *hash = mix(sum);
            }
            // The first n - 1 tokens of a document complete no shingle.
            let first = (n - 1).saturating_sub(seen).min(filled);
            seen += filled;
            if first < filled {
                take(&self.hashes[first..filled]);
            }
            if filled == 0 {
                break;
            }
            self.tokens.copy_within(filled..filled + LONGEST, 0);
        }
        if seen > 0 && seen < n {
            // The number of tokens enters, so that no such document equals a full shingle.
            take(&[mix(sum ^ mix(seen as u64))]);
        }
        seen
    }
}

/// Fills slices from an iterator, for [`Roller::roll`].
pub(in crate::dedup) fn from_iter(tokens: impl Iterator<Item = u64>) -> impl FnMut(&mut [u64]) -> usize {
    let mut tokens = tokens.fuse();
    move |slice| slice.iter_mut().zip(&mut tokens).map(|(slot, token)| *slot = token).count()
}

/// The hashes of words: XXH3-64, block by block.
#[derive(Debug)]
pub(in crate::dedup) struct WordHasher {
    /// Where the words of a block begin and end.
    edges: Box<[usize; 2 * BLOCK]>,
    /// Places of the words of a block, by the branch that XXH3 takes on their length.
    places: Box<[[u16; BLOCK]; CLASSES]>,
}

/// XXH3 has a way of its own for up to 3, 8, 16 and more bytes.
const CLASSES: usize = 4;

impl Default for WordHasher {
    fn default() -> Self {
        Self { edges: Box::new([0; 2 * BLOCK]), places: Box::new([[0; BLOCK]; CLASSES]) }
    }
}

impl WordHasher {
    /// Fills slices of [`BLOCK`] with the hashes of the words of a text, for [`Roller::roll`].
    pub fn fill<'a, K: WordKind + 'a>(&'a mut self, text: &'a str) -> impl FnMut(&mut [u64]) -> usize + 'a {
        let mut words = WordEdges::<K>::new(text);
        move |hashes| {
            let count = words.next(&mut self.edges[..]);
            self.hash(text.as_bytes(), count, hashes);
            count
        }
    }

    /// Lengths of words come in no order that a processor could foresee; words whose lengths take the same branches of XXH3
    /// are hashed one after the other, so that it need not.
    fn hash(&mut self, text: &[u8], count: usize, hashes: &mut [u64]) {
        let edges = &self.edges.as_chunks::<2>().0[..count];
        let mut counts = [0_usize; CLASSES];
        for (place, [start, end]) in edges.iter().enumerate() {
            let length = end - start;
            let (small, middle, large) = (length > 3, length > 8, length > 16);
            // Written to each list, but counted in one: counts stay in registers, and nothing branches.
            for (class, (places, own)) in
                self.places.iter_mut().zip([!small, small && !middle, middle && !large, large]).enumerate()
            {
                // A count is at most `place`; a block has less than 2^16.
                places[counts[class] % BLOCK] = place as u16;
                counts[class] += usize::from(own);
            }
        }
        for (places, count) in self.places.iter().zip(counts) {
            for &place in &places[..count] {
                let [start, end] = edges[usize::from(place)];
                hashes[usize::from(place)] = xxh3_64(&text[start..end]);
            }
        }
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
