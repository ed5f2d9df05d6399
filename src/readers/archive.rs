//! Zip containers of WARC and ARC files, as WACZ is one: every member that holds records is read like a file.
//!
//! A record's offset counts bytes of the container wherever it can: in stored members (which WACZ asks for) it is the
//! offset in the member plus the offset of the member's content. Where it cannot, high bits keep offsets apart: bit 62 for
//! members with several records in one compressed segment, bit 61 for deflated members, whose content begins at its own
//! stored offset << 16.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use super::records::Dialect;
use super::segments::Joined;
use super::sniff;
use super::{Format, InputSpec, Item, RawRecord, ReadFailure, RecordReader};
use crate::document::FaultKind;
use crate::storage::source::ByteSource;
use crate::storage::zip::{self, Content, Member};

/// Marks offsets of records that share a compressed segment in a member.
const SHARED: u64 = 1 << 62;
/// Marks offsets of records in deflated members.
const DEFLATED: u64 = 1 << 61;
/// Marks, in the member itself, further records of a segment.
const MIXED: u64 = 1 << 63;

/// The reader of a container.
pub(super) struct Archive {
    spec: InputSpec,
    source: Arc<dyn ByteSource>,
    members: VecDeque<Member>,
    current: Option<Current>,
    pending: Option<Item>,
    /// Whether a member held records.
    found: bool,
    position: u64,
    done: bool,
}

struct Current {
    content: Content,
    reader: Joined,
    header: u64,
}

impl Current {
    fn lifted(&self, offset: u64) -> u64 {
        let start = self.content.start;
        let shared = if self.reader.shares_segments() { SHARED } else { 0 };
        if self.content.deflated {
            return DEFLATED | shared | (start << 16).wrapping_add(offset);
        }
        if offset & MIXED != 0 || shared != 0 {
            return shared | offset.wrapping_add(start << 16);
        }
        offset + start
    }
}

impl Archive {
    pub(super) fn open(spec: &InputSpec, source: &Arc<dyn ByteSource>) -> io::Result<Self> {
        let listing = zip::list(source.as_ref())?;
        let pending = listing.damage.map(|damage| Item::Fault(spec.fault(damage.kind, 0, 0, damage.detail, &[])));
        // A container belongs to the range that holds its start.
        let done = spec.range.is_some_and(|(from, _)| from > 0);
        Ok(Self {
            spec: InputSpec { range: None, ..spec.clone() },
            source: Arc::clone(source),
            members: listing.members.into(),
            current: None,
            pending,
            found: false,
            position: 0,
            done,
        })
    }

    fn next(&mut self) -> Result<Option<Item>, ReadFailure> {
        loop {
            if self.done {
                return Ok(None);
            }
            if let Some(item) = self.pending.take() {
                return Ok(Some(item));
            }
            let Some(current) = &mut self.current else {
                match self.members.pop_front() {
                    Some(member) => self.pending = self.enter(&member).map_err(|error| self.failure(error))?,
                    None => return Ok(self.end()),
                }
                continue;
            };
            if let Some(item) = current.reader.next_item()? {
                let item = lift(item, |offset| current.lifted(offset));
                // Offsets in a deflated member say nothing of how far the container was read.
                let within = if current.content.deflated { 0 } else { current.reader.position() };
                self.position = self.position.max(current.content.start + within);
                return Ok(Some(item));
            }
            let damage = current.content.damage();
            let header = current.header;
            self.current = None;
            if let Some(damage) = damage {
                return Ok(Some(Item::Fault(self.spec.fault(damage.kind, header, 0, damage.detail, &[]))));
            }
        }
    }

    /// Opens a member; gives what there is to tell of it instead.
    fn enter(&mut self, member: &Member) -> io::Result<Option<Item>> {
        self.position = self.position.max(member.header);
        if member.name.ends_with('/') {
            return Ok(None);
        }
        let content = match zip::open(&self.source, member, &self.spec.limits)? {
            Ok(content) => content,
            Err(damage) => {
                return Ok(Some(Item::Fault(self.spec.fault(damage.kind, member.header, 0, damage.detail, &[]))));
            }
        };
        let found = sniff::sniff(&InputSpec { format: Format::Auto, ..self.spec.clone() }, &content.source)?;
        let dialect = match found.format {
            Format::Warc | Format::Wet => Dialect::Warc,
            Format::Arc => Dialect::Arc,
            _ => {
                let kind = Cow::Borrowed("archive:other");
                return Ok(Some(Item::Other { kind, offset: member.header, length: content.source.len() }));
            }
        };
        self.found = true;
        let reader = Joined::open(&self.spec, &content.source, found.codec, dialect)?;
        self.current = Some(Current { content, reader, header: member.header });
        Ok(None)
    }

    fn end(&mut self) -> Option<Item> {
        self.done = true;
        self.position = self.source.len();
        let detail = "a zip container without WARC or ARC files";
        let fault = || self.spec.fault(FaultKind::UnknownFormat, 0, self.source.len(), detail, &[]);
        (!self.found).then(|| Item::Fault(fault()))
    }

    fn failure(&self, source: io::Error) -> ReadFailure {
        ReadFailure { file: Arc::clone(&self.spec.file), offset: self.position, source }
    }
}

fn lift(item: Item, to: impl Fn(u64) -> u64) -> Item {
    match item {
        Item::Record(record) => Item::Record(RawRecord { offset: to(record.offset), ..record }),
        Item::Other { kind, offset, length } => Item::Other { kind, offset: to(offset), length },
        Item::Fault(mut fault) => {
            fault.offset = to(fault.offset);
            Item::Fault(fault)
        }
    }
}

impl RecordReader for Archive {
    fn next_item(&mut self) -> Result<Option<Item>, ReadFailure> {
        self.next()
    }

    fn position(&self) -> u64 {
        // A directory may point anywhere.
        self.position.min(self.source.len())
    }
}
