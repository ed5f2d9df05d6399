use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// Neighbouring documents of one token run that go into one shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The unit, as the caller numbers it.
    pub unit: u64,
    /// The first document, counted from 0 in the unit's run.
    pub first_doc: u64,
    /// How many documents.
    pub n_docs: u64,
    /// Where the part starts in the shard, in tokens.
    pub first_token: u64,
    /// Tokens of the part.
    pub n_tokens: u64,
}

/// What one shard holds, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardPlan {
    /// The parts; never empty, none of them without documents.
    pub parts: Vec<Part>,
    /// Documents of all parts.
    pub n_docs: u64,
    /// Tokens of all parts.
    pub n_tokens: u64,
}

/// Cuts runs into shards: `runs` holds (unit, tokens of each document) in output order.
///
/// Documents keep their order and are never split. A shard closes with the document that brings it to `shard_tokens` or
/// beyond, so every shard but the last has at least `shard_tokens` tokens, and fewer than `shard_tokens` plus the
/// longest document. The plan depends on nothing else.
///
/// # Errors
/// The first error of `runs`, which are asked for one at a time.
pub fn plan_shards<T: AsRef<[u32]>, E>(
    runs: impl IntoIterator<Item = Result<(u64, T), E>>,
    shard_tokens: NonZeroU64,
) -> Result<Vec<ShardPlan>, E> {
    let mut shards = Vec::new();
    let mut open = ShardPlan::default();
    for run in runs {
        let (unit, lengths) = run?;
        let mut part: Option<Part> = None;
        for (doc, n_tokens) in lengths.as_ref().iter().enumerate() {
            let at = part.get_or_insert(Part {
                unit,
                first_doc: doc as u64,
                n_docs: 0,
                first_token: open.n_tokens,
                n_tokens: 0,
            });
            at.n_docs += 1;
            at.n_tokens += u64::from(*n_tokens);
            open.n_docs += 1;
            open.n_tokens += u64::from(*n_tokens);
            if open.n_tokens >= shard_tokens.get() {
                open.parts.extend(part.take());
                shards.push(std::mem::take(&mut open));
            }
        }
        open.parts.extend(part);
    }
    if open.n_docs > 0 {
        shards.push(open);
    }
    Ok(shards)
}
