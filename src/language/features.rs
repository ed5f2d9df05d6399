//! From text to hashed features: characters, character n-grams within words, and whole words.

use super::script::{self, Script};
use std::sync::OnceLock;

/// Bits of a code point that go into an n-gram; five characters fit into one word of 64 bits.
const CODE_BITS: usize = 12;
const CODE_MASK: u64 = (1 << CODE_BITS) - 1;
/// The code of a word boundary.
const BOUNDARY: u64 = 1;
/// 2^64 divided by the golden ratio, odd (Knuth, multiplicative hashing).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Scripts that several languages share, and that are scored together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
    Han,
}

impl Group {
    /// All groups, in the order of the model file.
    pub(super) const ALL: [Self; 5] = [Self::Latin, Self::Cyrillic, Self::Arabic, Self::Devanagari, Self::Han];

    /// The group of a script, if several languages share it.
    #[inline]
    pub(super) fn of(script: Script) -> Option<Self> {
        match script {
            Script::Latin => Some(Self::Latin),
            Script::Cyrillic => Some(Self::Cyrillic),
            Script::Arabic => Some(Self::Arabic),
            Script::Devanagari => Some(Self::Devanagari),
            Script::Han | Script::Kana => Some(Self::Han),
            _ => None,
        }
    }
}

/// Code points below this are looked up in a table, the others are letters by their script and have no case.
const TABLED: usize = 0x2000;

/// Combining diacritical marks: part of a word in every script.
const MARKS: std::ops::RangeInclusive<usize> = 0x300..=0x36F;

/// Lower case of the letters of a group, by code point; 0 for everything else.
fn letters(group: Group) -> &'static [u16; TABLED] {
    static TABLES: [OnceLock<Box<[u16; TABLED]>>; 5] = [const { OnceLock::new() }; 5];
    TABLES[group as usize].get_or_init(|| {
        let mut table = Box::new([0; TABLED]);
        for (code, slot) in table.iter_mut().enumerate() {
            let Some(c) = char::from_u32(code as u32) else {
                continue;
            };
            if Group::of(script::of(c)) == Some(group) || MARKS.contains(&code) {
                let lower = c.to_lowercase().next().map_or(code, |c| c as usize);
                *slot = u16::try_from(lower).unwrap_or(code as u16);
            }
        }
        table
    })
}

/// Calls `emit` with the hash of every feature of `text`; the top bits of a hash are the best ones.
///
/// Features are made of the letters of `group`; every other character ends a word. Alphabets: all 2-grams and 4-grams of
/// the word between boundary marks, and the word. Han and kana: characters and 2-grams. (Of the sets that were tried on
/// the training data, adding 1-, 3- or 5-grams gained nothing.) A word counts twice.
pub(super) fn each_feature(group: Group, text: &str, emit: impl FnMut(u64)) {
    if group == Group::Han {
        run(Windows::<true, _>::new(emit), group, text);
    } else {
        run(Windows::<false, _>::new(emit), group, text);
    }
}

#[inline]
fn run<const DENSE: bool, F: FnMut(u64)>(mut windows: Windows<DENSE, F>, group: Group, text: &str) {
    let letters = letters(group);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (code, length) = if byte < 0x80 { (usize::from(byte), 1) } else { decode(&bytes[at..]) };
        at += length;
        let letter = match letters.get(code) {
            Some(&letter) => u64::from(letter),
            None if group_of_code(code) == Some(group) => code as u64,
            None => 0,
        };
        if letter == 0 {
            windows.end_word();
        } else {
            windows.letter(letter);
        }
    }
    windows.end_word();
}

fn group_of_code(code: usize) -> Option<Group> {
    char::from_u32(code as u32).and_then(|c| Group::of(script::of(c)))
}

/// The code point at the start of `bytes`, which is a character of two bytes or more of valid UTF-8, and its length.
#[inline]
pub(super) fn decode(bytes: &[u8]) -> (usize, usize) {
    let tail = |at: usize| usize::from(bytes.get(at).copied().unwrap_or(0) & 0x3F);
    match bytes[0] {
        lead @ 0..0xE0 => (usize::from(lead & 0x1F) << 6 | tail(1), 2),
        lead @ 0xE0..0xF0 => (usize::from(lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3),
        lead => (usize::from(lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4),
    }
}

/// The word so far: its last five codes, its length and its hash.
struct Windows<const DENSE: bool, F: FnMut(u64)> {
    emit: F,
    codes: u64,
    length: usize,
    word: u64,
}

impl<const DENSE: bool, F: FnMut(u64)> Windows<DENSE, F> {
    fn new(emit: F) -> Self {
        Self { emit, codes: BOUNDARY, length: 0, word: 0 }
    }

    #[inline]
    fn letter(&mut self, code: u64) {
        self.length += 1;
        self.push(code);
        if DENSE {
            self.gram(1);
        } else {
            self.word = (self.word ^ code).wrapping_mul(SPREAD).rotate_left(29);
        }
    }

    #[inline]
    fn end_word(&mut self) {
        if self.length == 0 {
            return;
        }
        if !DENSE {
            self.push(BOUNDARY);
            // Twice: a whole word says more than one of its n-grams (0.2 points in cross-validation).
            let hash = self.word.wrapping_mul(SPREAD);
            (self.emit)(hash);
            (self.emit)(hash);
            self.word = 0;
        }
        self.codes = BOUNDARY;
        self.length = 0;
    }

    #[inline]
    fn push(&mut self, code: u64) {
        self.codes = self.codes << CODE_BITS | (code & CODE_MASK);
        self.gram(2);
        if !DENSE && self.length >= 3 {
            self.gram(4);
        }
    }

    /// Emits the last `n` codes.
    #[inline]
    fn gram(&mut self, n: usize) {
        let key = self.codes & ((1 << (CODE_BITS * n)) - 1) | (n as u64) << 60;
        (self.emit)(key.wrapping_mul(SPREAD));
    }
}
