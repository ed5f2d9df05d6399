//! Random and sequential access to one stored input, whatever stands behind it.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// One stored input file: its length, a sequential reader from any offset, and ranged reads.
///
/// A source is immutable for the length of a run; the plan's fingerprint refuses an input that changed.
pub trait ByteSource: Send + Sync {
    /// The length in bytes.
    fn len(&self) -> u64;

    /// Whether there are no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A sequential reader that starts `offset` bytes in. An offset at or past the end reads nothing.
    ///
    /// # Errors
    /// When the medium cannot be opened there.
    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>>;

    /// The `len` bytes from `offset`, fewer only where the source ends.
    ///
    /// # Errors
    /// When the medium cannot be read there.
    fn read_at(&self, offset: u64, len: usize) -> io::Result<Vec<u8>>;
}

/// A source that stands in memory: tests, small inputs, and bytes that were read elsewhere.
#[derive(Debug, Clone, Default)]
pub struct MemorySource(Arc<Vec<u8>>);

impl MemorySource {
    /// A source over `bytes`.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }

    fn from(&self, offset: u64) -> usize {
        usize::try_from(offset).map_or(self.0.len(), |offset| offset.min(self.0.len()))
    }
}

/// A cursor that keeps the shared bytes alive.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl ByteSource for MemorySource {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut cursor = Cursor::new(Shared(Arc::clone(&self.0)));
        cursor.set_position(self.from(offset) as u64);
        Ok(Box::new(cursor))
    }

    fn read_at(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let from = self.from(offset);
        let to = from.saturating_add(len).min(self.0.len());
        Ok(self.0[from..to].to_vec())
    }
}
