//! Numbers that datatrove 0.2 (April 2024, with which FineWeb v1 was made) counts otherwise than 0.10
//! (`datatrove/pipeline/filters/{gopher_quality,gopher_repetition,c4_quality,fineweb_quality}_filter.py`). What is
//! not here is counted as in the family with `@datatrove`, by another word splitter.

use super::lists::Role;
use super::ngrams::Table;
use super::repetition::find_duplicates;
use super::{MetricDef, Settings, Sink, Subject, c4, fineweb};
use crate::text::{LineRule, SentenceRule, is_symbol};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count(
        "content_words@datatrove-0.2",
        "words",
        "words with at least one character outside the punctuation set, which then had no sentence-final marks of other \
         scripts",
    ),
    MetricDef::ratio(
        "mean_word_chars@datatrove-0.2",
        "code points",
        "mean length of the words counted by content_words",
    ),
    MetricDef::count(
        "stop_words@datatrove-0.2",
        "words",
        "occurrences of words of the filter's stop-word list in exactly that case, every one counted",
    )
    .needs(Role::StopWords),
    MetricDef::share(
        "dup_line_ratio@datatrove-0.2",
        "share of lines",
        "second and later copies of a line (Python splitlines, blank ones included)",
    ),
    MetricDef::share(
        "dup_line_char_ratio@datatrove-0.2",
        "share of characters",
        "characters of second and later copies of a line (Python splitlines), over all characters",
    ),
    MetricDef::count(
        "c4_sentences@datatrove-0.2",
        "sentences",
        "NLTK Punkt sentences in the lines that C4 keeps, counted line by line; depends on the filter's `c4-lines` edit",
    ),
    MetricDef::share(
        "terminal_line_ratio@datatrove-0.2",
        "share of lines",
        "parts between line feeds, blank ones included, whose very last character is one of `. ' \" ! ?`",
    ),
    MetricDef::share(
        "short_line_ratio@datatrove-0.2",
        "share of lines",
        "parts between line feeds, blank ones included, of at most 30 code points",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    if sink.wants(0..3) {
        words(subject, settings, sink);
    }
    if sink.wants(3..5) {
        let lines = view.lines(LineRule::PythonSplitlines);
        let (copies, chars) = find_duplicates(lines, &mut Table::default());
        sink.set_ratio(3, copies, lines.len());
        sink.set_ratio(4, chars, view.n_chars());
    }
    if sink.wants(5..6) {
        let mut sentences = 0;
        let lines = view.lines(LineRule::PythonSplitlines);
        c4::scan_lines(view.text(), lines, &settings.c4, |line| {
            sentences += SentenceRule::Punkt.split(line.text).len();
        });
        sink.set_count(5, sentences);
    }
    if sink.wants(6..8) {
        let lines = view.lines(LineRule::Newline);
        let is_ended = |line: &&&str| line.ends_with(['.', '\'', '"', '!', '?']);
        let is_short = |line: &&&str| fineweb::is_short(line, settings.short_line_chars);
        sink.set_ratio(6, lines.iter().filter(is_ended).count(), lines.len());
        sink.set_ratio(7, lines.iter().filter(is_short).count(), lines.len());
    }
}

/// The metrics that look at words.
fn words(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let words = subject.view.words(settings.splitter_for(subject.language));
    let (mut content, mut chars) = (0, 0);
    for word in words.iter().filter(|word| word.chars().any(|c| !is_symbol(c))) {
        content += 1;
        chars += super::chars::count_chars(word);
    }
    sink.set_count(0, content);
    sink.set_ratio(1, chars, content);
    if let Some(stop) = settings.lists.get(Role::StopWords, settings.language_of(subject.language)) {
        sink.set_count(2, words.iter().filter(|word| stop.position(word).is_some()).count());
    }
}
