//! C4 as DCLM runs it (`baselines/baselines_configs/c4.yaml` with its mappers).
//!
//! Where C4's own program goes through the rules line by line, DCLM passes over the whole page once for each rule. So an
//! empty line stays in every pass, tests of the page see what the passes before them left, a page is stripped after the
//! passes for "javascript" and for policies and never before, and sentences are those of the whole page.

use std::borrow::Cow;

use memchr::memmem::Finder;
use xxhash_rust::xxh3::xxh3_64;

use super::lines::{Lines, strip};
use crate::metrics::bad_words::{Border, has_bad_word};
use crate::metrics::c4::{Phrases, has_word_longer_than, has_words, may_have_phrases, without_citations};
use crate::metrics::lists::Role;
use crate::metrics::ngrams::Table;
use crate::metrics::{MetricDef, Settings, Sink, Subject};
use crate::text::{SentenceRule, TextView, python};

/// Which of the passes are on, and their bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DclmC4Lines {
    /// Lines with a word (Python `split`) of more code points go; `None` switches the pass off.
    pub max_word_chars: Option<usize>,
    /// `[1]`, `[]`, `[edit]` and `[citation needed]` are cut out.
    pub citations: bool,
    /// Lines that are not empty must end with one of `. ! ? " …`, and not with `...` or `…`; white space may follow.
    pub end_marks: bool,
    /// Lines with fewer words (Python `split`) go, but empty lines stay; 0 switches the pass off.
    pub min_words: usize,
    /// Lines that mention "javascript" go.
    pub javascript: bool,
    /// Lines with one of six phrases about cookies, terms and privacy go.
    pub policy: bool,
    /// Of equal lines (stripped, in small letters) only the first stays, after all other passes; empty ones stay.
    pub repeats: bool,
}

impl Default for DclmC4Lines {
    /// The values of `c4.yaml`.
    fn default() -> Self {
        Self {
            max_word_chars: Some(1000),
            citations: true,
            end_marks: true,
            min_words: 5,
            javascript: true,
            policy: true,
            repeats: true,
        }
    }
}

/// The first thing that removes a page on its way through the passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Removal {
    /// A pass leaves nothing.
    NothingLeft,
    /// "lorem ipsum", looked for before the pass for "javascript".
    LoremIpsum,
    /// An opening curly bracket, looked for before the pass for policies.
    CurlyBracket,
}

/// A page after the passes.
#[derive(Debug, PartialEq, Eq)]
struct Page<'t> {
    /// The lines that are left; `None` when a pass leaves nothing.
    lines: Option<Lines<'t>>,
    /// What removes the page first. Tests alone leave the lines as they are.
    removal: Option<Removal>,
}

/// This family's table. All depend on the filter's `dclm-c4-lines` edit.
pub(in crate::metrics) const METRICS: &[MetricDef] = &[
    MetricDef::flag("c4_nothing_left@dclm", "a pass over the lines leaves nothing, and no test before it drops the page"),
    MetricDef::flag("c4_lorem_ipsum@dclm", "\"lorem ipsum\" is in the lines that are left before the pass for \"javascript\""),
    MetricDef::flag("c4_curly_bracket@dclm", "an opening curly bracket is in the lines that are left after that pass"),
    MetricDef::count("c4_sentences@dclm", "sentences", "sentences of the page after all passes but that for repeated lines"),
    MetricDef::count("c4_distinct_sentences@dclm", "sentences", "sentences of the page after all passes"),
    MetricDef::flag(
        "c4_bad_word@dclm",
        "a word of the list `bad-words` stands in the lower-cased page after all passes, with a word border on both sides",
    )
    .needs(Role::BadWords),
];

