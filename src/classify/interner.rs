//! Different byte strings, numbered: the words of trainers.

use xxhash_rust::xxh3::xxh3_64;

/// A slot without a number.
const EMPTY: u32 = u32::MAX;

/// Every different byte string once, by number in the order of first sight.
#[derive(Default)]
pub(super) struct Interner {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Open addressing over a power of two of slots, at most half full.
    slots: Vec<u32>,
}

impl Interner {
    /// Different byte strings.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The byte string of a number.
    pub(super) fn entry(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start..self.ends[id]]
    }

    /// The number of a byte string, a new one at its first sight.
    pub(super) fn intern(&mut self, word: &[u8]) -> u32 {
        if self.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = xxh3_64(word) as usize & mask;
        while self.slots[at] != EMPTY {
            if self.entry(self.slots[at]) == word {
                return self.slots[at];
            }
            at = (at + 1) & mask;
        }
        let id = self.len() as u32;
        self.slots[at] = id;
        self.bytes.extend_from_slice(word);
        self.ends.push(self.bytes.len());
        id
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1024);
        let mut slots = vec![EMPTY; size];
        for id in 0..self.len() as u32 {
            let mut at = xxh3_64(self.entry(id)) as usize & (size - 1);
            while slots[at] != EMPTY {
                at = (at + 1) & (size - 1);
            }
            slots[at] = id;
        }
        self.slots = slots;
    }

    /// Bytes of memory that it holds.
    pub(super) fn held_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 8 + self.slots.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_have_one_number_in_the_order_of_first_sight() {
        let mut interner = Interner::default();
        let word = |at: u32| format!("word {at}").into_bytes();
        // More than the first table holds.
        for at in 0..5000 {
            assert_eq!(interner.intern(&word(at)), at);
            assert_eq!(interner.intern(&word(at / 2)), at / 2);
        }
        assert_eq!((interner.len(), interner.intern(b"")), (5000, 5000));
        assert!((0..5000).all(|at| interner.entry(at) == word(at)) && interner.entry(5000).is_empty());
    }
}
