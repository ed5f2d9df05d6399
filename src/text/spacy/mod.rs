//! The English tokenizer of spaCy 3.8 (`spacy.blank("en")`) and its sentencizer.
//!
//! spaCy cuts at white space, then takes prefixes and suffixes off each chunk until a special case or
//! nothing to take remains, keeps URLs whole, cuts the rest at infixes, and at last joins or cuts again
//! where neighbouring tokens spell a special case. Tokens here are slices of the text; white-space tokens
//! are left out, as datatrove leaves them out.

mod affixes;
mod retokenize;
mod sentences;
mod specials;
#[cfg(test)]
mod tests;
mod url;

pub(super) use sentences::sentences;

use super::python;
use specials::{SPECIALS, Specials};

/// The words of `text`: spaCy's tokens without those of white space.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut tokenizer = Tokenizer::new(Some(&*SPECIALS), Some(&*retokenize::PATTERNS));
    let bytes = text.as_bytes();
    tokenizer.tokens.reserve(text.len() / 5);
    let mut at = 0;
    while at < bytes.len() {
        let space = python::space_len(bytes, at);
        if space > 0 {
            at += space;
            continue;
        }
        let (end, kinds) = chunk_end(bytes, at);
        tokenizer.push_chunk(&text[at..end], kinds);
        at = end;
    }
    tokenizer.finish(text)
}

/// ASCII letter.
const LETTER: u8 = 1;
/// ASCII digit.
const DIGIT: u8 = 2;
/// Any other character that is not white space.
const OTHER: u8 = 4;
/// Begins, or may begin, white space.
const SPACE: u8 = 8;

/// Kind of each byte.
static KINDS: [u8; 256] = {
    let mut table = [OTHER; 256];
    let mut b = 0;
    while b < 128 {
        if (b as u8).is_ascii_alphabetic() {
            table[b] = LETTER;
        } else if (b as u8).is_ascii_digit() {
            table[b] = DIGIT;
        } else if (b >= 9 && b <= 13) || (b >= 28 && b <= 32) {
            table[b] = SPACE;
        }
        b += 1;
    }
    // Lead bytes of white space outside ASCII.
    table[0xc2] = OTHER | SPACE;
    table[0xe1] = OTHER | SPACE;
    table[0xe2] = OTHER | SPACE;
    table[0xe3] = OTHER | SPACE;
    table
};

/// End of the chunk that begins at byte `at`, and the kinds of its bytes joined.
#[inline]
fn chunk_end(bytes: &[u8], mut at: usize) -> (usize, u8) {
    let mut kinds = 0;
    while at < bytes.len() {
        let kind = KINDS[usize::from(bytes[at])];
        if kind & SPACE != 0 && python::space_len(bytes, at) > 0 {
            break;
        }
        kinds |= kind;
        at += 1;
    }
    (at, kinds & !SPACE)
}

/// Kinds of all bytes joined.
#[inline]
fn kinds_of(s: &str) -> u8 {
    s.bytes().fold(0, |kinds, b| kinds | KINDS[usize::from(b)])
}

/// Whether a chunk that is no special case, with bytes of these `kinds`, is one token: letters and digits
/// alone have no prefix and no infix, and no suffix but a unit.
#[inline]
fn is_whole(chunk: &str, kinds: u8) -> bool {
    kinds & OTHER == 0 && (kinds & DIGIT == 0 || affixes::measure_len(chunk) == 0)
}

/// Cuts chunks and collects their tokens.
struct Tokenizer<'a> {
    tokens: Vec<&'a str>,
    specials: Option<&'static Specials>,
    patterns: Option<&'static retokenize::Patterns>,
    /// Whether some chunk holds neighbouring tokens that spell a special case.
    joins: bool,
    suffixes: Vec<&'a str>,
    infixes: Vec<(usize, usize)>,
}

impl<'a> Tokenizer<'a> {
    /// With no special cases a chunk is cut by affix rules and the URL test alone.
    fn new(specials: Option<&'static Specials>, patterns: Option<&'static retokenize::Patterns>) -> Self {
        Tokenizer { tokens: Vec::new(), specials, patterns, joins: false, suffixes: Vec::new(), infixes: Vec::new() }
    }

    /// Appends the tokens of one chunk without white space.
    #[inline]
    fn push_chunk(&mut self, chunk: &'a str, kinds: u8) {
        if self.push_special(chunk) {
            return;
        }
        if is_whole(chunk, kinds) {
            self.tokens.push(chunk);
            return;
        }
        let first = self.tokens.len();
        self.cut(chunk);
        if let Some(patterns) = self.patterns {
            self.joins |= patterns.may_match(&self.tokens[first..]);
        }
    }

    /// The special case that is `chunk`.
    #[inline]
    fn special(&self, chunk: &str) -> Option<&'static specials::Special> {
        self.specials.and_then(|specials| specials.get(chunk))
    }

    /// Appends the tokens of `chunk` if it is a special case.
    #[inline]
    fn push_special(&mut self, chunk: &'a str) -> bool {
        let Some(special) = self.special(chunk) else {
            return false;
        };
        self.tokens.extend(special.tokens(chunk));
        true
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
            if special.is_some() || short && is_whole(rest, kinds_of(rest)) {
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
        if kinds_of(inner) & OTHER == 0 || url::is_url(inner) {
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

    /// The tokens of `text`, after the pass over special cases that stand among them.
    fn finish(self, text: &'a str) -> Vec<&'a str> {
        match self.patterns {
            Some(patterns) if self.joins => patterns.apply(text, &self.tokens),
            _ => self.tokens,
        }
    }
}
