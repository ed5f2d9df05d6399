//! Documents for verbs that look at a sample: read by the ordinary readers, without a config.

use super::Place;
use super::inputs::{InputFile, expand};
use crate::document::{Document, Row};
use crate::readers::{Decoded, InputSpec, Item, RawRecord, decode, open};
use crate::steps::{Edit, ExtractStep, Outcome, Yields};
use crate::storage::StorageError;
use crate::storage::source::ByteSource;
use std::sync::Arc;

/// Documents that are handed over at once.
const BATCH: usize = 256;
/// Bytes of text after which a batch is handed over earlier.
const BATCH_BYTES: usize = 8 << 20;

/// What to read.
#[derive(Debug, Clone)]
pub struct SampleSpec {
    /// Files, folders or patterns.
    pub inputs: Vec<String>,
    /// The field or column with the text.
    pub text_field: String,
    /// The greatest number of documents; the first ones, in the order of the files.
    pub limit: Option<u64>,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SampleCounts {
    /// Input files.
    pub files: u64,
    /// Documents.
    pub documents: u64,
    /// Damaged records, passed over.
    pub damaged: u64,
}

/// Why a sample cannot be read.
#[derive(Debug)]
pub enum SampleError {
    /// No file is behind this path or pattern.
    Nothing(String),
    /// The world failed.
    Storage(StorageError),
}

impl From<StorageError> for SampleError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// The files behind paths, folders and patterns, in order.
///
/// # Errors
/// When nothing is behind one of them, or the world fails.
pub fn expand_all(place: &Place, patterns: &[String]) -> Result<Vec<String>, SampleError> {
    let mut out = Vec::new();
    for pattern in patterns {
        let found = expand(place, pattern)?;
        if found.is_empty() {
            return Err(SampleError::Nothing(pattern.clone()));
        }
        out.extend(found.into_iter().map(|(file, _)| file));
    }
    Ok(out)
}

/// Reads documents in the order of the files and hands them to `each` in batches; `each` ends the reading with `false`. What it ended
/// before is neither looked for nor counted.
///
/// # Errors
/// When an input is not there or cannot be read. Damaged records are counted and passed over.
pub fn sample(
    place: &Place,
    spec: &SampleSpec,
    each: &mut dyn FnMut(Vec<Document>) -> bool,
) -> Result<SampleCounts, SampleError> {
    let mut counts = SampleCounts::default();
    let mut batch = Batch { documents: Vec::new(), bytes: 0 };
    let full = |counts: &SampleCounts| spec.limit.is_some_and(|limit| counts.documents >= limit);
    for pattern in &spec.inputs {
        let found = expand(place, pattern)?;
        if found.is_empty() {
            return Err(SampleError::Nothing(pattern.clone()));
        }
        for (file, stat) in found {
            if full(&counts) {
                break;
            }
            counts.files += 1;
            let mut input = InputSpec::new("sample", &file);
            input.fields.text.clone_from(&spec.text_field);
            let source: Arc<dyn ByteSource> = Arc::new(InputFile::new(place, &place.resolve(&file), stat.bytes));
            let mut reader = open(&input, &source).map_err(failed)?;
            while !full(&counts) {
                let Some(item) = reader.next_item().map_err(failed)? else { break };
                match item {
                    Item::Record(record) => match document(&input, record) {
                        Ok(Some(document)) => {
                            counts.documents += 1;
                            if !batch.push(document, each) {
                                return Ok(counts);
                            }
                        }
                        Ok(None) => {}
                        Err(_) => counts.damaged += 1,
                    },
                    Item::Other { .. } => {}
                    Item::Fault(_) => counts.damaged += 1,
                }
            }
        }
    }
    if !batch.documents.is_empty() {
        each(batch.documents);
    }
    Ok(counts)
}

struct Batch {
    documents: Vec<Document>,
    bytes: usize,
}

impl Batch {
    /// Takes a document, and hands all over when they are enough; false when reading is to end.
    fn push(&mut self, document: Document, each: &mut dyn FnMut(Vec<Document>) -> bool) -> bool {
        self.bytes += document.text.len();
        self.documents.push(document);
        if self.documents.len() < BATCH && self.bytes < BATCH_BYTES {
            return true;
        }
        self.bytes = 0;
        each(std::mem::take(&mut self.documents))
    }
}

/// The document of a record with its text extracted, if it is one; what is wrong with a damaged one.
pub(super) fn document(spec: &InputSpec, record: RawRecord) -> Result<Option<Document>, String> {
    let mut document = match decode(spec, record) {
        Decoded::Document(document) => document,
        Decoded::Other { .. } => return Ok(None),
        Decoded::Fault(fault) => return Err(fault.detail),
    };
    let extract = ExtractStep { options: crate::extract::Options::default(), min_chars: 0 };
    match extract.apply(&mut document, &mut Row::default(), &mut Yields::default()) {
        Outcome::Fault(_, detail) => Err(detail),
        Outcome::Keep | Outcome::Drop { .. } => Ok(Some(document)),
    }
}

pub(super) fn failed(failure: crate::readers::ReadFailure) -> SampleError {
    SampleError::Storage(StorageError::new("read", failure.file.to_string(), failure.source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{Folder, Medium, Memory};

    #[test]
    fn reading_ends_when_enough_was_read() {
        let place = Place { files: Arc::new(Memory::default()), base: String::new() };
        let lines = "{\"text\": \"a text\"}\n".repeat(3 * BATCH);
        Folder::new(Arc::clone(&place.files), "").put("in/a.jsonl", lines.as_bytes()).unwrap();
        let inputs = vec!["in/a.jsonl".into(), "in/is-not-there-*.jsonl".into()];
        let spec = SampleSpec { inputs, text_field: "text".into(), limit: None };
        let mut left = 2;
        let counts = sample(&place, &spec, &mut |documents| {
            assert_eq!(documents.len(), BATCH);
            left -= 1;
            left > 0
        });
        let read = SampleCounts { files: 1, documents: 2 * BATCH as u64, damaged: 0 };
        assert_eq!((counts.unwrap(), left), (read, 0));
        // Who reads on comes to the input that is not there.
        let all = sample(&place, &spec, &mut |_| true);
        assert!(matches!(all, Err(SampleError::Nothing(pattern)) if pattern.contains("is-not-there")));
    }
}
