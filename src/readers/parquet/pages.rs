//! Walks the page headers of a row group and adds up what decoding would allocate, before anything is decoded.
//!
//! Page headers are Thrift compact structs; only type, size after and before decompression, and the count of values matter
//! here, the rest is passed over.

use std::io;

use ::parquet::arrow::ProjectionMask;
use ::parquet::basic::Encoding;
use ::parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};

use crate::document::FaultKind;
use crate::storage::capped::Caps;
use crate::storage::source::ByteSource;

/// The largest page after decompression, in bytes. Writers aim at 1 MiB.
const PAGE: i64 = 128 << 20;
/// Bytes of one header that are read at first, and at most (statistics may hold long values).
const HEADER: (usize, usize) = (512, 256 << 10);
/// Memory that values which one stored value stands for several times (dictionary, shared prefixes) may take in a batch.
const REPEATED: u64 = 128 << 20;
/// Nesting of Thrift structs that is followed.
const DEPTH: usize = 8;

/// Bytes that the rows of a batch aim at.
const BATCH_BYTES: u64 = 8 << 20;
/// Bytes that a batch may take where its pages are the fullest.
const FULLEST: u64 = 16 << 20;
/// Rows in a batch at most.
const BATCH_ROWS: u64 = 1024;
/// Values in a batch at most, over all columns: each column keeps room for them.
const BATCH_VALUES: u64 = 1 << 17;

/// What decoding a row group takes.
#[derive(Debug, Default)]
pub(super) struct Cost {
    /// Bytes of all pages after decompression.
    total: u64,
    /// The longest page from which values can be repeated.
    repeatable: u64,
    /// Bytes a row where the pages are the fullest, over all columns.
    fullest: u64,
    /// Columns that are read.
    columns: u64,
}

impl Cost {
    /// How many rows a batch may have: few where rows are long on average or in some pages, or have many columns, and so
    /// that repeated values stay within [`REPEATED`].
    pub(super) fn batch_rows(&self, rows: u64) -> u64 {
        let average = BATCH_BYTES / (self.total / rows.max(1)).max(1);
        let fullest = FULLEST / self.fullest.max(1);
        let repeatable = REPEATED.checked_div(self.repeatable).unwrap_or(u64::MAX);
        let values = BATCH_VALUES / self.columns.max(1);
        average.min(fullest).min(repeatable).min(values).min(rows).clamp(1, BATCH_ROWS)
    }
}

type Refused = (FaultKind, String);

fn bad(detail: impl Into<String>) -> Refused {
    (FaultKind::BadParquet, detail.into())
}

/// Checks every page of the wanted columns.
pub(super) fn check(
    group: &RowGroupMetaData,
    mask: &ProjectionMask,
    source: &dyn ByteSource,
    caps: &Caps,
) -> Result<Cost, Refused> {
    let mut cost = Cost::default();
    for (at, column) in group.columns().iter().enumerate() {
        if mask.leaf_included(at) {
            walk(column, source, &mut cost)?;
        }
    }
    // Rows are read page by page, so a long row group is no danger by itself.
    let stored = u64::try_from(group.compressed_size()).unwrap_or(0);
    if cost.total > caps.row_group_bytes && cost.total > stored.saturating_mul(caps.ratio) {
        let detail = format!("a row group of {} bytes is more than {} times its size", cost.total, caps.ratio);
        return Err((FaultKind::Bomb, detail));
    }
    Ok(cost)
}

