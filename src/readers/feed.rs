//! A window over the decompressed bytes of an input that knows where segments begin.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

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
/// Decoded bytes asked for at once.
const STEP: usize = 128 << 10;

/// Where a segment begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Decompressed position in this feed.
    pub(super) at: u64,
    /// Stored offset.
    pub(super) stored: u64,
}

/// Buffered decompressed bytes.
pub(super) struct Feed {
    stream: SegmentStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Decompressed position of `buffer[start]`.
    position: u64,
    marks: VecDeque<Mark>,
    damage: Option<Damage>,
    ended: bool,
    address: Address,
    /// Free room that a read wants: [`STEP`], less for small files.
    step: usize,
}

impl Feed {
    pub(super) fn open(source: &Arc<dyn ByteSource>, codec: Codec, caps: Caps, from: u64) -> io::Result<Self> {
        let small = usize::try_from(source.len()).unwrap_or(STEP).saturating_mul(4);
        let step = small.clamp(4 << 10, STEP);
        Ok(Self {
            stream: SegmentStream::open(source, codec, caps, from)?,
            buffer: vec![0; 2 * step],
            step,
            start: 0,
            end: 0,
            position: 0,
            marks: VecDeque::from([Mark { at: 0, stored: from }]),
            damage: None,
            ended: false,
            address: if codec == Codec::Plain { Address::Plain } else { Address::Stream },
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
        &self.buffer[self.start..self.end]
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
        while self.end - self.start < need {
            if self.ended || self.damage.is_some() {
                return Ok(false);
            }
            self.room(need);
            match self.stream.read(&mut self.buffer[self.end..]) {
                Ok(Piece::Data(read)) => self.end += read,
                Ok(Piece::Start(stored)) => self.mark(stored),
                Ok(Piece::End) => self.ended = true,
                Err(Stop::Damage(damage)) => self.damage = Some(damage),
                Err(Stop::Io(error)) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Brings at least one more byte to hand.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        self.ensure(self.end - self.start + 1)
    }

    fn mark(&mut self, stored: u64) {
        let at = self.position + (self.end - self.start) as u64;
        // An empty segment gives its place to the next one.
        while self.marks.back().is_some_and(|mark| mark.at == at) {
            self.marks.pop_back();
        }
        self.marks.push_back(Mark { at, stored });
    }

    fn room(&mut self, need: usize) {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
        if self.buffer.len() - self.end >= self.step / 2 && self.buffer.len() - self.start >= need {
            return;
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let want = (need + self.step).max(self.end + self.step / 2);
        if self.buffer.len() < want {
            // Doubling keeps the growth of one long record linear.
            let grown = want.max((self.buffer.len() * 2).min(want + (want >> 1)));
            self.buffer.resize(grown, 0);
        } else if self.buffer.len() > 64 * STEP && want < self.buffer.len() / 8 {
            // A rare giant record must not hold its buffer for the rest of the file.
            self.buffer.truncate(want);
            self.buffer.shrink_to_fit();
        }
    }

    /// Passes over `len` bytes at hand.
    pub(super) fn consume(&mut self, len: usize) {
        let len = len.min(self.end - self.start);
        self.start += len;
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
        self.position += (self.end - self.start) as u64;
        self.start = 0;
        self.end = 0;
        self.ended = found.is_none();
        let stored = found.unwrap_or(self.stream.stored_len());
        self.marks.clear();
        self.marks.push_back(Mark { at: self.position, stored });
        stored
    }
}
