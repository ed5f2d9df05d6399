//! Characters of text as bytes: what is given is the inside of a `str`, and places are boundaries.

/// Bytes of the character that begins with `first`.
#[inline]
pub(super) fn length(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// Code point and length of the character beyond ASCII at `text[at]`. Of one that is cut off the missing bits are 0.
#[inline]
pub(super) fn beyond_ascii(text: &[u8], at: usize) -> (usize, usize) {
    let tail = |i: usize| usize::from(text.get(at + i).copied().unwrap_or(0) & 0x3F);
    let first = usize::from(text[at]);
    match first {
        0..0xE0 => ((first & 0x1F) << 6 | tail(1), 2),
        0xE0..0xF0 => ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3),
        _ => ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4),
    }
}
