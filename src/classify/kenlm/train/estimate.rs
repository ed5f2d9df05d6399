//! Probabilities and back-offs of adjusted counts.

use super::adjust::Gram;
use super::{BEGIN, Discounts, Key, MAX_TRAINED, UNKNOWN};

/// log10 of a probability, and of its back-off.
#[derive(Clone, Copy)]
pub(super) struct Weight {
    pub(super) prob: f32,
    pub(super) backoff: f32,
}

/// What follows a context, summed.
#[derive(Clone, Copy, Default)]
struct Follows {
    /// Adjusted counts.
    total: u64,
    /// Those of pruned n-grams.
    pruned: u64,
    /// How many have a count of 1, of 2, of 3 or more; pruned ones left out.
    counts: [u64; 3],
}

impl Follows {
    fn add(&mut self, gram: &Gram) {
        self.total += gram.count;
        if gram.pruned {
            self.pruned += gram.count;
        } else if gram.count > 0 {
            self.counts[gram.count.min(3) as usize - 1] += 1;
        }
    }

    /// The share that is left to shorter n-grams: what discounts take off, and what is pruned.
    fn left(&self, discounts: &Discounts) -> f32 {
        let taken = self.counts.iter().zip(&discounts.amounts);
        let taken = taken.fold(0.0, |sum: f32, (&count, amount)| sum + amount * count as f32);
        (taken + self.pruned as f32) / self.total as f32
    }
}

/// The count less its discount.
fn discounted(count: u64, discounts: &Discounts) -> f32 {
    let amount = match count {
        0 => 0.0,
        1 => discounts.amounts[0],
        2 => discounts.amounts[1],
        _ => discounts.amounts[2],
    };
    count as f32 - amount
}

/// log10, rounded once: from 64 bits, by a library that is the same on all machines.
fn log10(value: f32) -> f32 {
    libm::log10(f64::from(value)) as f32
}

/// Where the n-gram without the last word of a longer one stands.
fn context(shorter: &[Gram], key: &Key) -> usize {
    let mut wanted: Key = [0; MAX_TRAINED];
    wanted[..MAX_TRAINED - 1].copy_from_slice(&key[1..]);
    // It stands before the longer one in the text, so it was counted as well.
    shorter.binary_search_by(|gram| gram.key.cmp(&wanted)).unwrap_or(0)
}

/// The weights of all n-grams, pruned ones too. `words`: different words, the unknown one and the beginning of a sentence among them.
pub(super) fn estimate(orders: &[Vec<Gram>], discounts: &[Discounts], words: u64) -> Vec<Vec<Weight>> {
    let mut all: Vec<Vec<Weight>> = Vec::new();
    // Linear probabilities of the order before; of no words, that of any word but the beginning of a sentence.
    let mut before = vec![(1.0 / f64::from((words - 1) as f32)) as f32];
    for (at, grams) in orders.iter().enumerate() {
        let (probs, backoffs) = match at {
            0 => (unigrams(grams, &discounts[0], before[0]), Vec::new()),
            _ => longer(&orders[at - 1], grams, &discounts[at], &before),
        };
        if let Some(shorter) = all.last_mut() {
            shorter.iter_mut().zip(backoffs).for_each(|(weight, backoff)| weight.backoff = log10(backoff));
        }
        all.push(probs.iter().map(|&prob| Weight { prob: log10(prob).min(0.0), backoff: 0.0 }).collect());
        before = probs;
    }
    all
}

fn unigrams(grams: &[Gram], discounts: &Discounts, uniform: f32) -> Vec<f32> {
    let mut follows = Follows::default();
    grams.iter().for_each(|gram| follows.add(gram));
    let left = follows.left(discounts);
    let prob = |gram: &Gram| match gram.key[0] {
        UNKNOWN => left * uniform,
        // A sentence always begins.
        BEGIN => 1.0,
        _ => discounted(gram.count, discounts) / follows.total as f32 + left * uniform,
    };
    grams.iter().map(prob).collect()
}

/// Probabilities of n-grams of two words and more, and the back-offs of those that are shorter by one.
fn longer(shorter: &[Gram], grams: &[Gram], discounts: &Discounts, before: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let contexts: Vec<u32> = grams.iter().map(|gram| context(shorter, &gram.key) as u32).collect();
    let mut follows = vec![Follows::default(); shorter.len()];
    for (gram, &context) in grams.iter().zip(&contexts) {
        follows[context as usize].add(gram);
    }
    let backoff = |follows: &Follows| if follows.total == 0 { 1.0 } else { follows.left(discounts) };
    let backoffs: Vec<f32> = follows.iter().map(backoff).collect();
    // Both lists are sorted from the last word to the first, so that without the first word only moves forward.
    let mut end = 0;
    let ends_with = |gram: &Gram, other: &Gram, length: usize| gram.key[..length] == other.key[..length];
    let probs = grams.iter().zip(&contexts).map(|(gram, &context)| {
        let length = gram.key.iter().rposition(|&word| word != 0).unwrap_or(0);
        while end + 1 < shorter.len() && !ends_with(gram, &shorter[end], length) {
            end += 1;
        }
        let own = discounted(gram.count, discounts) / follows[context as usize].total as f32;
        own + backoffs[context as usize] * before[end]
    });
    (probs.collect(), backoffs)
}
