use super::super::classes::{Classes, LETTER, NUMBER, SPACE};
use super::scan::{contraction_end, letters_end, others_end, run_end, spaces_end};
use super::{Contractions, Split};

/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
pub(in crate::tokenize) struct Gpt2 {
    pub(in super::super) classes: &'static Classes,
}

impl Split for Gpt2 {
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
