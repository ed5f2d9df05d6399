use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, StringDictionaryBuilder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt64Type};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::ShardError;
use crate::document::DocId;
use crate::writers::TableWriter;

/// Where the tokens of one document of a shard come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineageRecord {
    /// First token in the shard.
    pub token_start: u64,
    /// The token after its last one (which is the end-of-document token, unless packing cut the document).
    pub token_end: u64,
    /// Its first token's place in the document: 0, unless packing cut the document.
    pub document_token: u64,
    /// The document's id.
    pub document: DocId,
    /// The source as the plan names it.
    pub source: Arc<str>,
    /// The input file as the plan names it.
    pub file: Arc<str>,
    /// Where the record starts in it; see [`crate::document::Origin::offset`].
    pub offset: u64,
}

/// Rows that are handed to the Parquet writer together.
const BATCH: usize = 8192;
/// Writes one lineage file (Parquet) per shard: a row per document in shard order, or per piece of a packed shard. The bytes depend on the records
/// alone: writer name, level, version and group size are fixed, and no time is written.
pub struct LineageWriter<W: Write + Send> {
    writer: TableWriter<W>,
    schema: Arc<Schema>,
    packed: bool,
    rows: Vec<LineageRecord>,
}

impl<W: Write + Send> LineageWriter<W> {
    /// Starts a lineage file; that of a packed shard has the column `document_token` as well.
    ///
    /// # Errors
    /// When the Parquet library refuses the sink.
    pub fn new(sink: W, packed: bool) -> Result<Self, ShardError> {
        let schema = Arc::new(schema(packed));
        let writer = TableWriter::new(sink, Arc::clone(&schema))?;
        Ok(Self { writer, schema, packed, rows: Vec::with_capacity(BATCH) })
    }

    /// Adds the next document of the shard.
    ///
    /// # Errors
    /// When writing fails.
    pub fn push(&mut self, record: LineageRecord) -> Result<(), ShardError> {
        self.rows.push(record);
        match self.rows.len() < BATCH {
            true => Ok(()),
            false => self.write(),
        }
    }

    /// Writes the rest and the footer and gives the sink back.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<W, ShardError> {
        self.write()?;
        Ok(self.writer.finish()?)
    }

    fn write(&mut self) -> Result<(), ShardError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let numbers = |value: fn(&LineageRecord) -> u64| -> ArrayRef {
            let mut column = UInt64Builder::with_capacity(rows.len());
            rows.iter().for_each(|row| column.append_value(value(row)));
            Arc::new(column.finish())
        };
        let words = |value: fn(&LineageRecord) -> &str| -> ArrayRef {
            let mut column = StringDictionaryBuilder::<Int32Type>::new();
            rows.iter().for_each(|row| column.append_value(value(row)));
            Arc::new(column.finish())
        };
        let mut ids = FixedSizeBinaryBuilder::with_capacity(rows.len(), 16);
        for row in &rows {
            ids.append_value(row.document.0).map_err(failed)?;
        }
        let mut columns = vec![
            numbers(|row| row.token_start),
            numbers(|row| row.token_end),
            Arc::new(ids.finish()),
            words(|row| &row.source),
            words(|row| &row.file),
            numbers(|row| row.offset),
        ];
        if self.packed {
            columns.push(numbers(|row| row.document_token));
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(failed)?;
        Ok(self.writer.write(&batch)?)
    }
}

fn schema(packed: bool) -> Schema {
    let word = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let mut fields = vec![
        Field::new("token_start", DataType::UInt64, false),
        Field::new("token_end", DataType::UInt64, false),
        Field::new("document", DataType::FixedSizeBinary(16), false),
        Field::new("source", word(), false),
        Field::new("file", word(), false),
        Field::new("offset", DataType::UInt64, false),
    ];
    fields.extend(packed.then(|| Field::new("document_token", DataType::UInt64, false)));
    Schema::new(fields)
}

pub(super) fn failed(error: impl std::fmt::Display) -> ShardError {
    ShardError::Lineage(error.to_string())
}

/// Gives the records of a lineage file to `each`, in shard order, until it returns `false`.
///
/// # Errors
/// When the file is no lineage file.
pub fn read_lineage(file: Bytes, mut each: impl FnMut(LineageRecord) -> bool) -> Result<(), ShardError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
    for batch in reader.map_err(failed)? {
        let batch = batch.map_err(failed)?;
        let missing = |name: &str| ShardError::Lineage(format!("it has no usable column `{name}`"));
        let column = |name: &'static str| batch.column_by_name(name).ok_or_else(|| missing(name));
        let numbers = |name: &'static str| {
            column(name)?.as_primitive_opt::<UInt64Type>().map(|array| array.values()).ok_or_else(|| missing(name))
        };
        let words = |name: &'static str| {
            let column = column(name)?;
            let keyed = column.as_dictionary_opt::<Int32Type>().and_then(|keyed| {
                let words: Vec<Arc<str>> =
                    keyed.values().as_string_opt::<i32>()?.iter().map(|one| one.unwrap_or_default().into()).collect();
                keyed
                    .keys()
                    .iter()
                    .map(|key| words.get(usize::try_from(key?).ok()?).cloned())
                    .collect::<Option<Vec<_>>>()
            });
            keyed.ok_or_else(|| missing(name))
        };
        let (starts, ends, offsets) = (numbers("token_start")?, numbers("token_end")?, numbers("offset")?);
        let (sources, files) = (words("source")?, words("file")?);
        let within = batch.column_by_name("document_token").map(|_| numbers("document_token")).transpose()?;
        let ids = column("document")?.as_fixed_size_binary_opt().filter(|ids| ids.value_length() == 16);
        let ids = ids.ok_or_else(|| missing("document"))?;
        for row in 0..batch.num_rows() {
            let mut id = [0; 16];
            id.copy_from_slice(ids.value(row));
            let record = LineageRecord {
                token_start: starts[row],
                token_end: ends[row],
                document_token: within.map_or(0, |within| within[row]),
                document: DocId(id),
                source: Arc::clone(&sources[row]),
                file: Arc::clone(&files[row]),
                offset: offsets[row],
            };
            if !each(record) {
                return Ok(());
            }
        }
    }
    Ok(())
}
