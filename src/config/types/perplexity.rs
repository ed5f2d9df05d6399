//! The step `perplexity`.

use serde::Serialize;

use super::super::place::{Located, Place};
use super::super::words::{Bucket, PerplexityPrepare};

/// How well an n-gram model foresees a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Perplexity {
    /// The models.
    pub models: Vec<PerplexityModel>,
    /// What is done to a text before a model sees it.
    pub prepare: PerplexityPrepare,
    /// A table of percentiles by language, as CCNet's `cutoff.csv`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoffs: Option<Located<String>>,
    /// The row of the table below which is the head.
    pub head_percentile: u32,
    /// The row below which is the middle.
    pub middle_percentile: u32,
    /// Buckets whose documents stay.
    pub keep: Vec<Bucket>,
    /// Documents with a lower perplexity fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_perplexity: Option<f64>,
    /// Documents with a higher perplexity fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_perplexity: Option<f64>,
    /// Where `models` is written, if it is.
    #[serde(skip)]
    pub models_place: Option<Place>,
}

/// The model of a language.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PerplexityModel {
    /// The language; `any` for all that have no model of their own.
    pub language: Located<String>,
    /// The path of an `.arpa` file or a KenLM binary file.
    pub model: Located<String>,
    /// What the model file must hash to, in small letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Located<String>>,
    /// The path of the tokenizer whose pieces are the model's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<Located<String>>,
    /// Below it is the head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<f64>,
    /// Below it is the middle, above it the tail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle: Option<f64>,
    /// Where it is written.
    #[serde(skip)]
    pub place: Place,
}
