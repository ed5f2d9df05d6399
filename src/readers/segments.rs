//! Records written in segments (WARC 1.1, section 7): one record whose block was too long, cut into a first record and
//! `continuation` records.
//!
//! Segments that follow one another in a file are joined into one record, up to the record limit: it comes where its last
//! segment stands, and each continuation is counted beside it. What cannot be joined, because its other parts are in
//! another file or elsewhere in this one, is a fault, [`FaultKind::BadSegment`].

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use super::fields::{self, Field};
use super::records::{Dialect, Records};
use super::{InputSpec, Item, Payload, RawRecord, ReadFailure, RecordReader, warc};
use crate::document::{Fault, FaultKind};
use crate::storage::segments::Codec;
use crate::storage::source::ByteSource;

/// What a head says of segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SegmentHead {
    /// `WARC-Segment-Number`, from 1; 0 when it is no number.
    number: u64,
    /// The record's own name, or of a continuation that of the first segment.
    origin: Vec<u8>,
    /// `WARC-Segment-Total-Length`, which the last segment has.
    total: Option<u64>,
    /// It is a `continuation`.
    continues: bool,
}

/// Reads what the fields of a head say of segments.
pub(super) fn head(fields: &[Field<'_>], continues: bool) -> Option<SegmentHead> {
    let number = fields::value(fields, "warc-segment-number");
    if number.is_none() && !continues {
        return None;
    }
    let name = if continues { "warc-segment-origin-id" } else { "warc-record-id" };
    Some(SegmentHead {
        number: number.and_then(fields::number).unwrap_or(0),
        origin: warc::bare(fields::value(fields, name).unwrap_or_default()).to_vec(),
        total: fields::value(fields, "warc-segment-total-length").and_then(fields::number),
        continues,
    })
}

/// Whether the head that begins `bytes` is that of a continuation: a file is not cut before one.
pub(super) fn continues(bytes: &[u8]) -> bool {
    let head = &bytes[..fields::head_end(bytes, 0).unwrap_or(bytes.len())];
    let (_, fields) = fields::parse(head);
    fields::value(&fields, "warc-type").is_some_and(|kind| kind.eq_ignore_ascii_case(b"continuation"))
}

/// A record whose last segment was not seen yet.
struct Open {
    origin: Vec<u8>,
    /// Number of the last segment so far.
    number: u64,
    offset: u64,
    length: u64,
    /// Length of the blocks so far.
    total: u64,
    /// Head and block so far, and where the block begins; none for a record that is only counted.
    bytes: Option<(Vec<u8>, usize)>,
}

/// Reads records and joins their segments.
pub(super) struct Joined {
    spec: InputSpec,
    records: Records,
    open: Option<Open>,
    ready: VecDeque<Item>,
}

impl Joined {
    pub(super) fn open(
        spec: &InputSpec,
        source: &Arc<dyn ByteSource>,
        codec: Codec,
        dialect: Dialect,
    ) -> io::Result<Self> {
        let records = Records::open(spec, source, codec, dialect)?;
        Ok(Self { spec: spec.clone(), records, open: None, ready: VecDeque::new() })
    }

    /// Whether offsets are those of records that share compressed segments.
    pub(super) fn shares_segments(&self) -> bool {
        self.records.shares_segments()
    }

    fn take(&mut self, item: Item, segment: SegmentHead) {
        if segment.continues {
            self.go_on(item, &segment);
        } else if segment.number == 1 && segment.total.is_none() {
            self.begin(item, segment);
        } else if segment.number == 1 {
            // The only segment of its record.
            self.ready.push_back(item);
        } else {
            let detail = format!("`WARC-Segment-Number` of a first segment is {}, not 1", segment.number);
            self.lost(item, detail);
        }
    }

    fn begin(&mut self, item: Item, segment: SegmentHead) {
        let (offset, length, bytes) = match item {
            Item::Record(RawRecord { offset, length, payload: Payload::Warc { bytes, body } }) => {
                (offset, length, Some((bytes.to_vec(), body)))
            }
            Item::Other { offset, length, .. } => {
                self.ready.push_back(item);
                (offset, length, None)
            }
            item => return self.ready.push_back(item),
        };
        let total = bytes.as_ref().map_or(0, |(bytes, body)| (bytes.len() - body) as u64);
        self.open = Some(Open { origin: segment.origin, number: 1, offset, length, total, bytes });
    }

    fn go_on(&mut self, item: Item, segment: &SegmentHead) {
        let Item::Record(RawRecord { length, payload: Payload::Warc { bytes, body }, .. }) = &item else {
            return self.ready.push_back(item);
        };
        // The standard asks for the origin's name; a writer that leaves it out says the same by the order.
        let follows = |open: &Open| {
            segment.number == open.number + 1 && (segment.origin.is_empty() || segment.origin == open.origin)
        };
        let Some(mut open) = self.open.take_if(|open| follows(open)) else {
            self.close();
            return self.lost(item, "the segments before this continuation do not stand before it".to_owned());
        };
        let block = &bytes[*body..];
        open.number = segment.number;
        open.length += length;
        open.total += block.len() as u64;
        let limit = self.spec.limits.record_bytes;
        let head = open.bytes.as_ref().map_or(0, |(_, body)| *body as u64);
        if open.total > limit + head {
            let detail = format!("a record in segments passes the limit of {limit} bytes");
            self.fault(&open, FaultKind::TooLarge, detail);
            return self.count(&item);
        }
        if let Some((so_far, _)) = &mut open.bytes {
            so_far.extend_from_slice(block);
        }
        match segment.total {
            None => self.open = Some(open),
            Some(total) if total != open.total && open.bytes.is_some() => {
                let detail =
                    format!("its segments hold {} bytes, `WARC-Segment-Total-Length` says {total}", open.total);
                self.fault(&open, FaultKind::BadSegment, detail);
            }
            Some(_) => {
                if let Some((bytes, body)) = open.bytes {
                    let payload = Payload::Warc { bytes: bytes.into(), body };
                    self.ready.push_back(Item::Record(RawRecord { offset: open.offset, length: open.length, payload }));
                }
            }
        }
        self.count(&item);
    }

    /// Counts a segment that is part of another item.
    fn count(&mut self, item: &Item) {
        if let Item::Record(RawRecord { offset, .. }) = item {
            self.ready.push_back(Item::Other { kind: Cow::Borrowed("continuation"), offset: *offset, length: 0 });
        }
    }

    /// The record that waits for its next segment gets none.
    fn close(&mut self) {
        if let Some(open) = self.open.take().filter(|open| open.bytes.is_some()) {
            let detail = format!("segment {} does not follow segment {}", open.number + 1, open.number);
            self.fault(&open, FaultKind::BadSegment, detail);
        }
    }

    fn fault(&mut self, open: &Open, kind: FaultKind, detail: String) {
        let raw = open.bytes.as_ref().map_or(&[][..], |(bytes, _)| &bytes[..bytes.len().min(Fault::PREVIEW)]);
        self.ready.push_back(Item::Fault(self.spec.fault(kind, open.offset, open.length, detail, raw)));
    }

    fn lost(&mut self, item: Item, detail: String) {
        let item = match item {
            Item::Record(RawRecord { offset, length, payload: Payload::Warc { bytes, .. } }) => {
                Item::Fault(self.spec.fault(FaultKind::BadSegment, offset, length, detail, &bytes))
            }
            other => other,
        };
        self.ready.push_back(item);
    }
}

impl RecordReader for Joined {
    fn next_item(&mut self) -> Result<Option<Item>, ReadFailure> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(Some(item));
            }
            match self.records.next_part()? {
                // Nearly all records of a crawl.
                Some((item, None)) if self.open.is_none() => return Ok(Some(item)),
                Some((item, segment)) => {
                    if !segment.as_ref().is_some_and(|segment| segment.continues) {
                        self.close();
                    }
                    match segment {
                        Some(segment) => self.take(item, segment),
                        None => self.ready.push_back(item),
                    }
                }
                None => {
                    self.close();
                    if self.ready.is_empty() {
                        return Ok(None);
                    }
                }
            }
        }
    }

    fn position(&self) -> u64 {
        self.records.position()
    }
}
