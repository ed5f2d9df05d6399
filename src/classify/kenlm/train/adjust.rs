//! Adjusted counts of all lengths, what is pruned, and the discounts.

use super::{BEGIN, Discounts, FALLBACK, Key, MAX_TRAINED, UNKNOWN};

/// An n-gram of any length.
pub(super) struct Gram {
    pub(super) key: Key,
    /// How often it comes; for those that are not the longest and do not begin a sentence, how many different words stand before it.
    pub(super) count: u64,
    /// It is left out, though its count still counts.
    pub(super) pruned: bool,
}

/// N-grams by length, each sorted from the last word to the first.
pub(super) struct Adjusted {
    pub(super) orders: Vec<Vec<Gram>>,
    pub(super) discounts: Vec<Discounts>,
}

/// How many n-grams have an adjusted count of 0 to 4.
type CountsOfCounts = [u64; 5];

/// An n-gram that is still met: what is known of it so far.
#[derive(Clone, Copy)]
struct Open {
    key: Key,
    adjusted: u64,
    actual: u64,
}

struct Adjuster<'t> {
    order: usize,
    thresholds: &'t [u64],
    orders: Vec<Vec<Gram>>,
    seen: Vec<CountsOfCounts>,
    /// Those of the n-grams that the current one ends with, by length less one; shorter ones first.
    open: Vec<Open>,
}

fn note(seen: &mut CountsOfCounts, count: u64) {
    if let Some(place) = usize::try_from(count).ok().and_then(|count| seen.get_mut(count)) {
        *place += 1;
    }
}

impl Adjuster<'_> {
    /// Closes all open n-grams that are longer than `same`. `last`: nothing follows, and then `lmplz` notes the actual count.
    fn close(&mut self, same: usize, last: bool) {
        while self.open.len() > same {
            let Some(Open { key, adjusted, actual }) = self.open.pop() else { break };
            let at = self.open.len();
            let pruned = actual <= self.thresholds[at];
            note(&mut self.seen[at], if last { actual } else { adjusted });
            self.orders[at].push(Gram { key, count: adjusted, pruned });
        }
    }

    fn take(&mut self, key: Key, count: u64) {
        let same = self.open.last().map_or(0, |last| {
            let length = self.open.len();
            (0..length).take_while(|&at| last.key[at] == key[at]).count()
        });
        self.close(same, false);
        for open in &mut self.open {
            open.actual += count;
        }
        if let Some(longest) = self.open.last_mut() {
            longest.adjusted += 1;
        }
        // Shorter n-grams up to the one that begins the sentence.
        for length in same + 1..self.order {
            let mut shorter: Key = [0; MAX_TRAINED];
            shorter[..length].copy_from_slice(&key[..length]);
            let begins = key[length - 1] == BEGIN;
            self.open.push(Open { key: shorter, adjusted: if begins { count } else { 1 }, actual: count });
            if begins {
                return;
            }
        }
        let top = self.order - 1;
        note(&mut self.seen[top], count);
        self.orders[top].push(Gram { key, count, pruned: count <= self.thresholds[top] });
    }
}

/// Works through the longest n-grams, which are sorted from the last word to the first: so all n-grams that end alike come together.
pub(super) fn adjust(full: Vec<(Key, u64)>, order: usize, thresholds: &[u64]) -> Adjusted {
    let mut adjuster = Adjuster {
        order,
        thresholds,
        orders: (0..order).map(|_| Vec::new()).collect(),
        seen: vec![[0; 5]; order],
        open: Vec::with_capacity(order),
    };
    // The unknown word and the beginning of a sentence stand behind no word.
    for word in [UNKNOWN, BEGIN] {
        let mut key = [0; MAX_TRAINED];
        key[0] = word;
        note(&mut adjuster.seen[0], 0);
        adjuster.orders[0].push(Gram { key, count: 0, pruned: false });
    }
    for (key, count) in full {
        adjuster.take(key, count);
    }
    adjuster.close(0, true);
    let discounts = adjuster.seen.iter().map(discounts).collect();
    Adjusted { orders: adjuster.orders, discounts }
}

/// Chen and Goodman's equation 26, in 32 bits. Where a count of counts is missing or a discount is out of range, [`FALLBACK`].
fn discounts(seen: &CountsOfCounts) -> Discounts {
    let fallback = Discounts { amounts: FALLBACK, fallback: true };
    if seen[1..4].contains(&0) {
        return fallback;
    }
    let y = seen[1] as f32 / (seen[1] as f64 + 2.0 * seen[2] as f64) as f32;
    let mut amounts = [0.0; 3];
    for (at, amount) in amounts.iter_mut().enumerate() {
        let count = at + 1;
        *amount = count as f32 - (count + 1) as f32 * y * seen[count + 1] as f32 / seen[count] as f32;
        if *amount < 0.0 || *amount > count as f32 {
            return fallback;
        }
    }
    Discounts { amounts, fallback: false }
}