fn walk(column: &ColumnChunkMetaData, source: &dyn ByteSource, cost: &mut Cost) -> Result<(), Refused> {
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let size = u64::try_from(column.compressed_size()).map_err(|_| bad("a column has a negative size"))?;
    let mut at = u64::try_from(start).map_err(|_| bad("a column has a negative offset"))?;
    let end =
        at.checked_add(size).filter(|&end| end <= source.len()).ok_or_else(|| bad("a column lies outside the file"))?;
    let shared = column.encodings().any(|encoding| encoding == Encoding::DELTA_BYTE_ARRAY);
    // Texts of flat columns are views into their dictionary; those of nested ones are copied out of it.
    let nested = column.column_path().parts().len() > 1;
    let mut fullest = 0;
    while at < end {
        let page = header(source, at, end)
            .map_err(|error| bad(error.to_string()))?
            .ok_or_else(|| bad("a page header is invalid"))?;
        if page.inflated < 0 || page.inflated > PAGE || page.stored < 0 {
            return Err((FaultKind::Bomb, format!("a page claims {} bytes", page.inflated)));
        }
        let inflated = page.inflated as u64;
        cost.total = cost.total.saturating_add(inflated);
        if (page.dictionary && nested) || shared {
            cost.repeatable = cost.repeatable.max(inflated);
        }
        if !page.dictionary {
            fullest = fullest.max(inflated / u64::try_from(page.values).unwrap_or(1).max(1));
        }
        at += page.header + page.stored as u64;
    }
    cost.fullest = cost.fullest.saturating_add(fullest);
    cost.columns += 1;
    if at == end { Ok(()) } else { Err(bad("the pages of a column do not fill it")) }
}

/// What the walk needs of a page header.
struct Page {
    dictionary: bool,
    inflated: i64,
    stored: i64,
    /// Values in it, nulls included.
    values: i64,
    /// Length of the header itself.
    header: u64,
}

fn header(source: &dyn ByteSource, at: u64, end: u64) -> io::Result<Option<Page>> {
    let mut want = HEADER.0;
    loop {
        let held = source.read_at(at, want.min((end - at) as usize))?;
        let short = held.len() < want;
        if let Some(page) = parse(&held) {
            return Ok(Some(page));
        }
        if short || want >= HEADER.1 {
            return Ok(None);
        }
        want *= 8;
    }
}

fn parse(bytes: &[u8]) -> Option<Page> {
    let mut thrift = Thrift { bytes, at: 0 };
    let (mut kind, mut inflated, mut stored, mut values) = (None, None, None, 0);
    let mut id = 0_i64;
    loop {
        let (step, wire) = thrift.field()?;
        if wire == 0 {
            break;
        }
        id = if step == 0 { thrift.zigzag()? } else { id + i64::from(step) };
        match (id, wire) {
            (1, 5) => kind = Some(thrift.zigzag()?),
            (2, 5) => inflated = Some(thrift.zigzag()?),
            (3, 5) => stored = Some(thrift.zigzag()?),
            // The headers of the kinds of pages; all count values in their first field.
            (5 | 7 | 8, 12) => values = thrift.first_number()?,
            _ => thrift.skip(wire, 0)?,
        }
    }
    // Page type 2 is DICTIONARY_PAGE (parquet.thrift).
    Some(Page { dictionary: kind? == 2, inflated: inflated?, stored: stored?, values, header: thrift.at as u64 })
}

/// A reader of the Thrift compact protocol.
struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A field header: the step from the last field id (0: an absolute id follows) and the wire type (0: stop).
    fn field(&mut self) -> Option<(u8, u8)> {
        let byte = self.byte()?;
        Some((byte >> 4, byte & 15))
    }

    /// The first field of a struct, a number; the others are passed over.
    fn first_number(&mut self) -> Option<i64> {
        let (mut id, mut number) = (0, 0);
        loop {
            let (step, wire) = self.field()?;
            if wire == 0 {
                return Some(number);
            }
            id = if step == 0 { self.zigzag()? } else { id + i64::from(step) };
            match (id, wire) {
                (1, 5) => number = self.zigzag()?,
                _ => self.skip(wire, 1)?,
            }
        }
    }

    fn jump(&mut self, len: u64) -> Option<()> {
        let to = self.at.checked_add(usize::try_from(len).ok()?)?;
        self.at = to;
        (to <= self.bytes.len()).then_some(())
    }

    fn skip(&mut self, wire: u8, depth: usize) -> Option<()> {
        match wire {
            1 | 2 => Some(()),
            3 => self.jump(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.jump(8),
            8 => {
                let len = self.varint()?;
                self.jump(len)
            }
            12 if depth < DEPTH => loop {
                let (step, wire) = self.field()?;
                if wire == 0 {
                    return Some(());
                }
                if step == 0 {
                    self.zigzag()?;
                }
                self.skip(wire, depth + 1)?;
            },
            // Lists, sets and maps do not occur in page headers.
            _ => None,
        }
    }
}
