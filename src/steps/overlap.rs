//! Dedup by n-grams: hashes before the barrier, the cutting after it.

use super::{Edit, Judge, Keys, Left, Measure, Outcome, Yields};
use crate::dedup::overlap::{Grams, Ngrams, Verdict, share};
use crate::document::{CutNote, Document, Reason, Row, Trim};
use crate::text::TextView;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

/// Dedup by n-grams in its place in the plan. As a [`Judge`] it yields hashes for the barrier, as an [`Edit`] it cuts what the
/// barrier found.
#[derive(Debug, Clone)]
pub struct OverlapStep {
    /// Index in the plan.
    pub step: u16,
    /// Which n-grams are compared.
    pub ngrams: Ngrams,
    /// Whether what was seen before is cut out of documents that stay; otherwise the rules alone judge it.
    pub cut: bool,
    /// Whether the text stays as it is: for tag mode, which only tells what would happen.
    pub only_tell: bool,
    /// Rules, in the order of judging.
    pub rules: Vec<Left>,
    /// What is measured, a metric column each.
    pub measures: Vec<Measure>,
    /// The first of these columns.
    pub column: usize,
}

thread_local! {
    /// Buffers, one set per worker thread.
    static WORK: RefCell<(Vec<u8>, Grams)> = RefCell::default();
}

impl Judge for OverlapStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, _row: &mut Row, yields: &mut Yields) -> Outcome {
        WORK.with_borrow_mut(|(words, grams)| {
            self.ngrams.of(view.text(), words, grams);
            let (hashes, runs) = (grams.hashes.clone(), grams.runs.clone());
            yields.keys.push((self.step, Keys { hashes, runs, ..Keys::default() }));
        });
        Outcome::Keep
    }
}

/// What the verdict means for one text.
struct Found {
    verdict: Verdict,
    left: String,
    /// Where the stretches that go stood.
    gone: Vec<Range<usize>>,
    chars: usize,
    left_chars: usize,
}

impl Edit for OverlapStep {
    fn apply(&self, document: &mut Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        // A document without n-grams has no verdict.
        let verdict = yields.verdict.take().unwrap_or_default();
        let text = &document.text;
        let numbers = verdict.gone.iter().filter(|_| self.cut).map(|gone| gone.stretch);
        let (left, gone) = self.ngrams.without(text, numbers);
        let (chars, left_chars) = (text.chars().count(), left.chars().count());
        let found = Found { verdict, left, gone, chars, left_chars };
        yields.trims.push((self.step, found.trim()));
        let outcome = self.judge(&found, row);
        row.cuts.extend(self.notes(&found));
        // A document that is dropped keeps its text: the report shows what it was.
        if !self.only_tell && outcome == Outcome::Keep && !found.gone.is_empty() {
            document.text = found.left;
        }
        outcome
    }
}

impl Found {
    fn trim(&self) -> Trim {
        let (pieces, cut) = (self.gone.len() as u64, (self.chars - self.left_chars) as u64);
        let touched = u64::from(pieces > 0);
        Trim { documents: 1, touched, pieces, chars: self.chars as u64, cut_chars: cut }
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of one document")]
    fn value(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Overlap => share(self.verdict.seen, self.verdict.grams),
            Measure::CutPieces => self.gone.len() as f64,
            Measure::CutChars => (self.chars - self.left_chars) as f64,
            Measure::CutShare => (self.chars - self.left_chars) as f64 / self.chars.max(1) as f64,
            // As BFF, which leaves out documents with nothing but white space.
            Measure::LeftChars => self.left.trim().chars().count() as f64,
            Measure::LeftWords | Measure::LeftSentences => f64::NAN,
        }
    }
}

impl OverlapStep {
    fn judge(&self, found: &Found, row: &mut Row) -> Outcome {
        let values: Vec<f64> = self.measures.iter().map(|&measure| found.value(measure)).collect();
        row.metrics[self.column..self.column + values.len()].copy_from_slice(&values);
        let mut tripped = self.rules.iter().filter_map(|rule| {
            let value = found.value(rule.measure);
            rule.bound.trips(value).then_some((rule, value))
        });
        let Some((rule, value)) = tripped.next() else { return Outcome::Keep };
        let metric = Arc::from(rule.measure.name());
        let reason = Reason { rule: Arc::clone(&rule.rule), metric, value, bound: Some(rule.bound) };
        Outcome::Drop { reason, also: tripped.map(|(rule, _)| Arc::clone(&rule.rule)).collect() }
    }

    fn notes<'f>(&self, found: &'f Found) -> impl Iterator<Item = CutNote> + use<'f> {
        let step = self.step;
        found.verdict.gone.iter().zip(&found.gone).take(CutNote::MOST).map(move |(gone, range)| CutNote {
            step,
            piece: gone.stretch.into(),
            at: range.start as u64,
            bytes: range.len() as u64,
            copy: None,
            earlier: None,
            ngrams: Some((gone.seen, gone.grams)),
        })
    }
}
