//! Parquet: columns by name, sizes checked before anything is allocated, a damaged row group costs itself.

mod pages;
mod value;

use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use ::parquet::errors::{ParquetError, Result as ParquetResult};
use ::parquet::file::metadata::RowGroupMetaData;
use ::parquet::file::reader::{ChunkReader, Length};
use arrow_array::RecordBatch;
use bytes::Bytes;

use super::jsonl::plain;
use super::{Decoded, InputSpec, Item, Payload, RawRecord, ReadFailure, RecordReader, whole};
use crate::document::{FaultKind, Value};
use crate::storage::source::ByteSource;

/// The largest footer that is read, in bytes.
const FOOTER: u64 = 64 << 20;
/// Decoded bytes that a batch aims at.
const BATCH_BYTES: u64 = 8 << 20;
/// Rows in a batch at most.
const BATCH_ROWS: u64 = 1024;

/// A row of a decoded batch.
#[derive(Debug, Clone)]
pub struct Row {
    batch: Arc<RecordBatch>,
    row: usize,
    size: usize,
}

impl Row {
    /// Its share of the memory that its batch holds, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }
}

/// A byte source as the Parquet crate wants it.
struct Chunks(Arc<dyn ByteSource>);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Box<dyn Read + Send>>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(BufReader::new(self.0.open_at(start)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        // Checked first: a forged length must not be allocated.
        if start.saturating_add(length as u64) > self.0.len() {
            return Err(ParquetError::EOF("the file ends before the declared end of a page".into()));
        }
        Ok(self.0.read_at(start, length)?.into())
    }
}

/// Runs the decoder, which is known to panic on some damaged files.
fn guarded<T>(work: impl FnOnce() -> ParquetResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(summary(&error)),
        Err(_) => Err("the decoder panicked".into()),
    }
}

/// The kind of an error without its text, which may quote the data.
fn summary(error: &ParquetError) -> String {
    match error {
        ParquetError::EOF(_) => "the file ends too early".into(),
        ParquetError::NYI(_) => "a feature that is not supported".into(),
        ParquetError::ArrowError(_) => "a column does not decode".into(),
        ParquetError::External(_) => "the data cannot be read".into(),
        _ => "the Parquet structure is invalid".into(),
    }
}

fn metadata(source: &Arc<dyn ByteSource>) -> Result<ArrowReaderMetadata, String> {
    let len = source.len();
    let tail = source.read_at(len.saturating_sub(8), 8).map_err(|error| error.to_string())?;
    if tail.len() < 8 || &tail[4..] != b"PAR1" {
        return Err("the file does not end with a Parquet footer".into());
    }
    let footer = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    if footer > FOOTER || footer + 12 > len {
        return Err(format!("the footer claims {footer} bytes"));
    }
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    guarded(|| ArrowReaderMetadata::load(&Chunks(Arc::clone(source)), options))
}

pub(super) fn open(spec: &InputSpec, source: &Arc<dyn ByteSource>) -> io::Result<Box<dyn RecordReader>> {
    let broken = |kind, detail: String| {
        let item =
            spec.range.is_none_or(|(from, _)| from == 0).then(|| Item::Fault(spec.fault(kind, 0, 0, detail, &[])));
        Ok(whole::single(item, source.len()))
    };
    let metadata = match metadata(source) {
        Ok(metadata) => metadata,
        Err(detail) => return broken(FaultKind::BadParquet, detail),
    };
    let names = &spec.fields;
    let schema = metadata.schema();
    if schema.index_of(&names.text).is_err() {
        return broken(FaultKind::NoText, format!("there is no column `{}`", names.text));
    }
    let wanted =
        |name: &String| [&names.text, &names.id, &names.url, &names.date].contains(&name) || spec.carry.wants(name);
    let roots = schema.fields().iter().enumerate().filter(|(_, field)| wanted(field.name())).map(|(at, _)| at);
    let mask = ProjectionMask::roots(metadata.parquet_schema(), roots);
    let reader = Rows {
        spec: spec.clone(),
        source: Arc::clone(source),
        metadata,
        mask,
        group: 0,
        first: 0,
        current: None,
        stored: 0,
    };
    Ok(Box::new(reader))
}

/// A row group that is being read.
struct Group {
    reader: ParquetRecordBatchReader,
    batch: Option<(Arc<RecordBatch>, usize)>,
    /// Row number of the next row.
    next: u64,
    /// Row number behind the last row.
    end: u64,
    /// Stored bytes per row, for progress.
    share: u64,
}

struct Rows {
    spec: InputSpec,
    source: Arc<dyn ByteSource>,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    group: usize,
    /// Row number of the first row of row group `group`.
    first: u64,
    current: Option<Group>,
    stored: u64,
}

impl Rows {
    fn next(&mut self) -> Option<Item> {
        loop {
            if self.current.is_none() {
                if self.group >= self.metadata.metadata().num_row_groups() {
                    return None;
                }
                if let Some(fault) = self.begin() {
                    return Some(fault);
                }
                continue;
            }
            if let Some(item) = self.row() {
                return Some(item);
            }
        }
    }

