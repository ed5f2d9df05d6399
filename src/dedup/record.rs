//! What files and sorts are made of: keys and fixed-size records.

use super::frame::{u32_at, u64_at};

/// A record of fixed size with a total order.
pub trait Record: Copy + Ord {
    /// Bytes in a file.
    const SIZE: usize;
    /// Appends the record, little-endian.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads a record from exactly [`Record::SIZE`] bytes.
    fn get(bytes: &[u8]) -> Self;
}

/// A key documents are grouped by: 64 bits for a MinHash band, 128 bits for exact content.
pub trait Key: Copy + Ord {
    /// Bytes in a file.
    const SIZE: usize;
    /// Appends the key, little-endian.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads a key from its bytes.
    fn get(bytes: &[u8]) -> Self;
    /// The high 64 bits, which choose the partition.
    fn high(self) -> u64;
}

impl Key for u64 {
    const SIZE: usize = 8;

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        u64_at(bytes, 0)
    }

    fn high(self) -> u64 {
        self
    }
}

impl Key for u128 {
    const SIZE: usize = 16;

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        u128::from(u64_at(bytes, 8)) << 64 | u128::from(u64_at(bytes, 0))
    }

    fn high(self) -> u64 {
        (self >> 64) as u64
    }
}

impl<K: Key> Record for (K, u32) {
    const SIZE: usize = K::SIZE + 4;

    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        out.extend_from_slice(&self.1.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        (K::get(bytes), u32_at(bytes, K::SIZE))
    }
}

impl<K: Key> Record for (K, u64) {
    const SIZE: usize = K::SIZE + 8;

    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        out.extend_from_slice(&self.1.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        (K::get(bytes), u64_at(bytes, K::SIZE))
    }
}

/// Whole numbers, one after the other: documents, and what is known of them.
impl Record for u64 {
    const SIZE: usize = 8;

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        u64_at(bytes, 0)
    }
}

impl Record for (u64, u64, u64) {
    const SIZE: usize = 24;

    fn put(&self, out: &mut Vec<u8>) {
        [self.0, self.1, self.2].iter().for_each(|part| out.extend_from_slice(&part.to_le_bytes()));
    }

    fn get(bytes: &[u8]) -> Self {
        (u64_at(bytes, 0), u64_at(bytes, 8), u64_at(bytes, 16))
    }
}

impl Record for (u64, u64, u32, u64) {
    const SIZE: usize = 28;

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.to_le_bytes());
        out.extend_from_slice(&self.1.to_le_bytes());
        out.extend_from_slice(&self.2.to_le_bytes());
        out.extend_from_slice(&self.3.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        (u64_at(bytes, 0), u64_at(bytes, 8), u32_at(bytes, 16), u64_at(bytes, 20))
    }
}
