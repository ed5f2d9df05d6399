use std::sync::OnceLock;

use regex_syntax::hir::{Class, HirKind};
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

use crate::tokenize::utf8;

/// `\p{L}`.
pub(super) const LETTER: u8 = 1;
/// `\p{N}`.
pub(super) const NUMBER: u8 = 2;
/// `\s`: the White_Space property.
pub(super) const SPACE: u8 = 4;
/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, what o200k lets a word start with.
pub(super) const UPPER: u8 = 8;
/// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, what o200k lets a word go on with.
pub(super) const LOWER: u8 = 16;
/// Text with such a character may not be in normal form C: its quick check is not "yes".
pub(super) const JOINS: u8 = 32;
/// Its canonical combining class is not 0: it may change places with others.
pub(super) const MOVES: u8 = 64;

/// Code points, and what else four bytes may say, are numbers of 21 bits.
const INDEX: usize = 1 << 13;
/// More than there are different blocks, a power of two.
const BLOCKS: usize = 512;

/// Class bits of every code point: a block number per 256 code points, and the distinct blocks.
pub(in crate::tokenize) struct Classes {
    /// The bits of ASCII, once more, without the detour.
    ascii: [u8; 128],
    index: Box<[u16; INDEX]>,
    blocks: Box<[[u8; 256]; BLOCKS]>,
}

impl Classes {
    /// The one table, made at first use from the tables of the Unicode crates.
    pub(in crate::tokenize) fn get() -> &'static Self {
        static TABLE: OnceLock<Classes> = OnceLock::new();
        TABLE.get_or_init(Self::build)
    }

    fn build() -> Self {
        let mut flat = vec![0u8; INDEX << 8];
        for (class, bit) in [
            (r"\p{L}", LETTER),
            (r"\p{N}", NUMBER),
            (r"\s", SPACE),
            (r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", UPPER),
            (r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", LOWER),
        ] {
            for (from, to) in ranges(class) {
                flat[from as usize..=to as usize].iter_mut().for_each(|bits| *bits |= bit);
            }
        }
        for char in COMBINING.into_iter().flatten() {
            flat[char as usize] |= combining(char);
        }
        let (index, blocks) = (Box::new([0; INDEX]), Box::new([[0; 256]; BLOCKS]));
        let (mut table, mut n) = (Self { ascii: [0; 128], index, blocks }, 0);
        for (number, chunk) in table.index.iter_mut().zip(flat.as_chunks().0) {
            let known = table.blocks[..n].iter().position(|block| block == chunk).unwrap_or_else(|| {
                // There are fewer than `BLOCKS` different ones.
                table.blocks[n] = *chunk;
                n += 1;
                n - 1
            });
            *number = known as u16;
        }
        table.ascii.copy_from_slice(&flat[..128]);
        table
    }

    /// The bits of a code point; 0 beyond U+10FFFF.
    #[inline(always)]
    fn of(&self, code: usize) -> u8 {
        self.blocks[usize::from(self.index[code >> 8 & (INDEX - 1)]) & (BLOCKS - 1)][code & 255]
    }

    /// Bits and length of the character that starts at `text[at]`. `text` is UTF-8 and `at` a boundary within it.
    #[inline(always)]
    pub(super) fn at(&self, text: &[u8], at: usize) -> (u8, usize) {
        match self.ascii.get(usize::from(text[at])) {
            Some(&bits) => (bits, 1),
            None => self.beyond_ascii(text, at),
        }
    }

    /// As [`Self::at`], of a character beyond ASCII.
    #[inline(always)]
    pub(super) fn beyond_ascii(&self, text: &[u8], at: usize) -> (u8, usize) {
        let (code, length) = utf8::beyond_ascii(text, at);
        (self.of(code), length)
    }

    /// The first character from `at` that may join or change places with others, and the end of all such ones from there on. Everything
    /// before it, and everything between two such runs, is in normal form C and stays as it is, but for the character right before a run.
    pub(in crate::tokenize) fn combining(&self, text: &[u8], mut at: usize) -> Option<(usize, usize)> {
        let combines = |at: usize| {
            let (bits, length) = self.at(text, at);
            (bits & (JOINS | MOVES) != 0, length)
        };
        while at < text.len() {
            // Below U+0300 (lead byte 0xCC) everything is in normal form.
            // Chunks first, all bytes of each: that goes many at a time.
            let highest = |chunk: &[u8; 64]| chunk.iter().fold(0u8, |high, byte| high.max(*byte));
            while text[at..].first_chunk().is_some_and(|chunk| highest(chunk) < 0xCC) {
                at += 64;
            }
            at += text[at..].iter().position(|byte| *byte >= 0xCC)?;
            while at < text.len() && text[at] >= 0xCC {
                let (found, length) = combines(at);
                if found {
                    let mut end = at + length;
                    while end < text.len()
                        && let (true, length) = combines(end)
                    {
                        end += length;
                    }
                    return Some((at, end));
                }
                at += length;
            }
        }
        None
    }

    /// Whether a run that [`Self::combining`] gave is in normal form C, whatever stands before it: nothing joins, and what may change
    /// places is in order.
    pub(in crate::tokenize) fn in_order(&self, run: &str) -> bool {
        let joins = |char: char| self.of(char as usize) & JOINS != 0;
        !run.contains(joins) && run.chars().map(canonical_combining_class).is_sorted()
    }
}

/// Where the characters are that have `JOINS` or `MOVES`. To ask the normalization tables about all code points would take most of the time
/// in which the program starts; left out here are the great blocks of letters and what is not assigned.
const COMBINING: [std::ops::RangeInclusive<char>; 5] = [
    '\u{300}'..='\u{33FF}',
    '\u{A000}'..='\u{ABFF}',
    '\u{F900}'..='\u{16FFF}',
    '\u{1B000}'..='\u{1EFFF}',
    '\u{2F800}'..='\u{2FA1F}',
];

/// `JOINS` and `MOVES` of a character.
fn combining(char: char) -> u8 {
    let joins = is_nfc_quick(std::iter::once(char)) != IsNormalized::Yes;
    let moves = canonical_combining_class(char) != 0;
    (u8::from(joins) * JOINS) | (u8::from(moves) * MOVES)
}

/// The code point ranges of a class in regular expression syntax.
fn ranges(class: &str) -> Vec<(u32, u32)> {
    let hir = regex_syntax::parse(class).expect("the classes above are valid");
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_characters_that_combine_are_known() {
        let table = Classes::get();
        for char in '\0'..=char::MAX {
            assert_eq!(table.of(char as usize) & (JOINS | MOVES), combining(char), "U+{:04X}", char as u32);
        }
    }
}
