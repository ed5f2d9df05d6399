//! Punkt (Kiss and Strunk 2006), the sentence splitter of NLTK 3.8.1, with its English model.
//!
//! Places where a sentence may end are full stops, question and exclamation marks before white space and a further
//! token, or before a mark that no word holds. Each is judged by its *context*: the text from the last white space
//! before it to the end of the next token. The context is cut into Punkt's own tokens; the sentence ends if any of
//! them but the last ends one. At last, closing quotes and brackets go back to the sentence they close.
//!
//! White space before a context is that of ASCII alone, everywhere else that of Unicode: so it is in NLTK.

mod judge;
mod model;
mod tokens;

use super::python;

/// The sentences of `text` in order, as NLTK cuts them: the first keeps white space before it.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut sink = Realign { text, pending: None, shift: 0, out: Vec::new() };
    let mut start = 0;
    for context in Contexts::new(text) {
        if judge::ends_sentence(context.of(text)) {
            let after = context.at + 1;
            sink.push(start, after);
            start = context.next.unwrap_or(after);
        }
    }
    sink.push(start, python::rstrip(text).len());
    sink.finish()
}

/// A place where a sentence may end.
#[derive(Debug, Clone, Copy)]
struct Context {
    /// Where the word before begins.
    start: usize,
    /// The mark.
    at: usize,
    /// Where the next token begins, if white space stands between.
    next: Option<usize>,
    /// Where the context ends.
    end: usize,
}

impl Context {
    fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// The contexts of a text in order. Of places whose contexts overlap only the last counts.
struct Contexts<'t> {
    text: &'t str,
    from: usize,
    before: Option<Context>,
}

impl<'t> Contexts<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, from: 0, before: None }
    }

    /// The next place where a sentence may end, its context not yet begun.
    fn next_place(&mut self) -> Option<Context> {
        let bytes = self.text.as_bytes();
        while let Some(found) = memchr::memchr3(b'.', b'?', b'!', &bytes[self.from..]) {
            let at = self.from + found;
            self.from = at + 1;
            let next = *bytes.get(at + 1)?;
            if tokens::is_non_word(next) {
                return Some(Context { start: 0, at, next: None, end: at + 2 });
            }
            let begin = tokens::skip_space(bytes, at + 1);
            if begin > at + 1 && begin < bytes.len() {
                let end = tokens::space_from(bytes, begin);
                return Some(Context { start: 0, at, next: Some(begin), end });
            }
        }
        None
    }
}

impl Iterator for Contexts<'_> {
    type Item = Context;

    fn next(&mut self) -> Option<Context> {
        while let Some(mut place) = self.next_place() {
            let (before_start, before_at) = self.before.map_or((0, 0), |before| (before.start, before.at));
            let between = &self.text.as_bytes()[before_at..place.at];
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
            // White space at the very beginning counts as none, as the index 0 does in NLTK.
            place.start = match between.iter().rposition(is_space) {
                None | Some(0) => before_start,
                Some(space) => before_at + space + 1,
            };
            let before = self.before.replace(place);
            if let Some(before) = before.filter(|before| before.at <= place.start) {
                return Some(before);
            }
        }
        self.before.take()
    }
}

/// Gives closing quotes and brackets at the beginning of a sentence to the one before.
struct Realign<'t> {
    text: &'t str,
    /// The sentence that waits for the one after it.
    pending: Option<(usize, usize)>,
    /// How many bytes of the waiting sentence the one before took.
    shift: usize,
    out: Vec<&'t str>,
}

impl Realign<'_> {
    fn push(&mut self, start: usize, end: usize) {
        if let Some((first, last)) = self.pending.replace((start, end)) {
            let first = first + self.shift;
            let sentence = self.text.get(start..end).unwrap_or_default();
            let (closers, taken) = closing(sentence);
            self.shift = taken;
            self.keep(first, if taken > 0 { start + closers } else { last });
        }
    }

    fn keep(&mut self, start: usize, end: usize) {
        if let Some(sentence) = self.text.get(start..end).filter(|sentence| !sentence.is_empty()) {
            self.out.push(sentence);
        }
    }
}

impl<'t> Realign<'t> {
    fn finish(mut self) -> Vec<&'t str> {
        if let Some((first, last)) = self.pending {
            self.keep(first + self.shift, last);
        }
        self.out
    }
}

/// Bytes of the closing quotes and brackets that a sentence begins with, and the same with the white space behind them;
/// 0 and 0 where neither white space, a double dash nor the end follows.
fn closing(sentence: &str) -> (usize, usize) {
    let bytes = sentence.as_bytes();
    let is_closer = |byte: &&u8| matches!(byte, b'"' | b'\'' | b')' | b']' | b'}');
    let closers = bytes.iter().take_while(is_closer).count();
    let after = tokens::skip_space(bytes, closers);
    let stands_alone = after > closers || closers == bytes.len() || bytes[closers..].starts_with(b"--");
    if closers > 0 && stands_alone { (closers, after) } else { (0, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_initials_numbers_and_quotes() {
        let check = |text: &str, expected: &[&str]| assert_eq!(sentences(text), expected);
        check("Mr. Smith met J. Bach. They talked.", &["Mr. Smith met J. Bach.", "They talked."]);
        check("(Is it?)  \"Yes.\" He left -- at 5. It", &["(Is it?)", "\"Yes.\"", "He left -- at 5.", "It"]);
        check(" \n", &[]);
        check("", &[]);
        check("  Hi!", &["  Hi!"]);
        check("Wait!!! Now. ", &["Wait!!!", "Now."]);
    }
}
