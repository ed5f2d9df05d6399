//! Members of a zip container as files of their own.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::super::capped::{Caps, Damage};
use super::super::source::ByteSource;
use super::{Member, bad, local};
use crate::document::FaultKind;

/// Bytes read from the medium at once.
const INPUT: usize = 64 << 10;

/// An opened member.
pub struct Content {
    /// Its bytes as a file of their own.
    pub source: Arc<dyn ByteSource>,
    /// Where its stored bytes begin in the container.
    pub start: u64,
    /// Whether its bytes are deflated, so that offsets in it are not offsets in the container.
    pub deflated: bool,
    state: Arc<State>,
}

impl Content {
    /// What was found wrong by reading it.
    #[must_use]
    pub fn damage(&self) -> Option<Damage> {
        match self.state.found.load(Ordering::Relaxed) {
            State::BAD_SUM => Some(bad("the checksum of a member of the zip container differs")),
            State::BAD_DATA => Some(bad("a member of the zip container does not inflate")),
            State::BOMB => {
                Some(Damage::new(FaultKind::Bomb, "a member of the zip container grows past the ratio limit"))
            }
            _ => None,
        }
    }
}

/// Opens a member.
///
/// # Errors
/// When the medium fails.
pub fn open(source: &Arc<dyn ByteSource>, member: &Member, caps: &Caps) -> io::Result<Result<Content, Damage>> {
    let Some((_, start)) = local(source.as_ref(), member.header)? else {
        return Ok(Err(bad("a member of the zip container has no header where the directory points")));
    };
    if member.flags & 1 != 0 {
        return Ok(Err(bad("a member of the zip container is encrypted")));
    }
    if start.checked_add(member.stored).is_none_or(|end| end > source.len()) {
        return Ok(Err(bad("a member of the zip container does not lie within it")));
    }
    let deflated = match member.method {
        0 => false,
        8 => true,
        _ => return Ok(Err(bad("a member of the zip container is packed by an unknown method"))),
    };
    let state = Arc::new(State { found: AtomicU8::new(0), again: AtomicU64::new(0) });
    // A header with its sum behind the content has none to compare with.
    let sum = (member.flags & 8 == 0 || member.crc != 0).then_some(member.crc);
    let size = if deflated { member.size } else { member.stored };
    let view = View {
        source: Arc::clone(source),
        start,
        stored: member.stored,
        size: if deflated && size == 0 { member.stored } else { size },
        deflated,
        sum,
        caps: *caps,
        state: Arc::clone(&state),
    };
    Ok(Ok(Content { source: Arc::new(view), start, deflated, state }))
}

/// What reading a member has shown.
struct State {
    found: AtomicU8,
    /// Bytes inflated again to come to an offset.
    again: AtomicU64,
}

impl State {
    const BAD_SUM: u8 = 1;
    const BAD_DATA: u8 = 2;
    const BOMB: u8 = 3;
}

/// A member as a file.
struct View {
    source: Arc<dyn ByteSource>,
    start: u64,
    stored: u64,
    size: u64,
    deflated: bool,
    sum: Option<u32>,
    caps: Caps,
    state: Arc<State>,
}

impl ByteSource for View {
    fn len(&self) -> u64 {
        self.size
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let sum = if offset == 0 { self.sum } else { None };
        if !self.deflated {
            let offset = offset.min(self.stored);
            let input = self.source.open_at(self.start + offset)?.take(self.stored - offset);
            let state = Arc::clone(&self.state);
            return Ok(Box::new(Checked { input, left: self.stored - offset, crc: Crc::new(), sum, state }));
        }
        let input = self.source.open_at(self.start)?.take(self.stored);
        let mut reader = Inflating {
            input,
            buffer: vec![0; INPUT].into_boxed_slice(),
            at: 0,
            filled: 0,
            decoder: Decompress::new(false),
            ended: false,
            crc: Crc::new(),
            sum,
            caps: self.caps,
            state: Arc::clone(&self.state),
        };
        // Hostile files could make reopening quadratic: once much was inflated again, the rest counts as lost.
        const ALLOWANCE: u64 = 256 << 20;
        if self.state.again.fetch_add(offset, Ordering::Relaxed) > self.size.saturating_mul(2).saturating_add(ALLOWANCE)
        {
            reader.ended = true;
            self.state.found.store(State::BAD_DATA, Ordering::Relaxed);
        }
        io::copy(&mut (&mut reader).take(offset), &mut io::sink())?;
        Ok(Box::new(reader))
    }

    fn read_at(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        if !self.deflated {
            let left = usize::try_from(self.stored.saturating_sub(offset)).unwrap_or(usize::MAX);
            return self.source.read_at(self.start + offset.min(self.stored), len.min(left));
        }
        let mut out = Vec::new();
        self.open_at(offset)?.take(len as u64).read_to_end(&mut out)?;
        Ok(out)
    }
}

/// A stored member read from its start, with its checksum.
struct Checked<R> {
    input: R,
    left: u64,
    crc: Crc,
    sum: Option<u32>,
    state: Arc<State>,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(out)?;
        if let Some(sum) = self.sum.filter(|_| read > 0) {
            self.crc.update(&out[..read]);
            self.left -= read as u64;
            if self.left == 0 && self.crc.sum() != sum {
                self.state.found.store(State::BAD_SUM, Ordering::Relaxed);
            }
        }
        Ok(read)
    }
}

/// A deflated member. Damage ends it; what it was stands in its state.
struct Inflating<R> {
    input: R,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    decoder: Decompress,
    ended: bool,
    crc: Crc,
    sum: Option<u32>,
    caps: Caps,
    state: Arc<State>,
}

impl<R> Inflating<R> {
    fn end(&mut self, found: Option<u8>) {
        self.ended = true;
        if let Some(found) = found {
            self.state.found.store(found, Ordering::Relaxed);
        }
    }
}

impl<R: Read> Read for Inflating<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !out.is_empty() {
            if self.at == self.filled {
                self.filled = self.input.read(&mut self.buffer)?;
                self.at = 0;
            }
            let (took, gave) = (self.decoder.total_in(), self.decoder.total_out());
            let done = self.decoder.decompress(&self.buffer[self.at..self.filled], out, FlushDecompress::None);
            let took = (self.decoder.total_in() - took) as usize;
            let wrote = (self.decoder.total_out() - gave) as usize;
            self.at += took;
            self.crc.update(&out[..wrote]);
            match done {
                Ok(Status::StreamEnd) => {
                    let wrong = self.sum.is_some_and(|sum| sum != self.crc.sum());
                    self.end(wrong.then_some(State::BAD_SUM));
                }
                Err(_) => self.end(Some(State::BAD_DATA)),
                Ok(_) if wrote == 0 && took == 0 && self.filled == 0 => self.end(Some(State::BAD_DATA)),
                Ok(_) => {}
            }
            if self.caps.is_bomb(self.decoder.total_in(), self.decoder.total_out()) {
                self.end(Some(State::BOMB));
            }
            if wrote > 0 {
                return Ok(wrote);
            }
        }
        Ok(0)
    }
}
