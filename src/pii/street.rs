//! Streets with house numbers, by the words that streets are called by in eight languages. The rest of an address
//! (post code, town) is left: it names no house.

use super::scan::{before, digit_after, digits_end, letter_at, letter_before, spaced_letter};

/// Words after the name, in English: `12 Mill Lane`.
const AFTER: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "road",
    "rd",
    "lane",
    "ln",
    "drive",
    "dr",
    "boulevard",
    "blvd",
    "court",
    "ct",
    "place",
    "pl",
    "square",
    "sq",
    "terrace",
    "way",
    "close",
    "crescent",
    "parkway",
    "pkwy",
    "highway",
    "hwy",
    "circle",
    "trail",
    "row",
    "grove",
    "gardens",
    "mews",
];
/// Words before the name where the number comes first: `12 rue des Lilas`.
const AFTER_NUMBER: &[&str] =
    &["rue", "avenue", "boulevard", "place", "chemin", "allée", "impasse", "quai", "route", "cours"];
/// Words before the name where the number comes last: `Calle Mayor 12`.
const BEFORE: &[&str] = &[
    "calle", "avenida", "avda", "plaza", "paseo", "rua", "via", "viale", "piazza", "corso", "largo", "ul", "ulica",
    "travessa",
];
/// Endings of the name where the number comes last: `Lindenstraße 12`.
const ENDINGS: &[&str] = &[
    "straße", "strasse", "str", "weg", "platz", "gasse", "allee", "straat", "laan", "plein", "gracht", "kade", "gatan",
    "vägen", "gata", "veien", "vej", "gade", "gaten", "tie", "katu",
];
/// Most words of a name.
const WORDS: usize = 4;

/// The street of which the run of digits `start..end` is the number.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if end - start > 5 || letter_before(bytes, start) || bytes[start] == b'0' {
        return None;
    }
    let joined = matches!(before(bytes, start), Some(b'.' | b'/' | b'-' | b':' | b'$' | b'#' | b'_' | b'%' | b'+'));
    let last = number_end(bytes, end);
    if letter_at(bytes, last) {
        return None;
    }
    if !joined && let Some(end) = number_first(bytes, last) {
        return Some((start, end));
    }
    number_last(bytes, start).map(|first| (first, last))
}

/// The end of a house number: a letter may follow, or a second number behind a hyphen (`12a`, `12-14`).
fn number_end(bytes: &[u8], end: usize) -> usize {
    let letter = bytes.get(end).is_some_and(|byte| matches!(byte, b'a'..=b'f' | b'A'..=b'F'));
    if letter && !letter_at(bytes, end + 1) && !digit_after(bytes, end, 1) {
        return end + 1;
    }
    match bytes.get(end) == Some(&b'-') && digit_after(bytes, end, 1) {
        true => digits_end(bytes, end + 1),
        false => end,
    }
}

/// The end of the word at `at`: letters, and apostrophes and hyphens between them.
fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < bytes.len() && end - at < 40 {
        let inner = matches!(bytes[end], b'\'' | b'-') && end > at && letter_at(bytes, end + 1);
        match bytes[end] {
            byte if byte.is_ascii_alphabetic() || inner => end += 1,
            byte if byte >= 0x80 && spaced_letter(&bytes[end..]).is_some() => end += 2,
            _ => break,
        }
    }
    end
}

/// Whether a capital stands at `at`.
fn is_capital(bytes: &[u8], at: usize) -> bool {
    let text = bytes.get(at..(at + 2).min(bytes.len())).and_then(|two| match two.first() {
        Some(byte) if byte.is_ascii() => std::str::from_utf8(&two[..1]).ok(),
        _ => std::str::from_utf8(two).ok(),
    });
    text.and_then(|text| text.chars().next()).is_some_and(char::is_uppercase)
}

fn is_in(words: &[&str], word: &[u8]) -> bool {
    words.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

/// The end of a street whose number ends at `at`: names in capitals and a word for street behind them, or a word for
/// street and a name.
fn number_first(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + usize::from(bytes.get(at) == Some(&b','));
    if bytes.get(at) != Some(&b' ') {
        return None;
    }
    at += 1;
    let first = word_end(bytes, at);
    if is_in(AFTER_NUMBER, &bytes[at..first]) && bytes.get(first) == Some(&b' ') {
        return name_end(bytes, first + 1);
    }
    let mut names = 0;
    while names < WORDS {
        let end = word_end(bytes, at);
        if end == at || !is_capital(bytes, at) {
            return None;
        }
        if names > 0 && is_in(AFTER, &bytes[at..end]) {
            let dot = bytes.get(end) == Some(&b'.') && end - at <= 4;
            return Some(end + usize::from(dot));
        }
        names += 1;
        // `N.` for north, `St.` for saint.
        let dot = usize::from(bytes.get(end) == Some(&b'.') && end - at <= 2);
        if bytes.get(end + dot) != Some(&b' ') {
            return None;
        }
        at = end + dot + 1;
    }
    let end = word_end(bytes, at);
    is_in(AFTER, &bytes[at..end]).then_some(end)
}

/// The end of a name of a street at `at`: small words and then capitals.
fn name_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut at, mut end) = (at, None);
    for _ in 0..=WORDS {
        let word = word_end(bytes, at);
        let small =
            matches!(&bytes[at..word], b"de" | b"du" | b"des" | b"la" | b"le" | b"les" | b"da" | b"do" | b"dos");
        if word == at || !(is_capital(bytes, at) || (small && end.is_none()) || bytes[at..word].starts_with(b"l'")) {
            break;
        }
        if !small {
            end = Some(word);
        }
        if bytes.get(word) != Some(&b' ') {
            break;
        }
        at = word + 1;
    }
    end
}

/// The start of a street whose number starts at `at`: `Lindenstraße 12`, `Calle Mayor, 12`.
fn number_last(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at.checked_sub(1).filter(|end| bytes[*end] == b' ')?;
    if end > 0 && bytes[end - 1] == b',' {
        end -= 1;
    }
    let mut names = 0;
    while names <= WORDS {
        let dot = usize::from(end > 0 && bytes[end - 1] == b'.');
        let last = end - dot;
        let start = word_start(bytes, last);
        let word = &bytes[start..last];
        if word.is_empty() {
            return None;
        }
        let capital = is_capital(bytes, start);
        let tail = |ending: &&str| {
            let ending = ending.as_bytes();
            word.len() > ending.len() && word[word.len() - ending.len()..].eq_ignore_ascii_case(ending)
        };
        if names == 0 && capital && ENDINGS.iter().any(tail) {
            return Some(start);
        }
        if names > 0 && capital && is_in(BEFORE, word) {
            return Some(start);
        }
        let small =
            matches!(word, b"de" | b"del" | b"la" | b"los" | b"las" | b"da" | b"do" | b"dos" | b"di" | b"della");
        if dot == 1 || !(capital || small) || start == 0 || bytes[start - 1] != b' ' {
            return None;
        }
        names += 1;
        end = start - 1;
    }
    None
}

/// The start of the word that ends at `end`.
fn word_start(bytes: &[u8], end: usize) -> usize {
    let mut start = end;
    while start > 0 && end - start < 40 {
        match bytes[start - 1] {
            byte if byte.is_ascii_alphabetic() || byte == b'-' || byte == b'\'' => start -= 1,
            byte if byte >= 0x80 && start >= 2 && spaced_letter(&bytes[start - 2..]).is_some() => start -= 2,
            _ => break,
        }
    }
    start
}
