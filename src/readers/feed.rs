//! A window over the decompressed bytes of an input that knows where segments begin.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use bytes::{Buf, Bytes};

use super::shared::Shared;
use crate::storage::capped::{Caps, Damage};
use crate::storage::segments::{Codec, Piece, SegmentStream, Stop};
use crate::storage::source::ByteSource;

/// How record offsets are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// Bytes of a plain file.
    Plain,
    /// One record per segment: the stored offset of the segment.
    Segment,
    /// Several records per segment: [`VIRTUAL_SHIFT`].
    Stream,
}

/// A record inside a multi-segment stream is addressed as (stored offset of its segment << 16) + offset within the
/// decompressed segment. No codec here grows a byte to 65,536 (zstd's best is 128 KiB from 4 bytes), so addresses are
/// unique and ascend; for a file of one segment they are the offsets in the decompressed stream.
const VIRTUAL_SHIFT: u32 = 16;
/// Marks the address of a further record in a segment of a file that began with one record per segment.
const MIXED: u64 = 1 << 63;
/// Length of a buffer of decompressed bytes. Small enough for a processor's own cache, large beside most records.
const BUFFER: usize = 256 << 10;
/// The shortest buffer.
const LEAST: usize = 8 << 10;
/// Bytes beyond those that were asked for, so that what follows a long record does not want a buffer of its own.
const BEYOND: usize = 4 << 10;

/// Where a segment begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Decompressed position in this feed.
    pub(super) at: u64,
    /// Stored offset.
    pub(super) stored: u64,
}

/// Buffered decompressed bytes. A buffer is filled once and then only looked at: records are slices of it, and the next
/// buffer begins with what was left over.
pub(super) struct Feed {
    stream: SegmentStream,
    held: Bytes,
    /// Decompressed position of the first byte at hand.
    position: u64,
    /// Decompressed position behind the last record that was given out.
    given: u64,
    /// Room of the buffer at hand: the most that a record can keep in memory.
    room: usize,
    marks: VecDeque<Mark>,
    damage: Option<Damage>,
    ended: bool,
    address: Address,
    /// Length of a buffer: [`BUFFER`], less for small files.
    step: usize,
}

impl Feed {
    pub(super) fn open(source: &Arc<dyn ByteSource>, codec: Codec, caps: Caps, from: u64) -> io::Result<Self> {
        let small = usize::try_from(source.len()).unwrap_or(BUFFER).saturating_mul(4);
        Ok(Self {
            stream: SegmentStream::open(source, codec, caps, from)?,
            held: Bytes::new(),
            position: 0,
            given: 0,
            room: 0,
            marks: VecDeque::from([Mark { at: 0, stored: from }]),
            damage: None,
            ended: false,
            address: if codec == Codec::Plain { Address::Plain } else { Address::Stream },
            step: small.clamp(LEAST, BUFFER),
        })
    }

    pub(super) fn set_address(&mut self, address: Address) {
        self.address = address;
    }

    pub(super) fn is_stream(&self) -> bool {
        self.address == Address::Stream
    }

    pub(super) fn is_plain(&self) -> bool {
        self.stream.codec() == Codec::Plain
    }

    pub(super) fn stored_len(&self) -> u64 {
        self.stream.stored_len()
    }

    /// Stored bytes consumed so far.
    pub(super) fn stored_position(&self) -> u64 {
        self.stream.position()
    }

