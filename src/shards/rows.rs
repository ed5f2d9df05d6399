use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder, StringBuilder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::lineage::failed;
use super::{LineageRecord, ShardCounts, ShardError};
use crate::writers::TableWriter;

/// Tokens gathered before they are handed to the Parquet writer, which bounds its own row groups: 4 MiB of ids.
const BATCH_TOKENS: u64 = 1 << 20;

/// Writes a shard as Parquet: a row per document with `input_ids`, the document's id, source, file and offset.
pub struct RowsWriter<W: Write + Send> {
    writer: TableWriter<W>,
    schema: Arc<Schema>,
    vocab_size: u32,
    ids: ListBuilder<Int32Builder>,
    words: [StringBuilder; 3],
    offsets: UInt64Builder,
    counts: ShardCounts,
    waiting: u64,
}

impl<W: Write + Send> RowsWriter<W> {
    /// Starts a file for ids below `vocab_size`.
    ///
    /// # Errors
    /// When the Parquet library refuses the sink.
    pub fn new(sink: W, vocab_size: u32) -> Result<Self, ShardError> {
        let item = Arc::new(Field::new("item", DataType::Int32, false));
        let schema = Arc::new(Schema::new(vec![
            Field::new("input_ids", DataType::List(Arc::clone(&item)), false),
            Field::new("document", DataType::Utf8, false),
            Field::new("source", DataType::Utf8, false),
            Field::new("file", DataType::Utf8, false),
            Field::new("offset", DataType::UInt64, false),
        ]));
        let writer = TableWriter::new(sink, Arc::clone(&schema))?;
        Ok(Self {
            writer,
            schema,
            vocab_size,
            ids: ListBuilder::new(Int32Builder::new()).with_field(item),
            words: std::array::from_fn(|_| StringBuilder::new()),
            offsets: UInt64Builder::new(),
            counts: ShardCounts { documents: 0, tokens: 0, bytes: 0 },
            waiting: 0,
        })
    }

    /// Tokens so far.
    pub fn tokens(&self) -> u64 {
        self.counts.tokens
    }

    /// Adds a document.
    ///
    /// # Errors
    /// When an id is out of range or writing fails.
    pub fn push(&mut self, ids: &[u32], from: &LineageRecord) -> Result<(), ShardError> {
        let document = self.counts.documents;
        for &id in ids {
            match i32::try_from(id) {
                Ok(small) if id < self.vocab_size => self.ids.values().append_value(small),
                _ => return Err(ShardError::IdOutOfRange { id, document, vocab_size: self.vocab_size }),
            }
        }
        self.ids.append(true);
        self.words[0].append_value(from.document.to_string());
        self.words[1].append_value(&from.source);
        self.words[2].append_value(&from.file);
        self.offsets.append_value(from.offset);
        self.counts.documents += 1;
        self.counts.tokens += ids.len() as u64;
        self.waiting += ids.len() as u64;
        if self.waiting >= BATCH_TOKENS { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), ShardError> {
        let mut columns: Vec<ArrayRef> = vec![Arc::new(self.ids.finish())];
        columns.extend(self.words.iter_mut().map(|words| -> ArrayRef { Arc::new(words.finish()) }));
        columns.push(Arc::new(self.offsets.finish()));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(failed)?;
        self.waiting = 0;
        Ok(self.writer.write(&batch)?)
    }

    /// Writes the rest and the footer and gives the sink back.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<(W, ShardCounts), ShardError> {
        if self.counts.documents > 0 {
            self.write()?;
        }
        Ok((self.writer.finish()?, self.counts))
    }
}

/// Gives the ids of each document of a Parquet shard to `each`, in order, until it returns `false`.
///
/// # Errors
/// When the file is no such shard.
pub fn read_rows(file: Bytes, mut each: impl FnMut(&[u32]) -> bool) -> Result<(), ShardError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
    let missing = || ShardError::Lineage("it has no usable column `input_ids`".into());
    let mut ids = Vec::new();
    for batch in reader.map_err(failed)? {
        let batch = batch.map_err(failed)?;
        let lists = batch.column_by_name("input_ids").and_then(|column| column.as_list_opt::<i32>());
        for list in lists.ok_or_else(missing)?.iter() {
            let list = list.ok_or_else(missing)?;
            let values = list.as_primitive_opt::<Int32Type>().ok_or_else(missing)?.values();
            ids.clear();
            // A negative id is out of every vocabulary as a large one.
            ids.extend(values.iter().map(|id| id.cast_unsigned()));
            if !each(&ids) {
                return Ok(());
            }
        }
    }
    Ok(())
}