/// Measures the family.
pub(in crate::metrics) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let rules = &settings.dclm_c4_lines;
    let page = passes(subject.view.text(), rules);
    for (place, removal) in [(0, Removal::NothingLeft), (1, Removal::LoremIpsum), (2, Removal::CurlyBracket)] {
        sink.set_count(place, usize::from(page.removal == Some(removal)));
    }
    let bad = settings.lists.get(Role::BadWords, settings.language_of(subject.language));
    let Some(mut lines) = page.lines else {
        sink.set_count(3, 0);
        sink.set_count(4, 0);
        if bad.is_some() {
            sink.set_count(5, 0);
        }
        return;
    };
    let before = lines.len();
    let mut sentences = if sink.wants(3..5) { count_sentences(&lines) } else { 0 };
    sink.set_count(3, sentences);
    if rules.repeats && (sink.wants(4..5) || bad.is_some()) {
        drop_repeats(&mut lines);
    }
    if lines.len() < before && sink.wants(4..5) {
        sentences = count_sentences(&lines);
    }
    sink.set_count(4, sentences);
    if let Some(bad) = bad.filter(|_| sink.wants(5..6)) {
        let lower = python::lower(&lines.join("\n"));
        sink.set_count(5, usize::from(has_bad_word(&lower, bad, None, Border::Boundary)));
    }
}

/// The sentences of a page.
fn count_sentences(lines: &Lines<'_>) -> usize {
    TextView::new(&lines.join("\n")).sentences(SentenceRule::Punkt).len()
}

/// The text after all passes; `None` when nothing is left of it.
#[must_use]
pub fn edit_c4_lines(text: &str, rules: &DclmC4Lines) -> Option<String> {
    let mut lines = passes(text, rules).lines?;
    if rules.repeats {
        drop_repeats(&mut lines);
    }
    Some(lines.join("\n"))
}

/// The passes in their order, but for that for repeated lines.
fn passes<'t>(text: &'t str, rules: &DclmC4Lines) -> Page<'t> {
    let mut removal = None;
    let lines = all_passes(text, rules, &mut removal);
    if lines.is_none() && removal.is_none() {
        removal = Some(Removal::NothingLeft);
    }
    Page { lines, removal }
}

/// The lines after the passes, `None` when one leaves nothing; the test that drops the page goes to `removal`.
fn all_passes<'t>(text: &'t str, rules: &DclmC4Lines, removal: &mut Option<Removal>) -> Option<Lines<'t>> {
    let mut lines: Lines<'t> = text.split('\n').map(Cow::Borrowed).collect();
    if let Some(limit) = rules.max_word_chars {
        lines.retain(|line| !has_word_longer_than(line, limit));
        anything(&lines)?;
    }
    if rules.citations && memchr::memchr(b'[', text.as_bytes()).is_some() {
        for line in &mut lines {
            if let Cow::Owned(edited) = without_citations(line) {
                *line = Cow::Owned(edited);
            }
        }
    }
    anything(&lines)?;
    if rules.end_marks {
        lines.retain(|line| line.is_empty() || ends_sentence(line));
        anything(&lines)?;
    }
    lines.retain(|line| line.is_empty() || has_words(line, rules.min_words));
    anything(&lines)?;
    let finders = Finders::of(text);
    let phrases = |line: &Cow<'_, str>| finders.in_line(line, matches!(line, Cow::Owned(_)));
    if lines.iter().any(|line| phrases(line).lorem_ipsum) {
        *removal = Some(Removal::LoremIpsum);
    }
    if rules.javascript {
        lines.retain(|line| !phrases(line).javascript);
        strip(&mut lines)?;
    }
    if removal.is_none() && lines.iter().any(|line| line.contains('{')) {
        *removal = Some(Removal::CurlyBracket);
    }
    if rules.policy {
        lines.retain(|line| !phrases(line).policy);
        strip(&mut lines)?;
    }
    Some(lines)
}

/// Nothing, where the text that the lines make up is empty. Two empty lines are a line feed, and stay.
fn anything(lines: &Lines<'_>) -> Option<()> {
    let empty = lines.is_empty() || (lines.len() == 1 && lines[0].is_empty());
    (!empty).then_some(())
}

/// Whether a line ends with `. ! ? "`, but not with `...`; white space may follow.
fn ends_sentence(line: &str) -> bool {
    let line = python::rstrip(line);
    line.ends_with(['.', '!', '?', '"']) && !line.ends_with("...")
}

/// Finds the phrases of a page's lines.
struct Finders {
    /// None can be there, unless cutting out a citation mark made it.
    none: bool,
    /// The page has characters outside ASCII that the program takes for letters of the phrases.
    folds: bool,
}

