//! What each fuzz target does with its bytes, and the laws that it checks. Shared by cargo-fuzz (`fuzz_targets`) and by the
//! hammer of the stable toolchain (`benches/hammer.rs`).

use std::sync::Arc;

use gristmill::document::Document;
use gristmill::extract::{Options, charset, extract};
use gristmill::readers::{Decoded, Format, InputSpec, Item, decode, open, split};
use gristmill::storage::capped::Caps;
use gristmill::storage::source::{ByteSource, MemorySource};

/// The targets by name.
pub const TARGETS: [&str; 10] = ["gzip", "zstd", "lz4", "warc", "arc", "wacz", "jsonl", "parquet", "html", "charset"];

/// The record limit under which readers are hammered: small, so that passing it shows.
pub const RECORD_BYTES: u64 = 1 << 20;
/// Memory that any reader may take beyond its record limit, in bytes: windows, buffers and tables.
pub const MEMORY: u64 = 96 << 20;

/// What came of an input.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Records that were documents.
    pub documents: u64,
    /// Whole records that were none.
    pub others: u64,
    /// Kinds of damage, as they came.
    pub faults: Vec<&'static str>,
    /// Bytes of text and markup.
    pub bytes: u64,
    /// Where documents stand.
    offsets: Vec<u64>,
}

/// Runs one target over one input.
///
/// # Panics
/// When a law is broken: that is what fuzzing looks for.
pub fn run(target: &str, data: &[u8]) -> Outcome {
    match target {
        "html" => html(data),
        "charset" => text(data),
        _ => reader(target, data),
    }
}

fn limits() -> Caps {
    Caps {
        record_bytes: RECORD_BYTES,
        ratio_floor: 64 << 10,
        zstd_window_log: 23,
        row_group_bytes: 8 << 20,
        ..Caps::default()
    }
}

fn reader(target: &str, data: &[u8]) -> Outcome {
    let mut spec = InputSpec::new("fuzz", "input");
    spec.limits = limits();
    spec.format = match target {
        "warc" => Format::Warc,
        "arc" => Format::Arc,
        "jsonl" => Format::Jsonl,
        "parquet" => Format::Parquet,
        "wacz" => Format::Wacz,
        // What is inside a compressed file is told by its content.
        _ => Format::Auto,
    };
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(data.to_vec()));
    let whole = read(&spec, &source);
    // Every item takes a byte at least, compressed ones a share of one.
    let most = 4096 + 1100 * data.len() as u64;
    assert!(whole.documents + whole.others + whole.faults.len() as u64 <= most, "more items than bytes");
    // One in eight is read in parts as well: damage may cost more or less there, but sound files are the same.
    if data.len().is_multiple_of(8) && target != "wacz" {
        in_parts(&spec, &source, data.len() as u64 / 3 + 1, &whole);
    }
    whole
}

fn in_parts(spec: &InputSpec, source: &Arc<dyn ByteSource>, target: u64, whole: &Outcome) {
    let Ok(ranges) = split(spec, source, target) else { panic!("memory does not fail") };
    let mut parts = Outcome::default();
    for range in ranges {
        let part = read(&InputSpec { range: Some(range), ..spec.clone() }, source);
        parts.documents += part.documents;
        parts.offsets.extend(part.offsets);
        parts.faults.extend(part.faults);
    }
    if whole.faults.is_empty() && parts.faults.is_empty() {
        assert_eq!(parts.offsets, whole.offsets, "parts hold other documents than the whole");
    }
}

fn read(spec: &InputSpec, source: &Arc<dyn ByteSource>) -> Outcome {
    let mut outcome = Outcome::default();
    let Ok(mut reader) = open(spec, source) else { panic!("memory does not fail") };
    loop {
        match reader.next_item() {
            Err(failure) => panic!("memory does not fail: {failure}"),
            Ok(None) => return outcome,
            Ok(Some(Item::Other { .. })) => outcome.others += 1,
            Ok(Some(Item::Fault(fault))) => outcome.faults.push(fault.kind.code()),
            Ok(Some(Item::Record(record))) => {
                assert!(record.payload.size() as u64 <= RECORD_BYTES * 9 + (1 << 17), "a record passes the limit");
                match decode(spec, record) {
                    Decoded::Document(document) => outcome.add(&document),
                    Decoded::Other { .. } => outcome.others += 1,
                    Decoded::Fault(fault) => outcome.faults.push(fault.kind.code()),
                }
            }
        }
        assert!(reader.position() <= source.len(), "a reader stands behind the end of its file");
    }
}

impl Outcome {
    fn add(&mut self, document: &Document) {
        self.documents += 1;
        self.offsets.push(document.origin.offset);
        self.bytes += document.text.len() as u64;
        if let Some(markup) = &document.markup {
            assert!(markup.bytes.len() as u64 <= RECORD_BYTES + 1, "a body passes the limit");
            self.bytes += markup.bytes.len() as u64;
        }
    }
}

fn html(data: &[u8]) -> Outcome {
    let decoded = charset::decode(data, None, true);
    let mut outcome = Outcome::default();
    match extract(&decoded.text, &Options::default()) {
        Ok(page) => {
            outcome.documents = 1;
            outcome.bytes = page.text.len() as u64;
            let again = extract(&decoded.text, &Options::default()).map(|page| page.text);
            assert_eq!(again.ok().as_deref(), Some(page.text.as_str()), "extraction differs from itself");
        }
        Err(_) => outcome.faults.push("over-budget"),
    }
    outcome
}

fn text(data: &[u8]) -> Outcome {
    let mut outcome = Outcome::default();
    let labels = [
        None,
        Some("utf-8"),
        Some("text/html; charset=windows-1252"),
        Some("shift_jis"),
        Some("gb18030"),
        Some("johab"),
        Some("euc-tw"),
        Some("iso-2022-kr"),
        Some("hz"),
        Some("utf-16"),
        Some("koi8-r"),
        Some("viscii"),
        Some("bogus"),
    ];
    let picked = labels[data.len() % labels.len()];
    for header in [None, picked] {
        let decoded = charset::decode(data, header, true);
        let flood = decoded.text.chars().filter(|c| *c == '\u{FFFD}').count() as u64;
        assert!(decoded.replacements <= flood, "more replacements are told than stand in the text");
        // Four bytes of output for one of input is the most (one byte to three of UTF-8, and marks).
        assert!(decoded.text.len() <= 4 * data.len() + 8, "a text grew without bound");
        if std::str::from_utf8(data).is_ok() && decoded.encoding == "UTF-8" {
            let plain = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
            assert_eq!(decoded.text.as_bytes(), plain, "valid UTF-8 was changed");
        }
        outcome.documents += 1;
        outcome.bytes += decoded.text.len() as u64;
        outcome.faults.extend((decoded.replacements > 0).then_some("replacements"));
    }
    outcome
}
