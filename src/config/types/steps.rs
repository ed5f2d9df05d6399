//! The steps.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::super::place::{Located, Place};
use super::super::words::{
    Compare, ContaminationMethod, Favor, LanguagePer, MinhashHash, MinhashPreset, Missing, Mode, OverlapPreset,
    OverlapRemove, PiecesPreset, PiiAction, PiiKind, PiiPreset, RankPattern, Remedy, Repeats, Scope, Sentences,
    Shingle, Short, SpanCut, Unreachable, Untouched, Verify,
};
use super::{Classify, Perplexity};

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
        (self.language.is_empty() || self.language.iter().any(|code| Some(code.value.as_str()) == language))
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
    /// Drop what the robots.txt of the site forbids.
    Robots(Robots),
    /// The rules of a filter file.
    Filter(FilterStep),
    /// A fastText model's probability of chosen labels.
    Classify(Classify),
    /// How well an n-gram model foresees the text.
    Perplexity(Perplexity),
    /// Take benchmarks out.
    Decontaminate(Decontaminate),
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
            Self::Robots(_) => "robots",
            Self::Filter(_) => "filter",
            Self::Classify(_) => "classify",
            Self::Perplexity(_) => "perplexity",
            Self::Decontaminate(_) => "decontaminate",
            Self::Dedup(_) => "dedup",
            Self::Pii(_) => "pii",
            Self::Tokenize(_) => "tokenize",
        }
    }
}

/// Benchmarks that must not be trained on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Decontaminate {
    /// Whose way.
    pub method: ContaminationMethod,
    /// Words of an n-gram.
    pub ngram: u32,
    /// Whether n-grams within questions are looked for.
    pub question_ngrams: bool,
    /// Whether n-grams that begin in a question and end in its answer are looked for.
    pub across_ngrams: bool,
    /// What becomes of a document.
    pub action: Remedy,
    /// Characters cut on each side of an n-gram.
    pub margin: u32,
    /// Pieces with fewer characters go.
    pub min_left: u32,
    /// Documents that fall into more pieces fail.
    pub max_pieces: u32,
    /// The sets.
    pub sets: Vec<BenchmarkSet>,
    /// What sampled overlap needs besides.
    #[serde(flatten)]
    pub sampled: Option<SampledOverlap>,
    /// Where `action` is written.
    #[serde(skip)]
    pub action_place: Place,
    /// Where `sets` is written, if it is.
    #[serde(skip)]
    pub sets_place: Option<Place>,
}

/// Sampled overlap.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SampledOverlap {
    /// Whose tokens: a file, or [`SampledOverlap::SEGMENTS`].
    pub tokenizer: Located<String>,
    /// Its checksum, if it is demanded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Located<String>>,
    /// Every so many tokens an n-gram is looked up.
    pub sample_every: u32,
    /// Misses that end a match.
    pub max_misses: u32,
    /// The score from which on an item counts as found.
    pub min_score: f64,
    /// Items up to so many tokens must be found without fault.
    pub perfect_to: u32,
    /// From so many tokens on `min_score` is enough.
    pub full_from: u32,
    /// Tokens of the longest answer that is looked for as a whole.
    pub short_answer: u32,
    /// Tokens behind the question where it is.
    pub short_answer_window: u32,
    /// Tokens of a longer answer's n-gram.
    pub answer_ngram: u32,
    /// Tokens behind the question where it is looked for at least.
    pub answer_window: u32,
    /// Tokens before the question where the passage is looked for at least.
    pub passage_window: u32,
    /// Tokens of a passage's n-gram.
    pub passage_ngram: u32,
    /// Misses that a passage forgives.
    pub passage_misses: u32,
    /// Items with fewer tokens are not looked for.
    pub min_item_tokens: u32,
    /// Items with fewer different words are not looked for.
    pub min_item_words: u32,
    /// Where `full-from` is written, or the step.
    #[serde(skip)]
    pub full_place: Place,
}

impl SampledOverlap {
    /// The word for segments of text instead of a tokenizer file.
    pub const SEGMENTS: &str = "uniseg";
}

