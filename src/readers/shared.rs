//! The bytes of a record, shared with its neighbours.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;

/// The bytes of a record: a slice of the buffer that it was decompressed into, so that splitting copies nothing.
#[derive(Clone)]
pub struct Shared {
    bytes: Bytes,
    /// Bytes of the buffer that stay in memory for it, at most: its own, and those passed over since the record before.
    held: usize,
}

impl Shared {
    pub(super) fn new(bytes: Bytes, held: usize) -> Self {
        Self { bytes, held }
    }

    /// Bytes of memory that it keeps, about: a short record behind a long one that was passed over keeps both.
    #[must_use]
    pub fn size(&self) -> usize {
        self.held
    }
}

impl Deref for Shared {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Vec<u8>> for Shared {
    fn from(bytes: Vec<u8>) -> Self {
        let held = bytes.len();
        Self { bytes: bytes.into(), held }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.fmt(f)
    }
}
