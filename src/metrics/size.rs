//! Plain sizes, with gristmill's own definitions.

use super::chars::{count_byte, count_chars};
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::LineRule;

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("bytes", "bytes", "length of the text in UTF-8"),
    MetricDef::count(
        "chars",
        "code points",
        "length of the text in Unicode code points",
    ),
    MetricDef::count(
        "words",
        "words",
        "words by the filter's splitter, punctuation tokens included where it makes such",
    ),
    MetricDef::ratio(
        "mean_word_chars",
        "code points",
        "mean length of the filter's words",
    ),
    MetricDef::count("newlines", "newlines", "line feeds in the text"),
    MetricDef::count("lines", "lines", "lines with something besides white space"),
    MetricDef::ratio(
        "mean_line_chars",
        "code points",
        "mean length of the lines that are not blank, not stripped",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    sink.set_count(0, text.len());
    sink.set_count(1, subject.view.n_chars());
    if sink.wants(2..4) {
        let words = subject.view.words(settings.splitter);
        sink.set_count(2, words.len());
        if sink.wants(3..4) {
            sink.set_ratio(
                3,
                words.iter().map(|word| count_chars(word)).sum(),
                words.len(),
            );
        }
    }
    sink.set_count(4, count_byte(text, b'\n'));
    if sink.wants(5..7) {
        let lines = subject.view.lines(LineRule::NewlineNonBlank);
        sink.set_count(5, lines.len());
        sink.set_ratio(
            6,
            lines.iter().map(|line| count_chars(line)).sum(),
            lines.len(),
        );
    }
}
