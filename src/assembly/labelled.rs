//! Labelled texts for training: records with a field that holds the label, or lines `__label__x text`.

use super::Place;
use super::inputs::{InputFile, expand};
use super::sample::{SampleError, document, failed};
use crate::document::{Document, Fault, Value};
use crate::readers::{Carry, Format, InputSpec, Item, Payload, RawRecord, open};
use crate::storage::source::ByteSource;
use std::sync::Arc;

/// How fastText marks labels in text files.
const PREFIX: &str = "__label__";
/// Parquet's magic number: the one kind of input whose first "line" would be the whole file.
const PARQUET: &[u8] = b"PAR1";

/// What to read.
#[derive(Debug, Clone)]
pub struct LabelledSpec {
    /// Files, folders or patterns.
    pub inputs: Vec<String>,
    /// The field or column with the text.
    pub text_field: String,
    /// The field or column with the label: a text, a whole number, or true and false.
    pub label_field: String,
    /// The greatest number of texts; the first ones, in the order of the files.
    pub limit: Option<u64>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelledCounts {
    /// Labelled texts.
    pub texts: u64,
    /// Damaged records, passed over.
    pub damaged: u64,
    /// The first damaged record: its place and what is wrong.
    pub first_damage: Option<String>,
}

/// Why labelled texts cannot be read.
#[derive(Debug)]
pub enum LabelledError {
    /// No file, or the world failed.
    Sample(SampleError),
    /// A text has no label that a model could learn, with the place.
    Label {
        /// The file.
        file: String,
        /// `line 12` or `record 12`, counted from 1.
        place: String,
        /// What is wrong.
        wrong: String,
    },
}

impl From<SampleError> for LabelledError {
    fn from(error: SampleError) -> Self {
        Self::Sample(error)
    }
}

/// Reads texts in the order of the files and hands each to `each` with its label; `each` ends the reading with `false`.
///
/// # Errors
/// [`LabelledError`]. Damaged records are counted and passed over.
pub fn labelled(
    place: &Place,
    spec: &LabelledSpec,
    each: &mut dyn FnMut(&str, &str) -> bool,
) -> Result<LabelledCounts, LabelledError> {
    let mut counts = LabelledCounts::default();
    for pattern in &spec.inputs {
        let found = expand(place, pattern).map_err(SampleError::from)?;
        if found.is_empty() {
            return Err(SampleError::Nothing(pattern.clone()).into());
        }
        for (file, stat) in found {
            let source: Arc<dyn ByteSource> = Arc::new(InputFile::new(place, &place.resolve(&file), stat.bytes));
            if !one_file(&file, &source, spec, &mut counts, each)? {
                return Ok(counts);
            }
        }
    }
    Ok(counts)
}

/// Reads one file; false when reading is to end.
fn one_file(
    file: &str,
    source: &Arc<dyn ByteSource>,
    spec: &LabelledSpec,
    counts: &mut LabelledCounts,
    each: &mut dyn FnMut(&str, &str) -> bool,
) -> Result<bool, LabelledError> {
    let mut input = InputSpec::new("sample", file);
    input.fields.text.clone_from(&spec.text_field);
    input.carry = Carry::List(vec![spec.label_field.clone()]);
    let lines = is_lines(&input, source)?;
    if lines {
        input.format = Format::Jsonl; // its reader cuts lines; they are not decoded as JSON below
    }
    let mut reader = open(&input, source).map_err(failed)?;
    let mut number = 0_u64;
    let mut unit = "record";
    while let Some(item) = reader.next_item().map_err(failed)? {
        number += 1;
        if spec.limit.is_some_and(|limit| counts.texts >= limit) {
            return Ok(false);
        }
        let place = |unit: &str| format!("{unit} {number}");
        let mut damage = |detail: &str, unit: &str| {
            counts.damaged += 1;
            counts.first_damage.get_or_insert_with(|| format!("`{file}`, {}: {detail}", place(unit)));
        };
        let record = match item {
            Item::Record(record) => record,
            Item::Other { .. } => continue,
            Item::Fault(Fault { detail, .. }) => {
                damage(&detail, unit);
                continue;
            }
        };
        unit = if matches!(record.payload, Payload::Line(_)) { "line" } else { "record" };
        let pair = match record.payload {
            Payload::Line(line) if lines => line_pair(&line),
            payload => match document(&input, RawRecord { payload, ..record }) {
                Ok(Some(document)) => field_pair(document, &spec.label_field),
                Ok(None) => continue,
                Err(detail) => {
                    damage(&detail, unit);
                    continue;
                }
            },
        };
        let pair = pair.and_then(|(text, label)| checked(&label).map(|()| (text, label)));
        let (text, label) =
            pair.map_err(|wrong| LabelledError::Label { file: file.to_owned(), place: place(unit), wrong })?;
        counts.texts += 1;
        if !each(&text, &label) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a file holds lines that begin with `__label__`.
fn is_lines(input: &InputSpec, source: &Arc<dyn ByteSource>) -> Result<bool, LabelledError> {
    if source.read_at(0, PARQUET.len()).is_ok_and(|head| head == PARQUET) {
        return Ok(false);
    }
    let mut reader = open(&InputSpec { format: Format::Jsonl, ..input.clone() }, source).map_err(failed)?;
    while let Some(item) = reader.next_item().map_err(failed)? {
        match item {
            Item::Record(RawRecord { payload: Payload::Line(line), .. }) => {
                return Ok(line.trim_ascii_start().starts_with(PREFIX.as_bytes()));
            }
            Item::Other { .. } => {}
            _ => return Ok(false),
        }
    }
    Ok(false)
}

/// Text and label of a line `__label__x text`.
fn line_pair(line: &[u8]) -> Result<(String, String), String> {
    let line = std::str::from_utf8(line).map_err(|error| format!("byte {} is not UTF-8", error.valid_up_to()))?;
    let line = line.trim_start();
    let (first, text) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let Some(label) = first.strip_prefix(PREFIX) else {
        return Err(format!("the line does not begin with `{PREFIX}`"));
    };
    if text.trim_start().starts_with(PREFIX) {
        return Err("the line has two labels; a text is trained with one".to_owned());
    }
    Ok((text.to_owned(), label.to_owned()))
}

/// Text and label of a document that carries its label.
fn field_pair(document: Document, field: &str) -> Result<(String, String), String> {
    let value = document.metadata.into_iter().find(|(name, _)| name == field).map(|(_, value)| value);
    let label = match value {
        Some(Value::Str(label)) => label.strip_prefix(PREFIX).map(str::to_owned).unwrap_or(label),
        Some(Value::Int(label)) => label.to_string(),
        Some(Value::Bool(label)) => label.to_string(),
        Some(Value::Null) => return Err(format!("the label `{field}` is null")),
        Some(Value::Float(_) | Value::Json(_)) => {
            return Err(format!("the label `{field}` is neither a text, a whole number nor true or false"));
        }
        None => return Err(format!("there is no field `{field}`; name the label's field with `--label-field`")),
    };
    Ok((document.text, label))
}

/// Labels are tokens of the model format.
fn checked(label: &str) -> Result<(), String> {
    if label.is_empty() {
        return Err("the label is empty".to_owned());
    }
    match label.chars().find(|c| c.is_whitespace() || c.is_control()) {
        Some(_) => Err(format!("the label {label:?} holds white space or control characters")),
        None => Ok(()),
    }
}