/// Characters outside ASCII that a regular expression of Python that ignores case takes for ASCII letters.
const FOLDED: [(char, &str); 4] = [('İ', "i"), ('ı', "i"), ('ſ', "s"), ('\u{212a}', "k")];

impl Finders {
    fn of(text: &str) -> Self {
        let mut bytes = [0; 4];
        let has = |c: char, bytes: &mut [u8]| Finder::new(c.encode_utf8(bytes)).find(text.as_bytes()).is_some();
        let folds = !text.is_ascii() && FOLDED.iter().any(|(c, _)| has(*c, &mut bytes));
        Self { none: !folds && !may_have_phrases(text), folds }
    }

    fn in_line(&self, line: &str, edited: bool) -> Phrases {
        if self.none && !edited {
            return Phrases::default();
        }
        let found = Phrases::of(line);
        if !self.folds || line.is_ascii() {
            return found;
        }
        let folded = FOLDED.iter().fold(line.to_string(), |line, (from, to)| line.replace(*from, to));
        // "lorem ipsum" alone is looked for in the lower-cased text instead.
        Phrases { lorem_ipsum: found.lorem_ipsum, ..Phrases::of(&folded) }
    }
}

/// Keeps the first of equal lines.
fn drop_repeats(lines: &mut Lines<'_>) {
    let mut table = Table::default();
    table.reset(lines.len());
    let mut seen: Vec<String> = Vec::new();
    lines.retain(|line| {
        let key = python::lower(python::strip(line));
        let Some(new) = u32::try_from(seen.len()).ok().filter(|_| !key.is_empty()) else { return true };
        let first =
            table.find_or_insert(xxh3_64(key.as_bytes()), new, |earlier| seen[earlier as usize] == key).is_none();
        if first {
            seen.push(key);
        }
        first
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str) -> Option<String> {
        edit_c4_lines(text, &DclmC4Lines::default())
    }

    const LINE: &str = "The first man came home.";

    #[test]
    fn lines_go_for_what_they_are() {
        let stays = |line: &str| edited(&format!("{LINE}\n{line}")).is_some_and(|text| text.len() > LINE.len());
        for line in
            ["A man stayed at home.", " “A man stayed at home.\"\t", "Was it so, or not?\u{a0}", "a [1] b c d e."]
        {
            assert!(stays(line), "{line}");
        }
        for line in [
            "A man stayed at home",
            "A man stayed at home...",
            "A man stayed at home…",
            "He stayed at home.",
            "[1] stayed at the house.",
            "A java[2]script, or not two.",
            "We UſE COOKİES, do we?",
            "the first man CAME home.",
            "   ",
        ] {
            assert!(!stays(line), "{line}");
        }
        let long = |chars: usize| format!("a b c d {}.", "x".repeat(chars - 1));
        assert!(stays(&long(1000)) && !stays(&long(1001)));
    }

    #[test]
    fn a_page_is_stripped_late_and_empty_lines_stay() {
        let page = format!("\n  {LINE}\n\n\n[edit]\nOnce more he came home. \n");
        assert_eq!(edited(&page), Some(format!("{LINE}\n\n\n\nOnce more he came home.")));
        assert_eq!(edited("\n"), None);
        assert_eq!(edited(""), None);
        assert_eq!(
            passes("\n", &DclmC4Lines { javascript: false, policy: false, ..DclmC4Lines::default() }).removal,
            None
        );
    }

    #[test]
    fn the_first_test_that_drops_the_page_counts() {
        let removal = |text: &str| passes(text, &DclmC4Lines::default()).removal;
        assert_eq!(removal(LINE), None);
        assert_eq!(removal("Lorem ipsum is about javascript here."), Some(Removal::LoremIpsum));
        assert_eq!(removal("Here { is about javascript too."), Some(Removal::NothingLeft));
        assert_eq!(removal("Here { is one privacy policy."), Some(Removal::CurlyBracket));
        assert_eq!(removal("Here { is but no end\nThe first man came home."), None);
        assert_eq!(removal("Lorem İpsum is one thing, this another."), None);
    }
}
