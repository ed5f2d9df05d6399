use xxhash_rust::xxh3::xxh3_64;

struct Entry {
    hash: u64,
    start: u64,
    length: u32,
    count: u64,
}

/// Different words and how often each came. Equal sets of texts give equal counts, however they are shared out and in whatever
/// order they are added.
#[derive(Default)]
pub struct Words {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Open addressing: number of the entry plus one; 0 is empty.
    slots: Vec<u32>,
}

/// What a [`Words::prune`] took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Different words.
    pub words: u64,
    /// Their occurrences.
    pub occurrences: u64,
}

impl Words {
    /// How many different words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Counts `word` `count` times more.
    pub fn add(&mut self, word: &[u8], count: u64) {
        self.add_hashed(xxh3_64(word), word, count);
    }

    fn add_hashed(&mut self, hash: u64, word: &[u8], count: u64) {
        if self.entries.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while let Some(at) = (self.slots[slot] as usize).checked_sub(1) {
            let entry = &mut self.entries[at];
            let start = entry.start as usize;
            if entry.hash == hash && self.bytes[start..start + entry.length as usize] == *word {
                entry.count += count;
                return;
            }
            slot = (slot + 1) & mask;
        }
        let start = self.bytes.len() as u64;
        self.bytes.extend_from_slice(word);
        // Words are parts of texts below 1 GiB, and entries are fewer than 2^31, because `grow` keeps twice as many slots.
        self.entries.push(Entry { hash, start, length: word.len() as u32, count });
        self.slots[slot] = self.entries.len() as u32;
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1 << 12);
        self.slots.clear();
        self.slots.resize(size, 0);
        for (at, entry) in self.entries.iter().enumerate() {
            let mut slot = entry.hash as usize & (size - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = at as u32 + 1;
        }
    }

    /// Adds all counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for entry in &other.entries {
            let start = entry.start as usize;
            self.add_hashed(entry.hash, &other.bytes[start..start + entry.length as usize], entry.count);
        }
    }

    /// With more than `most` words, takes away all that came at most as often as a bound, the smallest bound that leaves no
    /// more than half of `most`. Which words go depends on the counts alone.
    pub fn prune(&mut self, most: usize) -> Pruned {
        let mut pruned = Pruned::default();
        if self.entries.len() <= most {
            return pruned;
        }
        let mut counts: Vec<u64> = self.entries.iter().map(|entry| entry.count).collect();
        let at = counts.len() - most / 2 - 1;
        let bound = *counts.select_nth_unstable(at).1;
        let old = std::mem::take(self);
        for entry in &old.entries {
            if entry.count > bound {
                let start = entry.start as usize;
                self.add_hashed(entry.hash, &old.bytes[start..start + entry.length as usize], entry.count);
            } else {
                pruned.words += 1;
                pruned.occurrences += entry.count;
            }
        }
        pruned
    }

    /// The words and their counts, in an order of no meaning.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.entries.iter().map(|entry| {
            let start = entry.start as usize;
            (&self.bytes[start..start + entry.length as usize], entry.count)
        })
    }
}
