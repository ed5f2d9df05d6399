//! Words next to a number that tell what it is.

use super::scan::is_barrier;

/// How far before a number a word is looked for, in bytes.
const BACK: usize = 40;
/// How many words before a number are looked at: "call me back at".
const WORDS: usize = 4;

/// Whether one of the last few words before `at` satisfies `is_word` (which gets it as bytes, in
/// any case). Digits, barriers, `!`, `;` and the end of a line stop the search.
pub(super) fn word_before(bytes: &[u8], at: usize, is_word: impl Fn(&[u8]) -> bool) -> bool {
    let floor = at.saturating_sub(BACK);
    let mut end = at;
    for _ in 0..WORDS {
        while end > floor && !is_letter(bytes[end - 1]) {
            if stops(bytes, end - 1) {
                return false;
            }
            end -= 1;
        }
        let mut start = end;
        while start > floor && is_letter(bytes[start - 1]) {
            start -= 1;
        }
        let cut = start == floor && start > 0 && is_letter(bytes[start - 1]);
        if start == end || cut {
            return false;
        }
        let word = &bytes[start..end];
        // A no-break space, as French typography has one before a colon, is no part of a word.
        if is_word(word.strip_suffix(b"\xC2\xA0").unwrap_or(word)) {
            return true;
        }
        end = start;
    }
    false
}

/// Whether the word after `at`, behind at most three of ` -,;:(`, satisfies `is_word`.
pub(super) fn word_after(bytes: &[u8], at: usize, is_word: impl Fn(&[u8]) -> bool) -> bool {
    let mut start = at;
    while start < bytes.len() && start < at + 3 && b" -,;:(".contains(&bytes[start]) {
        start += 1;
    }
    let mut end = start;
    while end < bytes.len() && end - start < 16 && is_letter(bytes[end]) {
        end += 1;
    }
    is_word(&bytes[start..end])
}

/// Whether the byte at `at` parts a number from a word before it.
fn stops(bytes: &[u8], at: usize) -> bool {
    let byte = bytes[at];
    if matches!(byte, b'!' | b';') || byte.is_ascii_digit() || is_barrier(byte) {
        return true;
    }
    // The end of a line parts too, but not below a heading: "Phone:", and the number under it.
    byte == b'\n' && at > 0 && bytes[at - 1] != b':'
}

/// A byte of a word: ASCII letters, and every byte of a character beyond ASCII.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// Whether `word` is one of `words`, ASCII case apart, or ends with one of those that are written in
/// a script without spaces.
pub(super) fn is_in(words: &[&str], word: &[u8]) -> bool {
    words.iter().any(|known| {
        let known = known.as_bytes();
        match known.first() {
            // Thai, Han, Kana, Hangul: no spaces part the word from those before it.
            Some(0xE0..) => word.ends_with(known),
            _ => known.eq_ignore_ascii_case(word),
        }
    })
}

/// Whether the word right before `at`, behind at most three of ` :=."'(`, satisfies `is_word`.
pub(super) fn word_before_tight(bytes: &[u8], at: usize, is_word: impl Fn(&[u8]) -> bool) -> bool {
    let mut end = at;
    while end > 0 && at - end < 3 && b" :=.\"'(".contains(&bytes[end - 1]) {
        end -= 1;
    }
    let mut start = end;
    while start > 0 && end - start < 24 && is_letter(bytes[start - 1]) {
        start -= 1;
    }
    is_word(&bytes[start..end])
}
