//! Finding equal n-grams in linear time.
//!
//! Three means, none of which can be wrong about equality of n-grams unless XXH3-64 gives two different *words* of one
//! document the same hash (a chance of about w²/2^65 for w different words: 3e-8 for a million):
//! tables hold positions, and a hit is verified by looking at what stands there; an n-gram is looked at only where its
//! beginning occurs twice in the document; and every table is sized by what can enter it.

use xxhash_rust::xxh3::xxh3_64;

use super::chars::count_chars;
use crate::text::TextView;

/// An odd 64-bit number without pattern: 2^64 divided by the golden ratio.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A well-mixed 64-bit hash of any 64-bit number (the output function of SplitMix64).
#[inline]
fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

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
        self.slots.resize((n.max(8) * 2).next_power_of_two(), 0);
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
        let ascii = view.n_chars() == view.text().len();
        let mut total = 0;
        let mut ends = Vec::with_capacity(words.len() + 1);
        ends.push(0);
        for word in words {
            total += if ascii { word.len() } else { count_chars(word) };
            ends.push(total);
        }
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

/// The most frequent n-gram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Top {
    /// Word at which it first starts.
    pub first: usize,
    /// How often it occurs; overlapping occurrences count.
    pub count: usize,
}

/// Counts of n-grams for growing n. An n-gram can repeat only where both (n−1)-grams in it do, so most words are
/// looked at only for the smallest n; and it is known by the number of its first n−1 words and by its last word.
pub struct Counts<'w> {
    words: &'w [u64],
    n: usize,
    table: Table,
    /// For each n-gram, by its first word: its number in `entries`, or [`UNIQUE`].
    of: Vec<u32>,
    /// For each n-gram that may repeat, in the order of first occurrence: its first word there, and its count.
    entries: Vec<(u32, u32)>,
}

/// Stands in [`Counts::of`] for an n-gram that occurs once.
const UNIQUE: u32 = u32::MAX;

impl<'w> Counts<'w> {
    /// Counts of pairs of words, given by the words' hashes.
    pub fn of_pairs(words: &'w [u64]) -> Self {
        let mut counts = Self { words, n: 2, table: Table::default(), of: Vec::new(), entries: Vec::new() };
        let pairs = words.len().saturating_sub(1);
        counts.table.reset(pairs);
        counts.of.reserve(pairs);
        for (place, pair) in (0_u32..).zip(words.windows(2)) {
            let hash = mix(pair[0].wrapping_mul(ODD).wrapping_add(pair[1]));
            let same = |first: u32| words[first as usize] == pair[0] && words[first as usize + 1] == pair[1];
            counts.of.push(add(&mut counts.table, &mut counts.entries, hash, place, same));
        }
        counts
    }

    /// Goes on to n-grams of one more word.
    pub fn grow(&mut self) {
        self.n += 1;
        let (words, last) = (self.words, self.n - 1);
        for number in &mut self.of {
            if self.entries[*number as usize].1 == 1 {
                *number = UNIQUE;
            }
        }
        // What is left of the shorter n-grams: those at two neighbouring words.
        let shorter = std::mem::take(&mut self.of);
        let pairs = || shorter.windows(2).map(|pair| pair[0] != UNIQUE && pair[1] != UNIQUE);
        self.table.reset(pairs().filter(|&may_repeat| may_repeat).count());
        self.entries.clear();
        self.of.reserve(shorter.len());
        for ((place, may_repeat), begin) in (0_u32..).zip(pairs()).zip(&shorter) {
            if !may_repeat {
                self.of.push(UNIQUE);
                continue;
            }
            let end = words[place as usize + last];
            let hash = mix(u64::from(*begin).wrapping_mul(ODD).wrapping_add(end));
            let same = |first: u32| shorter[first as usize] == *begin && words[first as usize + last] == end;
            self.of.push(add(&mut self.table, &mut self.entries, hash, place, same));
        }
        // Numbers of n-grams that cannot repeat need an entry to look at.
        let unique = u32::try_from(self.entries.len()).unwrap_or(UNIQUE);
        self.entries.push((UNIQUE, 1));
        for number in self.of.iter_mut().filter(|number| **number == UNIQUE) {
            *number = unique;
        }
    }

    /// For each repeated n-gram, in the order of first occurrence: its first word there, and its count.
    pub fn repeated(&self) -> impl Iterator<Item = (usize, usize)> {
        let repeated = self.entries.iter().filter(|(_, count)| *count > 1);
        repeated.map(|&(first, count)| (first as usize, count as usize))
    }

    /// For each n-gram, by its first word: whether it occurs more than once.
    pub fn repeats(&self) -> impl Iterator<Item = bool> {
        self.of.iter().map(|&number| self.entries.get(number as usize).is_some_and(|&(_, count)| count > 1))
    }

    /// For each n-gram, by its first word: whether an equal one starts before it.
    pub fn copies(&self) -> impl Iterator<Item = bool> {
        let entry = |number: u32| self.entries.get(number as usize);
        let is_copy = move |(place, &number): (u32, &u32)| entry(number).is_some_and(|e| e.1 > 1 && e.0 != place);
        (0_u32..).zip(&self.of).map(is_copy)
    }

