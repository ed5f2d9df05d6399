use super::{DocId, Reason};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What became of a document, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub enum Fate {
    /// Still in (at the end of a run: kept).
    #[default]
    Kept,
    /// Dropped.
    Dropped {
        /// Index of the step in the plan.
        step: u16,
        /// The rule, the value and the bound.
        reason: Reason,
        /// The kept document that this one duplicates, for dedup steps.
        twin: Option<Twin>,
    },
    /// Set aside as bad data by a step (the reader's faults have no row, since they gave no document).
    Quarantined {
        /// Index of the step in the plan.
        step: u16,
        /// Code of the [`super::FaultKind`].
        kind: Arc<str>,
        /// One line for people.
        detail: String,
    },
}

/// The document that stayed for a duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// Its id.
    pub id: DocId,
    /// The earlier run that kept it; none for a document of this run.
    pub run: Option<Arc<str>>,
}

/// Documents of earlier runs, by their ordinals in this one.
pub type Twins = std::collections::BTreeMap<u64, Twin>;

/// A piece of the text that was cut out as a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutNote {
    /// Index of the step in the plan.
    pub step: u16,
    /// Its number among the pieces of the text as the step saw it.
    pub piece: u64,
    /// Where it began in that text, in bytes.
    pub at: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Ordinal of a document that has a copy: map unit in the high half, row in that unit's ledger file in the low half.
    /// `None`: the copy stands earlier in the document itself, or `earlier` or `ngrams` says what is known.
    pub copy: Option<u64>,
    /// The document of an earlier run that has a copy.
    pub earlier: Option<Twin>,
    /// For a piece that went for its n-grams: what is known of those.
    pub ngrams: Option<NgramNote>,
}

/// What is known of the n-grams of a piece that went for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NgramNote {
    /// Those that stood before.
    pub seen: u32,
    /// All.
    pub all: u32,
    /// The earlier run that has the most of them, and how many it has; `None` if no earlier run has one.
    pub earlier: Option<(Arc<str>, u32)>,
}

impl CutNote {
    /// How many pieces one step notes of one document at most: the first ones.
    pub const MOST: usize = 8;
}

/// What the ledger will say of one document: filled in on the way through the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Row {
    /// Bytes of the body as read: markup or text before any step.
    pub input_bytes: u64,
    /// Label of the language, once known.
    pub language: Option<Arc<str>>,
    /// Confidence in the language, 0 to 1.
    pub language_score: f32,
    /// Bytes of the text after the last step that saw it alive.
    pub text_bytes: u64,
    /// Number of tokens, the end-of-document token included; 0 until tokenized.
    pub tokens: u64,
    /// What became of it.
    pub fate: Fate,
    /// `step/rule` of every rule in `tag` mode that tripped.
    pub tags: Vec<Arc<str>>,
    /// Rules of the dropping filter that tripped as well, after the first.
    pub also: Vec<Arc<str>>,
    /// Measured values, one per metric column of the plan; NaN where not measured.
    pub metrics: Vec<f64>,
    /// How many spans the PII step replaced.
    pub pii: u32,
    /// Documents in its cluster of duplicates, itself included, as the last dedup step that grouped it says; 0 before any.
    pub cluster_size: u32,
    /// Whether a piece of the text recurs in it, as the dedup step of pieces before the last barrier found.
    pub recurs: bool,
    /// The first pieces that each dedup step of pieces cut out, in order.
    pub cuts: Vec<CutNote>,
    /// For a document that is dropped for its n-grams: the earlier run that has the most of them, if one has any.
    pub earlier_run: Option<Arc<str>>,
}

impl Row {
    /// Whether the document is still in.
    #[must_use]
    pub fn alive(&self) -> bool {
        matches!(self.fate, Fate::Kept)
    }
}
