//! What can be typed behind `gristmill dedup`.

use clap::{Args, Subcommand, ValueEnum};

/// `dedup`.
#[derive(Debug, Args)]
pub struct Dedup {
    /// The stage.
    #[command(subcommand)]
    pub stage: Stage,
}

/// datatrove's MinHash stages over its own files: each can be done here or there.
#[derive(Debug, Subcommand)]
pub enum Stage {
    /// Stage 1: signature files of documents (`bucket_BBB/RRRRR.minhash.sig`), one task for each input file. Words are those of English,
    /// datatrove's default language, whatever language a document is in
    Signatures(Signatures),
    /// Stage 2: pairs of equal bands (`BBBBB_00.dups`) of signature files
    Buckets(Buckets),
    /// Stage 3: documents to remove (`TTTTTT.remove`) and cluster sizes (`TTTTTT.sizes`) of pairs, by datatrove's rule
    Clusters(Clusters),
}

/// datatrove's hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hash {
    /// XXH64, datatrove's default.
    Xxh64,
    /// The first 8 bytes of SHA-1, as FineWeb used.
    #[value(name = "sha1-64")]
    Sha1x64,
    /// The first 4 bytes of SHA-1.
    #[value(name = "sha1-32")]
    Sha1x32,
}

/// `dedup signatures`.
#[derive(Debug, Args)]
pub struct Signatures {
    /// Input files, folders or patterns (JSONL, Parquet, text, WARC …); tasks are numbered in their order
    #[arg(long, required = true, num_args = 1.., value_name = "FILES")]
    pub input: Vec<String>,
    /// The field or column that holds the text
    #[arg(long, default_value = "text", value_name = "NAME")]
    pub text_field: String,
    /// The folder of the signature files
    #[arg(long, value_name = "DIR")]
    pub out: String,
    /// The hash of a shingle
    #[arg(long, value_enum, default_value = "xxh64")]
    pub hash: Hash,
    /// Words per shingle
    #[arg(long, default_value_t = 5)]
    pub ngram: usize,
    /// Bands ("buckets")
    #[arg(long, default_value_t = 14)]
    pub bands: usize,
    /// Hashes per band
    #[arg(long, default_value_t = 8)]
    pub rows: usize,
}

/// `dedup buckets`.
#[derive(Debug, Args)]
pub struct Buckets {
    /// The folder of the signature files
    pub signatures: String,
    /// The folder of the pair files
    #[arg(long, value_name = "DIR")]
    pub out: String,
    /// The hash that the signatures were made with
    #[arg(long, value_enum, default_value = "xxh64")]
    pub hash: Hash,
    /// Hashes per band
    #[arg(long, default_value_t = 8)]
    pub rows: usize,
}

/// `dedup clusters`.
#[derive(Debug, Args)]
pub struct Clusters {
    /// The folder of the pair files
    pub pairs: String,
    /// The folder of the lists
    #[arg(long, value_name = "DIR")]
    pub out: String,
}
