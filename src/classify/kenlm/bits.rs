//! Numbers out of bytes. What lies beyond the end reads as zero: loaders check lengths first, so this is the second line.

use std::sync::Arc;

/// The bytes of a file, shared by its tables.
pub(super) type Bytes = Arc<Vec<u8>>;

/// 32 bits at a byte.
#[inline]
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(found) => u32::from_le_bytes(*found),
        None => 0,
    }
}

/// 64 bits at a byte.
#[inline]
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(found) => u64::from_le_bytes(*found),
        None => 0,
    }
}

/// A 32-bit float at a byte.
#[inline]
pub(super) fn f32_at(bytes: &[u8], at: usize) -> f32 {
    f32::from_bits(u32_at(bytes, at))
}

/// Up to 57 bits from a place that is counted in bits, the least significant first.
#[inline]
pub(super) fn bits_at(bytes: &[u8], at: u64, mask: u64) -> u64 {
    (u64_at(bytes, usize::try_from(at >> 3).unwrap_or(usize::MAX)) >> (at & 7)) & mask
}

/// How many bits a number up to `max` takes.
pub(super) fn width(max: u64) -> u32 {
    u64::BITS - max.leading_zeros()
}

/// The lowest `bits` bits.
pub(super) fn mask(bits: u32) -> u64 {
    if bits >= u64::BITS { u64::MAX } else { (1 << bits) - 1 }
}
