//! KenLM's binary files: the header, and the hash tables behind it. Tries are read by [`super::trie`].

use super::bits::{Bytes, f32_at, u32_at, u64_at};
use super::model::Tables;
use super::probing::{LONGEST, MIDDLE, Probing, UNIGRAM, WORD};
use super::table::{Table, buckets};
use super::trie::{Shape, Trie};
use super::{LmError, MAX_ORDER};

/// What all versions begin with.
const MAGIC: &[u8] = b"mmap lm http://kheafield.com/code";
/// What follows it in a whole file.
const VERSION: &[u8] = b" format version ";
/// The version that is read.
const VERSION_READ: &[u8] = b"5\n\0";
/// Bytes that the magic number and its version take, with zeros behind.
const MAGIC_BYTES: usize = 56;
/// Bytes up to the parameters: magic number, three floats, three 32-bit words, one of 64 bits.
const SANITY_BYTES: usize = 88;
/// Bytes of the parameters before the counts.
const PARAMETER_BYTES: usize = 20;

/// Whether the bytes are such a file.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// A place in the bytes; every step is checked against their length.
pub(super) struct Cursor {
    bytes: Bytes,
    at: usize,
}

impl Cursor {
    fn missing(&self, part: &'static str, size: u128) -> LmError {
        let needed = u64::try_from(self.at as u128 + size).unwrap_or(u64::MAX);
        LmError::Truncated { part, needed, found: self.bytes.len() as u64 }
    }

    /// Where the next `size` bytes begin.
    pub(super) fn take(&mut self, size: u128, part: &'static str) -> Result<usize, LmError> {
        if size > (self.bytes.len() - self.at) as u128 {
            return Err(self.missing(part, size));
        }
        let at = self.at;
        self.at += size as usize;
        Ok(at)
    }

    /// The next bytes, which stay.
    pub(super) fn peek(&self, size: usize, part: &'static str) -> Result<&[u8], LmError> {
        self.bytes.get(self.at..self.at + size).ok_or_else(|| self.missing(part, size as u128))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// A table of `entries` of `stride` bytes.
    fn table(&mut self, entries: u64, space: f32, stride: usize, part: &'static str) -> Result<Table, LmError> {
        let buckets = buckets(entries, space).ok_or_else(|| self.missing(part, u128::from(u64::MAX)))?;
        let at = self.take(u128::from(buckets) * stride as u128, part)?;
        Ok(Table::new(Bytes::clone(&self.bytes), at, stride, buckets))
    }
}

/// Whether the file was made by a machine with the same numbers.
fn is_ours(bytes: &[u8]) -> bool {
    let floats = [0, 4, 8].map(|at| f32_at(bytes, MAGIC_BYTES + at));
    let words = [12, 16, 20].map(|at| u32_at(bytes, MAGIC_BYTES + at));
    floats == [0.0, 1.0, -0.5] && words == [1, u32::MAX, 0] && u64_at(bytes, MAGIC_BYTES + 24) == 1
}

/// Checks the magic number and the version.
fn check_magic(bytes: &[u8]) -> Result<(), LmError> {
    let Some(version) = bytes[MAGIC.len()..].strip_prefix(VERSION) else {
        return Err(LmError::Unfinished);
    };
    if !version.starts_with(VERSION_READ) {
        let digits = version.iter().take(8).take_while(|byte| byte.is_ascii_digit());
        return Err(LmError::Version(digits.map(|&byte| char::from(byte)).collect()));
    }
    if bytes.len() < SANITY_BYTES + PARAMETER_BYTES {
        let needed = (SANITY_BYTES + PARAMETER_BYTES) as u64;
        return Err(LmError::Truncated { part: "header", needed, found: bytes.len() as u64 });
    }
    if is_ours(bytes) { Ok(()) } else { Err(LmError::Machine) }
}

/// Reads a file that begins with the magic number: its order, and its tables.
pub(super) fn load(bytes: Vec<u8>) -> Result<(usize, Tables), LmError> {
    check_magic(&bytes)?;
    let order = usize::from(bytes[SANITY_BYTES]);
    if !(2..=MAX_ORDER).contains(&order) {
        return Err(LmError::Order(order as u64));
    }
    let space = f32_at(&bytes, SANITY_BYTES + 4);
    if !space.is_finite() || space < 1.0 {
        return Err(LmError::Field { field: "the space of its hash tables", value: space.to_string() });
    }
    let (kind, version) = (u32_at(&bytes, SANITY_BYTES + 8), u32_at(&bytes, SANITY_BYTES + 16));
    let mut cursor = Cursor { bytes: Bytes::new(bytes), at: SANITY_BYTES + PARAMETER_BYTES };
    let at = cursor.take(order as u128 * 8, "header")?;
    let counts: Vec<u64> = (0..order).map(|place| u64_at(cursor.bytes(), at + place * 8)).collect();
    let padding = cursor.at.next_multiple_of(8) - cursor.at;
    cursor.take(padding as u128, "header")?;
    // The version of hash tables is 0, that of tries 1.
    let shape = match (kind, version) {
        (0, 0) => None,
        (1, _) => return Err(LmError::Kind("hash tables with rest costs".to_owned())),
        (2..=5, 1) => Some(Shape { quantized: kind & 1 == 1, array: kind >= 4 }),
        (0 | 2..=5, _) => {
            return Err(LmError::Field { field: "the version of its tables", value: version.to_string() });
        }
        (other, _) => return Err(LmError::Kind(format!("tables of the unknown kind {other}"))),
    };
    let tables = match shape {
        None => Tables::Probing(Box::new(probing(cursor, &counts, space)?)),
        Some(shape) => Tables::Trie(Box::new(Trie::load(cursor, &counts, shape)?)),
    };
    Ok((order, tables))
}

fn probing(mut cursor: Cursor, counts: &[u64], space: f32) -> Result<Probing, LmError> {
    let at = cursor.take(8, "vocabulary")?;
    let (version, words) = (u32_at(cursor.bytes(), at), u32_at(cursor.bytes(), at + 4));
    if version != 0 {
        return Err(LmError::Field { field: "the version of its vocabulary", value: version.to_string() });
    }
    // One more than are listed: the unknown word.
    if words == 0 || u64::from(words) > counts[0].saturating_add(1) {
        return Err(LmError::Field { field: "the number of words", value: words.to_string() });
    }
    let vocabulary = cursor.table(counts[0], space, WORD, "vocabulary")?;
    let unigrams_at = cursor.take((u128::from(counts[0]) + 1) * UNIGRAM as u128, "words")?;
    let mut middles = Vec::new();
    for &count in &counts[1..counts.len() - 1] {
        middles.push(cursor.table(count, space, MIDDLE, "n-grams")?);
    }
    let longest = cursor.table(counts[counts.len() - 1], space, LONGEST, "n-grams")?;
    Ok(Probing { vocabulary, unigrams: cursor.into_bytes(), unigrams_at, words, middles, longest })
}
