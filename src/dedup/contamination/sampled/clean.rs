//! The form in which texts are compared, and the way back from it.

use std::ops::Range;

/// What becomes a space: decon's `punctuation_chars`.
fn is_mark(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' | '\u{2014}')
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || is_mark(c)
}

/// Words in lower case without marks, a space before each: the first too, so that a tokenizer sees it as it would amid a text.
/// Empty for a text without words.
#[must_use]
pub fn clean(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut out = String::with_capacity(lower.len() + 1);
    let mut apart = true;
    for c in lower.chars() {
        if is_gap(c) {
            apart = true;
        } else {
            if apart {
                out.push(' ');
            }
            apart = false;
            out.push(c);
        }
    }
    out
}

/// For each byte of `clean(text)`, where the character begins that it came from; for a space, the one behind it.
pub(super) fn origins(text: &str) -> Vec<usize> {
    let mut out = Vec::with_capacity(text.len() + 1);
    let mut apart = true;
    for (at, c) in text.char_indices() {
        // One by one, characters lower to as many bytes as in context: the two small sigmas are both two bytes long.
        for lower in c.to_lowercase() {
            if is_gap(lower) {
                apart = true;
            } else {
                out.extend(std::iter::repeat_n(at, usize::from(apart) + lower.len_utf8()));
                apart = false;
            }
        }
    }
    out
}

/// The bytes of `text` behind bytes of its clean form: whole characters, without spaces at the end.
pub(super) fn original(text: &str, clean: &str, origins: &[usize], span: Range<usize>) -> Option<Range<usize>> {
    let words = clean.get(span.clone())?.trim_end_matches(' ').len();
    let last = *origins.get((span.start + words).checked_sub(1)?)?;
    let length = text.get(last..)?.chars().next()?.len_utf8();
    (words > 0).then_some(*origins.get(span.start)?..last + length)
}
