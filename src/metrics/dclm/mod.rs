//! The numbers of DCLM's Python filters (`baselines/mappers/filters/content_filters.py`, mlfoundations/dclm).
//!
//! Three kinds of words: fastText's for the length of the page, UAX #29 segments that begin with a letter or digit for
//! n-grams, Python `split` for the rest. Lines and paragraphs are stripped, empty ones dropped. Of a repeated line,
//! paragraph or n-gram every copy counts, the first included.

pub(super) mod c4;
mod lines;

pub use c4::{DclmC4Lines, edit_c4_lines};
pub use lines::{DclmLines, edit_lines};

use super::chars::{count_chars, count_ellipses, count_substrings};
use super::lists::Role;
use super::ngrams::{Counts, Lengths, Table, all_copies, covered};
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
        sink.set_count(0, count_words(view.text()));
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

/// How many of fastText's words begin with a letter or digit. Counts as [`Splitter::FastText`] splits, without a list.
fn count_words(text: &str) -> usize {
    let (mut words, mut inside) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        let separates = matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0x0b | 0x0c | 0);
        if !inside && !separates {
            let begins = if byte < 0x80 { byte.is_ascii_alphanumeric() } else { begins_word(&text[at..]) };
            words += usize::from(begins);
        }
        inside = !separates;
    }
    words
}

/// The share of words that the line edits remove.
#[allow(clippy::cast_precision_loss)]
fn removed_words(view: &TextView<'_>, rules: &DclmLines) -> f64 {
    let before = count_words(view.text()) as f64;
    let Some(edited) = edit_lines(view.text(), rules).filter(|_| before > 0.0) else { return 1.0 };
    if edited == view.text() {
        return 0.0;
    }
    (before - count_words(&edited) as f64) / before
}

/// The metrics of `split` words.
fn words(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    let words = subject.view.distinct(Splitter::Whitespace);
    let all = words.ids().len();
    let symbols: usize = ["#", ". . ."].iter().map(|symbol| count_substrings(text, symbol)).sum();
    // Each different word is looked at once.
    let sum = |of: &dyn Fn(&str) -> usize| words.iter().map(|(word, count)| count * of(word)).sum::<usize>();
    sink.set_ratio(1, sum(&count_chars), all);
    sink.set_ratio(2, symbols + count_ellipses(text), all);
    sink.set_ratio(5, sum(&|word| usize::from(!word.chars().any(python::is_alpha))), all);
    if let Some(stop) = settings.lists.get(Role::StopWords, settings.language_of(subject.language)) {
        let is_stop = |word: &str| stop.position(word).or_else(|| stop.position(&python::lower(word))).is_some();
        sink.set_count(6, sum(&|word| usize::from(is_stop(word))));
    }
}

/// The metrics of lines or paragraphs: the share of items at `place`, that of characters two places on.
fn segments(items: &[&str], place: usize, sink: &mut Sink) {
    let (copies, chars) = all_copies(items, &mut Table::default(), count_chars);
    sink.set_ratio(place, copies, items.len());
    sink.set_ratio(place + 2, chars, items.iter().map(|item| count_chars(item)).sum());
}

/// The metrics of n-grams.
fn ngrams(view: &TextView<'_>, sink: &mut Sink) {
    let segments = view.distinct(Splitter::Uax29Bounds);
    let lengths: Vec<usize> = segments.words().iter().map(|word| count_chars(word)).collect();
    let is_word: Vec<bool> = segments.words().iter().map(|word| begins_word(word)).collect();
    let words: Vec<u32> = segments.ids().iter().copied().filter(|&id| is_word[id as usize]).collect();
    let lengths = Lengths::add_up(words.iter().map(|&id| lengths[id as usize]));
    let n_words = words.len();
    let mut counts = Counts::of_ids(words, is_word.len());
    for n in 2..=10 {
        if n > 2 {
            counts.grow();
        }
        if n_words < n {
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
