//! Counting the longest n-grams.

use super::{BEGIN, END, Key, MAX_TRAINED};
use crate::classify::interner::Interner;

/// N-grams that are sorted at once, at least.
const BATCH: usize = 1 << 20;

/// There are more different n-grams than the caller allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are more than {most} different {order}-grams")]
pub struct Full {
    /// The bound.
    pub most: usize,
    /// Length of the n-grams.
    pub order: usize,
}

/// The words by number, the order, and the counts.
pub(super) type Counted = (Interner, usize, Vec<(Key, u64)>);

/// What was counted so far.
pub struct Counter {
    order: usize,
    most: usize,
    words: Interner,
    /// Not sorted yet.
    waiting: Vec<Key>,
    /// Sorted, each once.
    counted: Vec<(Key, u64)>,
    tokens: u64,
    lines: u64,
    symbols: u64,
}

impl Counter {
    /// A counter of n-grams of `order` words, 2 to [`MAX_TRAINED`], of which there may be `most` different ones.
    #[must_use]
    pub fn new(order: usize, most: usize) -> Self {
        let mut counter = Self {
            order: order.clamp(2, MAX_TRAINED),
            most,
            words: Interner::default(),
            waiting: Vec::new(),
            counted: Vec::new(),
            tokens: 0,
            lines: 0,
            symbols: 0,
        };
        // Their numbers are those of the module's constants.
        for word in ["<unk>", "<s>", "</s>"] {
            counter.words.intern(word.as_bytes());
        }
        counter
    }

    /// Adds the words of a line as one sentence. `<s>`, `</s>` and `<unk>` are passed over, as `lmplz --skip_symbols` does.
    ///
    /// # Errors
    /// [`Full`], and nothing more can be counted.
    pub fn line<'w>(&mut self, words: impl IntoIterator<Item = &'w [u8]>) -> Result<(), Full> {
        // The last word first, so the line moves up by one place with each word.
        let mut key: Key = [0; MAX_TRAINED];
        key[..self.order].fill(BEGIN);
        let order = self.order;
        let mut push = |waiting: &mut Vec<Key>, word: u32| {
            key[..order].rotate_right(1);
            key[0] = word;
            waiting.push(key);
        };
        let mut waiting = std::mem::take(&mut self.waiting);
        for word in words {
            let number = self.words.intern(word);
            if number <= END {
                self.symbols += 1;
                continue;
            }
            self.tokens += 1;
            push(&mut waiting, number);
        }
        push(&mut waiting, END);
        self.lines += 1;
        self.waiting = waiting;
        if self.waiting.len() >= BATCH.max(self.counted.len() / 2) { self.merge() } else { Ok(()) }
    }

    /// Puts what waits into order.
    fn merge(&mut self) -> Result<(), Full> {
        self.waiting.sort_unstable();
        let old = std::mem::take(&mut self.counted);
        let mut merged: Vec<(Key, u64)> = Vec::with_capacity(old.len() + self.waiting.len() / 2);
        let mut add = |key: Key, count: u64| match merged.last_mut() {
            Some((last, total)) if *last == key => *total += count,
            _ => merged.push((key, count)),
        };
        let mut old = old.into_iter().peekable();
        for key in self.waiting.drain(..) {
            while let Some((before, count)) = old.next_if(|(before, _)| *before <= key) {
                add(before, count);
            }
            add(key, 1);
        }
        old.for_each(|(key, count)| add(key, count));
        self.counted = merged;
        if self.counted.len() > self.most {
            return Err(Full { most: self.most, order: self.order });
        }
        Ok(())
    }

    /// Sorts what is left.
    ///
    /// # Errors
    /// [`Full`].
    pub fn settle(&mut self) -> Result<(), Full> {
        self.merge()
    }

    /// Words that were counted.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Lines that were counted.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Different words, the three symbols among them.
    #[must_use]
    pub fn types(&self) -> usize {
        self.words.len()
    }

    /// Symbols of the model that stood in the text and were passed over.
    #[must_use]
    pub fn symbols(&self) -> u64 {
        self.symbols
    }

    /// The words by number, the order, and the counts.
    pub(super) fn finish(mut self) -> Counted {
        // `settle` has told the caller whether there are too many, and left nothing waiting.
        if !self.waiting.is_empty() {
            let _ = self.merge();
        }
        (self.words, self.order, self.counted)
    }
}
