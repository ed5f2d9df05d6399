//! `stats.json`: everything that was counted, merged over all units. The report is a pure function of it and the plan.

use super::Totals;
use crate::document::Tally;
use crate::shards::PackCounts;
use crate::shards::mix::Share;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name of the file.
pub const STATS: &str = "stats.json";

/// One finished token shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardStats {
    /// Name without extension, below `tokens/`.
    pub name: String,
    /// Tokens in it.
    pub tokens: u64,
    /// Documents in it.
    pub documents: u64,
    /// Bytes of its data file.
    pub bytes: u64,
    /// Different token ids in it.
    #[serde(default)]
    pub different_ids: u64,
    /// Documents by the bin ([`crate::document::Bins::Log`]) of their tokens.
    #[serde(default)]
    pub lengths: BTreeMap<i32, u64>,
    /// How its sequences came out, where they are packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing: Option<PackCounts>,
}

impl ShardStats {
    /// Places in the data: tokens and padding.
    #[must_use]
    pub fn places(&self) -> u64 {
        self.tokens + self.packing.map_or(0, |packing| packing.padding)
    }
}

/// What the token shards hold of one source, copies counted as often as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceTokens {
    /// Documents.
    pub documents: u64,
    /// Tokens.
    pub tokens: u64,
    /// Documents by the bin ([`crate::document::Bins::Log`]) of their tokens.
    pub lengths: BTreeMap<i32, u64>,
}

/// What the order of a shuffled run came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderStats {
    /// Shards that the tokens for training are cut into.
    pub train_shards: u32,
    /// Shards that the tokens for validation are cut into.
    pub validation_shards: u32,
    /// The mixture, by source and language.
    pub shares: Vec<Share>,
}

/// What a run counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Layout version.
    pub format: u32,
    /// Version of the program.
    pub program: String,
    /// Name of the run.
    pub name: String,
    /// Fingerprint of the plan.
    pub fingerprint: String,
    /// The counts that must add up.
    pub totals: Totals,
    /// All counters. Of the domains only the ones with most kept tokens are listed; `domains_seen` says how many there were.
    pub tally: Tally,
    /// Number of domains before the list was cut.
    pub domains_seen: u64,
    /// Facts of each dedup step's barrier: edges, clusters, biggest cluster, cluster sizes by power of two.
    pub dedup: BTreeMap<String, BTreeMap<String, u64>>,
    /// Largest token id + 1; 0 without tokens.
    pub vocab_size: u32,
    /// The end-of-document token, if one is written.
    pub end_of_text: Option<u32>,
    /// Token shards, in order.
    pub shards: Vec<ShardStats>,
    /// What the token shards hold, by source.
    #[serde(default)]
    pub written: BTreeMap<String, SourceTokens>,
    /// Different token ids in all shards; the rest of the vocabulary is not used.
    #[serde(default)]
    pub different_ids: u64,
    /// The mixture, where documents are shuffled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderStats>,
}

impl Stats {
    /// How the sequences of all shards came out; `None` where they are not packed.
    #[must_use]
    pub fn packing(&self) -> Option<PackCounts> {
        let mut packed = self.shards.iter().filter_map(|shard| shard.packing).peekable();
        packed.peek()?;
        Some(packed.fold(PackCounts::default(), |mut sum, one| {
            sum.add(&one);
            sum
        }))
    }

    /// The file's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
