//! Numbers that states give to persons: taxes, insurance, registers of residents.
//!
//! A scheme has shapes (`9` stands for a digit, `A` for a letter), a check over letters and digits, and words that name
//! it. A shape that is rare in other texts, or whose check lets one number in a thousand pass, needs no word; the others
//! are taken next to a word alone: nine digits with one check digit are mostly something else.

mod americas;
mod asia;
mod checks;
mod europe;

use super::context;
use super::scan::{after, before, digit_after, letter_at, letter_before};
use std::sync::LazyLock;

/// A national number.
pub(super) struct Scheme {
    /// Country and name.
    pub name: &'static str,
    /// Shapes that need no word.
    pub plain: &'static [&'static str],
    /// Shapes that need a word.
    pub named: &'static [&'static str],
    /// Words before the number, in small letters.
    pub words: &'static [&'static str],
    /// Whether letters and digits, in capitals, are such a number.
    pub check: fn(&[u8]) -> bool,
}

/// Most letters that stand before the first digit of a shape.
const LETTERS: usize = 6;
/// Most digits of the first run.
const RUN: usize = 18;
/// Most letters and digits of a shape.
const SIGNS: usize = 18;

/// A shape of a scheme.
type Row = (&'static str, &'static Scheme, bool);
/// The shapes by letters before the first digits, and by the length of that run of digits.
type Index = [[Vec<Row>; RUN + 1]; LETTERS + 1];

/// All schemes.
pub(super) fn schemes() -> impl Iterator<Item = &'static Scheme> {
    europe::SCHEMES.iter().chain(americas::SCHEMES).chain(asia::SCHEMES)
}

static INDEX: LazyLock<Box<Index>> = LazyLock::new(|| {
    let mut index: Box<Index> = Box::default();
    for scheme in schemes() {
        let plain = scheme.plain.iter().map(|shape| (*shape, scheme, true));
        for row in plain.chain(scheme.named.iter().map(|shape| (*shape, scheme, false))) {
            let bytes = row.0.as_bytes();
            let letters = bytes.iter().take_while(|byte| **byte == b'A').count();
            // `AA 99`: a space may stand between the letters and the first digits.
            let from = letters + usize::from(bytes[letters] == b' ');
            let run = bytes[from..].iter().take_while(|byte| **byte == b'9').count();
            index[letters][run].push(row);
        }
    }
    index
});

/// The number whose first digits are the run `start..end`.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let run = end - start;
    if run > RUN {
        return None;
    }
    let index = &**INDEX;
    let mut first = start;
    while first > 0 && start - first < LETTERS && bytes[first - 1].is_ascii_alphabetic() {
        first -= 1;
    }
    let spaced = first == start && start >= 3 && bytes[start - 1] == b' ' && bytes[start - 2].is_ascii_uppercase();
    if spaced {
        // Two capitals before a space: only they, not a longer word.
        let found = search(bytes, start - 3, &index[2][run]);
        if found.is_some() {
            return found;
        }
    }
    search(bytes, first, &index[start - first][run])
}

/// The first row that fits the text at `first`.
fn search(bytes: &[u8], first: usize, rows: &[Row]) -> Option<(usize, usize)> {
    if rows.is_empty() || !starts(bytes, first) {
        return None;
    }
    rows.iter().find_map(|(shape, scheme, plain)| {
        let end = first + shape.len();
        let (signs, count) = fit(shape.as_bytes(), bytes.get(first..end)?)?;
        let valid = ends(bytes, end) && !crowded(bytes, first, end, shape) && (scheme.check)(&signs[..count]);
        let known = valid && (*plain || context::word_before(bytes, first, |word| context::is_in(scheme.words, word)));
        known.then_some((first, end))
    })
}

/// Whether `signs` are letters and digits of one of the scheme's shapes and pass its check.
pub(super) fn passes(scheme: &Scheme, signs: &[u8]) -> bool {
    let signs = signs.to_ascii_uppercase();
    let fits = |shape: &str| {
        let bare: Vec<u8> = shape.bytes().filter(|byte| matches!(byte, b'9' | b'A')).collect();
        bare.len() == signs.len() && fit(&bare, &signs).is_some()
    };
    scheme.plain.iter().chain(scheme.named).any(|shape| fits(shape)) && (scheme.check)(&signs)
}

/// The letters and digits of `text`, in capitals, if it has the shape; letters of one case.
fn fit(shape: &[u8], text: &[u8]) -> Option<([u8; SIGNS], usize)> {
    let mut signs = [0; SIGNS];
    let mut count = 0;
    for (kind, byte) in shape.iter().zip(text) {
        let fits = match kind {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            _ => byte == kind,
        };
        if !fits {
            return None;
        }
        if matches!(kind, b'9' | b'A') {
            *signs.get_mut(count)? = byte.to_ascii_uppercase();
            count += 1;
        }
    }
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    (!mixed).then_some((signs, count))
}

/// Whether a number may start at `at`.
fn starts(bytes: &[u8], at: usize) -> bool {
    let digit_two_before = at.checked_sub(2).is_some_and(|i| bytes[i].is_ascii_digit());
    match before(bytes, at) {
        Some(b'_' | b'/' | b'+' | b'%' | b'$' | b'@' | b'&') => false,
        Some(b'.' | b'-') => !digit_two_before && !letter_before(bytes, at - 1),
        Some(b',' | b':') => !digit_two_before,
        Some(byte) => !byte.is_ascii_alphanumeric() && !letter_before(bytes, at),
        None => true,
    }
}

/// Whether a number may end at `at`.
fn ends(bytes: &[u8], at: usize) -> bool {
    match after(bytes, at, 0) {
        Some(b'.' | b',' | b'-' | b'/' | b':') => !after(bytes, at, 1).is_some_and(|byte| byte.is_ascii_alphanumeric()),
        Some(b'_' | b'%' | b'@' | b'=') => false,
        _ => !digit_after(bytes, at, 0) && !letter_at(bytes, at),
    }
}

/// Whether groups parted by spaces have more groups of digits beside them.
fn crowded(bytes: &[u8], start: usize, end: usize, shape: &str) -> bool {
    let left = start.checked_sub(2).is_some_and(|i| bytes[i].is_ascii_digit()) && bytes[start - 1] == b' ';
    let right = after(bytes, end, 0) == Some(b' ') && digit_after(bytes, end, 1);
    shape.contains(' ') && (left || right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_reached_by_its_first_digits() {
        for scheme in schemes() {
            for shape in scheme.plain.iter().chain(scheme.named) {
                let signs = shape.bytes().filter(|byte| matches!(byte, b'9' | b'A')).count();
                assert!(signs <= SIGNS && shape.contains('9'), "{} {shape}", scheme.name);
            }
            assert!(scheme.named.is_empty() || !scheme.words.is_empty(), "{} has no words", scheme.name);
            let small = |word: &&str| **word == word.to_lowercase();
            assert!(scheme.words.iter().all(small), "{}", scheme.name);
        }
    }
}
