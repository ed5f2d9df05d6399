//! The mixture: how often a document is written, where it goes, and which ones are held out.
//!
//! Every decision is a hash of seed, document id and copy, so that it depends on nothing else: not on the other documents, not
//! on the order in which they come, not on the machine.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::document::DocId;

/// How often the documents of a group are written: each `whole` times, and a share `part / 2^32` of them once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epochs {
    /// Copies that every document gets.
    pub whole: u32,
    /// Share of the documents that get one more, in units of 2^-32.
    pub part: u32,
}

impl Epochs {
    /// Once.
    pub const ONE: Self = Self { whole: 1, part: 0 };

    /// From a number that is not negative; what is finer than 2^-32 is cut off.
    #[must_use]
    pub fn of(value: f64) -> Self {
        let value = value.clamp(0.0, f64::from(u32::MAX));
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped, and the fraction is below 1"
        )]
        Self { whole: value as u32, part: (value.fract() * TWO_32) as u32 }
    }

    /// The number.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.whole) + f64::from(self.part) / TWO_32
    }

    /// How many copies of this document are written.
    #[must_use]
    pub fn copies(self, seed: u64, id: &DocId) -> u32 {
        self.whole + u32::from(below(hash(seed, PART, id, 0), self.part))
    }
}

const TWO_32: f64 = 4_294_967_296.0;

/// What a hash decides; each use has its own, so that the decisions are independent of each other.
const PART: u8 = 1;
const HELD_OUT: u8 = 2;
const PLACE: u8 = 3;
const SAMPLE: u8 = 4;

fn hash(seed: u64, what: u8, id: &DocId, copy: u32) -> u64 {
    let mut bytes = [0; 21];
    bytes[0] = what;
    bytes[1..17].copy_from_slice(&id.0);
    bytes[17..].copy_from_slice(&copy.to_le_bytes());
    xxh3_64_with_seed(&bytes, seed)
}

fn below(hash: u64, share: u32) -> bool {
    hash >> 32 < u64::from(share)
}

/// Whether a document is held out for validation, when `share / 2^32` of the documents are.
#[must_use]
pub fn held_out(seed: u64, id: &DocId, share: u32) -> bool {
    below(hash(seed, HELD_OUT, id, 0), share)
}

/// How many copies of a document are written, and whether they are held out: what is held out is written once and nowhere else.
#[must_use]
pub fn written(epochs: Option<Epochs>, seed: u64, id: &DocId, share: u32) -> (u32, bool) {
    let copies = epochs.map_or(0, |epochs| epochs.copies(seed, id));
    match copies > 0 && held_out(seed, id, share) {
        true => (1, true),
        false => (copies, false),
    }
}

/// A share as [`held_out`] takes it.
#[must_use]
pub fn share(value: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to below 2^32")]
    let share = (value.clamp(0.0, 1.0) * TWO_32).min(f64::from(u32::MAX)) as u32;
    share
}

/// Where a copy of a document stands in the shuffled order of all: copies are written by ascending key.
#[must_use]
pub fn key(seed: u64, id: &DocId, copy: u32) -> u64 {
    hash(seed, PLACE, id, copy)
}

/// The hash by which documents are sampled: those with the least.
#[must_use]
pub fn sampling_hash(seed: u64, id: &DocId) -> u64 {
    hash(seed, SAMPLE, id, 0)
}

/// Where a value stands among all numbers, so that ranks compare as values do; a document without the value comes last, whichever
/// way they are ordered.
#[must_use]
pub fn rank(value: f64, descending: bool) -> u64 {
    if value.is_nan() {
        return u64::MAX;
    }
    // -0 and 0 are one value. Above 0 the bits of a number ascend with it, below they descend.
    let bits = (value + 0.0).to_bits();
    let ascending = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    if descending { !ascending } else { ascending }
}

/// The shard that a key belongs to when the keys are cut into `shards` equal ranges.
#[must_use]
pub fn shard_of(key: u64, shards: u32) -> u32 {
    // The high half of a 96-bit product: exact, and below `shards`.
    #[allow(clippy::cast_possible_truncation, reason = "below `shards`")]
    let shard = ((u128::from(key) * u128::from(shards)) >> 64) as u32;
    shard
}

