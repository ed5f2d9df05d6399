//! What ROOTS takes out of a text before it judges it.

use std::borrow::Cow;

use super::special::strip_special;
use crate::metrics::chars::count_chars;
use crate::text::python;

/// The words that ROOTS removes, by language.
///
/// In every language white space is taken off the ends and unusual spaces become plain ones. Where a language has a
/// greatest length, words that are longer, or that hold one of the substrings, go as well; special characters at their
/// ends aside. What is left of each line is joined by single spaces, tabs and line feeds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RootsWords {
    /// A word with one of these in it goes.
    pub substrings: Vec<String>,
    /// The greatest length of a word in code points, by language code.
    pub max_word_chars: Vec<(String, usize)>,
}

/// The characters that become a space: those of the reference, among them an object replacement character and a C1
/// control.
const SPACES: [char; 12] = [
    ' ', '\u{84}', '\u{a0}', '\u{2002}', '\u{2003}', '\u{2005}', '\u{2008}', '\u{2009}', '\u{200a}', '\u{202f}',
    '\u{3000}', '\u{fffc}',
];

impl RootsWords {
    /// The text without those words.
    #[must_use]
    pub fn apply<'t>(&self, text: &'t str, language: Option<&str>) -> Cow<'t, str> {
        let stripped = python::strip(text);
        let spaced = if stripped.is_ascii() || !stripped.contains(&SPACES[1..]) {
            Cow::Borrowed(stripped)
        } else {
            Cow::Owned(stripped.chars().map(|c| if SPACES.contains(&c) { ' ' } else { c }).collect())
        };
        match self.limit(language) {
            Some(limit) => Cow::Owned(self.without_words(&spaced, limit)),
            None => spaced,
        }
    }

    /// The greatest length of a word in that language.
    fn limit(&self, language: Option<&str>) -> Option<usize> {
        let code = super::primary(language)?;
        self.max_word_chars.iter().find(|(own, _)| own == code).map(|(_, limit)| *limit)
    }

    /// The text without long words and those with a substring.
    fn without_words(&self, text: &str, limit: usize) -> String {
        let found = |needle: &&String| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
        let substrings: Vec<&String> = self.substrings.iter().filter(found).collect();
        let stays = |word: &str| {
            let short = word.len() <= limit || count_chars(word) <= limit;
            if short && substrings.is_empty() {
                return true;
            }
            let bare = strip_special(word);
            let long = !short && (bare.is_empty() || count_chars(bare) > limit);
            !long && !substrings.iter().any(|substring| bare.contains(substring.as_str()))
        };
        let mut out = String::with_capacity(text.len());
        for line in text.split('\n') {
            let mut separator = '\n';
            for cell in line.split('\t') {
                for word in cell.split(' ').filter(|word| !word.is_empty() && stays(word)) {
                    if !out.is_empty() {
                        out.push(separator);
                    }
                    out.push_str(word);
                    separator = ' ';
                }
                if separator == ' ' {
                    separator = '\t';
                }
            }
        }
        out
    }
}
