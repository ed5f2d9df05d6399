//! Word splitters, by name.

use super::{python, spacy, uax29};

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
    /// NLTK's `WordPunctTokenizer`, matches of `\w+|[^\w\s]+`: RedPajama v2.
    NltkWordPunct,
    /// fastText's `tokenize`: runs between space, `\n`, `\r`, `\t`, `\v`, `\f` and NUL, without the
    /// `</s>` it puts for each newline, which DCLM then leaves uncounted: DCLM page length.
    FastText,
}

impl Splitter {
    /// Every splitter.
    pub const ALL: [Splitter; 6] = [
        Splitter::SpacyEn,
        Splitter::Whitespace,
        Splitter::Uax29,
        Splitter::Uax29Bounds,
        Splitter::NltkWordPunct,
        Splitter::FastText,
    ];

    /// Number of splitters.
    pub(super) const COUNT: usize = Splitter::ALL.len();

    /// The words of `text` in order.
    pub fn split(self, text: &str) -> Vec<&str> {
        match self {
            Splitter::SpacyEn => spacy::split(text),
            Splitter::Whitespace => python::split(text),
            Splitter::Uax29 => uax29::words(text),
            Splitter::Uax29Bounds => uax29::bounds(text),
            Splitter::NltkWordPunct => word_punct(text),
            Splitter::FastText => {
                text.split([' ', '\n', '\r', '\t', '\x0b', '\x0c', '\0']).filter(|word| !word.is_empty()).collect()
            }
        }
    }
}

/// Maximal runs of word characters, and of characters that are neither word characters nor white space.
fn word_punct(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = python::lstrip(text);
    while let Some(first) = rest.chars().next() {
        let is_word = python::is_word(first);
        let ends = |c| python::is_word(c) != is_word || python::is_space(c);
        let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        words.push(word);
        rest = python::lstrip(after);
    }
    words
}
