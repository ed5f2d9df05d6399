//! The pre-tokenizers, by hand: each cuts text at exactly the places where its regular expression does.

mod cl100k;
mod gpt2;
mod kinds;
mod o200k;
mod scan;
mod window;

pub(super) use cl100k::Cl100k;
pub(super) use gpt2::Gpt2;
pub(in crate::tokenize) use kinds::{Eyes, Plain};
#[cfg(target_arch = "x86_64")]
pub(super) use kinds::{Halves, Whole};
pub(super) use o200k::O200k;

/// Pieces that are cut, looked up and written together, at least.
pub(super) const BLOCK: usize = 64;
/// And at most.
pub(super) const MOST: usize = BLOCK - 1 + window::WIDTH;
/// Space for their starts, and the end of the last.
pub(in crate::tokenize) const STARTS: usize = MOST + window::GROUP;

/// How many starts there are, and the space for them.
pub(in crate::tokenize) type Starts<'a> = (usize, &'a mut [usize; STARTS]);

/// A pattern whose matches cover every text without gaps.
pub(in crate::tokenize) trait Split {
    /// The end of the match that starts at `at`, where `at < end`; the text is `text[..end]`, UTF-8, and `at` and `end`
    /// are boundaries. The result is a boundary above `at`.
    fn next(&self, text: &[u8], at: usize, end: usize) -> usize;

    /// Writes the starts of the pieces from `at` behind those that are there: until there are [`BLOCK`] or up to a window more, or fewer
    /// at the end. Gives how many there are then and where the next one begins.
    #[inline(always)]
    fn starts<E: Eyes>(
        &self,
        _: E,
        text: &[u8],
        mut at: usize,
        end: usize,
        (mut n, starts): Starts<'_>,
    ) -> (usize, usize) {
        while n < BLOCK && at < end {
            starts[n] = at;
            n += 1;
            at = self.next(text, at, end);
        }
        (n, at)
    }
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
