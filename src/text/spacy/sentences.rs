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

/// Whether white space at the end of `text` is a sentence of its own: it is a token (anything but one space behind a word),
/// and the sentence before it has ended.
pub(in crate::text) fn blank_sentence_at_end(text: &str, words: &[&str]) -> bool {
    let end = words.last().map_or(0, |word| word.as_ptr() as usize - text.as_ptr() as usize + word.len());
    let mut after = end;
    if matches!(&text[end..], "" | " ") {
        return false;
    }
    for word in words.iter().rev() {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        let gap = &text[at + word.len()..after];
        // A token of white space closes what had ended before it.
        let is_broken = after < end && !gap.is_empty() && gap != " ";
        if is_broken || !is_sentence_end(word) && !is_punctuation(word) {
            return false;
        }
        if is_sentence_end(word) {
            return true;
        }
        after = at;
    }
    false
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
