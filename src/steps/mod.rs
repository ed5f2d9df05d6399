//! What the steps of a chain do to one document: thin adapters from the pure kernels to documents and ledger rows.
//!
//! Two kinds of work: a [`Judge`] only looks, an [`Edit`] may change the text. Judges that stand side by side share one
//! [`TextView`], so words and lines are computed once for all of them.

mod chain;
mod classify;
mod contamination;
mod dedup;
mod extract;
mod filter;
mod language;
mod left;
mod overlap;
mod perplexity;
mod pieces;
mod pii;
mod robots;
mod tokenize;

pub(crate) use chain::flow_of;
pub use chain::{Chain, StepClock};
pub use classify::{ClassifyStep, Combine, HIGH as CLASSIFY_HIGH, LOW as CLASSIFY_LOW, Level, Prepare};
pub use contamination::{
    BenchmarkItem, ContaminationStep, Finder, NOTHING_LEFT, Remedy, TOO_MANY_PIECES, contaminated as contaminated_rule,
};
pub use dedup::{ExactStep, MinHashStep, Preference, Target, Units};
pub use extract::ExtractStep;
pub use filter::FilterStep;
pub use language::{LOW_SHARE as LANGUAGE_LOW_SHARE, LanguageParts, LanguageStep, TOO_MANY as LANGUAGE_TOO_MANY};
pub use left::{Left, Measure};
pub use overlap::OverlapStep;
pub use perplexity::{
    Bucket, Form as PerplexityForm, HIGH as PERPLEXITY_HIGH, LOW as PERPLEXITY_LOW, PerplexityStep, Scorer, each_line,
};
pub use pieces::{AnchorsStep, Cutter, PiecesStep};
pub use pii::{PiiStep, PiiWork, scrub_for_people};
pub use robots::{RobotsStep, UNREACHABLE as ROBOTS_UNREACHABLE, disallowed as robots_rule};
pub use tokenize::TokenizeStep;

use crate::dedup::overlap::Verdict;
use crate::dedup::substring::anchors::SharedAnchors;
use crate::dedup::substring::cuts::SpanCut;
use crate::document::{Contact, Document, FaultKind, Reason, Row, Trim, Twins};
use crate::text::TextView;
use std::ops::Range;
use std::sync::Arc;

/// A document on its way through the chain, with what is known of it.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The document.
    pub document: Document,
    /// Name of its source.
    pub source: Arc<str>,
    /// Its number among the documents of its unit; known from the second phase on.
    pub index: Option<u32>,
    /// Its ledger row so far.
    pub row: Row,
    /// What steps add for later phases.
    pub yields: Yields,
}

/// What steps produce beside a verdict.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Yields {
    /// Index of the document's source in the config; set before the chain runs.
    pub source: Option<usize>,
    /// Keys for dedup, per dedup step of the coming barrier: index of the step in the plan, and its keys.
    pub keys: Vec<(u16, Keys)>,
    /// Token ids, the end-of-document token included.
    pub tokens: Vec<u32>,
    /// PII spans replaced: kind and count.
    pub pii: Vec<(&'static str, u32)>,
    /// Pieces that the barrier before this phase wants cut: key, and the ordinal of a document that has a copy.
    pub cuts: Vec<(u128, u64)>,
    /// Which anchors of the map unit other documents have as well, as the barrier before this phase found.
    pub shared: Option<Arc<SharedAnchors>>,
    /// Spans that the barrier before this phase wants cut, by context and window.
    pub spans: Vec<SpanCut>,
    /// Those of these documents that are of earlier runs.
    pub twins: Option<Arc<Twins>>,
    /// What the barrier before this phase says of the document's n-grams.
    pub verdict: Option<Verdict>,
    /// What steps cut out as copies, by index of the step in the plan.
    pub trims: Vec<(u16, Trim)>,
    /// What the document shares with benchmark sets, by index of the step in the plan and by set.
    pub contacts: Vec<(u16, Arc<str>, Contact)>,
}

/// What a dedup step compares.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keys {
    /// 64-bit hashes of bands or n-grams, or the two halves of one 128-bit hash of the content, or of each piece.
    pub hashes: Vec<u64>,
    /// Preference when a survivor is chosen: the highest stays, ties go to the first one read.
    pub rank: u64,
    /// Bottom-k sketch by which candidates are verified; empty where they are not.
    pub sketch: Vec<u32>,
    /// For n-grams: how many of the hashes belong to which paragraph.
    pub runs: Vec<(u32, u32)>,
    /// For spans: what the hashes are keys of.
    pub contexts: Contexts,
}

/// Stretches of a text that may overlap.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contexts {
    /// The text; empty without stretches.
    pub text: String,
    /// Each by its bytes, in the order of its keys.
    pub stretches: Vec<Range<usize>>,
}

/// What a step says of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It goes on.
    Keep,
    /// It is out (in `tag` mode: it is marked).
    Drop {
        /// The rule that decided.
        reason: Reason,
        /// Other rules of the same step that trip as well.
        also: Vec<Arc<str>>,
    },
    /// It is bad data.
    Fault(FaultKind, String),
}

impl Outcome {
    /// A drop by one rule.
    #[must_use]
    pub fn drop(reason: Reason) -> Self {
        Self::Drop { reason, also: Vec::new() }
    }

    /// A text that a tokenizer refuses.
    #[must_use]
    pub fn refused(why: impl std::fmt::Display) -> Self {
        Self::Fault(FaultKind::NoText, format!("the tokenizer refuses this text: {why}"))
    }
}

/// A step that only looks.
pub trait Judge: Send + Sync {
    /// Looks at the text (through the shared view) and the rest of the document; writes what it learned into `row`.
    fn look(&self, view: &TextView<'_>, document: &Document, row: &mut Row, yields: &mut Yields) -> Outcome;

    /// Whether it looks at the text, and not at the address alone.
    fn reads_text(&self) -> bool {
        true
    }
}

/// A step that may change the document.
pub trait Edit: Send + Sync {
    /// Works on the document.
    fn apply(&self, document: &mut Document, row: &mut Row, yields: &mut Yields) -> Outcome;

    /// Whether it turns the markup of a document into its text.
    fn takes_markup(&self) -> bool {
        false
    }
}

/// What a step does, by kind.
pub enum Work {
    /// It only looks.
    Judge(Box<dyn Judge>),
    /// It may change the document.
    Edit(Box<dyn Edit>),
    /// It yields keys for dedup. Its verdict comes from the barrier, and is counted there.
    Keys(Box<dyn Judge>),
}

/// What becomes of documents that a step would drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are dropped.
    Drop,
    /// They are marked and go on.
    Tag,
}

/// Which documents a step looks at. An empty list always holds.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// Language labels.
    pub languages: Vec<Arc<str>>,
    /// Source names.
    pub sources: Vec<Arc<str>>,
}

impl When {
    /// Whether the step looks at a document of this language and source.
    #[must_use]
    pub fn holds(&self, language: Option<&str>, source: &str) -> bool {
        (self.languages.is_empty()
            || language
                .is_some_and(|label| self.languages.iter().any(|one| crate::language::labels::matches(one, label))))
            && (self.sources.is_empty() || self.sources.iter().any(|one| &**one == source))
    }
}

/// A step in its place in the plan.
pub struct Step {
    /// Index in the plan.
    pub index: u16,
    /// Name, unique in the plan.
    pub name: Arc<str>,
    /// Drop or tag.
    pub mode: Mode,
    /// Which documents it looks at.
    pub when: When,
    /// What it does.
    pub work: Work,
}