/// A benchmark set.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BenchmarkSet {
    /// Its name.
    pub name: Located<String>,
    /// Its files.
    pub paths: Vec<Located<String>>,
    /// The field with the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Located<String>>,
    /// The field with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Located<String>>,
    /// The field with the passage that the question is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passage: Option<Located<String>>,
    /// The field with a text that is both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Located<String>>,
    /// The field with the id.
    pub id: String,
    /// Where it stands.
    #[serde(skip)]
    pub place: Place,
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
    /// Score below which the label is `und`.
    pub unknown_below: f64,
    /// What gets a label.
    pub per: LanguagePer,
    /// Score below which a line or paragraph has none.
    pub part_min_score: f64,
    /// The least share of the document's own language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_own_share: Option<Located<f64>>,
    /// The most languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_languages: Option<Located<u32>>,
}

impl Language {
    /// The word that stands for the model inside the program.
    pub const EMBEDDED: &'static str = "embedded";
}

/// Rules on addresses. Lists are paths of text files, plain or compressed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct UrlRules {
    /// Domains, with everything under them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_domains: Vec<Located<String>>,
    /// Host names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_hosts: Vec<Located<String>>,
    /// Addresses, with everything below them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_urls: Vec<Located<String>>,
    /// Categories of a collection of lists: their domains and addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_categories: Option<Categories>,
    /// Words, one is enough.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_words: Vec<Located<String>>,
    /// Words, more than `max_soft_words` are needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_soft_words: Vec<Located<String>>,
    /// How many soft words an address may have.
    pub max_soft_words: u32,
    /// Strings in the letters and digits of the address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_substrings: Vec<Located<String>>,
    /// Longest address in bytes; 0 means any.
    pub max_length: u32,
    /// Documents without an address.
    pub missing: Missing,
}

/// What the robots.txt captures of the crawl forbid.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Robots {
    /// Product tokens.
    pub agents: Vec<Located<String>>,
    /// Files with the captures; none: the inputs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Located<String>>,
    /// Hosts of which only server errors were captured.
    pub unreachable: Unreachable,
}

/// Categories of a collection of lists: a folder with a folder for each category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Categories {
    /// The folder of the collection.
    pub folder: Located<String>,
    /// The folders in it.
    pub categories: Vec<Located<String>>,
}

/// Where a list of a filter comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ListFrom {
    /// Text files, plain or compressed; together they are one list.
    Paths(Vec<Located<String>>),
    /// Categories of a collection.
    Categories(Categories),
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
    /// Lists, by role and language.
    pub lists: BTreeMap<String, BTreeMap<String, ListFrom>>,
    /// Whether the filter looks at the text, and not at the address alone; known once checked.
    #[serde(skip)]
    pub reads_text: bool,
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
    /// Equal lines.
    Lines(PiecesDedup),
    /// Equal paragraphs.
    Paragraphs(PiecesDedup),
    /// Equal sentences, or several in a row.
    Sentences(PiecesDedup),
    /// Equal spans, wherever they begin and end.
    Substring(SubstringDedup),
    /// Paragraphs and documents whose n-grams stood before.
    Overlap(OverlapDedup),
}

/// What shares n-grams with what came before is cut out of documents, or they go.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct OverlapDedup {
    /// Whose defaults these are.
    pub preset: OverlapPreset,
    /// What goes.
    pub remove: OverlapRemove,
    /// Words of an n-gram.
    pub ngram: u32,
    /// Paragraphs of fewer words are never cut.
    pub min_ngram: u32,
    /// They go if a greater share of their n-grams stood before.
    pub threshold: f64,
    /// Rate at which new n-grams are taken for seen ones at most.
    pub false_positives: f64,
    /// Filters, each for its own share of the map units.
    pub shards: u32,
    /// Documents with fewer characters left fail.
    pub min_left_chars: u32,
    /// Documents that lose a greater share of their characters fail.
    pub max_cut: f64,
    /// A source that loses a greater share of its characters raises an alert.
    pub alert_above: f64,
    /// Where `min-ngram` stands.
    #[serde(skip)]
    pub min_ngram_place: Place,
    /// Where `threshold` stands.
    #[serde(skip)]
    pub threshold_place: Place,
}

/// Equal spans are cut out of documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SubstringDedup {
    /// Shorter ones are never cut.
    pub min_bytes: u32,
    /// How much of a span goes.
    pub cut: SpanCut,
    /// What it has in common with dedup of pieces: `min_words`, `repeats`, and the rules on what is left.
    #[serde(flatten)]
    pub pieces: PiecesDedup,
}

