//! spaCy's rule-based sentencizer.

use crate::text::chars::{self, PUNCTUATION_CATEGORY, SENTENCE_END};
use crate::text::python;

/// The sentences of `text`, stripped, empty ones dropped, given its spaCy words.
///
/// A sentence ends after a token that is one sentence-final mark and any punctuation that follows it;
/// a run of white space that spaCy makes a token of (anything but one space between two words) also
/// closes it.
pub(in crate::text) fn sentences<'a>(text: &'a str, words: &[&'a str]) -> Vec<&'a str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut end = 0;
    let mut seen_end = false;
    for word in words {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        if word.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
            // Neither a mark nor punctuation, as most words.
            if seen_end {
                out.push(python::strip(&text[start..end]));
                start = at;
                seen_end = false;
            }
            end = at + word.len();
            continue;
        }
        let gap = &text[end..at];
        let is_end = is_sentence_end(word);
        let space_token = !gap.is_empty() && gap != " ";
        if seen_end && (space_token || !is_end && !is_punctuation(word)) {
            out.push(python::strip(&text[start..end]));
            start = at;
            seen_end = false;
        }
        seen_end |= is_end;
        end = at + word.len();
    }
    out.push(python::strip(&text[start..end]));
    out.retain(|sentence| !sentence.is_empty());
    out
}

/// Whether the token is one of the sentencizer's marks.
fn is_sentence_end(word: &str) -> bool {
    let mut chars = word.chars();
    let first = chars.next().is_some_and(|c| chars::is(c, SENTENCE_END));
    first && chars.next().is_none()
}

/// spaCy's `is_punct`: every character is of category P*.
fn is_punctuation(word: &str) -> bool {
    word.chars().all(|c| chars::is(c, PUNCTUATION_CATEGORY))
}
