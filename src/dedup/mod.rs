//! Deduplication kernels: signatures, keys, the exchange files between map and reduce units, and clusters.
//!
//! Nothing here opens a file, reads a clock or starts a thread: input and output are values of the caller
//! ([`std::io::Read`], [`std::io::Write`], [`RangeRead`], [`Scratch`]). The flow, one arrow per barrier:
//!
//! ```text
//! map unit:        documents -> MinHash / exact keys -> one exchange file, sorted by (key, document); sketches, to verify by
//! partition unit:  partition p of every exchange file -> one edge file: a spanning forest of stars anchored at the smallest document
//! [star units:     forests too large for the memory of one process -> the stars of the whole, by rounds ([`stars`])]
//! cluster unit:    all edge files, or the stars -> clusters -> one fate list per map unit (who goes, who stays, for whom)
//! ```
//!
//! Pieces of documents (lines, paragraphs, sentences) need no clusters, since equal keys are transitive:
//!
//! ```text
//! map unit:        documents -> keys of their pieces -> one exchange file
//! partition unit:  partition p of every exchange file -> one cut file, by map unit (who loses which piece, where a copy stands)
//! next map unit:   its block of every cut file, in the order of its documents -> texts without the copies
//! ```
//!
//! Paragraphs that share n-grams with what came before ([`overlap`]) need one unit a shard that looks at its documents in order.
//!
//! Spans that begin and end anywhere ([`substring`]) take such a way twice, in packed files of their own: once to learn which places
//! of a text may be copies, once to know.
//!
//! A document is known by its *ordinal*: `map unit << 32 | index in the unit` ([`ordinal`]). Every output is a function of
//! the inputs and the plan alone: thread counts, memory budgets and the order of arrival never show.

pub mod cluster;
pub mod contamination;
pub mod cuts;
mod dense;
pub mod edges;
pub mod error;
pub mod exact;
pub mod exchange;
pub mod external;
pub mod fates;
mod forest;
mod frame;
pub mod index;
pub mod minhash;
pub mod overlap;
mod packed;
pub mod pieces;
pub mod record;
pub mod reduce;
pub mod sketch;
pub mod stars;
pub mod substring;

pub use error::DedupError;

use std::io;

/// Bytes that can be read at any offset: a local file, an object behind ranged requests, a buffer.
pub trait RangeRead {
    /// Length in bytes.
    ///
    /// # Errors
    /// When the store cannot tell.
    fn len(&self) -> io::Result<u64>;
    /// Whether there are no bytes at all.
    ///
    /// # Errors
    /// When the store cannot tell.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Fills `buf` with the bytes from `offset` on.
    ///
    /// # Errors
    /// When the store fails or the range passes the end.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()>;
}

impl<T: RangeRead + ?Sized> RangeRead for &T {
    fn len(&self) -> io::Result<u64> {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        (**self).read_at(offset, buf)
    }
}

impl RangeRead for Vec<u8> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.as_slice().len() as u64)
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(buf.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        let from = self.get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?;
        buf.copy_from_slice(from);
        Ok(())
    }
}

/// Makes temporary files for sorted runs. A dropped file is gone: nothing of it may outlive the unit.
pub trait Scratch {
    /// A new empty file.
    ///
    /// # Errors
    /// When the caller's storage refuses, or has no scratch space at all.
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>>;
}

/// What a scratch file can do.
pub trait ScratchFile: io::Read + io::Write + io::Seek + Send {}

impl<T: io::Read + io::Write + io::Seek + Send> ScratchFile for T {}

/// Scratch in memory: for tests and for small jobs (it makes a memory budget meaningless).
#[derive(Debug, Default, Clone, Copy)]
pub struct MemoryScratch;

impl Scratch for MemoryScratch {
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>> {
        Ok(Box::new(io::Cursor::new(Vec::new())))
    }
}

/// What the plan fixes for every file of one deduplication step, so that files of different plans never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Number of partitions (1..=[`Layout::MAX_PARTITIONS`]); it comes from the plan, never from the number of workers.
    pub partitions: u32,
    /// Fingerprint of the step in the plan (any 64 bits that change when the step changes).
    pub tag: u64,
}

impl Layout {
    /// Most partitions a step may have: 2^20, so that a footer stays below 32 MiB.
    pub const MAX_PARTITIONS: u32 = 1 << 20;

    fn check(self) -> Result<Self, DedupError> {
        if self.partitions == 0 || self.partitions > Self::MAX_PARTITIONS {
            return Err(DedupError::Setting {
                name: "partitions",
                detail: format!("{} is outside 1..={}", self.partitions, Self::MAX_PARTITIONS),
            });
        }
        Ok(self)
    }
}

/// The ordinal of a document: its map unit in the high half, its index in the unit in the low half.
#[must_use]
pub fn ordinal(unit: u32, index: u32) -> u64 {
    u64::from(unit) << 32 | u64::from(index)
}

/// Map unit and index of an ordinal.
#[must_use]
pub fn split_ordinal(ordinal: u64) -> (u32, u32) {
    // Both casts keep exactly the half that they name.
    ((ordinal >> 32) as u32, ordinal as u32)
}

#[cfg(test)]
mod tests;
