//! What the second round of equal spans tells a map unit: which windows of which documents stood before, and where.

use super::super::error::DedupError;
use super::super::external::{Sorted, Sorter};
use super::super::frame::{Kind, u32_at, u64_at};
use super::super::packed::{Fields, PackedReader, PackedWriter, put_number};
use super::super::record::Record;
use super::super::reduce::ExchangeSource;
use super::super::{Layout, Scratch, cuts, ordinal, split_ordinal};
use std::io::Write;

const CUTS: Kind = Kind { magic: *b"\x89gmspan\n", name: "file of span cuts", record: 0 };

/// Windows of one context that stand in one earlier document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpanCut {
    /// The lower half of the context's key: documents have too few contexts for two of them to agree in it.
    pub key: u64,
    /// The first of the windows, counted from the context's first.
    pub from: u32,
    /// One past the last.
    pub to: u32,
    /// Ordinal of the first document that has them.
    pub copy: u64,
}

/// A cut of the document with this ordinal. Sorts by map unit, then document, then context and window.
pub(super) type Told = (u64, SpanCut);

impl Record for Told {
    const SIZE: usize = 32;

    fn put(&self, out: &mut Vec<u8>) {
        let (document, SpanCut { key, from, to, copy }) = self;
        out.extend_from_slice(&document.to_le_bytes());
        out.extend_from_slice(&key.to_le_bytes());
        out.extend_from_slice(&from.to_le_bytes());
        out.extend_from_slice(&to.to_le_bytes());
        out.extend_from_slice(&copy.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        let (key, copy) = (u64_at(bytes, 8), u64_at(bytes, 24));
        (u64_at(bytes, 0), SpanCut { key, from: u32_at(bytes, 16), to: u32_at(bytes, 20), copy })
    }
}

/// Writes what a partition unit tells the map units. Returns the number of records.
pub(super) fn write(
    mut told: Sorted<Told>,
    partition: u32,
    layout: Layout,
    out: &mut dyn Write,
) -> Result<u64, DedupError> {
    let mut file = PackedWriter::new(CUTS, partition, layout, out)?;
    let mut before = (u32::MAX, 0);
    while let Some((document, SpanCut { key, from, to, copy })) = told.next()? {
        let ((unit, index), (copy_unit, copy_index)) = (split_ordinal(document), split_ordinal(copy));
        if before.0 != unit {
            before = (unit, 0);
        }
        let step = index - before.1;
        before.1 = index;
        let put = |record: &mut Vec<u8>| {
            put_number(step.into(), record);
            record.extend_from_slice(&key.to_le_bytes());
            [from, to - from, copy_unit, copy_index].into_iter().for_each(|number| put_number(number.into(), record));
        };
        file.push(unit, put, out)?;
    }
    file.finish(out)
}

/// The cuts of one map unit, in the order of its documents.
pub struct SpanCuts {
    sorted: Sorted<Told>,
    ahead: Option<Told>,
}

impl SpanCuts {
    /// Reads what the partition units tell map unit `unit`; their files stand in the order of the partitions.
    ///
    /// # Errors
    /// When a file cannot be read, is damaged or belongs to another plan, or when scratch space fails.
    pub fn gather(
        inputs: &dyn ExchangeSource,
        of: Layout,
        (units, unit): (u32, u32),
        budget: usize,
        scratch: &mut dyn Scratch,
    ) -> Result<Self, DedupError> {
        let layout = cuts::layout(of, units);
        let mut sorter = Sorter::new(budget, scratch)?;
        for place in 0..inputs.count() {
            let input = inputs.open(place)?;
            let reader = PackedReader::of_partition(CUTS, &*input, layout, place)?;
            let mut index = 0;
            reader.read(unit, |fields| {
                let Some((step, cut)) = record(fields) else { return Ok(None) };
                index += step;
                sorter.push((ordinal(unit, index), cut)).map(Some)
            })?;
        }
        let mut sorted = sorter.finish()?;
        let ahead = sorted.next()?;
        Ok(Self { sorted, ahead })
    }

    /// The cuts of the documents before `index` that were not taken yet, with the index of the document; by document, context and
    /// window.
    ///
    /// # Errors
    /// When scratch space fails.
    pub fn take_before(&mut self, index: u32) -> Result<Vec<(u32, SpanCut)>, DedupError> {
        let mut out = Vec::new();
        while let Some((document, cut)) = self.ahead {
            let (_, of) = split_ordinal(document);
            if of >= index {
                break;
            }
            out.push((of, cut));
            self.ahead = self.sorted.next()?;
        }
        Ok(out)
    }
}

/// One record: documents since the last one, and the cut.
fn record(fields: &mut Fields<'_>) -> Option<(u32, SpanCut)> {
    let step = fields.short()?;
    let key = u64_at(fields.bytes(8)?, 0);
    let (from, windows) = (fields.short()?, fields.short()?);
    let copy = ordinal(fields.short()?, fields.short()?);
    Some((step, SpanCut { key, from, to: from.checked_add(windows)?, copy }))
}

/// What one document loses: the cuts of its contexts, by context and window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elsewhere<'a>(pub &'a [SpanCut]);

impl<'a> Elsewhere<'a> {
    /// Those of the context with this key.
    pub fn of(self, key: u128) -> &'a [SpanCut] {
        // The lower half.
        let key = key as u64;
        let from = self.0.partition_point(|cut| cut.key < key);
        let rest = &self.0[from..];
        &rest[..rest.partition_point(|cut| cut.key == key)]
    }
}