/// Equal pieces of documents are cut out of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PiecesDedup {
    /// Whose defaults these are.
    pub preset: PiecesPreset,
    /// What makes two pieces equal.
    pub compare: Compare,
    /// So many pieces in a row are compared together.
    pub span: u32,
    /// Shorter ones are never cut.
    pub min_chars: u32,
    /// Those with fewer words are never cut.
    pub min_words: u32,
    /// What they are compared with.
    pub scope: Scope,
    /// A piece that fewer documents have is left alone.
    pub min_documents: u32,
    /// So many documents keep a piece.
    pub copies: u32,
    /// A piece that stood in the document before.
    pub repeats: Repeats,
    /// How sentences are found.
    pub sentences: Sentences,
    /// Which documents the rules below judge.
    pub untouched: Untouched,
    /// Documents with fewer characters left fail.
    pub min_left_chars: u32,
    /// Documents with fewer words left fail.
    pub min_left_words: u32,
    /// Documents with fewer sentences left fail.
    pub min_left_sentences: u32,
    /// Documents that lose a greater share of their characters fail.
    pub max_cut: f64,
    /// A source that loses a greater share of its characters raises an alert.
    pub alert_above: f64,
    /// Indexes of earlier runs: their folders. None for spans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub index: Vec<Located<String>>,
    /// Whether what the step keeps is saved as an index. Never for spans.
    pub save_index: bool,
}

/// Equal documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExactDedup {
    /// What is compared.
    pub on: Located<Target>,
    /// Ignore case, Unicode form and runs of white space; for addresses, their spelling.
    pub normalize: bool,
    /// Which one stays.
    pub keep: Keep,
    /// Indexes of earlier runs: their folders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub index: Vec<Located<String>>,
    /// Whether what the step keeps is saved as an index.
    pub save_index: bool,
}

/// Nearly equal documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct MinhashDedup {
    /// Published parameters that the others default to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<MinhashPreset>,
    /// The similarity that bands and rows were picked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// Units per shingle.
    pub ngram: u32,
    /// Bands of the signature.
    pub bands: u32,
    /// Hashes per band.
    pub rows: u32,
    /// What a shingle is made of.
    pub shingle: Shingle,
    /// The tokenizer of token shingles; without one, that of the step `tokenize`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<Located<String>>,
    /// Whether texts are compared in lower case.
    pub lower: bool,
    /// The hash of a shingle and the family of permutations.
    pub hash: MinhashHash,
    /// Which one stays.
    pub keep: Keep,
    /// How candidates are compared with the document that stays.
    pub verify: Verify,
    /// Least similarity with the document that stays; 0 removes candidates unseen.
    pub min_similarity: f64,
    /// Documents too short for one shingle.
    pub short: Short,
    /// Indexes of earlier runs: their folders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub index: Vec<Located<String>>,
    /// Whether what the step keeps is saved as an index.
    pub save_index: bool,
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
            _ => text.strip_prefix("field:").filter(|name| !name.is_empty()).map(|name| Self::Field(name.to_owned())),
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
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pii {
    /// What is looked for, without repeats, in a fixed order.
    pub kinds: Vec<PiiKind>,
    /// What is put in its place; `{kind}` stands for the kind's word.
    pub replace: String,
    /// What is done with a value.
    pub action: PiiAction,
    /// What is done with a value of some kinds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<PiiKind, PiiAction>,
    /// A published program, instead of the keys above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<PiiPreset>,
    /// A file whose content keys pseudonyms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<Located<String>>,
    /// Documents with more finds per 1,000 characters fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop_density: Option<f64>,
    /// Documents with more finds fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop_above: Option<u32>,
}

impl Pii {
    /// Whether values of some kind get `action`.
    #[must_use]
    pub fn uses(&self, action: PiiAction) -> bool {
        self.preset.is_none() && self.kinds.iter().any(|kind| *self.actions.get(kind).unwrap_or(&self.action) == action)
    }
}

/// Text to tokens.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tokenize {
    /// Path of a tokenizer file.
    pub tokenizer: Located<String>,
    /// What the file must hash to, in small letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Located<String>>,
    /// Path of the merges beside GPT-2's `encoder.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merges: Option<Located<String>>,
    /// How a rank file cuts text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<RankPattern>,
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
