//! Bottom-k sketches: the k smallest shingle hashes of a document, enough to estimate the Jaccard similarity of any two
//! documents (Cohen, Kaplan, "Summarizing data using bottom-k sketches", 2007). They serve to verify candidate pairs.
//!
//! The error of an estimate is about `sqrt(J (1 - J) / k)`: 0.035 at J = 0.8 with k = 128.
//!
//! The sketches of a map unit lie in one file of equal slots, so that one ranged read finds any of them: header, one slot
//! per document (number of values u32, checksum u32, k values u32 of which the unused are 0), tail (`frame`). A value is
//! the high half of a hash: the order stays, and two different shingles among 10^5 share one with chance 10^-5 per value.

use super::error::DedupError;
use super::frame::{HEADER, Header, Kind, TAIL, decode_tail, encode_tail, u32_at};
use super::{Layout, RangeRead};
use std::io::Write;
use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed};

/// Collects the k smallest distinct hashes of a stream.
#[derive(Debug, Default, Clone)]
pub struct Bottom {
    k: usize,
    values: Vec<u64>,
    /// No hash at or above it can still enter.
    limit: Option<u64>,
}

impl Bottom {
    /// Begins a document; `k` = 0 collects nothing.
    pub fn start(&mut self, k: usize) {
        self.k = k;
        self.limit = None;
        self.values.clear();
    }

    /// Adds the hash of a shingle.
    #[inline]
    pub fn push(&mut self, hash: u64) {
        if self.k == 0 || self.limit.is_some_and(|limit| hash >= limit) {
            return;
        }
        self.values.push(hash);
        // Sorting once in 3k entries keeps the cost per shingle constant.
        if self.values.len() >= self.k.saturating_mul(4) {
            self.finish();
        }
    }

    /// Ends a document: the values are sorted, distinct and at most k.
    pub fn finish(&mut self) {
        self.values.sort_unstable();
        self.values.dedup();
        self.values.truncate(self.k);
        self.limit = if self.values.len() == self.k { self.values.last().copied() } else { None };
    }

    /// The sketch, smallest first; fewer than k values mean that it is the whole set.
    #[must_use]
    pub fn values(&self) -> &[u64] {
        &self.values
    }
}

/// The Jaccard similarity of two documents by their sketches of the same `k`: among the k smallest hashes of the union, the
/// share that both have. Exact when the union has at most k shingles. Two empty sketches give 0.
#[must_use]
pub fn jaccard<T: Ord>(one: &[T], other: &[T], k: usize) -> f64 {
    let (mut i, mut j, mut union, mut shared) = (0, 0, 0_usize, 0_usize);
    while union < k {
        let (x, y) = (one.get(i), other.get(j));
        let (left, right) = match (x, y) {
            (None, None) => break,
            (Some(_), None) => (true, false),
            (None, Some(_)) => (false, true),
            (Some(x), Some(y)) => (x <= y, y <= x),
        };
        i += usize::from(left);
        j += usize::from(right);
        shared += usize::from(left && right);
        union += 1;
    }
    shared as f64 / union.max(1) as f64
}

/// Largest k of a sketch file.
pub const MAX_K: usize = 4_096;
const NAME: &str = "sketch file";

fn kind(k: usize) -> Result<Kind, DedupError> {
    if k == 0 || k > MAX_K {
        let detail = format!("{k} values per sketch are outside 1..={MAX_K}");
        return Err(DedupError::Setting { name: "sketch", detail });
    }
    Ok(Kind { magic: *b"\x89gmsket\n", name: NAME, record: 8 + 4 * k })
}

/// The checksum of a slot: 32 bits of XXH3 over the values, seeded with their number and the document, so that slots
/// cannot change places.
fn slot_check(values: &[u8], count: u32, index: u32) -> u32 {
    let seed = u64::from(count) << 32 | u64::from(index);
    // Half of the 64 bits is enough for one slot.
    xxh3_64_with_seed(values, seed) as u32
}

/// Writes the sketches of one map unit as they come, document by document.
pub struct SketchWriter<'o> {
    out: &'o mut dyn Write,
    kind: Kind,
    header: [u8; HEADER],
    k: usize,
    next: u64,
    hash: Xxh3,
    slot: Vec<u8>,
}

