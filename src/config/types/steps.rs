//! The steps.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::super::place::{Located, Place};
use super::super::words::{Favor, LanguagePer, Missing, Mode, PiiAction, PiiKind, PiiPreset, RankPattern, Unreachable};
use super::{Classify, Decontaminate, Dedup, Perplexity};

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
