//! The different words of a text, numbered, so that whoever counts words compares numbers instead of bytes.

/// The different words of a text, numbered from 0 in the order of their first occurrence. At most 2^32 − 2 words.
#[derive(Debug, Clone, Default)]
pub struct Distinct<'a> {
    ids: Vec<u32>,
    words: Vec<&'a str>,
    counts: Vec<u32>,
}

impl<'a> Distinct<'a> {
    /// Numbers `words`, most of them slices of `text`.
    pub fn new(text: &'a str, words: &[&'a str]) -> Self {
        let mut index = Index { slots: vec![0; FIRST_SLOTS], keys: Vec::new() };
        let mut distinct = Distinct { ids: Vec::with_capacity(words.len()), ..Distinct::default() };
        for word in words {
            let key = Key::of(text, word);
            let id = index.find_or_add(key, |id| distinct.words[id as usize] == *word);
            if id as usize == distinct.words.len() {
                distinct.words.push(word);
                distinct.counts.push(0);
            }
            distinct.counts[id as usize] += 1;
            distinct.ids.push(id);
        }
        distinct
    }

    /// The number of each word, in the order of the text.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The different words, by number.
    pub fn words(&self) -> &[&'a str] {
        &self.words
    }

    /// How often each of them occurs, by number.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The different words with how often each occurs.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, usize)> {
        self.words.iter().zip(&self.counts).map(|(word, &count)| (*word, count as usize))
    }

    /// What `of` gives for each word in the order of the text, asked once for each different word.
    pub fn each<T: Copy>(&self, of: impl Fn(&'a str) -> T) -> impl ExactSizeIterator<Item = T> {
        let values: Vec<T> = self.words.iter().map(|word| of(word)).collect();
        self.ids.iter().map(move |&id| values[id as usize])
    }
}

/// The bytes of `part`, at most 16, the first lowest, then zeros. It is quick where `part` is a slice of `text`.
#[inline]
pub(super) fn sixteen(text: &str, part: &str) -> u128 {
    let at = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    match text.as_bytes().get(at..).and_then(<[u8]>::first_chunk::<16>) {
        // Sixteen bytes, and what does not belong to the part cut off.
        Some(bytes) if !part.is_empty() => u128::from_le_bytes(*bytes) & (u128::MAX >> (128 - 8 * part.len().min(16))),
        _ => part.bytes().take(16).rev().fold(0, |all, byte| all << 8 | u128::from(byte)),
    }
}

/// Words of so many bytes or fewer are known by their key alone.
const SHORT: usize = 15;

/// What a word is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    low: u64,
    high: u64,
}

impl Key {
    /// Up to [`SHORT`] bytes, zeros, and the length in the last byte; or a hash, the length, and the top bit.
    #[inline]
    fn of(text: &str, word: &str) -> Self {
        let n = word.len();
        if n > SHORT {
            return Key { low: xxhash_rust::xxh3::xxh3_64(word.as_bytes()), high: n as u64 | 1 << 63 };
        }
        let bytes = sixteen(text, word);
        Key { low: bytes as u64, high: (bytes >> 64) as u64 | (n as u64) << 56 }
    }

    /// A well-mixed hash: both halves of one product. The constants have bytes that no UTF-8 text has, so that neither
    /// factor is ever 0.
    #[inline]
    fn hash(self) -> u64 {
        let product = u128::from(self.low ^ 0xff51_afd7_ed55_8ccd) * u128::from(self.high ^ 0xffce_b9fe_1a85_ec53);
        product as u64 ^ (product >> 64) as u64
    }
}

/// Slots at first.
const FIRST_SLOTS: usize = 256;

/// Open addressing from keys to numbers.
struct Index {
    /// 0 for free, else the upper half of the hash and the number plus 1. At most half of them are taken.
    slots: Vec<u64>,
    /// By number.
    keys: Vec<Key>,
}

/// The part of a slot that comes from the hash.
const TAG: u64 = 0xffff_ffff_0000_0000;

impl Index {
    /// The number of `key`: the next free one if it is new. `same` says whether a number whose key is equal, of a long
    /// word, is that of the same word.
    #[inline]
    fn find_or_add(&mut self, key: Key, same: impl Fn(u32) -> bool) -> u32 {
        let hash = key.hash();
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.add(key, hash, at);
            }
            if (slot ^ hash) & TAG == 0 {
                let id = (slot as u32).wrapping_sub(1);
                if self.keys[id as usize] == key && (key.high >> 63 == 0 || same(id)) {
                    return id;
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// Puts a new key into the free slot `at`.
    fn add(&mut self, key: Key, hash: u64, at: usize) -> u32 {
        let id = self.keys.len() as u32;
        self.slots[at] = hash & TAG | (u64::from(id) + 1);
        self.keys.push(key);
        if self.keys.len() * 2 > self.slots.len() {
            self.grow();
        }
        id
    }

    /// Four times the slots.
    fn grow(&mut self) {
        let slots = self.slots.len() * 4;
        self.slots.clear();
        self.slots.resize(slots, 0);
        for (number, key) in (1..).zip(&self.keys) {
            let hash = key.hash();
            let mut at = hash as usize & (slots - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = hash & TAG | number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Distinct;
    use std::collections::BTreeMap;

    #[test]
    fn words_are_numbered_by_first_occurrence() {
        let long = "abcdefghijklmnop";
        let text = format!("b a b \0 a\0 {long} {long}\0 {long} {} é {} a b", &long[..15], &long[..14]);
        let words: Vec<&str> = text.split(' ').collect();
        let distinct = Distinct::new(&text, &words);
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut expected = Vec::new();
        for word in &words {
            let next = numbers.len() as u32;
            expected.push(*numbers.entry(word).or_insert(next));
        }
        assert_eq!(distinct.ids(), expected);
        assert_eq!(distinct.words().len(), numbers.len());
        for (word, count) in distinct.iter() {
            assert_eq!(count, words.iter().filter(|other| **other == word).count(), "{word:?}");
        }
        assert!(distinct.each(str::len).eq(words.iter().map(|word| word.len())));
    }

    #[test]
    fn many_words_find_themselves_again() {
        let text: String = (0..5000).chain(0..5000).map(|number| format!("{number:x} ")).collect();
        let words: Vec<&str> = text.split_whitespace().collect();
        let distinct = Distinct::new(&text, &words);
        assert!(distinct.ids().iter().copied().eq((0..5000).chain(0..5000)));
    }
}
