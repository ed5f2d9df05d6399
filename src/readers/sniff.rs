//! Tells what a file holds from its first bytes, never from its name.

use std::io;
use std::sync::Arc;

use super::records::Dialect;
use super::{Format, InputSpec, media};
use crate::storage::segments::{Codec, Piece, SegmentStream, Stop};
use crate::storage::source::ByteSource;
use crate::storage::zip;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The format; [`Format::Auto`] when it cannot be told.
    pub(super) format: Format,
    /// The compression around it.
    pub(super) codec: Codec,
    /// Whether nothing but blanks is in it.
    pub(super) empty: bool,
}

/// Bytes looked at.
const LOOK: usize = 8 << 10;

/// Looks at the file, decompressing its beginning if need be. A format that `spec` names is believed.
pub(super) fn sniff(spec: &InputSpec, source: &Arc<dyn ByteSource>) -> io::Result<Found> {
    let head = source.read_at(0, LOOK)?;
    let codec = Codec::sniff(&head);
    let records = matches!(spec.format, Format::Auto | Format::Warc | Format::Wet | Format::Arc | Format::Wacz);
    if records && zip::begins(&head) {
        return Ok(Found { format: Format::Wacz, codec: Codec::Plain, empty: false });
    }
    if spec.format != Format::Auto {
        let codec = if spec.format == Format::Parquet { Codec::Plain } else { codec };
        return Ok(Found { format: spec.format, codec, empty: false });
    }
    let (head, whole) =
        if codec == Codec::Plain { (head, source.len() <= LOOK as u64) } else { inner(spec, source, codec)? };
    let empty = whole && head.trim_ascii().is_empty();
    Ok(Found { format: format(&head), codec, empty })
}

fn format(head: &[u8]) -> Format {
    if head.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    let head = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head).trim_ascii_start();
    if head.starts_with(b"WARC/") {
        Format::Warc
    } else if head.starts_with(b"filedesc://") || Dialect::Arc.confirms(head) {
        Format::Arc
    } else if head.starts_with(b"{") {
        Format::Jsonl
    } else if media::looks_like_html(head) {
        Format::Html
    } else if !head.is_empty() && media::looks_like_text(head) {
        Format::Text
    } else {
        Format::Auto
    }
}

/// The first decompressed bytes (those of the first readable segment when the first is damaged), and whether they are all.
fn inner(spec: &InputSpec, source: &Arc<dyn ByteSource>, codec: Codec) -> io::Result<(Vec<u8>, bool)> {
    let mut stream = SegmentStream::open(source, codec, spec.limits, 0)?;
    let mut head = Vec::with_capacity(LOOK);
    let (mut whole, mut damaged) = (false, false);
    while head.len() < LOOK {
        match stream.read(&mut head) {
            Ok(Piece::Data(_) | Piece::Start(_)) => {}
            Ok(Piece::End) => {
                whole = !damaged;
                break;
            }
            Err(Stop::Io(error)) => return Err(error),
            Err(Stop::Damage(_)) if head.is_empty() => {
                damaged = true;
                let known = |bytes: &[u8]| !matches!(format(bytes), Format::Auto | Format::Text);
                if stream.recover(&known)?.is_none() {
                    break;
                }
            }
            Err(Stop::Damage(_)) => break,
        }
    }
    Ok((head, whole))
}
