//! JSON lines: one object a line; text, id, url and date by name, everything else carried as metadata.

mod json;
mod quick;

pub(super) use json::quote;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use super::feed::Feed;
use super::{Decoded, InputSpec, Item, Payload, RawRecord, ReadFailure, RecordReader, media};
use crate::document::{Fault, FaultKind, Value};
use crate::storage::segments::Codec;
use crate::storage::source::ByteSource;

/// Reads lines.
pub(super) struct Lines {
    spec: InputSpec,
    feed: Feed,
    /// Reading goes on behind damage: the next line may have lost its beginning.
    resumed: bool,
    done: bool,
}

/// Whether a segment that decodes to `bytes` can be one of text.
pub(super) fn confirms(bytes: &[u8]) -> bool {
    !bytes.is_empty() && media::looks_like_text(bytes)
}

impl Lines {
    pub(super) fn open(spec: &InputSpec, source: &Arc<dyn ByteSource>, codec: Codec) -> io::Result<Self> {
        let probe = |feed| {
            Self { spec: InputSpec { range: None, ..spec.clone() }, feed, resumed: false, done: false }.per_segment()
        };
        let feed = super::feed(spec, source, codec, probe, &confirms)?;
        let mut lines = Self { spec: spec.clone(), feed, resumed: false, done: false };
        if lines.feed.is_plain() && spec.range.is_some_and(|(from, _)| from > 0) {
            // A line belongs to the range in which it starts: pass over the rest of the one before.
            lines.skip_line(0)?;
        }
        Ok(lines)
    }

    fn per_segment(mut self) -> io::Result<bool> {
        self.next()?;
        self.feed.ensure(1)?;
        let at = self.feed.position();
        Ok(self.feed.segment_of(at).at == at)
    }

    fn past_range(&self, start: u64) -> bool {
        let Some((_, to)) = self.spec.range else { return false };
        let stored = if self.feed.is_plain() { self.feed.address(start) } else { self.feed.segment_of(start).stored };
        stored >= to
    }

    /// Passes over the rest of a line, of which `scanned` bytes hold no line end, without holding it. Gives its length,
    /// line end included.
    fn skip_line(&mut self, scanned: usize) -> io::Result<u64> {
        self.feed.consume(scanned);
        let mut total = scanned as u64;
        loop {
            let bytes = self.feed.bytes();
            let (len, found) = memchr::memchr(b'\n', bytes).map_or((bytes.len(), false), |at| (at + 1, true));
            self.feed.consume(len);
            total += len as u64;
            if found || !self.feed.more()? {
                return Ok(total);
            }
        }
    }

    fn next(&mut self) -> io::Result<Option<Item>> {
        self.feed.ensure(1)?;
        let start = self.feed.position();
        if self.done || (self.feed.bytes().is_empty() && self.feed.damage().is_none()) || self.past_range(start) {
            self.done = true;
            return Ok(None);
        }
        let limit = usize::try_from(self.spec.limits.record_bytes).unwrap_or(usize::MAX);
        let mut scanned = 0;
        let end = loop {
            let bytes = self.feed.bytes();
            if let Some(at) = memchr::memchr(b'\n', &bytes[scanned..]) {
                break scanned + at + 1;
            }
            scanned = bytes.len();
            if scanned > limit {
                return self.oversize(start, scanned).map(Some);
            }
            if !self.feed.more()? {
                if self.feed.damage().is_some() {
                    return self.damaged(start).map(Some);
                }
                break scanned;
            }
        };
        if end > limit.saturating_add(2) {
            return self.oversize(start, 0).map(Some);
        }
        self.line(start, end).map(Some)
    }

