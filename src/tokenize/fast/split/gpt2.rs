use super::super::classes::{Classes, LETTER, NUMBER, SPACE};
use super::scan::{contraction_end, letters_end, others_end, run_end, spaces_end};
use super::window::{self, Seen, Window, below, first};
use super::{Contractions, Eyes, Split, Starts};

/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
pub(in crate::tokenize) struct Gpt2 {
    pub(in super::super) classes: &'static Classes,
}

impl Seen for Gpt2 {
    fn classes(&self) -> &'static Classes {
        self.classes
    }

    #[inline(always)]
    fn bits(&self, text: &[u8], window: &Window, at: usize) -> u64 {
        let Window { limit, letters, numbers, spaces, blanks, quotes, .. } = *window;
        let valid = below(limit);
        let others = !(letters | numbers | spaces) & valid;
        let runs = first(letters & valid) | first(numbers & valid) | first(others);
        // The last white space goes with what follows if it is a blank, and is a piece of its own if not.
        let spaced = runs & spaces << 1;
        let starts = (runs | first(spaces & valid) | window.white_before(spaced)) & !(spaced & blanks << 1);
        window.contracted(starts, quotes & starts & valid, (text, at), Contractions::Lower)
    }
}

impl Split for Gpt2 {
    #[inline(always)]
    fn starts<E: Eyes>(&self, eyes: E, text: &[u8], at: usize, end: usize, known: Starts<'_>) -> (usize, usize) {
        window::starts(self, eyes, text, (at, end), known)
    }

    #[inline]
    fn next(&self, text: &[u8], at: usize, end: usize) -> usize {
        let classes = self.classes;
        let mut from = at;
        if text[at] == b'\'' {
            if let Some(done) = contraction_end(text, at, end, Contractions::Lower) {
                return done;
            }
        } else if text[at] == b' ' && at + 1 < end {
            from = at + 1;
        }
        let (bits, length) = classes.at(text, from);
        if bits & LETTER != 0 {
            letters_end(classes, text, from + length, end)
        } else if bits & SPACE != 0 {
            spaces_end(classes, text, at, end, false)
        } else if bits & NUMBER != 0 {
            run_end(classes, text, from + length, end, NUMBER)
        } else {
            others_end(classes, text, from + length, end)
        }
    }
}
