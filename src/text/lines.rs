//! Lines and paragraphs, by the rules of the published recipes.

use super::python;

/// How a recipe cuts a text into lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineRule {
    /// Python's `text.splitlines()`: datatrove Gopher quality and C4.
    PythonSplitlines,
    /// `text.split("\n")`, all lines kept: Dolma gopher_v1, mC4.
    Newline,
    /// `text.split("\n")` without lines that are blank after Python's `strip()`; kept lines are not
    /// stripped: datatrove FineWeb quality.
    NewlineNonBlank,
    /// `text.split("\n")` without empty lines, not stripped: datamap-rs.
    NewlineNonEmpty,
    /// `text.split("\n")`, each line stripped as Python does, empty ones dropped: DCLM.
    NewlineStripped,
    /// `re.split("\n+", text)`, not stripped; the first and last line may be empty: datatrove Gopher
    /// repetition, Dolma gopher_v2.
    NewlinePlus,
    /// Matches of `([^\n]*\n|[^\n]+$)`, the newline included: RedPajama v2.
    NewlineKept,
}

impl LineRule {
    /// Every rule.
    pub const ALL: [LineRule; 7] = [
        LineRule::PythonSplitlines,
        LineRule::Newline,
        LineRule::NewlineNonBlank,
        LineRule::NewlineNonEmpty,
        LineRule::NewlineStripped,
        LineRule::NewlinePlus,
        LineRule::NewlineKept,
    ];

    /// Number of rules.
    pub(super) const COUNT: usize = LineRule::ALL.len();

    /// The lines of `text` in order.
    pub fn split(self, text: &str) -> Vec<&str> {
        match self {
            LineRule::PythonSplitlines => python::splitlines(text),
            LineRule::Newline => newline(text).collect(),
            LineRule::NewlineNonBlank => newline(text).filter(|line| !python::lstrip(line).is_empty()).collect(),
            LineRule::NewlineNonEmpty => newline(text).filter(|line| !line.is_empty()).collect(),
            LineRule::NewlineStripped => stripped(newline(text)),
            LineRule::NewlinePlus => split_runs(text, 1),
            LineRule::NewlineKept => newline_kept(text),
        }
    }
}

/// How a recipe cuts a text into paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParagraphRule {
    /// `re.split(r"\n{2,}", text.strip())`: datatrove.
    BlankLines,
    /// `text.split("\n\n")`, empties kept: Curator.
    DoubleNewline,
    /// `text.split("\n\n")` without empty ones, not stripped: datamap-rs.
    DoubleNewlineNonEmpty,
    /// `text.split("\n\n")`, each stripped as Python does, empty ones dropped: DCLM.
    DoubleNewlineStripped,
}

impl ParagraphRule {
    /// Every rule.
    pub const ALL: [ParagraphRule; 4] = [
        ParagraphRule::BlankLines,
        ParagraphRule::DoubleNewline,
        ParagraphRule::DoubleNewlineNonEmpty,
        ParagraphRule::DoubleNewlineStripped,
    ];

    /// Number of rules.
    pub(super) const COUNT: usize = ParagraphRule::ALL.len();

    /// The paragraphs of `text` in order.
    pub fn split(self, text: &str) -> Vec<&str> {
        match self {
            ParagraphRule::BlankLines => split_runs(python::strip(text), 2),
            ParagraphRule::DoubleNewline => double_newline(text).collect(),
            ParagraphRule::DoubleNewlineNonEmpty => double_newline(text).filter(|p| !p.is_empty()).collect(),
            ParagraphRule::DoubleNewlineStripped => stripped(double_newline(text)),
        }
    }
}

/// `text.split("\n")`.
fn newline(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain(std::iter::once(text.len()));
    let mut start = 0;
    ends.map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

/// Each line with its newline; no empty one at the end.
fn newline_kept(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut start = 0;
    for at in memchr::memchr_iter(b'\n', text.as_bytes()) {
        lines.push(&text[start..=at]);
        start = at + 1;
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

/// `text.split("\n\n")`.
fn double_newline(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memmem::find_iter(text.as_bytes(), "\n\n").chain(std::iter::once(text.len()));
    let mut start = 0;
    ends.map(move |end| {
        let paragraph = &text[start..end];
        start = end + 2;
        paragraph
    })
}

/// Parts stripped as Python does, without the empty ones.
fn stripped<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    parts.map(python::strip).filter(|part| !part.is_empty()).collect()
}

/// `re.split` on runs of at least `least` newlines.
fn split_runs(text: &str, least: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    // Where the part at hand begins, and the run of newlines that was last seen.
    let (mut start, mut run) = (0, 0..0);
    for at in memchr::memchr_iter(b'\n', text.as_bytes()) {
        if at == run.end && !run.is_empty() {
            run.end += 1;
            continue;
        }
        if run.len() >= least {
            parts.push(&text[start..run.start]);
            start = run.end;
        }
        run = at..at + 1;
    }
    if run.len() >= least {
        parts.push(&text[start..run.start]);
        start = run.end;
    }
    parts.push(&text[start..]);
    parts
}