    fn line(&mut self, start: u64, end: usize) -> io::Result<Item> {
        let segment = self.feed.segment_of(start);
        if end == self.feed.bytes().len() && segment.at == start && !self.feed.is_plain() && !self.feed.more()? {
            // The checksum behind a segment of one line speaks for that line.
            if self.feed.damage().is_some() && self.feed.damaged_segment() == segment.stored {
                return self.damaged(start);
            }
        }
        let offset = self.feed.address(start);
        let length = end as u64;
        let bytes = self.feed.bytes();
        let from = if offset == 0 && bytes.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
        let line = super::fields::trim_end(&bytes[from.min(end)..end]);
        let item = if line.trim_ascii().is_empty() {
            Item::Other { kind: Cow::Borrowed("blank"), offset, length }
        } else if self.resumed && !line.trim_ascii_start().starts_with(b"{") {
            let detail = "the rest of a line that begins in a damaged segment";
            Item::Fault(self.spec.fault(FaultKind::Junk, offset, length, detail, line))
        } else {
            let to = from + line.len();
            Item::Record(RawRecord { offset, length, payload: Payload::Line(self.feed.give_part(from, to)) })
        };
        self.resumed = false;
        self.feed.consume(end);
        Ok(item)
    }

    fn oversize(&mut self, start: u64, scanned: usize) -> io::Result<Item> {
        let offset = self.feed.address(start);
        let preview = self.feed.bytes()[..self.feed.bytes().len().min(Fault::PREVIEW)].to_vec();
        let length = self.skip_line(scanned)?;
        let detail = format!("a line of {length} bytes passes the limit of {} bytes", self.spec.limits.record_bytes);
        Ok(Item::Fault(self.spec.fault(FaultKind::TooLarge, offset, length, detail, &preview)))
    }

    fn damaged(&mut self, start: u64) -> io::Result<Item> {
        let segment = self.feed.segment_of(start);
        let stored = self.feed.damaged_segment();
        let empty = self.feed.bytes().is_empty();
        let own = segment.at == start && segment.stored == stored;
        let from = if own || empty { stored } else { self.feed.stored_position() };
        let foreign = empty && stored != segment.stored;
        let offset = if foreign { self.feed.foreign_address(stored) } else { self.feed.address(start) };
        let Some(damage) = self.feed.damage().cloned() else {
            return Ok(Item::Other { kind: Cow::Borrowed("blank"), offset, length: 0 });
        };
        let mut fault = self.spec.fault(damage.kind, offset, 0, damage.detail, self.feed.bytes());
        fault.length = self.feed.recover(&confirms)?.saturating_sub(from);
        self.resumed = true;
        Ok(Item::Fault(fault))
    }
}

impl RecordReader for Lines {
    fn next_item(&mut self) -> Result<Option<Item>, ReadFailure> {
        self.next().map_err(|error| ReadFailure::new(&self.spec, self.feed.stored_position(), error))
    }

    fn position(&self) -> u64 {
        self.feed.stored_position()
    }
}

/// Decodes a line.
pub(super) fn decode(spec: &InputSpec, offset: u64, length: u64, line: &[u8]) -> Decoded {
    let fault = |kind, detail: String| Decoded::Fault(spec.fault(kind, offset, length, detail, line));
    let picked = match json::pick(line, &spec.fields, &spec.carry) {
        Ok(picked) => picked,
        Err(error) if std::str::from_utf8(line).is_err() => {
            return fault(FaultKind::BadCharset, format!("the line is not UTF-8 ({error})"));
        }
        Err(error) => return fault(FaultKind::BadJson, error),
    };
    let text = match picked.text {
        Some(Value::Str(text)) => text,
        Some(_) => {
            return fault(FaultKind::NoText, format!("field `{}` is not a string", spec.fields.text));
        }
        None => return fault(FaultKind::NoText, format!("there is no field `{}`", spec.fields.text)),
    };
    let mut document = spec.document(offset);
    document.text = text;
    document.source_id = picked.id.and_then(plain);
    document.url = picked.url.and_then(plain);
    document.date = picked.date.and_then(plain);
    document.metadata = picked.metadata;
    Decoded::Document(document)
}

/// A scalar as text.
pub(super) fn plain(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::Float(value) => Some(value.to_string()),
        Value::Str(value) | Value::Json(value) => Some(value),
    }
}
