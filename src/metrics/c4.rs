//! C4's line edits and page rules as datatrove has them (`datatrove/pipeline/filters/c4_filters.py`, version 0.10; after
//! Raffel et al. 2020 and `tensorflow_datasets/text/c4_utils.py`).
//!
//! Order inside a line: strip, over-long word, citation marks away, end mark, number of words (counted before the
//! citation marks went), "lorem ipsum" (page), "javascript", "{" (page), policy phrases. The line is not stripped again
//! after the citation marks are gone.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Match};

use super::chars::count_chars;
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::{LineRule, SentenceRule, TextView, python};

/// Which of C4's line rules are on, and their bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct C4Lines {
    /// Lines must end with one of `. ? ! " '` and not with `...`.
    pub end_marks: bool,
    /// `'` is one of the end marks.
    pub apostrophe: bool,
    /// Lines with fewer words (Python `split`) go; 0 switches the rule off.
    pub min_words: usize,
    /// Words are counted when the citation marks have gone, not before.
    pub count_after_citations: bool,
    /// Lines with a word of more code points go; `None` switches the rule off.
    pub max_word_chars: Option<usize>,
    /// `[1]`, `[]`, `[edit]` and `[citation needed]` are cut out.
    pub citations: bool,
    /// Lines that mention "javascript" go.
    pub javascript: bool,
    /// Lines with one of six phrases about cookies, terms and privacy go.
    pub policy: bool,
}

impl Default for C4Lines {
    /// datatrove's defaults.
    fn default() -> Self {
        Self {
            end_marks: true,
            apostrophe: true,
            min_words: 3,
            count_after_citations: false,
            max_word_chars: Some(1000),
            citations: true,
            javascript: true,
            policy: true,
        }
    }
}

/// Why C4 drops a whole page at a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageDrop {
    /// "lorem ipsum".
    LoremIpsum,
    /// An opening curly bracket.
    CurlyBracket,
}

/// A line that C4 keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptLine<'l> {
    /// Where the stripped line begins in the text, in bytes.
    pub start: usize,
    /// The line, stripped and without citation marks.
    pub text: &'l str,
    /// Whether citation marks were cut out of it.
    pub edited: bool,
}

/// What a pass over the lines of a page found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct C4Scan {
    /// All lines.
    pub lines: usize,
    /// Lines that stay. A line that would drop the page stays as far as the counts go.
    pub kept: usize,
    /// Lines that went because of an over-long word.
    pub long_word: usize,
    /// Lines that went because of their end.
    pub no_end_mark: usize,
    /// Lines that went because of too few words.
    pub few_words: usize,
    /// Lines that went because of "javascript".
    pub javascript: usize,
    /// Lines that went because of a policy phrase.
    pub policy: usize,
    /// What drops the page, at the first such line.
    pub page: Option<PageDrop>,
    /// Where that line begins in the text, in bytes and without the white space before it.
    pub page_start: usize,
}

/// This family's table. All depend on the filter's `c4-lines` edit.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::flag("c4_lorem_ipsum@datatrove", "the first line that drops the page has \"lorem ipsum\""),
    MetricDef::flag("c4_curly_bracket@datatrove", "the first line that drops the page has an opening curly bracket"),
    MetricDef::count(
        "c4_sentences@datatrove",
        "sentences",
        "sentences in the lines that C4 keeps, counted line by line",
    ),
    MetricDef::share("c4_kept_line_ratio@datatrove", "share of lines", "lines that C4 keeps"),
    MetricDef::share(
        "c4_unended_line_ratio@datatrove",
        "share of lines",
        "lines that C4 removes because they do not end with an end mark",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let view = subject.view;
    let lines = view.lines(LineRule::PythonSplitlines);
    let mut sentences = sink.wants(2..3).then(|| Sentences::new(view));
    let scan = scan_lines(view.text(), lines, &settings.c4, |line| {
        if let Some(sentences) = &mut sentences {
            sentences.add(&line);
        }
    });
    sink.set_count(0, usize::from(scan.page == Some(PageDrop::LoremIpsum)));
    sink.set_count(1, usize::from(scan.page == Some(PageDrop::CurlyBracket)));
    sink.set_count(2, sentences.map_or(0, |sentences| sentences.count));
    sink.set_ratio(3, scan.kept, scan.lines);
    sink.set_ratio(4, scan.no_end_mark, scan.lines);
}

/// Counts the sentences of lines as datatrove's `split_into_sentences` does line by line, mostly from the sentences of
/// the whole text: inside a line they begin at the same places, because a line break, like other white space, ends a
/// sentence that has had its mark, and the rules look at nothing before a line's first word.
struct Sentences<'a, 't> {
    whole: &'a str,
    /// Sentences of the whole text that begin behind the lines so far.
    rest: &'a [&'t str],
    count: usize,
}

impl<'a, 't> Sentences<'a, 't> {
    fn new(view: &'a TextView<'t>) -> Self {
        Self { whole: view.text(), rest: view.sentences(SentenceRule::SpacyEn), count: 0 }
    }

    /// Adds the sentences of a line. Lines come in the order of the text.
    fn add(&mut self, line: &KeptLine<'_>) {
        if line.edited {
            self.count += sentences_alone(line.text);
            return;
        }
        let base = self.whole.as_ptr() as usize;
        let end = line.start + line.text.len();
        let begin = |sentence: &&str| sentence.as_ptr() as usize - base;
        let before = self.rest.partition_point(|sentence| begin(sentence) <= line.start);
        let inside = self.rest[before..].iter().take_while(|sentence| begin(sentence) < end).count();
        self.rest = &self.rest[before + inside..];
        self.count += 1 + inside;
    }
}

