//! The most frequent n-gram alone, in less time than counting all takes.
//!
//! A small table of counters, into which n-grams fall by a hash, tells how often each n-gram occurs at most. Exact counts
//! are then made only of those that may be the most frequent: few in text of any kind.

use super::ngrams::{Table, Top};
use crate::text::mix;

/// Counters, and for each n-gram where it falls.
struct Sketch<'i> {
    /// The words by number.
    ids: &'i [u32],
    n: usize,
    /// A hash of each n-gram, by its first word.
    hashes: Vec<u32>,
    counters: Vec<u16>,
    table: Table,
    /// First words of the n-grams that are counted exactly.
    places: Vec<u32>,
    /// First word and count of each different one of them.
    entries: Vec<(u32, u32)>,
}

/// No more counters than fit a processor's fastest memory.
const MOST_COUNTERS: usize = 1 << 14;
/// An odd number without pattern: 2^32 divided by the golden ratio.
const ODD: u32 = 0x9e37_79b9;

/// Calls `found` with n and the most frequent n-gram, of equally frequent ones the first, for each n of `sizes` of which
/// there is any. Sizes grow from 1 or more. Words are given by number; there are fewer than 2^32.
pub fn each_top(ids: &[u32], sizes: impl IntoIterator<Item = usize>, mut found: impl FnMut(usize, Top)) {
    let counters = (ids.len() * 8).next_power_of_two().clamp(256, MOST_COUNTERS);
    let hashes = ids.iter().map(|&id| id.wrapping_mul(ODD)).collect();
    let (table, places, entries) = (Table::default(), Vec::new(), Vec::new());
    let mut sketch = Sketch { ids, n: 1, hashes, counters: vec![0; counters], table, places, entries };
    for n in sizes {
        if ids.len() < n {
            return;
        }
        while sketch.n < n {
            sketch.grow();
        }
        found(n, sketch.top());
    }
}

impl Sketch<'_> {
    /// Goes on to n-grams of one more word.
    fn grow(&mut self) {
        let next = &self.ids[self.n..];
        self.hashes.truncate(next.len());
        for (hash, &id) in self.hashes.iter_mut().zip(next) {
            // Rotated, so that the upper bits come into play at every step.
            *hash = (hash.rotate_left(15) ^ id).wrapping_mul(ODD);
        }
        self.n += 1;
    }

    /// Where an n-gram falls.
    #[inline]
    fn counter(&self, hash: u32) -> usize {
        (hash >> 16 ^ hash) as usize & (self.counters.len() - 1)
    }

    /// The most frequent n-gram.
    fn top(&mut self) -> Top {
        self.counters.fill(0);
        for at in 0..self.hashes.len() {
            let counter = self.counter(self.hashes[at]);
            self.counters[counter] = self.counters[counter].saturating_add(1);
        }
        let most = self.counters.iter().copied().max().unwrap_or(0);
        // What is counted exactly shows how frequent the most frequent one is at least; all that may reach that is
        // counted next.
        let first = self.count(most);
        let least = u16::try_from(first.count).unwrap_or(u16::MAX).max(2);
        if least < most { self.count(least) } else { first }
    }

    /// Counts the n-grams whose counter has reached `least`; the most frequent one of them, or the first of all if none
    /// of them repeats.
    fn count(&mut self, least: u16) -> Top {
        let mut top = Top { first: 0, count: 1 };
        self.entries.clear();
        if least < 2 {
            return top;
        }
        self.places.clear();
        for (place, &hash) in (0_u32..).zip(&self.hashes) {
            if self.counters[self.counter(hash)] >= least {
                self.places.push(place);
            }
        }
        let (ids, n, entries) = (self.ids, self.n, &mut self.entries);
        self.table.reset(self.places.len());
        for &place in &self.places {
            let ngram = &ids[place as usize..place as usize + n];
            let new = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            let same = |entry: u32| {
                let first = entries[entry as usize].0 as usize;
                ids[first..first + n] == *ngram
            };
            let hash = mix(u64::from(self.hashes[place as usize]));
            match self.table.find_or_insert(hash, new, same) {
                Some(entry) => entries[entry as usize].1 += 1,
                None => entries.push((place, 1)),
            }
        }
        for &(first, count) in &self.entries {
            if count as usize > top.count {
                top = Top { first: first as usize, count: count as usize };
            }
        }
        top
    }
}
