//! A stored file as a stream of *segments*: gzip members, zstd frames, or the plain file as one.
//!
//! The borders matter: a damaged segment costs itself only, and files with one record per segment can be addressed and
//! cut at them. So segments are decoded one by one, and their starts are told.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};
use memchr::memmem;
use zstd::stream::raw::{Decoder as ZstdDecoder, InBuffer, Operation, OutBuffer};

use super::capped::{Caps, Damage, zstd_damage, zstd_decoder};
use super::source::ByteSource;
use crate::document::FaultKind;

/// How a stored file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Not at all.
    Plain,
    /// gzip members.
    Gzip,
    /// zstd frames, skippable ones among them.
    Zstd,
}

/// Magic bytes of a gzip member with the one defined method, deflate (RFC 1952, 2.3.1).
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
/// Magic bytes of a zstd frame (RFC 8878, 3.1.1).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The last three magic bytes of a skippable frame; the first is 0x50..=0x5f (RFC 8878, 3.1.2).
const SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];
/// Magic of the skippable frame that holds the dictionary of a `.warc.zst` (its specification, version 1).
const DICTIONARY: [u8; 4] = [0x5d, 0x2a, 0x4d, 0x18];
/// The largest dictionary that is loaded, in bytes.
const DICTIONARY_BYTES: usize = 8 << 20;
/// Bytes read from the medium at once.
const INPUT: usize = 256 << 10;

impl Codec {
    /// The codec that the first bytes of a file show.
    #[must_use]
    pub fn sniff(head: &[u8]) -> Self {
        if head.starts_with(&GZIP) {
            Self::Gzip
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
        }
    }
}

