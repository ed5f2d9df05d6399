//! Where the files of a run stand. One place, so that every unit on every machine agrees.

use super::Failure;
use crate::dedup::DedupError;
use crate::shards::mix::LABEL_BYTES;
use crate::storage::StorageError;

/// Intermediates; removed when the manifest is sealed.
pub const WORK: &str = "work";

/// Where the records of a stage stand, and most of what it writes.
pub fn stage_folder(stage: &str) -> String {
    format!("{WORK}/{stage}")
}

/// Name of a map stage.
pub fn map_stage(phase: usize) -> String {
    format!("map-{phase}")
}

/// Name of the partition stage of a dedup step.
pub fn reduce_stage(step: u16) -> String {
    format!("reduce-{step}")
}

/// What the names of cluster stages begin with.
pub const CLUSTER: &str = "cluster-";

/// Name of the cluster stage of a dedup step.
pub fn cluster_stage(step: u16) -> String {
    format!("{CLUSTER}{step}")
}

/// Name of the stage that writes what a dedup step kept of each map unit.
pub fn survivors_stage(step: u16) -> String {
    format!("survivors-{step}")
}

/// Keys of the documents that a dedup step kept of a map unit.
pub fn survivors(step: u16, unit: u32) -> String {
    format!("{WORK}/{}/{unit:05}.keys", survivors_stage(step))
}

/// Name of the stage that writes the keys of an index.
pub fn index_stage(step: u16) -> String {
    format!("index-{step}")
}

/// Name of the stage that describes an index.
pub fn describe_stage(step: u16) -> String {
    format!("describe-{step}")
}

/// A file in the folder of an index.
pub fn index_file(folder: &str, name: &str) -> String {
    format!("{}/{folder}/{name}", crate::ledger::INDEX)
}

/// Keys of a partition, in the folder of an index.
pub fn index_keys(partition: u32) -> String {
    format!("keys-{partition:05}")
}

/// What the names of filters of n-grams begin with, in the folder of an index.
pub const FILTER: &str = "filter-";

/// The filter of n-grams of a shard, in the folder of an index.
pub fn index_filter(shard: u32) -> String {
    format!("{FILTER}{shard:05}")
}

/// Document ids of a map unit, in the folder of an index.
pub fn index_ids(unit: u32) -> String {
    format!("unit-{unit:05}.ids")
}

/// Sketches of a map unit's documents, in the folder of an index.
pub fn index_sketches(unit: u32) -> String {
    format!("unit-{unit:05}.sketches")
}

/// Passages of a map unit.
pub fn part(phase: usize, unit: u32) -> String {
    format!("{WORK}/{}/{unit:05}.part", map_stage(phase))
}

/// Document ids of a map unit, 16 bytes each.
pub fn ids(phase: usize, unit: u32) -> String {
    format!("{WORK}/{}/{unit:05}.ids", map_stage(phase))
}

/// Exchange file of a map unit for a dedup step.
pub fn keys(phase: usize, unit: u32, step: u16) -> String {
    format!("{WORK}/{}/{unit:05}.{step}.keys", map_stage(phase))
}

/// The fact in a map unit's record that says how many n-grams it wrote for a shard of a dedup step: the sums of a complete stage hold
/// those of each shard.
pub fn grams_fact(step: u16, shard: u32) -> String {
    format!("grams-{step}-{shard}")
}

/// Ranks of a map unit's documents for a dedup step, 8 bytes each.
pub fn ranks(phase: usize, unit: u32, step: u16) -> String {
    format!("{WORK}/{}/{unit:05}.{step}.ranks", map_stage(phase))
}

/// Sketches of a map unit's documents for a dedup step.
pub fn sketches(phase: usize, unit: u32, step: u16) -> String {
    format!("{WORK}/{}/{unit:05}.{step}.sketches", map_stage(phase))
}

/// Token run of a map unit.
pub fn token_run(phase: usize, unit: u32) -> String {
    format!("{WORK}/{}/{unit:05}.tokens", map_stage(phase))
}

/// Edges of a partition.
pub fn edges(step: u16, partition: u32) -> String {
    format!("{WORK}/{}/{partition:05}.edges", reduce_stage(step))
}

/// Name of a stage of the rounds that join the edges of a dedup step.
pub fn stars_stage(step: u16, round: u32) -> String {
    format!("stars-{step}-{round}")
}

/// Edges that a partition hands to the others in a round.
pub fn stars(step: u16, round: u32, partition: u32) -> String {
    format!("{WORK}/{}/{partition:05}.stars", stars_stage(step, round))
}

/// What a partition of a dedup step of pieces cuts, by map unit.
pub fn cuts(step: u16, partition: u32) -> String {
    format!("{WORK}/{}/{partition:05}.cuts", reduce_stage(step))
}

