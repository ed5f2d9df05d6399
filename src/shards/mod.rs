//! Token runs (one per unit, intermediate) and token shards (final), with their indexes and their lineage.
//!
//! Everything here writes to `std::io::Write` and reads from bytes or `std::io::Read`; only `storage` knows files.
//! The same tokens in the same order give the same bytes. A *document* is one sequence of tokens whose last token is the
//! end-of-document token: the caller appends it before the tokens come here.

mod chunk;
mod flat;
mod lineage;
mod megatron;
pub mod mix;
pub mod ordered;
mod pack;
mod packed;
mod packed_rows;
mod pieces;
mod plan;
mod rows;
mod run;
mod sink;
mod verify;
mod width;
mod words;

#[cfg(test)]
mod tests;

pub use chunk::{CHUNK_MOST, ChunkIds, ChunkLayout, ChunkWriter, Listed, folder_index};
pub use flat::{FlatWriter, datatrove_metadata};
pub use lineage::{LineageRecord, LineageWriter, read_lineage};
pub use megatron::{MegatronWriter, ShardCounts};
pub use pack::{Method, PackCounts, Packer, Packing, Piece, Sequence};
pub use packed::{PackedCheck, PackedLayout, packed_ends};
pub use packed_rows::packed_lengths;
pub use pieces::PieceTable;
pub use plan::{Part, ShardPlan, plan_shards};
pub use rows::read_rows;
pub use run::{RunDocument, RunFacts, RunIndex, RunReader, RunWriter};
pub use sink::{ShardFormat, ShardSink, olmo_line};
pub use verify::{MAX_PROBLEMS, Problem, ShardFacts, megatron_lengths, verify_flat, verify_megatron, verify_rows};
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
    /// The format holds places in a shard with 32 bits.
    #[error("the shard would have {bytes} bytes, and its form holds at most {max}; write more shards (`shard-tokens`)", max = CHUNK_MOST)]
    TooLarge {
        /// Its bytes with the document that was too much.
        bytes: u64,
    },
    /// A token run does not have the form that [`RunWriter`] gives it.
    #[error("the token run is damaged: {0}; delete it and resume, so that it is made again")]
    DamagedRun(String),
    /// The Parquet library failed, or a Parquet file of ours is not what it should be.
    #[error("the Parquet library failed: {0}")]
    Lineage(String),
}
