//! Gopher quality numbers (Rae et al. 2021, appendix A1.1) as datatrove counts them
//! (`datatrove/pipeline/filters/gopher_quality_filter.py`, version 0.10).

use std::sync::LazyLock;

use super::chars::{CharTable, count_byte, count_ellipses};
use super::lists::Role;
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{LineRule, python};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count(
        "content_words@datatrove",
        "words",
        "words with at least one character outside datatrove's punctuation set",
    ),
    MetricDef::ratio("mean_word_chars@datatrove", "code points", "mean length of the words counted by content_words"),
    MetricDef::ratio("hashes_per_word@datatrove", "per word", "`#` characters per word, punctuation tokens included"),
    MetricDef::ratio("ellipses_per_word@datatrove", "per word", "`...` and `…` per word, punctuation tokens included"),
    MetricDef::share(
        "bullet_line_ratio@datatrove",
        "share of lines",
        "lines (Python splitlines, blank ones included) that start with `•` or `-` after white space",
    ),
    MetricDef::share(
        "ellipsis_line_ratio@datatrove",
        "share of lines",
        "lines (Python splitlines, blank ones included) that end with `...` or `…` before white space",
    ),
    MetricDef::share(
        "alpha_word_ratio@datatrove",
        "share of words",
        "words with at least one letter (Python isalpha), punctuation tokens included in the whole",
    ),
    MetricDef::count(
        "distinct_stop_words@datatrove",
        "words",
        "different words of the filter's stop-word list that occur, in exactly that case",
    )
    .needs(Role::StopWords),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    if sink.wants(0..2) || sink.wants(6..8) {
        words(subject, settings, sink);
    }
    if sink.wants(2..4) {
        let text = subject.view.text();
        let n = subject.view.words(settings.splitter_for(subject.language)).len();
        sink.set_ratio(2, count_byte(text, b'#'), n);
        sink.set_ratio(3, count_ellipses(text), n);
    }
    if sink.wants(4..6) {
        lines(subject, sink);
    }
}

/// The metrics that look at words: at each different word once.
fn words(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    static TABLE: LazyLock<CharTable> = LazyLock::new(CharTable::new);
    let table = &*TABLE;
    let stop = settings.lists.get(Role::StopWords, settings.language_of(subject.language));
    let mut seen = stop.map(super::lists::Seen::new);
    let (mut content, mut chars, mut alpha, mut all) = (0, 0, 0, 0);
    for (word, count) in subject.view.distinct(settings.splitter_for(subject.language)).iter() {
        let class = table.classify(word);
        if class.content {
            content += count;
            chars += class.chars * count;
        }
        alpha += if class.alpha { count } else { 0 };
        all += count;
        if let Some(seen) = &mut seen {
            seen.note(word);
        }
    }
    sink.set_count(0, content);
    sink.set_ratio(1, chars, content);
    sink.set_ratio(6, alpha, all);
    if let Some(seen) = seen {
        sink.set_count(7, seen.distinct());
    }
}

/// The metrics that look at lines.
fn lines(subject: &Subject<'_, '_>, sink: &mut Sink) {
    let lines = subject.view.lines(LineRule::PythonSplitlines);
    let (mut bullets, mut ellipses) = (0, 0);
    for line in lines {
        let start = python::lstrip(line);
        bullets += usize::from(start.starts_with('-') || start.starts_with('•'));
        let end = python::rstrip(line);
        ellipses += usize::from(end.ends_with("...") || end.ends_with('…'));
    }
    sink.set_ratio(4, bullets, lines.len());
    sink.set_ratio(5, ellipses, lines.len());
}
