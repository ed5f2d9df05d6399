//! Sentences, by the rules of the published recipes.

use super::python;

/// How a recipe cuts a text into sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SentenceRule {
    /// spaCy 3.8 `sentencizer` over `blank("en")`; sentences stripped, empty ones dropped: datatrove from
    /// v0.4.
    SpacyEn,
    /// Matches of `\b[^.!?]+[.!?]*`, not stripped: RedPajama v2.
    RedPajama,
}

impl SentenceRule {
    /// Number of rules.
    pub(super) const COUNT: usize = 2;
}

/// Matches of `\b[^.!?]+[.!?]*`.
pub(super) fn red_pajama(text: &str) -> Vec<&str> {
    let is_mark = |c: char| matches!(c, '.' | '!' | '?');
    let mut out = Vec::new();
    let mut at = 0;
    // Whether the character before `at` is a word character.
    let mut after_word = false;
    while let Some(c) = text[at..].chars().next() {
        let is_word = python::is_word(c);
        if is_mark(c) || is_word == after_word {
            at += c.len_utf8();
            after_word = is_word;
            continue;
        }
        let body = text[at..].find(is_mark).map_or(text.len(), |n| at + n);
        let end = text[body..].find(|c| !is_mark(c)).map_or(text.len(), |n| body + n);
        out.push(&text[at..end]);
        after_word = text[..end].chars().next_back().is_some_and(python::is_word);
        at = end;
    }
    out
}
