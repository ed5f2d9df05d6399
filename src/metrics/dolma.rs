//! The numbers of Dolma's tagger `gopher_v1` (`python/dolma/taggers/gopher.py`, allenai/dolma).
//!
//! Words are those of Python `split`, lines those of `split("\\n")`, blank ones included. Every character ratio has the
//! characters of the words as its whole; of repeated lines and n-grams every copy counts, overlaps as often as they occur.

use super::chars::count_chars;
use super::lists::Role;
use super::ngrams::{Counts, Lengths, Table, all_copies};
use super::{MetricDef, Settings, Sink, Subject, ratio};
use crate::text::{LineRule, Splitter, TextView, python};

/// Place of the first n-gram metric, that of pairs.
const NGRAMS: usize = 9;

/// A metric of the most frequent n-gram.
const fn top(name: &'static str) -> MetricDef {
    MetricDef::ratio(
        name,
        "share of characters",
        "characters of the most frequent n-gram (the first of equally frequent ones) times its count, over the characters of all words; also when it occurs once",
    )
}

/// A metric of repeated n-grams.
const fn dup(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of characters",
        "characters of n-grams that occur more than once, over the characters of all n-grams, overlaps counted in both",
    )
}

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("words@dolma", "words", "words of Python split"),
    MetricDef::ratio("median_word_chars@dolma", "code points", "median length of the words; 0 without words"),
    MetricDef::share("symbol_word_ratio@dolma", "share of words", "words that hold `#` or `…`"),
    MetricDef::share("alpha_word_ratio@dolma", "share of words", "words with at least one letter"),
    MetricDef::count("stop_words@dolma", "words", "occurrences of stop words in exactly their case")
        .needs(Role::StopWords),
    MetricDef::share("bullet_line_ratio@dolma", "share of lines", "lines whose very first character is `*` or `-`"),
    MetricDef::share("ellipsis_line_ratio@dolma", "share of lines", "lines whose very last character is `…`"),
    MetricDef::share(
        "dup_line_ratio@dolma",
        "share of lines",
        "copies of lines that occur more than once, the first included",
    ),
    MetricDef::ratio(
        "dup_line_char_ratio@dolma",
        "share of characters",
        "characters of those lines, spaces included, over the characters of all words",
    ),
    top("top_ngram_char_ratio.2@dolma"),
    top("top_ngram_char_ratio.3@dolma"),
    top("top_ngram_char_ratio.4@dolma"),
    dup("dup_ngram_char_ratio.5@dolma"),
    dup("dup_ngram_char_ratio.6@dolma"),
    dup("dup_ngram_char_ratio.7@dolma"),
    dup("dup_ngram_char_ratio.8@dolma"),
    dup("dup_ngram_char_ratio.9@dolma"),
    dup("dup_ngram_char_ratio.10@dolma"),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    let words = view.words(Splitter::Whitespace);
    let distinct = view.distinct(Splitter::Whitespace);
    let lengths = Lengths::of_words(view, distinct);
    let whole = words.len().max(1);
    sink.set_count(0, words.len());
    if sink.wants(1..2) {
        sink.set(1, median((0..words.len()).map(|word| lengths.of(word, 1)).collect()));
    }
    if sink.wants(2..5) {
        let count =
            |holds: &dyn Fn(&str) -> bool| distinct.iter().filter(|(word, _)| holds(word)).map(|(_, n)| n).sum();
        sink.set_ratio(2, count(&|word| word.contains(['#', '…'])), whole);
        sink.set_ratio(3, count(&|word| word.chars().any(python::is_alpha)), whole);
        if let Some(stop) = settings.lists.get(Role::StopWords, settings.language_of(subject.language)) {
            sink.set_count(4, count(&|word| stop.position(word).is_some()));
        }
    }
    if sink.wants(5..NGRAMS) {
        let lines = view.lines(LineRule::Newline);
        sink.set_ratio(5, lines.iter().filter(|line| line.starts_with(['*', '-'])).count(), lines.len());
        sink.set_ratio(6, lines.iter().filter(|line| line.ends_with('…')).count(), lines.len());
        let (copies, chars) = all_copies(lines, &mut Table::default(), count_chars);
        sink.set_ratio(7, copies, lines.len());
        sink.set_ratio(8, chars, lengths.total().max(1));
    }
    if sink.wants(NGRAMS..METRICS.len()) && u32::try_from(view.text().len()).is_ok() {
        ngrams(view, &lengths, sink);
    }
}

/// The median as Python's `statistics.median` has it; 0 of nothing.
#[allow(clippy::cast_precision_loss)]
fn median(mut lengths: Vec<usize>) -> f64 {
    lengths.sort_unstable();
    let middle = lengths.len() / 2;
    match lengths.get(middle) {
        None => 0.0,
        Some(&upper) if lengths.len() % 2 == 1 => upper as f64,
        Some(&upper) => (lengths[middle - 1] + upper) as f64 / 2.0,
    }
}

/// The metrics of n-grams.
fn ngrams(view: &TextView<'_>, lengths: &Lengths, sink: &mut Sink) {
    let words = view.distinct(Splitter::Whitespace);
    let mut counts = Counts::of_words(words);
    for n in 2..=10 {
        if n > 2 {
            counts.grow();
        }
        let Some(top) = counts.top() else { break };
        let value = if n < 5 {
            ratio(top.count * lengths.of(top.first, n), lengths.total().max(1))
        } else {
            let repeated: usize = counts.repeated().map(|(first, count)| count * lengths.of(first, n)).sum();
            let all: usize = (0..=words.ids().len() - n).map(|first| lengths.of(first, n)).sum();
            ratio(repeated, all.max(1))
        };
        sink.set(NGRAMS + n - 2, value);
    }
}
