//! Bad records: where they are and what is wrong with them. Never their text: the input still has it.

use crate::document::Fault;
use serde::{Deserialize, Serialize};

/// One damaged record, a line of `quarantine/*.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineEntry {
    /// Name of the source.
    pub source: String,
    /// Input file.
    pub file: String,
    /// Where the record starts.
    pub offset: u64,
    /// Stored bytes passed over.
    pub length: u64,
    /// Code of the fault.
    pub fault: String,
    /// One line for people.
    pub detail: String,
    /// The step that found it; `read` for the reader.
    pub step: String,
    /// The document's id, if it had become one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
}

/// The entry of a fault, as a line with its newline.
#[must_use]
pub fn quarantine_line(source: &str, step: &str, id: Option<String>, fault: &Fault) -> String {
    let entry = QuarantineEntry {
        source: source.to_owned(),
        file: fault.file.to_string(),
        offset: fault.offset,
        length: fault.length,
        fault: fault.kind.code().to_owned(),
        detail: fault.detail.clone(),
        step: step.to_owned(),
        id,
    };
    let mut line = serde_json::to_string(&entry).unwrap_or_default();
    line.push('\n');
    line
}
