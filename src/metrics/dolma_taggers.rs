//! The numbers of Dolma's taggers `c4_v1`, `c4_v2` and, where it differs from `gopher_v1`, `gopher_v2`
//! (`python/dolma/taggers/{c4,gopher}.py`, allenai/dolma).
//!
//! The C4 taggers lower the text and look at lines of `split("\\n")`, stripped, blank ones included. `gopher_v2` takes
//! runs of newlines for one break, so that a text may have an empty first and last line but none inside.

use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

use super::chars::count_chars;
use super::lists::Role;
use super::ngrams::{Lengths, Table, all_copies};
use super::word_list::WordList;
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{LineRule, Splitter, python};

/// Place of the first number of `gopher_v2`.
const GOPHER: usize = 8;

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("c4_lines@dolma", "lines", "`line_count`: line feeds plus one"),
    MetricDef::share(
        "c4_unended_line_ratio@dolma",
        "share of lines",
        "`lines_with_no_ending_punctuation`: lines that do not end with `.`, `?`, `!` or `\"`, white space aside",
    ),
    MetricDef::share(
        "c4_short_line_ratio@dolma",
        "share of lines",
        "`lines_with_too_few_words`: lines of less than 3 words of Python split",
    ),
    MetricDef::flag("c4_curly_bracket@dolma", "`has_curly_brace`: the text has an opening curly bracket"),
    MetricDef::flag("c4_lorem_ipsum@dolma", "`has_lorem_ipsum`: the text has \"lorem ipsum\" in any case"),
    MetricDef::flag(
        "c4_javascript.v1@dolma",
        "`has_javascript` of `c4_v1`: a word of Python split is \"javascript\" in any case",
    ),
    MetricDef::flag("c4_javascript.v2@dolma", "`has_javascript` of `c4_v2`: the text has \"javascript\" in any case"),
    MetricDef::flag(
        "c4_bad_words@dolma",
        "`has_naughty_word`: a lower-cased word of Python split is in the list `bad-words`, or a phrase of it stands anywhere",
    ),
    MetricDef::share(
        "bullet_line_ratio.v2@dolma",
        "share of lines",
        "`gopher_v2`: lines whose very first character is `*` or `-`",
    ),
    MetricDef::share(
        "ellipsis_line_ratio.v2@dolma",
        "share of lines",
        "`gopher_v2`: lines whose very last character is `…`",
    ),
    MetricDef::share(
        "dup_line_ratio.v2@dolma",
        "share of lines",
        "`gopher_v2`: copies of lines that occur more than once, the first included",
    ),
    MetricDef::ratio(
        "dup_line_char_ratio.v2@dolma",
        "share of characters",
        "`gopher_v2`: characters of those lines, spaces included, over the characters of all words",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    if sink.wants(0..3) {
        let lines = view.lines(LineRule::Newline);
        let few = |line: &&&str| line.split(python::is_space).filter(|word| !word.is_empty()).nth(2).is_none();
        sink.set_count(0, lines.len());
        sink.set_ratio(1, lines.iter().filter(|line| !ends_sentence(line)).count(), lines.len());
        sink.set_ratio(2, lines.iter().filter(few).count(), lines.len());
    }
    sink.set_count(3, usize::from(view.text().contains('{')));
    if sink.wants(4..7) {
        phrases(subject, sink);
    }
    if sink.wants(7..GOPHER)
        && let Some(list) = settings.lists.get(Role::BadWords, settings.language_of(subject.language))
    {
        sink.set_count(7, usize::from(has_bad_word(view.text(), list)));
    }
    if sink.wants(GOPHER..METRICS.len()) {
        gopher_v2(subject, sink);
    }
}

/// Whether a line ends as a sentence does.
fn ends_sentence(line: &str) -> bool {
    python::rstrip(line).ends_with(['.', '?', '!', '"'])
}

/// "lorem ipsum" and "javascript". No character outside ASCII has one of their letters for its lower case.
fn phrases(subject: &Subject<'_, '_>, sink: &mut Sink) {
    static FINDER: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(["lorem ipsum", "javascript"]).ok());
    let (mut lorem, mut javascript, mut alone) = (false, false, false);
    let text = subject.view.text();
    for found in FINDER.iter().flat_map(|finder| finder.find_iter(text)) {
        if found.pattern().as_usize() == 0 {
            lorem = true;
            continue;
        }
        javascript = true;
        let border = |next: Option<char>| next.is_none_or(python::is_space);
        alone |= border(text[..found.start()].chars().next_back()) && border(text[found.end()..].chars().next());
    }
    sink.set_count(4, usize::from(lorem));
    sink.set_count(5, usize::from(alone));
    sink.set_count(6, usize::from(javascript));
}

/// Whether a word or phrase of the list is in the lower-cased text.
fn has_bad_word(text: &str, list: &WordList) -> bool {
    let lower = python::lower(text);
    list.phrases().is_some_and(|finder| finder.is_match(&lower))
        || python::split(&lower).iter().any(|word| list.position(word).is_some())
}

/// The numbers of lines, of `gopher_v2`; all 0 for an empty text.
fn gopher_v2(subject: &Subject<'_, '_>, sink: &mut Sink) {
    let lines = subject.view.lines(LineRule::NewlinePlus);
    sink.set_ratio(GOPHER, lines.iter().filter(|line| line.starts_with(['*', '-'])).count(), lines.len());
    sink.set_ratio(GOPHER + 1, lines.iter().filter(|line| line.ends_with('…')).count(), lines.len());
    let (copies, chars) = all_copies(lines, &mut Table::default(), count_chars);
    let words = Lengths::new(subject.view, subject.view.words(Splitter::Whitespace));
    sink.set_ratio(GOPHER + 2, copies, lines.len());
    sink.set_ratio(GOPHER + 3, chars, words.total().max(1));
}
