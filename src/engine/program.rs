//! A plan made runnable: the objects behind its steps.

use super::{Failure, pipeline::Batch};
use crate::dedup::Layout;
use crate::dedup::cuts::Rule;
use crate::dedup::overlap;
use crate::document::Fault;
use crate::plan::Plan;
use crate::steps::{Chain, Mode, Passage, When};
use crate::storage::Medium;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a batch holds once it is opened.
pub enum Entry {
    /// A document.
    Passage(Box<Passage>),
    /// A record that is no document, by kind.
    Other(String),
    /// Damaged input: the source's name and the fault.
    Fault(Arc<str>, Fault),
}

/// Opens a batch: decodes its records. Pure, and called in parallel.
pub type Load = Box<dyn FnOnce() -> Result<Vec<Entry>, Failure> + Send>;

/// The batches of one unit, in order.
pub trait Feed: Send {
    /// The next batch; `None` at the end.
    ///
    /// # Errors
    /// When the medium fails.
    fn next(&mut self) -> Result<Option<Batch<Load>>, Failure>;
    /// Stored bytes consumed so far, for the progress line.
    fn position(&self) -> u64;
}

/// What a dedup step compares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KeyKind {
    /// One 128-bit hash per document.
    Exact,
    /// One 64-bit hash per band.
    Bands,
    /// One 128-bit hash per different piece of the text. The rule says who keeps a piece; the verdict is an edit, which is
    /// the first step of the next phase.
    Pieces(Rule),
    /// The anchors of the text: the first round of equal spans. There is no verdict; the next phase hears of those that several
    /// documents have.
    Anchors,
    /// The contexts of shared anchors, for windows of so many bytes: the second round. As for pieces, the verdict is an edit.
    Spans(usize),
    /// Hashes of all n-grams of the text, in order. As for pieces, the verdict is an edit.
    Ngrams(overlap::Rule),
}

impl KeyKind {
    /// Whether the step cuts texts: it has a barrier of its own and no clusters, and its verdict is the first step of the next
    /// phase.
    #[must_use]
    pub fn cuts(self) -> bool {
        matches!(self, Self::Pieces(_) | Self::Anchors | Self::Spans(_) | Self::Ngrams(_))
    }
}

/// How two documents are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Jaccard similarity of their shingles.
    Jaccard,
    /// Share of the shingles of the document that would go which the one that stays has.
    Containment,
}

impl Measure {
    /// What the ledger calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Jaccard => "similarity",
            Self::Containment => "containment",
        }
    }
}

/// How the barrier verifies candidates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verification {
    /// Values per sketch.
    pub sketch: usize,
    /// What is measured.
    pub measure: Measure,
    /// Least similarity with the document that stays, 0..=1.
    pub threshold: f64,
}

/// A dedup step as the barrier sees it.
#[derive(Debug, Clone)]
pub struct DedupStep {
    /// Index in the plan.
    pub step: u16,
    /// `drop` or `tag`.
    pub mode: Mode,
    /// Which documents it looks at.
    pub when: When,
    /// What it compares.
    pub keys: KeyKind,
    /// Most keys of a document.
    pub keys_each: u32,
    /// Partitions and tag of its files.
    pub layout: Layout,
    /// Whether a rank decides who stays; otherwise the first one read does.
    pub ranked: bool,
    /// How candidates are verified before one is removed; `None`: equal keys are proof.
    pub verify: Option<Verification>,
    /// Rule name in the ledger.
    pub rule: Arc<str>,
    /// What earlier runs kept.
    pub earlier: Vec<EarlierRun>,
    /// Where what it keeps is saved for later runs.
    pub save: Option<SavedIndex>,
}

impl DedupStep {
    /// Memory that its keys and cuts take while a batch is worked on, as a multiple of the batch's bytes beyond what every
    /// batch is charged for: for spans a copy of the text and its contexts, and 40 bytes for a window that may recur in the text.
    #[must_use]
    pub fn weight(&self) -> usize {
        match self.keys {
            KeyKind::Spans(_) => 40,
            // Eight bytes for a word of text, as it is read and as it grows.
            KeyKind::Ngrams(_) => 8,
            _ => 0,
        }
    }

    /// Units of its first stage behind the barrier.
    #[must_use]
    pub fn reduce_units(&self, plan: &Plan) -> u32 {
        match self.keys {
            KeyKind::Ngrams(rule) => rule.shards,
            _ => plan.partitions,
        }
    }

    /// Bytes of the filters of a shard that earlier runs left.
    #[must_use]
    pub fn earlier_filters(&self, shard: u32) -> u64 {
        self.earlier.iter().filter_map(|run| run.filters.get(shard as usize)).sum()
    }
}

/// What an earlier run kept, opened for look-ups.
#[derive(Clone)]
pub struct EarlierRun {
    /// Its name in the ledger.
    pub run: Arc<str>,
    /// Where the index stands, for messages.
    pub path: String,
    /// The folder of the index.
    pub medium: Arc<dyn Medium>,
    /// Partitions and tag of its files.
    pub layout: Layout,
    /// Its map units.
    pub units: u32,
    /// Bytes of its filters of n-grams, by shard; none of other methods.
    pub filters: Vec<u64>,
}

impl std::fmt::Debug for EarlierRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EarlierRun").field("run", &self.run).field("path", &self.path).finish_non_exhaustive()
    }
}

/// An index that a step saves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedIndex {
    /// Its folder among the run's indexes.
    pub folder: String,
    /// What its keys and sketches depend on.
    pub parameters: BTreeMap<String, String>,
}

/// What the token shards need to know of the tokenizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// What the tokenizer is called, for metadata of shards.
    pub name: String,
    /// Largest id + 1.
    pub vocab_size: u32,
    /// The end-of-document token, if one is written.
    pub end_of_text: Option<u32>,
}

/// Opens map unit `n` of the first phase.
pub type OpenUnit = Box<dyn Fn(u32) -> Result<Box<dyn Feed>, Failure> + Send + Sync>;

/// Everything that runs. It names no concrete step, reader or writer.
pub struct Program {
    /// What runs, as data.
    pub plan: Plan,
    /// One chain per phase.
    pub chains: Vec<Chain>,
    /// Dedup steps of all barriers, in order.
    pub dedups: Vec<DedupStep>,
    /// Opens the inputs of a unit.
    pub open_unit: OpenUnit,
    /// Makes a snippet for the report: short, and without personal data.
    pub snippet: Box<dyn Fn(&str) -> String + Send + Sync>,
    /// The tokenizer's facts, if the plan tokenizes.
    pub tokens: Option<TokenFacts>,
    /// Draws the report. Handed in, so that the engine knows nothing of HTML.
    pub report: fn(&Plan, &crate::ledger::Stats) -> String,
    /// Share of damaged records above which the run stops.
    pub max_fault_ratio: f64,
}

impl Program {
    /// Dedup steps of the barrier after phase `phase`.
    pub fn barrier(&self, phase: usize) -> impl Iterator<Item = &DedupStep> {
        let steps = &self.plan.phases[phase].barrier;
        self.dedups.iter().filter(move |one| steps.contains(&usize::from(one.step)))
    }

    /// Whether a phase is the last one.
    #[must_use]
    pub fn is_last(&self, phase: usize) -> bool {
        phase + 1 == self.plan.phases.len()
    }
}
