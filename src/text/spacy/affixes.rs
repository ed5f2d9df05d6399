//! spaCy's prefix, suffix and infix rules for English, as hand-written matchers.
//!
//! All positions and lengths are in bytes.

use crate::text::chars::{
    self, SPACY_ALPHA, SPACY_BEFORE_DOT, SPACY_INFIX, SPACY_LOWER, SPACY_PREFIX, SPACY_QUOTE, SPACY_SUFFIX, SPACY_UPPER,
};

/// Length of the prefix of `s` that spaCy splits off, 0 for none.
pub(super) fn prefix_len(s: &str) -> usize {
    let bytes = s.as_bytes();
    match bytes {
        [b'+', next, ..] if next.is_ascii_digit() => 0,
        [b'+', ..] => 1,
        [b'.', ..] => match leading_dots(bytes) {
            1 => 0,
            n => n,
        },
        [b'U', b'S', b'$', ..] => 3,
        [b'A' | b'C', b'$', ..] => 2,
        _ => match s.chars().next() {
            Some(c) if chars::is(c, SPACY_PREFIX) => c.len_utf8(),
            _ => 0,
        },
    }
}

/// Number of full stops that `bytes` begins with.
fn leading_dots(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&b| b == b'.').count()
}

/// Length of the suffix of `s` that spaCy splits off, 0 for none.
///
/// spaCy searches from the left for a rule that ends at the end, so the longest suffix wins.
pub(super) fn suffix_len(s: &str) -> usize {
    let mut back = s.chars().rev();
    let Some(last) = back.next() else {
        return 0;
    };
    match last {
        '.' => dots_suffix_len(s),
        '…' if back.next() == Some('…') => 2 * last.len_utf8(),
        _ if chars::is(last, SPACY_SUFFIX) => last.len_utf8(),
        's' | 'S' => match back.next() {
            Some(mark @ ('\'' | '’')) => 1 + mark.len_utf8(),
            _ => measure_len(s),
        },
        '+' => usize::from(back.next().is_some_and(|c| c.is_ascii_digit())),
        _ => measure_len(s),
    }
}

/// Suffix length of a text that ends in a full stop.
fn dots_suffix_len(s: &str) -> usize {
    let dots = s.bytes().rev().take_while(|&b| b == b'.').count();
    if dots > 1 {
        return dots;
    }
    let mut back = s[..s.len() - 1].chars().rev();
    let (Some(last), before) = (back.next(), back.next()) else {
        return 0;
    };
    let two_upper = || chars::is(last, SPACY_UPPER) && before.is_some_and(|c| chars::is(c, SPACY_UPPER));
    let degree = || matches!(last, 'F' | 'C' | 'K') && before == Some('°');
    usize::from(chars::is(last, SPACY_BEFORE_DOT) || two_upper() || degree())
}

/// Currency signs and units of measurement that spaCy splits from an ASCII digit before them, sorted
/// by UTF-8. `тбكم` is one entry there: a space is missing between two of its string literals.
#[rustfmt::skip]
pub(super) const MEASURES: [&str; 143] = [
    "$", "%", "A$", "C$", "G", "GB", "K", "KB", "M", "MB", "Pa", "T", "TB", "US$", "cm", "cm²", "cm³", "dm",
    "dm²", "dm³", "ft", "g", "gb", "hPa", "ha", "in", "kb", "kg", "km", "km/h", "kmh", "km²", "km³", "lb",
    "m", "m/s", "mb", "mbar", "mg", "mm", "mm²", "mm³", "mph", "m²", "m³", "nm", "oz", "t", "tb", "yd", "£",
    "¥", "µg", "µm", "ГБ", "Гб", "КБ", "Кб", "МБ", "Мб", "Па", "ТБ", "Тб", "г", "гб", "дм", "дм²", "дм³",
    "кПа", "кб", "кг", "км", "км/ч", "км²", "км³", "м", "м/с", "м²", "м³", "мб", "мбар", "мг", "мм", "мм²",
    "мм³", "нм", "см", "см²", "см³", "тбكم", "اكواب", "جرام", "جم", "سم", "سم²", "سم³", "غرام", "كغ", "كم",
    "كم²", "كم³", "كوب", "م", "م²", "م³", "ملغ", "مم", "مم²", "مم³", "฿", "₠", "₡", "₢", "₣", "₤", "₥", "₦",
    "₧", "₨", "₩", "₪", "₫", "€", "₭", "₮", "₯", "₰", "₱", "₲", "₳", "₴", "₵", "₶", "₷", "₸", "₹", "₺", "₻",
    "₼", "₽", "₾", "₿", "﷼",
];

