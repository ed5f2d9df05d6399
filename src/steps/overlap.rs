//! Dedup by n-grams: hashes before the barrier, the cutting after it.

use super::left::{Left, Measure, Numbers, judge};
use super::{Edit, Judge, Keys, Outcome, Yields};
use crate::dedup::overlap::{Grams, Most, Ngrams, Verdict, share};
use crate::document::{CutNote, Document, NgramNote, Row};
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
    /// Earlier runs whose n-grams stand before all of this run, by their names in the ledger.
    pub runs: Vec<Arc<str>>,
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
    /// What is left, if anything goes.
    left: Option<String>,
    /// Where the stretches that go stood.
    gone: Vec<Range<usize>>,
}

impl Edit for OverlapStep {
    fn apply(&self, document: &mut Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        // A document without n-grams has no verdict.
        let verdict = yields.verdict.take().unwrap_or_default();
        let mut found = Found { verdict, left: None, gone: Vec::new() };
        // Most documents lose nothing: their text is not copied.
        if self.cut && !found.verdict.gone.is_empty() {
            let (left, gone) = self.ngrams.without(&document.text, found.verdict.gone.iter().map(|gone| gone.stretch));
            (found.left, found.gone) = (Some(left), gone);
        }
        let chars = document.text.chars().count();
        let left_chars = found.left.as_ref().map_or(chars, |left| left.chars().count());
        let numbers = Numbers { pieces: found.gone.len(), chars, left_chars };
        yields.trims.push((self.step, numbers.trim()));
        let outcome = self.judge(&numbers, &found, &document.text, row);
        row.cuts.extend(self.notes(&found));
        if let (false, Outcome::Drop { reason, .. }) = (self.only_tell, &outcome)
            && &*reason.metric == Measure::Overlap.name()
        {
            row.earlier_run = found.verdict.earlier.and_then(|most| self.run(most)).map(|(run, _)| run);
        }
        // A document that is dropped keeps its text: the report shows what it was.
        if let Some(left) = found.left
            && !self.only_tell
            && outcome == Outcome::Keep
            && !found.gone.is_empty()
        {
            document.text = left;
        }
        outcome
    }
}

impl OverlapStep {
    #[allow(clippy::cast_precision_loss, reason = "counts of one document")]
    fn judge(&self, numbers: &Numbers, found: &Found, text: &str, row: &mut Row) -> Outcome {
        let value = |measure| match measure {
            Measure::Overlap => share(found.verdict.seen, found.verdict.grams),
            Measure::OverlapEarlier => share(found.verdict.earlier.map_or(0, |most| most.seen), found.verdict.grams),
            // As BFF, which leaves out documents with nothing but white space.
            Measure::LeftChars => found.left.as_deref().unwrap_or(text).trim().chars().count() as f64,
            other => numbers.cut(other),
        };
        judge(&self.rules, (&self.measures, self.column), value, row)
    }

    /// The earlier run that has the most n-grams, and how many it has.
    fn run(&self, most: Most) -> Option<(Arc<str>, u64)> {
        self.runs.get(most.run as usize).map(|run| (Arc::clone(run), most.seen))
    }

    fn notes<'f>(&'f self, found: &'f Found) -> impl Iterator<Item = CutNote> + use<'f> {
        // At most the n-grams of a stretch.
        let earlier = |most| self.run(most).map(|(run, seen)| (run, seen as u32));
        found.verdict.gone.iter().zip(&found.gone).take(CutNote::MOST).map(move |(gone, range)| CutNote {
            step: self.step,
            piece: gone.stretch.into(),
            at: range.start as u64,
            bytes: range.len() as u64,
            copy: None,
            earlier: None,
            ngrams: Some(NgramNote { seen: gone.seen, all: gone.grams, earlier: gone.earlier.and_then(earlier) }),
        })
    }
}
