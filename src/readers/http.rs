//! HTTP messages inside archive records: heads, chunks, content encodings. Lenient where browsers are.

use std::borrow::Cow;

use super::fields::{self, Field};
use super::media;
use crate::document::FaultKind;
use crate::storage::capped::{Caps, Damage, Encoding, inflate};

/// A parsed message.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// The status code.
    pub(super) status: u16,
    /// The fields of the head.
    pub(super) fields: Vec<Field<'a>>,
    /// The body as stored.
    pub(super) body: &'a [u8],
}

/// Interim answers (1xx) that may stand before the final one.
const INTERIM: usize = 8;
/// The longest chunk-size line, in bytes.
const CHUNK_LINE: usize = 1024;
/// The most content encodings on one body.
const ENCODINGS: usize = 4;

/// Parses the message that `block` holds. Blank lines may stand before it, LF alone may end lines, the reason may be
/// missing.
pub(super) fn parse<'a>(block: &'a [u8], caps: &Caps) -> Result<Message<'a>, Damage> {
    let mut block = block;
    for _ in 0..INTERIM {
        let message = one(block, caps)?;
        if message.status >= 200 || !begins(message.body.trim_ascii_start()) {
            return Ok(message);
        }
        block = message.body;
    }
    Err(Damage::new(FaultKind::BadHttp, "too many interim HTTP answers"))
}

/// Whether `block` begins with a status line.
pub(super) fn begins(block: &[u8]) -> bool {
    block.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"HTTP/")) || block.starts_with(b"ICY ")
}

fn one<'a>(block: &'a [u8], caps: &Caps) -> Result<Message<'a>, Damage> {
    let block = block.trim_ascii_start();
    if !begins(block) {
        return Err(Damage::new(FaultKind::BadHttp, "the record does not begin with an HTTP status line"));
    }
    let window = &block[..block.len().min(caps.head_bytes)];
    let end = match fields::head_end(window, 0) {
        Some(end) => end,
        // A head that the record ends in has an empty body.
        None if window.len() == block.len() => block.len(),
        None => {
            return Err(Damage::new(FaultKind::BadHttp, format!("no HTTP head ends within {} bytes", caps.head_bytes)));
        }
    };
    let (first, fields) = fields::parse(&block[..end]);
    let code = first.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty()).nth(1);
    let status = code.and_then(fields::number).filter(|status| (100..1000).contains(status));
    let Some(status) = status else {
        return Err(Damage::new(FaultKind::BadHttp, "the HTTP status line has no status code"));
    };
    Ok(Message { status: status as u16, fields, body: &block[end..] })
}

/// A body after transfer and content decoding.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body<'a> {
    /// Its bytes.
    pub(super) bytes: Cow<'a, [u8]>,
    /// Whether the connection ended early: the bytes are right, but not all.
    pub(super) incomplete: bool,
}

/// Decodes the body. `truncated` says that the record itself declares to be cut (`WARC-Truncated`).
pub(super) fn body<'a>(message: &Message<'a>, truncated: bool, caps: &Caps) -> Result<Body<'a>, Damage> {
    let chunked = fields::value(&message.fields, "transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().windows(7).any(|word| word == b"chunked"));
    let mut body = if chunked { dechunk(message.body)? } else { whole(message.body) };
    let Some(encodings) = fields::value(&message.fields, "content-encoding") else {
        return Ok(body);
    };
    let encodings = String::from_utf8_lossy(encodings).to_ascii_lowercase();
    let names: Vec<&str> = encodings.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.len() > ENCODINGS {
        return Err(Damage::new(FaultKind::BadBody, format!("{} content encodings on one body", names.len())));
    }
    for name in names.iter().rev() {
        let cut = truncated || body.incomplete;
        body = match encoding(name) {
            Some(encoding) => decode(encoding, name, body, cut, caps)?,
            // Unknown names (`none`, `utf-8`) stand on bodies that are not encoded at all.
            None if body.bytes.is_empty() || media::looks_like_text(&body.bytes) => body,
            None => return Err(Damage::new(FaultKind::BadBody, "unknown content encoding")),
        };
    }
    Ok(body)
}

