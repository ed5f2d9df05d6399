//! A stored file as a stream of *segments*: gzip members, zstd or LZ4 frames, or the plain file as one.
//!
//! The borders matter: a damaged segment costs itself only, and files with one record per segment can be addressed and
//! cut at them. So segments are decoded one by one, and their starts are told.

mod border;
mod dictionary;
mod recover;

use std::io::{self, Read};
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};
use zstd::stream::raw::{Decoder as ZstdDecoder, InBuffer, Operation, OutBuffer};

use super::capped::{Caps, Damage, zstd_damage, zstd_decoder};
use super::lz4::{self, Lz4Decoder};
use super::source::ByteSource;
use crate::document::FaultKind;

pub use border::last_byte_before;

/// How a stored file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Not at all.
    Plain,
    /// gzip members.
    Gzip,
    /// zstd frames, skippable ones among them.
    Zstd,
    /// LZ4 frames, skippable ones among them.
    Lz4,
}

/// Magic bytes of a gzip member with the one defined method, deflate (RFC 1952, 2.3.1).
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
/// Magic bytes of a zstd frame (RFC 8878, 3.1.1).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The last three magic bytes of a skippable frame; the first is 0x50..=0x5f (RFC 8878, 3.1.2).
const SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];
/// Bytes read from the medium at once.
const INPUT: usize = 256 << 10;

impl Codec {
    /// The codec that the first bytes of a file show.
    #[must_use]
    pub fn sniff(head: &[u8]) -> Self {
        if head.starts_with(&GZIP) {
            Self::Gzip
        } else if head.starts_with(&lz4::MAGIC) {
            Self::Lz4
        } else if starts_frame(head) {
            Self::Zstd
        } else {
            Self::Plain
        }
    }

    fn starts(self, bytes: &[u8]) -> bool {
        match self {
            Self::Plain => false,
            // Reserved flag bits must be zero; that removes 7 of 8 chance hits.
            Self::Gzip => bytes.starts_with(&GZIP) && bytes.get(3).is_none_or(|flags| flags & 0xe0 == 0),
            Self::Zstd => starts_frame(bytes),
            Self::Lz4 => bytes.starts_with(&lz4::MAGIC) || starts_skippable(bytes),
        }
    }
}

fn starts_frame(head: &[u8]) -> bool {
    head.starts_with(&ZSTD) || starts_skippable(head)
}

fn starts_skippable(head: &[u8]) -> bool {
    head.len() >= 4 && head[0] & 0xf0 == 0x50 && head[1..4] == SKIPPABLE
}

/// What one read brought.
#[derive(Debug)]
pub enum Piece {
    /// That many bytes of the segment.
    Data(usize),
    /// A segment starts at this stored offset; its bytes follow.
    Start(u64),
    /// The file ends here, cleanly.
    End,
}

/// What stopped a read.
#[derive(Debug)]
pub enum Stop {
    /// The medium failed.
    Io(io::Error),
    /// The stored bytes are damaged; [`SegmentStream::recover`] goes on behind the damage.
    Damage(Damage),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

enum Decoder {
    Plain,
    Gzip(Box<Decompress>),
    Zstd(Box<ZstdDecoder<'static>>),
    Lz4(Box<Lz4Decoder>),
}

/// Sequential decompression of a stored file, segment by segment.
pub struct SegmentStream {
    source: Arc<dyn ByteSource>,
    caps: Caps,
    codec: Codec,
    dictionary: Option<Vec<u8>>,
    input: Box<dyn Read + Send>,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    /// Stored offset of `buffer[0]`.
    base: u64,
    ended: bool,
    decoder: Decoder,
    inside: bool,
    segment: u64,
    segment_out: u64,
    /// Damage met behind good bytes that were given out first.
    failed: Option<Damage>,
    /// Bytes decoded again because of recoveries, see [`SegmentStream::recovery_start`].
    redone: u64,
}

impl SegmentStream {
    /// A stream over `source` from stored offset `from`, which must be a segment start (any offset for a plain file).
    ///
    /// # Errors
    /// When the medium fails.
    pub fn open(source: &Arc<dyn ByteSource>, codec: Codec, caps: Caps, from: u64) -> io::Result<Self> {
        let dictionary = if codec == Codec::Zstd { dictionary::load(source.as_ref(), &caps)? } else { None };
        let decoder = match codec {
            Codec::Plain => Decoder::Plain,
            Codec::Gzip => Decoder::Gzip(Box::new(Decompress::new_gzip(15))),
            Codec::Zstd => Decoder::Zstd(Box::new(zstd_decoder(&caps, dictionary.as_deref())?)),
            Codec::Lz4 => Decoder::Lz4(Box::new(Lz4Decoder::new())),
        };
        Ok(Self {
            source: Arc::clone(source),
            caps,
            codec,
            dictionary,
            input: source.open_at(from)?,
            buffer: vec![0; usize::try_from(source.len()).unwrap_or(INPUT).clamp(64, INPUT)].into_boxed_slice(),
            at: 0,
            filled: 0,
            base: from,
            ended: false,
            decoder,
            inside: false,
            segment: from,
            segment_out: 0,
            failed: None,
            redone: 0,
        })
    }

    /// Stored bytes consumed so far, counted from the start of the file.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Length of the stored file.
    #[must_use]
    pub fn stored_len(&self) -> u64 {
        self.source.len()
    }

    /// The codec.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Where the current segment starts in the stored file.
    #[must_use]
    pub fn segment(&self) -> u64 {
        self.segment
    }

