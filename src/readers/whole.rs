//! Files that are one document, and files that are nothing known.

use std::io;
use std::sync::Arc;

use super::feed::Feed;
use super::{Decoded, InputSpec, Item, Payload, RawRecord, ReadFailure, RecordReader};
use crate::document::{Fault, FaultKind, Markup};
use crate::storage::segments::Codec;
use crate::storage::source::ByteSource;

/// Reads one file as one document.
pub(super) struct Whole {
    spec: InputSpec,
    feed: Feed,
    html: bool,
    done: bool,
}

impl Whole {
    pub(super) fn open(spec: &InputSpec, source: &Arc<dyn ByteSource>, codec: Codec, html: bool) -> io::Result<Self> {
        let feed = Feed::open(source, codec, spec.limits, 0)?;
        // A document that starts at 0 belongs to the range that holds 0.
        let done = spec.range.is_some_and(|(from, _)| from > 0);
        Ok(Self { spec: spec.clone(), feed, html, done })
    }

    fn next(&mut self) -> io::Result<Option<Item>> {
        if self.done {
            return Ok(None);
        }
        self.done = true;
        let limit = usize::try_from(self.spec.limits.record_bytes).unwrap_or(usize::MAX - 1);
        let over = self.feed.ensure(limit.saturating_add(1))?;
        let bytes = self.feed.bytes();
        let length = self.feed.stored_len();
        if over {
            let detail = format!("the file passes the limit of {limit} bytes");
            return Ok(Some(Item::Fault(self.spec.fault(FaultKind::TooLarge, 0, length, detail, bytes))));
        }
        if let Some(damage) = self.feed.damage() {
            return Ok(Some(Item::Fault(self.spec.fault(damage.kind, 0, length, damage.detail.clone(), bytes))));
        }
        let payload = Payload::File { bytes: bytes.to_vec(), html: self.html };
        Ok(Some(Item::Record(RawRecord { offset: 0, length, payload })))
    }
}

impl RecordReader for Whole {
    fn next_item(&mut self) -> Result<Option<Item>, ReadFailure> {
        self.next().map_err(|error| ReadFailure::new(&self.spec, self.feed.stored_position(), error))
    }

    fn position(&self) -> u64 {
        self.feed.stored_position()
    }
}

/// Decodes a file. Text that is not UTF-8 waits, as markup of type `text/plain`, for the detection of its charset.
pub(super) fn decode(spec: &InputSpec, offset: u64, bytes: Vec<u8>, html: bool) -> Decoded {
    let mut document = spec.document(offset);
    let mut markup = |bytes, media: &str| {
        document.markup = Some(Markup { bytes, charset: None, media_type: Some(media.to_owned()) });
    };
    if html {
        markup(bytes, "text/html");
    } else {
        match String::from_utf8(bytes) {
            Ok(text) => document.text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
            Err(error) => markup(error.into_bytes(), "text/plain"),
        }
    }
    Decoded::Document(document)
}

/// A reader of one item.
struct Single {
    item: Option<Item>,
    length: u64,
}

impl RecordReader for Single {
    fn next_item(&mut self) -> Result<Option<Item>, ReadFailure> {
        Ok(self.item.take())
    }

    fn position(&self) -> u64 {
        if self.item.is_none() { self.length } else { 0 }
    }
}

/// A reader that gives `item` and ends.
pub(super) fn single(item: Option<Item>, length: u64) -> Box<dyn RecordReader> {
    Box::new(Single { item, length })
}

/// The reader of a file whose format cannot be told. An empty file holds nothing, compressed or not, which is no fault.
pub(super) fn unknown(
    spec: &InputSpec,
    source: &Arc<dyn ByteSource>,
    empty: bool,
) -> io::Result<Box<dyn RecordReader>> {
    let length = source.len();
    if length == 0 || empty || spec.range.is_some_and(|(from, _)| from > 0) {
        return Ok(single(None, length));
    }
    let raw = source.read_at(0, Fault::PREVIEW)?;
    let detail = "the content shows no known format; name one with `format`";
    Ok(single(Some(Item::Fault(spec.fault(FaultKind::UnknownFormat, 0, length, detail, &raw))), length))
}
