use std::sync::Arc;

/// What kind of damage a piece of input has. Each kind has a stable code, used in the quarantine, the report and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// The compressed stream ends before its end marker.
    Truncated,
    /// The compressed data are invalid (bad block, bad CRC, bad length).
    BadCompression,
    /// Decompression would pass the absolute or the ratio limit.
    Bomb,
    /// A record is longer than the record limit.
    TooLarge,
    /// A WARC, WET or ARC header does not parse.
    BadRecordHeader,
    /// A declared length does not fit what is there.
    BadLength,
    /// Bytes between records that belong to none.
    Junk,
    /// A part of a record that was written in segments (WARC 1.1, section 7) whose other parts are not beside it.
    BadSegment,
    /// The HTTP message of a record does not parse.
    BadHttp,
    /// The HTTP body cannot be decoded (chunks, content encoding).
    BadBody,
    /// Bytes that are not valid in the declared or detected charset, beyond the tolerated share.
    BadCharset,
    /// A JSON line that does not parse.
    BadJson,
    /// The text field or column is missing, null or of another type.
    NoText,
    /// A Parquet file, row group or page that does not decode.
    BadParquet,
    /// A zip container (WACZ) whose directory or members do not fit what is there.
    BadArchive,
    /// The format of a file cannot be told.
    UnknownFormat,
    /// A page that passes the extraction budget (nodes, depth, bytes).
    OverBudget,
    /// A decoder or step panicked on this record: a bug of ours, contained.
    Panic,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::Truncated,
        Self::BadCompression,
        Self::Bomb,
        Self::TooLarge,
        Self::BadRecordHeader,
        Self::BadLength,
        Self::Junk,
        Self::BadSegment,
        Self::BadHttp,
        Self::BadBody,
        Self::BadCharset,
        Self::BadJson,
        Self::NoText,
        Self::BadParquet,
        Self::BadArchive,
        Self::UnknownFormat,
        Self::OverBudget,
        Self::Panic,
    ];

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::BadCompression => "bad-compression",
            Self::Bomb => "bomb",
            Self::TooLarge => "too-large",
            Self::BadRecordHeader => "bad-record-header",
            Self::BadLength => "bad-length",
            Self::Junk => "junk",
            Self::BadSegment => "bad-segment",
            Self::BadHttp => "bad-http",
            Self::BadBody => "bad-body",
            Self::BadCharset => "bad-charset",
            Self::BadJson => "bad-json",
            Self::NoText => "no-text",
            Self::BadParquet => "bad-parquet",
            Self::BadArchive => "bad-archive",
            Self::UnknownFormat => "unknown-format",
            Self::OverBudget => "over-budget",
            Self::Panic => "panic",
        }
    }
}

/// One piece of bad input: it is set aside and counted, and the run goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The input file.
    pub file: Arc<str>,
    /// Where the damaged record starts (same meaning as [`super::Origin::offset`]).
    pub offset: u64,
    /// Bytes of the stored file (or stream) that were passed over.
    pub length: u64,
    /// One line for people: what was found and what was expected. Never contains document text.
    pub detail: String,
    /// The damaged bytes, cut to at most [`Fault::PREVIEW`] bytes, for the quarantine file.
    pub raw: Vec<u8>,
}

impl Fault {
    /// How many bytes of a damaged record the quarantine keeps at most.
    pub const PREVIEW: usize = 64 * 1024;
}
