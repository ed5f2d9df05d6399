//! The `index.json` of a folder of shards.

use super::{ChunkLayout, Width};
use serde_json::json;

/// A shard as the index of its folder lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Name of the data file, without folder.
    pub file: String,
    /// Documents, or sequences of a packed shard.
    pub samples: u64,
    /// Tokens, padding included.
    pub tokens: u64,
    /// Bytes of the data file.
    pub bytes: u64,
}

/// The `index.json` of a folder. `version` tells folders of different content apart (LitData names its caches by it; MDS has
/// no place for it).
#[must_use]
pub fn folder_index(layout: ChunkLayout, shards: &[Listed], version: &str) -> String {
    if layout.mds {
        let shard = |one: &Listed| {
            let mut keys = layout.config();
            let raw = json!({"basename": one.file, "bytes": one.bytes, "hashes": {}});
            keys.extend([("raw_data", raw), ("samples", json!(one.samples)), ("zip_data", json!(null))]);
            object(keys)
        };
        let shards: Vec<String> = shards.iter().map(shard).collect();
        return format!("{{\"shards\": [{}], \"version\": 2}}", shards.join(", "));
    }
    // What `TokensLoader` calls torch.uint16 and torch.int32, and a sample that is nothing but one array.
    let dtype = match layout.width {
        Width::Two => 20,
        Width::Four => 16,
    };
    let config = object(vec![
        ("chunk_bytes", json!(null)),
        ("chunk_size", json!(null)),
        ("compression", json!(null)),
        ("data_format", json!([format!("no_header_tensor:{dtype}")])),
        ("data_spec", json!("[1, {\"type\": null, \"context\": null, \"children_spec\": []}]")),
        ("encryption", json!(null)),
        ("item_loader", json!("TokensLoader")),
    ]);
    let shard = |one: &Listed| {
        let keys = [("chunk_bytes", one.bytes), ("chunk_size", one.samples), ("dim", one.tokens)];
        let mut keys: Vec<_> = keys.into_iter().map(|(key, number)| (key, json!(number))).collect();
        keys.push(("filename", json!(one.file)));
        object(keys)
    };
    let shards: Vec<String> = shards.iter().map(shard).collect();
    let version = json!(version);
    format!("{{\"chunks\": [{}], \"config\": {config}, \"updated_at\": {version}}}", shards.join(", "))
}

/// A JSON object as Python's `json.dumps` writes it with sorted keys.
pub(super) fn object(mut keys: Vec<(&str, serde_json::Value)>) -> String {
    keys.sort_by(|a, b| a.0.cmp(b.0));
    let keys: Vec<String> = keys.into_iter().map(|(key, value)| format!("\"{key}\": {}", spaced(&value))).collect();
    format!("{{{}}}", keys.join(", "))
}

fn spaced(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        serde_json::Value::Object(keys) => {
            object(keys.iter().map(|(key, value)| (key.as_str(), value.clone())).collect())
        }
        other => other.to_string(),
    }
}
