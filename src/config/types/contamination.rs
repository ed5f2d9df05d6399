//! The step `decontaminate`.

use serde::Serialize;

use super::super::place::{Located, Place};
use super::super::words::{ContaminationMethod, Remedy};

/// Benchmarks that must not be trained on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Decontaminate {
    /// Whose way.
    pub method: ContaminationMethod,
    /// Words of an n-gram.
    pub ngram: u32,
    /// Whether n-grams within questions are looked for.
    pub question_ngrams: bool,
    /// Whether n-grams that begin in a question and end in its answer are looked for.
    pub across_ngrams: bool,
    /// What becomes of a document.
    pub action: Remedy,
    /// Characters cut on each side of an n-gram.
    pub margin: u32,
    /// Pieces with fewer characters go.
    pub min_left: u32,
    /// Documents that fall into more pieces fail.
    pub max_pieces: u32,
    /// The sets.
    pub sets: Vec<BenchmarkSet>,
    /// What sampled overlap needs besides.
    #[serde(flatten)]
    pub sampled: Option<SampledOverlap>,
    /// Where `action` is written.
    #[serde(skip)]
    pub action_place: Place,
    /// Where `sets` is written, if it is.
    #[serde(skip)]
    pub sets_place: Option<Place>,
}

/// Sampled overlap.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SampledOverlap {
    /// Whose tokens: a file, or [`SampledOverlap::SEGMENTS`].
    pub tokenizer: Located<String>,
    /// Its checksum, if it is demanded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Located<String>>,
    /// Every so many tokens an n-gram is looked up.
    pub sample_every: u32,
    /// Misses that end a match.
    pub max_misses: u32,
    /// The score from which on an item counts as found.
    pub min_score: f64,
    /// Items up to so many tokens must be found without fault.
    pub perfect_to: u32,
    /// From so many tokens on `min_score` is enough.
    pub full_from: u32,
    /// Tokens of the longest answer that is looked for as a whole.
    pub short_answer: u32,
    /// Tokens behind the question where it is.
    pub short_answer_window: u32,
    /// Tokens of a longer answer's n-gram.
    pub answer_ngram: u32,
    /// Tokens behind the question where it is looked for at least.
    pub answer_window: u32,
    /// Tokens before the question where the passage is looked for at least.
    pub passage_window: u32,
    /// Tokens of a passage's n-gram.
    pub passage_ngram: u32,
    /// Misses that a passage forgives.
    pub passage_misses: u32,
    /// Items with fewer tokens are not looked for.
    pub min_item_tokens: u32,
    /// Items with fewer different words are not looked for.
    pub min_item_words: u32,
    /// Where `full-from` is written, or the step.
    #[serde(skip)]
    pub full_place: Place,
}

impl SampledOverlap {
    /// The word for segments of text instead of a tokenizer file.
    pub const SEGMENTS: &str = "uniseg";
}

/// A benchmark set.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BenchmarkSet {
    /// Its name.
    pub name: Located<String>,
    /// Its files.
    pub paths: Vec<Located<String>>,
    /// The field with the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Located<String>>,
    /// The field with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Located<String>>,
    /// The field with the passage that the question is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passage: Option<Located<String>>,
    /// The field with a text that is both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Located<String>>,
    /// The field with the id.
    pub id: String,
    /// Where it stands.
    #[serde(skip)]
    pub place: Place,
}
