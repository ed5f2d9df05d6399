//! MinHash signatures and LSH bands (Broder 1997; bands as in Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets" 3.4).
//!
//! Two families of permutations:
//! * [`Family::Fast`], our default: XXH3-64 per word, a rolling polynomial over the words of a shingle, a mixer, and
//!   `a * h + b mod 2^32` with odd `a` per permutation. 32 bits are enough to order the shingles of a document; because each
//!   permutation is a bijection, two values are equal exactly when the shingle hashes are.
//! * [`Family::Datatrove`]: bit-equal to datatrove v0.10 (`pipeline/dedup/minhash.py`, `utils/hashing.py`), given its words.

mod config;
mod datatrove;
mod kernel;
mod mt19937;
mod pair_clusters;
mod shape;
mod shingle;
mod signature_files;

pub use config::{Config, Family, ShingleHash, Short};
pub use kernel::Path;
pub use pair_clusters::{Clustered, PairClusters};
pub use shape::{FOUND, Shape, collision_probability, shape_finding, shape_for_similarity};
pub use shingle::mix;
pub use signature_files::{SignatureFile, SignatureForm, merge, read_pairs};

use super::error::DedupError;
use crate::text::WordKind;
use datatrove::Adder;
use kernel::Runner;
use shingle::{BLOCK, Window};
pub(super) use shingle::{Roller, WordHasher, from_iter};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Computes signatures; immutable, shared by all threads.
#[derive(Debug, Clone)]
pub struct MinHash {
    config: Config,
    constants: Constants,
    runner: Runner,
}

#[derive(Debug, Clone)]
enum Constants {
    Fast { a: Vec<u32>, b: Vec<u32> },
    Datatrove { hash: ShingleHash, a: Vec<u64>, b: Vec<u64> },
}

/// Buffers of one thread, reused from document to document.
#[derive(Debug, Default)]
pub struct Work {
    /// The signature of the last document: one value per permutation (32-bit values widened), band by band.
    pub signature: Vec<u64>,
    minima: Vec<u32>,
    block32: Vec<u32>,
    block64: Vec<u64>,
    roller: Roller,
    hasher: WordHasher,
    window: Window,
    bytes: Vec<u8>,
}

/// Added to the band number to seed the key of a band ("gmband" in ASCII), so that bands never share keys.
const BAND_SALT: u64 = 0x676d_6261_6e64_0000;

impl MinHash {
    /// Prepares the constants.
    ///
    /// # Errors
    /// When bands, rows or shingle length are out of range.
    pub fn new(config: Config) -> Result<Self, DedupError> {
        let permutations = config.shape.check()?;
        if !(1..=64).contains(&config.ngram) {
            let detail = format!("{} words per shingle is outside 1..=64", config.ngram);
            return Err(DedupError::Setting { name: "ngram", detail });
        }
        let constants = match config.family {
            Family::Fast { seed } => {
                let (a, b) = kernel::fast_constants(seed, permutations);
                Constants::Fast { a, b }
            }
            Family::Datatrove(hash) => {
                let (a, b) = mt19937::datatrove_constants(permutations);
                Constants::Datatrove { hash, a, b }
            }
        };
        Ok(Self { config, constants, runner: Runner::best() })
    }

    /// The same with a given code path, for tests and measurements; results are equal on every path.
    ///
    /// # Errors
    /// When this processor lacks the path.
    pub fn with_path(mut self, path: Path) -> Result<Self, DedupError> {
        self.runner = Runner::new(path).ok_or_else(|| {
            let detail = format!("this processor lacks {path:?}");
            DedupError::Setting { name: "path", detail }
        })?;
        Ok(self)
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Signs a sequence of words into `work.signature`; false if the document has no signature.
    ///
    /// Words come as the recipe cuts and simplifies them; nothing is changed here.
    pub fn sign_words<'t>(&self, words: impl IntoIterator<Item = &'t str>, work: &mut Work) -> bool {
        self.start(work);
        let seen = match &self.constants {
            Constants::Fast { a, b } => {
                let Work { minima, block32, roller, .. } = work;
                let hashes = words.into_iter().map(|word| xxh3_64(word.as_bytes()));
                self.sign_fast((a, b), from_iter(hashes), roller, (minima, block32))
            }
            Constants::Datatrove { hash, a, b } => {
                let mut add = Adder { owner: self, hash: *hash, constants: (a, b), work };
                add.start(Some(b' '));
                words.into_iter().for_each(|word| add.token(word.as_bytes()));
                add.finish()
            }
        };
        self.signed(seen, work)
    }

