//! Words and labels of a model in their order, and the rows of a text.

use super::super::dictionary::EOS;
use super::super::subword::{Modulo, WordNgrams, each_bucket};
use super::Options;
use super::corpus::Corpus;

/// A word that is not in the vocabulary.
const ABSENT: u32 = u32::MAX;

/// Which entries of a corpus a model has, and where.
pub(super) struct Vocabulary<'c> {
    corpus: &'c Corpus,
    /// Entries of the corpus, the most frequent first.
    pub(super) words: Vec<u32>,
    /// Labels of the corpus, the most frequent first.
    pub(super) labels: Vec<u32>,
    /// The word's row by entry, or [`ABSENT`].
    row_of: Vec<u32>,
    /// The label's place by number.
    pub(super) place_of_label: Vec<u32>,
    /// Rows of the character n-grams of words, the word's own first: `ready[ends[i - 1]..ends[i]]`.
    ready: Vec<u32>,
    ready_ends: Vec<usize>,
    modulo: Option<Modulo>,
    options: &'c Options,
}

impl<'c> Vocabulary<'c> {
    /// The words that come often enough. Equally frequent ones stand in the order of their bytes.
    pub(super) fn new(corpus: &'c Corpus, options: &'c Options) -> Self {
        let least = options.min_count.max(1);
        let mut words: Vec<u32> =
            (0..corpus.words.len() as u32).filter(|&word| corpus.counts[word as usize] >= least).collect();
        words.sort_unstable_by(|&a, &b| {
            let count = |word: u32| corpus.counts[word as usize];
            count(b).cmp(&count(a)).then_with(|| corpus.words.entry(a).cmp(corpus.words.entry(b)))
        });
        let mut labels: Vec<u32> =
            (0..corpus.labels.len() as u32).filter(|&label| corpus.label_counts[label as usize] > 0).collect();
        labels.sort_unstable_by(|&a, &b| {
            let count = |label: u32| corpus.label_counts[label as usize];
            count(b).cmp(&count(a)).then_with(|| corpus.labels.entry(a).cmp(corpus.labels.entry(b)))
        });
        let places = |order: &[u32], size: usize| {
            let mut places = vec![ABSENT; size];
            order.iter().zip(0..).for_each(|(&entry, place)| places[entry as usize] = place);
            places
        };
        let (row_of, place_of_label) = (places(&words, corpus.words.len()), places(&labels, corpus.labels.len()));
        let bucket = u32::try_from(options.buckets()).unwrap_or(u32::MAX);
        let modulo = Some(bucket).filter(|&bucket| bucket > 0).map(Modulo::new);
        let (ready, ready_ends) = (Vec::new(), Vec::new());
        let mut out = Self { corpus, words, labels, row_of, place_of_label, ready, ready_ends, modulo, options };
        out.prepare();
        out
    }

    /// Cuts the words of the vocabulary into n-grams once.
    fn prepare(&mut self) {
        let (mut ready, mut ends, mut spelled) = (Vec::new(), Vec::new(), Vec::new());
        for (row, &word) in (0..).zip(&self.words) {
            ready.push(row);
            self.subwords(word, &mut spelled, &mut ready);
            ends.push(ready.len());
        }
        (self.ready, self.ready_ends) = (ready, ends);
    }

    /// The rows of the character n-grams of an entry.
    fn subwords(&self, word: u32, spelled: &mut Vec<u8>, rows: &mut Vec<u32>) {
        let text = self.corpus.words.entry(word);
        let Some(modulo) = self.modulo.filter(|_| self.options.maxn > 0 && text != EOS) else { return };
        spelled.clear();
        spelled.push(b'<');
        spelled.extend_from_slice(text);
        spelled.push(b'>');
        let first = self.words.len() as u32;
        each_bucket(spelled, self.options.minn, self.options.maxn, modulo, |bucket| rows.push(first + bucket));
    }

    /// The bytes of a word of the vocabulary and how often it comes.
    pub(super) fn word(&self, place: usize) -> (&[u8], u64) {
        let entry = self.words[place];
        (self.corpus.words.entry(entry), self.corpus.counts[entry as usize])
    }

    /// The name of a label and its number of texts.
    pub(super) fn label(&self, place: usize) -> (&[u8], u64) {
        let entry = self.labels[place];
        (self.corpus.labels.entry(entry), self.corpus.label_counts[entry as usize])
    }

    /// Input rows: words and buckets.
    pub(super) fn rows(&self) -> usize {
        self.words.len() + self.options.buckets()
    }

    /// The rows of a text, in the order in which prediction adds them.
    pub(super) fn rows_of(&self, text: usize, s: &mut Space) {
        s.rows.clear();
        s.grams.clear();
        for &token in self.corpus.tokens_of(text) {
            match self.row_of[token as usize] {
                ABSENT => self.subwords(token, &mut s.spelled, &mut s.rows),
                row => {
                    let row = row as usize;
                    let start = if row == 0 { 0 } else { self.ready_ends[row - 1] };
                    s.rows.extend_from_slice(&self.ready[start..self.ready_ends[row]]);
                }
            }
            if let Some(modulo) = self.modulo.filter(|_| self.options.word_ngrams > 1) {
                let (hash, first) = (self.corpus.hashes[token as usize], self.words.len() as u32);
                let Space { grams, rows, .. } = s;
                grams.push(hash, self.options.word_ngrams, modulo, |bucket| rows.push(first + bucket));
            }
        }
    }
}

/// Working space of [`Vocabulary::rows_of`].
#[derive(Default)]
pub(super) struct Space {
    pub(super) rows: Vec<u32>,
    grams: WordNgrams,
    spelled: Vec<u8>,
}
