//! Sampled overlap, as allenai/decon finds benchmark items in documents.
//!
//! Both sides are cleaned (lower case, no marks, single spaces) and cut into tokens. Every tenth n-gram of a document is looked up
//! among those of the questions. From a hit one walks left and right as long as an item goes on to share n-grams, so that words
//! put in or left out cost a few n-grams and not the match. How much of a question was seen is weighed by the rarity (IDF) of its
//! n-grams; the answer is looked for behind it, the passage before it; and the three make one score, which short items must
//! reach without fault.
//!
//! Sums run in the order in which the items' n-grams were first met, in 32-bit floats, as decon's do with one thread.

mod clean;
mod grams;
mod index;
mod parts;
mod score;
mod search;
mod tokens;
mod walk;

pub use clean::clean;
pub use index::{Added, Builder, Index, Item, ItemError};
pub use search::{Found, Piece};
pub use tokens::Tokens;

/// The numbers of the method; those of decon's `config/default.yaml` are the step's defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Tokens of a question's n-gram; at least 1.
    pub ngram: usize,
    /// Every so many tokens of a document an n-gram is looked up; at least 1.
    pub sample_every: usize,
    /// N-grams in a row without something new of an item, after which it is followed no further; at least 1.
    pub max_misses: u32,
    /// The score from which on an item counts as found.
    pub min_score: f32,
    /// Items with at most so many tokens must be found without fault.
    pub perfect_to: usize,
    /// From so many tokens on `min_score` is enough; between the two it falls in a straight line.
    pub full_from: usize,
    /// Answers with at most so many tokens are looked for as a whole.
    pub short_answer: usize,
    /// So many tokens behind the question.
    pub short_answer_window: usize,
    /// Tokens of a longer answer's n-gram; at least 1.
    pub answer_ngram: usize,
    /// Longer answers are looked for in so many tokens behind the question, or in twice their own number if that is more.
    pub answer_window: usize,
    /// Passages are looked for in so many tokens before the question, or in twice their own number if that is more.
    pub passage_window: usize,
    /// Tokens of a passage's n-gram; at least 1.
    pub passage_ngram: usize,
    /// More n-grams in a row that the passage does not have end it.
    pub passage_misses: usize,
    /// Items with fewer tokens, white space not counted, are not looked for.
    pub min_tokens: usize,
    /// Items with fewer different words are not looked for.
    pub min_words: usize,
}

#[cfg(test)]
mod tests;