    /// The bytes at hand.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.held
    }

    /// Position of the first byte at hand in the decompressed bytes of this feed.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// Stored offset of the damaged segment.
    pub(super) fn damaged_segment(&self) -> u64 {
        self.stream.segment()
    }

    /// Brings at least `need` bytes to hand; false when the input ends or is damaged before.
    pub(super) fn ensure(&mut self, need: usize) -> io::Result<bool> {
        if self.held.len() < need && !self.ended && self.damage.is_none() {
            self.fill(need)?;
        }
        Ok(self.held.len() >= need)
    }

    /// Brings at least one more byte to hand.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        self.ensure(self.held.len() + 1)
    }

    /// Takes what is at hand to a buffer that holds `need` bytes, and fills that.
    fn fill(&mut self, need: usize) -> io::Result<()> {
        let over = self.held.len();
        // Doubling keeps the growth of one long record linear.
        let size = self.step.max(need.saturating_add(BEYOND)).max(over * 2);
        let mut buffer = self.empty(size);
        let mut failed = None;
        while buffer.len() < size && !self.ended && self.damage.is_none() {
            match self.stream.read(&mut buffer) {
                Ok(Piece::Data(_)) => {}
                Ok(Piece::Start(stored)) => self.mark(self.position + buffer.len() as u64, stored),
                Ok(Piece::End) => self.ended = true,
                Err(Stop::Damage(damage)) => self.damage = Some(damage),
                Err(Stop::Io(error)) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        self.room = buffer.capacity();
        self.held = Bytes::from(buffer);
        failed.map_or(Ok(()), Err)
    }

    /// A buffer of `size` bytes that begins with what is at hand: the same again when no record holds it any more.
    fn empty(&mut self, size: usize) -> Vec<u8> {
        let held = std::mem::take(&mut self.held);
        let mut buffer = if held.is_unique() {
            Vec::from(held)
        } else {
            let mut buffer = Vec::with_capacity(size);
            buffer.extend_from_slice(&held);
            buffer
        };
        if buffer.capacity() > size.saturating_mul(8) {
            // A rare giant record must not hold its buffer for the rest of the file.
            buffer.shrink_to(size);
        }
        buffer.reserve_exact(size - buffer.len());
        buffer
    }

    /// The first `len` bytes at hand as the bytes of a record.
    pub(super) fn give(&mut self, len: usize) -> Shared {
        self.give_part(0, len)
    }

    /// The bytes at hand from `from` to `to` as the bytes of a record.
    pub(super) fn give_part(&mut self, from: usize, to: usize) -> Shared {
        let end = self.position + to as u64;
        // What was passed over in earlier buffers is not held any more.
        let held = usize::try_from(end.saturating_sub(self.given)).unwrap_or(usize::MAX).min(self.room);
        self.given = end;
        Shared::new(self.held.slice(from..to), held)
    }

    fn mark(&mut self, at: u64, stored: u64) {
        // An empty segment gives its place to the next one.
        while self.marks.back().is_some_and(|mark| mark.at == at) {
            self.marks.pop_back();
        }
        self.marks.push_back(Mark { at, stored });
    }

    /// Passes over `len` bytes at hand.
    pub(super) fn consume(&mut self, len: usize) {
        let len = len.min(self.held.len());
        self.held.advance(len);
        self.position += len as u64;
        while self.marks.len() > 1 && self.marks[1].at <= self.position {
            self.marks.pop_front();
        }
    }

    /// The segment that holds position `at` (not before the first byte at hand).
    pub(super) fn segment_of(&self, at: u64) -> Mark {
        let after = self.marks.partition_point(|mark| mark.at <= at);
        self.marks.get(after.saturating_sub(1)).copied().unwrap_or(Mark { at: 0, stored: 0 })
    }

    /// The first segment that begins behind `from` and not behind `to`.
    pub(super) fn border(&self, from: u64, to: u64) -> Option<Mark> {
        let next = self.marks.partition_point(|mark| mark.at <= from);
        self.marks.get(next).copied().filter(|mark| mark.at <= to)
    }

    /// The address of the record that begins at position `at`.
    pub(super) fn address(&self, at: u64) -> u64 {
        let segment = self.segment_of(at);
        let within = at - segment.at.min(at);
        match self.address {
            Address::Plain => segment.stored + within,
            Address::Segment if within == 0 => segment.stored,
            Address::Segment => MIXED | ((segment.stored << VIRTUAL_SHIFT) + within),
            Address::Stream => (segment.stored << VIRTUAL_SHIFT) + within,
        }
    }

    /// The address of the first byte of the segment at stored offset `stored`.
    pub(super) fn foreign_address(&self, stored: u64) -> u64 {
        if self.address == Address::Stream { stored << VIRTUAL_SHIFT } else { stored }
    }

    /// Drops what is at hand and goes on behind the damage, at the next segment that `confirm` accepts. Gives the
    /// stored offset where reading goes on, which is the end of the file when nothing is left.
    pub(super) fn recover(&mut self, confirm: &dyn Fn(&[u8]) -> bool) -> io::Result<u64> {
        self.damage = None;
        let found = self.stream.recover(confirm)?;
        Ok(self.stand(found))
    }

    /// Begins at the first confirmed segment at or behind stored offset `from`.
    pub(super) fn find(&mut self, from: u64, confirm: &dyn Fn(&[u8]) -> bool) -> io::Result<u64> {
        let found = self.stream.find(from, confirm)?;
        Ok(self.stand(found))
    }

    fn stand(&mut self, found: Option<u64>) -> u64 {
        self.position += self.held.len() as u64;
        self.held.clear();
        self.ended = found.is_none();
        let stored = found.unwrap_or(self.stream.stored_len());
        self.marks.clear();
        self.marks.push_back(Mark { at: self.position, stored });
        stored
    }
}
