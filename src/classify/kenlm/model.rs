//! A model: its tables behind one face.

use super::probing::Probing;
use super::score::{AHEAD, FullScore, Search, State, score};
use super::trie::Trie;
use super::{LmError, arpa, binary};

/// The two ways in which n-grams are found.
pub(super) enum Tables {
    Probing(Box<Probing>),
    Trie(Box<Trie>),
}

/// Words whose entries are touched before the first of them is scored.
const STRETCH: usize = 32;

/// An n-gram model, ready to score.
pub struct Model {
    order: usize,
    tables: Tables,
    /// The state at the beginning of a sentence.
    begin: State,
    end: u32,
}

/// The score of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineScore {
    /// log10 of the probability of all words, and of the end where it was asked for, summed in 32 bits as the Python binding does.
    pub log10: f32,
    /// Words, without the end.
    pub words: u64,
    /// Words that the model does not know.
    pub unknown: u64,
}

impl Model {
    /// Reads an `.arpa` file or a KenLM binary file.
    ///
    /// # Errors
    /// [`LmError`] when the bytes are neither, are damaged, or are of a kind that is not read. No number in the file is believed
    /// before it is checked against the bytes that are there.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, LmError> {
        let (order, tables) = if binary::is_binary(&bytes) {
            binary::load(bytes)?
        } else {
            let (order, tables) = arpa::load(&bytes)?;
            (order, Tables::Probing(Box::new(tables)))
        };
        let mut model = Self { order, tables, begin: State::EMPTY, end: 0 };
        let (start, end) = (model.index(b"<s>"), model.index(b"</s>"));
        let backoff = match &model.tables {
            Tables::Probing(tables) => tables.unigram(start).0.backoff,
            Tables::Trie(tables) => tables.unigram(start).0.backoff,
        };
        (model.begin, model.end) = (State::of(start, backoff), end);
        Ok(model)
    }

    /// Words of its longest n-grams.
    #[must_use]
    pub fn order(&self) -> usize {
        self.order
    }

    /// Words that it knows, the unknown one among them.
    #[must_use]
    pub fn words(&self) -> u64 {
        match &self.tables {
            Tables::Probing(tables) => u64::from(tables.words),
            Tables::Trie(tables) => tables.words(),
        }
    }

    /// How its n-grams are found: `probing` or `trie`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.tables {
            Tables::Probing(_) => "probing",
            Tables::Trie(_) => "trie",
        }
    }

    /// The number of a word; 0 where the model does not know it.
    #[must_use]
    pub fn index(&self, word: &[u8]) -> u32 {
        match &self.tables {
            Tables::Probing(tables) => tables.index(word),
            Tables::Trie(tables) => tables.index(word),
        }
    }

    /// The state at the beginning of a sentence.
    #[must_use]
    pub fn begin(&self) -> State {
        self.begin
    }

    /// The number of the end of a sentence.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.end
    }

    /// The score of the word of number `word` after `state`, which becomes the state after it. A number that the model does not have
    /// stands for an unknown word.
    pub fn score(&self, state: &mut State, word: u32) -> FullScore {
        let word = if u64::from(word) < self.words() { word } else { 0 };
        let mut after = State::EMPTY;
        let score = match &self.tables {
            Tables::Probing(tables) => score(&**tables, self.order, state, word, &mut after),
            Tables::Trie(tables) => score(&**tables, self.order, state, word, &mut after),
        };
        *state = after;
        score
    }

    /// The score of a line of words by their numbers. `begin`: it follows the beginning of a sentence; `end`: the end of one follows.
    pub fn score_line(&self, words: impl IntoIterator<Item = u32>, begin: bool, end: bool) -> LineScore {
        match &self.tables {
            Tables::Probing(tables) => self.line(&**tables, words, begin, end),
            Tables::Trie(tables) => self.line(&**tables, words, begin, end),
        }
    }

    fn line<S: Search>(&self, tables: &S, words: impl IntoIterator<Item = u32>, begin: bool, end: bool) -> LineScore {
        let mut states = [if begin { self.begin } else { State::EMPTY }, State::EMPTY];
        let mut out = LineScore { log10: 0.0, words: 0, unknown: 0 };
        let known = self.words();
        let mut take = |word: u32| {
            let [before, after] = &mut states;
            let word = if u64::from(word) < known { word } else { 0 };
            let log10 = score(tables, self.order, before, word, after).log10;
            states.swap(0, 1);
            log10
        };
        // A stretch at a time; the words before it stand in front.
        let mut stretch = [0; AHEAD + STRETCH];
        let mut words = words.into_iter();
        loop {
            let mut length = AHEAD;
            for (slot, word) in stretch[AHEAD..].iter_mut().zip(words.by_ref()) {
                *slot = word;
                length += 1;
            }
            if length == AHEAD {
                break;
            }
            tables.touch(&stretch[..length]);
            for &word in &stretch[AHEAD..length] {
                out.words += 1;
                out.unknown += u64::from(word == 0);
                out.log10 += take(word);
            }
            stretch.copy_within(length - AHEAD..length, 0);
        }
        if end {
            out.log10 += take(self.end);
        }
        out
    }

    /// The words of a line as KenLM's Python binding cuts it: at ASCII white space.
    pub fn words_of<'t>(&'t self, line: &'t str) -> impl Iterator<Item = u32> + 't {
        let words = line.as_bytes().split(|byte| matches!(byte, b'\t'..=b'\r' | b' '));
        words.filter(|word| !word.is_empty()).map(|word| self.index(word))
    }
}