/// What a dedup step by n-grams says of a map unit.
pub fn verdicts(step: u16, unit: u32) -> String {
    format!("{WORK}/{}/{unit:05}.verdicts", reduce_stage(step))
}

/// Verdicts of a dedup step, a section for each map unit.
pub fn fates(step: u16) -> String {
    format!("{WORK}/{}/00000.fates", cluster_stage(step))
}

/// Name of the stage that cuts token runs into shards, for documents in input order.
pub const LAYOUT: &str = "layout";

/// What each shard holds of the token runs.
pub fn layout() -> String {
    format!("{WORK}/{LAYOUT}/00000.parts")
}

/// Name of the stage that cuts a curriculum into shards.
pub const CUTS: &str = "cuts";

/// Where the shards of a curriculum begin.
pub fn curriculum_cuts() -> String {
    format!("{WORK}/{CUTS}/00000.cuts")
}

/// Ledger rows of a map unit.
pub fn ledger(unit: u32) -> String {
    format!("ledger/{unit:05}.parquet")
}

/// Kept documents of a map unit.
pub fn documents(unit: u32) -> String {
    format!("documents/{unit:05}.parquet")
}

/// Bad records of a map unit.
pub fn quarantine(phase: usize, unit: u32) -> String {
    format!("quarantine/{unit:05}-{phase}.jsonl")
}

/// A dedup error on a file of ours: storage trouble stays storage trouble, damage is named with the way out.
pub fn dedup_failure(key: &str, error: DedupError) -> Failure {
    let source = match error {
        DedupError::Io(source) => source,
        other => std::io::Error::new(
            std::io::ErrorKind::InvalidData,
            format!("{other} (remove the file's unit record and run the same command again)"),
        ),
    };
    Failure::Storage(StorageError::new("use", key, source))
}

/// Where the documents of a token run came from.
pub fn origins(phase: usize, unit: u32) -> String {
    format!("{WORK}/{}/{unit:05}.origins", map_stage(phase))
}

/// The documents of a map unit from which a curriculum is cut into shards.
pub fn sample(phase: usize, unit: u32) -> String {
    format!("{WORK}/{}/{unit:05}.sample", map_stage(phase))
}

/// Ordered tokens of a map unit.
pub fn ordered(unit: u32) -> String {
    format!("{WORK}/order/{unit:05}.ordered")
}

/// Bytes of one record of [`origins`]: document id (16), index of the input (u32), offset (u64), rank (u64), language label;
/// little-endian.
pub const ORIGIN_BYTES: usize = 36 + LABEL_BYTES;

/// Where a document of a token run came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentOrigin {
    /// The document.
    pub id: crate::document::DocId,
    /// Index of the input.
    pub input: u32,
    /// Where the record starts in it.
    pub offset: u64,
    /// Language label as [`crate::shards::mix::label`] cuts it; empty without one.
    pub language: String,
    /// Its place in a curriculum ([`crate::shards::mix::rank`]); 0 without one.
    pub rank: u64,
}

/// One record of [`origins`].
pub fn encode_origin(origin: &DocumentOrigin) -> [u8; ORIGIN_BYTES] {
    let mut out = [0; ORIGIN_BYTES];
    out[..16].copy_from_slice(&origin.id.0);
    out[16..20].copy_from_slice(&origin.input.to_le_bytes());
    out[20..28].copy_from_slice(&origin.offset.to_le_bytes());
    let label = crate::shards::mix::label(&origin.language).as_bytes();
    out[28..36].copy_from_slice(&origin.rank.to_le_bytes());
    out[36..36 + label.len()].copy_from_slice(label);
    out
}

/// Reads one record of [`origins`]; `None` for anything else.
pub fn decode_origin(bytes: &[u8]) -> Option<DocumentOrigin> {
    let bytes: &[u8; ORIGIN_BYTES] = bytes.try_into().ok()?;
    let (mut id, mut input, mut offset, mut rank) = ([0; 16], [0; 4], [0; 8], [0; 8]);
    id.copy_from_slice(&bytes[..16]);
    input.copy_from_slice(&bytes[16..20]);
    offset.copy_from_slice(&bytes[20..28]);
    rank.copy_from_slice(&bytes[28..36]);
    let label = std::str::from_utf8(&bytes[36..]).ok()?.trim_end_matches('\0');
    Some(DocumentOrigin {
        id: crate::document::DocId(id),
        input: u32::from_le_bytes(input),
        offset: u64::from_le_bytes(offset),
        language: label.to_owned(),
        rank: u64::from_le_bytes(rank),
    })
}
