//! The items: their n-grams, and in how many items each stands.

use super::grams::Grams;
use super::score::idf;
use super::{Rules, Tokens};
use crate::dedup::contamination::TooManyWords;
use crate::tokenize::EncodeError;
use std::collections::BTreeSet;
use std::ops::Range;

/// The parts of an item, as they are written; empty ones are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Item<'a> {
    /// What is found first. An item without one cannot be found.
    pub question: &'a str,
    /// What is looked for behind it.
    pub answer: &'a str,
    /// What is looked for before it.
    pub passage: &'a str,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is looked for.
    Sought,
    /// It has too few tokens or words, or its question fewer tokens than one n-gram.
    TooShort,
}

/// Why an item cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    /// The items have more tokens than places have numbers.
    #[error("the sets have more than 2^32 tokens")]
    TooMany(TooManyWords),
    /// The tokenizer refuses it.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// A part of an item behind or before its question.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    /// Where its tokens begin.
    pub from: u32,
    /// Tokens.
    pub tokens: u32,
    /// Different tokens.
    pub unique: u32,
    /// Its n-grams, by rising number, in the list of sets.
    pub grams: Range<usize>,
    /// The sum of their IDF; for a short answer, that of its tokens.
    pub idf: f32,
}

/// An item with one of its answers.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The caller's number.
    pub item: u32,
    /// Tokens of the question.
    pub tokens: u32,
    /// Its n-grams.
    pub grams: Range<usize>,
    /// The sum of their IDF.
    pub idf: f32,
    pub answer: Option<Part>,
    pub passage: Option<Part>,
}

/// In how many entries something stands, by its number.
#[derive(Debug, Default)]
struct Counts(Vec<u32>);

impl Counts {
    fn add(&mut self, number: u32) {
        let at = number as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] += 1;
    }

    fn get(&self, number: u32) -> u32 {
        self.0.get(number as usize).copied().unwrap_or(0)
    }
}

/// Collects items.
#[derive(Debug)]
pub struct Builder {
    index: Index,
    /// Parts in which a token stands.
    of_token: Counts,
}

/// All items.
#[derive(Debug)]
pub struct Index {
    pub(super) rules: Rules,
    pub(super) tokens: Tokens,
    pub(super) grams: Grams,
    pub(super) entries: Vec<Entry>,
    /// Numbers of n-grams, set behind set.
    sets: Vec<u32>,
    /// Where the entries of each question's n-gram end in `postings`, by number of the n-gram.
    ends: Vec<usize>,
    postings: Vec<u32>,
    /// Entries whose answer, and whose passage, has an n-gram.
    of_answer: Counts,
    of_passage: Counts,
}

impl Builder {
    /// Nothing yet.
    #[must_use]
    pub fn new(rules: Rules, tokens: Tokens) -> Self {
        let index = Index {
            rules,
            tokens,
            grams: Grams::default(),
            entries: Vec::new(),
            sets: Vec::new(),
            ends: Vec::new(),
            postings: Vec::new(),
            of_answer: Counts::default(),
            of_passage: Counts::default(),
        };
        Self { index, of_token: Counts::default() }
    }

    /// Adds an item with one of its answers. What has a question without a word is not looked for, but its answer and passage
    /// count when it is told how rare an n-gram is, as in decon.
    ///
    /// # Errors
    /// When the tokenizer refuses it, or there are too many tokens.
    pub fn add(&mut self, number: u32, item: Item<'_>) -> Result<Added, ItemError> {
        let [passage, question, answer] = [item.passage, item.question, item.answer].map(super::clean);
        let rules = self.index.rules;
        let whole = [passage.as_str(), question.as_str(), answer.as_str()].concat();
        let words: BTreeSet<&str> = whole.split(' ').filter(|word| !word.is_empty()).collect();
        let few = words.len() < rules.min_words || {
            let tokens = self.index.tokens.of_item(&whole)?;
            self.index.tokens.count(&tokens)? < rules.min_tokens
        };
        if few || item.question.is_empty() {
            return Ok(Added::TooShort);
        }
        let asked = self.part(&question, rules.ngram, |_| true)?;
        let answer = self.part(&answer, rules.answer_ngram, |tokens| tokens > rules.short_answer)?;
        let passage = self.part(&passage, rules.passage_ngram, |_| true)?;
        let Some(asked) = asked else { return Ok(Added::TooShort) };
        for (part, counts) in [(&answer, &mut self.index.of_answer), (&passage, &mut self.index.of_passage)] {
            let grams = part.as_ref().map_or(0..0, |part| part.grams.clone());
            self.index.sets[grams].iter().for_each(|&gram| counts.add(gram));
        }
        let (tokens, grams) = (asked.tokens, asked.grams);
        self.index.entries.push(Entry { item: number, tokens, grams, idf: 0.0, answer, passage });
        Ok(if (tokens as usize) < rules.ngram { Added::TooShort } else { Added::Sought })
    }