/// Documents that are weighed alike: one source, one language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// Index of the source in the plan.
    pub source: u32,
    /// Language label; empty where no language step looked.
    pub language: String,
}

/// Most bytes of a language label in [`Group`]. Longer labels are cut, which at worst weighs two languages alike.
pub const LABEL_BYTES: usize = 12;

/// A language label as [`Group`] holds it.
#[must_use]
pub fn label(language: &str) -> &str {
    let mut end = language.len().min(LABEL_BYTES);
    while !language.is_char_boundary(end) {
        end -= 1;
    }
    &language[..end]
}

/// What the config asks of the mixture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// Epochs by source index; sources that are not named get one.
    pub epochs: BTreeMap<u32, f64>,
    /// Shares of the tokens by source index; empty: `epochs` decide.
    pub weights: BTreeMap<u32, f64>,
    /// Tokens of the whole mixture, with weights; `None`: as many as no source must be repeated for.
    pub tokens: Option<u64>,
    /// Exponent on the tokens of a language within its source: 1 leaves them as they are, 0 makes all languages equal.
    pub language_exponent: f64,
    /// Most epochs of any group.
    pub max_epochs: f64,
}

/// What a group of the mixture came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Which documents.
    pub group: Group,
    /// Tokens of its documents, each once.
    pub tokens: u64,
    /// Epochs that the config's numbers ask for.
    pub wanted: f64,
    /// Epochs that are written: `wanted`, but not more than the most.
    pub epochs: Epochs,
}

