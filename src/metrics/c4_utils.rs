//! The page rules of the program that made C4 (`tensorflow_datasets/text/c4_utils.py`, tensorflow-datasets 3.2.1).
//!
//! The lines are those of the filter's `c4-lines` edit. Bad words are looked for in each line that stays, between
//! characters other than `a` to `z`: so a word at the very start or end of a line is missed, and a word beside an
//! accented letter or a digit is found.

use super::bad_words::{Border, has_bad_word};
use super::c4::{PageDrop, scan_lines};
use super::lists::Role;
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{LineRule, SentenceRule, TextView, python};

/// This family's table. All depend on the filter's `c4-lines` edit.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::flag("c4_lorem_ipsum@c4-utils", "the first line that drops the page has \"lorem ipsum\""),
    MetricDef::flag("c4_curly_bracket@c4-utils", "the first line that drops the page has an opening curly bracket"),
    MetricDef::flag(
        "c4_bad_word@c4-utils",
        "the first line that drops the page has a word of the list `bad-words` between characters other than a to z",
    )
    .needs(Role::BadWords),
    MetricDef::count(
        "c4_sentences@c4-utils",
        "sentences",
        "sentences in the lines that C4 keeps, counted line by line",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    let bad = settings.lists.get(Role::BadWords, settings.language_of(subject.language));
    let bad = bad.filter(|_| sink.wants(2..3));
    let count = sink.wants(3..4);
    let (mut sentences, mut bad_at) = (0, None);
    let scan = scan_lines(view.text(), view.lines(LineRule::PythonSplitlines), &settings.c4, |line| {
        if count {
            sentences += sentences_of(line.text);
        }
        if let Some(bad) = bad
            && bad_at.is_none()
            && has_bad_word(&python::lower(line.text), bad, None, Border::NotSmallLetter)
        {
            bad_at = Some(line.start);
        }
    });
    // Within one line, the tests for the two other causes come first.
    let bad_first = bad_at.is_some_and(|bad_at| scan.page.is_none() || bad_at < scan.page_start);
    let page = scan.page.filter(|_| !bad_first);
    sink.set_count(0, usize::from(page == Some(PageDrop::LoremIpsum)));
    sink.set_count(1, usize::from(page == Some(PageDrop::CurlyBracket)));
    if bad.is_some() {
        sink.set_count(2, usize::from(bad_first));
    }
    sink.set_count(3, sentences);
}

/// The sentences of one line, by Punkt. Whitespace alone is none.
fn sentences_of(line: &str) -> usize {
    TextView::new(line).sentences(SentenceRule::Punkt).len()
}
