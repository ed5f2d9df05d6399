//! KenLM's hashes: of words, and of n-grams from the hash of what they end with.

/// MurmurHash64A's multiplier.
const M: u64 = 0xc6a4_a793_5bd1_e995;
/// Its shift.
const R: u32 = 47;

/// MurmurHash64A with seed 0: the key of a word.
pub(super) fn word(bytes: &[u8]) -> u64 {
    let mut hash = (bytes.len() as u64).wrapping_mul(M);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut k = u64::from_le_bytes(chunk.try_into().unwrap_or_default()).wrapping_mul(M);
        k ^= k >> R;
        hash = (hash ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    let tail = chunks.remainder();
    if !tail.is_empty() {
        let mut last = [0; 8];
        last[..tail.len()].copy_from_slice(tail);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(M);
    }
    hash ^= hash >> R;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> R)
}

/// The key of an n-gram: `shorter` is that of the n-gram without its first word, `first` that word. The key of a word alone is its
/// number (`CombineWordHash`).
#[inline]
pub(super) fn extend(shorter: u64, first: u32) -> u64 {
    shorter.wrapping_mul(8_978_948_897_894_561_157) ^ (u64::from(first) + 1).wrapping_mul(17_894_857_484_156_487_943)
}
