//! What can be typed after `gristmill train`.

use clap::{Args, Subcommand, ValueEnum};

/// `train`.
#[derive(Debug, Args)]
pub struct Train {
    /// What to train.
    #[command(subcommand)]
    pub what: Verb,
}

/// Verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Train a fastText classifier on labelled texts, or on good texts against a random sample, and measure it on held-out ones
    Classifier(Box<Classifier>),
    /// Train an n-gram model for the step `perplexity`: modified Kneser-Ney, as KenLM's `lmplz`
    Lm(super::lm::Lm),
}

/// How labels are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Loss {
    /// Probabilities that add up to 1
    Softmax,
    /// Hierarchical softmax: fast with hundreds of labels
    Hs,
    /// One sigmoid per label
    Ova,
}

/// `train classifier`.
#[derive(Debug, Args)]
pub struct Classifier {
    /// Labelled texts: files, folders or patterns of JSONL or Parquet with a label field, or of lines `__label__x text`
    #[arg(long, num_args = 1.., value_name = "FILES", conflicts_with_all = ["good", "random"], required_unless_present = "good")]
    pub input: Vec<String>,
    /// Good texts (JSONL, Parquet, text, WARC …), to tell from `--random`
    #[arg(long, num_args = 1.., value_name = "FILES", requires = "random")]
    pub good: Vec<String>,
    /// A random sample of what is to be filtered
    #[arg(long, num_args = 1.., value_name = "FILES", requires = "good")]
    pub random: Vec<String>,
    /// Where to write the model: `.bin`, or `.ftz` for the quantized one alone; an existing file is never replaced
    #[arg(long, value_name = "FILE")]
    pub out: String,
    /// Also write the quantized model, beside a `.bin` and with its name
    #[arg(long)]
    pub quantize: bool,
    /// Where to write the figures as JSON; an existing file is never replaced
    #[arg(long, value_name = "FILE")]
    pub report: Option<String>,
    /// The field or column that holds the text
    #[arg(long, default_value = "text", value_name = "NAME")]
    pub text_field: String,
    /// The field or column that holds the label: a text, a whole number, true or false
    #[arg(long, default_value = "label", value_name = "NAME")]
    pub label_field: String,
    /// The label of `--good`
    #[arg(long, default_value = "good", value_name = "LABEL")]
    pub good_label: String,
    /// The label of `--random`
    #[arg(long, default_value = "random", value_name = "LABEL")]
    pub random_label: String,
    /// The label whose bounds are suggested [default: that of `--good`; each one where there are two]
    #[arg(long, value_name = "LABEL")]
    pub positive: Option<String>,
    /// Read the first N texts only, of `--good` and `--random` each
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Share of the texts that is kept from training and measured with; a text's hash decides, so equal texts stay together
    #[arg(long, default_value_t = 0.1, value_name = "SHARE")]
    pub held_out: f64,
    /// Measure with these labelled texts instead
    #[arg(long, num_args = 1.., value_name = "FILES", conflicts_with = "held_out")]
    pub test: Vec<String>,
    /// Length of the text vector
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub dim: usize,
    /// Passes over the texts
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub epochs: u32,
    /// Step at the beginning; it falls to 0
    #[arg(long, default_value_t = 0.1, value_name = "X")]
    pub rate: f32,
    /// Words that come less often get no row of their own
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub min_count: u64,
    /// Longest word n-grams
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub word_ngrams: usize,
    /// Shortest character n-grams
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub minn: usize,
    /// Longest character n-grams; 0 for none
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub maxn: usize,
    /// Rows that n-grams share by hash
    #[arg(long, default_value_t = 2_000_000, value_name = "N")]
    pub bucket: usize,
    /// How labels are scored
    #[arg(long, value_enum, default_value = "softmax")]
    pub loss: Loss,
    /// Seed of first values, of the order of the texts and of what is held out
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
    /// Rows that the quantized model keeps, those that weigh most; 0 for all
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub cutoff: usize,
    /// Columns of the quantized model that share one byte
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub dsub: usize,
    /// Do not give the norms of quantized rows a byte of their own
    #[arg(long)]
    pub no_qnorm: bool,
    /// Refuse to hold more in memory: texts as numbers, twice the model
    #[arg(long, default_value = "8GiB", value_name = "SIZE")]
    pub memory: String,
}
