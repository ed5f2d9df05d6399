//! What can be typed after `gristmill tokenizer`.

use super::super::args::Format;
use super::super::filters::args::Sample;
use clap::{Args, Subcommand, ValueEnum};

/// `tokenizer`.
#[derive(Debug, Args)]
pub struct Tokenizer {
    /// What to do.
    #[command(subcommand)]
    pub what: Verb,
}

/// Verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Train byte-level BPE or a Unigram model on documents and write a `tokenizer.json`
    Train(Train),
    /// Tell what a tokenizer file is: engine, size, tokens for ends of documents
    Inspect(Inspect),
}

/// How text is cut into words before merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pattern {
    /// GPT-2's, also of r50k and p50k
    Gpt2,
    /// GPT-4's (`cl100k`), also Llama 3's: up to three digits together
    #[value(alias = "gpt4", alias = "llama3", alias = "llama-3")]
    Cl100k,
    /// GPT-4o's: words are also cut where capitals begin
    #[value(alias = "gpt4o")]
    O200k,
}

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Byte-level BPE
    Bpe,
    /// A Unigram model with bytes for what it lacks
    Unigram,
}

/// `tokenizer train`.
#[derive(Debug, Args)]
pub struct Train {
    /// The documents. `RUN/documents` gives those of a finished run.
    #[command(flatten)]
    pub sample: Sample,
    /// Tokens in all, special ones and the 256 bytes included
    #[arg(long, value_name = "N")]
    pub vocab_size: u32,
    /// What is trained
    #[arg(long, value_enum, default_value = "bpe")]
    pub model: Kind,
    /// How text is cut into words, which no token reaches over
    #[arg(long, value_enum, default_value = "cl100k")]
    pub pattern: Pattern,
    /// A special token; may be given several times, in the order of the ids, which begin at 0
    #[arg(long, value_name = "TOKEN", default_value = "<|endoftext|>")]
    pub special: Vec<String>,
    /// Pairs that come less often are not merged (BPE)
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub min_count: u64,
    /// Most different words to keep in mind; beyond, the rarest are forgotten (about 150 bytes each)
    #[arg(long, default_value_t = 5_000_000, value_name = "N")]
    pub max_words: usize,
    /// Worker threads (0 = all cores). Does not change the file
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub threads: usize,
    /// Where to write it; an existing file is never replaced [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<String>,
}

/// `tokenizer inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// A `tokenizer.json`, SentencePiece `.model`, `.tiktoken` rank file, or GPT-2's `encoder.json`
    pub file: String,
    /// The merges beside GPT-2's `encoder.json`
    #[arg(long)]
    pub merges: Option<String>,
    /// How a rank file that is none of the published ones cuts text
    #[arg(long, value_enum)]
    pub pattern: Option<Pattern>,
    /// Also show the tokens of this text
    #[arg(long)]
    pub text: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}
