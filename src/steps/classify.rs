//! The classify step: a fastText model's probability of chosen labels, with bounds.

use super::{Judge, Outcome, Yields};
use crate::classify::grams::passages::each_sentence;
use crate::classify::{FastText, Scratch};
use crate::document::{Bound, Document, Reason, Row};
use crate::text::{LineRule, TextView, python};
use std::cell::RefCell;
use std::sync::Arc;

/// What is done to a text before the model sees it. fastText reads up to a line feed, so somebody must replace them, and
/// published pipelines do it differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepare {
    /// Stripped, line feeds as spaces (Dolma's taggers).
    Spaces,
    /// Stripped, lines by Python's `splitlines` joined by a space (DCLM's quality enricher).
    Lines,
    /// Stripped, line feeds taken out (datatrove's `FastTextClassifierFilter` by default).
    Joined,
    /// What stands between Unicode's white space, a space between (Dolma's quality tagger of version 1.7).
    Words,
}

/// What the model judges at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The whole text.
    Document,
    /// Lines that are not blank.
    Line,
    /// Sentences: up to a final mark before white space, a mark of full width, or the end of the line.
    Sentence,
}

/// How the scores of lines and sentences become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// Their mean, each piece once.
    Mean,
    /// The greatest.
    Greatest,
}

/// A model in its place in the plan.
pub struct ClassifyStep {
    /// The model.
    pub model: Arc<FastText>,
    /// Places of the labels whose probabilities are added.
    pub labels: Vec<u32>,
    /// What is done to the text.
    pub prepare: Prepare,
    /// What is judged at a time.
    pub level: Level,
    /// How scores become one.
    pub combine: Combine,
    /// Documents with a lower score fail.
    pub min_score: Option<f64>,
    /// Documents with a higher score fail.
    pub max_score: Option<f64>,
    /// Metric column of the score.
    pub column: usize,
}

/// The rule behind `min-score`.
pub const LOW: &str = "low-score";
/// The rule behind `max-score`.
pub const HIGH: &str = "high-score";

/// Working space of predictions: the model's own, what it found, the prepared text.
type Space = (Scratch, Vec<(u32, f32)>, String);

thread_local! {
    /// It never influences a result.
    static SCRATCH: RefCell<Space> = RefCell::default();
}

impl ClassifyStep {
    /// The score of a text; `None` where it has nothing that the model can judge.
    #[must_use]
    pub fn score(&self, text: &str) -> Option<f64> {
        let (mut sum, mut greatest, mut pieces) = (0.0, 0.0_f64, 0_u32);
        let mut take = |piece: &str| {
            if let Some(score) = self.piece(piece) {
                sum += score;
                greatest = greatest.max(score);
                pieces += 1;
            }
        };
        match self.level {
            Level::Document => take(text),
            Level::Line => text.split('\n').for_each(&mut take),
            Level::Sentence => each_sentence(text, &mut take),
        }
        match self.combine {
            _ if pieces == 0 => None,
            Combine::Mean => Some(sum / f64::from(pieces)),
            Combine::Greatest => Some(greatest),
        }
    }

    fn piece(&self, piece: &str) -> Option<f64> {
        let stripped = python::strip(piece);
        if stripped.is_empty() {
            return None;
        }
        SCRATCH.with_borrow_mut(|(scratch, found, prepared)| {
            prepared.clear();
            match self.prepare {
                // The model takes line feeds for spaces itself.
                Prepare::Spaces => prepared.push_str(stripped),
                Prepare::Joined => prepared.extend(stripped.split('\n')),
                Prepare::Lines => {
                    for (at, line) in LineRule::PythonSplitlines.split(stripped).into_iter().enumerate() {
                        prepared.push_str(if at > 0 { " " } else { "" });
                        prepared.push_str(line);
                    }
                }
                Prepare::Words => {
                    for (at, word) in piece.split_whitespace().enumerate() {
                        prepared.push_str(if at > 0 { " " } else { "" });
                        prepared.push_str(word);
                    }
                }
            }
            self.model.predict_with(scratch, prepared, self.model.labels().len(), 0.0, found);
            if found.is_empty() {
                return None;
            }
            let chosen = found.iter().filter(|(label, _)| self.labels.contains(label));
            // fastText adds 1e-5 before its logarithm: a sure label comes out above 1.
            Some(chosen.map(|&(_, p)| f64::from(p)).sum::<f64>().min(1.0))
        })
    }
}

impl Judge for ClassifyStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, row: &mut Row, _yields: &mut Yields) -> Outcome {
        // A text that the model cannot judge is not measurable, and trips no bound.
        let Some(score) = self.score(view.text()) else { return Outcome::Keep };
        row.metrics[self.column] = score;
        let reason = |rule: &str, bound| {
            let (rule, metric) = (Arc::from(rule), Arc::from("score"));
            Outcome::drop(Reason { rule, metric, value: score, bound: Some(bound) })
        };
        match (self.min_score, self.max_score) {
            (Some(least), _) if score < least => reason(LOW, Bound::Below(least)),
            (_, Some(most)) if score > most => reason(HIGH, Bound::Above(most)),
            _ => Outcome::Keep,
        }
    }
}
