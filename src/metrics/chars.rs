//! Character classes of words, with one table for ASCII and the text module's predicates for the rest.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::text::{is_punctuation, python};

/// Set for an ASCII character that is not in datatrove's PUNCTUATION_SET.
const CONTENT: u8 = 1;
/// Set for an ASCII letter.
const ALPHA: u8 = 2;

/// What a word consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordClass {
    /// It has a character that datatrove does not count as punctuation.
    pub content: bool,
    /// It has a character for which Python's `str.isalpha` holds.
    pub alpha: bool,
    /// Its length in code points.
    pub chars: usize,
}

/// The classes of the ASCII characters, from the text module's predicates.
pub struct CharTable {
    ascii: [u8; 128],
}

impl CharTable {
    /// Builds the table.
    pub fn new() -> Self {
        let mut ascii = [0; 128];
        for (byte, class) in (0_u8..).zip(&mut ascii) {
            let c = char::from(byte);
            *class = Self::of_char(c);
        }
        Self { ascii }
    }

    /// The class bits of any character.
    fn of_char(c: char) -> u8 {
        let content = if is_punctuation(c) { 0 } else { CONTENT };
        content | if python::is_alpha(c) { ALPHA } else { 0 }
    }

    /// The classes of a word.
    #[inline]
    pub fn classify(&self, word: &str) -> WordClass {
        let (mut bits, mut high) = (0_u8, 0_u8);
        for &byte in word.as_bytes() {
            bits |= self.ascii[usize::from(byte & 0x7f)];
            high |= byte;
        }
        let mut chars = word.len();
        if high >= 0x80 {
            bits = 0;
            chars = count_chars(word);
            // The first letter settles it.
            let mut all = word.chars();
            while let Some(c) = all.next().filter(|_| bits != CONTENT | ALPHA) {
                bits |= if c.is_ascii() { self.ascii[c as usize] } else { Self::of_char(c) };
            }
        }
        WordClass { content: bits & CONTENT != 0, alpha: bits & ALPHA != 0, chars }
    }
}

/// The length of a text in code points.
#[inline]
pub fn count_chars(text: &str) -> usize {
    // What the library has for long texts does not pay for words.
    if text.len() > 64 { text.chars().count() } else { count_starts(text.as_bytes()) }
}

/// The length in code points of a text that is given by its bytes: all but those that continue a character.
#[inline]
pub fn count_starts(text: &[u8]) -> usize {
    text.iter().filter(|&byte| byte & 0xc0 != 0x80).count()
}

/// How many bytes of a text are such and such: quick for a test that needs no look-up.
#[inline]
pub fn count_bytes(text: &str, is: impl Fn(u8) -> bool) -> usize {
    // Sums of a byte's width over so many bytes that they cannot overflow: many bytes are looked at at once.
    let sum = |bytes: &[u8]| usize::from(bytes.iter().fold(0_u8, |sum, &byte| sum + u8::from(is(byte))));
    text.as_bytes().chunks(255).map(sum).sum()
}

/// The characters of a text that are not ASCII.
pub fn beyond_ascii(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            if !c.is_ascii() {
                return Some(c);
            }
            // Eight bytes at a time while all are ASCII.
            let bytes = rest.as_str().as_bytes();
            let mut at = 0;
            while bytes.get(at..).and_then(<[u8]>::first_chunk::<8>).is_some_and(|eight| eight.is_ascii()) {
                at += 8;
            }
            at += bytes[at..].iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len() - at);
            rest = rest.as_str()[at..].chars();
        }
    })
}

/// How often `...` and `…` occur in `text`, counted from the left without overlap as Python's `str.count` does.
pub fn count_ellipses(text: &str) -> usize {
    static FINDERS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["...", "…"].map(Finder::new));
    FINDERS.iter().map(|finder| finder.find_iter(text.as_bytes()).count()).sum()
}

/// How often `needle` occurs in `text` without overlap, counted from the left as Python's `str.count` does.
pub fn count_substrings(text: &str, needle: &str) -> usize {
    memchr::memmem::find_iter(text.as_bytes(), needle.as_bytes()).count()
}

/// What stands between spaces, tabs and line feeds. Other white space does not part it.
pub fn split_at_blanks(text: &str) -> impl Iterator<Item = &str> {
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n');
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while bytes.get(at).is_some_and(|&byte| is_blank(byte)) {
            at += 1;
        }
        let start = at;
        while bytes.get(at).is_some_and(|&byte| !is_blank(byte)) {
            at += 1;
        }
        (start < at).then(|| &text[start..at])
    })
}

/// How often an ASCII byte occurs.
pub fn count_byte(text: &str, byte: u8) -> usize {
    memchr::memchr_iter(byte, text.as_bytes()).count()
}
