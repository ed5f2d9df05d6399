//! Parquet: columns by name, sizes checked before anything is allocated, a damaged row group costs itself.

mod pages;
mod rows;
mod table;
mod value;

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use ::parquet::errors::{ParquetError, Result as ParquetResult};
use ::parquet::file::reader::{ChunkReader, Length};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;

use self::rows::Rows;
pub use self::table::Row;
use self::table::{Part, parts};
use super::jsonl::plain;
use super::{Decoded, InputSpec, Item, RecordReader, whole};
use crate::document::{FaultKind, Value};
use crate::panics::caught;
use crate::storage::source::ByteSource;

/// The largest footer that is read, in bytes.
const FOOTER: u64 = 64 << 20;

/// Most columns, nested ones counted by their leaves, that are read at once. The decoder keeps about 10 KB for each, whatever
/// it holds, and a reader may take 256 MiB.
const COLUMNS: usize = 10_000;

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
    match caught(work) {
        Some(Ok(done)) => Ok(done),
        Some(Err(error)) => Err(summary(&error)),
        None => Err("the decoder panicked".into()),
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

/// The same columns with text as views into the pages that hold it: nothing is copied before a row is decoded, and a word of
/// a dictionary stays one word however often it occurs.
fn with_views(metadata: &ArrowReaderMetadata) -> Result<ArrowReaderMetadata, String> {
    let view = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)),
        DataType::Binary => Arc::new(field.as_ref().clone().with_data_type(DataType::BinaryView)),
        _ => Arc::clone(field),
    };
    let fields: Vec<Arc<Field>> = metadata.schema().fields().iter().map(view).collect();
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
    guarded(|| ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options))
}

pub(super) fn open(spec: &InputSpec, source: &Arc<dyn ByteSource>) -> io::Result<Box<dyn RecordReader>> {
    let broken = |kind, detail: String| {
        let item =
            spec.range.is_none_or(|(from, _)| from == 0).then(|| Item::Fault(spec.fault(kind, 0, 0, detail, &[])));
        Ok(whole::single(item, source.len()))
    };
    let metadata = match metadata(source).and_then(|metadata| with_views(&metadata)) {
        Ok(metadata) => metadata,
        Err(detail) => return broken(FaultKind::BadParquet, detail),
    };
    let names = &spec.fields;
    let schema = metadata.schema();
    if schema.index_of(&names.text).is_err() {
        return broken(FaultKind::NoText, format!("there is no column `{}`", names.text));
    }
    let (roots, parts) = parts(schema, names, &spec.carry);
    let mask = ProjectionMask::roots(metadata.parquet_schema(), roots);
    let columns = (0..metadata.parquet_schema().num_columns()).filter(|&leaf| mask.leaf_included(leaf)).count();
    if columns > COLUMNS {
        let detail =
            format!("{columns} columns would be read, more than {COLUMNS}; name those that are wanted under `carry`");
        return broken(FaultKind::TooLarge, detail);
    }
    Ok(Box::new(Rows::new(spec, source, metadata, mask, parts)))
}

/// Decodes a row.
pub(super) fn decode(spec: &InputSpec, offset: u64, length: u64, row: &Row) -> Decoded {
    let names = &spec.fields;
    let mut document = spec.document(offset);
    let mut text = Value::Null;
    for (part, column) in row.columns() {
        let value = value::of(column.as_ref(), row.number());
        match part {
            Part::Text => text = value,
            Part::Id => document.source_id = plain(value),
            Part::Url => document.url = plain(value),
            Part::Date => document.date = plain(value),
            Part::Carried(name) => document.metadata.push((name.clone(), value)),
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

/// Cuts at row groups, and long row groups inside; the ranges count rows. Where a row group is cut follows from its rows
/// and bytes alone.
pub(super) fn split(_: &InputSpec, source: &Arc<dyn ByteSource>, target: u64) -> io::Result<Vec<(u64, u64)>> {
    let Ok(metadata) = metadata(source) else {
        return Ok(vec![(0, u64::MAX)]);
    };
    let mut ranges = Vec::new();
    let (mut from, mut row, mut open) = (0, 0_u64, 0_u64);
    for group in metadata.metadata().row_groups() {
        let rows = u64::try_from(group.num_rows()).unwrap_or(0);
        let stored = u64::try_from(group.compressed_size()).unwrap_or(0);
        // Readers pass over pages without decompressing them, so a cut inside costs little.
        let pieces = (stored / target).clamp(1, rows.max(1));
        for piece in 1..=pieces {
            let end = row.saturating_add((u128::from(rows) * u128::from(piece) / u128::from(pieces)) as u64);
            open = open.saturating_add(stored / pieces);
            if open >= target && end > from {
                ranges.push((from, end));
                from = end;
                open = 0;
            }
        }
        row = row.saturating_add(rows);
    }
    if row > from || ranges.is_empty() {
        ranges.push((from, row));
    }
    Ok(ranges)
}