    /// Takes in the tokens of a part and, if `wanted` for so many, its n-grams.
    fn part(&mut self, clean: &str, n: usize, wanted: impl Fn(usize) -> bool) -> Result<Option<Part>, ItemError> {
        if clean.is_empty() {
            return Ok(None);
        }
        let tokens = self.index.tokens.of_item(clean)?;
        let from = self.index.grams.put(&tokens).ok_or(ItemError::TooMany(TooManyWords))?;
        let different: BTreeSet<u32> = tokens.iter().copied().collect();
        different.iter().for_each(|&token| self.of_token.add(token));
        // Places have 32 bits, so parts do.
        let (count, unique) = (tokens.len() as u32, different.len() as u32);
        let mut grams = BTreeSet::new();
        if wanted(tokens.len()) && tokens.len() >= n {
            grams.extend((0..=count - n as u32).map(|at| self.index.grams.add(from + at, n as u32)));
        }
        let start = self.index.sets.len();
        self.index.sets.extend(grams);
        Ok(Some(Part { from, tokens: count, unique, grams: start..self.index.sets.len(), idf: 0.0 }))
    }

    /// The index, with how rare everything is.
    #[must_use]
    pub fn finish(self) -> Index {
        let Self { mut index, of_token } = self;
        index.post();
        let total = index.total();
        let mut entries = std::mem::take(&mut index.entries);
        for entry in &mut entries {
            let sum = |grams: &Range<usize>, times: &dyn Fn(u32) -> u32| {
                index.sets[grams.clone()].iter().map(|&gram| idf(total, times(gram))).sum::<f32>()
            };
            entry.idf = sum(&entry.grams, &|gram| index.entries_with(gram).len() as u32);
            if let Some(passage) = &mut entry.passage {
                passage.idf = sum(&passage.grams, &|gram| index.of_passage.get(gram));
            }
            if let Some(answer) = &mut entry.answer {
                answer.idf = if answer.tokens as usize > index.rules.short_answer {
                    sum(&answer.grams, &|gram| index.of_answer.get(gram))
                } else {
                    let tokens = index.grams.tokens(answer.from, answer.tokens);
                    let different: BTreeSet<u32> = tokens.iter().copied().collect();
                    different.into_iter().map(|token| idf(total, of_token.get(token))).sum()
                };
            }
        }
        index.entries = entries;
        index
    }
}

impl Index {
    /// Lists the entries of each n-gram of questions.
    fn post(&mut self) {
        let mut ends = vec![0; self.grams.len()];
        let each = |sets: &[u32], entries: &[Entry], visit: &mut dyn FnMut(usize, u32)| {
            for (number, entry) in (0..).zip(entries) {
                sets[entry.grams.clone()].iter().for_each(|&gram| visit(gram as usize, number));
            }
        };
        each(&self.sets, &self.entries, &mut |gram, _| ends[gram] += 1);
        let mut sum = 0;
        for end in &mut ends {
            // For now where they begin; filling moves it to the end.
            sum += std::mem::replace(end, sum);
        }
        let mut postings = vec![0; sum];
        each(&self.sets, &self.entries, &mut |gram, number| {
            postings[ends[gram]] = number;
            ends[gram] += 1;
        });
        (self.ends, self.postings) = (ends, postings);
    }

    /// Entries, as a number to divide by.
    #[allow(clippy::cast_precision_loss, reason = "decon counts in 32-bit floats")]
    pub(super) fn total(&self) -> f32 {
        self.entries.len() as f32
    }

    /// The entries whose question has an n-gram, by rising number.
    pub(super) fn entries_with(&self, gram: u32) -> &[u32] {
        let gram = gram as usize;
        let start = gram.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.postings[start..self.ends[gram]]
    }

    /// Whether a part has an n-gram.
    pub(super) fn has(&self, grams: &Range<usize>, gram: u32) -> bool {
        self.sets[grams.clone()].binary_search(&gram).is_ok()
    }

    /// How rare an n-gram is among answers.
    pub(super) fn answer_idf(&self, gram: u32) -> f32 {
        idf(self.total(), self.of_answer.get(gram))
    }

    /// How rare an n-gram is among passages.
    pub(super) fn passage_idf(&self, gram: u32) -> f32 {
        idf(self.total(), self.of_passage.get(gram))
    }

    /// More entries than this make an n-gram too common to begin at: decon's hot buckets.
    pub(super) fn common(&self) -> usize {
        2000.max(2 * self.entries.len().isqrt())
    }

    /// The numbers of the method.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Items with their answers, each counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of memory, but for a tokenizer's.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let lists = self.entries.capacity() * size_of::<Entry>() + self.ends.capacity() * size_of::<usize>();
        let numbers = self.sets.capacity()
            + self.postings.capacity()
            + self.of_answer.0.capacity()
            + self.of_passage.0.capacity();
        self.grams.bytes() + self.tokens.bytes() + lists + numbers * size_of::<u32>()
    }
}
