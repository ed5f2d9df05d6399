//! The dictionary of a `.warc.zst`.

use std::io;

use super::super::capped::{Caps, Encoding, inflate};
use super::super::source::ByteSource;
use super::ZSTD;

/// Magic of the skippable frame that holds the dictionary of a `.warc.zst` (its specification, version 1).
const DICTIONARY: [u8; 4] = [0x5d, 0x2a, 0x4d, 0x18];
/// The largest dictionary that is loaded, in bytes.
const DICTIONARY_BYTES: usize = 8 << 20;

/// The dictionary that a `.warc.zst` carries in its first frame, decompressed if it is itself a zstd frame.
pub(super) fn load(source: &dyn ByteSource, caps: &Caps) -> io::Result<Option<Vec<u8>>> {
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
    let inflated = inflate(Encoding::Zstd, &raw, &caps);
    Ok(inflated.damage.is_none().then_some(inflated.bytes))
}
