//! Which media types are documents, told by what is declared, and by the content only where nothing is.

/// What a body is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Class {
    /// HTML or XHTML, with its media type.
    Html(String),
    /// Plain text.
    Text,
    /// No document; counted under this kind.
    Other(&'static str),
}

/// Bytes looked at for markup.
const LOOK: usize = 1024;

/// A declared `Content-Type`: the lower-case media type and the charset, both cleaned.
pub(super) fn content_type(value: &[u8]) -> (Option<String>, Option<String>) {
    let value = String::from_utf8_lossy(value).to_ascii_lowercase();
    let mut parts = value.split([';', ',']);
    let media = parts.next().map(str::trim).filter(|media| media.contains('/') && media.len() <= 100);
    let charset = parts.find_map(|part| part.trim().strip_prefix("charset").map(str::trim_start)?.strip_prefix('='));
    let charset = charset
        .map(|name| name.trim_matches([' ', '"', '\'', '\t']))
        .filter(|name| !name.is_empty() && name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_graphic()));
    (media.map(str::to_owned), charset.map(str::to_owned))
}

/// What a body of media type `declared` is. Absent, empty and `application/octet-stream` types are looked into.
pub(super) fn classify(declared: Option<&str>, body: &[u8]) -> Class {
    match declared {
        Some("text/html" | "application/xhtml+xml" | "application/vnd.wap.xhtml+xml" | "text/xhtml") => {
            Class::Html(declared.unwrap_or_default().to_owned())
        }
        Some("text/plain") => Class::Text,
        None
        | Some("application/octet-stream" | "application/unknown" | "unknown/unknown" | "application/x-unknown") => {
            if looks_like_html(body) {
                Class::Html("text/html".to_owned())
            } else if declared.is_none() && !body.is_empty() && looks_like_text(body) {
                Class::Text
            } else {
                Class::Other("media:unknown")
            }
        }
        Some(other) => Class::Other(kind(other)),
    }
}

/// A kind from a fixed set, so that hostile types cannot swell the counters.
fn kind(media: &str) -> &'static str {
    match media {
        "application/pdf" => return "media:pdf",
        "text/css" => return "media:css",
        "text/dns" => return "media:dns",
        "application/xml" | "text/xml" | "application/rss+xml" | "application/atom+xml" => return "media:xml",
        _ => {}
    }
    if media.ends_with("json") {
        return "media:json";
    }
    if media.contains("javascript") || media.contains("ecmascript") {
        return "media:script";
    }
    match media.split('/').next().unwrap_or_default() {
        "image" => "media:image",
        "audio" => "media:audio",
        "video" => "media:video",
        "font" => "media:font",
        "text" => "media:text-other",
        "application" => "media:application",
        _ => "media:other",
    }
}

/// Whether the first bytes show HTML: a doctype, or one of the tags that begin a page.
pub(super) fn looks_like_html(body: &[u8]) -> bool {
    let head = body[..body.len().min(LOOK)].to_ascii_lowercase();
    let head = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(&head).trim_ascii_start();
    if !head.starts_with(b"<") {
        return false;
    }
    const TAGS: [&[u8]; 8] =
        [b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<meta", b"<script", b"<table"];
    TAGS.iter().any(|tag| memchr::memmem::find(head, tag).is_some())
}

/// Whether the first bytes show text: no control bytes but white space, ESC (ISO-2022) and form feed.
pub(super) fn looks_like_text(body: &[u8]) -> bool {
    let head = &body[..body.len().min(LOOK)];
    head.iter().all(|&byte| byte >= 0x20 && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
}