    /// Starts the next row group, or passes over it; a fault when it cannot be read.
    fn begin(&mut self) -> Option<Item> {
        let metadata = Arc::clone(self.metadata.metadata());
        let meta = metadata.row_group(self.group);
        let rows = u64::try_from(meta.num_rows()).unwrap_or(0);
        let (first, end) = (self.first, self.first.saturating_add(rows));
        let group = self.group;
        self.group += 1;
        self.first = end;
        let (from, to) = self.spec.range.unwrap_or((0, u64::MAX));
        if end <= from || first >= to || rows == 0 {
            return None;
        }
        let stored = u64::try_from(meta.compressed_size()).unwrap_or(0);
        match self.reader(group, meta, rows) {
            Ok(reader) => {
                let share = stored / rows;
                self.current = Some(Group { reader, batch: None, next: first, end, share });
                None
            }
            Err((kind, detail)) => Some(Item::Fault(self.spec.fault(kind, first, rows, detail, &[]))),
        }
    }

    fn reader(
        &self,
        group: usize,
        meta: &RowGroupMetaData,
        rows: u64,
    ) -> Result<ParquetRecordBatchReader, (FaultKind, String)> {
        let cost = pages::check(meta, &self.mask, self.source.as_ref(), &self.spec.limits)?;
        let average = (cost.total / rows).max(1);
        let batch = (BATCH_BYTES / average).min(cost.repeatable_rows()).clamp(1, BATCH_ROWS);
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(Chunks(Arc::clone(&self.source)), self.metadata.clone());
        let builder = builder.with_row_groups(vec![group]).with_projection(self.mask.clone());
        guarded(|| builder.with_batch_size(batch as usize).build()).map_err(|detail| (FaultKind::BadParquet, detail))
    }

    /// The next row of the current row group, or `None` behind its last.
    fn row(&mut self) -> Option<Item> {
        let group = self.current.as_mut()?;
        if let Some((batch, at)) = group.batch.as_mut().filter(|(batch, at)| *at < batch.num_rows()) {
            let row = *at;
            *at += 1;
            let offset = group.next;
            group.next += 1;
            self.stored += group.share;
            let (from, to) = self.spec.range.unwrap_or((0, u64::MAX));
            if offset < from || offset >= to {
                return None;
            }
            let size = batch.get_array_memory_size() / batch.num_rows();
            let payload = Payload::Row(Row { batch: Arc::clone(batch), row, size });
            return Some(Item::Record(RawRecord { offset, length: group.share, payload }));
        }
        let reader = &mut group.reader;
        let next = guarded(|| reader.next().transpose().map_err(ParquetError::from));
        let left = group.end.saturating_sub(group.next);
        match next {
            Ok(Some(batch)) if batch.num_rows() > 0 && batch.num_rows() as u64 <= left => {
                group.batch = Some((Arc::new(batch), 0));
                None
            }
            Ok(None) if left == 0 => {
                self.current = None;
                None
            }
            Ok(_) => self.lost("a row group does not hold the rows that it declares".into()),
            Err(detail) => self.lost(detail),
        }
    }

    /// Gives up the rest of the current row group.
    fn lost(&mut self, detail: String) -> Option<Item> {
        let group = self.current.take()?;
        let left = group.end.saturating_sub(group.next);
        Some(Item::Fault(self.spec.fault(FaultKind::BadParquet, group.next, left, detail, &[])))
    }
}

impl RecordReader for Rows {
    fn next_item(&mut self) -> Result<Option<Item>, ReadFailure> {
        Ok(self.next())
    }

    fn position(&self) -> u64 {
        self.stored
    }
}

/// Decodes a row.
pub(super) fn decode(spec: &InputSpec, offset: u64, length: u64, row: &Row) -> Decoded {
    let names = &spec.fields;
    let mut document = spec.document(offset);
    let mut text = Value::Null;
    let schema = row.batch.schema();
    for (field, column) in schema.fields().iter().zip(row.batch.columns()) {
        let name = field.name();
        let value = value::of(column.as_ref(), row.row);
        if *name == names.text {
            text = value;
        } else if *name == names.id {
            document.source_id = plain(value);
        } else if *name == names.url {
            document.url = plain(value);
        } else if *name == names.date {
            document.date = plain(value);
        } else {
            document.metadata.push((name.clone(), value));
        }
    }
    match text {
        Value::Str(text) => document.text = text,
        Value::Null => {
            let detail = format!("column `{}` is null", names.text);
            return Decoded::Fault(spec.fault(FaultKind::NoText, offset, length, detail, &[]));
        }
        _ => {
            let detail = format!("column `{}` is not text", names.text);
            return Decoded::Fault(spec.fault(FaultKind::NoText, offset, length, detail, &[]));
        }
    }
    Decoded::Document(document)
}

/// Cuts at row groups; the ranges count rows.
pub(super) fn split(_: &InputSpec, source: &Arc<dyn ByteSource>, target: u64) -> io::Result<Vec<(u64, u64)>> {
    let Ok(metadata) = metadata(source) else {
        return Ok(vec![(0, u64::MAX)]);
    };
    let mut ranges = Vec::new();
    let (mut from, mut row, mut stored) = (0, 0_u64, 0_u64);
    for group in metadata.metadata().row_groups() {
        row = row.saturating_add(u64::try_from(group.num_rows()).unwrap_or(0));
        stored = stored.saturating_add(u64::try_from(group.compressed_size()).unwrap_or(0));
        if stored >= target && row > from {
            ranges.push((from, row));
            from = row;
            stored = 0;
        }
    }
    if row > from || ranges.is_empty() {
        ranges.push((from, row));
    }
    Ok(ranges)
}
