//! Back-off n-gram language models in KenLM's files: `.arpa`, and what `build_binary` makes of it.
//!
//! Own reader and scorer of the formats of KenLM (format version 5): hash tables (`probing`, its default) and tries (plain,
//! quantized, with compressed pointers). Scores are KenLM's to the bit: the same 32-bit sums in the same order. The module reads
//! bytes that the caller hands over and does no I/O.

mod arpa;
mod binary;
mod bits;
mod building;
mod error;
mod hash;
mod model;
mod probing;
mod score;
mod table;
#[cfg(test)]
mod tests;
pub mod train;
mod trie;

pub use error::LmError;
pub use model::{LineScore, Model};
pub use score::{FullScore, State};

/// Longest n-grams that are read. KenLM itself is built for 6 unless told otherwise.
pub const MAX_ORDER: usize = 10;
/// log10 probability of unknown words where the file gives none (KenLM's `unknown_missing_logprob`).
const UNKNOWN_MISSING: f32 = -100.0;
/// The back-off of an n-gram that is no context: it differs from that of one that is in the sign alone.
const NO_EXTENSION: f32 = -0.0;
/// Most significant bit of a 32-bit float.
const SIGN: u32 = 1 << 31;

/// Whether an n-gram with this back-off must stay in the state: something may follow on it.
fn has_extension(backoff: f32) -> bool {
    backoff.to_bits() != NO_EXTENSION.to_bits()
}
