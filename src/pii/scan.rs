//! What the matchers share: finding digits fast, and what stands beside a value.

/// The bytes that every matcher takes for the end of the text: no value holds one, no value is
/// refused for standing next to one, and no search for a context word looks past one. A tag that
/// begins and ends with them parts its neighbours.
pub(super) const BARRIERS: &[u8] = b"<>[]{}|";

/// Whether `byte` is one of [`BARRIERS`].
pub(super) fn is_barrier(byte: u8) -> bool {
    BARRIERS.contains(&byte)
}

/// The first ASCII digit at or after `from`.
pub(super) fn find_digit(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    // A fold without a branch in it, so that it compiles to vector instructions.
    for chunk in bytes.get(from..)?.chunks_exact(32) {
        let mut any = 0;
        for &byte in chunk {
            any |= u8::from(byte.wrapping_sub(b'0') < 10);
        }
        if any != 0 {
            break;
        }
        at += chunk.len();
    }
    bytes[at..].iter().position(u8::is_ascii_digit).map(|offset| at + offset)
}

/// The end of the run of digits that `start` lies in.
pub(super) fn digits_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(bytes.len(), |offset| start + offset)
}

/// The byte before `at`.
pub(super) fn before(bytes: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).map(|i| bytes[i])
}

/// The byte `n` after `at`.
pub(super) fn after(bytes: &[u8], at: usize, n: usize) -> Option<u8> {
    bytes.get(at + n).copied()
}

/// Whether there is a digit `n` bytes after `at`.
pub(super) fn digit_after(bytes: &[u8], at: usize, n: usize) -> bool {
    after(bytes, at, n).is_some_and(|byte| byte.is_ascii_digit())
}

/// Whether the character that ends before `at` is a letter of a script that puts spaces between
/// words (Latin, Greek, Cyrillic): then what starts at `at` is a part of a word. Letters of scripts
/// without spaces say nothing.
pub(super) fn letter_before(bytes: &[u8], at: usize) -> bool {
    match before(bytes, at) {
        None => false,
        Some(byte) if byte < 0x80 => byte.is_ascii_alphabetic(),
        Some(_) => at.checked_sub(2).is_some_and(|i| spaced_letter(&bytes[i..]).is_some()),
    }
}

/// Whether a letter in the sense of [`letter_before`] starts at `at`.
pub(super) fn letter_at(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        None => false,
        Some(byte) if *byte < 0x80 => byte.is_ascii_alphabetic(),
        Some(_) => spaced_letter(&bytes[at..]).is_some(),
    }
}

/// The two-byte letter of Latin, Greek or Cyrillic that `bytes` begins with: U+00C0 to U+024F
/// without the two signs × and ÷, U+0370 to U+052F.
pub(super) fn spaced_letter(bytes: &[u8]) -> Option<u32> {
    let (&lead, &trail) = (bytes.first()?, bytes.get(1)?);
    if !(0xC3..=0xD4).contains(&lead) || trail & 0xC0 != 0x80 {
        return None;
    }
    let code = (u32::from(lead) & 0x1F) << 6 | (u32::from(trail) & 0x3F);
    let letter = matches!(code, 0xC0..=0x24F | 0x370..=0x52F) && code != 0xD7 && code != 0xF7;
    letter.then_some(code)
}
