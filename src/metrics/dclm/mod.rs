//! The numbers of DCLM's Python filters (`baselines/mappers/filters/content_filters.py`, mlfoundations/dclm).
//!
//! Three kinds of words: fastText's for the length of the page, UAX #29 segments that begin with a letter or digit for
//! n-grams, Python `split` for the rest. Lines and paragraphs are stripped, empty ones dropped. Of a repeated line,
//! paragraph or n-gram every copy counts, the first included.

mod lines;

pub use lines::{DclmLines, edit_lines};

use super::chars::count_substrings;
use super::lists::Role;
use super::ngrams::{Counts, Lengths, Table, all_copies};
use super::{MetricDef, Settings, Sink, Subject, ratio};
use crate::text::{LineRule, ParagraphRule, Splitter, TextView, python};

/// Place of the first repetition metric of lines and paragraphs.
const LINES: usize = 7;
/// Place of the first n-gram metric, that of pairs.
const NGRAMS: usize = 11;
/// Place of the number of lines.
const N_LINES: usize = 20;
/// Place of the share of removed words.
const REMOVED: usize = 21;

/// A metric of the most frequent n-gram.
const fn top(name: &'static str) -> MetricDef {
    MetricDef::ratio(
        name,
        "share of characters",
        "characters of the most frequent n-gram (the longest of equally frequent ones) times its count, over the characters of all words; 0 when nothing repeats",
    )
}

/// A metric of repeated n-grams.
const fn dup(name: &'static str) -> MetricDef {
    MetricDef::share(
        name,
        "share of characters",
        "characters of words that are part of any repeated n-gram, over the characters of all words",
    )
}

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("words@dclm", "words", "fastText words that begin with a letter or digit"),
    MetricDef::ratio("mean_word_chars@dclm", "code points", "mean length of the words of Python split"),
    MetricDef::ratio(
        "symbols_per_word@dclm",
        "per word",
        "`#`, `...`, `. . .` and `…` together, per word of Python split",
    ),
    MetricDef::share("bullet_line_ratio@dclm", "share of lines", "lines that start with `●`, `•`, `*` or `-`"),
    MetricDef::share("ellipsis_line_ratio@dclm", "share of lines", "lines that end with `...`, `. . .` or `…`"),
    MetricDef::share("nonalpha_word_ratio@dclm", "share of words", "words of Python split without a letter"),
    MetricDef::count("stop_words@dclm", "words", "occurrences of stop words in any case, every one counted")
        .needs(Role::StopWords),
    MetricDef::share(
        "dup_line_ratio@dclm",
        "share of lines",
        "copies of lines that occur more than once, the first included",
    ),
    MetricDef::share(
        "dup_paragraph_ratio@dclm",
        "share of paragraphs",
        "copies of paragraphs that occur more than once, the first included",
    ),
    MetricDef::share(
        "dup_line_char_ratio@dclm",
        "share of characters",
        "characters of those lines, over the characters of all lines",
    ),
    MetricDef::share(
        "dup_paragraph_char_ratio@dclm",
        "share of characters",
        "characters of those paragraphs, over the characters of all paragraphs",
    ),
    top("top_ngram_char_ratio.2@dclm"),
    top("top_ngram_char_ratio.3@dclm"),
    top("top_ngram_char_ratio.4@dclm"),
    dup("dup_ngram_char_ratio.5@dclm"),
    dup("dup_ngram_char_ratio.6@dclm"),
    dup("dup_ngram_char_ratio.7@dclm"),
    dup("dup_ngram_char_ratio.8@dclm"),
    dup("dup_ngram_char_ratio.9@dclm"),
    dup("dup_ngram_char_ratio.10@dclm"),
    MetricDef::count("lines@dclm", "lines", "lines that are not blank"),
    MetricDef {
        name: "removed_word_ratio@dclm",
        doc: "fastText words that the filter's `dclm-lines` edit removes, over all before it; 1 when it leaves nothing; \
              below 0 where stripping uncovers a word",
        unit: "share of words",
        range: (f64::NEG_INFINITY, 1.0),
        integer: false,
        list: None,
    },
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    if sink.wants(0..1) {
        sink.set_count(0, count_words(view.words(Splitter::FastText)));
    }
    if sink.wants(1..3) || sink.wants(5..LINES) {
        words(subject, settings, sink);
    }
    if sink.wants(3..5) {
        let lines = view.lines(LineRule::NewlineStripped);
        let bullets = lines.iter().filter(|line| line.starts_with(['●', '•', '*', '-'])).count();
        let cut = |line: &&&str| line.ends_with("...") || line.ends_with(". . .") || line.ends_with('…');
        sink.set_ratio(3, bullets, lines.len());
        sink.set_ratio(4, lines.iter().filter(cut).count(), lines.len());
    }
    if sink.wants(LINES..NGRAMS) {
        segments(view.lines(LineRule::NewlineStripped), LINES, sink);
        segments(view.paragraphs(ParagraphRule::DoubleNewlineStripped), LINES + 1, sink);
    }
    if sink.wants(N_LINES..N_LINES + 1) {
        sink.set_count(N_LINES, view.lines(LineRule::NewlineStripped).len());
    }
    if sink.wants(REMOVED..REMOVED + 1) {
        sink.set(REMOVED, removed_words(view, &settings.dclm_lines));
    }
    if sink.wants(NGRAMS..N_LINES) && u32::try_from(view.text().len()).is_ok() {
        ngrams(view, sink);
    }
}

