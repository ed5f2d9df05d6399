//! UAX #29 word boundaries, with a fast path for ASCII in front of the crate `unicode-segmentation`.
//!
//! A boundary is a state to start afresh from: no rule looks back across one. So each segment that only
//! ASCII takes part in is cut here by table, and any other by the crate.

use unicode_segmentation::UnicodeSegmentation;

use super::chars::{self, ALPHA};

/// Segments with at least one alphanumeric character.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::with_capacity(text.len() / 5);
    segments(text, |segment, ascii| {
        let is_word = match ascii {
            Some(class) => matches!(class, LETTER | DIGIT) || class == UNDERSCORE && has_alnum(segment),
            None => has_alnum(segment),
        };
        if is_word {
            out.push(segment);
        }
    });
    out
}

/// Segments with at least one character that is not white space.
pub(super) fn bounds(text: &str) -> Vec<&str> {
    let mut out = Vec::with_capacity(text.len() / 4);
    segments(text, |segment, ascii| {
        let is_kept = match ascii {
            Some(BREAK | CR | SPACE) => false,
            Some(LETTER | DIGIT | UNDERSCORE | COLON | QUOTE_OR_STOP | COMMA) => true,
            _ => segment.chars().any(|c| !c.is_whitespace()),
        };
        if is_kept {
            out.push(segment);
        }
    });
    out
}

/// Whether Rust's `is_alphanumeric` holds for a character of it, as `unicode_words` asks.
fn has_alnum(segment: &str) -> bool {
    // A letter of Unicode 14.0, by a quicker table, is alphanumeric in the newer Unicode of Rust too.
    segment.chars().any(|c| chars::is(c, ALPHA) || c.is_alphanumeric())
}

/// Anything without a rule of its own.
const OTHER: u8 = 0;
/// ALetter.
const LETTER: u8 = 1;
/// Numeric.
const DIGIT: u8 = 2;
/// ExtendNumLet.
const UNDERSCORE: u8 = 3;
/// MidLetter.
const COLON: u8 = 4;
/// MidNumLet and Single_Quote.
const QUOTE_OR_STOP: u8 = 5;
/// MidNum.
const COMMA: u8 = 6;
/// WSegSpace.
const SPACE: u8 = 7;
/// Newline and LF.
const BREAK: u8 = 8;
/// CR.
const CR: u8 = 9;
/// Not ASCII.
const FOREIGN: u8 = 10;

/// Word_Break class of each byte.
static CLASSES: [u8; 256] = {
    let mut table = [FOREIGN; 256];
    let mut b = 0;
    while b < 128 {
        table[b] = match b as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'_' => UNDERSCORE,
            b':' => COLON,
            b'.' | b'\'' => QUOTE_OR_STOP,
            b',' | b';' => COMMA,
            b' ' => SPACE,
            b'\n' | 0x0b | 0x0c => BREAK,
            b'\r' => CR,
            _ => OTHER,
        };
        b += 1;
    }
    table
};

/// End of the segment that begins at byte `at` and whether it is a word, if only ASCII takes part in it.
#[inline]
pub(super) fn ascii_word(text: &str, at: usize) -> Option<(usize, bool)> {
    let class = class_at(text.as_bytes(), at);
    let end = ascii_segment_end(text.as_bytes(), at, class)?;
    let is_word = matches!(class, LETTER | DIGIT) || class == UNDERSCORE && has_alnum(&text[at..end]);
    Some((end, is_word))
}

/// Calls `visit` with each segment in order, white space too: Rust's `split_word_bounds`.
pub fn each_segment<'a>(text: &'a str, mut visit: impl FnMut(&'a str)) {
    segments(text, |segment, _| visit(segment));
}

