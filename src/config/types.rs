//! The config as the rest of the program sees it: every key filled in, every value in its range.
//!
//! Serialises with the key names of the file. Values whose place later checks need are [`Located`].

mod classify;
mod contamination;
mod dedup;
mod perplexity;
mod steps;

pub use classify::Classify;
pub use contamination::*;
pub use dedup::*;
pub use perplexity::{Perplexity, PerplexityModel};
pub use steps::*;

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

use super::place::{Located, Place};
pub use super::words::{
    Bucket, ClassifyCombine, ClassifyLevel, ClassifyPrepare, Compare, ContaminationMethod, Favor, Format, LanguagePer,
    MinhashHash, MinhashPreset, Missing, Mode, Order, OverlapPreset, OverlapRemove, PackMethod, PerplexityPrepare,
    PiecesPreset, PiiAction, PiiKind, PiiPreset, RankPattern, Remedy, Repeats, Scope, Sentences, Shingle, Short,
    SpanCut, TokenFormat, Unreachable, Untouched, Verify,
};

/// A checked config.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Config {
    /// The form of the file: 1.
    pub version: u32,
    /// What the run is called.
    pub name: String,
    /// The seed of every random choice.
    pub seed: u64,
    /// What is read, in the order of the file (the order of `keep = "source-priority"`).
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// The shared steps, in the order of work.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// What is written.
    pub output: Output,
    /// What the run may use.
    pub limits: Limits,
    /// What the report shows.
    pub report: ReportOptions,
    /// Documents for `gristmill test`.
    #[serde(rename = "test")]
    pub tests: Vec<Test>,
}

/// A place that documents come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Source {
    /// Unique name; part of every document's id.
    pub name: Located<String>,
    /// Files, folders and patterns (see [`super::Glob`]), relative to the config file.
    pub paths: Vec<Located<String>>,
    /// How the files are read.
    pub format: Format,
    /// Which fields hold what, for JSONL and Parquet.
    pub fields: Fields,
    /// Which other fields go along.
    pub carry: Carry,
    /// HTTP statuses of archive records that are read.
    pub http_status: Vec<Located<String>>,
    /// Media types of archive records that are read.
    pub media_types: Vec<Located<String>>,
    /// Least bytes of a body; 0 means any.
    pub min_bytes: u64,
    /// Most bytes of a body; 0 means any.
    pub max_bytes: u64,
    /// Steps of this source alone, before the shared ones.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// The header of the table.
    #[serde(skip)]
    pub place: Place,
}

/// Field or column names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fields {
    /// The text.
    pub text: String,
    /// The input's own identifier.
    pub id: String,
    /// The address.
    pub url: String,
    /// The date of capture.
    pub date: String,
}

/// Which fields go along as metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carry {
    /// Every field that is not text, id, url or date.
    All,
    /// None.
    None,
    /// Those named.
    Only(Vec<String>),
}

impl Serialize for Carry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_bool(true),
            Self::None => serializer.serialize_bool(false),
            Self::Only(names) => names.serialize(serializer),
        }
    }
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Output {
    /// The run directory, relative to the config file unless [`Output::dir_from_cli`].
    pub dir: Located<String>,
    /// `dir` came from `--out`: it is relative to the working directory.
    #[serde(skip)]
    pub dir_from_cli: bool,
    /// The form of the token shards.
    pub tokens: TokenFormat,
    /// Tokens per shard.
    pub shard_tokens: u64,
    /// The order of documents in the token shards.
    pub order: Order,
    /// Share of the documents that are held out for validation.
    pub validation: f64,
    /// Write the kept documents as Parquet.
    pub documents: bool,
    /// How much of what.
    pub mix: Mix,
    /// What the order `curriculum` is by.
    pub curriculum: Curriculum,
    /// Sequences of one length.
    pub packing: Packing,
}

/// Sequences of one length.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Packing {
    /// How documents come into sequences.
    pub method: PackMethod,
    /// Tokens of a sequence.
    pub length: u32,
    /// Tokens that are packed together by best fit.
    pub window_tokens: u64,
    /// The token that fills free places; the end-of-document token without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pad: Option<u32>,
    /// The table.
    #[serde(skip)]
    pub place: Place,
}

/// How much of what the token shards hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mix {
    /// How often the documents of a source are written, by its name.
    pub epochs: BTreeMap<String, Located<f64>>,
    /// Shares of the tokens by the name of the source.
    pub weights: BTreeMap<String, Located<f64>>,
    /// Tokens of the whole mixture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Exponent on the tokens of a language within its source.
    pub language_exponent: f64,
    /// Most epochs of any document.
    pub max_epochs: f64,
    /// The table.
    #[serde(skip)]
    pub place: Place,
}

/// What documents are ordered by.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Curriculum {
    /// A metric column of the ledger, or `tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The greatest first.
    pub descending: bool,
    /// The table.
    #[serde(skip)]
    pub place: Place,
}

/// What a run may use.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Limits {
    /// Memory budget in bytes. Not part of the fingerprint.
    pub memory: u64,
    /// Threads; 0 means all cores. Not part of the fingerprint.
    pub threads: u32,
    /// Input bytes per unit.
    pub unit_bytes: u64,
    /// Parts of the exchange between dedup's two halves.
    pub partitions: u32,
    /// Share of damaged records above which the run stops. Not part of the fingerprint.
    pub max_fault_ratio: f64,
    /// Limits of one record.
    pub record: RecordLimits,
}

/// Limits of one record: what is over them is quarantined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecordLimits {
    /// Bytes after decompression.
    pub bytes: u64,
    /// Decompressed size over compressed size.
    pub expansion: u32,
    /// Elements and texts of a page.
    pub html_nodes: u32,
    /// Elements inside one another.
    pub html_depth: u32,
}

/// What the report shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReportOptions {
    /// Dropped documents per rule.
    pub examples_per_rule: u32,
    /// How many domains are listed.
    pub top_domains: u32,
    /// A source that loses more than this share of its documents to one dedup step raises an alert.
    pub source_loss: f64,
}

/// A document and what must become of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Test {
    /// What is shown when it fails.
    pub name: Located<String>,
    /// The document.
    pub input: TestInput,
    /// What must become of it.
    pub expect: TestExpect,
    /// The header of the table.
    #[serde(skip)]
    pub place: Place,
}

/// A document: either text or HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestInput {
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// An HTML page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What must become of a document; absent means not looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TestExpect {
    /// Whether it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Located<bool>>,
    /// The code of its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Located<String>>,
    /// The rule that drops it, as `filter/rule`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped_by: Option<Located<String>>,
}
