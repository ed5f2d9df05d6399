//! ARC records (Internet Archive, versions 1 and 2): one header line of words, then the content.

use std::borrow::Cow;

use super::fields::{number, text, trim_end};
use super::records::{Head, Role};
use super::{Decoded, InputSpec, http, warc};
use crate::document::FaultKind;

/// The longest header line, in bytes.
const LINE: usize = 8 << 10;
/// Words behind the URL in version 1: address, date, type, length.
const V1: usize = 4;
/// Words behind the URL in version 2: address, date, type, status, checksum, location, offset, file, length.
const V2: usize = 9;

/// The words of a header line.
struct Line<'a> {
    url: &'a [u8],
    address: &'a [u8],
    date: &'a [u8],
    media: &'a [u8],
    length: &'a [u8],
}

/// URLs may hold blanks, so words are counted from the end.
fn line(bytes: &[u8]) -> Option<Line<'_>> {
    let window = &bytes[..bytes.len().min(LINE)];
    let line = trim_end(&window[..memchr::memchr(b'\n', window)? + 1]);
    let words = |count: usize| -> Option<Vec<&[u8]>> {
        let mut words: Vec<&[u8]> = line.rsplitn(count + 1, |&byte| byte == b' ').collect();
        words.reverse();
        (words.len() == count + 1 && words[0].contains(&b':')).then_some(words)
    };
    let second = words(V2).filter(|words| is_date(words[2]) && is_address(words[1]));
    let words = second.or_else(|| words(V1))?;
    Some(Line { url: words[0], address: words[1], date: words[2], media: words[3], length: words[words.len() - 1] })
}

/// Dates have 14 digits; writers with 12, 17 or 18 exist.
fn is_date(word: &[u8]) -> bool {
    (12..=18).contains(&word.len()) && word.iter().all(u8::is_ascii_digit)
}

fn is_address(word: &[u8]) -> bool {
    word == b"-"
        || (!word.is_empty() && word.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':')))
}

/// Whether `bytes`, standing where a record is due, begin one.
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(b"filedesc://") || line(bytes).is_some_and(|line| is_address(line.address))
}

/// Whether `bytes`, standing anywhere, surely begin a record.
pub(super) fn confirms(bytes: &[u8]) -> bool {
    line(bytes).is_some_and(|line| {
        let scheme =
            line.url.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'));
        let scheme = scheme.count();
        let scheme = (1..=20).contains(&scheme) && line.url.get(scheme) == Some(&b':');
        scheme && is_address(line.address) && is_date(line.date) && number(line.length).is_some()
    })
}

/// Address and date of a header line.
pub(super) fn address(head: &[u8]) -> Option<(String, String)> {
    let line = line(head)?;
    Some((text(line.url), text(line.date)))
}

/// Reads what the record reader must know.
pub(super) fn head(bytes: &[u8]) -> Result<Head, String> {
    let line = line(bytes).ok_or("the ARC header line has too few words")?;
    let length = number(line.length).ok_or("the length in the ARC header line is not a number")?;
    let role = if line.url.starts_with(b"filedesc:") { Role::Other("arc-header") } else { Role::Document };
    Ok(Head { length, role, segment: None })
}

/// Decodes a record.
pub(super) fn decode(spec: &InputSpec, offset: u64, length: u64, bytes: &[u8], body: usize) -> Decoded {
    let (head, block) = bytes.split_at(body.min(bytes.len()));
    let Some(line) = line(head) else {
        return Decoded::Fault(spec.fault(
            FaultKind::BadRecordHeader,
            offset,
            length,
            "the ARC header line has too few words",
            bytes,
        ));
    };
    if line.media.eq_ignore_ascii_case(b"text/dns") || line.url.starts_with(b"dns:") {
        return Decoded::Other { kind: Cow::Borrowed("media:dns") };
    }
    if !line.url.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"http")) && !http::begins(block) {
        return Decoded::Other { kind: Cow::Borrowed("response-not-http") };
    }
    let mut document = spec.document(offset);
    document.url = Some(text(line.url));
    document.date = is_date(line.date).then(|| text(line.date));
    match warc::response(spec, &mut document, block, false, line.media) {
        Ok(None) => Decoded::Document(document),
        Ok(Some(kind)) => Decoded::Other { kind },
        Err(damage) => Decoded::Fault(spec.fault(damage.kind, offset, length, damage.detail, bytes)),
    }
}
