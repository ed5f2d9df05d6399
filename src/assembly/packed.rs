//! Files that may be gzip or zstd, whatever their name.

use crate::storage::capped::{Caps, Encoding, inflate};

/// The content of a file, unpacked within `caps` if it begins as gzip or zstd does.
///
/// # Errors
/// What is wrong with it, in one line.
pub(super) fn unpacked(path: &str, bytes: Vec<u8>, caps: &Caps) -> Result<Vec<u8>, String> {
    let encoding = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => Encoding::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Encoding::Zstd,
        _ => return Ok(bytes),
    };
    let found = inflate(encoding, &bytes, caps);
    match found.damage {
        Some(damage) => Err(format!("`{path}` cannot be unpacked: {damage}")),
        None => Ok(found.bytes),
    }
}
