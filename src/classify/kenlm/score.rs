//! The score of a word after others, whatever the tables look like.

use super::{MAX_ORDER, has_extension};

/// What is known of an n-gram that a longer one may end with.
#[derive(Clone, Copy)]
pub(super) struct Weights {
    pub(super) prob: f32,
    pub(super) backoff: f32,
    /// Whether a longer n-gram ends with this one.
    pub(super) extends: bool,
}

/// Words before the first scored one that [`Search::touch`] is told of.
pub(super) const AHEAD: usize = 2;

/// Tables that are searched from the last word of an n-gram to its first.
pub(super) trait Search {
    /// Where an n-gram was found.
    type Node: Copy;

    /// Touches what the scores of `words` will be read from; the first [`AHEAD`] of them stand before the others. No result depends on it.
    fn touch(&self, _words: &[u32]) {}

    /// A word alone.
    fn unigram(&self, word: u32) -> (Weights, Self::Node);

    /// The n-gram that begins with `word` and goes on with that of `node`; `at` is its length less two.
    fn middle(&self, at: usize, word: u32, node: &mut Self::Node) -> Option<Weights>;

    /// The same for the longest n-grams, which are no contexts: their log10 probability.
    fn longest(&self, word: u32, node: Self::Node) -> Option<f32>;
}

/// The words before, as far as the model remembers them.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// The last word first.
    words: [u32; MAX_ORDER - 1],
    /// Back-off of the last word, of the last two, …
    backoffs: [f32; MAX_ORDER - 1],
    length: usize,
}

impl State {
    /// Nothing before.
    pub const EMPTY: Self = Self { words: [0; MAX_ORDER - 1], backoffs: [0.0; MAX_ORDER - 1], length: 0 };

    /// One word before.
    pub(super) fn of(word: u32, backoff: f32) -> Self {
        let mut state = Self::EMPTY;
        (state.words[0], state.backoffs[0], state.length) = (word, backoff, 1);
        state
    }
}

/// The score of a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FullScore {
    /// log10 of its probability after the words before it.
    pub log10: f32,
    /// Length of the longest n-gram of the model that was found.
    pub length: usize,
}

/// Scores `word` after `state`, and gives the state after it.
///
/// The longest n-gram found gives the probability; the back-offs of all contexts that are longer than its own are added, from the
/// shortest on, in 32 bits.
pub(super) fn score<S: Search>(search: &S, order: usize, state: &State, word: u32, after: &mut State) -> FullScore {
    let (found, mut node) = search.unigram(word);
    let mut score = FullScore { log10: found.prob, length: 1 };
    let mut extends = found.extends;
    after.words[0] = word;
    after.backoffs[0] = found.backoff;
    after.length = usize::from(has_extension(found.backoff));
    for (at, &before) in state.words[..state.length].iter().enumerate() {
        if !extends {
            break;
        }
        if at + 2 == order {
            if let Some(log10) = search.longest(before, node) {
                score = FullScore { log10, length: order };
            }
            break;
        }
        let Some(found) = search.middle(at, before, &mut node) else { break };
        score = FullScore { log10: found.prob, length: at + 2 };
        extends = found.extends;
        after.backoffs[at + 1] = found.backoff;
        if has_extension(found.backoff) {
            after.length = at + 2;
        }
    }
    if after.length > 1 {
        after.words[1..after.length].copy_from_slice(&state.words[..after.length - 1]);
    }
    for backoff in state.backoffs.get(score.length - 1..state.length).unwrap_or_default() {
        score.log10 += backoff;
    }
    score
}
