use super::super::classes::{Classes, LETTER, NUMBER, SPACE};
use super::scan::{contraction_end, letters_end, numbers_end, others_end, spaces_end};
use super::{Contractions, Split};

/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
/// of GPT-4 and Llama 3, with `\p{N}` in Qwen.
pub(in crate::tokenize) struct Cl100k {
    pub(in super::super) classes: &'static Classes,
    pub(in super::super) contractions: Contractions,
    /// How many digits stay together.
    pub(in super::super) digits: usize,
}

impl Split for Cl100k {
    #[inline]
    fn next(&self, text: &[u8], at: usize, end: usize) -> usize {
        let classes = self.classes;
        let first = text[at];
        if first == b'\''
            && let Some(done) = contraction_end(text, at, end, self.contractions)
        {
            return done;
        }
        let (bits, length) = classes.at(text, at);
        let second = at + length;
        if bits & LETTER != 0 {
            return letters_end(classes, text, second, end);
        }
        if bits & NUMBER != 0 {
            return numbers_end(classes, text, second, end, self.digits - 1);
        }
        let (next, after) = match second < end {
            true => classes.at(text, second),
            false => (SPACE, 0),
        };
        if next & LETTER != 0 && !matches!(first, b'\r' | b'\n') {
            return letters_end(classes, text, second + after, end);
        }
        if bits & SPACE == 0 || (first == b' ' && next & (LETTER | NUMBER | SPACE) == 0) {
            let mut done = others_end(classes, text, second, end);
            while done < end && matches!(text[done], b'\r' | b'\n') {
                done += 1;
            }
            return done;
        }
        spaces_end(classes, text, at, end, true)
    }
}
