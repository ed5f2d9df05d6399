//! C4's line edits and page rules as datatrove has them (`datatrove/pipeline/filters/c4_filters.py`, version 0.10; after
//! Raffel et al. 2020 and `tensorflow_datasets/text/c4_utils.py`).
//!
//! Order inside a line: strip, over-long word, citation marks away, end mark, number of words (counted before the
//! citation marks went), "lorem ipsum" (page), "javascript", "{" (page), policy phrases. The line is not stripped again
//! after the citation marks are gone.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Match};
use memchr::memmem::Finder;

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
        // Both walk on from line to line and never back.
        let before = self.rest.iter().take_while(|sentence| begin(sentence) <= line.start).count();
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
pub(super) struct Phrases {
    pub lorem_ipsum: bool,
    pub javascript: bool,
    pub policy: bool,
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
    pub fn of(line: &str) -> Self {
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

/// Where [`PHRASES`] may be in a text, in any case of its letters.
struct Hits {
    /// Where rare parts of the phrases begin, from left to right. Each phrase holds one.
    places: std::iter::Peekable<std::vec::IntoIter<usize>>,
    /// The text has the one character outside ASCII that lower-cases to a letter of the phrases.
    anywhere: bool,
}

impl Hits {
    /// Searches over the page instead of one for each line: most pages have nothing of all that.
    fn of(text: &str) -> Self {
        const PARTS: [&str; 5] = ["ipsum", "javascript", "rms of use", "policy", "cookies"];
        static FINDERS: LazyLock<[Finder<'static>; 5]> = LazyLock::new(|| PARTS.map(Finder::new));
        static KELVIN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\u{212a}"));
        let lower = text.as_bytes().to_ascii_lowercase();
        let mut places: Vec<usize> = FINDERS.iter().flat_map(|part| part.find_iter(&lower)).collect();
        places.sort_unstable();
        Hits { places: places.into_iter().peekable(), anywhere: KELVIN.find(text.as_bytes()).is_some() }
    }

    /// Whether the line that begins at byte `start` and ends at `end` may have a phrase. Lines come from left to right.
    fn may_be_in(&mut self, start: usize, end: usize) -> bool {
        while self.places.next_if(|&place| place < start).is_some() {}
        self.anywhere || self.places.peek().is_some_and(|&place| place < end)
    }
}

/// Whether any line of a text may have one of [`PHRASES`].
pub(super) fn may_have_phrases(text: &str) -> bool {
    Hits::of(text).may_be_in(0, text.len())
}

/// Passes over `lines`, which are slices of the page's `text`, and hands each line that stays, edited, to `keep`.
pub fn scan_lines<'t>(text: &'t str, lines: &[&'t str], rules: &C4Lines, mut keep: impl FnMut(KeptLine<'_>)) -> C4Scan {
    let mut scan = C4Scan { lines: lines.len(), ..C4Scan::default() };
    let bytes = text.as_bytes();
    let (citations, brackets) = (memchr::memchr(b'[', bytes).is_some(), memchr::memchr(b'{', bytes).is_some());
    let mut hits = Hits::of(text);
    for line in lines {
        let stripped = python::strip(line);
        if rules.max_word_chars.is_some_and(|limit| has_word_longer_than(stripped, limit)) {
            scan.long_word += 1;
            continue;
        }
        let edited = if rules.citations && citations { without_citations(stripped) } else { Cow::Borrowed(stripped) };
        if rules.end_marks && !(ends_sentence(&edited) && (rules.apostrophe || !edited.ends_with('\''))) {
            scan.no_end_mark += 1;
            continue;
        }
        if !has_words(if rules.count_after_citations { &edited } else { stripped }, rules.min_words) {
            scan.few_words += 1;
            continue;
        }
        // Where marks were cut out, a phrase may have come about.
        let start = stripped.as_ptr() as usize - text.as_ptr() as usize;
        let may_have = hits.may_be_in(start, start + stripped.len()) || matches!(edited, Cow::Owned(_));
        let phrases = if may_have { Phrases::of(&edited) } else { Phrases::default() };
        if phrases.lorem_ipsum && scan.page.is_none() {
            (scan.page, scan.page_start) = (Some(PageDrop::LoremIpsum), start);
        }
        if rules.javascript && phrases.javascript {
            scan.javascript += 1;
            continue;
        }
        if brackets && edited.contains('{') && scan.page.is_none() {
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
pub(super) fn has_word_longer_than(line: &str, limit: usize) -> bool {
    let bytes = line.as_bytes();
    let mut start = 0;
    // A longer word has no white space in its first `limit` bytes and the one after: looked at from their end.
    while let Some(window) = bytes.get(start..).filter(|rest| rest.len() > limit).map(|rest| &rest[..=limit]) {
        match (0..window.len()).rev().find(|&at| python::space_len(bytes, start + at) > 0) {
            Some(at) => start += at + python::space_len(bytes, start + at),
            None => {
                let end = python::chunk_end(bytes, start);
                if count_chars(&line[start..end]) > limit {
                    return true;
                }
                start = end;
            }
        }
    }
    false
}

/// Whether a line has at least `least` words (Python `split`).
pub(super) fn has_words(line: &str, least: usize) -> bool {
    let bytes = line.as_bytes();
    let (mut at, mut words) = (0, 0);
    while words < least && at < bytes.len() {
        match python::space_len(bytes, at) {
            0 => {
                words += 1;
                at = python::chunk_end(bytes, at);
            }
            space => at += space,
        }
    }
    words >= least
}

/// The line without `[digits]`, `[]`, `[edit]` and `[citation needed]`.
pub(super) fn without_citations(line: &str) -> Cow<'_, str> {
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