    /// The most frequent n-gram, of equally frequent ones the first; `None` without n-grams.
    pub fn top(&self) -> Option<Top> {
        // Entries stand in the order of their first occurrence.
        let mut top = Top { first: 0, count: 1 };
        for &(first, count) in &self.entries {
            if count as usize > top.count {
                top = Top { first: first as usize, count: count as usize };
            }
        }
        (self.words.len() >= self.n).then_some(top)
    }
}

/// Counts an n-gram that starts at word `place`; returns its number.
#[inline]
fn add(
    table: &mut Table,
    entries: &mut Vec<(u32, u32)>,
    hash: u64,
    place: u32,
    mut same: impl FnMut(u32) -> bool,
) -> u32 {
    let new = u32::try_from(entries.len()).unwrap_or(UNIQUE);
    let found = table.find_or_insert(hash, new, |number| same(entries[number as usize].0));
    match found {
        Some(number) => entries[number as usize].1 += 1,
        None => entries.push((place, 1)),
    }
    found.unwrap_or(new)
}

/// Length of the words that are part of any repeated n-gram, each word once.
pub fn covered(counts: &Counts<'_>, lengths: &Lengths, n: usize) -> usize {
    let (mut chars, mut end) = (0, 0);
    for (place, _) in counts.repeats().enumerate().filter(|(_, repeats)| *repeats) {
        let from = end.max(place);
        end = place + n;
        chars += lengths.of(from, end - from);
    }
    chars
}

/// How many bytes at the beginning of an n-gram decide whether it is looked at: about three English words.
const BEGINNING: usize = 16;

/// The words of a text without anything between them, prepared for finding repeated n-grams by their bytes.
pub struct Concatenation {
    /// The bytes, and [`BEGINNING`] zeros.
    bytes: Vec<u8>,
    /// Where each word begins, then the end of the last.
    starts: Vec<u32>,
    /// Whether the [`BEGINNING`] bytes from each word on occur at the beginning of another word as well.
    repeats: Vec<bool>,
}

impl Concatenation {
    /// Joins the words.
    pub fn new(words: &[&str], table: &mut Table) -> Self {
        let mut bytes = Vec::with_capacity(words.iter().map(|word| word.len()).sum::<usize>() + BEGINNING);
        let mut starts = Vec::with_capacity(words.len() + 1);
        for word in words {
            starts.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
            bytes.extend_from_slice(word.as_bytes());
        }
        starts.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        bytes.extend_from_slice(&[0; BEGINNING]);
        let mut whole = Self { bytes, starts, repeats: vec![false; words.len()] };
        whole.find_repeats(table);
        whole
    }

    /// The [`BEGINNING`] bytes from a word on.
    #[inline]
    fn beginning(&self, word: usize) -> u128 {
        let start = self.starts[word] as usize;
        let bytes = self.bytes[start..start + BEGINNING].first_chunk().copied();
        u128::from_le_bytes(bytes.unwrap_or_default())
    }

    #[allow(clippy::cast_possible_truncation)]
    fn find_repeats(&mut self, table: &mut Table) {
        table.reset(self.repeats.len());
        for (place, word) in (0_u32..).zip(0..self.repeats.len()) {
            let beginning = self.beginning(word);
            let hash = mix((beginning as u64).wrapping_mul(ODD) ^ (beginning >> 64) as u64);
            let same = |earlier: u32| self.beginning(earlier as usize) == beginning;
            if let Some(earlier) = table.find_or_insert(hash, place, same) {
                self.repeats[earlier as usize] = true;
                self.repeats[word] = true;
            }
        }
    }

    /// The bytes of the n-gram at a word.
    #[inline]
    fn ngram(&self, word: usize, n: usize) -> &[u8] {
        &self.bytes[self.starts[word] as usize..self.starts[word + n] as usize]
    }

    /// Scans the n-grams from the left: one whose bytes were seen before is handed to `hit` (its first word) and jumped
    /// over; any other is remembered and passed by one word.
    pub fn scan(&self, n: usize, table: &mut Table, mut hit: impl FnMut(usize)) {
        let total = (self.repeats.len() + 1).saturating_sub(n);
        // Equal n-grams of at least BEGINNING bytes begin equally; shorter ones are always looked at.
        let looked_at =
            |word: usize| self.repeats[word] || ((self.starts[word + n] - self.starts[word]) as usize) < BEGINNING;
        table.reset((0..total).filter(|&word| looked_at(word)).count());
        let mut word = 0;
        while word < total {
            if looked_at(word) {
                let bytes = self.ngram(word, n);
                let same = |earlier: u32| self.ngram(earlier as usize, n) == bytes;
                let place = u32::try_from(word).unwrap_or(u32::MAX);
                if table.find_or_insert(xxh3_64(bytes), place, same).is_some() {
                    hit(word);
                    word += n;
                    continue;
                }
            }
            word += 1;
        }
    }
}
