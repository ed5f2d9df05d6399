//! KenLM's hash tables: open addressing, one place after the other, entries that begin with a 64-bit key. Key 0 is no entry.

use super::bits::{Bytes, u64_at};

/// Places per entry, at least (KenLM's `probing_multiplier`).
pub(super) const SPACE: f32 = 1.5;

/// How many places KenLM gives a table. `None`: more than there can be.
pub(super) fn buckets(entries: u64, space: f32) -> Option<u64> {
    Some(entries.checked_add(1)?.max((space * entries as f32) as u64))
}

/// A table to look things up in.
pub(super) struct Table {
    bytes: Bytes,
    at: usize,
    stride: usize,
    buckets: u64,
}

impl Table {
    /// A table of `buckets` places of `stride` bytes from `at` on. The caller has checked that they are there.
    pub(super) fn new(bytes: Bytes, at: usize, stride: usize, buckets: u64) -> Self {
        Self { bytes, at, stride, buckets: buckets.max(1) }
    }

    /// Where the entry with this key is, as a place in [`Table::bytes`].
    #[inline]
    pub(super) fn find(&self, key: u64) -> Option<usize> {
        let mut bucket = key % self.buckets;
        // A damaged table may have no free place.
        for _ in 0..self.buckets {
            let at = self.at + bucket as usize * self.stride;
            match u64_at(&self.bytes, at) {
                0 => return None,
                found if found == key => return Some(at),
                _ => bucket = if bucket + 1 == self.buckets { 0 } else { bucket + 1 },
            }
        }
        None
    }

    /// The bits at the place where the search for a key begins.
    #[inline]
    pub(super) fn first(&self, key: u64) -> u64 {
        u64_at(&self.bytes, self.at + (key % self.buckets) as usize * self.stride)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A table that is being filled.
pub(super) struct Growing {
    bytes: Vec<u8>,
    stride: usize,
    buckets: u64,
    used: u64,
}

impl Growing {
    /// Room for `entries` of `stride` bytes; it grows when they become more.
    pub(super) fn new(entries: u64, stride: usize) -> Self {
        let buckets = buckets(entries, SPACE).unwrap_or(1);
        Self { bytes: vec![0; buckets as usize * stride], stride, buckets, used: 0 }
    }

    fn place(&self, key: u64) -> (usize, bool) {
        let mut bucket = key % self.buckets;
        loop {
            let at = bucket as usize * self.stride;
            match u64_at(&self.bytes, at) {
                0 => return (at, false),
                found if found == key => return (at, true),
                _ => bucket = if bucket + 1 == self.buckets { 0 } else { bucket + 1 },
            }
        }
    }

    /// The entry with this key, without the key.
    pub(super) fn find(&mut self, key: u64) -> Option<&mut [u8]> {
        let (at, found) = self.place(key);
        found.then(|| &mut self.bytes[at + 8..at + self.stride])
    }

    /// Adds an entry; one that is there stays. Whether it was there.
    pub(super) fn insert(&mut self, key: u64, value: &[u8]) -> bool {
        let (mut at, found) = self.place(key);
        if found {
            return true;
        }
        self.used += 1;
        if self.used >= self.buckets {
            self.grow();
            at = self.place(key).0;
        }
        self.bytes[at..at + 8].copy_from_slice(&key.to_le_bytes());
        self.bytes[at + 8..at + self.stride].copy_from_slice(value);
        false
    }

    fn grow(&mut self) {
        let buckets = self.buckets * 2;
        let old = std::mem::replace(&mut self.bytes, vec![0; buckets as usize * self.stride]);
        self.buckets = buckets;
        for entry in old.chunks_exact(self.stride) {
            let key = u64_at(entry, 0);
            if key != 0 {
                let at = self.place(key).0;
                self.bytes[at..at + self.stride].copy_from_slice(entry);
            }
        }
    }

    pub(super) fn finish(self) -> Table {
        Table { bytes: Bytes::new(self.bytes), at: 0, stride: self.stride, buckets: self.buckets }
    }
}
