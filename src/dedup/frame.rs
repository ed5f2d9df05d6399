//! The frame all our binary files share: a checked header in front, a checked tail behind.
//!
//! All numbers are little-endian. Header (48 bytes): magic 8, version u32, record bytes u32, partitions u32, part u32,
//! tag u64, zero u64, XXH3-64 of the 40 bytes before. Tail (32 bytes): records u64, checksum of the content u64,
//! XXH3-64 of (header, records, checksum) u64, end magic 8.

use super::Layout;
use super::error::DedupError;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Bytes of a header.
pub(super) const HEADER: usize = 48;
/// Bytes of a tail.
pub(super) const TAIL: usize = 32;
const VERSION: u32 = 1;
const END: &[u8; 8] = b"\0gmend\r\n";

/// Kind of a file: magic and the name in errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub magic: [u8; 8],
    pub name: &'static str,
    /// Bytes of one record.
    pub record: usize,
}

/// What a header says beyond its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub layout: Layout,
    /// Map unit or partition, by kind.
    pub part: u32,
}

impl Header {
    pub fn encode(&self, kind: Kind) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        out[..8].copy_from_slice(&kind.magic);
        out[8..12].copy_from_slice(&VERSION.to_le_bytes());
        // Records are at most 128 bytes.
        out[12..16].copy_from_slice(&(kind.record as u32).to_le_bytes());
        out[16..20].copy_from_slice(&self.layout.partitions.to_le_bytes());
        out[20..24].copy_from_slice(&self.part.to_le_bytes());
        out[24..32].copy_from_slice(&self.layout.tag.to_le_bytes());
        let check = xxh3_64(&out[..40]);
        out[40..].copy_from_slice(&check.to_le_bytes());
        out
    }

    /// Reads a header and holds it against what the plan expects.
    pub fn decode(bytes: &[u8; HEADER], kind: Kind, layout: Layout) -> Result<Self, DedupError> {
        let name = kind.name;
        if bytes[..8] != kind.magic {
            return Err(DedupError::damaged(name, "the header has another magic number"));
        }
        if u64_at(bytes, 40) != xxh3_64(&bytes[..40]) {
            return Err(DedupError::damaged(name, "the header fails its checksum"));
        }
        let mismatch = |what, expected: u64, found: u64| DedupError::Mismatch { file: name, what, expected, found };
        let (version, record) = (u32_at(bytes, 8), u32_at(bytes, 12));
        if version != VERSION {
            return Err(mismatch("version", VERSION.into(), version.into()));
        }
        if record as usize != kind.record {
            return Err(mismatch("record bytes", kind.record as u64, record.into()));
        }
        let found = Layout { partitions: u32_at(bytes, 16), tag: u64_at(bytes, 24) };
        if found.partitions != layout.partitions {
            return Err(mismatch("partitions", layout.partitions.into(), found.partitions.into()));
        }
        if found.tag != layout.tag {
            return Err(mismatch("plan tag", layout.tag, found.tag));
        }
        Ok(Self { layout: found, part: u32_at(bytes, 20) })
    }
}

/// The tail of a file with this header, number of records and content checksum.
pub(super) fn encode_tail(header: &[u8; HEADER], records: u64, content: u64) -> [u8; TAIL] {
    let mut out = [0; TAIL];
    out[..8].copy_from_slice(&records.to_le_bytes());
    out[8..16].copy_from_slice(&content.to_le_bytes());
    out[16..24].copy_from_slice(&tail_check(header, records, content).to_le_bytes());
    out[24..].copy_from_slice(END);
    out
}

/// Records and content checksum of a tail.
pub(super) fn decode_tail(bytes: &[u8; TAIL], header: &[u8; HEADER], kind: Kind) -> Result<(u64, u64), DedupError> {
    if &bytes[24..] != END {
        return Err(DedupError::damaged(kind.name, "the end mark is missing: the file is cut or unfinished"));
    }
    let (records, content) = (u64_at(bytes, 0), u64_at(bytes, 8));
    if u64_at(bytes, 16) != tail_check(header, records, content) {
        return Err(DedupError::damaged(kind.name, "the tail fails its checksum"));
    }
    Ok((records, content))
}

fn tail_check(header: &[u8; HEADER], records: u64, content: u64) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(header);
    hash.update(&records.to_le_bytes());
    hash.update(&content.to_le_bytes());
    hash.digest()
}

/// The u64 at `at`.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut out = [0; 8];
    out.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(out)
}

/// The u32 at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut out = [0; 4];
    out.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(out)
}
