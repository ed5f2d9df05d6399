//! How often each run of `n` characters of a text occurs, as data-juicer and ROOTS ask.

use crate::text::ngram_hashes;

/// The runs of `n` characters of a text, overlapping ones included.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CharRuns {
    /// How many there are.
    pub all: usize,
    /// How many different ones.
    pub kinds: usize,
    /// How often each one occurs that occurs more than once, in no particular order.
    pub repeated: Vec<u32>,
}

/// Runs are shared out among tables of about so many, so that each fits the nearest memory.
const SHARE: usize = 4096;
/// At most so many tables.
const MOST_SHARES: usize = 2048;
/// Runs of so many characters are of few kinds, whatever the length of the text, and nearly all repeat.
const FEW_KINDS: usize = 3;

/// A run: the lower half of its hash, then where it starts.
fn entry(hash: u64, start: u32) -> u64 {
    hash << 32 | u64::from(start)
}

impl CharRuns {
    /// The runs of each of these lengths of a text of fewer than 2^32 bytes.
    pub fn of<const N: usize>(text: &str, lengths: [usize; N]) -> [Self; N] {
        if text.is_ascii() {
            return lengths.map(|n| Self::of_symbols(text.as_bytes(), n));
        }
        let mut codes: Vec<u32> = Vec::with_capacity(text.len());
        codes.extend(text.chars().map(u32::from));
        lengths.map(|n| Self::of_symbols(&codes, n))
    }

    fn of_symbols<T: Copy + Eq + Into<u64>>(symbols: &[T], n: usize) -> Self {
        let hashes = ngram_hashes(symbols, n);
        let mut out = Self { all: hashes.len(), ..Self::default() };
        let same = |one: u32, other: u32| {
            symbols[one as usize..one as usize + n] == symbols[other as usize..other as usize + n]
        };
        let mut table = Kinds::default();
        if n <= FEW_KINDS {
            for (start, &hash) in (0_u32..).zip(&hashes) {
                table.add(entry(hash, start), same);
            }
            table.give(&mut out);
            return out;
        }
        let shares = (hashes.len() / SHARE).next_power_of_two().min(MOST_SHARES);
        let (mut entries, ends) = shared_out(&hashes, shares);
        let mut twice = Twice::default();
        let mut begin = 0;
        for end in ends {
            let share = &mut entries[begin..end as usize];
            let met_again = twice.sift(share);
            // What was met once is a kind of its own.
            out.kinds += share.len() - met_again;
            table.expect(met_again);
            share[..met_again].iter().for_each(|&entry| table.add(entry, same));
            table.give(&mut out);
            begin = end as usize;
        }
        out
    }

    /// Occurrences of the most frequent kinds that repeat: of as many as the root of the number of kinds, rounded down.
    pub fn most_frequent(mut self) -> u64 {
        let taken = self.kinds.isqrt().min(self.repeated.len());
        if taken > 0 && taken < self.repeated.len() {
            self.repeated.select_nth_unstable_by(taken - 1, |a, b| b.cmp(a));
        }
        self.repeated[..taken].iter().map(|&count| u64::from(count)).sum()
    }
}

/// The runs share by share, by the upper half of their hashes, and where each share ends.
fn shared_out(hashes: &[u64], shares: usize) -> (Vec<u64>, Vec<u32>) {
    if shares == 1 {
        let entries: Vec<u64> = (0_u32..).zip(hashes).map(|(start, &hash)| entry(hash, start)).collect();
        let end = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        return (entries, vec![end]);
    }
    let share = |hash: u64| (hash >> 32) as usize & (shares - 1);
    let mut ends = vec![0_u32; shares];
    hashes.iter().for_each(|&hash| ends[share(hash)] += 1);
    let mut total = 0;
    for end in &mut ends {
        let size = *end;
        *end = total;
        total += size;
    }
    let mut entries = vec![0; hashes.len()];
    for (start, &hash) in (0_u32..).zip(hashes) {
        let place = &mut ends[share(hash)];
        entries[*place as usize] = entry(hash, start);
        *place += 1;
    }
    (entries, ends)
}

/// Tells runs that were met twice from those that were met once. Now and then one that was met once is among the others:
/// each has one bit, and more than one the same.
#[derive(Default)]
struct Twice {
    met: Vec<u64>,
    again: Vec<u64>,
}

