//! Hardware addresses: six pairs of hexadecimal digits (IEEE 802), or three groups of four with full stops.

use super::scan::{after, before, letter_at, letter_before};

/// Longest text of an address: six pairs and five separators.
const LENGTH: usize = 17;

/// The address that the run of digits `start..end` is a part of.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if end - start > 4 {
        return None;
    }
    let separators = |byte: u8| matches!(byte, b':' | b'-' | b'.');
    let member = |byte: u8| byte.is_ascii_hexdigit() || separators(byte);
    // Prose comes this way: a number with neither a separator nor a hexadecimal letter next to it.
    if !after(bytes, end, 0).is_some_and(member) && !before(bytes, start).is_some_and(member) {
        return None;
    }
    let mut first = start;
    while first > 0 && start - first < LENGTH && member(bytes[first - 1]) {
        first -= 1;
    }
    if letter_before(bytes, first) || before(bytes, first) == Some(b'_') {
        return None;
    }
    let mut last = first;
    while last < bytes.len() && last - first <= LENGTH && member(bytes[last]) {
        last += 1;
    }
    // The full stop or the colon of a sentence; more digits behind it belong to something longer.
    let longer = last - first > LENGTH && after(bytes, last, 0).is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !longer && last > first && last - first > 14 && separators(bytes[last - 1]) && bytes[last - 1] != b'-' {
        last -= 1;
    }
    let goes_on = letter_at(bytes, last) || matches!(after(bytes, last, 0), Some(b'_'));
    (!goes_on && is_address(&bytes[first..last])).then_some((first, last))
}

/// Whether `text` is one device's address: the right shape, one case, not the same digit throughout, no group address
/// (the lowest bit of the first octet), and at least two different separated pairs.
fn is_address(text: &[u8]) -> bool {
    let group = match (text.len(), text.get(2), text.get(4)) {
        (17, Some(b':' | b'-'), _) => 2,
        (14, _, Some(b'.')) => 4,
        _ => return false,
    };
    let separator = text[group];
    let shaped = text.iter().enumerate().all(|(i, byte)| match i % (group + 1) == group {
        true => *byte == separator,
        false => byte.is_ascii_hexdigit(),
    });
    let digits: Vec<u8> = text.iter().filter(|byte| byte.is_ascii_hexdigit()).copied().collect();
    let lower = digits.iter().any(u8::is_ascii_lowercase);
    let upper = digits.iter().any(u8::is_ascii_uppercase);
    let shared = digits.get(1).is_some_and(|byte| (*byte as char).to_digit(16).unwrap_or(1) % 2 == 1);
    // Six pairs of figures alone are more likely times or parts of a number.
    let plain = !lower && !upper && separator != b':';
    let mixed = lower && upper;
    shaped && !mixed && !shared && !plain && digits.iter().any(|byte| *byte != digits[0])
}
