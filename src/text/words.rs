//! Word splitters, by name.

use unicode_segmentation::UnicodeSegmentation;

use super::python;

/// How a recipe cuts a text into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Splitter {
    /// spaCy 3.8 `blank("en")` tokenizer; tokens stripped, empty ones dropped, punctuation tokens kept:
    /// datatrove from v0.4.
    SpacyEn,
    /// Python's `text.split()`: C4, Dolma gopher, DCLM, Curator.
    Whitespace,
    /// UAX #29 words that hold an alphanumeric character (`unicode_words`): datamap-rs.
    Uax29,
    /// UAX #29 word-boundary segments with at least one character that is not white space, so that
    /// punctuation counts: DCLM BFF, Dolma deduper.
    Uax29Bounds,
}

impl Splitter {
    /// Number of splitters.
    pub(super) const COUNT: usize = 4;

    /// The words of `text` in order.
    pub fn split(self, text: &str) -> Vec<&str> {
        match self {
            Splitter::SpacyEn | Splitter::Whitespace => python::split(text),
            Splitter::Uax29 => text.unicode_words().collect(),
            Splitter::Uax29Bounds => text
                .split_word_bounds()
                .filter(|s| s.chars().any(|c| !c.is_whitespace()))
                .collect(),
        }
    }
}
