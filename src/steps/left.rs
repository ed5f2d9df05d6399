//! What cutting leaves of a document: its numbers, and the rules on them.

use super::Outcome;
use crate::document::{Bound, Reason, Row, Trim};
use std::sync::Arc;

/// A number that a bound of the step looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// N-grams that stood before, of all.
    Overlap,
    /// N-grams that the earlier run has which has the most, of all.
    OverlapEarlier,
    /// Pieces that went.
    CutPieces,
    /// Characters that went.
    CutChars,
    /// Characters that went, of all.
    CutShare,
    /// Characters that are left.
    LeftChars,
    /// Words that are left.
    LeftWords,
    /// Sentences that are left.
    LeftSentences,
}

impl Measure {
    /// Name of its metric.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overlap => "overlap",
            Self::OverlapEarlier => "overlap_earlier",
            Self::CutPieces => "cut_pieces",
            Self::CutChars => "cut_chars",
            Self::CutShare => "cut_share",
            Self::LeftChars => "left_chars",
            Self::LeftWords => "left_words",
            Self::LeftSentences => "left_sentences",
        }
    }

    /// What it measures.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Overlap => "n-grams that stood before, of all of the document",
            Self::OverlapEarlier => {
                "n-grams that one earlier run has, the one that has the most, of all of the document"
            }
            Self::CutPieces => "pieces cut out as copies",
            Self::CutChars => "characters cut out with them",
            Self::CutShare => "characters cut out, of all",
            Self::LeftChars => "characters left after cutting",
            Self::LeftWords => "words left after cutting",
            Self::LeftSentences => "sentences left after cutting",
        }
    }
}

/// A rule on what cutting leaves of a document.
#[derive(Debug, Clone)]
pub struct Left {
    /// Rule name in the ledger.
    pub rule: Arc<str>,
    /// What it looks at.
    pub measure: Measure,
    /// When it trips.
    pub bound: Bound,
}

/// What cutting did to one document.
pub(super) struct Numbers {
    pub pieces: usize,
    pub chars: usize,
    pub left_chars: usize,
}

impl Numbers {
    /// What the report adds up.
    pub(super) fn trim(&self) -> Trim {
        let cut = (self.chars - self.left_chars) as u64;
        let touched = u64::from(self.pieces > 0);
        Trim { documents: 1, touched, pieces: self.pieces as u64, chars: self.chars as u64, cut_chars: cut }
    }

    /// What went, by one of the measures that say so; NaN for others.
    #[allow(clippy::cast_precision_loss, reason = "counts of one document")]
    pub(super) fn cut(&self, measure: Measure) -> f64 {
        match measure {
            Measure::CutPieces => self.pieces as f64,
            Measure::CutChars => (self.chars - self.left_chars) as f64,
            Measure::CutShare => (self.chars - self.left_chars) as f64 / self.chars.max(1) as f64,
            _ => f64::NAN,
        }
    }
}

/// Writes what was measured into the row, from `column` on, and holds it against the rules, which look at measures of the step.
pub(super) fn judge(
    rules: &[Left],
    (measures, column): (&[Measure], usize),
    value: impl Fn(Measure) -> f64,
    row: &mut Row,
) -> Outcome {
    let values: Vec<f64> = measures.iter().map(|&measure| value(measure)).collect();
    row.metrics[column..column + values.len()].copy_from_slice(&values);
    let mut tripped = rules.iter().filter_map(|rule| {
        let place = measures.iter().position(|&measure| measure == rule.measure)?;
        rule.bound.trips(values[place]).then_some((rule, values[place]))
    });
    let Some((rule, value)) = tripped.next() else { return Outcome::Keep };
    let metric = Arc::from(rule.measure.name());
    let reason = Reason { rule: Arc::clone(&rule.rule), metric, value, bound: Some(rule.bound) };
    Outcome::Drop { reason, also: tripped.map(|(rule, _)| Arc::clone(&rule.rule)).collect() }
}
