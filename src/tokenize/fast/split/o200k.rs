use super::super::classes::{Classes, LETTER, LOWER, NUMBER, SPACE, UPPER};
use super::scan::{contraction_end, numbers_end, others_end, spaces_end};
use super::window::{self, Seen, Window, below, first};
use super::{Contractions, Eyes, Split, Starts};

/// The pattern of o200k (GPT-4o); with U = `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, L = `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` and C the
/// contractions: `[^\r\n\p{L}\p{N}]?U*L+C?|[^\r\n\p{L}\p{N}]?U+L*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|
/// \s+(?!\S)|\s+`. Mistral's Tekken has the same without C and with single digits.
pub(in crate::tokenize) struct O200k {
    pub(in super::super) classes: &'static Classes,
    pub(in super::super) contractions: Contractions,
    /// How many digits stay together.
    pub(in super::super) digits: usize,
}

impl Seen for O200k {
    fn classes(&self) -> &'static Classes {
        self.classes
    }

    /// It sees up to where characters that are in U and L stand beside others, marks
    /// beside what is no letter, or a slash after a line break: what pieces are there hangs on more than neighbours.
    #[inline(always)]
    fn bits(&self, text: &[u8], window: &Window, at: usize) -> u64 {
        let mut window = *window;
        let Window { letters, spaces, blanks, newlines, quotes, slashes, upper, lower, .. } = window;
        let word = upper | lower;
        let (both, cased) = (upper & lower, upper ^ lower);
        let unclear = (both & cased << 1) | (cased & both << 1) | (first(word) & !letters) | (slashes & newlines << 1);
        window.limit = window.limit.min(unclear.trailing_zeros());
        let (limit, valid) = (window.limit, below(window.limit));
        let (word, numbers, spaces, newlines) =
            (word & valid, window.numbers & valid, spaces & valid, newlines & valid);
        let others = !(word | numbers | spaces) & valid;
        let taken = newlines & !newlines.wrapping_add(newlines & others << 1);
        let (spaces, newlines) = (spaces & !taken, newlines & !taken);
        let free = first(others) & !(blanks << 1);
        let words = first(word);
        let prefixed = words & ((spaces & !newlines) << 1 | window.next(free));
        let after = words | first(numbers) | first(others);
        let capitals = (upper & !lower) & (lower & !upper) << 1 & valid;
        let mut starts = (words & !prefixed)
            | capitals
            | free
            | window.number_starts(numbers, self.digits)
            | window.space_starts(spaces, newlines, after);
        if self.contractions == Contractions::None {
            return starts;
        }
        let (mut quoted, mut last) = (quotes & word << 1 & valid, u32::MAX);
        while quoted != 0 {
            let quote = quoted.trailing_zeros();
            quoted &= quoted - 1;
            // After a contraction another one is a word of its own.
            if quote == last {
                continue;
            }
            if quote + 2 >= limit {
                // Not all of it is seen: the rest waits for the next window.
                return starts & below(quote);
            }
            let (from, end) = (at + quote as usize, at + limit as usize);
            if let Some(done) = contraction_end(text, from, end, self.contractions) {
                last = (done - at) as u32;
                starts = window::cut(starts, quote, last, limit);
            }
        }
        starts
    }
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
    #[inline(always)]
    fn starts<E: Eyes>(&self, eyes: E, text: &[u8], at: usize, end: usize, known: Starts<'_>) -> (usize, usize) {
        window::starts(self, eyes, text, (at, end), known)
    }

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