    /// Signs the words of this kind in `text`: what [`MinHash::sign_words`] does, faster.
    pub fn sign_words_of<K: WordKind>(&self, text: &str, work: &mut Work) -> bool {
        let Constants::Fast { a, b } = &self.constants else {
            return self.sign_words(K::words(text, 0), work);
        };
        self.start(work);
        let Work { minima, block32, roller, hasher, .. } = work;
        let seen = self.sign_fast((a, b), hasher.fill::<K>(text), roller, (minima, block32));
        self.signed(seen, work)
    }

    /// Signs the character n-grams of `text` (Unicode scalar values) into `work.signature`; false if there is no signature.
    pub fn sign_chars(&self, text: &str, work: &mut Work) -> bool {
        self.start(work);
        let seen = match &self.constants {
            Constants::Fast { a, b } => {
                let Work { minima, block32, roller, .. } = work;
                self.sign_fast((a, b), from_iter(text.chars().map(char_hash)), roller, (minima, block32))
            }
            Constants::Datatrove { hash, a, b } => {
                let mut add = Adder { owner: self, hash: *hash, constants: (a, b), work };
                add.start(None);
                text.chars().for_each(|c| add.token(c.encode_utf8(&mut [0; 4]).as_bytes()));
                add.finish()
            }
        };
        self.signed(seen, work)
    }

    /// Signs the n-grams of a sequence of token ids into `work.signature`; false if there is no signature.
    pub fn sign_tokens(&self, tokens: &[u32], work: &mut Work) -> bool {
        self.start(work);
        let seen = match &self.constants {
            Constants::Fast { a, b } => {
                let Work { minima, block32, roller, .. } = work;
                let hashes = tokens.iter().map(|&id| token_hash(id));
                self.sign_fast((a, b), from_iter(hashes), roller, (minima, block32))
            }
            Constants::Datatrove { hash, a, b } => {
                let mut add = Adder { owner: self, hash: *hash, constants: (a, b), work };
                add.start(None);
                tokens.iter().for_each(|id| add.token(&id.to_le_bytes()));
                add.finish()
            }
        };
        self.signed(seen, work)
    }

    fn start(&self, work: &mut Work) {
        let permutations = self.config.shape.permutations();
        work.block32.clear();
        work.block64.clear();
        work.signature.clear();
        match &self.constants {
            Constants::Fast { a, .. } => {
                work.minima.clear();
                work.minima.resize(a.len(), u32::MAX);
            }
            Constants::Datatrove { .. } => work.signature.resize(permutations, u64::MAX),
        }
    }

    fn signed(&self, seen: usize, work: &mut Work) -> bool {
        let enough = match self.config.short {
            Short::Exempt => seen >= self.config.ngram,
            Short::WholeText => seen > 0,
        };
        if !enough {
            work.signature.clear();
        } else if matches!(self.constants, Constants::Fast { .. }) {
            let permutations = self.config.shape.permutations();
            work.signature.extend(work.minima[..permutations].iter().map(|&value| u64::from(value)));
        }
        enough
    }

    fn sign_fast(
        &self,
        constants: (&[u32], &[u32]),
        tokens: impl FnMut(&mut [u64]) -> usize,
        roller: &mut Roller,
        (minima, block): (&mut [u32], &mut Vec<u32>),
    ) -> usize {
        roller.roll(self.config.ngram, tokens, |hashes| {
            block.clear();
            // The high half of a mixed hash: the half the mixer stirs best.
            block.extend(hashes.iter().map(|hash| (hash >> 32) as u32));
            self.runner.minima32(constants, block, minima);
        })
    }

    /// Appends one key per band of a signature: XXH3-64 of its rows, seeded with the band.
    ///
    /// Keys of different bands never meet, except by chance (2^-64 per pair).
    pub fn band_keys(&self, signature: &[u64], keys: &mut Vec<u64>) {
        let mut bytes = Vec::with_capacity(self.config.shape.rows * 8);
        for (band, rows) in signature.chunks_exact(self.config.shape.rows).enumerate() {
            bytes.clear();
            rows.iter().for_each(|row| bytes.extend_from_slice(&row.to_le_bytes()));
            keys.push(xxh3_64_with_seed(&bytes, BAND_SALT + band as u64));
        }
    }
}

/// The hash of one character, spread over 64 bits; + 1 so that U+0000 is not 0.
#[inline]
#[must_use]
pub fn char_hash(c: char) -> u64 {
    mix(u64::from(c) + 1)
}

/// The hash of one token id.
#[inline]
#[must_use]
pub fn token_hash(id: u32) -> u64 {
    mix(u64::from(id) + 1)
}

/// The share of equal values of two signatures of one configuration: an unbiased estimate of the Jaccard similarity.
#[must_use]
pub fn estimate(one: &[u64], other: &[u64]) -> f64 {
    let equal = one.iter().zip(other).filter(|(x, y)| x == y).count();
    equal as f64 / one.len().max(1) as f64
}

#[cfg(test)]
mod tests;
