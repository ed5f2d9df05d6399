//! Packed shards as Parquet: a row per sequence.

use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::lineage::failed;
use super::{LineageRecord, ShardCounts, ShardError};
use crate::writers::TableWriter;

/// Places gathered before they are handed to the Parquet writer: 4 MiB of ids, and as much of positions.
const BATCH_PLACES: u64 = 1 << 20;

/// Writes `input_ids` (padded), `position_ids` (from 0 in every piece, and in the padding), `seq_lengths` (tokens of the pieces;
/// their sum is what is not padding), and for each piece its `documents` id and the `document_tokens` where it starts.
pub struct PackedRowsWriter<W: Write + Send> {
    writer: TableWriter<W>,
    schema: Arc<Schema>,
    vocab_size: u32,
    numbers: [ListBuilder<Int32Builder>; 4],
    documents: ListBuilder<StringBuilder>,
    counts: ShardCounts,
    waiting: u64,
}

/// The columns of numbers, in order.
const NUMBERS: [&str; 4] = ["input_ids", "position_ids", "seq_lengths", "document_tokens"];

impl<W: Write + Send> PackedRowsWriter<W> {
    /// Starts a file for ids below `vocab_size`.
    ///
    /// # Errors
    /// When the Parquet library refuses the sink.
    pub fn new(sink: W, vocab_size: u32) -> Result<Self, ShardError> {
        let item = Arc::new(Field::new("item", DataType::Int32, false));
        let word = Arc::new(Field::new("item", DataType::Utf8, false));
        let list = |name: &str| Field::new(name, DataType::List(Arc::clone(&item)), false);
        let mut fields: Vec<Field> = NUMBERS.iter().map(|name| list(name)).collect();
        fields.push(Field::new("documents", DataType::List(Arc::clone(&word)), false));
        let schema = Arc::new(Schema::new(fields));
        let writer = TableWriter::new(sink, Arc::clone(&schema))?;
        let numbers = std::array::from_fn(|_| ListBuilder::new(Int32Builder::new()).with_field(Arc::clone(&item)));
        let documents = ListBuilder::new(StringBuilder::new()).with_field(word);
        let counts = ShardCounts { documents: 0, tokens: 0, bytes: 0 };
        Ok(Self { writer, schema, vocab_size, numbers, documents, counts, waiting: 0 })
    }

    /// Places so far.
    pub fn tokens(&self) -> u64 {
        self.counts.tokens
    }

    /// Adds a sequence.
    ///
    /// # Errors
    /// When an id is out of range or writing fails.
    pub fn push(&mut self, ids: &[u32], pieces: &[LineageRecord]) -> Result<(), ShardError> {
        let [input, positions, lengths, starts] = &mut self.numbers;
        for &id in ids {
            match i32::try_from(id) {
                Ok(small) if id < self.vocab_size => input.values().append_value(small),
                _ => {
                    let document = self.counts.documents;
                    return Err(ShardError::IdOutOfRange { id, document, vocab_size: self.vocab_size });
                }
            }
        }
        let small = |number: u64| i32::try_from(number).map_err(failed);
        let mut filled = 0;
        for piece in pieces {
            let n_tokens = piece.token_end.saturating_sub(piece.token_start);
            positions.values().append_slice(&(0..small(n_tokens)?).collect::<Vec<_>>());
            lengths.values().append_value(small(n_tokens)?);
            starts.values().append_value(small(piece.document_token)?);
            self.documents.values().append_value(piece.document.to_string());
            filled += n_tokens;
        }
        positions.values().append_slice(&(0..small((ids.len() as u64).saturating_sub(filled))?).collect::<Vec<_>>());
        self.numbers.iter_mut().for_each(|column| column.append(true));
        self.documents.append(true);
        self.counts.documents += 1;
        self.counts.tokens += ids.len() as u64;
        self.waiting += ids.len() as u64;
        if self.waiting >= BATCH_PLACES { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), ShardError> {
        let mut columns: Vec<ArrayRef> =
            self.numbers.iter_mut().map(|column| -> ArrayRef { Arc::new(column.finish()) }).collect();
        columns.push(Arc::new(self.documents.finish()));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(failed)?;
        self.waiting = 0;
        Ok(self.writer.write(&batch)?)
    }

    /// Writes the rest and the footer and gives the sink back.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<(W, ShardCounts), ShardError> {
        if self.waiting > 0 {
            self.write()?;
        }
        Ok((self.writer.finish()?, self.counts))
    }
}

/// The column `seq_lengths` of a packed Parquet shard, all rows in one.
///
/// # Errors
/// When the file is no such shard.
pub fn packed_lengths(file: Bytes) -> Result<Vec<u64>, ShardError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(failed)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["seq_lengths"]);
    let missing = || ShardError::Lineage("it has no usable column `seq_lengths`".into());
    let mut lengths = Vec::new();
    for batch in builder.with_projection(mask).build().map_err(failed)? {
        let batch = batch.map_err(failed)?;
        let lists = batch.column_by_name("seq_lengths").and_then(|column| column.as_list_opt::<i32>());
        for list in lists.ok_or_else(missing)?.iter() {
            let list = list.ok_or_else(missing)?;
            let values = list.as_primitive_opt::<Int32Type>().ok_or_else(missing)?.values();
            lengths.extend(values.iter().map(|n| u64::try_from(*n).unwrap_or(u64::MAX)));
        }
    }
    Ok(lengths)
}
