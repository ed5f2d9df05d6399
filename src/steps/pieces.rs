//! Dedup of pieces: keys before the barrier, the cutting after it.

use super::left::{Left, Measure, Numbers, judge};
use super::{Contexts, Edit, Judge, Keys, Outcome, Yields};
use crate::dedup::pieces::{Copy, Cutting, Pieces, Work};
use crate::dedup::substring::Substring;
use crate::dedup::substring::anchors::SharedAnchors;
use crate::document::{CutNote, Document, Row, Twins};
use crate::text::{SentenceRule, Splitter, TextView, python};
use std::cell::RefCell;
use std::collections::HashMap;

/// What is cut out of documents.
#[derive(Debug, Clone, Copy)]
pub enum Cutter {
    /// Equal pieces.
    Pieces(Pieces),
    /// Equal spans; what is compared of them needs the anchors of an [`AnchorsStep`] before the last barrier.
    Substring(Substring),
}

/// Dedup of pieces in its place in the plan. As a [`Judge`] it yields keys for the barrier, as an [`Edit`] it cuts what the
/// barrier found.
#[derive(Debug, Clone)]
pub struct PiecesStep {
    /// Index in the plan.
    pub step: u16,
    /// What is cut out.
    pub cutter: Cutter,
    /// Whether a piece that stood in the document before goes.
    pub repeats: bool,
    /// Whether documents are compared with each other; otherwise each with itself alone.
    pub corpus: bool,
    /// Whether documents that lose nothing are held against the rules as well.
    pub judge_all: bool,
    /// Whether the text stays as it is: for tag mode, which only tells what would happen.
    pub only_tell: bool,
    /// How sentences are counted.
    pub sentences: SentenceRule,
    /// Rules, in the order of judging.
    pub rules: Vec<Left>,
    /// What is measured, a metric column each.
    pub measures: Vec<Measure>,
    /// The first of these columns.
    pub column: usize,
}

thread_local! {
    /// Buffers, one set per worker thread.
    static WORK: RefCell<Work> = RefCell::default();
}

impl Judge for PiecesStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        let keys = match &self.cutter {
            Cutter::Pieces(pieces) => WORK.with_borrow_mut(|work| {
                row.recurs = pieces.keys(view, work);
                halves(work.keys.iter())
            }),
            Cutter::Substring(spans) => {
                let (none, mut found) = (SharedAnchors::default(), Vec::new());
                let shared = yields.shared.as_deref().unwrap_or(&none);
                row.recurs = spans.context_keys(view.text(), shared, &mut found);
                let text = if found.is_empty() { String::new() } else { view.text().to_owned() };
                let keys = halves(found.iter().map(|(key, _)| key));
                let stretches = found.into_iter().map(|(_, stretch)| stretch).collect();
                Keys { contexts: Contexts { text, stretches }, ..keys }
            }
        };
        yields.keys.push((self.step, keys));
        Outcome::Keep
    }
}

fn halves<'a>(keys: impl Iterator<Item = &'a u128>) -> Keys {
    #[allow(clippy::cast_possible_truncation, reason = "the two halves")]
    let hashes = keys.flat_map(|&key| [(key >> 64) as u64, key as u64]).collect();
    Keys { hashes, ..Keys::default() }
}

/// The first round of dedup of spans: as a [`Judge`] it yields anchors, as an [`Edit`] it lets everything pass, and what the
/// barrier found with it.
#[derive(Debug, Clone, Copy)]
pub struct AnchorsStep {
    /// Index in the plan.
    pub step: u16,
    /// Which spans are looked for.
    pub spans: Substring,
}

impl Judge for AnchorsStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, _row: &mut Row, yields: &mut Yields) -> Outcome {
        let mut hashes = Vec::new();
        self.spans.anchor_keys(view.text(), &mut hashes);
        yields.keys.push((self.step, Keys { hashes, ..Keys::default() }));
        Outcome::Keep
    }
}

impl Edit for AnchorsStep {
    fn apply(&self, _document: &mut Document, _row: &mut Row, _yields: &mut Yields) -> Outcome {
        Outcome::Keep
    }
}

