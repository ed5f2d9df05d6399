//! Finding equal lines, paragraphs and n-grams of words in linear time. Hits are verified: nothing unequal is taken for
//! equal.

use xxhash_rust::xxh3::xxh3_64;

pub use super::counts::{Counts, Top, covered, covered_by};

use super::chars::count_chars;
use crate::text::{Distinct, TextView};

/// An open-addressing table from hashes to small numbers; the caller says whether a hit is the thing looked for.
#[derive(Debug, Default)]
pub struct Table {
    /// 0: empty. Else the upper half of the hash, then the number plus 1.
    slots: Vec<u64>,
}

impl Table {
    /// Empties the table and makes room for `n` things.
    pub fn reset(&mut self, n: usize) {
        self.slots.clear();
        self.slots.resize((n.max(8) + n / 2).next_power_of_two(), 0);
    }

    /// The number that stands for the thing, or else enters `number` for it and returns `None`. Numbers are below 2^32 − 1.
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    pub fn find_or_insert(&mut self, hash: u64, number: u32, mut same: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let tag = hash & 0xffff_ffff_0000_0000;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                self.slots[at] = tag | (u64::from(number) + 1);
                return None;
            }
            let found = (slot as u32).wrapping_sub(1);
            if slot & 0xffff_ffff_0000_0000 == tag && same(found) {
                return Some(found);
            }
            at = (at + 1) & mask;
        }
    }
}

/// How many items are copies of an earlier one, and which: `copy` is called with each.
pub fn each_copy<'t>(items: &[&'t str], table: &mut Table, mut copy: impl FnMut(&'t str)) -> usize {
    table.reset(items.len());
    let mut copies = 0;
    for (place, item) in (0_u32..).zip(items) {
        let hash = xxh3_64(item.as_bytes());
        if table.find_or_insert(hash, place, |earlier| items[earlier as usize] == *item).is_some() {
            copies += 1;
            copy(item);
        }
    }
    copies
}

/// How many items occur more than once, every copy counted, and the sum of what `length` gives for them.
pub fn all_copies(items: &[&str], table: &mut Table, length: impl Fn(&str) -> usize) -> (usize, usize) {
    table.reset(items.len());
    let mut repeated = vec![false; items.len()];
    for (place, item) in (0_u32..).zip(items) {
        let hash = xxh3_64(item.as_bytes());
        if let Some(first) = table.find_or_insert(hash, place, |earlier| items[earlier as usize] == *item) {
            repeated[first as usize] = true;
            repeated[place as usize] = true;
        }
    }
    let copies = || items.iter().zip(&repeated).filter(|(_, repeated)| **repeated);
    (copies().count(), copies().map(|(item, _)| length(item)).sum())
}

/// Lengths of runs of words in code points, nothing between the words.
pub struct Lengths(Vec<usize>);

impl Lengths {
    /// The lengths of words of a text.
    pub fn new(view: &TextView<'_>, words: &[&str]) -> Self {
        if view.n_chars() == view.text().len() {
            return Self::add_up(words.iter().map(|word| word.len()));
        }
        Self::add_up(words.iter().map(|word| count_chars(word)))
    }

    /// The lengths of the numbered words of a text.
    pub fn of_words(view: &TextView<'_>, words: &Distinct<'_>) -> Self {
        if view.n_chars() == view.text().len() {
            return Self::add_up(words.each(str::len));
        }
        Self::add_up(words.each(count_chars))
    }

    /// From the length of each word.
    pub fn add_up(lengths: impl ExactSizeIterator<Item = usize>) -> Self {
        let mut ends = Vec::with_capacity(lengths.len() + 1);
        let mut total = 0;
        ends.push(0);
        ends.extend(lengths.map(|length| {
            total += length;
            total
        }));
        Self(ends)
    }

    /// Code points of `n` words from the word `first` on.
    pub fn of(&self, first: usize, n: usize) -> usize {
        self.0[first + n] - self.0[first]
    }

    /// Code points of all words.
    pub fn total(&self) -> usize {
        self.0.last().copied().unwrap_or(0)
    }
}
