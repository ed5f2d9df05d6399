//! Records by type of crawl files, as the readers count them: one JSON line a file, for comparing with other programs.
//!
//! `cargo run --release --example count_records -- FILE...` (`tests/scripts/compare_warc.py` does)

#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::disallowed_types, reason = "a measuring program")]

use std::collections::BTreeMap;
use std::sync::Arc;

use gristmill::readers::{Decoded, InputSpec, Item, decode, open};
use gristmill::storage::source::{ByteSource, MemorySource};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(std::fs::read(&path)?));
        let spec = InputSpec::new("count", &path);
        let (mut records, mut kinds, mut faults) =
            (0_u64, BTreeMap::<String, u64>::new(), BTreeMap::<&str, u64>::new());
        let mut documents = 0_u64;
        let mut reader = open(&spec, &source)?;
        while let Some(item) = reader.next_item()? {
            match item {
                Item::Record(record) => {
                    records += 1;
                    match decode(&spec, record) {
                        Decoded::Document(_) => documents += 1,
                        Decoded::Other { .. } => {}
                        Decoded::Fault(fault) => *faults.entry(fault.kind.code()).or_default() += 1,
                    }
                }
                Item::Other { kind, .. } => *kinds.entry(kind.into_owned()).or_default() += 1,
                Item::Fault(fault) => *faults.entry(fault.kind.code()).or_default() += 1,
            }
        }
        println!(
            "{}",
            json!({ "file": path, "records": records, "documents": documents, "others": kinds, "faults": faults })
        );
    }
    Ok(())
}
