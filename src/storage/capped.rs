//! Decompression with limits: the only place, with [`super::segments`], that names decompressors.
//!
//! Every way through ends in bytes or in a typed [`Damage`]: no panic, and never more memory than the limits allow.

use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::{Decompress, FlushDecompress, Status};
use thiserror::Error;
use zstd::stream::raw::{DParameter, Decoder as ZstdDecoder, Operation};

use crate::document::FaultKind;

/// Limits on what one record may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// The longest record, line, HTTP body or file-as-document, in decompressed bytes. Also bounds the reader's buffer.
    pub record_bytes: u64,
    /// The highest ratio of decompressed to compressed bytes, looked at only above [`Caps::ratio_floor`].
    pub ratio: u64,
    /// Output below this many bytes is never a bomb, whatever its ratio.
    pub ratio_floor: u64,
    /// The largest zstd window, as a power of two (27 = 128 MiB, the reference decoder's own default).
    pub zstd_window_log: u32,
    /// The longest head (WARC fields, ARC line, HTTP head), in bytes.
    pub head_bytes: usize,
    /// The row group of a Parquet file, in bytes after decompression as its pages declare them, that is never a bomb; larger
    /// ones may not pass [`Caps::ratio`].
    pub row_group_bytes: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            record_bytes: 16 << 20,
            ratio: 200,
            ratio_floor: 1 << 20,
            zstd_window_log: 27,
            head_bytes: 64 << 10,
            row_group_bytes: 1 << 30,
        }
    }
}

impl Caps {
    /// Whether `out` bytes made of `stored` bytes pass the ratio limit.
    #[must_use]
    pub fn is_bomb(&self, stored: u64, out: u64) -> bool {
        out > self.ratio_floor && out > stored.saturating_mul(self.ratio)
    }
}

/// Why compressed bytes could not be turned into bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{detail}")]
pub struct Damage {
    /// [`FaultKind::Truncated`], [`FaultKind::BadCompression`], [`FaultKind::Bomb`] or [`FaultKind::Junk`].
    pub kind: FaultKind,
    /// One line for people.
    pub detail: String,
}

impl Damage {
    /// Damage of `kind`.
    pub fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

/// A compression of HTTP bodies and small in-memory payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// gzip, one or several members (RFC 1952).
    Gzip,
    /// zlib (RFC 1950) or, as many servers send it, raw deflate (RFC 1951).
    Deflate,
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
}

/// What [`inflate`] made of a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inflated {
    /// The bytes, all of them or those before the damage.
    pub bytes: Vec<u8>,
    /// What stopped it, if it was stopped.
    pub damage: Option<Damage>,
}

/// Decompresses a whole payload. The output never passes `caps.record_bytes` nor the ratio limit.
#[must_use]
pub fn inflate(encoding: Encoding, payload: &[u8], caps: &Caps) -> Inflated {
    let mut sink = Sink { caps, stored: payload.len() as u64, out: Vec::new() };
    let done = match encoding {
        Encoding::Gzip => members(payload, &mut sink),
        Encoding::Deflate => deflate(payload, &mut sink),
        Encoding::Brotli => brotli(payload, &mut sink),
        Encoding::Zstd => frames(payload, &mut sink),
    };
    Inflated { bytes: sink.out, damage: done.err() }
}

/// Step of the output buffer, in bytes.
const STEP: usize = 64 << 10;

/// Growing output that knows its limits.
struct Sink<'a> {
    caps: &'a Caps,
    stored: u64,
    out: Vec<u8>,
}

impl Sink<'_> {
    fn push(&mut self, piece: &[u8]) -> Result<(), Damage> {
        let total = (self.out.len() + piece.len()) as u64;
        if total > self.caps.record_bytes {
            return Err(Damage::new(
                FaultKind::Bomb,
                format!("passes the record limit of {} bytes", self.caps.record_bytes),
            ));
        }
        if self.caps.is_bomb(self.stored, total) {
            return Err(Damage::new(
                FaultKind::Bomb,
                format!("{} bytes grow past the ratio limit of {}", self.stored, self.caps.ratio),
            ));
        }
        self.out.extend_from_slice(piece);
        Ok(())
    }
}

