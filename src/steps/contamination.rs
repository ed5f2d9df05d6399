//! Decontamination: documents that share n-grams with benchmark items go, or the shared passages are cut out of them.

use super::{Edit, Judge, Outcome, Yields};
use crate::dedup::contamination::sampled::{Found, Index};
use crate::dedup::contamination::{Cutting, Hit, Spared, Table, cut};
use crate::document::{Bound, Contact, Document, Reason, Row};
use crate::text::TextView;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// The rule of a document that cutting leaves nothing of.
pub const NOTHING_LEFT: &str = "nothing-left";

/// The rule of a document that cutting leaves in too many pieces.
pub const TOO_MANY_PIECES: &str = "too-many-pieces";

/// The rule that a document breaks by sharing with a set.
#[must_use]
pub fn contaminated(set: &str) -> String {
    format!("contaminated:{set}")
}

/// An item of a benchmark set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkItem {
    /// Number of its set.
    pub set: u32,
    /// Number of its record in its file, from 1 on: the line of a JSONL file without blank lines, the row of a Parquet file.
    pub record: u32,
    /// Its id, or what stands for it.
    pub label: Box<str>,
}

/// How items are found.
pub enum Finder {
    /// By n-grams that stand in both as they are.
    Grams(Table),
    /// By sampled overlap: a score.
    Sampled(Box<Index>),
}

/// What becomes of a document that shares with a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// It goes.
    Drop,
    /// The shared passages go; a document that falls into more pieces than this goes whole.
    Cut(Spared, usize),
}

/// Decontamination in its place in the plan.
pub struct ContaminationStep {
    /// Index in the plan.
    pub step: u16,
    /// Name in the plan.
    pub name: Arc<str>,
    /// What finds items.
    pub finder: Finder,
    /// Items, by the numbers that the finder gives.
    pub items: Vec<BenchmarkItem>,
    /// Names of the sets.
    pub sets: Vec<Arc<str>>,
    /// What becomes of a document.
    pub remedy: Remedy,
    /// Whether the text stays as it is: for tag mode.
    pub only_tell: bool,
    /// The metric column of the number of shared n-grams, or of the highest score; with [`Remedy::Cut`], that of the characters cut out follows.
    pub column: usize,
}

/// How many items a document that stays is marked with at most.
const MOST_TAGS: usize = 8;

/// What a text shares with items.
struct Shared {
    /// Items, in the order of the text; those of n-grams once for each.
    items: Vec<u32>,
    /// Bytes where they stand, rising; empty where no one asks, or words have no place.
    spans: Vec<Range<usize>>,
    /// Scores of the items, of sampled overlap.
    scores: Vec<f32>,
}

impl Shared {
    fn of_hits(hits: Vec<Hit>) -> Self {
        let items = hits.iter().map(|hit| hit.item).collect();
        Self { items, spans: hits.into_iter().map(|hit| hit.bytes).collect(), scores: Vec::new() }
    }

    fn of_found((found, spans): (Vec<Found>, Vec<Range<usize>>)) -> Self {
        let items = found.iter().map(|one| one.item).collect();
        Self { items, spans, scores: found.iter().map(|one| one.score).collect() }
    }

    /// The item that a verdict names, with its score: the first, or the first of the highest score.
    fn named(&self) -> Option<(u32, f32)> {
        let scores = self.scores.iter().copied().chain(std::iter::repeat(0.0));
        self.items.iter().copied().zip(scores).reduce(|best, one| if one.1 > best.1 { one } else { best })
    }
}

impl ContaminationStep {
    fn shared(&self, text: &str) -> Result<Shared, Outcome> {
        match &self.finder {
            Finder::Grams(table) => Ok(Shared::of_hits(table.hits(text))),
            Finder::Sampled(index) => {
                let found = index.search(text, matches!(self.remedy, Remedy::Cut(..)));
                found.map(Shared::of_found).map_err(Outcome::refused)
            }
        }
    }