/// Longest entry of [`MEASURES`] in bytes.
const LONGEST_MEASURE: usize = 10;

/// Length of the currency sign or unit at the end of `s` if an ASCII digit stands before it, else 0.
pub(super) fn measure_len(s: &str) -> usize {
    let bytes = s.as_bytes();
    if bytes.last().is_some_and(u8::is_ascii_digit) {
        return 0;
    }
    let window = bytes.len().saturating_sub(LONGEST_MEASURE + 1);
    let Some(at) = bytes[window..].iter().rposition(u8::is_ascii_digit) else {
        return 0;
    };
    let tail = &bytes[window + at + 1..];
    match MEASURES.binary_search_by(|unit| unit.as_bytes().cmp(tail)) {
        Ok(_) => tail.len(),
        Err(_) => 0,
    }
}

/// The infix of `s` that begins at byte `at`, if any: its length. `before` is the character that ends at
/// `at`, `None` at the start.
fn infix_len(s: &str, at: usize, c: char, before: Option<char>) -> usize {
    let after_char = |n: usize| s[at + n..].chars().next();
    let alpha = |c: Option<char>| c.is_some_and(|c| chars::is(c, SPACY_ALPHA));
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    match c {
        '.' => match leading_dots(&s.as_bytes()[at..]) {
            1 => {
                let left = before.is_some_and(|c| chars::is(c, SPACY_LOWER | SPACY_QUOTE));
                let right = || after_char(1).is_some_and(|c| chars::is(c, SPACY_UPPER | SPACY_QUOTE));
                usize::from(left && right())
            }
            n => n,
        },
        ',' => usize::from(alpha(before) && alpha(after_char(1))),
        '+' | '*' | '^' => usize::from(digit(before) && sign_follows(after_char(1))),
        '-' if digit(before) && sign_follows(after_char(1)) => 1,
        '-' | '~' | '–' | '—' if alpha(before) || digit(before) => {
            let dashes: &[&str] = match c {
                '-' => &["-", "--", "---"],
                '—' => &["—", "——"],
                '–' => &["–"],
                _ => &["~"],
            };
            let fits = |d: &&&str| s[at..].starts_with(**d) && alpha(after_char(d.len()));
            dashes.iter().find(fits).map_or(0, |d| d.len())
        }
        ':' | '<' | '>' | '=' | '/' => usize::from((alpha(before) || digit(before)) && alpha(after_char(1))),
        _ if chars::is(c, SPACY_INFIX) => c.len_utf8(),
        _ => 0,
    }
}

/// What must follow an arithmetic sign between numbers.
fn sign_follows(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit() || c == '-')
}

/// Whether nothing in `s`, which has neither ASCII digits nor ASCII marks, can be a prefix, suffix or infix or take part
/// in one.
pub(super) fn is_plain(s: &str) -> bool {
    !s.chars().any(|c| !c.is_ascii() && chars::is(c, SPACY_PREFIX | SPACY_SUFFIX | SPACY_INFIX | SPACY_QUOTE))
}

/// Bytes that may begin an infix: the ASCII characters that [`infix_len`] names, and all beyond ASCII.
static MAY_BE_INFIX: [bool; 256] = {
    let mut table = [false; 256];
    let ascii = b".,+*^-~:<>=/";
    let mut i = 0;
    while i < ascii.len() {
        table[ascii[i] as usize] = true;
        i += 1;
    }
    let mut byte = 128;
    while byte < 256 {
        table[byte] = true;
        byte += 1;
    }
    table
};

/// Byte ranges of the infixes of `s`, left to right, not overlapping.
pub(super) fn infixes(s: &str, out: &mut Vec<(usize, usize)>) {
    out.clear();
    let mut before = None;
    let mut at = 0;
    while let Some(&byte) = s.as_bytes().get(at) {
        if !MAY_BE_INFIX[usize::from(byte)] {
            before = Some(char::from(byte));
            at += 1;
            continue;
        }
        let Some(c) = s[at..].chars().next() else {
            break;
        };
        let len = infix_len(s, at, c, before);
        if len == 0 {
            at += c.len_utf8();
            before = Some(c);
        } else {
            out.push((at, at + len));
            at += len;
            before = s[..at].chars().next_back();
        }
    }
}
