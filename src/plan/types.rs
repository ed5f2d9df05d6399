//! The plan: what will run, as plain data. Everything that the output depends on is in here, and nothing else.

use crate::document::Bins;
use crate::shards::mix::Wanted;
use crate::shards::{Packing, ShardFormat};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Version of the run directory's layout. A newer one is refused by older programs.
pub const FORMAT: u32 = 1;

/// A step as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Unique name.
    pub name: String,
    /// Its key in the config.
    pub kind: String,
    /// `drop` or `tag`.
    pub mode: String,
    /// What it does, in one line.
    pub summary: String,
    /// What else is worth knowing before it runs, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Rules in the order in which they are judged: name, metric, sign, bound.
    pub rules: Vec<PlannedRule>,
    /// For a step that cuts copies out of documents: the report raises an alert where a source loses a greater share.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alert_above: String,
    /// For a step that looks for benchmark sets: the sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<PlannedSet>,
}

/// A benchmark set that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSet {
    /// Its name.
    pub name: String,
    /// Its items.
    pub items: u64,
    /// Those with too few words for one n-gram: they cannot be found.
    pub without: u64,
}

/// A rule as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRule {
    /// `filter/rule`.
    pub name: String,
    /// The metric that it looks at.
    pub metric: String,
    /// How it trips: `> 0.3`.
    pub trips: String,
    /// The bound as a number, for drawing.
    #[serde(default)]
    pub bound: String,
}

/// A metric column of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricColumn {
    /// Name in the registry, and of the column.
    pub name: String,
    /// What it measures.
    pub doc: String,
    /// How its histogram is cut.
    pub bins: Bins,
}

/// A source: where documents come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSource {
    /// Unique name.
    pub name: String,
}

/// One input file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Index of the source.
    pub source: u32,
    /// The file as documents name it: relative to the config.
    pub file: String,
    /// Where it is opened; not part of the fingerprint, so that a moved checkout gives the same output.
    #[serde(skip)]
    pub key: String,
    /// Stored bytes.
    pub bytes: u64,
    /// Modification time, compared when a run goes on; not part of the output.
    #[serde(skip)]
    pub modified: u128,
}

/// A part of an input that one unit reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRange {
    /// Index of the input.
    pub input: u32,
    /// Records that start in this range of stored bytes; the whole file without it.
    pub range: Option<(u64, u64)>,
    /// Stored bytes that it stands for.
    pub bytes: u64,
}

/// Steps between two barriers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Steps of the phase, dedup steps of its barrier included at its end.
    pub steps: Range<usize>,
    /// Dedup steps whose barrier follows, in order; empty for the last phase.
    pub barrier: Vec<usize>,
}

/// What is written at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedOutput {
    /// The form of the token shards; `None`: none are written.
    pub tokens: Option<ShardFormat>,
    /// Whether kept documents are written as Parquet.
    pub documents: bool,
    /// Tokens after which a shard closes.
    pub shard_tokens: u64,
    /// How the documents of the shards are ordered.
    pub order: Order,
    /// How they are packed into sequences; `None`: each is one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing: Option<Packing>,
}

/// The order of documents in token shards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Order {
    /// As they were read.
    Input,
    /// Over the whole run, by hashes of their ids, or by a value.
    Shuffle(Mixture),
}

/// What is mixed, and what is held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mixture {
    /// The seed of every choice.
    pub seed: u64,
    /// Share of the documents that are written to shards of their own, for validation.
    pub validation: f64,
    /// How much of what.
    pub wanted: Wanted,
    /// What the documents for training are ordered by, instead of a hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curriculum: Option<Curriculum>,
}

/// An order by a value of each document. Equal values, and documents without one, which come last, stand by hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Curriculum {
    /// Metric column of the ledger; `tokens` with `None`.
    pub by: String,
    /// Its index in the plan; `None`: the tokens of the document.
    pub column: Option<usize>,
    /// The greatest first.
    pub descending: bool,
}

/// What will run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Layout version of the run directory.
    pub format: u32,
    /// Version of the program.
    pub program: String,
    /// Name of the run.
    pub name: String,
    /// The config with every default filled in.
    pub config: serde_json::Value,
    /// Referenced files (filters, lists, models, tokenizers) and their BLAKE3.
    pub references: Vec<(String, String)>,
    /// Sources, in order.
    pub sources: Vec<PlannedSource>,
    /// Input files, in order of reading.
    pub inputs: Vec<Input>,
    /// Map units: what each reads.
    pub units: Vec<Vec<InputRange>>,
    /// Steps, in order.
    pub steps: Vec<PlannedStep>,
    /// Metric columns, in order.
    pub metrics: Vec<MetricColumn>,
    /// Phases, in order.
    pub phases: Vec<Phase>,
    /// Partitions of the dedup exchange.
    pub partitions: u32,
    /// What is written.
    pub output: PlannedOutput,
    /// Examples per rule in the report.
    pub examples: usize,
    /// Domains listed in the report.
    pub top_domains: usize,
    /// A source that loses more than this share of its documents to one dedup step raises an alert.
    pub source_loss: f64,
}

impl Plan {
    /// BLAKE3 of the plan's canonical JSON: equal plans give equal outputs.
    ///
    /// # Panics
    /// Never: a plan is plain data.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let json = serde_json::to_vec(self).expect("a plan is plain data");
        blake3::hash(&json).to_hex().to_string()
    }

    /// Names of the steps.
    #[must_use]
    pub fn step_names(&self) -> Vec<String> {
        self.steps.iter().map(|step| step.name.clone()).collect()
    }

    /// Stored bytes of all inputs.
    #[must_use]
    pub fn input_bytes(&self) -> u64 {
        self.units.iter().flatten().map(|range| range.bytes).sum()
    }
}
