//! Token runs (one per unit, intermediate) and token shards (final), with their indexes and their lineage.
//!
//! Everything here writes to `std::io::Write` and reads from bytes or `std::io::Read`; only `storage` knows files.
//! The same tokens in the same order give the same bytes. A *document* is one sequence of tokens whose last token is the
//! end-of-document token: the caller appends it before the tokens come here.

mod flat;
mod lineage;
mod megatron;
mod plan;
mod run;
mod verify;
mod width;

#[cfg(test)]
mod tests;

pub use flat::{DatatroveWriter, datatrove_metadata};
pub use lineage::{LineageRecord, LineageWriter};
pub use megatron::{MegatronWriter, ShardCounts};
pub use plan::{Part, ShardPlan, plan_shards};
pub use run::{RunDocument, RunFacts, RunIndex, RunReader, RunWriter};
pub use verify::{MAX_PROBLEMS, Problem, ShardFacts, verify_megatron};
pub use width::Width;

/// Why tokens could not be written or read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShardError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A token id is not below the vocabulary size: tokenizer and vocabulary size do not belong together.
    #[error("token id {id} of document {document} is not below the vocabulary size {vocab_size}")]
    IdOutOfRange {
        /// The id.
        id: u32,
        /// Which document of the run or shard, from 0.
        document: u64,
        /// The size that was declared.
        vocab_size: u32,
    },
    /// The format counts the tokens of a document with 31 bits.
    #[error("document {document} has {tokens} tokens, the format holds at most {max}", max = i32::MAX)]
    DocumentTooLong {
        /// Which document of the run or shard, from 0.
        document: u64,
        /// Its tokens.
        tokens: usize,
    },
    /// A token run does not have the form that [`RunWriter`] gives it.
    #[error("the token run is damaged: {0}; delete it and resume, so that it is made again")]
    DamagedRun(String),
    /// The Parquet library failed on the lineage file.
    #[error("the lineage file cannot be written: {0}")]
    Lineage(String),
}
