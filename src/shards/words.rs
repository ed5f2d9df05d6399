use std::io::Write;

/// The little-endian word of four bytes at `at`, which must be there.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The little-endian word of eight bytes at `at`, which must be there.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Writes many small words in pieces of 64 KiB, so that an unbuffered sink is no trap.
pub(super) fn write_words<const N: usize>(
    out: &mut impl Write,
    words: impl Iterator<Item = [u8; N]>,
) -> std::io::Result<()> {
    const PIECE: usize = 1 << 16;
    let mut piece = Vec::with_capacity(PIECE);
    for word in words {
        piece.extend_from_slice(&word);
        if piece.len() + N > PIECE {
            out.write_all(&piece)?;
            piece.clear();
        }
    }
    out.write_all(&piece)
}