    /// Looks at a text; gives the verdict, and what is left if something was cut out of a document that stays.
    fn work(&self, text: &str, row: &mut Row, yields: &mut Yields) -> (Outcome, Option<String>) {
        let shared = match self.shared(text) {
            Ok(shared) => shared,
            Err(fault) => return (fault, None),
        };
        let named = shared.named();
        row.metrics[self.column] = match self.finder {
            Finder::Grams(_) => number(shared.items.len()),
            Finder::Sampled(_) => named.map_or(0.0, |(_, score)| f64::from(score)),
        };
        let cutting = match self.remedy {
            Remedy::Cut(spared, _) if named.is_some() => Some(cut(text, shared.spans.iter().cloned(), spared)),
            _ => None,
        };
        if let Remedy::Cut(..) = self.remedy {
            row.metrics[self.column + 1] = cutting.as_ref().map_or(0.0, |cutting| number(cutting.chars));
        }
        let Some((item, score)) = named else { return (Outcome::Keep, None) };
        let outcome = self.outcome(item, score, &shared, cutting.as_ref());
        let dropped = outcome != Outcome::Keep;
        let lost = match cutting.as_ref().filter(|_| !dropped) {
            _ if self.only_tell => 0,
            Some(cutting) => cutting.chars as u64,
            None => text.chars().count() as u64,
        };
        self.count(&shared, lost, yields);
        if !dropped || self.only_tell {
            self.tag(&shared, row);
        }
        let left = cutting.filter(|_| !dropped && !self.only_tell).map(|cutting| cutting.text);
        (outcome, left)
    }

    fn outcome(&self, item: u32, score: f32, shared: &Shared, cutting: Option<&Cutting>) -> Outcome {
        let item = &self.items[item as usize];
        let set = &self.sets[item.set as usize];
        let whom = format!("item `{}` of {set} (record {})", item.label, item.record);
        let reason = |rule: &str, what: &str, value, bound| {
            Outcome::drop(Reason { rule: Arc::from(rule), metric: Arc::from(what), value, bound: Some(bound) })
        };
        match (self.remedy, cutting) {
            (Remedy::Cut(_, most), Some(cutting)) if cutting.pieces > most => {
                let what = format!("pieces after cutting, the first for {whom}");
                reason(TOO_MANY_PIECES, &what, number(cutting.pieces), Bound::Above(number(most)))
            }
            (Remedy::Cut(spared, _), Some(cutting)) if cutting.text.is_empty() => {
                let what = format!("characters of the longest piece that is long enough, after cutting for {whom}");
                reason(NOTHING_LEFT, &what, 0.0, Bound::Below(number(spared.min_chars.max(1))))
            }
            (Remedy::Cut(..), _) => Outcome::Keep,
            (Remedy::Drop, _) => {
                let (what, value, bound) = match &self.finder {
                    Finder::Grams(table) => {
                        let of_set = shared.items.iter().filter(|&&other| self.set_of(other) == item.set).count();
                        let what = format!("{}-grams shared with {set}, the first with {whom}", table.words());
                        (what, number(of_set), 1.0)
                    }
                    Finder::Sampled(index) => {
                        (format!("overlap score of {whom}"), f64::from(score), f64::from(index.rules().min_score))
                    }
                };
                let others: BTreeSet<u32> =
                    shared.items.iter().map(|&other| self.set_of(other)).filter(|&set| set != item.set).collect();
                let also = others.into_iter().map(|set| Arc::from(contaminated(&self.sets[set as usize]))).collect();
                let (rule, metric) = (Arc::from(contaminated(set)), Arc::from(what));
                Outcome::Drop { reason: Reason { rule, metric, value, bound: Some(Bound::AtLeast(bound)) }, also }
            }
        }
    }

    fn set_of(&self, item: u32) -> u32 {
        self.items[item as usize].set
    }

    /// What each set is hit by; a document that shares with several sets counts for each.
    fn count(&self, shared: &Shared, chars: u64, yields: &mut Yields) {
        let mut sets: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for &item in &shared.items {
            sets.entry(self.set_of(item)).or_default().insert(item);
        }
        for (set, items) in sets {
            let contact = Contact { items, documents: 1, chars };
            yields.contacts.push((self.step, Arc::clone(&self.sets[set as usize]), contact));
        }
    }

    /// Marks a document that stays with the items that it shares with, in the order of the text.
    fn tag(&self, shared: &Shared, row: &mut Row) {
        let mut seen = BTreeSet::new();
        let new = shared.items.iter().filter(|item| seen.len() < MOST_TAGS && seen.insert(**item));
        for item in new.map(|&item| &self.items[item as usize]) {
            let set = &self.sets[item.set as usize];
            row.tags.push(Arc::from(format!("{}/{}#{}", self.name, contaminated(set), item.record)));
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of one document")]
fn number(count: usize) -> f64 {
    count as f64
}

impl Judge for ContaminationStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        self.work(view.text(), row, yields).0
    }
}

impl Edit for ContaminationStep {
    fn apply(&self, document: &mut Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        let (outcome, left) = self.work(&document.text, row, yields);
        if let Some(text) = left {
            document.text = text;
        }
        outcome
    }
}
