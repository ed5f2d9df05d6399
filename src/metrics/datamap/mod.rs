//! The numbers of datamap-rs (allenai/datamap-rs, `src/map_fxn.rs`), the Rust port of DCLM's filters.
//!
//! Lengths are bytes, quotients are of single precision, words are `unicode_words` of the crate `unicode-segmentation` or
//! Rust's `split_whitespace`, and lines and paragraphs are not stripped. Bounds are single precision too: filter files
//! give them as the double that equals it.

mod lines;

use lines::Edited;
pub use lines::{DatamapLines, edit_lines};

use std::cmp::Reverse;

use super::chars::count_substrings;
use super::lists::Role;
use super::ngrams::{Counts, Lengths, Table, all_copies, covered, covered_by};
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{Distinct, LineRule, ParagraphRule, Splitter, TextView};

/// Place of the first repetition metric of lines and paragraphs.
const SEGMENTS: usize = 7;
/// Place of the first n-gram metric, that of pairs.
const NGRAMS: usize = 11;
/// Place of the share of removed words.
const REMOVED: usize = 20;

/// A metric of the most frequent n-gram.
const fn top(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of bytes",
        "bytes of the words that the most frequent n-gram covers (the longest of equally frequent ones, of those the first), over the bytes of all words; 0 when nothing repeats",
    )
}

/// A metric of repeated n-grams.
const fn dup(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of bytes",
        "bytes of words that are part of any repeated n-gram, over the bytes of all words; 0 with fewer than two n-grams",
    )
}

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count(
        "words@datamap-rs",
        "words",
        "runs of letters and digits in a text of ASCII, else `unicode_words`",
    ),
    MetricDef::ratio("mean_word_bytes@datamap-rs", "bytes", "mean length of the words of `split_whitespace`"),
    MetricDef::ratio(
        "symbols_per_word@datamap-rs",
        "per word",
        "`#`, `...`, `. . .` and `…` together, per word of `split_whitespace` with `. . .` as one word",
    ),
    MetricDef::share(
        "bullet_line_ratio@datamap-rs",
        "share of lines",
        "lines that begin with `●`, `•`, `*` or `-`; empty lines count",
    ),
    MetricDef::share("ellipsis_line_ratio@datamap-rs", "share of lines", "lines that end with `...`, `. . .` or `…`"),
    MetricDef::share(
        "nonalpha_word_ratio@datamap-rs",
        "share of words",
        "words of `split_whitespace` without a letter; 1 with fewer than two words",
    ),
    MetricDef::count("stop_words@datamap-rs", "words", "occurrences of stop words in any case, every one counted"),
    MetricDef::share(
        "dup_line_ratio@datamap-rs",
        "share of lines",
        "copies of lines that occur more than once, the first included; 1 without lines",
    ),
    MetricDef::share(
        "dup_paragraph_ratio@datamap-rs",
        "share of paragraphs",
        "copies of paragraphs that occur more than once, the first included; 1 without paragraphs",
    ),
    MetricDef::share(
        "dup_line_byte_ratio@datamap-rs",
        "share of bytes",
        "bytes of those lines, over the bytes of all lines",
    ),
    MetricDef::share(
        "dup_paragraph_byte_ratio@datamap-rs",
        "share of bytes",
        "bytes of those paragraphs, over the bytes of all paragraphs",
    ),
    top("top_ngram_byte_ratio.2@datamap-rs"),
    top("top_ngram_byte_ratio.3@datamap-rs"),
    top("top_ngram_byte_ratio.4@datamap-rs"),
    dup("dup_ngram_byte_ratio.5@datamap-rs"),
    dup("dup_ngram_byte_ratio.6@datamap-rs"),
    dup("dup_ngram_byte_ratio.7@datamap-rs"),
    dup("dup_ngram_byte_ratio.8@datamap-rs"),
    dup("dup_ngram_byte_ratio.9@datamap-rs"),
    dup("dup_ngram_byte_ratio.10@datamap-rs"),
    MetricDef::share(
        "removed_word_ratio@datamap-rs",
        "share of words",
        "`unicode_words` that the filter's `datamap-lines` edit removes, over all before it; 1 when it leaves nothing",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    if sink.wants(0..1) {
        sink.set_count(0, count_words(view));
    }
    if sink.wants(1..3) || sink.wants(5..SEGMENTS) {
        words(subject, settings, sink);
    }
    if sink.wants(3..5) {
        lines(view.text(), sink);
    }
    if sink.wants(SEGMENTS..NGRAMS) {
        segments(view.lines(LineRule::NewlineNonEmpty), SEGMENTS, sink);
        segments(view.paragraphs(ParagraphRule::DoubleNewlineNonEmpty), SEGMENTS + 1, sink);
    }
    if sink.wants(NGRAMS..REMOVED) && u32::try_from(view.text().len()).is_ok() {
        ngrams(view.distinct(Splitter::Uax29), sink);
    }
    if sink.wants(REMOVED..REMOVED + 1) {
        sink.set(REMOVED, removed_words(view, &settings.datamap_lines));
    }
}

