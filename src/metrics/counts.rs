//! How often each n-gram of words occurs, for growing n.

use std::borrow::Cow;

use super::ngrams::Lengths;
use crate::text::Distinct;

/// The most frequent n-gram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Top {
    /// Word at which it first starts.
    pub first: usize,
    /// How often it occurs; overlapping occurrences count.
    pub count: usize,
}

/// Repeated n-grams for growing n, as groups of the words that they start at. The groups of n-grams are those of
/// (n−1)-grams, each cut up by the word that comes next; what occurs once is left out on the way, so that in text that
/// does not repeat itself little is left to look at from n = 4 on.
pub struct Counts<'w> {
    /// Each word by its number.
    words: Cow<'w, [u32]>,
    n: usize,
    /// First words of n-grams that occur more than once, equal ones side by side, from left to right.
    starts: Vec<u32>,
    /// Where each group ends in `starts`.
    ends: Vec<u32>,
    work: Work,
}

/// Memory for going from one n to the next.
#[derive(Default)]
struct Work {
    starts: Vec<u32>,
    ends: Vec<u32>,
    /// By the number of a word: how often it comes next in the group at hand, then where such an n-gram goes.
    next: Vec<u32>,
    /// The words that come next.
    met: Vec<u32>,
}

/// Stands in [`Work::next`] for a word that comes next only once.
const UNIQUE: u32 = u32::MAX;

impl<'w> Counts<'w> {
    /// Counts of pairs of the numbered words of a text.
    pub fn of_words(words: &'w Distinct<'_>) -> Self {
        Self::new(Cow::Borrowed(words.ids()), words.counts())
    }

    /// Counts of pairs of words given by numbers below `limit`.
    pub fn of_ids(ids: Vec<u32>, limit: usize) -> Self {
        let mut counts = vec![0; limit];
        ids.iter().for_each(|&id| counts[id as usize] += 1);
        Self::new(Cow::Owned(ids), &counts)
    }

    /// Counts of pairs of words that are given by number, where `counts` has how often each number occurs.
    fn new(words: Cow<'w, [u32]>, counts: &[u32]) -> Self {
        let mut total = 0;
        let mut ends = Vec::new();
        let mut next: Vec<u32> = Vec::with_capacity(counts.len());
        for &count in counts {
            next.push(if count < 2 { UNIQUE } else { total });
            if count >= 2 {
                total += count;
                ends.push(total);
            }
        }
        let mut starts = vec![0; total as usize];
        for (place, &word) in (0_u32..).zip(words.iter()) {
            let slot = &mut next[word as usize];
            if *slot != UNIQUE {
                starts[*slot as usize] = place;
                *slot += 1;
            }
        }
        next.fill(0);
        let work = Work { next, ..Work::default() };
        let mut counts = Self { words, n: 1, starts, ends, work };
        counts.grow();
        counts
    }

    /// Goes on to n-grams of one more word.
    pub fn grow(&mut self) {
        let last = self.n;
        self.n += 1;
        self.work.starts.clear();
        self.work.starts.resize(self.starts.len(), 0);
        self.work.ends.clear();
        let mut begin = 0;
        for &end in &self.ends {
            self.work.cut(&self.words, &self.starts[begin..end as usize], last);
            begin = end as usize;
        }
        self.work.starts.truncate(self.work.ends.last().map_or(0, |&end| end as usize));
        std::mem::swap(&mut self.starts, &mut self.work.starts);
        std::mem::swap(&mut self.ends, &mut self.work.ends);
    }

    /// For each repeated n-gram where it starts, from left to right, in no particular order of the n-grams.
    pub fn groups(&self) -> impl Iterator<Item = &[u32]> {
        let mut begin = 0;
        self.ends.iter().map(move |&end| {
            let group = &self.starts[begin..end as usize];
            begin = end as usize;
            group
        })
    }

    /// For each repeated n-gram, in no particular order: the word at which it first starts, and its count.
    pub fn repeated(&self) -> impl Iterator<Item = (usize, usize)> {
        self.groups().map(|group| (group[0] as usize, group.len()))
    }

    /// Marks of n-grams by their first words.
    fn marks(&self, starts: impl Iterator<Item = u32>) -> std::vec::IntoIter<bool> {
        let mut marks = vec![false; (self.words.len() + 1).saturating_sub(self.n)];
        starts.for_each(|start| marks[start as usize] = true);
        marks.into_iter()
    }

    /// The first words of all n-grams that occur more than once, from left to right.
    fn places(&self) -> Vec<u32> {
        // Few are sorted, many are found by their marks.
        if self.starts.len() * 16 > self.words.len() {
            return (0_u32..).zip(self.repeats()).filter(|(_, repeats)| *repeats).map(|(place, _)| place).collect();
        }
        let mut places = self.starts.clone();
        places.sort_unstable();
        places
    }

