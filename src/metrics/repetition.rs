//! Gopher repetition numbers (Rae et al. 2021, table A1) as datatrove counts them
//! (`datatrove/pipeline/filters/gopher_repetition_filter.py`, version 0.10).
//!
//! Its peculiarities, all reproduced: only the second and later copies of a line or paragraph count; lines may be
//! empty; every denominator is the whole text in code points; a top n-gram counts even when it occurs once; duplicate
//! n-grams are found by a greedy scan that compares the *concatenation* of the words.

use xxhash_rust::xxh3::xxh3_64;

use super::chars::count_chars;
use super::hashing::{KeyCounts, KeySet, Piece};
use super::{MetricDef, Settings, Sink, Subject, ratio};
use crate::text::{LineRule, ParagraphRule};

/// `n` of the first top n-gram metric; they go up to [`TOP_LAST`].
const TOP_FIRST: usize = 2;
/// `n` of the last top n-gram metric.
const TOP_LAST: usize = 4;
/// `n` of the first duplicate n-gram metric; they go up to [`DUP_LAST`].
const DUP_FIRST: usize = 5;
/// `n` of the last duplicate n-gram metric.
const DUP_LAST: usize = 10;
/// Place of the first top n-gram metric in the table.
const TOP_PLACE: usize = 4;
/// Place of the first duplicate n-gram metric in the table.
const DUP_PLACE: usize = TOP_PLACE + TOP_LAST - TOP_FIRST + 1;

/// A top n-gram metric. Its value can pass 1: the joining spaces count, and occurrences may overlap.
const fn top(name: &'static str) -> MetricDef {
    MetricDef::ratio(
        name,
        "share of characters",
        "characters of the most frequent n-gram (spaces included) times its count, over all characters; ties: the first",
    )
}

/// A duplicate n-gram metric.
const fn dup(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of characters",
        "characters of n-grams seen before, found by a left-to-right scan that jumps over each hit, over all characters",
    )
}

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::share(
        "dup_paragraph_ratio@datatrove",
        "share of paragraphs",
        "second and later copies of a paragraph (runs of two or more newlines separate)",
    ),
    MetricDef::share(
        "dup_paragraph_char_ratio@datatrove",
        "share of characters",
        "characters of second and later copies of a paragraph, over all characters",
    ),
    MetricDef::share(
        "dup_line_ratio@datatrove",
        "share of lines",
        "second and later copies of a line (runs of newlines separate, lines not stripped)",
    ),
    MetricDef::share(
        "dup_line_char_ratio@datatrove",
        "share of characters",
        "characters of second and later copies of a line, over all characters",
    ),
    top("top_ngram_char_ratio.2@datatrove"),
    top("top_ngram_char_ratio.3@datatrove"),
    top("top_ngram_char_ratio.4@datatrove"),
    dup("dup_ngram_char_ratio.5@datatrove"),
    dup("dup_ngram_char_ratio.6@datatrove"),
    dup("dup_ngram_char_ratio.7@datatrove"),
    dup("dup_ngram_char_ratio.8@datatrove"),
    dup("dup_ngram_char_ratio.9@datatrove"),
    dup("dup_ngram_char_ratio.10@datatrove"),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    let mut seen = KeySet::default();
    if sink.wants(0..2) {
        let parts = view.paragraphs(ParagraphRule::BlankLines);
        let (items, chars) = find_duplicates(parts, &mut seen);
        sink.set_ratio(0, items, parts.len());
        sink.set_ratio(1, chars, view.n_chars());
    }
    if sink.wants(2..4) {
        let parts = view.lines(LineRule::NewlinePlus);
        let (items, chars) = find_duplicates(parts, &mut seen);
        sink.set_ratio(2, items, parts.len());
        sink.set_ratio(3, chars, view.n_chars());
    }
    if sink.wants(TOP_PLACE..METRICS.len()) {
        ngrams(
            view.words(settings.splitter),
            view.n_chars(),
            &mut seen,
            sink,
        );
    }
}

