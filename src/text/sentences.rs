//! Sentences, by the rules of the published recipes.

use super::words::Splitter;
use super::{icu, punkt, python, spacy};

/// How a recipe cuts a text into sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SentenceRule {
    /// spaCy 3.8 `sentencizer` over `blank("en")`; sentences stripped, empty ones dropped: datatrove from
    /// v0.4.
    SpacyEn,
    /// Matches of `\b[^.!?]+[.!?]*`, not stripped: RedPajama v2.
    RedPajama,
    /// NLTK 3.8.1 `sent_tokenize` for English (Punkt, Kiss and Strunk 2006), the first sentence with the white space
    /// before it: the original C4, datatrove to v0.3.
    Punkt,
    /// UAX #29 sentences, with the white space behind them.
    Uax29,
}

impl SentenceRule {
    /// Every rule.
    pub const ALL: [SentenceRule; 4] =
        [SentenceRule::SpacyEn, SentenceRule::RedPajama, SentenceRule::Punkt, SentenceRule::Uax29];

    /// Number of rules.
    pub(super) const COUNT: usize = SentenceRule::ALL.len();

    /// The sentences of `text` in order.
    pub fn split(self, text: &str) -> Vec<&str> {
        match self {
            SentenceRule::SpacyEn => spacy::sentences(text, &Splitter::SpacyEn.split(text)),
            SentenceRule::RedPajama => red_pajama(text),
            SentenceRule::Punkt => punkt::sentences(text),
            SentenceRule::Uax29 => icu::sentences(text),
        }
    }
}

/// Matches of `\b[^.!?]+[.!?]*`.
fn red_pajama(text: &str) -> Vec<&str> {
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
