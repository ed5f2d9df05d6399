//! Punkt's tokens.

use crate::text::python;

/// Whether no word goes on past this byte: `) " ; } ] * : @ ' ( { [ ! ?`.
pub(super) fn is_non_word(byte: u8) -> bool {
    matches!(byte, b')' | b'"' | b';' | b'}' | b']' | b'*' | b':' | b'@' | b'\'' | b'(' | b'{' | b'[' | b'!' | b'?')
}

/// Whether a byte stands alone where a token begins: ``( " ` { [ : ; & # * @ ) } ] - ,``.
fn stands_alone(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b'"' | b'`' | b'{' | b'[' | b':' | b';' | b'&' | b'#' | b'*' | b'@' | b')' | b'}' | b']' | b'-' | b','
    )
}

/// The first place from `at` on that is not white space, or the length.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match python::space_len(bytes, at) {
            0 => break,
            n => at += n,
        }
    }
    at
}

/// The first white space from `at` on, or the length.
pub(super) fn space_from(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && python::space_len(bytes, at) == 0 {
        at += 1;
    }
    at
}

/// Length of the run of `byte` at `at`.
fn run(bytes: &[u8], at: usize, byte: u8) -> usize {
    bytes[at..].iter().take_while(|&&b| b == byte).count()
}

/// Length of the spaced ellipsis at `at`: full stops, at least three, with one character of white space between each
/// two, which is not a line feed, since Punkt cuts line by line. 0 if there is none. No more than `enough` full stops are looked at.
fn spaced_ellipsis(bytes: &[u8], at: usize, enough: usize) -> usize {
    let (mut stops, mut end) = (1, at + 1);
    while stops < enough && end < bytes.len() && bytes[end] != b'\n' {
        let space = python::space_len(bytes, end);
        if space == 0 || bytes.get(end + space) != Some(&b'.') {
            break;
        }
        end += space + 1;
        stops += 1;
    }
    if stops < 3 { 0 } else { end - at }
}

/// Length of the dash, ellipsis or spaced ellipsis at `at`, or 0.
fn multi(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(&byte @ (b'-' | b'.')) if bytes.get(at + 1) == Some(&byte) => run(bytes, at, byte),
        Some(b'.') => spaced_ellipsis(bytes, at, usize::MAX),
        _ => 0,
    }
}

/// Whether a dash, ellipsis or spaced ellipsis begins at `at`.
fn is_multi(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(&byte @ (b'-' | b'.')) if bytes.get(at + 1) == Some(&byte) => true,
        Some(b'.') => spaced_ellipsis(bytes, at, 3) > 0,
        _ => false,
    }
}

/// Whether a word must end before `at`, a comma there aside.
fn must_end(bytes: &[u8], at: usize) -> bool {
    at >= bytes.len() || is_non_word(bytes[at]) || python::space_len(bytes, at) > 0 || is_multi(bytes, at)
}

/// End of the word of which `at` is the second character.
fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while !must_end(bytes, at) && (bytes[at] != b',' || !must_end(bytes, at + 1)) {
        at += 1;
    }
    at
}

/// The tokens of a context in order.
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        let start = skip_space(bytes, self.at);
        let first = self.text.get(start..)?.chars().next()?;
        let mut end = start + multi(bytes, start);
        if end == start {
            end += first.len_utf8();
            if !stands_alone(bytes[start]) {
                end = word_end(bytes, end);
            }
        }
        self.at = end;
        self.text.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_cut_as_the_pattern_of_nltk_cuts_them() {
        let tokens = |text| Tokens::new(text).collect::<Vec<_>>();
        assert_eq!(
            tokens("a,b, c,... d--e 'tis' (x) . . .. .x"),
            ["a,b", ",", "c", ",", "...", "d", "--", "e", "'tis", "'", "(", "x", ")", ". . .", ".", ".x"]
        );
        assert_eq!(tokens(". .\n. a.\u{a0}é—b!? -1 -"), [".", ".", ".", "a.", "é—b", "!", "?", "-", "1", "-"]);
    }
}
