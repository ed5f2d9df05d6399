//! The step `classify`.

use serde::Serialize;

use super::super::place::Located;
use super::super::words::{ClassifyCombine, ClassifyLevel, ClassifyPrepare};

/// A fastText model's probability of chosen labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Classify {
    /// The path of a fastText model.
    pub model: Located<String>,
    /// What the model file must hash to, in small letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Located<String>>,
    /// The labels whose probabilities are added.
    pub labels: Vec<Located<String>>,
    /// What is done to a text before the model sees it.
    pub prepare: ClassifyPrepare,
    /// What the model judges at a time.
    pub level: ClassifyLevel,
    /// How the scores of lines and sentences become one.
    pub combine: ClassifyCombine,
    /// Documents with a lower score fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_score: Option<f64>,
    /// Documents with a higher score fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_score: Option<f64>,
}
