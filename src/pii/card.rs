//! Payment card numbers: the prefix of an issuer, its lengths, and the check digit of ISO/IEC 7812.

use super::context;
use super::scan::{after, before, digit_after, letter_at, letter_before};

/// Most digits of a card number (ISO/IEC 7812-1).
const DIGITS: usize = 19;

/// Words before a number that admit the forms that are rare or short.
const WORDS: &[&str] = &[
    "card",
    "cards",
    "cc",
    "credit",
    "debit",
    "visa",
    "mastercard",
    "amex",
    "maestro",
    "diners",
    "discover",
    "jc",
    "unionpay",
    "karte",
    "kreditkarte",
    "kartennummer",
    "carte",
    "carta",
    "tarjeta",
    "cartão",
    "kaart",
    "pan",
];

/// One issuer: the prefixes it has, read as numbers of six digits from `low` to `high`, and the
/// lengths of its numbers, bit by bit, that are taken without a word before the number.
struct Issuer {
    low: u32,
    high: u32,
    lengths: u32,
}

/// A row of the table of issuers.
const fn issuer(low: u32, high: u32, lengths: u32) -> Issuer {
    Issuer { low, high, lengths }
}

const L15: u32 = 1 << 15;
const L16: u32 = 1 << 16;

/// The ranges of issuer identification numbers that the card networks publish. Those of Diners Club and Maestro are wide
/// and their numbers of many lengths, so that they need a word; so do 13 and 17 to 19 digits of the others.
const ISSUERS: [Issuer; 11] = [
    issuer(400_000, 499_999, L16), // Visa
    issuer(510_000, 559_999, L16), // Mastercard
    issuer(222_100, 272_099, L16), // Mastercard
    issuer(340_000, 349_999, L15), // American Express
    issuer(370_000, 379_999, L15), // American Express
    issuer(352_800, 358_999, L16), // JCB
    issuer(601_100, 601_199, L16), // Discover
    issuer(644_000, 659_999, L16), // Discover
    issuer(620_000, 629_999, L16), // UnionPay
    issuer(220_000, 220_499, L16), // Mir
    issuer(979_200, 979_299, L16), // Troy
];

/// The card number at the run of digits `start..end`, whole or in groups of a card's print.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let run = end - start;
    if !(run == 4 || (12..=DIGITS).contains(&run)) || !starts(bytes, start, run == 4) {
        return None;
    }
    let mut digits = [0; DIGITS];
    let (count, end) = if run == 4 {
        grouped(bytes, start, &mut digits)?
    } else {
        for (digit, byte) in digits.iter_mut().zip(&bytes[start..end]) {
            *digit = byte - b'0';
        }
        (run, end)
    };
    let digits = &digits[..count];
    if !ends(bytes, end, run == 4) || !luhn(digits) {
        return None;
    }
    // With a word before it a number needs no known issuer: there are more than the tables of the large networks have.
    let known = common_lengths(digits) >> count & 1 == 1
        || context::word_before(bytes, start, |word| context::is_in(WORDS, word));
    (known && digits.iter().any(|digit| *digit != digits[0])).then_some((start, end))
}

/// Reads groups as they stand on cards, 4-4-4-4(-3), 4-6-5 or 4-6-4, with the same separator between
/// all of them; gives the number of digits and the end.
fn grouped(bytes: &[u8], start: usize, digits: &mut [u8; DIGITS]) -> Option<(usize, usize)> {
    let separator = after(bytes, start, 4).filter(|byte| matches!(byte, b' ' | b'-'))?;
    let mut sizes = [0; 6];
    let mut groups = 0;
    let mut count = 0;
    let mut at = start;
    while groups < sizes.len() {
        let from = at;
        while digit_after(bytes, at, 0) && at - from < 7 {
            if let Some(digit) = digits.get_mut(count) {
                *digit = bytes[at] - b'0';
            }
            count += 1;
            at += 1;
        }
        sizes[groups] = at - from;
        groups += 1;
        if after(bytes, at, 0) != Some(separator) || !digit_after(bytes, at, 1) {
            break;
        }
        // What follows a whole number, such as a date of expiry, is not of it.
        if matches!(sizes, [4, 4, 4, 4, 0, 0] | [4, 6, 5 | 4, 0, 0, 0]) && group_len(bytes, at + 1) < 3 {
            break;
        }
        at += 1;
    }
    match sizes {
        [4, 4, 4, 4, 0 | 3, 0] | [4, 6, 5 | 4, 0, 0, 0] => Some((count, at)),
        _ => None,
    }
}

/// How many digits stand at `at`, up to seven.
fn group_len(bytes: &[u8], at: usize) -> usize {
    (0..7).take_while(|n| digit_after(bytes, at, *n)).count()
}

/// Whether a number may start at `at`.
fn starts(bytes: &[u8], at: usize, grouped: bool) -> bool {
    let digit_two_before = at.checked_sub(2).is_some_and(|i| bytes[i].is_ascii_digit());
    match before(bytes, at) {
        Some(b'_' | b'/' | b'+' | b'%' | b'$') => false,
        Some(b' ') => !(grouped && digit_two_before),
        Some(b'.' | b',' | b'-' | b':') => !digit_two_before,
        _ => !letter_before(bytes, at),
    }
}

/// Whether a number may end at `at`.
fn ends(bytes: &[u8], at: usize, grouped: bool) -> bool {
    match after(bytes, at, 0) {
        Some(b'.' | b',' | b'-') => !after(bytes, at, 1).is_some_and(|byte| byte.is_ascii_alphanumeric()),
        Some(b'_' | b'%') => false,
        Some(b' ') => !grouped || group_len(bytes, at + 1) < 4,
        _ => !letter_at(bytes, at),
    }
}

/// The lengths that numbers with this prefix commonly have, bit by bit.
fn common_lengths(digits: &[u8]) -> u32 {
    let prefix = digits[..6].iter().fold(0, |value, digit| value * 10 + u32::from(*digit));
    let issuers = ISSUERS.iter().filter(|issuer| (issuer.low..=issuer.high).contains(&prefix));
    issuers.fold(0, |lengths, issuer| lengths | issuer.lengths)
}

/// The check of ISO/IEC 7812-1, annex B: every second digit from the right counts double, its two
/// figures added, and the sum is a multiple of ten.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &digit)| {
            let value = u32::from(digit) << (i % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}
