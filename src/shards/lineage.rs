use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, FixedSizeBinaryBuilder, RecordBatch, StringDictionaryBuilder, UInt64Builder};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};

use super::ShardError;
use crate::document::DocId;

/// Where the tokens of one document of a shard come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineageRecord {
    /// First token in the shard.
    pub token_start: u64,
    /// The token after its last one (which is the end-of-document token).
    pub token_end: u64,
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
/// Rows per row group: small enough to look up one document, large enough to compress.
const ROW_GROUP: usize = 131_072;
/// zstd level of the pages; 3 is zstd's own default.
const ZSTD: i32 = 3;

/// Writes one lineage file (Parquet) per shard: a row per document in shard order. The bytes depend on the records
/// alone: writer name, level, version and group size are fixed, and no time is written.
pub struct LineageWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: Arc<Schema>,
    rows: Vec<LineageRecord>,
}

impl<W: Write + Send> LineageWriter<W> {
    /// Starts a lineage file.
    ///
    /// # Errors
    /// When the Parquet library refuses the sink.
    pub fn new(sink: W) -> Result<Self, ShardError> {
        let schema = Arc::new(schema());
        let level = ZstdLevel::try_new(ZSTD).map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_created_by("gristmill".to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .build();
        let writer = ArrowWriter::try_new(sink, Arc::clone(&schema), Some(properties)).map_err(failed)?;
        Ok(Self { writer, schema, rows: Vec::with_capacity(BATCH) })
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
        self.writer.into_inner().map_err(failed)
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
        let columns = vec![
            numbers(|row| row.token_start),
            numbers(|row| row.token_end),
            Arc::new(ids.finish()),
            words(|row| &row.source),
            words(|row| &row.file),
            numbers(|row| row.offset),
        ];
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(failed)?;
        self.writer.write(&batch).map_err(failed)
    }
}

fn schema() -> Schema {
    let word = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Schema::new(vec![
        Field::new("token_start", DataType::UInt64, false),
        Field::new("token_end", DataType::UInt64, false),
        Field::new("document", DataType::FixedSizeBinary(16), false),
        Field::new("source", word(), false),
        Field::new("file", word(), false),
        Field::new("offset", DataType::UInt64, false),
    ])
}

fn failed(error: impl std::fmt::Display) -> ShardError {
    ShardError::Lineage(error.to_string())
}
