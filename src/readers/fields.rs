//! Heads of `name: value` lines, as WARC records and HTTP messages have them.

use std::borrow::Cow;

/// One field; the value of a folded field is joined with single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// The name as written.
    pub(super) name: &'a [u8],
    /// The trimmed value.
    pub(super) value: Cow<'a, [u8]>,
}

/// Cuts the line end off a line.
pub(super) fn trim_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Where the head that begins `bytes` ends (behind its blank line), searching from `from`. LF alone ends a line too.
pub(super) fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(step) = memchr::memchr(b'\n', &bytes[at.min(bytes.len())..]) {
        let line_end = at + step + 1;
        match bytes.get(line_end..) {
            Some([b'\n', ..]) => return Some(line_end + 1),
            Some([b'\r', b'\n', ..]) => return Some(line_end + 2),
            _ => at = line_end,
        }
    }
    None
}

/// The first line of a head and its fields. Lines without a colon are passed over; a line that begins with a blank
/// continues the one before.
pub(super) fn parse(head: &[u8]) -> (&[u8], Vec<Field<'_>>) {
    let mut lines = head.split(|&byte| byte == b'\n').map(trim_end);
    let first = lines.next().unwrap_or_default();
    let mut fields: Vec<Field<'_>> = Vec::new();
    for line in lines {
        if line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            let more = line.trim_ascii();
            if let Some(last) = fields.last_mut().filter(|_| !more.is_empty()) {
                let value = last.value.to_mut();
                if !value.is_empty() {
                    value.push(b' ');
                }
                value.extend_from_slice(more);
            }
        } else if let Some(colon) = memchr::memchr(b':', line) {
            fields
                .push(Field { name: line[..colon].trim_ascii(), value: Cow::Borrowed(line[colon + 1..].trim_ascii()) });
        }
    }
    (first, fields)
}

/// The value of the first field called `name`, whatever its case.
pub(super) fn value<'f>(fields: &'f [Field<'_>], name: &str) -> Option<&'f [u8]> {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case(name.as_bytes())).map(|field| field.value.as_ref())
}

/// A value as text; bytes that are not UTF-8 become U+FFFD.
pub(super) fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// A decimal number, nothing else.
pub(super) fn number(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}