/// Calls `visit` with each segment in order, and the class of its first byte if all of it was cut here.
#[inline]
fn segments<'a>(text: &'a str, mut visit: impl FnMut(&'a str, Option<u8>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let class = CLASSES[usize::from(bytes[at])];
        if let Some(end) = ascii_segment_end(bytes, at, class) {
            visit(&text[at..end], Some(class));
            at = end;
            continue;
        }
        for segment in text[at..].split_word_bounds() {
            visit(segment, None);
            at += segment.len();
            if bytes.get(at).is_some_and(u8::is_ascii) {
                break;
            }
        }
    }
}

/// Class of the byte at `at`; the end of the text counts as a break.
#[inline]
fn class_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).map_or(BREAK, |&b| CLASSES[usize::from(b)])
}

/// End of the segment of class `class` that begins at `at`, or `None` where a character outside ASCII
/// may take part.
#[inline]
fn ascii_segment_end(bytes: &[u8], at: usize, class: u8) -> Option<usize> {
    let mut end = at + 1;
    match class {
        FOREIGN => return None,
        BREAK => return Some(end),
        CR => return Some(end + usize::from(bytes.get(end) == Some(&b'\n'))),
        LETTER | DIGIT | UNDERSCORE => return ascii_word_end(bytes, end, class),
        SPACE => {
            while bytes.get(end) == Some(&b' ') {
                end += 1;
            }
        }
        _ => {}
    }
    (class_at(bytes, end) != FOREIGN).then_some(end)
}

/// End of the word whose part before `end` ends with a character of class `last` (WB5 to WB13b).
#[inline]
fn ascii_word_end(bytes: &[u8], mut end: usize, mut last: u8) -> Option<usize> {
    loop {
        let class = class_at(bytes, end);
        match class {
            LETTER | DIGIT | UNDERSCORE => {
                last = class;
                end += 1;
            }
            FOREIGN => return None,
            COLON | QUOTE_OR_STOP | COMMA => {
                let next = class_at(bytes, end + 1);
                if next == FOREIGN {
                    return None;
                }
                let between_letters = last == LETTER && class != COMMA && next == LETTER;
                let between_digits = last == DIGIT && class != COLON && next == DIGIT;
                if !(between_letters || between_digits) {
                    return Some(end);
                }
                last = next;
                end += 2;
            }
            _ => return Some(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All strings of up to six characters over one character of each class and a few that only the
    /// crate knows.
    #[test]
    fn agrees_with_the_crate_on_every_short_string() {
        let alphabet = ['a', '1', '_', ':', '.', ',', ' ', '\n', '\r', '-', 'é', '\u{301}', '\u{200d}', 'あ'];
        let mut text = String::new();
        for length in 1..=5_u32 {
            for number in 0..alphabet.len().pow(length) {
                text.clear();
                let mut n = number;
                for _ in 0..length {
                    text.push(alphabet[n % alphabet.len()]);
                    n /= alphabet.len();
                }
                let mut ours = Vec::new();
                segments(&text, |segment, _| ours.push(segment));
                assert!(ours.iter().copied().eq(text.split_word_bounds()), "{text:?}: {ours:?}");
                assert!(words(&text).into_iter().eq(text.unicode_words()), "{text:?}");
                let kept = text.split_word_bounds().filter(|s| s.chars().any(|c| !c.is_whitespace()));
                assert!(bounds(&text).into_iter().eq(kept), "{text:?}");
            }
        }
    }

    #[test]
    fn letters_are_alphanumeric() {
        assert!(('\0'..=char::MAX).filter(|&c| chars::is(c, ALPHA)).all(char::is_alphanumeric));
    }

    /// Every ASCII character in every place of a short context.
    #[test]
    fn agrees_with_the_crate_on_all_of_ascii() {
        for a in '\0'..='\u{7f}' {
            for b in '\0'..='\u{7f}' {
                for text in [format!("x{a}{b}y"), format!("1{a}{b}2"), format!("{a}{b}"), format!("é{a}{b}é")] {
                    let mut ours = Vec::new();
                    segments(&text, |segment, _| ours.push(segment));
                    assert!(ours.iter().copied().eq(text.split_word_bounds()), "{text:?}: {ours:?}");
                }
            }
        }
    }
}
