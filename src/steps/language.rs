//! The language step: names the language, keeps some.

use super::{Judge, Outcome, Yields};
use crate::document::{Bound, Document, Reason, Row};
use crate::language::{Detector, labels};
use crate::text::TextView;
use std::sync::Arc;

/// The label of documents whose language no one can tell (ISO 639-2: undetermined).
pub const UNKNOWN: &str = "und";

/// Language identification with a list of languages to keep.
pub struct LanguageStep {
    /// The detector.
    pub detector: Box<dyn Detector>,
    /// Labels to keep; empty keeps all.
    pub keep: Vec<String>,
    /// Least score, 0 to 1.
    pub min_score: f64,
    /// Score below which the label is [`UNKNOWN`].
    pub unknown_below: f64,
    /// Metric column of the score.
    pub column: usize,
}

impl Judge for LanguageStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, row: &mut Row, _yields: &mut Yields) -> Outcome {
        let guess = self.detector.detect(view.text());
        let score = guess.as_ref().map_or(0.0, |guess| guess.score);
        let unknown = f64::from(score) < self.unknown_below;
        row.language = guess.map(|guess| if unknown { Arc::from(UNKNOWN) } else { guess.label });
        row.language_score = score;
        row.metrics[self.column] = f64::from(score);
        let reason = |rule: &str, bound| {
            Outcome::drop(Reason {
                rule: Arc::from(rule),
                metric: Arc::from("language_score"),
                value: f64::from(score),
                bound,
            })
        };
        let kept = |label: &str| self.keep.is_empty() || self.keep.iter().any(|one| labels::matches(one, label));
        match &row.language {
            None if self.keep.is_empty() && self.min_score <= 0.0 => Outcome::Keep,
            None => reason("no-language", None),
            Some(label) if !kept(label) => reason("language-not-kept", None),
            Some(_) if f64::from(score) < self.min_score => {
                reason("low-language-score", Some(Bound::Below(self.min_score)))
            }
            Some(_) => Outcome::Keep,
        }
    }
}
