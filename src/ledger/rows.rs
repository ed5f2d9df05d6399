//! Reading ledger rows back: for `why`, for `verify`, for counting anew.

use crate::storage::{Medium, Named, StorageError};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::{Deserialize, Serialize};
use std::io;

/// A piece that was cut out of a document, as the column `cuts` holds it in a JSON list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerCut {
    /// The step that cut it.
    pub step: String,
    /// Its number among the pieces of the text as the step saw it, from 0.
    pub piece: u64,
    /// Where it began in that text, in bytes.
    pub at: u64,
    /// Its bytes.
    pub bytes: u64,
    /// A document that has a copy: number of its ledger file, and of its row in that file, from 0. None: the copy stands
    /// earlier in the document itself, or what follows says what is known.
    pub copy: Option<(u32, u32)>,
    /// A document of an earlier run that has a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    /// That run; for a piece that went for its n-grams the earlier run that has the most of them, where no document is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_in: Option<String>,
    /// For a piece that went for its n-grams: those that stood before, and all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ngrams: Option<(u32, u32)>,
    /// Those of them that the run `duplicate_in` has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ngrams_in: Option<u32>,
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LedgerRow {
    /// Document id, 32 hexadecimal digits.
    pub id: String,
    /// Source name.
    pub source: String,
    /// Input file.
    pub file: String,
    /// Offset in it.
    pub offset: u64,
    /// The input's own id.
    pub source_id: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// `keep`, `drop` or `quarantine`.
    pub verdict: String,
    /// The step that decided.
    pub step: Option<String>,
    /// The rule that decided.
    pub rule: Option<String>,
    /// The metric it looked at.
    pub metric: Option<String>,
    /// The measured value.
    pub value: Option<f64>,
    /// How it is compared.
    pub sign: Option<String>,
    /// The bound.
    pub bound: Option<f64>,
    /// Other rules of the same filter that trip.
    pub also: Option<String>,
    /// The kept document that it duplicates.
    pub duplicate_of: Option<String>,
    /// The earlier run that kept it; none for a document of this run. Alone, where a document went for its n-grams: the earlier
    /// run that has the most of them.
    pub duplicate_in: Option<String>,
    /// Rules in `tag` mode that tripped.
    pub tags: Option<String>,
    /// Language label.
    pub language: Option<String>,
    /// Its score.
    pub language_score: f32,
    /// Bytes as read.
    pub input_bytes: u64,
    /// Bytes of the final text.
    pub bytes: u64,
    /// Tokens.
    pub tokens: u64,
    /// PII spans replaced.
    pub pii: u32,
    /// Documents in its cluster of duplicates, itself included: how many a kept document stands for; 1 without duplicates.
    pub cluster_size: u32,
    /// The first pieces that each dedup step of pieces cut out of it.
    pub cuts: Vec<LedgerCut>,
    /// Metric columns: name and value, where measured.
    pub metrics: Vec<(String, f64)>,
}

fn text(batch: &RecordBatch, name: &str, row: usize) -> Option<String> {
    let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
    (!column.is_null(row)).then(|| column.value(row).to_owned())
}

fn number(batch: &RecordBatch, name: &str, row: usize) -> u64 {
    let column = batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<UInt64Type>());
    column.map_or(0, |column| column.value(row))
}

fn float(batch: &RecordBatch, name: &str, row: usize) -> Option<f64> {
    let column = batch.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
    (!column.is_null(row)).then(|| column.value(row))
}

fn row_of(batch: &RecordBatch, row: usize) -> LedgerRow {
    let metrics = batch.schema_ref().fields().iter().filter_map(|field| {
        let name = field.name().strip_prefix("metric:")?;
        Some((name.to_owned(), float(batch, field.name(), row)?))
    });
    let small = |name| batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<UInt32Type>());
    let score = batch.column_by_name("language_score").and_then(|column| column.as_primitive_opt::<Float32Type>());
    LedgerRow {
        id: text(batch, "id", row).unwrap_or_default(),
        source: text(batch, "source", row).unwrap_or_default(),
        file: text(batch, "file", row).unwrap_or_default(),
        offset: number(batch, "offset", row),
        source_id: text(batch, "source_id", row),
        url: text(batch, "url", row),
        verdict: text(batch, "verdict", row).unwrap_or_default(),
        step: text(batch, "step", row),
        rule: text(batch, "rule", row),
        metric: text(batch, "metric", row),
        value: float(batch, "value", row),
        sign: text(batch, "sign", row),
        bound: float(batch, "bound", row),
        also: text(batch, "also", row),
        duplicate_of: text(batch, "duplicate_of", row),
        duplicate_in: text(batch, "duplicate_in", row),
        tags: text(batch, "tags", row),
        language: text(batch, "language", row),
        language_score: score.map_or(0.0, |column| column.value(row)),
        input_bytes: number(batch, "input_bytes", row),
        bytes: number(batch, "bytes", row),
        tokens: number(batch, "tokens", row),
        pii: small("pii").map_or(0, |column| column.value(row)),
        cluster_size: small("cluster_size").map_or(1, |column| column.value(row)),
        cuts: text(batch, "cuts", row).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
        metrics: metrics.collect(),
    }
}

/// Gives every row of every ledger file to `each`, in order, until it returns `false`.
///
/// # Errors
/// When a file cannot be read or decoded.
pub fn each_row(out: &dyn Medium, mut each: impl FnMut(LedgerRow) -> bool) -> Result<(), StorageError> {
    each_placed_row(out, |_, row| each(row))
}

/// [`each_row`] with the place of the row, as [`LedgerCut::copy`] names it: number of the file, and of the row in it.
///
/// # Errors
/// When a file cannot be read or decoded.
pub fn each_placed_row(
    out: &dyn Medium,
    mut each: impl FnMut((u32, u32), LedgerRow) -> bool,
) -> Result<(), StorageError> {
    for (name, _) in out.list("ledger")? {
        let Some(number) = name.strip_suffix(".parquet") else { continue };
        let file = number.parse().unwrap_or(u32::MAX);
        let mut rows = 0..;
        for batch in batches(out, &format!("ledger/{name}"), None)? {
            let batch = batch?;
            for (row, number) in (0..batch.num_rows()).zip(&mut rows) {
                if !each((file, number), row_of(&batch, row)) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// The row at a place that [`LedgerCut::copy`] names, if it is there.
///
/// # Errors
/// When the file cannot be read or decoded.
pub fn row_at(out: &dyn Medium, (file, row): (u32, u32)) -> Result<Option<LedgerRow>, StorageError> {
    let key = format!("ledger/{file:05}.parquet");
    if out.stat(&key)?.is_none() {
        return Ok(None);
    }
    let batch = batches(out, &key, Some(row as usize))?.next().transpose()?;
    Ok(batch.filter(|batch| batch.num_rows() > 0).map(|batch| row_of(&batch, 0)))
}

/// The batches of a ledger file; with `row`, a batch of that row alone.
fn batches(
    out: &dyn Medium,
    key: &str,
    row: Option<usize>,
) -> Result<impl Iterator<Item = Result<RecordBatch, StorageError>>, StorageError> {
    let decoding = |error: &dyn std::error::Error| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    let builder = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(out.read(key)?));
    let reader = builder
        .map(|builder| match row {
            Some(row) => builder.with_offset(row).with_limit(1),
            None => builder,
        })
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| decoding(&error))
        .named("decode", key)?;
    let key = key.to_owned();
    Ok(reader.map(move |batch| batch.map_err(|error| decoding(&error)).named("decode", &key)))
}
