//! The words of a text, in the form in which they are compared.

use crate::text::{Splitter, is_punctuation, python, simplify};
use std::ops::Range;

/// What a word is, and when two are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// spaCy's English tokens of datatrove's simplified text. They have no place in the text as it stands.
    Simplified,
    /// What stands between white space, lower-cased, without punctuation: GPT-3. What is punctuation alone is no word.
    Plain,
}

impl Form {
    /// What the words are called.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Simplified => "datatrove's simplified words",
            Self::Plain => "bare lower-case words",
        }
    }

    /// Gives every word in order, as compared, with its bytes in `text` (an empty range where it has no place).
    pub(super) fn each(self, text: &str, visit: &mut dyn FnMut(&str, Range<usize>)) {
        match self {
            Self::Simplified => {
                let simple = simplify(text);
                Splitter::SpacyEn.split(&simple).into_iter().for_each(|word| visit(word, 0..0));
            }
            Self::Plain => {
                let (mut bare, mut lower) = (String::new(), String::new());
                python::each_word(text, |word| {
                    // A slice of the text: the address tells the offset.
                    let start = word.as_ptr() as usize - text.as_ptr() as usize;
                    bare.clear();
                    bare.extend(word.chars().filter(|&c| !is_mark(c)));
                    if !bare.is_empty() {
                        python::lower_into(&bare, &mut lower);
                        visit(&lower, start..start + word.len());
                    }
                });
            }
        }
    }
}

/// The field's lists of punctuation have a full-width digit in them.
fn is_mark(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_punctuation() } else { is_punctuation(c) && !c.is_alphanumeric() }
}
