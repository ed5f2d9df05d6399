//! The n-grams of all items, and which of them a text has.

use super::words::{UNKNOWN, Words};
use super::{Form, Grams};
use std::ops::Range;

/// Most words of all items together: places are 32 bits, and one number marks an empty slot.
const MOST: usize = u32::MAX as usize - 1;

/// An empty slot of the table.
const EMPTY: u32 = u32::MAX;

/// Multiplier of the rolling hash: odd, with bits all over.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The items have more words than places have numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyWords;

/// Collects the n-grams of items.
#[derive(Debug)]
pub struct Builder {
    form: Form,
    grams: Grams,
    words: Words,
    row: Vec<u32>,
    /// Where the words of each text begin in `row`, and its item.
    starts: Vec<(u32, u32)>,
    /// Where n-grams begin, in order.
    places: Vec<u32>,
}

impl Builder {
    /// Nothing yet.
    #[must_use]
    pub fn new(form: Form, grams: Grams) -> Self {
        let grams = Grams { words: grams.words.max(1), ..grams };
        Self { form, grams, words: Words::default(), row: Vec::new(), starts: Vec::new(), places: Vec::new() }
    }

    /// Adds the n-grams of a question with one of its answers; either may be empty. Gives their number.
    ///
    /// # Errors
    /// When there are too many words.
    pub fn add(&mut self, item: u32, question: &str, answer: &str) -> Result<usize, TooManyWords> {
        let (start, before, n) = (self.row.len(), self.places.len(), self.grams.words);
        let (row, words) = (&mut self.row, &mut self.words);
        self.form.each(question, &mut |word, _| row.push(words.add(word)));
        let border = row.len();
        self.form.each(answer, &mut |word, _| row.push(words.add(word)));
        let end = row.len();
        if end > MOST {
            return Err(TooManyWords);
        }
        // Below `MOST`.
        self.starts.push((start as u32, item));
        for place in start..(end + 1).saturating_sub(n).max(start) {
            let wanted = match (place < border, place + n > border) {
                (true, true) => self.grams.across,
                (true, false) => self.grams.question,
                (false, _) => true,
            };
            if wanted {
                self.places.push(place as u32);
            }
        }
        Ok(self.places.len() - before)
    }

    /// The table. Of equal n-grams the first counts.
    #[must_use]
    pub fn finish(self) -> Table {
        let Self { form, grams, words, row, starts, places } = self;
        let n = grams.words;
        let slots = vec![EMPTY; (places.len() * 2).next_power_of_two().max(2)];
        let leave = BASE.wrapping_pow(u32::try_from(n - 1).unwrap_or(u32::MAX));
        let mut table = Table { form, n, leave, words, row, starts, slots, grams: 0 };
        for place in places {
            let at = place as usize;
            let hash = table.row[at..at + n].iter().fold(0, |hash, &word| roll(hash, word));
            let slot = table.slot(hash, &table.row[at..at + n]);
            if table.slots[slot] == EMPTY {
                table.slots[slot] = place;
                table.grams += 1;
            }
        }
        table
    }
}

/// Takes one more word into a hash.
fn roll(hash: u64, word: u32) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(word) + 1)
}

/// An n-gram of a text that an item has as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The first item that has it.
    pub item: u32,
    /// The number of its first word in the text.
    pub word: usize,
    /// Its bytes in the text; empty where words have no place.
    pub bytes: Range<usize>,
}

/// The n-grams of all items.
#[derive(Debug)]
pub struct Table {
    form: Form,
    n: usize,
    /// `BASE` to the power of `n - 1`: what a word that leaves is multiplied by.
    leave: u64,
    words: Words,
    row: Vec<u32>,
    starts: Vec<(u32, u32)>,
    /// A power of two of places in `row`, at most half of them taken.
    slots: Vec<u32>,
    grams: usize,
}

impl Table {
    /// Different n-grams.
    #[must_use]
    pub fn grams(&self) -> usize {
        self.grams
    }

    /// Words in an n-gram.
    #[must_use]
    pub fn words(&self) -> usize {
        self.n
    }

    /// Bytes of memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let numbers = self.row.capacity() + 2 * self.starts.capacity() + self.slots.capacity();
        self.words.bytes() + numbers * size_of::<u32>()
    }

    /// The slot of an n-gram: that which holds it, or the empty one where it would go.
    fn slot(&self, hash: u64, gram: &[u32]) -> usize {
        let mask = self.slots.len() - 1;
        // The high bits of a polynomial are the mixed ones.
        let mut at = (hash ^ hash >> 32).wrapping_mul(BASE).rotate_left(32) as usize & mask;
        loop {
            match self.slots[at] {
                EMPTY => return at,
                place if self.row[place as usize..].starts_with(gram) => return at,
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn item(&self, place: u32) -> u32 {
        // Texts without words begin where the next does: the last that begins is the one.
        let after = self.starts.partition_point(|&(start, _)| start <= place);
        self.starts[after - 1].1
    }

    /// The n-grams of `text` that items have, in order.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        let (mut numbers, mut places) = (Vec::new(), Vec::new());
        let (mut hits, mut known, mut hash) = (Vec::new(), 0, 0_u64);
        self.form.each(text, &mut |word, bytes| {
            let number = self.words.find(word);
            numbers.push(number);
            places.push(bytes);
            if number == UNKNOWN {
                (known, hash) = (0, 0);
                return;
            }
            let end = numbers.len();
            if known == self.n {
                let gone = u64::from(numbers[end - 1 - self.n]) + 1;
                hash = hash.wrapping_sub(gone.wrapping_mul(self.leave));
            } else {
                known += 1;
            }
            hash = roll(hash, number);
            if known < self.n {
                return;
            }
            let first = end - self.n;
            let place = self.slots[self.slot(hash, &numbers[first..])];
            if place != EMPTY {
                let bytes = places[first].start..places[end - 1].end;
                hits.push(Hit { item: self.item(place), word: first, bytes });
            }
        });
        hits
    }
}
