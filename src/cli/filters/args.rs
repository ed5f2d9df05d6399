//! What can be typed behind `gristmill filters`.

use super::super::args::Format;
use clap::{Args, Subcommand};

/// `filters`.
#[derive(Debug, Args)]
pub struct Filters {
    /// What to do with them.
    #[command(subcommand)]
    pub what: Verb,
}

/// Verbs of `filters`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The filters of the library by recipe, or the metrics that rules can look at
    List(List),
    /// One filter file, whole
    Show {
        /// Its name.
        name: String,
    },
    /// Write a commented filter file to begin with
    New(New),
    /// Make a filter file of FineWeb-2's threshold files (configs/*.yml)
    Import(Import),
    /// Derive a filter's bounds for a language from a reference sample
    Fit(Fit),
    /// What two filters judge differently on a sample
    Diff(Diff),
}

/// `filters list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only those whose name or description holds this text
    pub text: Option<String>,
    /// List the metrics that rules can look at instead
    #[arg(long)]
    pub metrics: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `filters new`.
#[derive(Debug, Args)]
pub struct New {
    /// The new filter's name, such as `forum-en@2026-01`
    pub name: String,
    /// Begin with this filter instead: a name of the library, or a file
    #[arg(long, value_name = "FILTER")]
    pub from: Option<String>,
    /// Where to write it; an existing file is never replaced [default: NAME.toml]
    #[arg(long, value_name = "FILE")]
    pub out: Option<String>,
}

/// `filters import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Threshold files, each named after its language: deu_Latn.yml
    #[arg(required = true, value_name = "FILE.yml")]
    pub files: Vec<String>,
    /// Where to write the filter; an existing file is never replaced [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<String>,
    /// The filter's name
    #[arg(long, default_value = "fineweb-2@imported")]
    pub name: String,
    /// The word splitter. FineWeb-2 used one per language
    #[arg(long, default_value = "spacy-en")]
    pub splitter: String,
    /// Version or commit of the threshold files, for the reference
    #[arg(long)]
    pub version: Option<String>,
}

/// The documents of a sample.
#[derive(Debug, Args)]
pub struct Sample {
    /// Input files, folders or patterns (JSONL, Parquet, text, WARC …)
    #[arg(long, required = true, num_args = 1.., value_name = "FILES")]
    pub input: Vec<String>,
    /// Look at the first N documents only
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// The field or column that holds the text
    #[arg(long, default_value = "text", value_name = "NAME")]
    pub text_field: String,
}

/// `filters fit`.
#[derive(Debug, Args)]
pub struct Fit {
    /// The filter whose bounds are fitted: a name of the library, or a file
    pub filter: String,
    /// The reference sample: documents of that language that should pass.
    #[command(flatten)]
    pub sample: Sample,
    /// The language of the sample, as the filter is to name it: de, deu_Latn
    #[arg(long)]
    pub language: String,
    /// Each rule lets P percent of the sample pass; RULE=P for one rule. May be given several times [default: 99]
    #[arg(long, value_name = "[RULE=]P")]
    pub percentile: Vec<String>,
    /// Also choose the N most frequent words as stop words of the language
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub stop_words: usize,
    /// Measure with this word splitter, and write it into the file [default: the filter's]
    #[arg(long)]
    pub splitter: Option<String>,
    /// The new filter's name [default: the filter's with the language behind it]
    #[arg(long)]
    pub name: Option<String>,
    /// Where to write it; an existing file is never replaced [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<String>,
}

/// `filters diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// A filter: a name of the library, or a file
    pub first: String,
    /// Another one
    pub second: String,
    /// The documents.
    #[command(flatten)]
    pub sample: Sample,
    /// The language of all documents [default: what the embedded model says of each]
    #[arg(long)]
    pub language: Option<String>,
    /// Documents shown for each pair of reasons
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub examples: usize,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}
