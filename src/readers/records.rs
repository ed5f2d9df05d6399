//! The reader of record files: WARC, WET and ARC share everything but the shape of a record's head.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use super::feed::Feed;
use super::segments::SegmentHead;
use super::{InputSpec, Item, Payload, RawRecord, ReadFailure, Shared, arc, warc};
use crate::document::{Fault, FaultKind};
use crate::storage::segments::Codec;
use crate::storage::source::ByteSource;

/// Which head a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// A version line, fields, a blank line.
    Warc,
    /// One line of words.
    Arc,
}

/// What a record is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// It may become a document.
    Document,
    /// It is counted under this kind.
    Other(&'static str),
    /// It goes on with a record that was written in segments.
    Continuation,
}

/// A record's head, as far as reading on needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Declared length of the block behind the head.
    pub(super) length: u64,
    /// What the record is for.
    pub(super) role: Role,
    /// Its place among the segments of a record, if it is one.
    pub(super) segment: Option<SegmentHead>,
}

/// A damaged length of at most this many bytes is a quirk of known writers (wget counts line ends), not damage.
const QUIRK: usize = 4;
/// Line ends that are looked through behind a record.
const SEPARATORS: usize = 16;
/// Bytes wanted behind a record to judge what follows it.
const LOOK: usize = 128;
/// Bytes kept while searching, in which a head may have begun.
const KEEP: usize = 8 << 10;

impl Dialect {
    /// Whether `bytes`, standing where a record is due, begin one.
    fn begins(self, bytes: &[u8]) -> bool {
        match self {
            Self::Warc => bytes.starts_with(b"WARC/"),
            Self::Arc => arc::begins(bytes),
        }
    }

    /// Whether `bytes`, standing anywhere, surely begin a record.
    pub(super) fn confirms(self, bytes: &[u8]) -> bool {
        match self {
            Self::Warc => warc::confirms(bytes),
            Self::Arc => arc::confirms(bytes),
        }
    }

    /// The first line start at or behind `from` (which must be at least 1) where a record surely begins.
    pub(super) fn find(self, bytes: &[u8], from: usize) -> Option<usize> {
        match self {
            Self::Warc => memchr::memmem::find_iter(&bytes[from.min(bytes.len())..], b"WARC/")
                .map(|at| at + from)
                .find(|&at| bytes[at - 1] == b'\n' && warc::confirms(&bytes[at..])),
            Self::Arc => memchr::memchr_iter(b'\n', &bytes[(from - 1).min(bytes.len())..])
                .map(|at| at + from)
                .find(|&at| at < bytes.len() && arc::confirms(&bytes[at..])),
        }
    }

    fn head_end(self, bytes: &[u8], from: usize) -> Option<usize> {
        match self {
            Self::Warc => super::fields::head_end(bytes, from),
            Self::Arc => memchr::memchr(b'\n', &bytes[from.min(bytes.len())..]).map(|at| from + at + 1),
        }
    }

    fn parse(self, head: &[u8]) -> Result<Head, String> {
        match self {
            Self::Warc => warc::head(head),
            Self::Arc => arc::head(head),
        }
    }

    fn payload(self, bytes: Shared, body: usize) -> Payload {
        match self {
            Self::Warc => Payload::Warc { bytes, body },
            Self::Arc => Payload::Arc { bytes, body },
        }
    }
}

/// The reader.
pub(super) struct Records {
    spec: InputSpec,
    feed: Feed,
    dialect: Dialect,
    /// Where the last record ended, if nothing separated it from what follows.
    joined_at: Option<u64>,
    pending: Option<Item>,
    /// What the head of the record that was given out last says of segments.
    segment: Option<SegmentHead>,
    done: bool,
}

impl Records {
    pub(super) fn open(
        spec: &InputSpec,
        source: &Arc<dyn ByteSource>,
        codec: Codec,
        dialect: Dialect,
    ) -> io::Result<Self> {
        let whole = InputSpec { range: None, ..spec.clone() };
        let confirm = |bytes: &[u8]| dialect.confirms(bytes);
        let probe = |feed| Self::over(&whole, feed, dialect).per_segment();
        let feed = super::feed(spec, source, codec, probe, &confirm)?;
        let mut reader = Self::over(spec, feed, dialect);
        if reader.feed.is_plain() && spec.range.is_some_and(|(from, _)| from > 0) {
            reader.skip_to_head()?;
        }
        Ok(reader)
    }

    fn over(spec: &InputSpec, feed: Feed, dialect: Dialect) -> Self {
        Self { spec: spec.clone(), feed, dialect, joined_at: None, pending: None, segment: None, done: false }
    }

    /// Whether offsets are those of records that share compressed segments.
    pub(super) fn shares_segments(&self) -> bool {
        self.feed.is_stream()
    }

