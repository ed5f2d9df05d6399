//! Plain sizes, with gristmill's own definitions.

use super::chars::{beyond_ascii, count_byte, count_bytes, count_chars};
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{LineRule, python};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("bytes", "bytes", "length of the text in UTF-8"),
    MetricDef::count("chars", "code points", "length of the text in Unicode code points"),
    MetricDef::count(
        "words",
        "words",
        "words by the filter's splitter, punctuation tokens included where it makes such",
    ),
    MetricDef::ratio("mean_word_chars", "code points", "mean length of the filter's words"),
    MetricDef::count("newlines", "newlines", "line feeds in the text"),
    MetricDef::count("lines", "lines", "lines with something besides white space"),
    MetricDef::ratio("mean_line_chars", "code points", "mean length of the lines that are not blank, not stripped"),
    MetricDef::share(
        "letter_ratio",
        "share of characters",
        "letters and vowel signs (Unicode Alphabetic) among the characters that are not white space",
    ),
    MetricDef::share(
        "digit_ratio",
        "share of characters",
        "numeric characters (Unicode N) among the characters that are not white space",
    ),
    MetricDef::count(
        "third_longest_line_chars",
        "code points",
        "length of the third longest line between line feeds, not stripped; 0 with fewer than three lines",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let text = subject.view.text();
    sink.set_count(0, text.len());
    sink.set_count(1, subject.view.n_chars());
    if sink.wants(2..4) {
        let words = subject.view.words(settings.splitter_for(subject.language));
        sink.set_count(2, words.len());
        if sink.wants(3..4) {
            let is_ascii = subject.view.n_chars() == text.len();
            let length = |word: &&str| if is_ascii { word.len() } else { count_chars(word) };
            sink.set_ratio(3, words.iter().map(length).sum(), words.len());
        }
    }
    sink.set_count(4, count_byte(text, b'\n'));
    if sink.wants(5..7) {
        let lines = subject.view.lines(LineRule::NewlineNonBlank);
        sink.set_count(5, lines.len());
        sink.set_ratio(6, lines.iter().map(|line| count_chars(line)).sum(), lines.len());
    }
    if sink.wants(7..9) {
        characters(text, sink);
    }
    if sink.wants(9..10) {
        sink.set_count(9, third_longest(text.split('\n').map(count_chars)));
    }
}

/// The third largest of the lengths, 0 where there are fewer.
fn third_longest(lengths: impl Iterator<Item = usize>) -> usize {
    let mut top = [0; 3];
    for length in lengths {
        if length > top[2] {
            top[2] = length;
            top.sort_unstable_by(|a, b| b.cmp(a));
        }
    }
    top[2]
}

/// The metrics that look at single characters.
fn characters(text: &str, sink: &mut Sink) {
    // White space is not visible; ASCII control characters are.
    let is_visible = |byte: u8| (byte < 0x80) & (byte != b' ') & (byte.wrapping_sub(b'\t') > 4);
    let mut visible = count_bytes(text, is_visible);
    let mut letters = count_bytes(text, |byte| byte.is_ascii_alphabetic());
    let mut digits = count_bytes(text, |byte| byte.is_ascii_digit());
    for c in beyond_ascii(text).filter(|c| !c.is_whitespace()) {
        visible += 1;
        letters += usize::from(python::is_alpha(c));
        digits += usize::from(python::is_digit(c));
    }
    sink.set_ratio(7, letters, visible);
    sink.set_ratio(8, digits, visible);
}
