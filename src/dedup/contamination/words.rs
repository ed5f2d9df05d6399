//! Words by number: exact, and in three blocks of memory.

use xxhash_rust::xxh3::xxh3_64;

/// A word that was never added.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// An empty slot.
const EMPTY: u32 = u32::MAX;

/// Different words, numbered in the order in which they came.
#[derive(Debug)]
pub(super) struct Words {
    /// All words, one behind the other.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// A power of two of word numbers, at most half of them taken.
    slots: Vec<u32>,
}

impl Default for Words {
    fn default() -> Self {
        Self { text: String::new(), ends: Vec::new(), slots: vec![EMPTY; 1024] }
    }
}

impl Words {
    fn word(&self, number: u32) -> &str {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.text[start..self.ends[number]]
    }

    /// The slot of a word: that which holds it, or the empty one where it would go.
    fn slot(&self, word: &str) -> usize {
        let mask = self.slots.len() - 1;
        // The low bits serve; the table is far smaller than 2^64.
        let mut at = xxh3_64(word.as_bytes()) as usize & mask;
        while self.slots[at] != EMPTY && self.word(self.slots[at]) != word {
            at = (at + 1) & mask;
        }
        at
    }

    /// The number of a word, [`UNKNOWN`] if it was never added.
    pub(super) fn find(&self, word: &str) -> u32 {
        // `EMPTY` and `UNKNOWN` are one number.
        self.slots[self.slot(word)]
    }

    /// The number of a word, which is added if it is new.
    pub(super) fn add(&mut self, word: &str) -> u32 {
        let slot = self.slot(word);
        if self.slots[slot] != EMPTY {
            return self.slots[slot];
        }
        // Fewer words than the row has places, which is checked to be below 2^32 - 1.
        let number = self.ends.len() as u32;
        self.text.push_str(word);
        self.ends.push(self.text.len());
        self.slots[slot] = number;
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        self.slots = vec![EMPTY; self.slots.len() * 2];
        for number in 0..self.ends.len() as u32 {
            let slot = self.slot(self.word(number));
            self.slots[slot] = number;
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>() + self.slots.capacity() * size_of::<u32>()
    }
}

const _: () = assert!(EMPTY == UNKNOWN);
