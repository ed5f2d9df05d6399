//! The signals of the normalised text.

use super::normal::Normal;
use super::round::round8;
use crate::metrics::chars::{count_chars, count_substrings};
use crate::metrics::lists::Role;
use crate::metrics::ngrams::{Counts, Lengths, covered};
use crate::metrics::word_list::WordList;
use crate::metrics::{Settings, Sink, Subject, ratio};
use crate::text::{LineRule, Splitter, TextView, python};

/// Places in the family's table.
pub(super) const WORDS: usize = 11;
pub(super) const MEAN_CHARS: usize = 12;
pub(super) const UNIQUE: usize = 13;
pub(super) const ENTROPY: usize = 14;
pub(super) const BAD_WORDS: usize = 15;
pub(super) const LOREM_IPSUM: usize = 16;
pub(super) const JAVASCRIPT: usize = 17;
pub(super) const LINE_WORDS: usize = 18;
pub(super) const LINE_NUMERIC: usize = 19;
/// Place of the n-gram metric of pairs; those up to 10 follow.
pub(super) const NGRAMS: usize = 20;
/// Behind the last.
pub(super) const END: usize = NGRAMS + 9;

/// Measures the signals of the normalised text.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let normal = Normal::new(subject.view.lines(LineRule::NewlineKept));
    let view = TextView::new(&normal.text);
    let words = view.words(Splitter::Whitespace);
    let lengths = Lengths::new(&view, words);
    sink.set_count(WORDS, words.len());
    sink.set(MEAN_CHARS, round8(ratio(lengths.total(), words.len())));
    if sink.wants(UNIQUE..ENTROPY + 1) && !words.is_empty() {
        let counts = view.distinct(Splitter::Whitespace).counts();
        sink.set(UNIQUE, round8(ratio(counts.len(), words.len())));
        sink.set(ENTROPY, round8(entropy(counts, words.len())));
    }
    if sink.wants(BAD_WORDS..BAD_WORDS + 1)
        && let Some(list) = settings.lists.get(Role::BadWords, settings.language_of(subject.language))
    {
        sink.set_count(BAD_WORDS, listed(&view, words, list));
    }
    if sink.wants(LOREM_IPSUM..LOREM_IPSUM + 1) {
        let share = round8(ratio(lorem_ipsum(view.text()), view.n_chars()));
        sink.set(LOREM_IPSUM, if view.text().is_empty() { 0.0 } else { share });
    }
    if sink.wants(JAVASCRIPT..LINE_NUMERIC + 1) {
        lines(&normal, sink);
    }
    if sink.wants(NGRAMS..END) && u32::try_from(view.text().len()).is_ok() {
        ngrams(&view, &lengths, sink);
    }
}

/// Entropy of the words in nats, added up in the order of first occurrence.
#[allow(clippy::cast_precision_loss)]
fn entropy(counts: &[u32], total: usize) -> f64 {
    let total = total as f64;
    counts.iter().fold(0.0, |sum, &count| {
        let count = f64::from(count);
        sum + -count / total * (count / total).ln()
    })
}

/// How many words, or sequences of as many words as an entry has, are in a list.
fn listed(view: &TextView<'_>, words: &[&str], list: &WordList) -> usize {
    let mut sizes: Vec<usize> = list.entries().iter().map(|entry| entry.text.matches(' ').count() + 1).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let base = view.text().as_ptr() as usize;
    let start = |word: &str| word.as_ptr() as usize - base;
    let known = |run: &&[&str]| {
        // Words stand in the normalised text with one space between them.
        let last = run[run.len() - 1];
        list.position(&view.text()[start(run[0])..start(last) + last.len()]).is_some()
    };
    sizes.iter().map(|&size| words.windows(size).filter(known).count()).sum()
}

/// Occurrences of "lorem ipsum"; if there is one, also in spellings that Python's `IGNORECASE` takes for the same.
fn lorem_ipsum(text: &str) -> usize {
    let found = count_substrings(text, "lorem ipsum");
    if found > 0 && text.contains(['ı', 'ſ']) {
        return count_substrings(&text.replace('ı', "i").replace('ſ', "s"), "lorem ipsum");
    }
    found
}

/// The signals of normalised lines, over all lines.
#[allow(clippy::cast_precision_loss)]
fn lines(normal: &Normal, sink: &mut Sink) {
    let (mut javascript, mut words, mut numeric) = (0, 0, 0.0);
    for line in normal.lines().filter(|line| !line.is_empty()) {
        words += line.bytes().filter(|&byte| byte == b' ').count() + 1;
        javascript +=
            if line.contains("javascript") { line.split(' ').filter(|word| *word == "javascript").count() } else { 0 };
        let digits = if line.is_ascii() {
            line.bytes().filter(u8::is_ascii_digit).count()
        } else {
            line.chars().filter(|c| python::is_numeric(*c)).count()
        };
        numeric += round8(ratio(digits, count_chars(line)));
    }
    let count = normal.lines().len();
    sink.set_count(JAVASCRIPT, javascript);
    sink.set_ratio(LINE_WORDS, words, count);
    sink.set(LINE_NUMERIC, numeric / count as f64);
}

/// The signals of n-grams; 0 where there are too few words.
fn ngrams(view: &TextView<'_>, lengths: &Lengths, sink: &mut Sink) {
    (NGRAMS..END).for_each(|place| sink.set(place, 0.0));
    let words = view.distinct(Splitter::Whitespace);
    let mut counts = Counts::of_words(words);
    for n in 2..=10 {
        if n > 2 {
            counts.grow();
        }
        if words.ids().len() < n {
            break;
        }
        let chars = if n < 5 {
            counts.top().filter(|top| top.count > 1).map_or(0, |top| lengths.of(top.first, n) * top.count)
        } else {
            covered(&counts, lengths, n)
        };
        sink.set(NGRAMS + n - 2, round8(ratio(chars, lengths.total())));
    }
}