/// The sentences of a line that citation marks were cut out of: spaCy's, those of nothing but white space included, and
/// one for an empty line.
fn sentences_alone(line: &str) -> usize {
    let sentences = |line: &str| TextView::new(line).sentences(SentenceRule::SpacyEn).len();
    let count = sentences(line);
    let gap = &line[python::rstrip(line).len()..];
    // White space at the end, beyond the one space that spaCy gives to the token before it, is a token of its own, and
    // a sentence of its own where any next token would begin one.
    let extra = if gap.is_empty() || gap == " " { 0 } else { sentences(&format!("{line}x")).saturating_sub(count) };
    (count + extra).max(1)
}

/// The kind of a phrase, by its place in [`PHRASES`].
const PHRASES: [&str; 8] = [
    "lorem ipsum",
    "javascript",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
];

/// Which phrases a line has.
#[derive(Debug, Clone, Copy, Default)]
struct Phrases {
    lorem_ipsum: bool,
    javascript: bool,
    policy: bool,
}

impl Phrases {
    fn note(&mut self, found: &Match) {
        match found.pattern().as_usize() {
            0 => self.lorem_ipsum = true,
            1 => self.javascript = true,
            _ => self.policy = true,
        }
    }

    /// The phrases of one line.
    fn of(line: &str) -> Self {
        let mut phrases = Self::default();
        // U+212A (Kelvin sign) is the one character outside ASCII that lower-cases to a letter of the phrases.
        let line =
            if line.contains('\u{212a}') { Cow::Owned(line.replace('\u{212a}', "k")) } else { Cow::Borrowed(line) };
        finder().find_iter(line.as_ref()).for_each(|found| phrases.note(&found));
        phrases
    }
}

/// Finds [`PHRASES`] in any ASCII case.
fn finder() -> &'static AhoCorasick {
    static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder().ascii_case_insensitive(true).build(PHRASES).expect("eight short patterns always compile")
    });
    &FINDER
}

/// Passes over `lines`, which are slices of the page's `text`, and hands each line that stays, edited, to `keep`.
pub fn scan_lines<'t>(text: &'t str, lines: &[&'t str], rules: &C4Lines, mut keep: impl FnMut(KeptLine<'_>)) -> C4Scan {
    let mut scan = C4Scan { lines: lines.len(), ..C4Scan::default() };
    // One search over the page instead of one for each line: most pages have none of the phrases.
    let any_phrase = text.contains('\u{212a}') || text.contains('[') || finder().is_match(text);
    for line in lines {
        let stripped = python::strip(line);
        if rules.max_word_chars.is_some_and(|limit| has_word_longer_than(stripped, limit)) {
            scan.long_word += 1;
            continue;
        }
        let edited = if rules.citations { without_citations(stripped) } else { Cow::Borrowed(stripped) };
        if rules.end_marks && !(ends_sentence(&edited) && (rules.apostrophe || !edited.ends_with('\''))) {
            scan.no_end_mark += 1;
            continue;
        }
        if !has_words(if rules.count_after_citations { &edited } else { stripped }, rules.min_words) {
            scan.few_words += 1;
            continue;
        }
        let phrases = if any_phrase { Phrases::of(&edited) } else { Phrases::default() };
        let start = stripped.as_ptr() as usize - text.as_ptr() as usize;
        if phrases.lorem_ipsum && scan.page.is_none() {
            (scan.page, scan.page_start) = (Some(PageDrop::LoremIpsum), start);
        }
        if rules.javascript && phrases.javascript {
            scan.javascript += 1;
            continue;
        }
        if edited.contains('{') && scan.page.is_none() {
            (scan.page, scan.page_start) = (Some(PageDrop::CurlyBracket), start);
        }
        if rules.policy && phrases.policy {
            scan.policy += 1;
            continue;
        }
        scan.kept += 1;
        keep(KeptLine { start, text: &edited, edited: matches!(edited, Cow::Owned(_)) });
    }
    scan
}

/// Whether a line ends as a sentence does: `. ? ! " '`, but not `...`.
fn ends_sentence(line: &str) -> bool {
    line.ends_with(['.', '?', '!', '"', '\'']) && !line.ends_with("...")
}

/// Whether a line has a word (Python `split`) of more than `limit` code points.
fn has_word_longer_than(line: &str, limit: usize) -> bool {
    line.len() > limit && line.split(python::is_space).any(|word| word.len() > limit && count_chars(word) > limit)
}

/// Whether a line has at least `least` words (Python `split`).
fn has_words(line: &str, least: usize) -> bool {
    least == 0 || line.split(python::is_space).filter(|word| !word.is_empty()).nth(least - 1).is_some()
}

/// The line without `[digits]`, `[]`, `[edit]` and `[citation needed]`.
fn without_citations(line: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = line;
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'[', &rest.as_bytes()[from..]).map(|at| from + at) {
        if let Some(length) = citation(&rest[at..]) {
            out.push_str(&rest[..at]);
            rest = &rest[at + length..];
            from = 0;
        } else {
            from = at + 1;
        }
    }
    if rest.len() == line.len() {
        return Cow::Borrowed(line);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The length in bytes of the citation mark that `text` (which starts with `[`) begins with.
fn citation(text: &str) -> Option<usize> {
    for mark in ["[edit]", "[citation needed]"] {
        if text.starts_with(mark) {
            return Some(mark.len());
        }
    }
    let end = text[1..].find(|c| !python::is_decimal(c))? + 1;
    text[end..].starts_with(']').then_some(end + 1)
}
