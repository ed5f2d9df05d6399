//! The lazily computed views of one text.

use std::cell::{OnceCell, RefCell};

use xxhash_rust::xxh3::xxh3_64;

use super::distinct::Distinct;
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
    distinct: [OnceCell<Distinct<'a>>; Splitter::COUNT],
    hashes: [OnceCell<Vec<u64>>; Splitter::COUNT],
    spaced: [OnceCell<Joined>; Splitter::COUNT],
    lines: [OnceCell<Vec<&'a str>>; LineRule::COUNT],
    paragraphs: [OnceCell<Vec<&'a str>>; ParagraphRule::COUNT],
    sentences: [OnceCell<Vec<&'a str>>; SentenceRule::COUNT],
    numbers: RefCell<Vec<(u32, f64)>>,
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
            distinct: cells(),
            hashes: cells(),
            spaced: cells(),
            lines: cells(),
            paragraphs: cells(),
            sentences: cells(),
            numbers: RefCell::default(),
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
            .get_or_init(|| self.distinct(splitter).each(|word| xxh3_64(word.as_bytes())).collect())
    }

    /// The different words, numbered: equal words have equal numbers.
    pub fn distinct(&self, splitter: Splitter) -> &Distinct<'a> {
        self.distinct[splitter as usize].get_or_init(|| Distinct::new(self.text, self.words(splitter)))
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

    /// Whether spaCy makes a sentence of its own of the white space at the end of the text, which
    /// [`TextView::sentences`] leaves out.
    pub fn blank_sentence_at_end(&self) -> bool {
        spacy::blank_sentence_at_end(self.text, self.words(Splitter::SpacyEn))
    }

    /// The number that was kept under `key`.
    pub(crate) fn number(&self, key: u32) -> Option<f64> {
        self.numbers.borrow().iter().find(|(own, _)| *own == key).map(|(_, number)| *number)
    }

    /// Keeps a number about this text, so that the next who needs it need not compute it. The key is the caller's choice;
    /// equal keys must stand for equal numbers.
    pub(crate) fn keep_number(&self, key: u32, number: f64) {
        self.numbers.borrow_mut().push((key, number));
    }
}
