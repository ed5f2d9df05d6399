//! Whether a place in a file is a border between segments.

use std::io;
use std::sync::Arc;

use super::super::capped::Caps;
use super::super::source::ByteSource;
use super::{Codec, Piece, SegmentStream, Stop};

/// How far back a segment is sought from which reading comes to a place, in stored bytes. The first is far enough for
/// members of one record, the others for large frames.
const REACHES: [u64; 3] = [4 << 20, 32 << 20, 128 << 20];
/// Decoded bytes at once.
const STEP: usize = 64 << 10;

/// The last decoded byte before stored offset `place`, if reading from a confirmed segment some way before comes to a border
/// exactly there; `None` otherwise.
///
/// That the bytes before `place` are a segment is not enough: an archive inside a record is often stored as it is, and its
/// members are none of this file. Reading from further back passes over the whole record, unless it is longer than the
/// way back.
///
/// # Errors
/// When the medium fails.
pub fn last_byte_before(
    source: &Arc<dyn ByteSource>,
    codec: Codec,
    caps: &Caps,
    place: u64,
    confirm: &dyn Fn(&[u8]) -> bool,
) -> io::Result<Option<u8>> {
    for reach in REACHES {
        let from = place.saturating_sub(reach);
        let mut stream = SegmentStream::open(source, codec, *caps, 0)?;
        // The start of the file needs no confirmation; behind it, the first segment does.
        let start = if from == 0 { Some(0) } else { stream.find(from, confirm)? };
        match start.filter(|&start| start < place) {
            Some(_) => return arrive(&mut stream, place, confirm),
            None if from == 0 => return Ok(None),
            None => {}
        }
    }
    Ok(None)
}

/// Reads on to the first segment that begins at or behind `place`; the last byte before it if it begins exactly there.
fn arrive(stream: &mut SegmentStream, place: u64, confirm: &dyn Fn(&[u8]) -> bool) -> io::Result<Option<u8>> {
    let mut out = Vec::with_capacity(STEP);
    let mut last = None;
    loop {
        out.clear();
        match stream.read(&mut out) {
            Ok(Piece::Data(_)) => last = out.last().copied(),
            Ok(Piece::Start(stored)) if stored >= place => return Ok(last.filter(|_| stored == place)),
            Ok(Piece::Start(_)) => {}
            Ok(Piece::End) => return Ok(None),
            // What lies right behind damage is told by nothing.
            Err(Stop::Damage(_)) => match stream.recover(confirm)? {
                Some(found) if found < place => last = None,
                _ => return Ok(None),
            },
            Err(Stop::Io(error)) => return Err(error),
        }
    }
}
