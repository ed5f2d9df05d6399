//! Readers: a stored input becomes records, and records become documents.
//!
//! [`open`] gives a sequential [`RecordReader`]; [`decode`] turns one [`RawRecord`] into a [`Document`] and is pure, so
//! that many run side by side; [`split`] says where a file can be cut. Damage costs the record it stands in: the reader
//! reports a [`Fault`] and goes on behind it.

mod accept;
mod arc;
mod archive;
mod feed;
mod fields;
mod http;
mod jsonl;
mod media;
mod parquet;
mod records;
mod robots;
mod segments;
mod shared;
mod sniff;
mod split;
mod utf8;
mod warc;
mod whole;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use thiserror::Error;

use crate::document::{DocId, Document, Fault, FaultKind, Origin};
use crate::storage::capped::Caps;
use crate::storage::segments::Codec;
use crate::storage::source::ByteSource;

pub use accept::{Accept, MEDIA_TYPES, status_range};
pub use split::split;

use self::feed::{Address, Feed};
pub use self::parquet::Row;
pub use self::robots::{RobotsCapture, RobotsRecord, robots_record};
pub use self::shared::Shared;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// To be told from the content.
    #[default]
    Auto,
    /// WARC 0.17, 1.0 and 1.1.
    Warc,
    /// WARC with `conversion` records of plain text; read by the same reader.
    Wet,
    /// Internet Archive ARC, versions 1 and 2.
    Arc,
    /// A zip container of WARC or ARC files, as WACZ is one. Found by its content wherever record files are expected.
    Wacz,
    /// One JSON object a line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
    /// One file of text, one document.
    Text,
    /// One file of HTML, one document.
    Html,
}

/// Names of the fields or columns that mean something to gristmill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldNames {
    /// The text.
    pub text: String,
    /// The document's own identifier.
    pub id: String,
    /// Where it was fetched from.
    pub url: String,
    /// When it was captured or made.
    pub date: String,
}

impl Default for FieldNames {
    /// `text`, `id`, `url`, `date`: what C4, FineWeb and Dolma files call them.
    fn default() -> Self {
        Self { text: "text".into(), id: "id".into(), url: "url".into(), date: "date".into() }
    }
}

/// Which other fields are carried along as metadata.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Carry {
    /// Every one.
    #[default]
    All,
    /// None.
    None,
    /// These.
    List(Vec<String>),
}

impl Carry {
    /// Whether field `name` is carried.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::List(names) => names.iter().any(|wanted| wanted == name),
        }
    }
}

/// What to read and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputSpec {
    /// Name of the source, as the config gives it; part of every [`DocId`].
    pub source: Arc<str>,
    /// The file, as the plan names it; part of every [`DocId`].
    pub file: Arc<str>,
    /// What the file holds.
    pub format: Format,
    /// Names of fields and columns.
    pub fields: FieldNames,
    /// Which other fields are carried.
    pub carry: Carry,
    /// Which archive records are documents.
    pub accept: Accept,
    /// Limits on one record.
    pub limits: Caps,
    /// Only the records that start in these stored bytes (row numbers for Parquet), as [`split`] cuts them.
    pub range: Option<(u64, u64)>,
}

impl InputSpec {
    /// A whole file with every default.
    #[must_use]
    pub fn new(source: &str, file: &str) -> Self {
        Self {
            source: source.into(),
            file: file.into(),
            format: Format::Auto,
            fields: FieldNames::default(),
            carry: Carry::All,
            accept: Accept::default(),
            limits: Caps::default(),
            range: None,
        }
    }

    fn fault(&self, kind: FaultKind, offset: u64, length: u64, detail: impl Into<String>, raw: &[u8]) -> Fault {
        let raw = raw[..raw.len().min(Fault::PREVIEW)].to_vec();
        Fault { kind, file: Arc::clone(&self.file), offset, length, detail: detail.into(), raw }
    }

    fn document(&self, offset: u64) -> Document {
        Document {
            id: DocId::of(&self.source, &self.file, offset),
            origin: Origin { file: Arc::clone(&self.file), offset },
            source_id: None,
            url: None,
            date: None,
            markup: None,
            text: String::new(),
            metadata: Vec::new(),
        }
    }
}

/// The undecoded content of a record.
#[derive(Debug, Clone)]
pub enum Payload {
    /// A WARC record: its head (version line, fields, blank line) and, from `body` on, its block.
    Warc {
        /// Head and block.
        bytes: Shared,
        /// Where the block begins.
        body: usize,
    },
    /// An ARC record: its header line and, from `body` on, its content.
    Arc {
        /// Header line and content.
        bytes: Shared,
        /// Where the content begins.
        body: usize,
    },
    /// A line of JSON without its line end.
    Line(Shared),
    /// A row of Parquet.
    Row(Row),
    /// A whole file.
    File {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Whether it is HTML rather than plain text.
        html: bool,
    },
}

impl Payload {
    /// Bytes held in memory, for batch budgets.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Warc { bytes, .. } | Self::Arc { bytes, .. } | Self::Line(bytes) => bytes.size(),
            Self::File { bytes, .. } => bytes.len(),
            Self::Row(row) => row.size(),
        }
    }
}

