//! What the bytes say about their own charset: byte order marks, `meta` elements, XML declarations, zero bytes.

use memchr::memmem;

/// How many bytes at the start are searched for a declaration; the standard says 1,024, real pages need more.
const WINDOW: usize = 8192;

/// The label in an XML declaration or a `meta` element near the start.
#[must_use]
pub fn declared(bytes: &[u8], is_html: bool) -> Option<String> {
    let head = &bytes[..bytes.len().min(WINDOW)];
    let start = head.iter().position(|b| !b.is_ascii_whitespace())?;
    if head[start..].starts_with(b"<?xml") {
        let end = memchr::memchr(b'>', &head[start..]).map_or(head.len(), |n| start + n);
        if let Some(label) = value_after(&head[start..end], b"encoding") {
            return Some(label);
        }
    }
    if is_html { meta(head) } else { None }
}

/// The first charset of a `meta` element outside comments.
fn meta(head: &[u8]) -> Option<String> {
    let mut at = 0;
    while let Some(n) = memchr::memchr(b'<', &head[at..]) {
        at += n;
        let rest = &head[at..];
        if rest.starts_with(b"<!--") {
            at += memmem::find(&rest[4..], b"-->").map_or(rest.len(), |n| n + 7);
            continue;
        }
        if rest.len() > 5 && rest[1..5].eq_ignore_ascii_case(b"meta") {
            let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
            if let Some(label) = value_after(&rest[..end], b"charset") {
                return Some(label);
            }
        }
        at += 1;
    }
    None
}

/// The value in `name = "value"`, ASCII case of the name ignored.
fn value_after(text: &[u8], name: &[u8]) -> Option<String> {
    let at = text.windows(name.len()).position(|w| w.eq_ignore_ascii_case(name))?;
    let rest = text[at + name.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
    let len = rest.iter().take(40).take_while(|b| b.is_ascii_alphanumeric() || b"-_:.+".contains(b)).count();
    let label = std::str::from_utf8(&rest[..len]).ok()?;
    (!label.is_empty()).then(|| label.to_owned())
}

/// The label in a `Content-Type` header value; a bare label is taken as one.
#[must_use]
pub fn header_label(header: &str) -> Option<String> {
    if header.to_ascii_lowercase().contains("charset") {
        return value_after(header.as_bytes(), b"charset");
    }
    let bare = header.trim();
    (!bare.is_empty() && !bare.contains('/')).then(|| bare.to_owned())
}

/// A Unicode form with wide units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wide {
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// UTF-32, little-endian.
    Utf32Le,
    /// UTF-32, big-endian.
    Utf32Be,
}

/// A byte order mark of a wide form, with its length.
#[must_use]
pub fn wide_mark(bytes: &[u8]) -> Option<(Wide, usize)> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => Some((Wide::Utf32Le, 4)),
        [0, 0, 0xFE, 0xFF, ..] => Some((Wide::Utf32Be, 4)),
        [0xFF, 0xFE, ..] => Some((Wide::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((Wide::Utf16Be, 2)),
        _ => None,
    }
}

/// Tells wide forms without a mark from the places of zero bytes: text in any script has blanks, digits and markup.
#[must_use]
pub fn wide_by_zeros(bytes: &[u8]) -> Option<Wide> {
    let sample = &bytes[..bytes.len().min(4096) / 4 * 4];
    if sample.len() < 8 || memchr::memchr(0, sample).is_none() {
        return None;
    }
    let mut zeros = [0_usize; 4];
    for quad in sample.as_chunks::<4>().0 {
        for (count, byte) in zeros.iter_mut().zip(quad) {
            *count += usize::from(*byte == 0);
        }
    }
    let quads = sample.len() / 4;
    let most = |n: usize| n * 10 >= quads * 9;
    let few = |n: usize| n * 20 <= quads;
    let some = |n: usize| n * 10 >= quads;
    match zeros {
        [a, _, c, d] if most(d) && most(c) && few(a) => Some(Wide::Utf32Le),
        [a, b, _, d] if most(a) && most(b) && few(d) => Some(Wide::Utf32Be),
        [a, b, c, d] if some(b) && some(d) && few(a) && few(c) => Some(Wide::Utf16Le),
        [a, b, c, d] if some(a) && some(c) && few(b) && few(d) => Some(Wide::Utf16Be),
        _ => None,
    }
}

/// Decodes UTF-32; returns the text and the count of invalid units.
#[must_use]
pub fn decode_utf32(bytes: &[u8], little: bool) -> (String, u64) {
    let mut out = String::with_capacity(bytes.len() / 2);
    let (units, tail) = bytes.as_chunks::<4>();
    let mut bad = u64::from(!tail.is_empty());
    for unit in units {
        let value = if little { u32::from_le_bytes(*unit) } else { u32::from_be_bytes(*unit) };
        out.push(char::from_u32(value).unwrap_or_else(|| {
            bad += 1;
            '\u{FFFD}'
        }));
    }
    if !tail.is_empty() {
        out.push('\u{FFFD}');
    }
    (out, bad)
}
