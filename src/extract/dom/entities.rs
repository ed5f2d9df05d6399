//! Character references (`&amp;`, `&#228;`, `&#xE4;`).

use std::borrow::Cow;
use std::sync::LazyLock;

/// Every named reference of the HTML standard, sorted by name: `name codepoints`, where a `!` after the name tells
/// that it is also recognised without the semicolon. Made from the list of the standard as Python's `html.entities` holds it.
const TABLE: &str = include_str!("entities.txt");

/// The longest name in [`TABLE`] (`CounterClockwiseContourIntegral`).
const LONGEST: usize = 31;

/// One parsed row of [`TABLE`].
struct Named {
    name: &'static str,
    bare: bool,
    text: String,
}

static NAMED: LazyLock<Vec<Named>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter_map(|line| {
            let (name, points) = line.split_once(' ')?;
            let text = points.split(' ').filter_map(|p| char::from_u32(u32::from_str_radix(p, 16).ok()?)).collect();
            Some(Named { name: name.trim_end_matches('!'), bare: name.ends_with('!'), text })
        })
        .collect()
});

/// What windows-1252 has at 0x80..=0x9F: numeric references to these C1 controls mean these (HTML standard).
const C1: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Decodes all references of `raw`; borrowed when there is none.
#[must_use]
pub fn decode(raw: &str, in_attribute: bool) -> Cow<'_, str> {
    if memchr::memchr(b'&', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    decode_into(raw, in_attribute, &mut out);
    Cow::Owned(out)
}

/// Decodes all references of `raw` and appends the result to `out`.
pub fn decode_into(raw: &str, in_attribute: bool, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let used = reference(rest, in_attribute, out);
        if used == 0 {
            out.push('&');
            rest = &rest[1..];
        } else {
            rest = &rest[used..];
        }
    }
    out.push_str(rest);
}

/// Decodes the reference at the start of `text` (which starts with `&`); returns the bytes it took, 0 when it is none.
fn reference(text: &str, in_attribute: bool, out: &mut String) -> usize {
    match text.as_bytes().get(1) {
        Some(b'#') => numeric(text.as_bytes(), out),
        Some(b) if b.is_ascii_alphabetic() => named(text.as_bytes(), in_attribute, out),
        _ => 0,
    }
}

fn numeric(text: &[u8], out: &mut String) -> usize {
    let hex = matches!(text.get(2), Some(b'x' | b'X'));
    let (start, radix) = if hex { (3, 16) } else { (2, 10) };
    let mut value = 0_u32;
    let mut at = start;
    while let Some(digit) = text.get(at).and_then(|b| char::from(*b).to_digit(radix)) {
        value = value.saturating_mul(radix).saturating_add(digit);
        at += 1;
    }
    if at == start {
        return 0;
    }
    out.push(match value {
        0x80..=0x9F => C1[(value - 0x80) as usize],
        0 => '\u{FFFD}',
        _ => char::from_u32(value).unwrap_or('\u{FFFD}'),
    });
    at + usize::from(text.get(at) == Some(&b';'))
}

fn named(text: &[u8], in_attribute: bool, out: &mut String) -> usize {
    let body = &text[1..];
    let length = body.iter().take(LONGEST + 1).take_while(|b| b.is_ascii_alphanumeric()).count();
    let find = |len: usize| NAMED.binary_search_by(|row| row.name.as_bytes().cmp(&body[..len])).ok();
    if body.get(length) == Some(&b';')
        && let Some(row) = find(length)
    {
        out.push_str(&NAMED[row].text);
        return length + 2;
    }
    // Without the semicolon only old names count, and the longest one wins (`&notit` is `¬it`).
    for len in (2..=length.min(6)).rev() {
        let Some(row) = find(len).filter(|row| NAMED[*row].bare) else {
            continue;
        };
        let next = body.get(len);
        if in_attribute && next.is_some_and(|b| *b == b'=' || b.is_ascii_alphanumeric()) {
            return 0;
        }
        out.push_str(&NAMED[row].text);
        return len + 1;
    }
    0
}
