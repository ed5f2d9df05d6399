//! N-gram models from text: interpolated modified Kneser-Ney (Chen and Goodman 1998) as KenLM's `lmplz` estimates it.
//!
//! Counts, then adjusted counts (how many different words stand before an n-gram), discounts from the counts of counts, probabilities
//! interpolated with those of shorter n-grams, back-offs. All is done in memory, in the order of the numbers that words get when they
//! are first seen; the caller bounds the n-grams. Floats are of 32 bits, as in `lmplz`.

mod adjust;
mod count;
mod estimate;
mod write;

pub use count::{Counter, Full};

use adjust::Adjusted;

/// Longest n-grams that are counted.
pub const MAX_TRAINED: usize = 5;

/// Number of the unknown word.
const UNKNOWN: u32 = 0;
/// Number of the beginning of a sentence.
const BEGIN: u32 = 1;
/// Number of the end of one.
const END: u32 = 2;

/// Words of an n-gram, the last first; unused places are 0.
type Key = [u32; MAX_TRAINED];

/// What is taken off counts of 1, 2, and 3 or more where the data do not tell (`lmplz --discount_fallback`).
pub const FALLBACK: [f32; 3] = [0.5, 1.0, 1.5];

/// The discounts of an order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discounts {
    /// For adjusted counts of 1, 2, and 3 or more.
    pub amounts: [f32; 3],
    /// Whether they are [`FALLBACK`], because the counts of counts gave none.
    pub fallback: bool,
}

/// A trained model.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The `.arpa` file.
    pub arpa: String,
    /// N-grams by length, as they stand in it.
    pub ngrams: Vec<u64>,
    /// N-grams by length before pruning.
    pub counted: Vec<u64>,
    /// Discounts by length.
    pub discounts: Vec<Discounts>,
}

/// Estimates the model of what was counted. `prune`: n-grams of a length that come so often or less are left out; a value for each
/// length, not decreasing, the first 0.
#[must_use]
pub fn train(counter: Counter, prune: &[u64]) -> Trained {
    let (words, order, full) = counter.finish();
    let threshold = |length: usize| prune.get(length - 1).or(prune.last()).copied().unwrap_or(0);
    let thresholds: Vec<u64> = (1..=order).map(threshold).collect();
    let Adjusted { orders, discounts } = adjust::adjust(full, order, &thresholds);
    let counted = orders.iter().map(|grams| grams.len() as u64).collect();
    let ngrams: Vec<u64> = orders.iter().map(|grams| grams.iter().filter(|gram| !gram.pruned).count() as u64).collect();
    let weights = estimate::estimate(&orders, &discounts, ngrams[0]);
    let arpa = write::arpa(&words, &orders, &weights, &ngrams);
    Trained { arpa, ngrams, counted, discounts }
}
