//! The step `dedup`.

use serde::{Serialize, Serializer};

use super::super::place::{Located, Place};
use super::super::words::{
    Compare, MinhashHash, MinhashPreset, OverlapPreset, OverlapRemove, PiecesPreset, Repeats, Scope, Sentences,
    Shingle, Short, SpanCut, Untouched, Verify,
};

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
    /// Indexes of earlier runs: their folders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub index: Vec<Located<String>>,
    /// Whether the filters are saved as an index.
    pub save_index: bool,
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
