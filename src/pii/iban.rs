//! International bank account numbers: length by country, and the check modulo 97 of ISO 7064.

use super::scan::{after, digit_after, letter_at, letter_before};

/// Countries and the lengths of their numbers, from the IBAN registry of SWIFT.
const LENGTHS: [(&[u8; 2], usize); 89] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// The number whose check digits begin the run of digits `start..end`: after two letters that name a
/// country, in one piece or in groups of four with a space between.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if end - start < 2 || start < 2 || !bytes[start - 1].is_ascii_alphabetic() {
        return None;
    }
    let first = start - 2;
    let country = [bytes[first].to_ascii_uppercase(), bytes[start - 1].to_ascii_uppercase()];
    let index = LENGTHS.binary_search_by(|(code, _)| code.as_slice().cmp(&country)).ok()?;
    let bordered = !letter_before(bytes, first)
        && !first.checked_sub(1).is_some_and(|i| bytes[i].is_ascii_digit() || bytes[i] == b'_');
    if !bordered {
        return None;
    }
    let (number, end) = read(bytes, first, LENGTHS[index].1)?;
    let goes_on = letter_at(bytes, end)
        || digit_after(bytes, end, 0)
        || after(bytes, end, 0) == Some(b'_')
        || (after(bytes, end, 0) == Some(b'-') && after(bytes, end, 1).is_some_and(|b| b.is_ascii_alphanumeric()));
    (!goes_on && mod97(&number[..LENGTHS[index].1]) == 1).then_some((first, end))
}

/// Reads `length` letters and digits from `start`, with spaces after every fourth or none, all of one
/// case; gives them in upper case, and the end.
fn read(bytes: &[u8], start: usize, length: usize) -> Option<([u8; 34], usize)> {
    let mut number = [0; 34];
    let mut at = start;
    let grouped = after(bytes, start, 4) == Some(b' ');
    let lower = bytes[start].is_ascii_lowercase();
    for (i, slot) in number.iter_mut().enumerate().take(length) {
        if grouped && i > 0 && i % 4 == 0 {
            if after(bytes, at, 0) != Some(b' ') {
                return None;
            }
            at += 1;
        }
        let byte = after(bytes, at, 0)?;
        let wrong_case = byte.is_ascii_alphabetic() && byte.is_ascii_lowercase() != lower;
        if !byte.is_ascii_alphanumeric() || wrong_case {
            return None;
        }
        *slot = byte.to_ascii_uppercase();
        at += 1;
    }
    Some((number, at))
}

/// The remainder modulo 97 of the number, its first four characters moved to the end and letters
/// read as 10 to 35 (ISO 13616-1). A valid number leaves 1.
fn mod97(number: &[u8]) -> u32 {
    let (head, body) = number.split_at(4);
    body.iter().chain(head).fold(0, |rest, &byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}
