//! Readers over real crawl files.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gristmill::document::{Document, Fault};
use gristmill::readers::{Decoded, InputSpec, Item, decode, open};
use gristmill::storage::source::{ByteSource, MemorySource};

/// What a file gave.
#[derive(Debug, Default)]
pub struct Reading {
    /// Records by type before decoding: `record` for those that may be documents, else the kind.
    pub items: BTreeMap<String, u64>,
    /// Kinds after decoding, documents and faults left out.
    pub decoded: BTreeMap<String, u64>,
    pub documents: Vec<Document>,
    pub faults: Vec<Fault>,
}

pub fn read(spec: &InputSpec, bytes: Vec<u8>) -> Reading {
    let source: Arc<dyn ByteSource> = Arc::new(MemorySource::new(bytes));
    let mut reading = Reading::default();
    let mut reader = open(spec, &source).unwrap();
    while let Some(item) = reader.next_item().unwrap() {
        match item {
            Item::Record(record) => {
                *reading.items.entry("record".into()).or_default() += 1;
                match decode(spec, record) {
                    Decoded::Document(document) => reading.documents.push(document),
                    Decoded::Other { kind } => *reading.decoded.entry(kind.into_owned()).or_default() += 1,
                    Decoded::Fault(fault) => reading.faults.push(fault),
                }
            }
            Item::Other { kind, .. } => *reading.items.entry(kind.into_owned()).or_default() += 1,
            Item::Fault(fault) => reading.faults.push(fault),
        }
    }
    reading
}

fn data() -> Option<PathBuf> {
    let found = std::env::var_os("GRISTMILL_DATA").map(PathBuf::from);
    if found.is_none() {
        eprintln!("skipped: GRISTMILL_DATA is not set");
    }
    found
}

fn load(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Counts by type as warcio names them, with responses, resources and conversions taken together, and fault kinds.
fn counts(reading: &Reading) -> String {
    let items: Vec<String> = reading.items.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let mut faults: Vec<&str> = reading.faults.iter().map(|fault| fault.kind.code()).collect();
    faults.sort_unstable();
    format!("{} | {}", items.join(", "), faults.join(" "))
}

fn expected(types: &str) -> String {
    let mut counts = BTreeMap::new();
    for part in types.trim_matches(['{', '}']).split(", ") {
        let (name, count) = part.split_once(": ").unwrap();
        let name = match name.trim_matches('\'') {
            "response" | "resource" | "conversion" => "record",
            "arc_header" => "arc-header",
            other => other,
        };
        *counts.entry(name.to_owned()).or_insert(0) += count.parse::<u64>().unwrap();
    }
    counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", ") + " | "
}

/// Files that we read otherwise than warcio, what we read, and why.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "test/data/bad.arc",
        "record 1 | bad-http bad-record-header bad-record-header",
        "lengths of `-1` and `abc`: warcio takes them for 0 and counts records; to us they are damage",
    ),
    (
        "test/data/example-bad-non-chunked.warc.gz",
        "record 1, request 2, revisit 1, warcinfo 2 | ",
        "one gzip member over all records: warcio stops after the first, we read on",
    ),
    (
        "test/data/example-bad.warc.gz.bad",
        "record 2, request 2, revisit 1, warcinfo 1 | ",
        "one gzip member over all records: warcio stops after the first, we read on",
    ),
    (
        "test/data/example-space-in-url.arc",
        "arc-header 1 | truncated",
        "the file was edited and ends 12 bytes before the declared length; warcio gives what is there",
    ),
    (
        "test/data/example-trunc.warc",
        "quirk:length-off-by-line-end 1, record 1, request 1, warcinfo 2 | bad-body",
        "the same records; we also tell that the gzip body is cut and that stray bytes are left over",
    ),
    (
        "test/data/example-wrong-chunks.warc.gz",
        "record 1, request 1 | ",
        "lines end in LF alone; warcio stops at the body, we read the page and the request behind it",
    ),
    (
        "resources/arc/badexample.arc.gz",
        "arc-header 1, record 2 | bad-length bad-length bad-length",
        "one gzip member over all records: warcio stops; three records with cut bodies cost themselves",
    ),
    (
        "IAH-20080430204825-00000-blackbook-truncated.arc",
        "arc-header 1, record 8 | ",
        "no line end between records: warcio stops after the header, we read on",
    ),
    (
        "link-extraction-test.warc",
        "record 7, warcinfo 1 | ",
        "more blank lines between records than the standard has: warcio stops, we read on",
    ),
    (
        "Daft/tests/assets/example.warc.gz",
        "metadata 1, record 11, request 17, warcinfo 1 | ",
        "one gzip member over all records: warcio stops after the first, we read on",
    ),
    (
        "sample.warc.txt",
        "quirk:length-off-by-line-end 1, record 3 | bad-length bad-length bad-length",
        "line ends were changed from CRLF to LF, so lengths lie: warcio stops after the first record; we lose the \
         warcinfo and tell of two leftovers, the three pages are read",
    ),
];