fn starts_frame(head: &[u8]) -> bool {
    head.starts_with(&ZSTD) || (head.len() >= 4 && head[0] & 0xf0 == 0x50 && head[1..4] == SKIPPABLE)
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
        let dictionary = if codec == Codec::Zstd { dictionary(source.as_ref(), &caps)? } else { None };
        let decoder = match codec {
            Codec::Plain => Decoder::Plain,
            Codec::Gzip => Decoder::Gzip(Box::new(Decompress::new_gzip(15))),
            Codec::Zstd => Decoder::Zstd(Box::new(zstd_decoder(&caps, dictionary.as_deref())?)),
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
            let more = self.refill()?;
            if matches!(self.decoder, Decoder::Plain) {
                return Ok(if more { self.copy(out) } else { Piece::End });
            }
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

    fn copy(&mut self, out: &mut Vec<u8>) -> Piece {
        let len = (out.capacity() - out.len()).min(self.filled - self.at);
        out.extend_from_slice(&self.buffer[self.at..self.at + len]);
        self.at += len;
        self.segment_out += len as u64;
        Piece::Data(len)
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

    /// Goes on behind damage: seeks the next segment start whose first bytes `confirm` accepts, and gives its stored
    /// offset, or `None` when there is none. A plain stream has no damage to recover from.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn recover(&mut self, confirm: &dyn Fn(&[u8]) -> bool) -> io::Result<Option<u64>> {
        let failed_at = self.position();
        let from = self.recovery_start(failed_at);
        self.redone += failed_at.saturating_sub(from);
        self.find(from, confirm)
    }

    /// A desynchronised decoder may have run past true segment starts, so the search begins right behind the start of
    /// the failed segment. Hostile files could make that quadratic; once much has been decoded again, it begins where
    /// the decoder failed.
    fn recovery_start(&self, failed_at: u64) -> u64 {
        const ALLOWANCE: u64 = 64 << 20;
        if self.redone > ALLOWANCE + failed_at.saturating_mul(2) {
            return failed_at.max(self.segment + 1);
        }
        self.segment + 1
    }

    /// Seeks the first confirmed segment start at or behind stored offset `from` and stands there.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn find(&mut self, from: u64, confirm: &dyn Fn(&[u8]) -> bool) -> io::Result<Option<u64>> {
        self.jump(from)?;
        self.inside = false;
        self.failed = None;
        if self.codec == Codec::Plain {
            return Ok(self.refill()?.then(|| self.position()));
        }
        while self.refill()? {
            let start = self.at;
            let found = match self.codec {
                Codec::Plain => None,
                Codec::Gzip => memmem::find(&self.buffer[start..self.filled], &GZIP),
                Codec::Zstd => next_frame(&self.buffer[start..self.filled]),
            };
            match found {
                Some(skip) => {
                    self.at = start + skip;
                    if self.confirmed(confirm)? {
                        return Ok(Some(self.position()));
                    }
                    self.at += 1;
                }
                None => self.step_over()?,
            }
        }
        Ok(None)
    }

    /// Drops the buffer, but for the last bytes, which may begin a magic number.
    fn step_over(&mut self) -> io::Result<()> {
        let keep = (self.filled - self.at).min(3);
        self.at = self.filled - keep;
        self.top_up(keep + 1)?;
        if self.filled - self.at <= keep {
            // The file ends: too few bytes are left for a magic number that was not seen.
            self.at = self.filled;
        }
        Ok(())
    }

    /// Sees to it that `need` bytes stand in the buffer from `at` on, unless the file ends before.
    fn top_up(&mut self, need: usize) -> io::Result<()> {
        let held = self.filled - self.at;
        if held >= need || self.ended {
            return Ok(());
        }
        self.buffer.copy_within(self.at..self.filled, 0);
        self.base += self.at as u64;
        self.at = 0;
        self.filled = held;
        while self.filled < need && !self.ended {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn jump(&mut self, to: u64) -> io::Result<()> {
        if to >= self.base && to <= self.base + self.filled as u64 {
            self.at = (to - self.base) as usize;
            return Ok(());
        }
        self.input = self.source.open_at(to)?;
        self.base = to;
        self.at = 0;
        self.filled = 0;
        self.ended = false;
        Ok(())
    }

    /// Decodes a little from here with a fresh decoder and asks `confirm`.
    fn confirmed(&mut self, confirm: &dyn Fn(&[u8]) -> bool) -> io::Result<bool> {
        let need = if self.codec == Codec::Zstd { PROBE_ZSTD } else { PROBE_GZIP };
        self.top_up(need)?;
        let held = &self.buffer[self.at..self.filled];
        Ok(self.codec.starts(held) && self.probe(&held[..held.len().min(need)], confirm))
    }

    fn probe(&self, stored: &[u8], confirm: &dyn Fn(&[u8]) -> bool) -> bool {
        let mut out = vec![0; PROBE_OUT];
        let got = match self.codec {
            Codec::Plain => return confirm(stored),
            Codec::Gzip => {
                let mut state = Decompress::new_gzip(15);
                state.decompress(stored, &mut out, FlushDecompress::None).ok().map(|_| state.total_out() as usize)
            }
            Codec::Zstd => zstd_decoder(&self.caps, self.dictionary.as_deref())
                .and_then(|mut state| state.run_on_buffers(stored, &mut out))
                .ok()
                .map(|step| step.bytes_written),
        };
        got.is_some_and(|len| confirm(&out[..len]))
    }
}

/// Stored bytes that a probe of a gzip member looks at.
const PROBE_GZIP: usize = 8 << 10;
/// Stored bytes that a probe of a zstd frame looks at: a block gives nothing before it is whole (at most 128 KiB).
const PROBE_ZSTD: usize = 160 << 10;
/// Decoded bytes that a probe gives to `confirm` at most.
const PROBE_OUT: usize = 1 << 10;

fn next_frame(bytes: &[u8]) -> Option<usize> {
    let plain = memmem::find(bytes, &ZSTD);
    let skip = memmem::find_iter(bytes, &SKIPPABLE).find(|&at| at > 0 && bytes[at - 1] & 0xf0 == 0x50).map(|at| at - 1);
    match (plain, skip) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The dictionary that a `.warc.zst` carries in its first frame, decompressed if it is itself a zstd frame.
fn dictionary(source: &dyn ByteSource, caps: &Caps) -> io::Result<Option<Vec<u8>>> {
    let head = source.read_at(0, 8)?;
    if head.len() < 8 || head[..4] != DICTIONARY {
        return Ok(None);
    }
    let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    if size > DICTIONARY_BYTES {
        return Ok(None);
    }
    let raw = source.read_at(8, size)?;
    if !raw.starts_with(&ZSTD) {
        return Ok(Some(raw));
    }
    let caps = Caps { record_bytes: DICTIONARY_BYTES as u64, ..*caps };
    let inflated = super::capped::inflate(super::capped::Encoding::Zstd, &raw, &caps);
    Ok(inflated.damage.is_none().then_some(inflated.bytes))
}

/// How far back [`last_byte_before`] looks for the start of the segment before, in bytes.
const LOOK_BACK: u64 = 4 << 20;

/// The last decoded byte of the segment that ends exactly at stored offset `place`; `None` when no segment that begins
/// at most 4 MiB before ends there.
///
/// # Errors
/// When the medium fails.
pub fn last_byte_before(source: &Arc<dyn ByteSource>, codec: Codec, caps: &Caps, place: u64) -> io::Result<Option<u8>> {
    let mut reach = place.min(64 << 10);
    while reach > 0 {
        let from = place - reach;
        let window = source.read_at(from, reach as usize)?;
        for at in (0..window.len()).rev() {
            if codec.starts(&window[at..])
                && let Some(last) = ends_at(source, codec, caps, from + at as u64, place)?
            {
                return Ok(Some(last));
            }
        }
        if reach == place || reach >= LOOK_BACK {
            break;
        }
        reach = (reach * 8).min(place).min(LOOK_BACK);
    }
    Ok(None)
}

/// Decodes the segment at `start`; its last byte if it ends exactly at `place`.
fn ends_at(source: &Arc<dyn ByteSource>, codec: Codec, caps: &Caps, start: u64, place: u64) -> io::Result<Option<u8>> {
    let mut stream = SegmentStream::open(source, codec, *caps, start)?;
    let mut out = Vec::with_capacity(64 << 10);
    let mut last = None;
    let mut started = false;
    loop {
        out.clear();
        match stream.read(&mut out) {
            Ok(Piece::Data(_)) => last = out.last().copied(),
            Ok(Piece::Start(stored)) if started => return Ok(last.filter(|_| stored == place)),
            Ok(Piece::Start(_)) => started = true,
            Ok(Piece::End) | Err(Stop::Damage(_)) => return Ok(None),
            Err(Stop::Io(error)) => return Err(error),
        }
        if stream.segment() == start && stream.position() > place {
            return Ok(None);
        }
    }
}
