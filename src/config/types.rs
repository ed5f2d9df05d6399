//! The config as the rest of the program sees it: every key filled in, every value in its range.
//!
//! Serialises with the key names of the file. Values whose place later checks need are [`Located`].

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::place::{Located, Place};
pub use super::words::{
    Favor, Format, MinhashHash, Missing, Mode, PiiKind, Shingle, Short, TokenFormat,
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

/// One step of the chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Unique among all steps of the config, given or derived.
    pub name: Located<String>,
    /// What becomes of documents that fail.
    pub mode: Mode,
    /// Which documents it looks at.
    #[serde(skip_serializing_if = "When::is_always")]
    pub when: When,
    /// What it does.
    #[serde(flatten)]
    pub kind: StepKind,
    /// The key that says the kind.
    #[serde(skip)]
    pub place: Place,
}

/// The condition of a step: both parts must hold; an empty part always holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct When {
    /// Codes of languages; a document without a language never matches.
    pub language: Vec<Located<String>>,
    /// Names of sources.
    pub source: Vec<Located<String>>,
}

impl When {
    /// Whether the step looks at every document.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.language.is_empty() && self.source.is_empty()
    }

    /// Whether the step looks at a document of this language and source.
    #[must_use]
    pub fn holds(&self, language: Option<&str>, source: &str) -> bool {
        (self.language.is_empty()
            || self
                .language
                .iter()
                .any(|code| Some(code.value.as_str()) == language))
            && (self.source.is_empty() || self.source.iter().any(|name| name.value == source))
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// HTML to main text.
    Extract(Extract),
    /// Tell the language, keep some.
    Language(Language),
    /// Drop by address.
    Url(UrlRules),
    /// The rules of a filter file.
    Filter(FilterStep),
    /// Drop duplicates.
    Dedup(Dedup),
    /// Replace personal data.
    Pii(Pii),
    /// Text to tokens.
    Tokenize(Tokenize),
}

impl StepKind {
    /// The key that the config uses for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Extract(_) => "extract",
            Self::Language(_) => "language",
            Self::Url(_) => "url",
            Self::Filter(_) => "filter",
            Self::Dedup(_) => "dedup",
            Self::Pii(_) => "pii",
            Self::Tokenize(_) => "tokenize",
        }
    }
}

/// HTML to main text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Extract {
    /// What to prefer.
    pub favor: Favor,
    /// Texts with fewer characters fail.
    pub min_chars: u32,
    /// Keep link targets.
    pub links: bool,
    /// Keep tables.
    pub tables: bool,
    /// Keep readers' comments.
    pub comments: bool,
    /// Mark headings, lists and code as Markdown.
    pub markdown: bool,
}

/// Language identification.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Language {
    /// `embedded`, or the path of a fastText model.
    pub model: Located<String>,
    /// What the model file must hash to, in small letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Located<String>>,
    /// The languages to keep; empty means all.
    pub keep: Vec<Located<String>>,
    /// The least score, 0 to 1.
    pub min_score: f64,
}

impl Language {
    /// The word that stands for the model inside the program.
    pub const EMBEDDED: &'static str = "embedded";
}

/// Rules on addresses. Lists are paths of text files.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct UrlRules {
    /// Domains, with everything under them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_domains: Option<Located<String>>,
    /// Whole addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_urls: Option<Located<String>>,
    /// Words, one is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_words: Option<Located<String>>,
    /// Words, more than `max_soft_words` are needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_soft_words: Option<Located<String>>,
    /// How many soft words an address may have.
    pub max_soft_words: u32,
    /// Strings in the letters and digits of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_substrings: Option<Located<String>>,
    /// Longest address in bytes; 0 means any.
    pub max_length: u32,
    /// Documents without an address.
    pub missing: Missing,
}

/// The rules of a filter file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FilterStep {
    /// Which file.
    #[serde(flatten)]
    pub filter: FilterRef,
    /// Other bounds, by rule.
    pub bounds: BTreeMap<String, Located<f64>>,
    /// Rules that are not applied.
    pub off: Vec<Located<String>>,
}

/// Which filter file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilterRef {
    /// One that comes with the program, by its full name once checked (`gopher-quality@datatrove-0.10`).
    Name(Located<String>),
    /// A file of the user's.
    Path(Located<String>),
}

/// How duplicates are found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum Dedup {
    /// Equal documents.
    Exact(ExactDedup),
    /// Nearly equal documents.
    Minhash(MinhashDedup),
}

/// Equal documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExactDedup {
    /// What is compared.
    pub on: Located<Target>,
    /// Ignore case, punctuation and runs of white space.
    pub normalize: bool,
    /// Which one stays.
    pub keep: Keep,
}

/// Nearly equal documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct MinhashDedup {
    /// Units per shingle.
    pub ngram: u32,
    /// Bands of the signature.
    pub bands: u32,
    /// Hashes per band.
    pub rows: u32,
    /// What a shingle is made of.
    pub shingle: Shingle,
    /// The hash of a shingle.
    pub hash: MinhashHash,
    /// Least share of equal hashes of a pair; 0 trusts the bands.
    pub min_similarity: f64,
    /// Which one stays.
    pub keep: Keep,
    /// Documents too short for one shingle.
    pub short: Short,
}

/// What exact dedup compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The text.
    Text,
    /// The address.
    Url,
    /// A carried field.
    Field(String),
}

impl Target {
    /// Reads `text`, `url` or `field:NAME`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "url" => Some(Self::Url),
            _ => text
                .strip_prefix("field:")
                .filter(|name| !name.is_empty())
                .map(|name| Self::Field(name.to_owned())),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text => serializer.serialize_str("text"),
            Self::Url => serializer.serialize_str("url"),
            Self::Field(name) => serializer.serialize_str(&format!("field:{name}")),
        }
    }
}

/// Which of several duplicates stays. Ties go to the first one read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The first one read: order of sources, then files, then places in the file.
    First,
    /// The one with the most text.
    Longest,
    /// The one with the latest date; no date is older than any.
    Newest,
    /// The one from the source that stands first in the config.
    SourcePriority,
    /// The one with the highest value of this metric.
    Best(Located<String>),
}

/// Personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pii {
    /// What is looked for, without repeats, in a fixed order.
    pub kinds: Vec<PiiKind>,
    /// What is put in its place; `{kind}` stands for the kind's word.
    pub replace: String,
    /// Documents with more finds fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop_above: Option<u32>,
}

/// Text to tokens.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tokenize {
    /// Path of a `tokenizer.json`.
    pub tokenizer: Located<String>,
    /// What the file must hash to, in small letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Located<String>>,
    /// What is put after each document.
    pub end_of_text: Located<EndOfText>,
}

/// What is put after each document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndOfText {
    /// The tokenizer's own end-of-text token.
    Auto,
    /// Nothing.
    None,
    /// The token with this text.
    Token(String),
}

impl Serialize for EndOfText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Auto => "auto",
            Self::None => "none",
            Self::Token(text) => text,
        })
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
    /// Write the kept documents as Parquet.
    pub documents: bool,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReportOptions {
    /// Dropped documents per rule.
    pub examples_per_rule: u32,
    /// How many domains are listed.
    pub top_domains: u32,
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