impl Twice {
    /// Moves what may have been met twice to the front, in its order; returns how many that is. What is behind is lost.
    fn sift(&mut self, entries: &mut [u64]) -> usize {
        // A run's place among the bits is part of its hash, of which an entry has 32 bits.
        let bits = (entries.len() * 16).next_power_of_two().clamp(64, 1 << 30);
        let shift = 64 - bits.trailing_zeros();
        for set in [&mut self.met, &mut self.again] {
            set.clear();
            set.resize(bits / 64, 0);
        }
        let place = |entry: u64| {
            let bit = entry >> shift;
            ((bit >> 6) as usize, bit & 63)
        };
        for &entry in &*entries {
            let (word, bit) = place(entry);
            self.again[word] |= self.met[word] & 1 << bit;
            self.met[word] |= 1 << bit;
        }
        let mut kept = 0;
        for at in 0..entries.len() {
            let entry = entries[at];
            let (word, bit) = place(entry);
            entries[kept] = entry;
            kept += (self.again[word] >> bit & 1) as usize;
        }
        kept
    }
}

/// Counts runs. Equal ones are compared, not only their hashes.
#[derive(Default)]
struct Kinds {
    /// 0 for free, else the number of a kind plus 1. At most half of those in use are taken.
    slots: Vec<u32>,
    /// Slots in use, a power of two or none: each share clears what it had, not what the largest one needed.
    used: usize,
    /// For each kind: lower half of the hash, first start, and how often it occurs.
    kinds: Vec<(u32, u32, u32)>,
}

impl Kinds {
    /// Counts one run.
    #[inline]
    fn add(&mut self, entry: u64, same: impl Fn(u32, u32) -> bool) {
        if self.kinds.len() * 2 >= self.used {
            self.grow();
        }
        let (tag, start) = ((entry >> 32) as u32, entry as u32);
        let mask = self.used - 1;
        let mut at = tag as usize & mask;
        loop {
            let Some(place) = (self.slots[at] as usize).checked_sub(1) else {
                self.kinds.push((tag, start, 1));
                self.slots[at] = self.kinds.len() as u32;
                return;
            };
            let kind = &mut self.kinds[place];
            if kind.0 == tag && same(kind.1, start) {
                kind.2 += 1;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// Makes room for so many kinds at once. Nothing has been counted.
    fn expect(&mut self, kinds: usize) {
        self.used = (kinds * 2 + 2).next_power_of_two();
        if self.used > self.slots.len() {
            self.slots.resize(self.used, 0);
        }
    }

    /// Four times the slots.
    fn grow(&mut self) {
        let slots = (self.used * 4).max(256);
        self.used = slots;
        self.slots.clear();
        self.slots.resize(slots, 0);
        for (number, (tag, ..)) in (1..).zip(&self.kinds) {
            let mut at = *tag as usize & (slots - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = number;
        }
    }

    /// Adds what was counted to `out` and begins afresh.
    fn give(&mut self, out: &mut CharRuns) {
        out.kinds += self.kinds.len();
        out.repeated.extend(self.kinds.drain(..).map(|(.., count)| count).filter(|&count| count > 1));
        self.slots[..self.used].fill(0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::CharRuns;

    fn plainly(text: &str, n: usize) -> CharRuns {
        let chars: Vec<char> = text.chars().collect();
        let mut counts: BTreeMap<&[char], u32> = BTreeMap::new();
        chars.windows(n).for_each(|run| *counts.entry(run).or_default() += 1);
        let mut repeated: Vec<u32> = counts.values().copied().filter(|&count| count > 1).collect();
        repeated.sort_unstable();
        CharRuns { all: chars.windows(n).count(), kinds: counts.len(), repeated }
    }

    #[test]
    fn counts_equal_their_plain_definition() {
        let numbers: String = (0..9000).map(|number| format!("{} ", number * number % 1009)).collect();
        let words: String = (0..3000).map(|number| format!("wört{} 語 ", number * 7 % 311)).collect();
        for text in ["", "a", "abcabcabcabcab", "ééééééééééééé", &"x".repeat(30_000), &numbers, &words] {
            for n in [3, 10] {
                let [mut ours] = CharRuns::of(text, [n]);
                ours.repeated.sort_unstable();
                assert_eq!(ours, plainly(text, n), "{n} of {} bytes", text.len());
            }
        }
    }

    #[test]
    fn the_most_frequent_are_as_many_as_the_root_of_the_kinds() {
        // Ten kinds: three of them count.
        let runs = CharRuns { all: 30, kinds: 10, repeated: vec![2, 7, 3, 5] };
        assert_eq!(runs.most_frequent(), 15);
        assert_eq!(CharRuns { all: 4, kinds: 4, repeated: vec![] }.most_frequent(), 0);
    }
}