/// Runs one deflate stream to its end; gives back how many input bytes it took.
fn one_stream(mut state: Decompress, payload: &[u8], name: &str, sink: &mut Sink<'_>) -> Result<usize, Damage> {
    let mut buffer = vec![0; STEP];
    loop {
        let (took, gave) = (state.total_in(), state.total_out());
        let rest = &payload[(took as usize).min(payload.len())..];
        let status = state
            .decompress(rest, &mut buffer, FlushDecompress::None)
            .map_err(|_| Damage::new(FaultKind::BadCompression, format!("invalid {name} data")))?;
        let wrote = (state.total_out() - gave) as usize;
        sink.push(&buffer[..wrote])?;
        if status == Status::StreamEnd {
            return Ok(state.total_in() as usize);
        }
        if wrote == 0 && state.total_in() == took {
            return Err(Damage::new(FaultKind::Truncated, format!("{name} data end before their end marker")));
        }
    }
}

fn members(payload: &[u8], sink: &mut Sink<'_>) -> Result<(), Damage> {
    let mut rest = payload;
    loop {
        let took = one_stream(Decompress::new_gzip(15), rest, "gzip", sink)?;
        rest = &rest[took.min(rest.len())..];
        // What follows the last member is padding or line ends; browsers pass over it too.
        if !rest.starts_with(&[0x1f, 0x8b, 8]) {
            return Ok(());
        }
    }
}

fn deflate(payload: &[u8], sink: &mut Sink<'_>) -> Result<(), Damage> {
    // RFC 1950: low nibble 8 and a header that is a multiple of 31.
    let zlib = matches!(payload, [a, b, ..] if a & 15 == 8 && (u32::from(*a) * 256 + u32::from(*b)).is_multiple_of(31));
    let first = one_stream(Decompress::new(zlib), payload, "deflate", sink);
    if first.is_err() && zlib && sink.out.is_empty() {
        return one_stream(Decompress::new(false), payload, "deflate", sink).map(|_| ());
    }
    first.map(|_| ())
}

fn brotli(payload: &[u8], sink: &mut Sink<'_>) -> Result<(), Damage> {
    let mut reader = Decompressor::new(payload, 4096);
    let mut buffer = vec![0; STEP];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(wrote) => sink.push(&buffer[..wrote])?,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(Damage::new(FaultKind::Truncated, "brotli data end before their end marker"));
            }
            Err(_) => return Err(Damage::new(FaultKind::BadCompression, "invalid brotli data")),
        }
    }
}

/// A zstd decoder with the window limit set.
pub(super) fn zstd_decoder(caps: &Caps, dictionary: Option<&[u8]>) -> io::Result<ZstdDecoder<'static>> {
    let mut decoder = match dictionary {
        Some(dictionary) => ZstdDecoder::with_dictionary(dictionary)?,
        None => ZstdDecoder::new()?,
    };
    decoder.set_parameter(DParameter::WindowLogMax(caps.zstd_window_log))?;
    Ok(decoder)
}

/// The damage that a zstd error stands for.
pub(super) fn zstd_damage(error: &io::Error, caps: &Caps) -> Damage {
    let name = error.to_string();
    if name.contains("too much memory") {
        let window = format!("zstd window is larger than 2^{} bytes", caps.zstd_window_log);
        return Damage::new(FaultKind::Bomb, window);
    }
    Damage::new(FaultKind::BadCompression, format!("invalid zstd data: {name}"))
}

fn frames(payload: &[u8], sink: &mut Sink<'_>) -> Result<(), Damage> {
    let mut decoder = zstd_decoder(sink.caps, None).map_err(|error| zstd_damage(&error, sink.caps))?;
    let mut buffer = vec![0; STEP];
    let mut rest = payload;
    let mut open = true;
    while open || !rest.is_empty() {
        let step = decoder.run_on_buffers(rest, &mut buffer).map_err(|error| zstd_damage(&error, sink.caps))?;
        rest = &rest[step.bytes_read..];
        sink.push(&buffer[..step.bytes_written])?;
        open = step.remaining != 0;
        if open && step.bytes_read == 0 && step.bytes_written == 0 {
            return Err(Damage::new(FaultKind::Truncated, "zstd data end before their end marker"));
        }
    }
    Ok(())
}