    /// For each n-gram, by its first word: whether it occurs more than once.
    pub fn repeats(&self) -> impl Iterator<Item = bool> {
        self.marks(self.starts.iter().copied())
    }

    /// For each n-gram, by its first word: whether an equal one starts before it.
    pub fn copies(&self) -> impl Iterator<Item = bool> {
        self.marks(self.groups().flat_map(|group| &group[1..]).copied())
    }

    /// The most frequent n-gram, of equally frequent ones the first; `None` without n-grams.
    pub fn top(&self) -> Option<Top> {
        let mut top = Top { first: 0, count: 1 };
        for (first, count) in self.repeated() {
            if count > top.count || (count == top.count && first < top.first) {
                top = Top { first, count };
            }
        }
        (self.words.len() >= self.n).then_some(top)
    }
}

/// Length of the words that are part of any repeated n-gram, each word once.
pub fn covered(counts: &Counts<'_>, lengths: &Lengths, n: usize) -> usize {
    covered_by(&counts.places(), lengths, n)
}

/// Length of the words that are part of one of the n-grams that start at `places`, from left to right; each word once.
pub fn covered_by(places: &[u32], lengths: &Lengths, n: usize) -> usize {
    let (mut chars, mut end) = (0, 0);
    for &place in places {
        let place = place as usize;
        let from = end.max(place);
        end = place + n;
        chars += lengths.of(from, end - from);
    }
    chars
}

impl Work {
    /// Cuts a group of equal n-grams into those that go on with the same word, `last` words after the first.
    #[inline]
    fn cut(&mut self, words: &[u32], group: &[u32], last: usize) {
        let begin = self.ends.last().copied().unwrap_or(0);
        if let [one, other] = *group {
            let word = |start: u32| words.get(start as usize + last);
            if word(other).is_some() && word(one) == word(other) {
                self.starts[begin as usize] = one;
                self.starts[begin as usize + 1] = other;
                self.ends.push(begin + 2);
            }
            return;
        }
        self.met.clear();
        // Only the last n-gram of the text may have no next word.
        let follows = || group.iter().filter_map(|&start| Some((start, *words.get(start as usize + last)?)));
        for (_, word) in follows() {
            let count = &mut self.next[word as usize];
            if *count == 0 {
                self.met.push(word);
            }
            *count += 1;
        }
        let mut end = begin;
        for &word in &self.met {
            let next = &mut self.next[word as usize];
            let count = *next;
            *next = UNIQUE;
            if count > 1 {
                *next = end;
                end += count;
                self.ends.push(end);
            }
        }
        if end > begin {
            for (start, word) in follows() {
                let to = &mut self.next[word as usize];
                if *to != UNIQUE {
                    self.starts[*to as usize] = start;
                    *to += 1;
                }
            }
        }
        for &word in &self.met {
            self.next[word as usize] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::top_ngrams::each_top;
    use super::*;

    /// Numbers of few different words, so that n-grams repeat.
    fn words(seed: u64, n: usize, different: u64) -> Vec<u32> {
        let mut state = seed;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            u32::try_from(state % different).unwrap()
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn counts_equal_their_plain_definition() {
        let cases = [(0, 2), (1, 2), (2, 2), (3, 1), (40, 1), (300, 2), (500, 5), (3000, 9), (3000, 300)];
        for (round, (n_words, different)) in (1..).zip(cases) {
            let ids = words(round * 7919, n_words, different);
            let mut counts = Counts::of_ids(ids.clone(), different as usize);
            let mut tops = BTreeMap::new();
            each_top(&ids, 2..=6, |n, top| assert!(tops.insert(n, top).is_none()));
            for n in 2..=6 {
                if n > 2 {
                    counts.grow();
                }
                let mut places: BTreeMap<&[u32], Vec<usize>> = BTreeMap::new();
                ids.windows(n).enumerate().for_each(|(place, ngram)| places.entry(ngram).or_default().push(place));
                let most = places.values().map(|all| (all.len(), std::cmp::Reverse(all[0]))).max();
                let top = most.map(|(count, first)| Top { first: first.0, count });
                assert_eq!((counts.top(), tops.get(&n).copied()), (top, top), "{n} of {n_words} {different}");
                let mut repeated: Vec<(usize, usize)> = counts.repeated().collect();
                repeated.sort_unstable();
                let mut expected: Vec<_> = places.values().map(|all| (all[0], all.len())).collect();
                expected.retain(|(_, count)| *count > 1);
                expected.sort_unstable();
                assert_eq!(repeated, expected, "{n} of {n_words} {different}");
                assert!(counts.repeats().eq(ids.windows(n).map(|ngram| places[ngram].len() > 1)));
                let copies = ids.windows(n).enumerate().map(|(place, ngram)| places[ngram][0] != place);
                assert!(counts.copies().eq(copies));
            }
        }
    }
}
