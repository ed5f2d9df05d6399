//! Social security numbers of the United States, in their printed form `AAA-GG-SSSS`.

use super::scan::{after, before, digit_after, letter_at, letter_before};

/// The number at the run of digits `start..end`. Never issued, and so refused: areas 000, 666 and
/// 900 to 999, group 00, serial 0000 (Social Security Administration, randomisation of 2011), and
/// the number 078-05-1120 of an old advertisement.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let stop = start + 11;
    if end - start != 3 || stop > bytes.len() {
        return None;
    }
    let number = &bytes[start..stop];
    let shaped = number.iter().enumerate().all(|(i, byte)| match i {
        3 | 6 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let issued = number[0] != b'9'
        && !number.starts_with(b"000")
        && !number.starts_with(b"666")
        && &number[4..6] != b"00"
        && &number[7..] != b"0000"
        && number != b"078-05-1120";
    (shaped && issued && bordered(bytes, start, stop)).then_some((start, stop))
}

/// Whether neither a word nor a longer number goes on at the sides.
fn bordered(bytes: &[u8], start: usize, stop: usize) -> bool {
    let left = match before(bytes, start) {
        Some(b'-' | b'_' | b'.' | b'/' | b'+') => false,
        _ => !letter_before(bytes, start),
    };
    let right = match after(bytes, stop, 0) {
        Some(b'-' | b'/' | b'.') => !after(bytes, stop, 1).is_some_and(|b| b.is_ascii_alphanumeric()),
        Some(b'_') => false,
        _ => !digit_after(bytes, stop, 0) && !letter_at(bytes, stop),
    };
    left && right
}
