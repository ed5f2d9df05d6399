//! WARC records (ISO 28500): heads for the reader, documents for [`super::decode`].

use std::borrow::Cow;

use super::fields::{self, Field, text};
use super::http;
use super::media::{self, Class};
use super::records::{Head, Role};
use super::segments;
use super::{Decoded, InputSpec};
use crate::document::{Document, Markup, Value};
use crate::robots::is_robots_url;

/// Whether `bytes`, standing anywhere, surely begin a record: `WARC/1.0`, a line end, and a field.
pub(super) fn confirms(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"WARC/") else {
        return false;
    };
    let version = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    if !(1..=8).contains(&version) {
        return false;
    }
    let rest = rest[version..].strip_prefix(b"\r").unwrap_or(&rest[version..]);
    let Some(line) = rest.strip_prefix(b"\n") else {
        return false;
    };
    let name = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    (1..=60).contains(&name) && line.get(name) == Some(&b':')
}

/// Reads what the record reader must know.
pub(super) fn head(head: &[u8]) -> Result<Head, String> {
    let (_, fields) = fields::parse(head);
    let Some(length) = fields::value(&fields, "content-length") else {
        return Err("the record has no `Content-Length`".into());
    };
    let length = fields::number(length).ok_or("`Content-Length` is not a number")?;
    let kind = fields::value(&fields, "warc-type").unwrap_or_default().to_ascii_lowercase();
    let role = match kind.as_slice() {
        b"response" | b"resource" | b"conversion" => Role::Document,
        b"warcinfo" => Role::Other("warcinfo"),
        b"request" => Role::Other("request"),
        b"metadata" => Role::Other("metadata"),
        b"revisit" => Role::Other("revisit"),
        b"continuation" => Role::Continuation,
        b"" => return Err("the record has no `WARC-Type`".into()),
        _ => Role::Other("warc-other"),
    };
    Ok(Head { length, segment: segments::head(&fields, role == Role::Continuation), role })
}

/// Decodes a record.
pub(super) fn decode(spec: &InputSpec, offset: u64, length: u64, bytes: &[u8], body: usize) -> Decoded {
    let (head, block) = bytes.split_at(body.min(bytes.len()));
    let (_, fields) = fields::parse(head);
    let mut document = document(spec, offset, &fields);
    let content_type = fields::value(&fields, "content-type").unwrap_or_default();
    let kind = fields::value(&fields, "warc-type").unwrap_or_default();
    let done = if kind.eq_ignore_ascii_case(b"response") && is_http(content_type, block) {
        let truncated = fields::value(&fields, "warc-truncated").is_some();
        let identified = fields::value(&fields, "warc-identified-payload-type").unwrap_or_default();
        response(spec, &mut document, block, truncated, identified)
    } else if kind.eq_ignore_ascii_case(b"response") {
        return other(if content_type.starts_with(b"text/dns") { "media:dns" } else { "response-not-http" });
    } else {
        resource(spec, &mut document, block, content_type)
    };
    match done {
        Ok(None) => Decoded::Document(document),
        Ok(Some(kind)) => Decoded::Other { kind },
        Err(damage) => Decoded::Fault(spec.fault(damage.kind, offset, length, damage.detail, bytes)),
    }
}

fn other(kind: &'static str) -> Decoded {
    Decoded::Other { kind: Cow::Borrowed(kind) }
}

fn document(spec: &InputSpec, offset: u64, fields: &[Field<'_>]) -> Document {
    let mut document = spec.document(offset);
    document.source_id = fields::value(fields, "warc-record-id").map(|id| text(bare(id)));
    document.url = fields::value(fields, "warc-target-uri").map(|url| text(bare(url)));
    document.date = fields::value(fields, "warc-date").map(text);
    if let Some(reason) = fields::value(fields, "warc-truncated").filter(|_| spec.carry.wants("warc_truncated")) {
        document.metadata.push(("warc_truncated".into(), Value::Str(text(reason))));
    }
    let identified = fields::value(fields, "warc-identified-payload-type");
    if let Some(media) = identified.filter(|_| spec.carry.wants("warc_payload_type")) {
        document.metadata.push(("warc_payload_type".into(), Value::Str(one_line(&text(media)))));
    }
    document
}

/// wget writes target URIs in the angle brackets that the standard's grammar shows.
pub(super) fn bare(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"<").and_then(|value| value.strip_suffix(b">")).unwrap_or(value)
}

