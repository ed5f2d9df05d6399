//! The lazily computed views of one text.

use std::cell::OnceCell;

use xxhash_rust::xxh3::xxh3_64;

use super::joined::Joined;
use super::lines::{LineRule, ParagraphRule};
use super::sentences::SentenceRule;
use super::words::Splitter;
use super::{nltk, spacy};

/// One text and everything that has been computed about it so far.
///
/// Making a view costs nothing; each view is computed on first use and kept until the `TextView` is
/// dropped. It belongs to one thread.
#[derive(Debug)]
pub struct TextView<'a> {
    text: &'a str,
    n_chars: OnceCell<usize>,
    words: [OnceCell<Vec<&'a str>>; Splitter::COUNT],
    hashes: [OnceCell<Vec<u64>>; Splitter::COUNT],
    spaced: [OnceCell<Joined>; Splitter::COUNT],
    lines: [OnceCell<Vec<&'a str>>; LineRule::COUNT],
    paragraphs: [OnceCell<Vec<&'a str>>; ParagraphRule::COUNT],
    sentences: [OnceCell<Vec<&'a str>>; SentenceRule::COUNT],
}

/// An array of empty cells.
fn cells<T, const N: usize>() -> [OnceCell<T>; N] {
    std::array::from_fn(|_| OnceCell::new())
}

impl<'a> TextView<'a> {
    /// A view of `text`; nothing is computed yet.
    pub fn new(text: &'a str) -> Self {
        TextView {
            text,
            n_chars: OnceCell::new(),
            words: cells(),
            hashes: cells(),
            spaced: cells(),
            lines: cells(),
            paragraphs: cells(),
            sentences: cells(),
        }
    }

    /// The text itself.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Length in code points, which is what Python's `len` counts.
    pub fn n_chars(&self) -> usize {
        *self.n_chars.get_or_init(|| self.text.chars().count())
    }

    /// The words of the text in order, by `splitter`.
    pub fn words(&self, splitter: Splitter) -> &[&'a str] {
        self.words[splitter as usize].get_or_init(|| match splitter {
            Splitter::NltkWords => nltk::words(self.text, self.sentences(SentenceRule::Punkt)),
            _ => splitter.split(self.text),
        })
    }

    /// XXH3-64 (seed 0) of each word's UTF-8 bytes, parallel to [`TextView::words`].
    pub fn word_hashes(&self, splitter: Splitter) -> &[u64] {
        self.hashes[splitter as usize]
            .get_or_init(|| self.words(splitter).iter().map(|w| xxh3_64(w.as_bytes())).collect())
    }

    /// The words joined by one space each, with random access to n-grams: the n-gram that starts at
    /// word `i` is a slice of it.
    pub fn joined(&self, splitter: Splitter) -> &Joined {
        self.spaced[splitter as usize].get_or_init(|| Joined::new(self.words(splitter), " "))
    }

    /// The lines of the text in order, by `rule`.
    pub fn lines(&self, rule: LineRule) -> &[&'a str] {
        self.lines[rule as usize].get_or_init(|| rule.split(self.text))
    }

    /// The paragraphs of the text in order, by `rule`.
    pub fn paragraphs(&self, rule: ParagraphRule) -> &[&'a str] {
        self.paragraphs[rule as usize].get_or_init(|| rule.split(self.text))
    }

    /// The sentences of the text in order, by `rule`; never blank.
    pub fn sentences(&self, rule: SentenceRule) -> &[&'a str] {
        self.sentences[rule as usize].get_or_init(|| match rule {
            SentenceRule::SpacyEn => spacy::sentences(self.text, self.words(Splitter::SpacyEn)),
            _ => rule.split(self.text),
        })
    }
}
