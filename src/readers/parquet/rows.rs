//! Rows of a file or of a range of it, row group after row group.

use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::RowGroupMetaData;

use super::table::{Part, Row, Table};
use super::{Chunks, guarded, pages};
use crate::document::FaultKind;
use crate::readers::{InputSpec, Item, Payload, RawRecord, ReadFailure, RecordReader};
use crate::storage::source::ByteSource;

/// A row group that is being read.
struct Group {
    reader: ParquetRecordBatchReader,
    batch: Option<(Arc<Table>, usize)>,
    /// Row number of the next row.
    next: u64,
    /// Row number behind the last row.
    end: u64,
    /// Stored bytes per row, for progress.
    share: u64,
}

/// Reads rows.
pub(super) struct Rows {
    spec: InputSpec,
    source: Arc<dyn ByteSource>,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    parts: Arc<[Part]>,
    group: usize,
    /// Row number of the first row of row group `group`.
    first: u64,
    current: Option<Group>,
    stored: u64,
}

impl Rows {
    pub(super) fn new(
        spec: &InputSpec,
        source: &Arc<dyn ByteSource>,
        metadata: ArrowReaderMetadata,
        mask: ProjectionMask,
        parts: Arc<[Part]>,
    ) -> Self {
        let (spec, source) = (spec.clone(), Arc::clone(source));
        Self { spec, source, metadata, mask, parts, group: 0, first: 0, current: None, stored: 0 }
    }

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
        let (next, last) = (first.max(from), end.min(to));
        match self.reader(group, meta, (next - first, last - next)) {
            Ok(reader) => {
                let share = stored / rows;
                self.current = Some(Group { reader, batch: None, next, end: last, share });
                None
            }
            Err((kind, detail)) => Some(Item::Fault(self.spec.fault(kind, next, last - next, detail, &[]))),
        }
    }

    /// A reader of `wanted` rows of row group `group`: how many to pass over, and how many to read.
    fn reader(
        &self,
        group: usize,
        meta: &RowGroupMetaData,
        (before, wanted): (u64, u64),
    ) -> Result<ParquetRecordBatchReader, (FaultKind, String)> {
        let cost = pages::check(meta, &self.mask, self.source.as_ref(), &self.spec.limits)?;
        let batch = cost.batch_rows(u64::try_from(meta.num_rows()).unwrap_or(1));
        let chunks = Chunks(Arc::clone(&self.source));
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, self.metadata.clone());
        builder = builder.with_row_groups(vec![group]).with_projection(self.mask.clone());
        let rows = |count| usize::try_from(count).unwrap_or(usize::MAX);
        if i64::try_from(before + wanted).unwrap_or(i64::MAX) < meta.num_rows() || before > 0 {
            let select = vec![RowSelector::skip(rows(before)), RowSelector::select(rows(wanted))];
            builder = builder.with_row_selection(RowSelection::from(select));
        }
        guarded(|| builder.with_batch_size(rows(batch)).build()).map_err(|detail| (FaultKind::BadParquet, detail))
    }

    /// The next row of the current row group, or `None` behind its last.
    fn row(&mut self) -> Option<Item> {
        let group = self.current.as_mut()?;
        if let Some((batch, at)) = group.batch.as_mut().filter(|(batch, at)| *at < batch.rows()) {
            let row = *at;
            *at += 1;
            let offset = group.next;
            group.next += 1;
            self.stored += group.share;
            let (row, length) = (Row::new(batch, row), group.share);
            let limit = self.spec.limits.record_bytes;
            if row.text_size() as u64 > limit {
                let detail = format!("a row of {} bytes passes the limit of {limit} bytes", row.text_size());
                return Some(Item::Fault(self.spec.fault(FaultKind::TooLarge, offset, length, detail, &[])));
            }
            return Some(Item::Record(RawRecord { offset, length, payload: Payload::Row(row) }));
        }
        let reader = &mut group.reader;
        let next = guarded(|| reader.next().transpose().map_err(ParquetError::from));
        let left = group.end.saturating_sub(group.next);
        match next {
            Ok(Some(batch)) if batch.num_rows() > 0 && batch.num_rows() as u64 <= left => {
                group.batch = Some((Arc::new(Table::new(batch, Arc::clone(&self.parts))), 0));
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
