//! datatrove's text simplification, the form in which MinHash and decontamination compare documents.

use unicode_normalization::UnicodeNormalization;

use super::chars::{self, ASSIGNED, DT_PUNCTUATION, DT_TERMINAL, NONSPACING, NUMBER};
use super::python;

/// Whether `c` is in datatrove's `PUNCTUATION_SET` (0.10): its punctuation string, control characters
/// and the sentence-final marks. This set decides which words count for Gopher quality.
#[inline]
pub fn is_punctuation(c: char) -> bool {
    chars::is(c, DT_PUNCTUATION | DT_TERMINAL)
}

/// Whether `c` is in datatrove's string `PUNCTUATION`: the `PUNCTUATION_SET` of 0.2, which has no sentence-final
/// marks of other scripts.
#[inline]
pub fn is_symbol(c: char) -> bool {
    chars::is(c, DT_PUNCTUATION)
}

/// Whether `c` is in datatrove's `TERMINAL_PUNCTUATION` (0.10), the line ends of FineWeb quality.
#[inline]
pub fn is_terminal_punctuation(c: char) -> bool {
    chars::is(c, DT_TERMINAL)
}

/// datatrove 0.10 `simplify_text` with its default configuration.
///
/// In order: lower case; each number, with at most one decimal part, becomes `0`; each character of
/// `PUNCTUATION` (not the sentence-final marks of other scripts) becomes a space; outer white space is
/// removed and each inner run becomes one space; NFD, without non-spacing marks; outer white space is
/// removed again. As in datatrove, a mark that stood alone can leave two spaces behind.
///
/// Lower case, white space and marks are those of CPython 3.11 (Unicode 14.0), numbers those of the
/// module `regex` that datatrove uses for them.
pub fn simplify(text: &str) -> String {
    let lowered = python::lower(text);
    let spaced = numbers_and_spaces(&lowered);
    let plain = without_marks(&spaced);
    let stripped = python::strip(&plain);
    if stripped.len() == plain.len() {
        return plain;
    }
    stripped.to_owned()
}

/// Numbers to `0`, punctuation and white space to single spaces, outer ones removed.
fn numbers_and_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let flags = chars::flags(c);
        let mut len = c.len_utf8();
        // Numbers come first: the full-width digit one is punctuation too.
        let is_number = flags & NUMBER != 0;
        if python::is_space(c) || (flags & DT_PUNCTUATION != 0 && !is_number) {
            space = true;
        } else {
            if space && !out.is_empty() {
                out.push(' ');
            }
            space = false;
            if is_number {
                len = number_len(rest);
                out.push('0');
            } else {
                out.push(c);
            }
        }
        rest = &rest[len..];
    }
    out
}

/// Length in bytes of the match of `\p{Nd}+([.,،٫⎖⎗⎘]\p{Nd}+)?` at the start of `text`.
fn number_len(text: &str) -> usize {
    let whole = digits_len(text);
    let mut after = text[whole..].chars();
    let separator = match after.next() {
        Some(c @ ('.' | ',' | '،' | '٫' | '⎖' | '⎗' | '⎘')) => c.len_utf8(),
        _ => return whole,
    };
    match digits_len(after.as_str()) {
        0 => whole,
        n => whole + separator + n,
    }
}

/// Length in bytes of the leading decimal digits.
fn digits_len(text: &str) -> usize {
    text.find(|c| !chars::is(c, NUMBER)).unwrap_or(text.len())
}

/// NFD without characters of category Mn.
///
/// ASCII never changes and stops reordering, so only the runs between ASCII are normalised; a character
/// unassigned in Unicode 14.0 neither decomposes nor reorders there, whatever the crate's tables say.
fn without_marks(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let inert = |c: char| c.is_ascii() || !chars::is(c, ASSIGNED);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let kept = rest.find(|c| !inert(c)).unwrap_or(rest.len());
        out.push_str(&rest[..kept]);
        rest = &rest[kept..];
        let run = rest.find(inert).unwrap_or(rest.len());
        out.extend(rest[..run].nfd().filter(|&c| !chars::is(c, NONSPACING)));
        rest = &rest[run..];
    }
    out
}