/// `part / whole` in single precision.
#[allow(clippy::cast_precision_loss)]
fn quotient(part: usize, whole: usize) -> f64 {
    f64::from(part as f32 / whole as f32)
}

/// The words of the length rule.
fn count_words(view: &TextView<'_>) -> usize {
    let text = view.text();
    if text.is_ascii() {
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty()).count()
    } else {
        view.words(Splitter::Uax29).len()
    }
}

/// The metrics of `split_whitespace` words.
fn words(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let symbols: usize = ["#", "...", ". . .", "…"].iter().map(|symbol| count_substrings(text, symbol)).sum();
    if !words.is_empty() {
        sink.set(1, quotient(words.iter().map(|word| word.len()).sum(), words.len()));
    }
    let joined =
        if text.contains(". . .") { text.replace(". . .", "...").split_whitespace().count() } else { words.len() };
    sink.set(2, quotient(symbols, joined.max(1)));
    let without_letter = words.iter().filter(|word| !word.chars().any(char::is_alphabetic)).count();
    sink.set(5, if words.len() < 2 { 1.0 } else { quotient(without_letter, words.len()) });
    if let Some(stop) = settings.lists.get(Role::StopWords, settings.language_of(subject.language)) {
        let is_stop = |word: &&&str| stop.position(word).or_else(|| stop.position(&word.to_lowercase())).is_some();
        sink.set_count(6, words.iter().filter(is_stop).count());
    }
}

/// Bullets and cut-off lines.
fn lines(text: &str, sink: &mut Sink) {
    let all = text.split('\n').count();
    sink.set(3, quotient(text.split('\n').filter(|line| line.starts_with(['●', '•', '*', '-'])).count(), all));
    let filled = text.lines().filter(|line| !line.is_empty());
    let cut = |line: &&str| line.ends_with("...") || line.ends_with(". . .") || line.ends_with('…');
    sink.set(4, quotient(filled.clone().filter(cut).count(), filled.count().max(1)));
}

/// The metrics of lines or paragraphs: the share of items at `place`, that of bytes two places on.
fn segments(items: &[&str], place: usize, sink: &mut Sink) {
    let (copies, bytes) = all_copies(items, &mut Table::default(), str::len);
    let none = if items.is_empty() { Some(1.0) } else { None };
    sink.set(place, none.unwrap_or_else(|| quotient(copies, items.len())));
    sink.set(place + 2, none.unwrap_or_else(|| quotient(bytes, items.iter().map(|item| item.len()).sum())));
}

/// The metrics of n-grams.
fn ngrams(words: &Distinct<'_>, sink: &mut Sink) {
    let lengths = Lengths::add_up(words.each(str::len));
    let n_words = words.ids().len();
    let mut counts = Counts::of_words(words);
    for n in 2..=10 {
        if n > 2 {
            counts.grow();
        }
        if n_words <= n {
            // No n-gram, or one alone.
            sink.set(NGRAMS + n - 2, 0.0);
            if n_words < n {
                (n + 1..=10).for_each(|n| sink.set(NGRAMS + n - 2, 0.0));
                break;
            }
            continue;
        }
        let bytes = if n < 5 { most_frequent(&counts, &lengths, n) } else { covered(&counts, &lengths, n) };
        sink.set(NGRAMS + n - 2, quotient(bytes, lengths.total()));
    }
}

/// Bytes of the words that the longest of the most frequent n-grams covers; 0 when nothing repeats.
fn most_frequent(counts: &Counts<'_>, lengths: &Lengths, n: usize) -> usize {
    let weight = |group: &&[u32]| (group.len(), lengths.of(group[0] as usize, n), Reverse(group[0]));
    counts.groups().max_by_key(weight).map_or(0, |group| covered_by(group, lengths, n))
}

/// The share of words that the line edits remove.
fn removed_words(view: &TextView<'_>, rules: &DatamapLines) -> f64 {
    let Some(edited) = Edited::new(view.text(), rules) else { return 1.0 };
    if edited.removed_words == 0 && view.text().chars().any(char::is_alphanumeric) {
        return 0.0;
    }
    let before = view.words(Splitter::Uax29).len();
    match usize::try_from(edited.removed_words) {
        Ok(removed) if before > 0 => quotient(removed, before),
        // No words, or the program's subtraction wraps around: the page goes.
        _ => 1.0,
    }
}