#[test]
fn counts_are_those_of_warcio_or_the_difference_is_explained() {
    let Some(data) = data() else { return };
    let table = String::from_utf8(load(&data.join("1-crawl/EXPECT-warcio-reading.tsv"))).unwrap();
    let (mut rows, mut explained) = (0, 0);
    let mut wrong = Vec::new();
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let reading = read(&InputSpec::new("t", cells[0]), load(&data.join("1-crawl").join(cells[0])));
        let difference = DIFFERENCES.iter().find(|(file, ..)| cells[0].ends_with(file));
        let want = difference.map_or_else(|| expected(cells[3]), |(_, ours, _)| (*ours).to_owned());
        if counts(&reading) != want {
            wrong.push(format!("{}:\n  want {want}\n  have {}", cells[0], counts(&reading)));
        }
        rows += 1;
        explained += usize::from(difference.is_some());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((rows, explained), (37, DIFFERENCES.len()));
}

#[test]
fn every_packaged_page_is_read_under_its_url() {
    let Some(data) = data() else { return };
    let folder = data.join("1-crawl-packaged");
    let reading = read(&InputSpec::new("t", "p"), load(&folder.join("PACKAGED-real-html-public.warc.gz")));
    let index = String::from_utf8(load(&folder.join("PACKAGED-real-html-public.index.tsv"))).unwrap();
    assert!(reading.faults.is_empty());
    assert_eq!(reading.documents.len(), 2180);
    assert_eq!(index.lines().count(), 2180);
    for (row, document) in index.lines().zip(&reading.documents) {
        let cells: Vec<&str> = row.split('\t').collect();
        assert_eq!(document.origin.offset.to_string(), cells[0]);
        // Header values are trimmed; one URL of the index ends in a blank.
        assert_eq!(document.url.as_deref(), Some(cells[3].trim()));
        let markup = document.markup.as_ref().unwrap();
        assert_eq!(markup.media_type.as_deref(), Some("text/html"));
        assert_eq!(markup.bytes.len().to_string(), cells[4]);
    }
}

#[test]
fn wet_conversions_are_text() {
    let Some(data) = data() else { return };
    let path = data.join("1-crawl/commoncrawl+whirlwind-python/whirlwind.warc.wet.gz");
    let reading = read(&InputSpec::new("t", "wet"), load(&path));
    let document = &reading.documents[0];
    assert!(document.markup.is_none() && document.text.len() > 3000);
    assert_eq!(document.url.as_deref(), Some("https://an.wikipedia.org/wiki/Escopete"));
}

#[test]
fn brackets_around_target_uris_are_cut() {
    let Some(data) = data() else { return };
    let path = data.join("1-crawl/allenai+dolma/tests/data/warc/sample-0000.warc.gz");
    let reading = read(&InputSpec::new("t", "wget"), load(&path));
    assert!(reading.documents.len() > 20);
    assert!(reading.documents.iter().all(|document| !document.url.as_deref().unwrap_or_default().contains(['<', '>'])));
}

#[test]
fn every_document_of_the_corpus_is_read() {
    let Some(data) = data() else { return };
    for (file, count) in [("learnxinyminutes", 880), ("tensorflow-docs-l10n", 4992), ("powershell-docs", 3088)] {
        let reading = read(&InputSpec::new("t", file), load(&data.join(format!("8-corpus/{file}.jsonl.zst"))));
        assert!(reading.faults.is_empty());
        assert_eq!(reading.documents.len(), count, "{file}");
        assert!(reading.documents.iter().all(|document| !document.text.is_empty() && document.source_id.is_some()));
    }
}

#[test]
fn real_parquet_files_are_read() {
    let Some(data) = data() else { return };
    let base = data.join("6-reference/IBM+data-prep-kit/transforms");
    let files = [
        ("universal/filter/python/test-data/expected/test-default/test1.parquet", "contents"),
        ("language/lang_id/python/test-data/input/test_03.parquet", "text"),
        ("language/html2parquet/python/test-data/expected/test1.parquet", "contents"),
    ];
    for (file, column) in files {
        let mut spec = InputSpec::new("t", file);
        spec.fields.text = column.into();
        let reading = read(&spec, load(&base.join(file)));
        assert!(reading.faults.is_empty(), "{file}: {:?}", reading.faults);
        assert!(!reading.documents.is_empty());
        assert!(reading.documents.iter().enumerate().all(|(row, document)| document.origin.offset == row as u64));
        assert!(reading.documents.iter().all(|document| !document.metadata.is_empty()));
    }
}