    /// Whether the second record begins a segment.
    fn per_segment(mut self) -> io::Result<bool> {
        self.next()?;
        self.blank()?;
        let at = self.feed.position();
        Ok(self.feed.segment_of(at).at == at)
    }

    /// Passes over line ends.
    fn blank(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.feed.bytes();
            let len = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let all = len == bytes.len();
            self.feed.consume(len);
            if !all || !self.feed.more()? {
                return Ok(());
            }
        }
    }

    fn past_range(&self, stored: u64) -> bool {
        self.spec.range.is_some_and(|(_, to)| stored >= to)
    }

    fn stored_at(&self, position: u64) -> u64 {
        if self.feed.is_plain() { self.feed.address(position) } else { self.feed.segment_of(position).stored }
    }

    fn next(&mut self) -> io::Result<Option<Item>> {
        if let Some(item) = self.pending.take() {
            return Ok(Some(item));
        }
        if self.done {
            return Ok(None);
        }
        self.blank()?;
        let start = self.feed.position();
        if self.feed.bytes().is_empty() {
            self.done = self.feed.damage().is_none() || self.past_range(self.feed.damaged_segment());
            return if self.done { Ok(None) } else { self.damaged(start).map(Some) };
        }
        if self.past_range(self.stored_at(start)) {
            self.done = true;
            return Ok(None);
        }
        self.feed.ensure(if self.dialect == Dialect::Arc { KEEP } else { LOOK })?;
        if self.dialect.begins(self.feed.bytes()) { self.record(start).map(Some) } else { self.junk(start).map(Some) }
    }

    fn record(&mut self, start: u64) -> io::Result<Item> {
        let limit = self.spec.limits.head_bytes;
        let mut scanned = 0;
        let head_len = loop {
            if let Some(len) = self.dialect.head_end(self.feed.bytes(), scanned).filter(|&len| len <= limit) {
                break len;
            }
            scanned = self.feed.bytes().len().saturating_sub(2);
            if scanned > limit {
                return self.skip_bad(start, FaultKind::BadRecordHeader, format!("no head ends within {limit} bytes"));
            }
            if !self.feed.more()? {
                return self.cut(start, "the file ends inside a record's head");
            }
        };
        if let Some(at) = self.head_at_border(start, head_len) {
            return Ok(self.bad(
                start,
                at,
                FaultKind::BadRecordHeader,
                "the segment ends inside a record's head".into(),
            ));
        }
        match self.dialect.parse(&self.feed.bytes()[..head_len]) {
            Ok(head) => self.block(start, head_len, head),
            Err(detail) => self.skip_bad(start, FaultKind::BadRecordHeader, detail),
        }
    }

    /// The first segment border within the next `len` bytes at which a record begins.
    fn head_at_border(&self, start: u64, len: usize) -> Option<usize> {
        let bytes = self.feed.bytes();
        let end = start + len.min(bytes.len()) as u64 - 1;
        let mut from = start;
        while let Some(mark) = self.feed.border(from, end) {
            let at = (mark.at - start) as usize;
            if self.dialect.begins(&bytes[at..]) {
                return Some(at);
            }
            from = mark.at;
        }
        None
    }

    fn block(&mut self, start: u64, head_len: usize, head: Head) -> io::Result<Item> {
        if head.length > self.spec.limits.record_bytes {
            return self.oversize(start, head_len, &head);
        }
        let need = head_len + head.length as usize;
        let whole = self.feed.ensure(need)?;
        if let Some(at) = self.head_at_border(start, need) {
            let detail = format!("declared {} bytes, the next record begins {} bytes on", head.length, at - head_len);
            return Ok(self.bad(start, at, FaultKind::BadLength, detail));
        }
        if !whole {
            return self.short(start, head_len, &head);
        }
        let end = self.separators(need)?;
        let bytes = self.feed.bytes();
        let segment = self.feed.segment_of(start);
        if end == bytes.len() {
            let own = self.feed.damaged_segment() == segment.stored && segment.at == start;
            if self.feed.damage().is_some() && own {
                return self.damaged(start);
            }
        } else {
            self.feed.ensure(end + LOOK)?;
            let bytes = self.feed.bytes();
            let border = self.feed.border(start + end as u64 - 1, start + end as u64).is_some();
            let fits = border || self.dialect.begins(&bytes[end..]);
            // A head that begins inside may end behind the declared length.
            let window = &bytes[..bytes.len().min(need + KEEP)];
            let inner = |at: &usize| *at < need;
            if let Some(at) = (!fits).then(|| self.dialect.find(window, head_len.max(1)).filter(inner)).flatten() {
                let detail =
                    format!("declared {} bytes, the next record begins {} bytes on", head.length, at - head_len);
                return Ok(self.bad(start, at, FaultKind::BadLength, detail));
            }
            self.joined_at = (end == need && !fits).then_some(start + need as u64);
        }
        Ok(self.deliver(start, head_len, need, end, &head))
    }

    /// Where the line ends behind the record stop, counted from its start.
    fn separators(&mut self, need: usize) -> io::Result<usize> {
        let mut end = need;
        loop {
            let rest = &self.feed.bytes()[end..];
            end += rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let open = end == self.feed.bytes().len() && end - need < SEPARATORS;
            if !open || !self.feed.more()? {
                return Ok(end);
            }
        }
    }

    /// Gives the record out and passes over `end` bytes.
    fn deliver(&mut self, start: u64, head_len: usize, need: usize, end: usize, head: &Head) -> Item {
        let offset = self.feed.address(start);
        let length = self.taken(start, end);
        let item = match head.role {
            Role::Other(kind) => Item::Other { kind: Cow::Borrowed(kind), offset, length },
            Role::Document | Role::Continuation => {
                let payload = self.dialect.payload(self.feed.give(need), head_len);
                Item::Record(RawRecord { offset, length, payload })
            }
        };
        self.feed.consume(end);
        self.segment = head.segment.clone();
        item
    }

    /// What the bytes from `start` to `start + end` took of the stored file, or of the stream where the record shares
    /// its segment.
    fn taken(&self, start: u64, end: usize) -> u64 {
        let segment = self.feed.segment_of(start);
        let to = start + end as u64;
        match self.feed.border(start, to) {
            Some(_) if segment.at == start && !self.feed.is_plain() => self.feed.segment_of(to).stored - segment.stored,
            _ => end as u64,
        }
    }

    /// A fault over the next `len` bytes at hand, which are passed over.
    fn bad(&mut self, start: u64, len: usize, kind: FaultKind, detail: String) -> Item {
        let offset = self.feed.address(start);
        let fault = self.spec.fault(kind, offset, self.taken(start, len), detail, &self.feed.bytes()[..len]);
        self.feed.consume(len);
        Item::Fault(fault)
    }

    /// The input ends inside the record, by damage or for good.
    fn cut(&mut self, start: u64, detail: &str) -> io::Result<Item> {
        if self.feed.damage().is_some() {
            return self.damaged(start);
        }
        let len = self.feed.bytes().len();
        Ok(self.bad(start, len, FaultKind::Truncated, detail.to_owned()))
    }

    /// The input ends before the declared length.
    fn short(&mut self, start: u64, head_len: usize, head: &Head) -> io::Result<Item> {
        if self.feed.damage().is_some() {
            return self.damaged(start);
        }
        let have = self.feed.bytes().len();
        if let Some(at) = self.dialect.find(self.feed.bytes(), head_len.max(1)) {
            let detail = format!("declared {} bytes, the next record begins {} bytes on", head.length, at - head_len);
            return Ok(self.bad(start, at, FaultKind::BadLength, detail));
        }
        let missing = head.length as usize - (have - head_len);
        if missing <= QUIRK {
            let offset = self.feed.address(start);
            let kind = Cow::Borrowed("quirk:length-off-by-line-end");
            self.pending = Some(Item::Other { kind, offset, length: 0 });
            return Ok(self.deliver(start, head_len, have, have, head));
        }
        let detail = format!("declared {} bytes, the file ends after {}", head.length, have - head_len);
        // A compressed segment that ends cleanly has lost nothing: then it is the length that lies.
        let kind = if self.feed.is_plain() { FaultKind::Truncated } else { FaultKind::BadLength };
        Ok(self.bad(start, have, kind, detail))
    }

    /// The segment is damaged: everything at hand belongs to the record that is lost.
    fn damaged(&mut self, start: u64) -> io::Result<Item> {
        let Some(damage) = self.feed.damage().cloned() else {
            return self.cut(start, "the file ends inside a record");
        };
        let segment = self.feed.segment_of(start);
        let empty = self.feed.bytes().is_empty();
        let own = segment.at == start && segment.stored == self.feed.damaged_segment();
        let from = if own || empty { self.feed.damaged_segment() } else { self.feed.stored_position() };
        let offset = if empty && self.feed.damaged_segment() != segment.stored {
            self.feed.foreign_address(self.feed.damaged_segment())
        } else {
            self.feed.address(start)
        };
        let mut fault = self.spec.fault(damage.kind, offset, 0, damage.detail, self.feed.bytes());
        let dialect = self.dialect;
        let resumed = self.feed.recover(&|bytes| dialect.confirms(bytes))?;
        fault.length = resumed.saturating_sub(from);
        Ok(Item::Fault(fault))
    }

    /// A record longer than the limit is passed over without holding it.
    fn oversize(&mut self, start: u64, head_len: usize, head: &Head) -> io::Result<Item> {
        let offset = self.feed.address(start);
        if self.feed.is_plain() && head.length > self.feed.stored_len().saturating_sub(offset) {
            let detail = format!("declared {} bytes, the file is shorter", head.length);
            return self.skip_bad(start, FaultKind::BadLength, detail);
        }
        let mut total = (head_len as u64).saturating_add(head.length);
        let preview = self.feed.bytes()[..self.feed.bytes().len().min(Fault::PREVIEW)].to_vec();
        let segment = self.feed.segment_of(start);
        let own = segment.at == start;
        let mut kind = FaultKind::TooLarge;
        let mut left = total;
        while left > 0 {
            let at = self.feed.position();
            let held = self.feed.bytes().len();
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(held);
            if let Some(border) = (take > 0).then(|| self.head_at_border(at, take)).flatten() {
                self.feed.consume(border);
                left -= border as u64;
                kind = FaultKind::BadLength;
                break;
            }
            self.feed.consume(take);
            left -= take as u64;
            if left > 0 && !self.feed.more()? {
                if let Some(damage) = self.feed.damage().cloned() {
                    let mut fault = self.spec.fault(damage.kind, offset, 0, damage.detail, &preview);
                    let own = own && segment.stored == self.feed.damaged_segment();
                    let from = if own { segment.stored } else { self.feed.stored_position() };
                    let dialect = self.dialect;
                    fault.length = self.feed.recover(&|bytes| dialect.confirms(bytes))?.saturating_sub(from);
                    return Ok(Item::Fault(fault));
                }
                kind = if self.feed.is_plain() { FaultKind::Truncated } else { FaultKind::BadLength };
                break;
            }
        }
        total -= left;
        Ok(match head.role {
            Role::Other(kind) if left == 0 => Item::Other { kind: Cow::Borrowed(kind), offset, length: total },
            _ => {
                let limit = self.spec.limits.record_bytes;
                let detail = format!("a record of {} bytes passes the limit of {limit}", head.length);
                Item::Fault(self.spec.fault(kind, offset, total, detail, &preview))
            }
        })
    }

    fn junk(&mut self, start: u64) -> io::Result<Item> {
        if self.joined_at.take() == Some(start) {
            let detail = "the record before is longer than its declared length".to_owned();
            return self.skip_bad(start, FaultKind::BadLength, detail);
        }
        self.skip_bad(start, FaultKind::Junk, "bytes between records belong to none".to_owned())
    }

    /// Passes over everything up to the next place where a record surely begins.
    fn skip_bad(&mut self, start: u64, kind: FaultKind, detail: String) -> io::Result<Item> {
        let offset = self.feed.address(start);
        let mut fault = self.spec.fault(kind, offset, 0, detail, &[]);
        fault.length = self.skip(1, &mut fault.raw)?;
        let small = fault.length <= (QUIRK + SEPARATORS) as u64 && fault.raw.trim_ascii().len() <= QUIRK;
        if kind != FaultKind::BadRecordHeader && small {
            let kind = Cow::Borrowed("quirk:length-off-by-line-end");
            return Ok(Item::Other { kind, offset, length: fault.length });
        }
        Ok(Item::Fault(fault))
    }

    fn skip_to_head(&mut self) -> io::Result<()> {
        self.feed.ensure(1)?;
        self.skip(1, &mut Vec::new()).map(|_| ())
    }

    fn skip(&mut self, mut from: usize, preview: &mut Vec<u8>) -> io::Result<u64> {
        let mut total = 0;
        loop {
            let at = self.feed.position();
            let bytes = self.feed.bytes();
            let border = if bytes.is_empty() { None } else { self.head_at_border(at, bytes.len()) };
            let found = self.dialect.find(&bytes[..border.unwrap_or(bytes.len())], from).or(border);
            let len = found.unwrap_or(bytes.len().saturating_sub(KEEP));
            let room = Fault::PREVIEW - preview.len();
            preview.extend_from_slice(&bytes[..len.min(room)]);
            total += len as u64;
            self.feed.consume(len);
            from = 1;
            if found.is_some() {
                return Ok(total);
            }
            if !self.feed.more()? {
                let rest = self.feed.bytes();
                let room = Fault::PREVIEW - preview.len();
                preview.extend_from_slice(&rest[..rest.len().min(room)]);
                let len = rest.len();
                self.feed.consume(len);
                return Ok(total + len as u64);
            }
        }
    }
}

impl Records {
    /// What the file holds, in order; and with it what the record's head says of segments.
    pub(super) fn next_part(&mut self) -> Result<Option<(Item, Option<SegmentHead>)>, ReadFailure> {
        self.segment = None;
        let item = self.next().map_err(|error| ReadFailure::new(&self.spec, self.feed.stored_position(), error))?;
        Ok(item.map(|item| (item, self.segment.take())))
    }

    /// Stored bytes consumed so far.
    pub(super) fn position(&self) -> u64 {
        self.feed.stored_position()
    }
}
