//! Check digits and dates of national numbers.

/// The value of a digit, or of a letter from A = 10 on (ISO 7064).
pub(super) fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte.to_ascii_uppercase().wrapping_sub(b'A')).wrapping_add(10),
    }
}

/// The number that the digits are.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(value(*digit)))
}

/// The sum of the digits times their weights.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| value(*digit) * weight).sum()
}

/// The last digit.
pub(super) fn last(digits: &[u8]) -> u32 {
    digits.last().map_or(0, |digit| value(*digit))
}

/// Whether all digits are the same.
pub(super) fn same(digits: &[u8]) -> bool {
    digits.iter().all(|digit| *digit == digits[0])
}

/// The check of ISO/IEC 7812-1, annex B.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let value = value(*digit) << (i % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The pure system MOD 11,10 of ISO 7064.
pub(super) fn mod11_10(digits: &[u8]) -> bool {
    let Some((check, body)) = digits.split_last() else {
        return false;
    };
    let rest = body.iter().fold(10, |rest, digit| {
        let sum = (rest + value(*digit)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (rest + value(*check)) % 10 == 1
}

/// Verhoeff's check over the dihedral group of order ten.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    const TURN: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let times = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let turned = |digit: u32, times: usize| (0..times).fold(digit, |digit, _| TURN[digit as usize]);
    digits.iter().rev().enumerate().fold(0, |state, (i, digit)| times(state, turned(value(*digit), i % 8))) == 0
}

/// Whether there is such a day in some year of this number.
pub(super) fn date(year: u64, month: u64, day: u64) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Whether the first six digits are year, month and day.
pub(super) fn ymd(digits: &[u8]) -> bool {
    date(number(&digits[..2]), number(&digits[2..4]), number(&digits[4..6]))
}

/// Whether the first six digits are day, month and year.
pub(super) fn dmy(digits: &[u8]) -> bool {
    date(number(&digits[4..6]), number(&digits[2..4]), number(&digits[..2]))
}
