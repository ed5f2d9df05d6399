//! The words every other module speaks: documents, where they came from, and what was decided about them.
//!
//! Pure data: no I/O, no clock, no threads.

mod fault;
mod id;
mod row;
mod tally;
mod verdict;

pub use fault::{Fault, FaultKind};
pub use id::DocId;
pub use row::{CutNote, Fate, NgramNote, Row, Twin, Twins};
pub use tally::{Bins, Contact, Counts, Example, Flow, Group, Histogram, StepTally, Tally, Trim};
pub use verdict::{Bound, Reason, Verdict};

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a document was read from. Together with the bytes of the input this is enough to find it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The input file as the plan names it (relative to the config, `/`-separated, or as typed).
    pub file: Arc<str>,
    /// Where the record starts in the stored file. Bytes of the *stored* file where records can be addressed there
    /// (plain files, one gzip member or zstd frame per record); bytes of the decompressed stream where a compressed
    /// file is one stream; the row number for Parquet.
    pub offset: u64,
}

/// A value of a carried metadata field (JSONL fields and Parquet columns that are not text, id or url).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// JSON null or a Parquet null.
    Null,
    /// Boolean.
    Bool(bool),
    /// Integer.
    Int(i64),
    /// Floating point number.
    Float(f64),
    /// Text.
    Str(String),
    /// Anything nested, kept as compact JSON text.
    Json(String),
}

/// HTML (or another markup body) still to be extracted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Markup {
    /// The body after HTTP transfer and content decoding, in its original charset.
    pub bytes: Vec<u8>,
    /// The charset that the HTTP header declares, if any, lower-cased and untrusted.
    pub charset: Option<String>,
    /// The media type that the HTTP header declares, if any, lower-cased without parameters.
    pub media_type: Option<String>,
}

/// One document on its way through the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Stable identity: hash of source name, file and offset.
    pub id: DocId,
    /// Where it was read.
    pub origin: Origin,
    /// The identifier that the input itself carries (JSONL/Parquet `id`, `WARC-Record-ID`), if any.
    pub source_id: Option<String>,
    /// Where the page was fetched from, if known.
    pub url: Option<String>,
    /// Date of capture or creation as the input states it (WARC-Date, or a carried field), if any.
    pub date: Option<String>,
    /// Markup waiting for extraction. `None` once the text is final.
    pub markup: Option<Markup>,
    /// The text, UTF-8. Empty until extraction for markup documents.
    pub text: String,
    /// Carried fields, in input order.
    pub metadata: Vec<(String, Value)>,
}
