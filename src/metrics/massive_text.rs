//! The repetition numbers of MassiveText as the Gopher paper words them (Rae et al. 2021, appendix A1.1, table A1).
//!
//! The paper leaves open what a word or line is and what the characters are counted over. Here: words by the filter's
//! splitter; lines and paragraphs (blank lines separate) without white space at their ends, blank ones not counted; a
//! duplicate is every copy but the first; the characters of a ratio are those of all lines, paragraphs or words; an
//! n-gram covers words, and a word that several n-grams cover counts once, as the paper asks for duplicate n-grams;
//! n-grams that occur once cover nothing.

use std::cmp::Reverse;

use super::chars::count_chars;
use super::ngrams::{Counts, Lengths, Table, covered};
use super::repetition::find_duplicates;
use super::{MetricDef, Settings, Sink, Subject, ratio};
use crate::text::{Distinct, LineRule, ParagraphRule, python};

/// Place of the first n-gram metric, that of pairs.
const NGRAMS: usize = 4;

/// A metric of the most frequent n-gram.
const fn top(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of characters",
        "characters of words that the most frequent n-gram covers (the longest of equally frequent ones, then the first), over those of all words; 0 when nothing repeats",
    )
}

/// A metric of repeated n-grams.
const fn dup(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of characters",
        "characters of words that any repeated n-gram covers, over those of all words",
    )
}

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::share("dup_line_ratio@massive-text", "share of lines", "second and later copies of a line, stripped"),
    MetricDef::share(
        "dup_paragraph_ratio@massive-text",
        "share of paragraphs",
        "second and later copies of a paragraph, stripped",
    ),
    MetricDef::share(
        "dup_line_char_ratio@massive-text",
        "share of characters",
        "characters of second and later copies of a line, over those of all lines",
    ),
    MetricDef::share(
        "dup_paragraph_char_ratio@massive-text",
        "share of characters",
        "characters of second and later copies of a paragraph, over those of all paragraphs",
    ),
    top("top_ngram_char_ratio.2@massive-text"),
    top("top_ngram_char_ratio.3@massive-text"),
    top("top_ngram_char_ratio.4@massive-text"),
    dup("dup_ngram_char_ratio.5@massive-text"),
    dup("dup_ngram_char_ratio.6@massive-text"),
    dup("dup_ngram_char_ratio.7@massive-text"),
    dup("dup_ngram_char_ratio.8@massive-text"),
    dup("dup_ngram_char_ratio.9@massive-text"),
    dup("dup_ngram_char_ratio.10@massive-text"),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    if sink.wants(0..NGRAMS) {
        segments(view.lines(LineRule::NewlineStripped), 0, sink);
        let paragraphs = view.paragraphs(ParagraphRule::BlankLines).iter().map(|part| python::strip(part));
        let paragraphs: Vec<&str> = paragraphs.filter(|part| !part.is_empty()).collect();
        segments(&paragraphs, 1, sink);
    }
    if sink.wants(NGRAMS..METRICS.len()) && u32::try_from(view.text().len()).is_ok() {
        let words = view.distinct(settings.splitter_for(subject.language));
        ngrams(words, &Lengths::of_words(view, words), sink);
    }
}

/// The metrics of lines or paragraphs: the share of items at `place`, that of characters two places on.
fn segments(items: &[&str], place: usize, sink: &mut Sink) {
    let (copies, chars) = find_duplicates(items, &mut Table::default());
    sink.set_ratio(place, copies, items.len());
    sink.set_ratio(place + 2, chars, items.iter().map(|item| count_chars(item)).sum());
}

/// The metrics of n-grams.
fn ngrams(words: &Distinct<'_>, lengths: &Lengths, sink: &mut Sink) {
    let mut counts = Counts::of_words(words);
    let ids = words.ids();
    for n in 2..=10 {
        if n > 2 {
            counts.grow();
        }
        if ids.len() < n {
            break;
        }
        let chars = if n < 5 { most_frequent(&counts, ids, lengths, n) } else { covered(&counts, lengths, n) };
        sink.set(NGRAMS + n - 2, ratio(chars, lengths.total()));
    }
}

/// Length of the words that the most frequent n-gram covers; 0 when nothing repeats.
fn most_frequent(counts: &Counts<'_>, ids: &[u32], lengths: &Lengths, n: usize) -> usize {
    let top = counts.repeated().max_by_key(|&(first, count)| (count, lengths.of(first, n), Reverse(first)));
    let Some((first, _)) = top else { return 0 };
    let wanted = &ids[first..first + n];
    let (mut chars, mut end) = (0, 0);
    for (place, _) in ids.windows(n).enumerate().filter(|(_, window)| *window == wanted) {
        let from = end.max(place);
        end = place + n;
        chars += lengths.of(from, end - from);
    }
    chars
}