fn whole(bytes: &[u8]) -> Body<'_> {
    Body { bytes: Cow::Borrowed(bytes), incomplete: false }
}

fn encoding(name: &str) -> Option<Encoding> {
    Some(match name {
        "gzip" | "x-gzip" => Encoding::Gzip,
        "deflate" | "x-deflate" => Encoding::Deflate,
        "br" => Encoding::Brotli,
        "zstd" => Encoding::Zstd,
        _ => return None,
    })
}

fn decode<'a>(encoding: Encoding, name: &str, body: Body<'a>, cut: bool, caps: &Caps) -> Result<Body<'a>, Damage> {
    if body.bytes.is_empty() {
        return Ok(body);
    }
    // Crawlers often store the body decoded and keep the header.
    let plain = match encoding {
        Encoding::Gzip => !body.bytes.starts_with(&[0x1f, 0x8b]),
        Encoding::Zstd => !body.bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]),
        Encoding::Deflate | Encoding::Brotli => false,
    };
    if plain && media::looks_like_text(&body.bytes) {
        return Ok(body);
    }
    let inflated = inflate(encoding, &body.bytes, caps);
    match inflated.damage {
        None => Ok(Body { bytes: Cow::Owned(inflated.bytes), incomplete: body.incomplete }),
        Some(damage) if damage.kind == FaultKind::Bomb => {
            Err(Damage::new(FaultKind::Bomb, format!("{name} body: {}", damage.detail)))
        }
        Some(damage) if damage.kind == FaultKind::Truncated && cut && !inflated.bytes.is_empty() => {
            Ok(Body { bytes: Cow::Owned(inflated.bytes), incomplete: true })
        }
        Some(_) if media::looks_like_html(&body.bytes) => Ok(body),
        Some(damage) => Err(Damage::new(FaultKind::BadBody, format!("{name} body: {}", damage.detail))),
    }
}

/// Takes the chunks together (RFC 9112, 7.1). A body whose first line is no chunk size was stored without its chunks; one
/// that ends inside a chunk, or without the last one, is incomplete; anything else that does not fit is damage.
fn dechunk(stored: &[u8]) -> Result<Body<'_>, Damage> {
    let mut rest = stored;
    let mut bytes = Vec::new();
    let mut first = true;
    loop {
        let window = &rest[..rest.len().min(CHUNK_LINE)];
        let line_end = memchr::memchr(b'\n', window);
        let size = line_end.and_then(|end| chunk_size(&window[..end]));
        let (Some(end), Some(size)) = (line_end, size) else {
            if first {
                return Ok(whole(stored));
            }
            if rest.trim_ascii().is_empty() {
                return Ok(Body { bytes: Cow::Owned(bytes), incomplete: true });
            }
            return Err(Damage::new(FaultKind::BadBody, "a chunk has no valid size"));
        };
        rest = &rest[end + 1..];
        if size == 0 {
            return Ok(Body { bytes: Cow::Owned(bytes), incomplete: false });
        }
        if size > rest.len() as u64 {
            bytes.extend_from_slice(rest);
            return Ok(Body { bytes: Cow::Owned(bytes), incomplete: true });
        }
        let (chunk, behind) = rest.split_at(size as usize);
        bytes.extend_from_slice(chunk);
        rest = behind.strip_prefix(b"\r\n").or(behind.strip_prefix(b"\n")).unwrap_or(behind);
        if rest.len() == behind.len() && !behind.is_empty() {
            return Err(Damage::new(FaultKind::BadBody, "a chunk is longer than its size"));
        }
        first = false;
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let size = line.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    if size.is_empty() || size.len() > 15 {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(size).ok().filter(|text| !text.starts_with('+'))?, 16).ok()
}
