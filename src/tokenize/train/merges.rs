use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Hashes one word of 64 bits by a multiplication; for tables that are looked up in and never walked.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

type Pairs<T> = HashMap<u64, T, BuildHasherDefault<Spread>>;

fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

/// Words as symbols; merging shortens them in place.
pub(super) struct Symbols {
    all: Vec<u32>,
    /// Start and length of each word.
    spans: Vec<(u64, u32)>,
    counts: Vec<i64>,
}

impl Symbols {
    pub(super) fn new(words: usize, symbols: usize) -> Self {
        Self { all: Vec::with_capacity(symbols), spans: Vec::with_capacity(words), counts: Vec::with_capacity(words) }
    }

    pub(super) fn push(&mut self, word: impl Iterator<Item = u32>, count: u64) {
        let start = self.all.len();
        self.all.extend(word);
        self.spans.push((start as u64, (self.all.len() - start) as u32));
        self.counts.push(i64::try_from(count).unwrap_or(i64::MAX));
    }

    fn word(&self, at: usize) -> &[u32] {
        let (start, length) = self.spans[at];
        &self.all[start as usize..start as usize + length as usize]
    }

    /// Merges all pairs of a word, from the left, and tells which pairs came and went.
    fn merge(&mut self, at: usize, pair: (u32, u32), made: u32, mut change: impl FnMut(u64, i64)) {
        let (start, length) = self.spans[at];
        let word = &mut self.all[start as usize..start as usize + length as usize];
        let (mut from, mut to) = (0, 0);
        while from < word.len() {
            if word[from] == pair.0 && from + 1 < word.len() && word[from + 1] == pair.1 {
                if to > 0 {
                    change(key(word[to - 1], pair.0), -1);
                    change(key(word[to - 1], made), 1);
                }
                if let Some(next) = word.get(from + 2) {
                    change(key(pair.1, *next), -1);
                    change(key(made, *next), 1);
                }
                word[to] = made;
                from += 2;
            } else {
                word[to] = word[from];
                from += 1;
            }
            to += 1;
        }
        self.spans[at].1 = to as u32;
    }
}

/// A pair that may be merged next: the most frequent first, the smallest of equals, and of those the one that came first.
type Candidate = (i64, Reverse<u64>, Reverse<u32>);

/// The pairs, how often each stands in the words, and where.
pub(super) struct Queue {
    symbols: Symbols,
    counts: Pairs<i64>,
    heap: BinaryHeap<Candidate>,
    /// The words of each candidate.
    places: Vec<Vec<u32>>,
    least: i64,
}

impl Queue {
    /// Counts the pairs of all words.
    pub(super) fn new(symbols: Symbols, least: u64) -> Self {
        let (mut counts, mut places): (Pairs<i64>, Pairs<u32>) = (Pairs::default(), Pairs::default());
        let (mut lists, mut order): (Vec<Vec<u32>>, Vec<u64>) = (Vec::new(), Vec::new());
        for at in 0..symbols.spans.len() {
            for pair in symbols.word(at).windows(2) {
                let pair = key(pair[0], pair[1]);
                *counts.entry(pair).or_default() += symbols.counts[at];
                note(&mut places, &mut lists, &mut order, 0, pair, at as u32);
            }
        }
        let least = i64::try_from(least.max(1)).unwrap_or(i64::MAX);
        let mut queue = Self { symbols, counts, heap: BinaryHeap::new(), places: lists, least };
        for (at, pair) in (0u32..).zip(&order) {
            queue.offer(*pair, at);
        }
        queue
    }

    fn offer(&mut self, pair: u64, at: u32) {
        let count = self.counts.get(&pair).copied().unwrap_or(0);
        match count > 0 {
            true => self.heap.push((count, Reverse(pair), Reverse(at))),
            false => self.places[at as usize] = Vec::new(),
        }
    }

    /// The next pair to merge, and a handle for [`Self::merge`].
    pub(super) fn next(&mut self) -> Option<((u32, u32), u32)> {
        loop {
            let (count, Reverse(pair), Reverse(at)) = self.heap.pop()?;
            let now = self.counts.get(&pair).copied().unwrap_or(0);
            if count != now {
                // It became rarer since, or more frequent as a token that two pairs make.
                if now > 0 {
                    self.heap.push((now, Reverse(pair), Reverse(at)));
                }
                continue;
            }
            return (count >= self.least).then_some((((pair >> 32) as u32, pair as u32), at));
        }
    }

    /// Makes `made` of the pair in all words of the candidate.
    pub(super) fn merge(&mut self, pair: (u32, u32), handle: u32, made: u32) {
        let words = std::mem::take(&mut self.places[handle as usize]);
        let first = self.places.len();
        let (mut new, mut order): (Pairs<u32>, Vec<u64>) = (Pairs::default(), Vec::new());
        let Self { symbols, counts, places, .. } = self;
        for word in words {
            let times = symbols.counts[word as usize];
            symbols.merge(word as usize, pair, made, |pair, change| {
                *counts.entry(pair).or_default() += change * times;
                if change > 0 {
                    note(&mut new, places, &mut order, first, pair, word);
                }
            });
        }
        for (at, pair) in (first as u32..).zip(order) {
            self.offer(pair, at);
        }
    }
}

/// Adds a word to the list of a pair, once. `order` has the pairs as they came, and their lists begin at `first`.
fn note(known: &mut Pairs<u32>, lists: &mut Vec<Vec<u32>>, order: &mut Vec<u64>, first: usize, pair: u64, word: u32) {
    let at = *known.entry(pair).or_insert_with(|| {
        order.push(pair);
        lists.push(Vec::new());
        (first + order.len() - 1) as u32
    });
    let list = &mut lists[at as usize];
    if list.last() != Some(&word) {
        list.push(word);
    }
}
