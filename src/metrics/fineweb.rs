//! FineWeb quality numbers as datatrove counts them (`datatrove/pipeline/filters/fineweb_quality_filter.py`, 0.10).

use super::chars::{count_byte, count_chars};
use super::ngrams::Table;
use super::repetition::find_duplicates;
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{LineRule, is_terminal_punctuation};

/// This family's table. "Lines" are the parts between line feeds that are not blank, not stripped.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("nonblank_lines@datatrove", "lines", "lines with something besides white space"),
    MetricDef::share(
        "terminal_line_ratio@datatrove",
        "share of lines",
        "lines whose very last character is in datatrove's terminal punctuation set",
    ),
    MetricDef::share("short_line_ratio@datatrove", "share of lines", "lines of at most 30 code points"),
    MetricDef::share(
        "nonblank_dup_line_char_ratio@datatrove",
        "share of characters",
        "characters of second and later copies of a line, over all characters but line feeds",
    ),
    MetricDef::ratio("newlines_per_word@datatrove", "per word", "line feeds per word"),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    let newlines = count_byte(view.text(), b'\n');
    if sink.wants(0..4) {
        let lines = view.lines(LineRule::NewlineNonBlank);
        let ends = |line: &&&str| line.chars().next_back().is_some_and(is_terminal_punctuation);
        let short = |line: &&&str| is_short(line, settings.short_line_chars);
        sink.set_count(0, lines.len());
        sink.set_ratio(1, lines.iter().filter(ends).count(), lines.len());
        sink.set_ratio(2, lines.iter().filter(short).count(), lines.len());
        let (_, chars) = find_duplicates(lines, &mut Table::default());
        sink.set_ratio(3, chars, view.n_chars() - newlines);
    }
    if sink.wants(4..5) {
        sink.set_ratio(4, newlines, view.words(settings.splitter_for(subject.language)).len());
    }
}

/// Whether a line has at most `limit` code points; looks at no more than it must.
pub(super) fn is_short(line: &str, limit: usize) -> bool {
    line.len() <= limit || (line.len() <= limit.saturating_mul(4) && count_chars(line) <= limit)
}
