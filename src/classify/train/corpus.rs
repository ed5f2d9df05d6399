//! Labelled texts as numbers: every different token once, every text as the ids of its tokens.

use super::super::dictionary::EOS;
use super::super::interner::Interner;
use super::super::predict::{LABEL_PREFIX, tokens};
use super::super::subword::hash;

/// One text of a corpus.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    /// Where its tokens end in the corpus; they begin where those of the text before end.
    end: usize,
    /// Its label by number.
    pub(super) label: u32,
    /// Whether it is kept from training, to measure with.
    pub(super) held: bool,
}

/// Texts with one label each. It holds 4 bytes a token and every different token once, not the texts.
#[derive(Default)]
pub struct Corpus {
    pub(super) words: Interner,
    /// fastText's hash of each word.
    pub(super) hashes: Vec<u32>,
    /// How often each word stands in the texts that are trained on.
    pub(super) counts: Vec<u64>,
    pub(super) labels: Interner,
    /// Texts to train on by label.
    pub(super) label_counts: Vec<u64>,
    pub(super) tokens: Vec<u32>,
    pub(super) texts: Vec<Text>,
    /// Tokens of the texts that are trained on.
    pub(super) trained_tokens: u64,
}

impl Corpus {
    /// Adds a text under a label (without `__label__`). A text is cut into tokens at the white space of the model format, as
    /// prediction does; a token `</s>` ends it, and tokens that begin with `__label__` are passed over. False, and nothing is
    /// added, for a text without tokens.
    pub fn add(&mut self, text: &str, label: &str, held: bool) -> bool {
        let first = self.tokens.len();
        for token in tokens(text.as_bytes()).take_while(|token| *token != EOS) {
            if !token.starts_with(LABEL_PREFIX) {
                let id = self.word(token);
                self.tokens.push(id);
            }
        }
        if self.tokens.len() == first {
            return false;
        }
        let end = self.word(EOS);
        self.tokens.push(end);
        let label = self.labels.intern(label.as_bytes());
        self.counts.resize(self.words.len(), 0);
        self.label_counts.resize(self.labels.len(), 0);
        if !held {
            self.tokens[first..].iter().for_each(|&token| self.counts[token as usize] += 1);
            self.label_counts[label as usize] += 1;
            self.trained_tokens += (self.tokens.len() - first) as u64;
        }
        self.texts.push(Text { end: self.tokens.len(), label, held });
        true
    }

    fn word(&mut self, token: &[u8]) -> u32 {
        let id = self.words.intern(token);
        if self.hashes.len() < self.words.len() {
            self.hashes.push(hash(token));
        }
        id
    }

    /// Texts, held-out ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Different tokens, those of held-out texts included.
    #[must_use]
    pub fn different_tokens(&self) -> usize {
        self.words.len()
    }

    /// Tokens to train on, one end of text for each text included.
    #[must_use]
    pub fn trained_tokens(&self) -> u64 {
        self.trained_tokens
    }

    /// Labels in the order of first sight, with the number of texts to train on and of those held out.
    #[must_use]
    pub fn labels(&self) -> Vec<(String, u64, u64)> {
        let mut held = vec![0_u64; self.labels.len()];
        self.texts.iter().filter(|text| text.held).for_each(|text| held[text.label as usize] += 1);
        (0..self.labels.len()).map(|at| (self.label(at as u32), self.label_counts[at], held[at])).collect()
    }

    /// The name of a label.
    pub(super) fn label(&self, label: u32) -> String {
        String::from_utf8_lossy(self.labels.entry(label)).into_owned()
    }

    /// Bytes of memory that the corpus holds.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.words.held_bytes()
            + self.hashes.capacity() * 4
            + self.counts.capacity() * 8
            + self.tokens.capacity() * 4
            + self.texts.capacity() * size_of::<Text>()
    }

    /// The tokens of a text.
    pub(super) fn tokens_of(&self, text: usize) -> &[u32] {
        let start = if text == 0 { 0 } else { self.texts[text - 1].end };
        &self.tokens[start..self.texts[text].end]
    }

    /// The held-out texts as a model reads them (tokens with a space between), with their labels, in order.
    pub fn each_held(&self, mut each: impl FnMut(&str, &str)) {
        let mut text = Vec::new();
        let labels: Vec<String> = (0..self.labels.len()).map(|at| self.label(at as u32)).collect();
        for at in (0..self.texts.len()).filter(|&at| self.texts[at].held) {
            text.clear();
            let tokens = self.tokens_of(at);
            for &token in &tokens[..tokens.len() - 1] {
                text.extend_from_slice(self.words.entry(token));
                text.push(b' ');
            }
            each(&String::from_utf8_lossy(&text), &labels[self.texts[at].label as usize]);
        }
    }
}
