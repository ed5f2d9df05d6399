//! Captures of robots.txt among archive records.

use super::fields::{self, text};
use super::{Payload, RawRecord, arc, http, warc};
use crate::robots::is_robots_url;
use crate::storage::capped::Caps;

/// A capture of a site's robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsCapture {
    /// Where it was fetched from.
    pub url: String,
    /// When, as the record says.
    pub date: String,
    /// HTTP status.
    pub status: u16,
    /// Where a redirect leads, as the server wrote it.
    pub location: Option<String>,
    /// The file, decoded; empty unless the status is 200 to 299.
    pub body: Vec<u8>,
}

/// What a record is to the robots protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobotsRecord {
    /// A capture of a robots.txt.
    Capture(RobotsCapture),
    /// A capture that cannot be read.
    Damaged,
    /// Something else.
    Other,
}

/// Reads a record as a capture of robots.txt.
#[must_use]
pub fn robots_record(record: &RawRecord, caps: &Caps) -> RobotsRecord {
    let (Payload::Warc { bytes, body } | Payload::Arc { bytes, body }) = &record.payload else {
        return RobotsRecord::Other;
    };
    let (head, block) = bytes.split_at((*body).min(bytes.len()));
    // Nearly all records of a crawl are pages: they are told without taking their heads apart.
    if memchr::memmem::find(head, b"/robots.txt").is_none() {
        return RobotsRecord::Other;
    }
    let found = match &record.payload {
        Payload::Arc { .. } => arc::address(head),
        _ => warc_address(head),
    };
    let Some((url, date)) = found.filter(|(url, _)| is_robots_url(url)) else {
        return RobotsRecord::Other;
    };
    match capture(url, date, block, caps) {
        Some(capture) => RobotsRecord::Capture(capture),
        None => RobotsRecord::Damaged,
    }
}

/// Target and date of a response.
fn warc_address(head: &[u8]) -> Option<(String, String)> {
    let (_, fields) = fields::parse(head);
    let kind = fields::value(&fields, "warc-type")?;
    if !kind.eq_ignore_ascii_case(b"response") {
        return None;
    }
    let url = text(warc::bare(fields::value(&fields, "warc-target-uri")?));
    Some((url, fields::value(&fields, "warc-date").map(text).unwrap_or_default()))
}

fn capture(url: String, date: String, block: &[u8], caps: &Caps) -> Option<RobotsCapture> {
    let message = http::parse(block, caps).ok()?;
    let body = match message.status {
        // A file that ends early still says what it says up to there.
        200..300 => http::body(&message, true, caps).ok()?.bytes.into_owned(),
        _ => Vec::new(),
    };
    let location = fields::value(&message.fields, "location").map(text);
    Some(RobotsCapture { url, date, status: message.status, location, body })
}