/// How many items are copies of an earlier one, and their length in code points.
pub(super) fn find_duplicates(items: &[&str], seen: &mut KeySet) -> (usize, usize) {
    seen.reset(items.len());
    let (mut copies, mut chars) = (0, 0);
    for item in items {
        if !seen.insert(xxh3_64(item.as_bytes())) {
            copies += 1;
            chars += count_chars(item);
        }
    }
    (copies, chars)
}

/// The n-gram metrics, from n = 2 upwards: the keys of n-grams grow by one word from step to step.
fn ngrams(words: &[&str], n_chars: usize, seen: &mut KeySet, sink: &mut Sink) {
    let pieces: Vec<Piece> = words.iter().map(|word| Piece::of(word)).collect();
    let ends = char_ends(words);
    let hashes = || pieces.iter().map(|piece| piece.hash).collect::<Vec<u64>>();
    if sink.wants(TOP_PLACE..DUP_PLACE) {
        let (mut keys, mut counts) = (hashes(), KeyCounts::default());
        for n in TOP_FIRST..=TOP_LAST {
            grow(&mut keys, &pieces, n, Piece::follow);
            if let Some(chars) = top_ngram_chars(&keys, &ends, n, &mut counts) {
                sink.set(TOP_PLACE + n - TOP_FIRST, ratio(chars, n_chars));
            }
        }
    }
    if sink.wants(DUP_PLACE..METRICS.len()) {
        let mut keys = hashes();
        for n in 2..=DUP_LAST {
            grow(&mut keys, &pieces, n, Piece::append_to);
            if n >= DUP_FIRST {
                let chars = dup_ngram_chars(&keys, &ends, n, seen);
                sink.set(DUP_PLACE + n - DUP_FIRST, ratio(chars, n_chars));
            }
        }
    }
}

/// Code points before each word and, last, in all words together.
fn char_ends(words: &[&str]) -> Vec<usize> {
    let mut total = 0;
    let mut ends = Vec::with_capacity(words.len() + 1);
    ends.push(0);
    for word in words {
        total += count_chars(word);
        ends.push(total);
    }
    ends
}

/// Turns the keys of all (n−1)-grams into the keys of all n-grams.
fn grow(keys: &mut Vec<u64>, pieces: &[Piece], n: usize, join: fn(Piece, u64) -> u64) {
    keys.truncate((pieces.len() + 1).saturating_sub(n));
    for (key, &next) in keys.iter_mut().zip(&pieces[(n - 1).min(pieces.len())..]) {
        *key = join(next, *key);
    }
}

/// Length times count of the most frequent n-gram, joined by spaces; of equally frequent ones the first seen. `None`
/// without n-grams.
fn top_ngram_chars(
    keys: &[u64],
    ends: &[usize],
    n: usize,
    counts: &mut KeyCounts,
) -> Option<usize> {
    counts.reset(keys.len());
    let (mut top, mut top_first) = (0, u32::MAX);
    for (place, &key) in (0_u32..).zip(keys) {
        let (count, first) = counts.add(key, place);
        if count > top || (count == top && first < top_first) {
            (top, top_first) = (count, first);
        }
    }
    let first = top_first as usize;
    let chars = (ends.get(first + n)? - ends[first]) + n - 1;
    Some(chars * top as usize)
}

/// Code points of the n-grams that a greedy scan has seen before: a hit counts and is jumped over, anything else is
/// remembered and passed by one word.
fn dup_ngram_chars(keys: &[u64], ends: &[usize], n: usize, seen: &mut KeySet) -> usize {
    seen.reset(keys.len());
    let (mut at, mut chars) = (0, 0);
    while at < keys.len() {
        if seen.insert(keys[at]) {
            at += 1;
        } else {
            chars += ends[at + n] - ends[at];
            at += n;
        }
    }
    chars
}
