//! Geographic coordinates: degrees, minutes and seconds with letters of the compass, or a pair of decimal numbers next
//! to a word that says what they are.

use super::context;
use super::scan::{after, before, digit_after, letter_before};

/// Words before a pair of decimal numbers that make it a place.
const WORDS: &[&str] = &[
    "lat",
    "latitude",
    "latlng",
    "latlong",
    "coordinates",
    "coordinate",
    "coords",
    "gps",
    "location",
    "position",
    "geo",
    "ll",
    "koordinaten",
    "coordonnées",
    "coordenadas",
    "coordinate",
];

/// A number with its fraction.
struct Decimal {
    value: f64,
    places: usize,
    end: usize,
}

/// The pair whose first number begins with the run of digits `start..end`.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if end - start > 3 {
        return None;
    }
    match after(bytes, end, 0)? {
        0xC2 if after(bytes, end, 1) == Some(0xB0) => by_compass(bytes, start, end),
        b'.' if digit_after(bytes, end, 1) => by_decimals(bytes, start),
        _ => None,
    }
}

/// Two decimal numbers of four places or more: `52.52001, 13.40495`, with a word before them, or with letters behind
/// both (`52.52001° N, 13.40495° E`).
fn by_decimals(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let signed = matches!(before(bytes, start), Some(b'-' | b'+'));
    let first = start - usize::from(signed);
    if matches!(before(bytes, first), Some(b'.' | b'_' | b'/' | b'$'))
        || letter_before(bytes, first)
        || first.checked_sub(1).is_some_and(|i| bytes[i].is_ascii_digit())
    {
        return None;
    }
    let latitude = decimal(bytes, start)?;
    let (compass, mut at) = compass(bytes, latitude.end, b"NS");
    while at < latitude.end + 8 && matches!(after(bytes, at, 0), Some(b' ' | b',' | b';')) {
        at += 1;
    }
    let separated = at > latitude.end;
    at += usize::from(matches!(after(bytes, at, 0), Some(b'-' | b'+')));
    let longitude = decimal(bytes, at)?;
    let (second, end) = self::compass(bytes, longitude.end, b"EWO");
    let range = latitude.value <= 90.0 && longitude.value <= 180.0 && (latitude.value, longitude.value) != (0.0, 0.0);
    let precise = latitude.places >= 4 && longitude.places >= 4;
    let named = (compass && second) || {
        let word = |word: &[u8]| context::is_in(WORDS, word);
        context::word_before(bytes, first, word) || bytes[..first].ends_with(b"geo:") || bytes[..first].ends_with(b"/@")
    };
    let goes_on = digit_after(bytes, end, 0) || (after(bytes, end, 0) == Some(b'.') && digit_after(bytes, end, 1));
    (separated && range && precise && named && !goes_on).then_some((first, end))
}

/// `52°31'12.0"N 13°24'18.0"E`, with minutes, or minutes and seconds, and any of the usual marks.
fn by_compass(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if letter_before(bytes, start) || matches!(before(bytes, start), Some(b'.' | b'-')) {
        return None;
    }
    let first = angle(bytes, start, end, 90, b"NS")?;
    let mut at = first;
    while at < first + 3 && matches!(after(bytes, at, 0), Some(b' ' | b',' | b';')) {
        at += 1;
    }
    let digits = (0..4).take_while(|n| digit_after(bytes, at, *n)).count();
    let second = (digits > 0).then(|| angle(bytes, at, at + digits, 180, b"EWO"))??;
    Some((start, second))
}

/// The end of the angle whose degrees are the digits `start..end`, a letter of `letters` behind it.
fn angle(bytes: &[u8], start: usize, end: usize, most: u32, letters: &[u8]) -> Option<usize> {
    let degrees = bytes[start..end].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    if degrees > most || bytes.get(end..end + 2) != Some(&[0xC2, 0xB0]) {
        return None;
    }
    let mut at = end + 2;
    let mut minutes = 0;
    // Minutes, seconds and their marks: digits, full stops, spaces, primes and quotation marks.
    while at < end + 32 {
        match after(bytes, at, 0)? {
            b'0'..=b'9' => minutes += 1,
            b'.' | b' ' | b'\'' | b'"' => {}
            0xE2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0x98..=0x9D | 0xB2 | 0xB3])) => at += 2,
            0xC2 if after(bytes, at, 1) == Some(0xB4) => at += 1,
            byte if letters.contains(&byte) => {
                return (minutes > 0 && !super::scan::letter_at(bytes, at + 1)).then_some(at + 1);
            }
            _ => return None,
        }
        at += 1;
    }
    None
}

/// The decimal number at `at`: at most three figures, a full stop and at most 15 more.
fn decimal(bytes: &[u8], at: usize) -> Option<Decimal> {
    let whole = (0..4).take_while(|n| digit_after(bytes, at, *n)).count();
    if !(1..=3).contains(&whole) || after(bytes, at, whole) != Some(b'.') {
        return None;
    }
    let places = (0..16).take_while(|n| digit_after(bytes, at, whole + 1 + n)).count();
    let end = at + whole + 1 + places;
    let value = std::str::from_utf8(&bytes[at..end]).ok()?.parse().ok()?;
    (places > 0 && places < 16).then_some(Decimal { value, places, end })
}

/// Whether a degree sign or a space and one of `letters` stand at `at`, and where they end; else `at`.
fn compass(bytes: &[u8], at: usize, letters: &[u8]) -> (bool, usize) {
    let mut end = at;
    if bytes.get(end..end + 2) == Some(&[0xC2, 0xB0]) {
        end += 2;
    }
    if after(bytes, end, 0) == Some(b' ') {
        end += 1;
    }
    let letter = after(bytes, end, 0).is_some_and(|byte| letters.contains(&byte));
    match letter && !super::scan::letter_at(bytes, end + 1) {
        true => (true, end + 1),
        false => (false, at),
    }
}
