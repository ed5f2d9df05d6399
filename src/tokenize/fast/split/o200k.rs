use super::super::classes::{Classes, LETTER, LOWER, NUMBER, SPACE, UPPER};
use super::scan::{contraction_end, numbers_end, others_end, spaces_end};
use super::{Contractions, Split};

/// The pattern of o200k (GPT-4o); with U = `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, L = `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` and C the
/// contractions: `[^\r\n\p{L}\p{N}]?U*L+C?|[^\r\n\p{L}\p{N}]?U+L*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|
/// \s+(?!\S)|\s+`. Mistral's Tekken has the same without C and with single digits.
pub(in crate::tokenize) struct O200k {
    pub(in super::super) classes: &'static Classes,
    pub(in super::super) contractions: Contractions,
    /// How many digits stay together.
    pub(in super::super) digits: usize,
}

impl O200k {
    /// The end of `U*L+` at `at`, by the rules of a backtracking matcher.
    #[inline]
    fn mixed(&self, text: &[u8], mut at: usize, end: usize) -> Option<usize> {
        let mut after_both = None;
        while at < end {
            let (bits, length) = self.classes.at(text, at);
            if bits & UPPER == 0 {
                if bits & LOWER == 0 {
                    break;
                }
                // U* took all it could, L+ takes the rest.
                at += length;
                while at < end {
                    let (bits, length) = self.classes.at(text, at);
                    if bits & LOWER == 0 {
                        break;
                    }
                    at += length;
                }
                return Some(at);
            }
            at += length;
            if bits & LOWER != 0 {
                after_both = Some(at);
            }
        }
        // Nothing is left for L+: U* gives back down to the last character that is in both. What follows that one is in
        // U alone, so L+ takes just it.
        after_both
    }

    /// The end of `U+L*` at `at`, when `U*L+` does not match there: then no character in L follows.
    #[inline]
    fn upper(&self, text: &[u8], at: usize, end: usize) -> Option<usize> {
        let done = super::scan::run_end(self.classes, text, at, end, UPPER);
        (done > at).then_some(done)
    }

    #[inline]
    fn word(&self, text: &[u8], at: usize, second: usize, end: usize, prefix: bool) -> Option<usize> {
        let after = prefix && second < end;
        let done = after
            .then(|| self.mixed(text, second, end))
            .flatten()
            .or_else(|| self.mixed(text, at, end))
            .or_else(|| after.then(|| self.upper(text, second, end)).flatten())
            .or_else(|| self.upper(text, at, end))?;
        match text.get(done) {
            Some(b'\'') if done < end => Some(contraction_end(text, done, end, self.contractions).unwrap_or(done)),
            _ => Some(done),
        }
    }
}

impl Split for O200k {
    #[inline]
    fn next(&self, text: &[u8], at: usize, end: usize) -> usize {
        let classes = self.classes;
        let first = text[at];
        let (bits, length) = classes.at(text, at);
        let second = at + length;
        if bits & NUMBER != 0 {
            return numbers_end(classes, text, second, end, self.digits - 1);
        }
        let prefix = bits & LETTER == 0 && !matches!(first, b'\r' | b'\n');
        if let Some(done) = self.word(text, at, second, end, prefix) {
            return done;
        }
        let next = match second < end {
            true => classes.at(text, second).0,
            false => SPACE,
        };
        if bits & SPACE == 0 || (first == b' ' && next & (LETTER | NUMBER | SPACE) == 0) {
            let mut done = others_end(classes, text, second, end);
            while done < end && matches!(text[done], b'\r' | b'\n' | b'/') {
                done += 1;
            }
            return done;
        }
        spaces_end(classes, text, at, end, true)
    }
}
