//! A filter as a file: what an index of an earlier run holds of a shard.
//!
//! Layout (little-endian; see `frame` for header and tail):
//!
//! ```text
//! header 48 | blocks u64 | bits set for each hash u64 | XXH3-64 of these 16 bytes
//!           | pieces: 8,192 blocks of 128 bytes (the last one fewer) and their XXH3-64, seeded with the piece's number | tail 32
//! ```
//!
//! It is written and read from front to back, a piece at a time: beside the filter itself that takes a mebibyte of memory.

use super::super::Layout;
use super::super::error::DedupError;
use super::super::frame::{HEADER, Header, Kind, TAIL, decode_tail, encode_tail, u64_at};
use super::Bloom;
use super::bloom::BLOCK_BYTES;
use std::io::{self, Read, Write};
use std::ops::Range;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

const FILTER: Kind = Kind { magic: *b"\x89gmblom\n", name: "filter file", record: BLOCK_BYTES };
/// Blocks of a piece: a mebibyte.
const PIECE: usize = (1 << 20) / BLOCK_BYTES;

/// The blocks of each piece, with the piece's number.
fn pieces(blocks: usize) -> impl Iterator<Item = (u64, Range<usize>)> {
    (0..).zip((0..blocks).step_by(PIECE).map(move |first| first..blocks.min(first + PIECE)))
}

/// Writes the filter of a shard; `layout` has as many partitions as there are shards.
///
/// # Errors
/// When `out` fails.
pub fn write_filter(filter: &Bloom, shard: u32, layout: Layout, out: &mut dyn Write) -> Result<(), DedupError> {
    let header = Header { layout, part: shard }.encode(FILTER);
    out.write_all(&header)?;
    let blocks = filter.blocks();
    let mut shape = [0; 16];
    shape[..8].copy_from_slice(&(blocks as u64).to_le_bytes());
    shape[8..].copy_from_slice(&u64::from(filter.probes()).to_le_bytes());
    out.write_all(&shape)?;
    out.write_all(&xxh3_64(&shape).to_le_bytes())?;
    let (mut bytes, mut sum) = (Vec::with_capacity(PIECE.min(blocks) * BLOCK_BYTES), 0_u64);
    for (number, range) in pieces(blocks) {
        bytes.clear();
        filter.encode(range, &mut bytes);
        let check = xxh3_64_with_seed(&bytes, number);
        sum = sum.wrapping_add(check);
        out.write_all(&bytes)?;
        out.write_all(&check.to_le_bytes())?;
    }
    out.write_all(&encode_tail(&header, blocks as u64, sum))?;
    Ok(())
}

/// Reads the filter of a shard, whose rate of false positives is 2^-`halvings`, and checks every byte of it. `input` ends where
/// the file does.
///
/// # Errors
/// When it cannot be read, is damaged, belongs to another index or shard, or the system has no memory for it.
pub fn read_filter(shard: u32, layout: Layout, halvings: u32, mut input: impl Read) -> Result<Bloom, DedupError> {
    let mut header = [0; HEADER];
    fill(&mut input, &mut header)?;
    let Header { part, .. } = Header::decode(&header, FILTER, layout)?;
    let mismatch = |what, expected, found| DedupError::Mismatch { file: FILTER.name, what, expected, found };
    if part != shard {
        return Err(mismatch("shard", shard.into(), part.into()));
    }
    let mut shape = [0; 24];
    fill(&mut input, &mut shape)?;
    let (blocks, probes) = (u64_at(&shape, 0), u64_at(&shape, 8));
    if u64_at(&shape, 16) != xxh3_64(&shape[..16]) {
        return Err(DedupError::damaged(FILTER.name, "its size fails its checksum"));
    }
    let expected = u64::from(Bloom::shape(halvings).0);
    if probes != expected {
        return Err(mismatch("bits for each n-gram", expected, probes));
    }
    let no_memory = || {
        let bytes = u128::from(blocks) * BLOCK_BYTES as u128;
        io::Error::new(io::ErrorKind::OutOfMemory, format!("the system gives no {bytes} bytes for the filter"))
    };
    let mut filter = Bloom::of_blocks(blocks, halvings).ok_or_else(no_memory)?;
    let (mut bytes, mut sum) = (vec![0; PIECE.min(filter.blocks()) * BLOCK_BYTES], 0_u64);
    for (number, range) in pieces(filter.blocks()) {
        let bytes = &mut bytes[..range.len() * BLOCK_BYTES];
        fill(&mut input, bytes)?;
        let mut check = [0; 8];
        fill(&mut input, &mut check)?;
        let check = u64::from_le_bytes(check);
        if xxh3_64_with_seed(bytes, number) != check {
            return Err(DedupError::damaged(FILTER.name, format!("piece {number} fails its checksum")));
        }
        sum = sum.wrapping_add(check);
        filter.decode(range.start, bytes);
    }
    let mut tail = [0; TAIL];
    fill(&mut input, &mut tail)?;
    if decode_tail(&tail, &header, FILTER)? != (blocks, sum) {
        return Err(DedupError::damaged(FILTER.name, "the tail does not fit the pieces"));
    }
    if input.read(&mut [0])? > 0 {
        return Err(DedupError::damaged(FILTER.name, "something stands behind its end"));
    }
    Ok(filter)
}

/// Fills a buffer; a file that ends before is damaged.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> Result<(), DedupError> {
    input.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => DedupError::damaged(FILTER.name, "it ends too early"),
        _ => error.into(),
    })
}