impl Edit for PiecesStep {
    fn apply(&self, document: &mut Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        let cutting = self.cutting(&document.text, row, yields);
        let chars = document.text.chars().count();
        let left = cutting.as_ref().map_or(&document.text, |cutting| &cutting.text);
        let left_chars = if cutting.is_some() { left.chars().count() } else { chars };
        let pieces = cutting.as_ref().map_or(0, |cutting| cutting.gone.len());
        let numbers = Numbers { pieces, chars, left_chars };
        yields.trims.push((self.step, numbers.trim()));
        let outcome = self.judge(&numbers, left, row);
        if let Some(cutting) = cutting {
            self.note(&cutting, yields.twins.as_deref(), row);
            // A document that is dropped keeps its text: the report shows what it was.
            if !self.only_tell && outcome == Outcome::Keep {
                document.text = cutting.text;
            }
        }
        outcome
    }
}

impl PiecesStep {
    fn cutting(&self, text: &str, row: &Row, yields: &mut Yields) -> Option<Cutting> {
        let repeats = self.repeats && (row.recurs || !self.corpus);
        let (cuts, spans) = (std::mem::take(&mut yields.cuts), std::mem::take(&mut yields.spans));
        if cuts.is_empty() && spans.is_empty() && !repeats {
            return None;
        }
        let view = TextView::new(text);
        match &self.cutter {
            Cutter::Pieces(pieces) => {
                let cuts: HashMap<u128, u64> = cuts.into_iter().collect();
                WORK.with_borrow_mut(|work| pieces.cut(&view, work, &|key| cuts.get(&key).copied(), repeats))
            }
            Cutter::Substring(cutter) => cutter.cut(&view, &spans, repeats),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of one document")]
    fn judge(&self, numbers: &Numbers, left: &str, row: &mut Row) -> Outcome {
        // An empty document has nothing that could be left.
        let judged = numbers.pieces > 0 || self.judge_all || numbers.chars == 0;
        let view = TextView::new(left);
        let value = |measure| match measure {
            Measure::CutPieces | Measure::CutChars | Measure::CutShare => numbers.cut(measure),
            // What is left of a document that loses nothing is of no interest.
            _ if !judged => f64::NAN,
            // N-grams belong to another step.
            Measure::Overlap | Measure::OverlapEarlier => f64::NAN,
            Measure::LeftChars => numbers.left_chars as f64,
            Measure::LeftWords => self.words(&view) as f64,
            Measure::LeftSentences => self.count_sentences(&view) as f64,
        };
        let rules: &[Left] = if judged { &self.rules } else { &[] };
        judge(rules, (&self.measures, self.column), value, row)
    }

    fn words(&self, view: &TextView<'_>) -> usize {
        match self.sentences {
            SentenceRule::SpacyEn => view.words(Splitter::SpacyEn).len(),
            _ => python::split(view.text()).len(),
        }
    }

    /// Sentences; with spaCy's rule as datatrove counts them, white space at the end included where spaCy makes a sentence
    /// of it.
    fn count_sentences(&self, view: &TextView<'_>) -> usize {
        let blank = self.sentences == SentenceRule::SpacyEn && view.blank_sentence_at_end();
        view.sentences(self.sentences).len() + usize::from(blank)
    }

    fn note(&self, cutting: &Cutting, twins: Option<&Twins>, row: &mut Row) {
        let notes = cutting.gone.iter().take(CutNote::MOST).map(|gone| {
            let (copy, earlier) = match gone.copy {
                Copy::Here => (None, None),
                Copy::In(document) => match twins.and_then(|twins| twins.get(&document)) {
                    Some(twin) => (None, Some(twin.clone())),
                    None => (Some(document), None),
                },
            };
            let (piece, at, bytes) = (gone.piece as u64, gone.at as u64, gone.bytes as u64);
            CutNote { step: self.step, piece, at, bytes, copy, earlier, ngrams: None }
        });
        row.cuts.extend(notes);
    }
}
