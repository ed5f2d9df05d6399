//! The English tokenizer of spaCy 3.8 (`spacy.blank("en")`) and its sentencizer.
//!
//! spaCy cuts at white space, then takes prefixes and suffixes off each chunk until a special case or
//! nothing to take remains, keeps URLs whole, cuts the rest at infixes, and at last joins or cuts again
//! where neighbouring tokens spell a special case. Tokens here are slices of the text; white-space tokens
//! are left out, as datatrove leaves them out.

mod affixes;
mod chunk;
mod retokenize;
mod sentences;
mod specials;
#[cfg(test)]
mod tests;
mod url;

pub(super) use sentences::{blank_sentence_at_end, sentences};

use std::ops::Range;

use super::python;
use chunk::Chunk;
use specials::{SPECIALS, Specials};

/// The words of `text`: spaCy's tokens without those of white space.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut tokenizer = Tokenizer::new(text, Some(&*SPECIALS), Some(&*retokenize::PATTERNS));
    let bytes = text.as_bytes();
    tokenizer.tokens.reserve(text.len() / 5);
    let mut at = 0;
    while at < bytes.len() {
        let space = python::space_len(bytes, at);
        if space > 0 {
            at += space;
            continue;
        }
        let chunk = Chunk::at(bytes, at);
        at = chunk.end;
        tokenizer.push_chunk(&chunk);
    }
    tokenizer.finish()
}

/// Whether a rest of a chunk that is no special case is one token: letters and digits alone have no prefix and no infix,
/// and no suffix but a unit.
#[inline]
fn is_whole(rest: &str) -> bool {
    rest.bytes().all(|b| b.is_ascii_alphanumeric()) && affixes::measure_len(rest) == 0
}

/// Cuts chunks and collects their tokens.
struct Tokenizer<'a> {
    text: &'a str,
    tokens: Vec<&'a str>,
    specials: Option<&'static Specials>,
    patterns: Option<&'static retokenize::Patterns>,
    /// The tokens of chunks with neighbouring tokens that spell a special case.
    joins: Vec<Range<usize>>,
    suffixes: Vec<&'a str>,
    infixes: Vec<(usize, usize)>,
}

impl<'a> Tokenizer<'a> {
    /// With no special cases a chunk of `text` is cut by affix rules and the URL test alone.
    fn new(
        text: &'a str,
        specials: Option<&'static Specials>,
        patterns: Option<&'static retokenize::Patterns>,
    ) -> Self {
        let (suffixes, infixes) = (Vec::new(), Vec::new());
        Tokenizer { text, tokens: Vec::new(), specials, patterns, joins: Vec::new(), suffixes, infixes }
    }

    /// Appends the tokens of one chunk without white space.
    #[inline]
    fn push_chunk(&mut self, chunk: &Chunk) {
        let text = &self.text[chunk.start..chunk.end];
        if let Some(special) = self.special(text) {
            self.tokens.extend(special.tokens(text));
            return;
        }
        // Letters alone, or with one mark behind them, are most of any text.
        let plain = |part: &str| if chunk.wide { !chunk.digits && affixes::is_plain(part) } else { true };
        if chunk.mark == chunk.end && plain(text) && (!chunk.digits || affixes::measure_len(text) == 0) {
            self.tokens.push(text);
            return;
        }
        let first = self.tokens.len();
        let marked = chunk.mark + 1 == chunk.end && !chunk.digits && plain(&text[..text.len() - 1]);
        if !(marked && self.cut_mark_off(text)) {
            self.cut(text);
        }
        if let Some(patterns) = self.patterns
            && patterns.may_match(self.text, &self.tokens[first..])
        {
            self.joins.push(first..self.tokens.len());
        }
    }

    /// Appends the tokens of a chunk of plain letters with one ASCII mark at its end, unless the mark is no suffix. This
    /// is what [`Tokenizer::cut`] comes to for such a chunk: there is no prefix, and what is left has no suffix and no
    /// infix either.
    #[inline]
    fn cut_mark_off(&mut self, chunk: &'a str) -> bool {
        let (word, mark) = chunk.split_at(chunk.len() - 1);
        if word.is_empty() || mark == "$" || affixes::suffix_len(chunk) != 1 {
            return false;
        }
        match self.special(word) {
            Some(special) => self.tokens.extend(special.tokens(word)),
            None => self.tokens.push(word),
        }
        self.tokens.push(mark);
        true
    }

    /// The special case that is `chunk`.
    #[inline]
    fn special(&self, chunk: &str) -> Option<&'static specials::Special> {
        let specials = self.specials?;
        if specials.may_be(chunk) { specials.get(self.text, chunk) } else { None }
    }

    /// spaCy's loop over affixes, then the inner part, then the suffixes. `chunk` is no special case.
    fn cut(&mut self, chunk: &'a str) {
        let mut rest = chunk;
        self.suffixes.clear();
        // What is left, once it is a special case.
        let mut special = None;
        while !rest.is_empty() {
            let (prefix, after) = rest.split_at(affixes::prefix_len(rest));
            if !prefix.is_empty() {
                special = self.special(after);
                if special.is_some() {
                    self.tokens.push(prefix);
                    rest = after;
                    break;
                }
            }
            let suffix_at = rest.len() - affixes::suffix_len(after);
            let (before, suffix) = rest.split_at(suffix_at);
            if !suffix.is_empty() {
                special = self.special(before);
                if special.is_some() {
                    self.suffixes.push(suffix);
                    rest = before;
                    break;
                }
                self.suffixes.push(suffix);
            }
            if !prefix.is_empty() {
                self.tokens.push(prefix);
            }
            rest = &rest[prefix.len()..suffix_at];
            if prefix.is_empty() && suffix.is_empty() {
                break;
            }
            if !prefix.is_empty() && !suffix.is_empty() {
                special = self.special(rest);
            }
            // Looking through a long rest each time round would take quadratic time.
            let short = rest.len() <= 64;
            if special.is_some() || short && is_whole(rest) {
                break;
            }
        }
        match special {
            Some(special) => self.tokens.extend(special.tokens(rest)),
            None => self.push_inner(rest),
        }
        self.tokens.extend(self.suffixes.iter().rev());
    }

    /// Appends the tokens of a chunk whose affixes have been taken off and that is no special case.
    fn push_inner(&mut self, inner: &'a str) {
        if inner.is_empty() {
            return;
        }
        if inner.bytes().all(|b| b.is_ascii_alphanumeric()) || url::is_url(inner) {
            self.tokens.push(inner);
            return;
        }
        let mut infixes = std::mem::take(&mut self.infixes);
        affixes::infixes(inner, &mut infixes);
        let mut start = 0;
        // spaCy passes over an infix at the very start.
        for &(from, to) in infixes.iter().filter(|infix| infix.0 > 0) {
            if from > start {
                self.tokens.push(&inner[start..from]);
            }
            self.tokens.push(&inner[from..to]);
            start = to;
        }
        if start < inner.len() {
            self.tokens.push(&inner[start..]);
        }
        self.infixes = infixes;
    }

    /// The tokens, after the pass over special cases that stand among them.
    fn finish(self) -> Vec<&'a str> {
        match self.patterns {
            Some(patterns) if !self.joins.is_empty() => patterns.apply(self.text, &self.tokens, &self.joins),
            _ => self.tokens,
        }
    }
}

/// Byte offset of `part`, a slice of `text`.
#[inline]
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}
