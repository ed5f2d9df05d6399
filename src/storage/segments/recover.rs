//! Finding segment starts: behind damage, and behind any stored offset.

use std::io;

use flate2::{Decompress, FlushDecompress};
use memchr::memmem;
use zstd::stream::raw::Operation;

use super::super::capped::zstd_decoder;
use super::super::lz4::{self, Lz4Decoder};
use super::{Codec, GZIP, SKIPPABLE, SegmentStream, ZSTD};

impl SegmentStream {
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
                Codec::Lz4 => memmem::find(&self.buffer[start..self.filled], &lz4::MAGIC),
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
    pub(super) fn top_up(&mut self, need: usize) -> io::Result<()> {
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
        let need = if matches!(self.codec, Codec::Zstd | Codec::Lz4) { PROBE_ZSTD } else { PROBE_GZIP };
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
            Codec::Lz4 => {
                let mut decoded = Vec::with_capacity(PROBE_OUT);
                let (_, _, done) = Lz4Decoder::new().step(stored, &mut decoded);
                return done.is_ok() && confirm(&decoded[..decoded.len().min(PROBE_OUT)]);
            }
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