/// Whether a token begins with a letter or digit.
fn begins_word(word: &str) -> bool {
    word.chars().next().is_some_and(python::is_alnum)
}

/// How many of the words begin with a letter or digit.
fn count_words(words: &[&str]) -> usize {
    words.iter().filter(|word| begins_word(word)).count()
}

/// The share of words that the line edits remove.
#[allow(clippy::cast_precision_loss)]
fn removed_words(view: &TextView<'_>, rules: &DclmLines) -> f64 {
    let before = count_words(view.words(Splitter::FastText)) as f64;
    let Some(edited) = edit_lines(view.text(), rules).filter(|_| before > 0.0) else { return 1.0 };
    if edited == view.text() {
        return 0.0;
    }
    (before - count_words(&Splitter::FastText.split(&edited)) as f64) / before
}

/// The metrics of `split` words.
fn words(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    let words = subject.view.words(Splitter::Whitespace);
    let symbols: usize = ["#", "...", ". . .", "…"].iter().map(|symbol| count_substrings(text, symbol)).sum();
    sink.set_ratio(1, Lengths::new(subject.view, words).total(), words.len());
    sink.set_ratio(2, symbols, words.len());
    sink.set_ratio(5, words.iter().filter(|word| !word.chars().any(python::is_alpha)).count(), words.len());
    if let Some(stop) = settings.lists.get(Role::StopWords, settings.language_of(subject.language)) {
        let is_stop = |word: &&&str| stop.position(word).or_else(|| stop.position(&python::lower(word))).is_some();
        sink.set_count(6, words.iter().filter(is_stop).count());
    }
}

/// The metrics of lines or paragraphs: the share of items at `place`, that of characters two places on.
fn segments(items: &[&str], place: usize, sink: &mut Sink) {
    let length = |item: &str| super::chars::count_chars(item);
    let (copies, chars) = all_copies(items, &mut Table::default(), length);
    sink.set_ratio(place, copies, items.len());
    sink.set_ratio(place + 2, chars, items.iter().map(|item| length(item)).sum());
}

/// The metrics of n-grams.
fn ngrams(view: &TextView<'_>, sink: &mut Sink) {
    let segments = view.words(Splitter::Uax29Bounds);
    let words: Vec<&str> = segments.iter().copied().filter(|word| begins_word(word)).collect();
    let hashes: Vec<u64> = words.iter().map(|word| xxhash_rust::xxh3::xxh3_64(word.as_bytes())).collect();
    let lengths = Lengths::new(view, &words);
    let mut counts = Counts::of_pairs(&hashes);
    for n in 2..=10 {
        if n > 2 {
            counts.grow();
        }
        if words.len() < n {
            break;
        }
        let chars = if n < 5 { most_frequent(&counts, &lengths, n) } else { covered(&counts, &lengths, n) };
        sink.set(NGRAMS + n - 2, ratio(chars, lengths.total()));
    }
}

/// Length of the longest of the most frequent n-grams, times its count; 0 when nothing repeats.
fn most_frequent(counts: &Counts<'_>, lengths: &Lengths, n: usize) -> usize {
    let sizes = counts.repeated().map(|(first, count)| (count, lengths.of(first, n)));
    sizes.max().map_or(0, |(count, chars)| count * chars)
}

/// Length of the words that are part of any repeated n-gram.
fn covered(counts: &Counts<'_>, lengths: &Lengths, n: usize) -> usize {
    let (mut chars, mut end) = (0, 0);
    for (place, _) in counts.repeats().enumerate().filter(|(_, repeats)| *repeats) {
        let from = end.max(place);
        end = place + n;
        chars += lengths.of(from, end - from);
    }
    chars
}
