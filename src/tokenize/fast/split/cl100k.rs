use super::super::classes::{Classes, LETTER, NUMBER, SPACE};
use super::scan::{contraction_end, letters_end, numbers_end, others_end, spaces_end};
use super::window::{self, Seen, Window, below, first};
use super::{Contractions, Eyes, Split, Starts};

/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
/// of GPT-4 and Llama 3, with `\p{N}` in Qwen.
pub(in crate::tokenize) struct Cl100k {
    pub(in super::super) classes: &'static Classes,
    pub(in super::super) contractions: Contractions,
    /// How many digits stay together.
    pub(in super::super) digits: usize,
}

impl Seen for Cl100k {
    fn classes(&self) -> &'static Classes {
        self.classes
    }

    #[inline(always)]
    fn bits(&self, text: &[u8], window: &Window, at: usize) -> u64 {
        let Window { limit, letters, numbers, spaces, blanks, newlines, quotes, .. } = *window;
        let valid = below(limit);
        let (letters, numbers, spaces, newlines) = (letters & valid, numbers & valid, spaces & valid, newlines & valid);
        let others = !(letters | numbers | spaces) & valid;
        // Line breaks right after others are theirs: a sum carries over the run of them.
        let taken = newlines & !newlines.wrapping_add(newlines & others << 1);
        let (spaces, newlines) = (spaces & !taken, newlines & !taken);
        // A blank goes with others after it; one other goes with letters after it if no blank took it.
        let free = first(others) & !(blanks << 1);
        let words = first(letters);
        let prefixed = words & ((spaces & !newlines) << 1 | window.next(free));
        let after = words | first(numbers) | first(others);
        let starts = (words & !prefixed)
            | free
            | window.number_starts(numbers, self.digits)
            | window.space_starts(spaces, newlines, after);
        window.contracted(starts, quotes & free, (text, at), self.contractions)
    }
}

impl Split for Cl100k {
    #[inline(always)]
    fn starts<E: Eyes>(&self, eyes: E, text: &[u8], at: usize, end: usize, known: Starts<'_>) -> (usize, usize) {
        window::starts(self, eyes, text, (at, end), known)
    }

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
