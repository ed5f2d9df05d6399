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
#[inline(always)]
pub(super) fn beyond_ascii(text: &[u8], at: usize) -> (usize, usize) {
    let bytes = match text[at..].first_chunk::<4>() {
        Some(bytes) => *bytes,
        None => at_the_end(&text[at..]),
    };
    let [first, tails @ ..] = bytes.map(usize::from);
    let [one, two, three] = tails.map(|tail| tail & 0x3F);
    match first {
        0..0xE0 => ((first & 0x1F) << 6 | one, 2),
        0xE0..0xF0 => ((first & 0x0F) << 12 | one << 6 | two, 3),
        _ => ((first & 0x07) << 18 | one << 12 | two << 6 | three, 4),
    }
}

#[cold]
fn at_the_end(rest: &[u8]) -> [u8; 4] {
    let mut bytes = [0; 4];
    bytes[..rest.len()].copy_from_slice(rest);
    bytes
}