/// Works out the epochs of each group from the tokens that there are. Sums and products in a fixed order; the power comes from a
/// library that gives every machine the same bits.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "shares need no more than 53 bits")]
pub fn shares(wanted: &Wanted, totals: &BTreeMap<Group, u64>) -> Vec<Share> {
    let mut by_source: BTreeMap<u32, u64> = BTreeMap::new();
    for (group, tokens) in totals {
        *by_source.entry(group.source).or_default() += tokens;
    }
    let sum: f64 = wanted.weights.values().sum();
    let weight = |source: &u32| wanted.weights.get(source).copied().unwrap_or(0.0) / sum;
    let fits = by_source.iter().filter(|(source, tokens)| weight(source) > 0.0 && **tokens > 0);
    let most = fits.map(|(source, tokens)| *tokens as f64 / weight(source)).fold(f64::INFINITY, f64::min);
    let target = wanted.tokens.map_or(most, |tokens| tokens as f64);
    let of_source = |source: u32| match (wanted.weights.is_empty(), by_source[&source]) {
        (true, _) => wanted.epochs.get(&source).copied().unwrap_or(1.0),
        (false, 0) => 0.0,
        (false, tokens) => weight(&source) * target / tokens as f64,
    };
    // Within a source, a language of t tokens gets t^exponent / sum of t^exponent of the source's tokens.
    let power = |tokens: u64| if tokens == 0 { 0.0 } else { libm::pow(tokens as f64, wanted.language_exponent) };
    let mut powers: BTreeMap<u32, f64> = BTreeMap::new();
    for (group, tokens) in totals {
        *powers.entry(group.source).or_default() += power(*tokens);
    }
    let of_group = |group: &Group, tokens: u64| {
        let epochs = of_source(group.source);
        if tokens == 0 || wanted.language_exponent == 1.0 {
            return epochs;
        }
        epochs * by_source[&group.source] as f64 * (power(tokens) / powers[&group.source]) / tokens as f64
    };
    let share = |(group, &tokens): (&Group, &u64)| {
        let wanted_epochs = of_group(group, tokens);
        let epochs = Epochs::of(wanted_epochs.min(wanted.max_epochs));
        Share { group: group.clone(), tokens, wanted: wanted_epochs, epochs }
    };
    totals.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> DocId {
        DocId::of("s", "f", n)
    }

    fn group(source: u32, language: &str) -> Group {
        Group { source, language: language.to_owned() }
    }

    fn wanted() -> Wanted {
        Wanted { language_exponent: 1.0, max_epochs: 4.0, ..Wanted::default() }
    }

    #[test]
    fn copies_are_whole_epochs_and_a_share_of_one_more() {
        let epochs = Epochs::of(2.25);
        assert_eq!((epochs.whole, epochs.value()), (2, 2.25));
        let copies: Vec<u32> = (0..10_000).map(|n| epochs.copies(7, &id(n))).collect();
        assert!(copies.iter().all(|one| (2..=3).contains(one)));
        let more = copies.iter().filter(|one| **one == 3).count();
        // Standard deviation: sqrt(10,000 * 0.25 * 0.75) = 43.
        assert!((2_300..2_700).contains(&more), "{more}");
        assert_eq!(Epochs::of(0.0).copies(7, &id(1)), 0);
        assert!((0..1000).all(|n| Epochs::ONE.copies(7, &id(n)) == 1));
    }

    #[test]
    fn decisions_are_independent_of_each_other_and_of_the_seed() {
        let half = share(0.5);
        let count = |f: &dyn Fn(u64) -> bool| (0..10_000).filter(|n| f(*n)).count();
        let both = count(&|n| held_out(1, &id(n), half) && Epochs::of(0.5).copies(1, &id(n)) == 1);
        assert!((2_300..2_700).contains(&both), "{both}");
        let seeds = count(&|n| held_out(1, &id(n), half) && held_out(2, &id(n), half));
        assert!((2_300..2_700).contains(&seeds), "{seeds}");
        assert_eq!(count(&|n| held_out(1, &id(n), share(0.0))), 0);
    }

    #[test]
    fn shards_cut_the_keys_evenly_and_in_order() {
        assert_eq!((shard_of(0, 7), shard_of(u64::MAX, 7)), (0, 6));
        assert_eq!(shard_of(1 << 63, 2), 1);
        assert_eq!(shard_of((1 << 63) - 1, 2), 0);
        let mut counts = [0; 5];
        (0..10_000).for_each(|n| counts[shard_of(key(3, &id(n), 0), 5) as usize] += 1);
        assert!(counts.iter().all(|count| (1_850..2_150).contains(count)), "{counts:?}");
    }

    #[test]
    fn ranks_compare_as_values_do() {
        let values = [f64::NEG_INFINITY, -2.5, -1e-300, 0.0, 1e-300, 0.5, 3.0, f64::MAX, f64::INFINITY];
        for pair in values.windows(2) {
            assert!(
                rank(pair[0], false) < rank(pair[1], false) && rank(pair[0], true) > rank(pair[1], true),
                "{pair:?}"
            );
        }
        assert!(values.iter().all(|&value| rank(value, false) < rank(f64::NAN, false)));
        assert!(values.iter().all(|&value| rank(value, true) < rank(f64::NAN, true)));
        assert_eq!(rank(-0.0, true), rank(0.0, true));
    }

    #[test]
    fn weights_become_epochs_that_give_those_shares() {
        let totals = BTreeMap::from([(group(0, ""), 900), (group(1, ""), 100)]);
        let half = Wanted { weights: BTreeMap::from([(0, 1.0), (1, 1.0)]), ..wanted() };
        let found = shares(&half, &totals);
        // Nothing is repeated: the smaller source decides.
        assert_eq!(found.iter().map(|one| one.wanted).collect::<Vec<_>>(), [100.0 / 900.0, 1.0]);
        let more = Wanted { tokens: Some(1000), ..half };
        let found = shares(&more, &totals);
        assert_eq!(found.iter().map(|one| one.wanted).collect::<Vec<_>>(), [500.0 / 900.0, 5.0]);
        assert_eq!(found[1].epochs.value(), 4.0, "the most epochs");
    }

    #[test]
    fn an_exponent_evens_languages_out_and_keeps_the_source() {
        let totals = BTreeMap::from([(group(0, "de"), 100), (group(0, "en"), 10_000), (group(1, "en"), 50)]);
        let found = shares(&Wanted { language_exponent: 0.5, max_epochs: 100.0, ..wanted() }, &totals);
        let written: Vec<f64> = found.iter().map(|one| one.wanted * one.tokens as f64).collect();
        // 10 : 100 of 10,100 tokens.
        assert!((written[0] - 10_100.0 / 11.0).abs() < 1e-6 && (written[1] - 101_000.0 / 11.0).abs() < 1e-6);
        assert!((written[2] - 50.0).abs() < 1e-9);
        let plain = shares(&wanted(), &totals);
        assert!(plain.iter().all(|one| one.epochs == Epochs::ONE));
    }
}