    fn refill(&mut self) -> io::Result<bool> {
        if self.at < self.filled {
            return Ok(true);
        }
        self.base += self.filled as u64;
        self.at = 0;
        self.filled = 0;
        while !self.ended && self.filled == 0 {
            match self.input.read(&mut self.buffer) {
                Ok(0) => self.ended = true,
                Ok(read) => self.filled = read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.filled > 0)
    }

    /// Decodes behind what `out` holds, into capacity that it must have to spare: no byte is written twice, neither
    /// by clearing room for it nor by copying it.
    ///
    /// # Errors
    /// [`Stop::Damage`] when the stored bytes do not decode; [`Stop::Io`] when the medium fails.
    pub fn read(&mut self, out: &mut Vec<u8>) -> Result<Piece, Stop> {
        if let Some(damage) = self.failed.take() {
            return Err(Stop::Damage(damage));
        }
        loop {
            if !self.inside {
                return self.begin();
            }
            if matches!(self.decoder, Decoder::Plain) {
                let read = self.plain(out)?;
                return Ok(if read > 0 { Piece::Data(read) } else { Piece::End });
            }
            let more = self.refill()?;
            let (took, wrote, ended) = self.step(out)?;
            self.at += took;
            self.segment_out += wrote as u64;
            self.inside = !ended;
            if self.caps.is_bomb(self.position() - self.segment, self.segment_out) {
                let detail = format!("decompresses to more than {} times its size", self.caps.ratio);
                return Err(Stop::Damage(Damage::new(FaultKind::Bomb, detail)));
            }
            if wrote > 0 {
                return Ok(Piece::Data(wrote));
            }
            if !ended && took == 0 && !more {
                let detail = "the file ends inside a compressed segment";
                return Err(Stop::Damage(Damage::new(FaultKind::Truncated, detail)));
            }
        }
    }

    /// What the buffer still holds; behind it, straight from the medium.
    fn plain(&mut self, out: &mut Vec<u8>) -> io::Result<usize> {
        let (room, held) = (out.capacity() - out.len(), self.filled - self.at);
        let read = if held > 0 {
            let len = room.min(held);
            out.extend_from_slice(&self.buffer[self.at..self.at + len]);
            self.at += len;
            len
        } else {
            let read = (&mut self.input).take(room as u64).read_to_end(out)?;
            self.base = self.position() + read as u64;
            self.at = 0;
            self.filled = 0;
            self.ended = read < room;
            read
        };
        self.segment_out += read as u64;
        Ok(read)
    }

    /// Looks at what stands between segments and starts the next one.
    fn begin(&mut self) -> Result<Piece, Stop> {
        if matches!(self.decoder, Decoder::Plain) {
            self.inside = true;
            self.segment = self.position();
            return Ok(Piece::Start(self.segment));
        }
        // Some writers pad with zero bytes behind the last member.
        while self.refill()? && self.buffer[self.at] == 0 {
            self.at += 1;
        }
        if !self.refill()? {
            return Ok(Piece::End);
        }
        self.segment = self.position();
        self.segment_out = 0;
        self.top_up(4)?;
        let head = &self.buffer[self.at..self.filled];
        // A magic number cut by the end of the file is a truncated segment, not junk.
        let cut = match self.codec {
            Codec::Gzip => head.len() < 3 && GZIP.starts_with(head),
            Codec::Lz4 => head.len() < 4 && lz4::MAGIC.starts_with(head),
            _ => head.len() < 4 && ZSTD.starts_with(head),
        };
        let known = cut || self.codec.starts(head);
        if !known {
            let detail = "bytes between compressed segments belong to none";
            return Err(Stop::Damage(Damage::new(FaultKind::Junk, detail)));
        }
        self.restart_decoder()?;
        self.inside = true;
        Ok(Piece::Start(self.segment))
    }

    fn restart_decoder(&mut self) -> io::Result<()> {
        match &mut self.decoder {
            Decoder::Plain => {}
            Decoder::Gzip(state) => state.reset(true),
            Decoder::Zstd(state) => state.reinit()?,
            Decoder::Lz4(state) => state.restart(),
        }
        Ok(())
    }

    /// One decoding step: bytes taken, bytes written, and whether the segment ended. Bytes that were written before an
    /// error are good; the damage is kept for the next read.
    fn step(&mut self, out: &mut Vec<u8>) -> Result<(usize, usize, bool), Stop> {
        let input = &self.buffer[self.at..self.filled];
        let before = out.len();
        let (took, wrote, done) = match &mut self.decoder {
            Decoder::Plain => return Ok((0, 0, false)),
            Decoder::Gzip(state) => {
                let took = state.total_in();
                let done = state.decompress_vec(input, out, FlushDecompress::None);
                let done = done.map(|status| status == Status::StreamEnd).map_err(|error| {
                    let reason = error.message().unwrap_or("invalid data").to_owned();
                    Damage::new(FaultKind::BadCompression, format!("invalid gzip data: {reason}"))
                });
                ((state.total_in() - took) as usize, out.len() - before, done)
            }
            Decoder::Zstd(state) => {
                let mut from = InBuffer::around(input);
                let mut to = OutBuffer::around_pos(out, before);
                let done = state.run(&mut from, &mut to);
                let done = done.map(|left| left == 0).map_err(|error| zstd_damage(&error, &self.caps));
                (from.pos(), to.pos() - before, done)
            }
            Decoder::Lz4(state) => state.step(input, out),
        };
        match done {
            Ok(ended) => Ok((took, wrote, ended)),
            Err(damage) if wrote == 0 => Err(Stop::Damage(damage)),
            Err(damage) => {
                self.failed = Some(damage);
                Ok((took, wrote, false))
            }
        }
    }
}
