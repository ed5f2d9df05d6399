//! Gopher repetition numbers (Rae et al. 2021, table A1) as datatrove counts them
//! (`datatrove/pipeline/filters/gopher_repetition_filter.py`, version 0.10).
//!
//! Its peculiarities, all reproduced: only the second and later copies of a line or paragraph count; lines may be
//! empty; every denominator is the whole text in code points; a top n-gram counts even when it occurs once; duplicate
//! n-grams are found by a greedy scan that compares the *concatenation* of the words.

use super::chars::{count_chars, count_starts};
use super::concatenation::Concatenation;
use super::ngrams::{Table, each_copy};
use super::top_ngrams::each_top;
use super::{MetricDef, Settings, Sink, Subject, ratio};
use crate::text::{LineRule, ParagraphRule, Splitter, TextView};

/// `n` of the first top n-gram metric; they go up to [`TOP_LAST`].
const TOP_FIRST: usize = 2;
/// `n` of the last top n-gram metric.
const TOP_LAST: usize = 4;
/// `n` of the first duplicate n-gram metric; they go up to 10.
const DUP_FIRST: usize = 5;
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

/// What is measured together.
const GROUPS: [std::ops::Range<usize>; 4] = [0..2, 2..4, TOP_PLACE..DUP_PLACE, DUP_PLACE..METRICS.len()];

/// Measures the family. Filters that stand side by side often ask for the same numbers: they are kept with the text.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    let splitter = settings.splitter_for(subject.language);
    let mut table = Table::default();
    // The family, the only setting that matters, the metric. Fewer than 2^16 metrics of a family, as many splitters.
    let key = |place: usize| KEY | (splitter as u32) << 8 | place as u32;
    for group in GROUPS {
        let wanted = || group.clone().filter(|&place| sink.wanted & 1 << place != 0);
        let missing: Vec<usize> = wanted().filter(|&place| view.number(key(place)).is_none()).collect();
        let known: Vec<usize> = wanted().filter(|place| !missing.contains(place)).collect();
        measure_group(view, splitter, group.start, &missing, &mut table, sink);
        missing.iter().for_each(|&place| view.keep_number(key(place), sink.values[place]));
        for place in known {
            sink.set(place, view.number(key(place)).unwrap_or(f64::NAN));
        }
    }
}

/// Marks this family's numbers among those that are kept with a text.
const KEY: u32 = 1 << 16;

/// Measures the metrics `places` of the group that begins with the place `first`.
fn measure_group(
    view: &TextView<'_>,
    splitter: Splitter,
    first: usize,
    places: &[usize],
    table: &mut Table,
    sink: &mut Sink,
) {
    match first {
        _ if places.is_empty() => {}
        0 | 2 => {
            let parts =
                if first == 0 { view.paragraphs(ParagraphRule::BlankLines) } else { view.lines(LineRule::NewlinePlus) };
            let (items, chars) = find_duplicates(parts, table);
            sink.set_ratio(first, items, parts.len());
            sink.set_ratio(first + 1, chars, view.n_chars());
        }
        // Places are kept in 32 bits.
        _ if u32::try_from(view.text().len()).is_err() => {}
        TOP_PLACE => top_ngrams(view, splitter, places, sink),
        _ => dup_ngrams(view, splitter, places, table, sink),
    }
}

/// How many items are copies of an earlier one, and their length in code points.
pub(super) fn find_duplicates(items: &[&str], table: &mut Table) -> (usize, usize) {
    let mut chars = 0;
    let copies = each_copy(items, table, |item| chars += count_chars(item));
    (copies, chars)
}

/// Top n-grams: length, joined by spaces, times count.
fn top_ngrams(view: &TextView<'_>, splitter: Splitter, places: &[usize], sink: &mut Sink) {
    let words = view.words(splitter);
    let sizes = places.iter().map(|place| place - TOP_PLACE + TOP_FIRST);
    each_top(view.distinct(splitter).ids(), sizes, |n, top| {
        let length: usize = words[top.first..top.first + n].iter().map(|word| count_chars(word)).sum();
        let chars = (length + n - 1) * top.count;
        sink.set(TOP_PLACE + n - TOP_FIRST, ratio(chars, view.n_chars()));
    });
}

/// Duplicate n-grams: length, nothing between the words.
fn dup_ngrams(view: &TextView<'_>, splitter: Splitter, places: &[usize], table: &mut Table, sink: &mut Sink) {
    let mut sizes = places.iter().map(|place| place - DUP_PLACE + DUP_FIRST).peekable();
    let Some(&least) = sizes.peek() else { return };
    let mut whole = Concatenation::new(view.text(), view.words(splitter), least);
    let is_ascii = view.n_chars() == view.text().len();
    for n in sizes {
        let mut chars = 0;
        whole.scan(n, table, |ngram| chars += if is_ascii { ngram.len() } else { count_starts(ngram) });
        sink.set(DUP_PLACE + n - DUP_FIRST, ratio(chars, view.n_chars()));
    }
}
