//! What decides a signature.

use super::shape::Shape;

/// How a shingle of the datatrove family becomes a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShingleHash {
    /// First 8 bytes of SHA-1, little-endian (FineWeb).
    Sha1_64,
    /// XXH64 with seed 0 (datatrove's default, FineWeb-2).
    XxHash64,
    /// First 4 bytes of SHA-1, little-endian; values are cut to 32 bits.
    Sha1_32,
}

/// The family of permutations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Ours, made for speed.
    Fast {
        /// Seed of the permutation constants; part of the plan.
        seed: u64,
    },
    /// datatrove's, for comparable results.
    Datatrove(ShingleHash),
}

/// What happens to a document with fewer words (or characters) than a shingle has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Short {
    /// No signature: the document is never a duplicate (datatrove).
    Exempt,
    /// The whole sequence counts as one shingle, so such documents are duplicates exactly when all their words agree.
    /// Documents without any word stay exempt.
    WholeText,
}

/// Everything that decides a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Bands and rows.
    pub shape: Shape,
    /// Words (or characters) per shingle, 1..=64.
    pub ngram: usize,
    /// Short documents.
    pub short: Short,
    /// Permutations.
    pub family: Family,
}

impl Default for Config {
    /// 14 bands of 8 rows over 5-word shingles (FineWeb's parameters) with the fast family. Short documents are compared as
    /// a whole: leaving them out would keep every copy of the shortest boilerplate, and full agreement cannot be a mistake.
    fn default() -> Self {
        let family = Family::Fast { seed: 1 };
        Self { shape: Shape { bands: 14, rows: 8 }, ngram: 5, short: Short::WholeText, family }
    }
}

impl Config {
    /// datatrove's defaults: 14 x 8, 5 words, short documents exempt.
    #[must_use]
    pub fn datatrove(hash: ShingleHash) -> Self {
        Self { short: Short::Exempt, family: Family::Datatrove(hash), ..Self::default() }
    }
}
