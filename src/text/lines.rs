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
            LineRule::Newline => text.split('\n').collect(),
            LineRule::NewlineNonBlank => text.split('\n').filter(|line| !python::strip(line).is_empty()).collect(),
            LineRule::NewlineNonEmpty => text.split('\n').filter(|line| !line.is_empty()).collect(),
            LineRule::NewlineStripped => stripped(text.split('\n')),
            LineRule::NewlinePlus => split_runs(text, 1),
            LineRule::NewlineKept => text.split_inclusive('\n').collect(),
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
            ParagraphRule::DoubleNewline => text.split("\n\n").collect(),
            ParagraphRule::DoubleNewlineNonEmpty => text.split("\n\n").filter(|p| !p.is_empty()).collect(),
            ParagraphRule::DoubleNewlineStripped => stripped(text.split("\n\n")),
        }
    }
}

/// Parts stripped as Python does, without the empty ones.
fn stripped<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    parts.map(python::strip).filter(|part| !part.is_empty()).collect()
}

/// `re.split` on runs of at least `min` newlines.
fn split_runs(text: &str, min: usize) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(found) = bytes[at..].iter().position(|&b| b == b'\n') {
        let run = at + found;
        let mut end = run + 1;
        while bytes.get(end) == Some(&b'\n') {
            end += 1;
        }
        if end - run >= min {
            parts.push(&text[start..run]);
            start = end;
        }
        at = end;
    }
    parts.push(&text[start..]);
    parts
}