/// Responses without a `Content-Type` are told by their content.
fn is_http(content_type: &[u8], block: &[u8]) -> bool {
    let declared = content_type.to_ascii_lowercase();
    if declared.is_empty() { http::begins(block.trim_ascii_start()) } else { declared.starts_with(b"application/http") }
}

type Outcome = Result<Option<Cow<'static, str>>, crate::storage::capped::Damage>;

/// Fills `document` from an HTTP response, or says why it is none.
pub(super) fn response(
    spec: &InputSpec,
    document: &mut Document,
    block: &[u8],
    truncated: bool,
    identified: &[u8],
) -> Outcome {
    let message = http::parse(block, &spec.limits)?;
    if let Some(kind) = spec.accept.status(message.status) {
        return Ok(Some(kind));
    }
    // Instructions for crawlers are no text to learn from; the step `robots` reads them by itself.
    if document.url.as_deref().is_some_and(is_robots_url) {
        return Ok(Some(Cow::Borrowed("robots.txt")));
    }
    let declared = fields::value(&message.fields, "content-type").unwrap_or_default();
    let (mut media, charset) = media::content_type(declared);
    if media.is_none() {
        media = media::content_type(identified).0;
    }
    // A declared image is not worth decoding.
    if let Class::Other(kind) = spec.accept.class(media.as_deref(), b"")
        && kind != "media:unknown"
    {
        return Ok(Some(Cow::Borrowed(kind)));
    }
    let body = http::body(&message, truncated, &spec.limits)?;
    headers(spec, document, &message);
    if body.incomplete && spec.carry.wants("http_body") {
        document.metadata.push(("http_body".into(), Value::Str("incomplete".into())));
    }
    Ok(page(spec, document, media, charset, body.bytes.into_owned()))
}

/// What a carried header is called.
const CARRIED: [(&str, &str); 6] = [
    ("content-type", "http_content_type"),
    ("content-language", "http_content_language"),
    ("last-modified", "http_last_modified"),
    ("x-robots-tag", "http_x_robots_tag"),
    ("tdm-reservation", "http_tdm_reservation"),
    ("tdm-policy", "http_tdm_policy"),
];

/// The longest header that is carried, in bytes; longer ones are cut.
const CARRIED_BYTES: usize = 1000;

/// Carries the status and the headers that say something of the page.
fn headers(spec: &InputSpec, document: &mut Document, message: &http::Message<'_>) {
    if spec.carry.wants("http_status") {
        document.metadata.push(("http_status".into(), Value::Int(message.status.into())));
    }
    for (header, name) in CARRIED {
        // A header that comes twice is a list (RFC 9110, 5.3).
        let given = message.fields.iter().filter(|field| field.name.eq_ignore_ascii_case(header.as_bytes()));
        let values: Vec<String> = given.map(|field| text(&field.value)).collect();
        if !values.is_empty() && spec.carry.wants(name) {
            document.metadata.push((name.into(), Value::Str(one_line(&values.join(", ")))));
        }
    }
}

/// A header without control characters, not too long.
fn one_line(value: &str) -> String {
    let mut end = value.len().min(CARRIED_BYTES);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value[..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn resource(spec: &InputSpec, document: &mut Document, block: &[u8], content_type: &[u8]) -> Outcome {
    let (media, charset) = media::content_type(content_type);
    if charset.is_none()
        && spec.accept.class(media.as_deref(), block) == Class::Text
        && let Some(valid) = super::utf8::text(block)
    {
        if let Some(kind) = spec.accept.length(block.len()) {
            return Ok(Some(kind));
        }
        // The conversions of a WET file are plain UTF-8: nothing is left to extract.
        document.text = valid.to_owned();
        return Ok(None);
    }
    Ok(page(spec, document, media, charset, block.to_vec()))
}

fn page(
    spec: &InputSpec,
    document: &mut Document,
    media: Option<String>,
    charset: Option<String>,
    bytes: Vec<u8>,
) -> Option<Cow<'static, str>> {
    if let Some(kind) = spec.accept.length(bytes.len()) {
        return Some(kind);
    }
    let media_type = match spec.accept.class(media.as_deref(), &bytes) {
        Class::Html(media) => media,
        Class::Text => "text/plain".to_owned(),
        Class::Other(kind) => return Some(Cow::Borrowed(kind)),
    };
    document.markup = Some(Markup { bytes, charset, media_type: Some(media_type) });
    None
}
