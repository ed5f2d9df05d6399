//! The contractions that are cut without an apostrophe or at its front.

use super::Beside;
use super::passes::{Pass, Quote};
use crate::text::python;

impl Pass<'_, '_> {
    /// End of the run of word characters at `at` that nothing has cut.
    fn word_end(&self, at: usize) -> usize {
        let mut end = at;
        while let Some(c) = self.char_at(end).filter(|&c| python::is_word(c)) {
            end += c.len_utf8();
            if self.gaps[end] {
                break;
            }
        }
        end
    }

    /// `cannot`, `gimme`, `gonna`, `gotta`, `lemme`, `wanna`, `d'ye` and `more'n`.
    pub(super) fn contractions(&mut self) {
        let mut at = 0;
        while let Some(c) = self.char_at(at) {
            let end = self.word_end(at);
            if end == at {
                at += c.len_utf8();
                continue;
            }
            let word = &self.chunk.text[at..end];
            let glued = self.bytes.get(end) == Some(&b'\'') && !self.gaps[end] && !self.gaps[end + 1];
            let clitic = if glued { &self.chunk.text[end + 1..self.word_end(end + 1)] } else { "" };
            if matches!(word.len(), 5..=7) {
                let before_space = self.gaps[end] || end == self.bytes.len();
                if let Some(cut) = contraction(word).filter(|_| before_space || !is_spelled(word, "wanna")) {
                    self.around(at, end);
                    self.gaps[at + cut] = true;
                }
            }
            if is_spelled(word, "d") && is_spelled(clitic, "ye") || is_spelled(word, "more") && is_spelled(clitic, "n")
            {
                self.around(at, end);
                self.gaps[end + 1 + clitic.len()] = true;
            }
            at = end;
        }
    }

    /// `'tis` or `'twas` after a space, in one pass each.
    pub(super) fn it_is(&mut self, spelling: &str) {
        // A gap that this pass itself put is no space to it.
        let mut own_gap = usize::MAX;
        for at in memchr::memchr_iter(b'\'', self.bytes) {
            let at_start = at == 0 && self.chunk.before != Beside::OtherSpace;
            if !(at_start || self.gaps[at] && at != own_gap) || self.gaps[at + 1] || self.quotes[at] != Quote::None {
                continue;
            }
            let end = self.word_end(at + 1);
            if is_spelled(&self.chunk.text[at + 1..end], spelling) {
                if !self.gaps[end] {
                    own_gap = end;
                }
                self.around(at, end);
                self.gaps[at + 2] = true;
            }
        }
    }
}

/// Where a contraction without apostrophe is cut.
pub(super) fn contraction(word: &str) -> Option<usize> {
    let cut = |spelling: &str, length: usize| is_spelled(word, spelling).then_some(length);
    match word.as_bytes().first()?.to_ascii_lowercase() {
        b'c' => cut("cannot", 3),
        // The second letter may have two bytes: the cut is counted from the end.
        b'g' => cut("gimme", word.len().saturating_sub(2)).or_else(|| cut("gonna", 3)).or_else(|| cut("gotta", 3)),
        b'l' => cut("lemme", 3),
        b'w' => cut("wanna", 3),
        _ => None,
    }
}

/// Whether `word` is `spelling` in any case, as Python's `re` sees it: `i` also with or without its dot, the long s.
fn is_spelled(word: &str, spelling: &str) -> bool {
    let same = |(own, letter): (char, char)| {
        own.eq_ignore_ascii_case(&letter)
            || letter == 'i' && matches!(own, '\u{130}' | '\u{131}')
            || letter == 's' && own == 'ſ'
    };
    (spelling.len()..=2 * spelling.len()).contains(&word.len())
        && word.chars().count() == spelling.len()
        && word.chars().zip(spelling.chars()).all(same)
}