/// One record as it stands in the file.
#[derive(Debug, Clone)]
pub struct RawRecord {
    /// Where it starts, see [`Origin::offset`].
    pub offset: u64,
    /// How much it took: stored bytes where the offset counts stored bytes, else bytes of the decompressed stream.
    pub length: u64,
    /// Its content.
    pub payload: Payload,
}

/// What a reader met.
#[derive(Debug, Clone)]
pub enum Item {
    /// A record that may be a document.
    Record(RawRecord),
    /// Something whole that is no document: `warcinfo`, `request`, a blank line. It is counted.
    Other {
        /// What it is.
        kind: Cow<'static, str>,
        /// Where it starts.
        offset: u64,
        /// How much it took.
        length: u64,
    },
    /// Damage.
    Fault(Fault),
}

/// The medium failed: a failure of the world, not of the data.
#[derive(Debug, Error)]
#[error("cannot read `{file}` near byte {offset}: {source}")]
pub struct ReadFailure {
    /// The input file.
    pub file: Arc<str>,
    /// Stored offset near which it failed.
    pub offset: u64,
    /// What the medium said.
    pub source: io::Error,
}

impl ReadFailure {
    fn new(spec: &InputSpec, offset: u64, source: io::Error) -> Self {
        Self { file: Arc::clone(&spec.file), offset, source }
    }
}

/// A sequential reader of one input (or a range of it).
pub trait RecordReader: Send {
    /// The next thing in the file, `None` at its end.
    ///
    /// # Errors
    /// Only when the medium fails; damaged data are [`Item::Fault`].
    fn next_item(&mut self) -> Result<Option<Item>, ReadFailure>;

    /// Stored bytes consumed so far, for progress.
    fn position(&self) -> u64;
}

/// What [`decode`] made of a record.
#[derive(Debug, Clone, PartialEq)]
// Nearly all are documents, so boxing them would cost more than it saves.
#[allow(clippy::large_enum_variant)]
pub enum Decoded {
    /// A document.
    Document(Document),
    /// A whole record that is no document: an image, a 404. It is counted.
    Other {
        /// What it is.
        kind: Cow<'static, str>,
    },
    /// Damage.
    Fault(Fault),
}

/// Opens `source` as `spec` says.
///
/// # Errors
/// When the medium fails.
pub fn open(spec: &InputSpec, source: &Arc<dyn ByteSource>) -> Result<Box<dyn RecordReader>, ReadFailure> {
    let failure = |error| ReadFailure::new(spec, 0, error);
    let sniffed = sniff::sniff(spec, source).map_err(failure)?;
    open_as(spec, source, sniffed).map_err(failure)
}

fn open_as(spec: &InputSpec, source: &Arc<dyn ByteSource>, found: sniff::Found) -> io::Result<Box<dyn RecordReader>> {
    Ok(match found.format {
        Format::Warc | Format::Wet => {
            Box::new(segments::Joined::open(spec, source, found.codec, records::Dialect::Warc)?)
        }
        Format::Arc => Box::new(segments::Joined::open(spec, source, found.codec, records::Dialect::Arc)?),
        Format::Jsonl => Box::new(jsonl::Lines::open(spec, source, found.codec)?),
        Format::Parquet => parquet::open(spec, source)?,
        Format::Text => Box::new(whole::Whole::open(spec, source, found.codec, false)?),
        Format::Html => Box::new(whole::Whole::open(spec, source, found.codec, true)?),
        Format::Wacz => Box::new(archive::Archive::open(spec, source)?),
        Format::Auto => whole::unknown(spec, source, found.empty)?,
    })
}

/// Decodes one record: pure, so that records can be decoded side by side.
#[must_use]
pub fn decode(spec: &InputSpec, record: RawRecord) -> Decoded {
    let RawRecord { offset, length, payload } = record;
    match payload {
        Payload::Warc { bytes, body } => warc::decode(spec, offset, length, &bytes, body),
        Payload::Arc { bytes, body } => arc::decode(spec, offset, length, &bytes, body),
        Payload::Line(line) => jsonl::decode(spec, offset, length, &line),
        Payload::Row(row) => parquet::decode(spec, offset, length, &row),
        Payload::File { bytes, html } => whole::decode(spec, offset, bytes, html),
    }
}

/// Opens the feed of a line or record reader at the start of its range, and says how its records are addressed.
fn feed(
    spec: &InputSpec,
    source: &Arc<dyn ByteSource>,
    codec: Codec,
    per_segment: impl FnOnce(Feed) -> io::Result<bool>,
    confirm: &dyn Fn(&[u8]) -> bool,
) -> io::Result<Feed> {
    let from = spec.range.map_or(0, |(from, _)| from);
    if codec == Codec::Plain {
        // One byte earlier, to see whether a line starts right at the range.
        return Feed::open(source, codec, spec.limits, from.saturating_sub(1));
    }
    // Every range of a file must address alike, so all look at its head.
    let probe = Feed::open(source, codec, spec.limits, 0)?;
    let address = if per_segment(probe)? { Address::Segment } else { Address::Stream };
    let mut feed = Feed::open(source, codec, spec.limits, 0)?;
    if from > 0 {
        feed.find(from, confirm)?;
    }
    feed.set_address(address);
    Ok(feed)
}
