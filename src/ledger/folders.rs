//! The `index.json` of folders of shards, for forms that have one: made from what `stats.json` says of the shards.

use super::stats::{ShardStats, Stats};
use crate::plan::Plan;
use crate::shards::{ChunkLayout, Listed, folder_index};
use std::collections::BTreeMap;

/// Folder of what is held out, below `tokens/`, where an index lists all shards of a folder.
pub const VALIDATION: &str = "validation/";

/// Name of the index of a folder.
const INDEX: &str = "index.json";

/// The layout of the shards of a run; `None` for forms without a table of places.
#[must_use]
pub fn chunk_layout(plan: &Plan, stats: &Stats) -> Option<ChunkLayout> {
    let length = plan.output.packing.as_ref().map(|packing| packing.length);
    ChunkLayout::of(plan.output.tokens?, length, stats.vocab_size)
}

/// Keys and contents of the indexes of all folders of shards; none for forms without them.
#[must_use]
pub fn folder_indexes(plan: &Plan, stats: &Stats) -> Vec<(String, String)> {
    let Some((layout, format)) = chunk_layout(plan, stats).zip(plan.output.tokens) else { return Vec::new() };
    let ending = format.endings()[0];
    let mut folders: BTreeMap<&str, Vec<Listed>> = BTreeMap::new();
    for shard in &stats.shards {
        let (folder, name) =
            shard.name.strip_prefix(VALIDATION).map_or(("", shard.name.as_str()), |name| (VALIDATION, name));
        folders.entry(folder).or_default().push(Listed {
            file: format!("{name}.{ending}"),
            samples: samples(shard),
            tokens: shard.places(),
            bytes: shard.bytes,
        });
    }
    let index = |(folder, shards): (&str, Vec<Listed>)| {
        (format!("tokens/{folder}{INDEX}"), folder_index(layout, &shards, &stats.fingerprint))
    };
    folders.into_iter().map(index).collect()
}

/// What a shard's table of places counts: documents, or sequences.
fn samples(shard: &ShardStats) -> u64 {
    shard.packing.map_or(shard.documents, |packing| packing.sequences)
}
