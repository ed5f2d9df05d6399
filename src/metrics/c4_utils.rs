//! The page rules of the program that made C4 (`tensorflow_datasets/text/c4_utils.py`, tensorflow-datasets 3.2.1), and
//! mC4's rule on paragraphs.
//!
//! The lines are those of the filter's `c4-lines` edit. Bad words are looked for in each line that stays, between
//! characters other than `a` to `z`: so a word at the very start or end of a line is missed, and a word beside an accented
//! letter or a digit is found.

use super::bad_words::{Border, has_bad_word};
use super::c4::{PageDrop, scan_lines, sentences_alone};
use super::chars::count_chars;
use super::lists::Role;
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{LineRule, python};

/// This family's table. All but the last depend on the filter's `c4-lines` edit.
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
    MetricDef::count(
        "third_longest_line_chars",
        "code points",
        "length of the third longest line, line ends by line feed alone; 0 when there are fewer than three lines",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    if sink.wants(4..5) {
        sink.set_count(4, third_longest(subject.view.lines(LineRule::Newline)));
    }
    if !sink.wants(0..4) {
        return;
    }
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

/// The sentences of one line.
fn sentences_of(line: &str) -> usize {
    sentences_alone(line)
}

/// The length of the third longest line in code points; 0 when there are fewer than three.
fn third_longest(lines: &[&str]) -> usize {
    let mut top = [0; 3];
    for line in lines {
        // A line has no more characters than bytes.
        if line.len() > top[2] {
            let mut length = count_chars(line);
            for place in &mut top {
                if length > *place {
                    std::mem::swap(place, &mut length);
                }
            }
        }
    }
    top[2]
}

#[cfg(test)]
mod tests {
    use super::third_longest;

    #[test]
    fn the_third_longest_line_is_found() {
        assert_eq!(third_longest(&["a", "bbb", "cc"]), 1);
        assert_eq!(third_longest(&["dddd", "a", "bbb", "ééé", "cc"]), 3);
        assert_eq!(third_longest(&["aaaa", "bbb"]), 0);
        assert_eq!(third_longest(&["a", "a", "a", "", "a"]), 1);
        assert_eq!(third_longest(&[""]), 0);
    }
}
