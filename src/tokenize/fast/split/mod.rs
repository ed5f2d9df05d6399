//! The pre-tokenizers, by hand: each cuts text at exactly the places where its regular expression does.

mod cl100k;
mod gpt2;
mod o200k;
mod scan;

pub(super) use cl100k::Cl100k;
pub(super) use gpt2::Gpt2;
pub(super) use o200k::O200k;

/// A pattern whose matches cover every text without gaps.
pub(in crate::tokenize) trait Split {
    /// The end of the match that starts at `at`, where `at < end`; the text is `text[..end]`, UTF-8, and `at` and `end`
    /// are boundaries. The result is a boundary above `at`.
    fn next(&self, text: &[u8], at: usize, end: usize) -> usize;
}

/// How a pattern cuts off `'s`, `'ll` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tokenize) enum Contractions {
    /// Not at all.
    None,
    /// Lower case only.
    Lower,
    /// `[sS]`: both cases of ASCII.
    Ascii,
    /// `(?i:s)`: all that folds to it, so also U+017F (long s).
    Folded,
}
