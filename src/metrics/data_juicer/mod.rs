//! The numbers of data-juicer's text filters (`data_juicer/ops/filter/*.py`, version 1.4) that need no model.
//!
//! Words lie between spaces, tabs and line feeds (the option `tokenization` is off) and lose data-juicer's special
//! characters at both ends; what was nothing else is no word. Where there is nothing to divide by, the number is 0.

mod characters;
mod repetition;
mod special;
mod words;

use super::{MetricDef, Role, Settings, Sink, Subject, ratio};

/// Place of the first metric of lines.
const LINES: usize = 2;
/// Place of the metric of repeated characters.
const REPETITION: usize = 4;
/// Place of the first metric of words.
const WORDS: usize = 5;

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::share("alnum_char_ratio@data-juicer", "share of characters", "letters and digits (Python isalnum)"),
    MetricDef::share(
        "special_char_ratio@data-juicer",
        "share of characters",
        "characters of data-juicer's set: ASCII punctuation, digits and white space, emoji, some marks and letters",
    ),
    MetricDef::ratio(
        "mean_line_chars@data-juicer",
        "code points",
        "length of the text over its number of lines (Python splitlines, blank ones included)",
    ),
    MetricDef::count("max_line_chars@data-juicer", "code points", "length of the longest line (Python splitlines)"),
    MetricDef::share(
        "char_repetition_ratio.10@data-juicer",
        "share of runs",
        "runs of 10 characters that are among the most frequent repeated ones: at most as many kinds as the square root of the number of kinds",
    ),
    MetricDef::count("words@data-juicer", "words", "words without special characters at their ends"),
    MetricDef::share(
        "word_repetition_ratio.10@data-juicer",
        "share of n-grams",
        "runs of 10 lower-case words that occur more than once, every copy counted",
    ),
    MetricDef::share(
        "stop_word_ratio@data-juicer",
        "share of words",
        "lower-case words that are in the filter's list `stop-words`",
    )
    .needs(Role::StopWords),
    MetricDef::share(
        "flagged_word_ratio@data-juicer",
        "share of words",
        "lower-case words that are in the filter's list `bad-words`",
    )
    .needs(Role::BadWords),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    if sink.wants(0..LINES) {
        characters::measure(view, sink);
    }
    if sink.wants(LINES..REPETITION) {
        characters::measure_lines(view, sink);
    }
    if sink.wants(REPETITION..WORDS) && u32::try_from(view.text().len()).is_ok() {
        repetition::measure(view, sink);
    }
    if sink.wants(WORDS..METRICS.len()) {
        words::measure(subject, settings, sink);
    }
}

/// Sets `part / whole`; 0 when `whole` is 0.
fn set_share(sink: &mut Sink, place: usize, part: usize, whole: usize) {
    sink.set(place, if whole == 0 { 0.0 } else { ratio(part, whole) });
}