impl<'o> SketchWriter<'o> {
    /// Begins the file of map unit `unit` with at most `k` values per document. `out` should be buffered.
    ///
    /// # Errors
    /// When `k` is out of range or `out` fails.
    pub fn new(unit: u32, layout: Layout, k: usize, out: &'o mut dyn Write) -> Result<Self, DedupError> {
        let kind = kind(k)?;
        let header = Header { layout, part: unit }.encode(kind);
        out.write_all(&header)?;
        Ok(Self { out, kind, header, k, next: 0, hash: Xxh3::new(), slot: Vec::new() })
    }

    /// Adds the sketch ([`Bottom::values`], at most k) of document `index`. Indices rise; those passed over are empty.
    ///
    /// # Errors
    /// When `index` does not rise, when there are more than k values, or when `out` fails.
    pub fn push(&mut self, index: u32, values: &[u64]) -> Result<(), DedupError> {
        if u64::from(index) < self.next || values.len() > self.k {
            let detail = format!("document {index} with {} values after document {}", values.len(), self.next);
            return Err(DedupError::Setting { name: "sketch", detail });
        }
        while self.next < u64::from(index) {
            self.write_slot(&[])?;
        }
        self.write_slot(values)
    }

    fn write_slot(&mut self, values: &[u64]) -> Result<(), DedupError> {
        self.slot.clear();
        self.slot.resize(8, 0);
        for value in values {
            self.slot.extend_from_slice(&((value >> 32) as u32).to_le_bytes());
        }
        self.slot.resize(self.kind.record, 0);
        // At most MAX_K values; indices are u32.
        let (count, index) = (values.len() as u32, self.next as u32);
        self.slot[..4].copy_from_slice(&count.to_le_bytes());
        let check = slot_check(&self.slot[8..], count, index);
        self.slot[4..8].copy_from_slice(&check.to_le_bytes());
        self.hash.update(&self.slot);
        self.out.write_all(&self.slot)?;
        self.next += 1;
        Ok(())
    }

    /// Ends the file; returns the number of slots.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn finish(self) -> Result<u64, DedupError> {
        self.out.write_all(&encode_tail(&self.header, self.next, self.hash.digest()))?;
        self.out.flush()?;
        Ok(self.next)
    }
}

/// The sketches of one map unit, read one by one.
pub struct SketchReader<'r> {
    input: &'r dyn RangeRead,
    unit: u32,
    k: usize,
    slots: u64,
}

impl<'r> SketchReader<'r> {
    /// Opens the file of any map unit of this plan.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or belongs to another plan.
    pub fn open(input: &'r dyn RangeRead, layout: Layout, k: usize) -> Result<Self, DedupError> {
        let kind = kind(k)?;
        let len = input.len()?;
        let fixed = (HEADER + TAIL) as u64;
        if len < fixed {
            return Err(DedupError::damaged(NAME, format!("{len} bytes are less than header and tail")));
        }
        let (mut header, mut tail) = ([0; HEADER], [0; TAIL]);
        input.read_at(0, &mut header)?;
        let Header { part: unit, .. } = Header::decode(&header, kind, layout)?;
        input.read_at(len - TAIL as u64, &mut tail)?;
        let (slots, _) = decode_tail(&tail, &header, kind)?;
        if slots.checked_mul(kind.record as u64) != Some(len - fixed) {
            return Err(DedupError::damaged(NAME, format!("{len} bytes do not fit {slots} sketches")));
        }
        Ok(Self { input, unit, k, slots })
    }

    /// The map unit that wrote the file.
    #[must_use]
    pub fn unit(&self) -> u32 {
        self.unit
    }

    /// Reads the sketch of a document into `values`; empty where none was written. Compare with [`jaccard`].
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn get(&self, index: u32, values: &mut Vec<u32>) -> Result<(), DedupError> {
        values.clear();
        if u64::from(index) >= self.slots {
            return Ok(());
        }
        let mut slot = vec![0; 8 + 4 * self.k];
        self.input.read_at(HEADER as u64 + u64::from(index) * slot.len() as u64, &mut slot)?;
        let count = u32_at(&slot, 0);
        if count as usize > self.k || u32_at(&slot, 4) != slot_check(&slot[8..], count, index) {
            return Err(DedupError::damaged(NAME, format!("sketch {index} fails its checksum")));
        }
        values.extend(slot[8..8 + 4 * count as usize].chunks_exact(4).map(|bytes| u32_at(bytes, 0)));
        Ok(())
    }
}
