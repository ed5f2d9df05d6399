//! Intermediate documents between two phases: blocks of passages, compressed and checksummed.
//!
//! Layout: magic and version (8 bytes), then per block: `u32` compressed length, `u32` decompressed length, `u32` number of
//! passages, `u64` XXH3-64 of the compressed bytes seeded with the two counts, the bytes (zstd over postcard); a block of length 0 ends the file. All
//! integers little-endian.

use crate::document::{Document, Row};
use crate::steps::Passage;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::sync::Arc;
use zstd::bulk::{Compressor, Decompressor};

const MAGIC: &[u8; 8] = b"GMPART\x00\x01";

/// zstd level of intermediates: the fastest, since they are read once and thrown away.
const LEVEL: i32 = 1;

/// Upper limit of a block; a batch is cut long before it.
const BLOCK_LIMIT: u32 = 1 << 30;

#[derive(Serialize)]
struct PassageRef<'a> {
    document: &'a Document,
    source: &'a str,
    row: &'a Row,
}

#[derive(Deserialize)]
struct PassageOwned {
    document: Document,
    source: Arc<str>,
    row: Row,
}

/// What a thread keeps from block to block: to make zstd's tables and buffers of megabytes anew costs more than to fill them.
#[derive(Default)]
struct Codec {
    compressor: Option<Compressor<'static>>,
    decompressor: Option<Decompressor<'static>>,
    raw: Vec<u8>,
    packed: Vec<u8>,
}

thread_local! {
    static CODEC: RefCell<Codec> = RefCell::default();
}

/// A buffer that grew beyond this is not kept: a few documents are far larger than a batch.
const KEPT: usize = 4 << 20;

impl Codec {
    fn pack(&mut self, refs: &[PassageRef<'_>]) -> io::Result<(Vec<u8>, usize)> {
        let Self { compressor, raw, packed, .. } = self;
        raw.clear();
        *raw = postcard::to_extend(refs, std::mem::take(raw)).map_err(io::Error::other)?;
        packed.clear();
        packed.reserve(zstd::zstd_safe::compress_bound(raw.len()));
        let compressor = match compressor {
            Some(compressor) => compressor,
            none => none.insert(Compressor::new(LEVEL)?),
        };
        compressor.compress_to_buffer(raw, packed)?;
        let result = (packed.to_vec(), raw.len());
        self.trim();
        Ok(result)
    }

    fn unpack<T>(&mut self, block: &Block, take: impl FnOnce(&[u8]) -> io::Result<T>) -> io::Result<T> {
        let Self { decompressor, raw, .. } = self;
        raw.clear();
        raw.reserve(block.raw_length as usize);
        let decompressor = match decompressor {
            Some(decompressor) => decompressor,
            none => none.insert(Decompressor::new()?),
        };
        decompressor.decompress_to_buffer(&block.bytes, raw)?;
        let result = take(raw);
        self.trim();
        result
    }

    fn trim(&mut self) {
        for buffer in [&mut self.raw, &mut self.packed] {
            if buffer.capacity() > KEPT {
                *buffer = Vec::new();
            }
        }
    }
}

/// One encoded block, ready to be written.
pub struct Block {
    bytes: Vec<u8>,
    raw_length: u32,
    passages: u32,
}

impl Block {
    /// Encodes passages; the text of documents that are out must have been cleared by the caller.
    ///
    /// # Errors
    /// When the block passes its limit.
    pub fn encode(passages: &[Passage]) -> io::Result<Self> {
        let refs: Vec<PassageRef<'_>> = passages
            .iter()
            .map(|one| PassageRef { document: &one.document, source: &one.source, row: &one.row })
            .collect();
        let (bytes, raw) = CODEC.with_borrow_mut(|codec| codec.pack(&refs))?;
        let length = |n: usize| u32::try_from(n).ok().filter(|&n| n < BLOCK_LIMIT);
        match (length(raw), length(bytes.len()), length(passages.len())) {
            (Some(raw_length), Some(_), Some(passages)) => Ok(Self { bytes, raw_length, passages }),
            _ => Err(io::Error::other(format!("a block of {raw} bytes passes the limit of {BLOCK_LIMIT}"))),
        }
    }

    /// Decodes the passages.
    ///
    /// # Errors
    /// `InvalidData` when the bytes are not what was written.
    pub fn decode(&self) -> io::Result<Vec<Passage>> {
        let owned: Vec<PassageOwned> = CODEC.with_borrow_mut(|codec| {
            codec.unpack(self, |raw| {
                postcard::from_bytes(raw).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
            })
        })?;
        Ok(owned
            .into_iter()
            .map(|one| Passage {
                document: one.document,
                source: one.source,
                index: None,
                row: one.row,
                yields: Default::default(),
            })
            .collect())
    }

    /// Number of passages in it.
    #[must_use]
    pub fn passages(&self) -> u32 {
        self.passages
    }

    /// Bytes that the decoded block takes, about.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.raw_length as usize + self.bytes.len()
    }
}

/// Writes the blocks of one unit.
pub struct PartWriter<W: Write> {
    out: W,
}

impl<W: Write> PartWriter<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        Ok(Self { out })
    }

    /// Appends a block.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, block: &Block) -> io::Result<()> {
        let length = u32::try_from(block.bytes.len()).map_err(io::Error::other)?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&block.raw_length.to_le_bytes())?;
        self.out.write_all(&block.passages.to_le_bytes())?;
        self.out.write_all(&checksum(&block.bytes, block.raw_length, block.passages).to_le_bytes())?;
        self.out.write_all(&block.bytes)
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 20])?;
        Ok(self.out)
    }
}

/// Reads the blocks of one unit in order.
pub struct PartReader<R: Read> {
    input: R,
}

/// Checksum of a block; the two counts go in as the seed, so that they are covered as well.
fn checksum(bytes: &[u8], raw_length: u32, passages: u32) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(bytes, u64::from(raw_length) << 32 | u64::from(passages))
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the intermediate file is damaged: {what}"))
}

impl<R: Read> PartReader<R> {
    /// Opens the file.
    ///
    /// # Errors
    /// When it does not begin as it should.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut magic = [0; 8];
        input.read_exact(&mut magic)?;
        if &magic != MAGIC {
            return Err(damaged("wrong magic or version"));
        }
        Ok(Self { input })
    }

    /// The next block, `None` at the end.
    ///
    /// # Errors
    /// When the reader fails or the checksum does not fit.
    pub fn next_block(&mut self) -> io::Result<Option<Block>> {
        let mut head = [0; 20];
        self.input.read_exact(&mut head)?;
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (length, raw_length, passages) = (word(0), word(4), word(8));
        let checksum = u64::from(word(12)) | u64::from(word(16)) << 32;
        if length == 0 {
            return Ok(None);
        }
        if length >= BLOCK_LIMIT || raw_length >= BLOCK_LIMIT {
            return Err(damaged("a length is out of range"));
        }
        let mut bytes = vec![0; length as usize];
        self.input.read_exact(&mut bytes)?;
        if self::checksum(&bytes, raw_length, passages) != checksum {
            return Err(damaged("a checksum does not fit"));
        }
        Ok(Some(Block { bytes, raw_length, passages }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocId, Origin};

    fn passage(n: u64) -> Passage {
        let document = Document {
            id: DocId::of("s", "f", n),
            origin: Origin { file: "f".into(), offset: n },
            source_id: None,
            url: Some(format!("https://example.org/{n}")),
            date: None,
            markup: None,
            text: "text ".repeat(20),
            metadata: vec![],
        };
        let row = Row { metrics: vec![1.0, 0.5], ..Row::default() };
        Passage { document, source: "s".into(), index: None, row, yields: Default::default() }
    }

    #[test]
    fn what_is_written_is_read_and_damage_is_seen() {
        let passages: Vec<Passage> = (0..10).map(passage).collect();
        let mut writer = PartWriter::new(Vec::new()).unwrap();
        writer.write(&Block::encode(&passages).unwrap()).unwrap();
        let file = writer.finish().unwrap();
        let mut reader = PartReader::new(file.as_slice()).unwrap();
        let block = reader.next_block().unwrap().unwrap();
        let back = block.decode().unwrap();
        assert_eq!((back.len(), &back[3].document, &back[3].row), (10, &passages[3].document, &passages[3].row));
        assert!(reader.next_block().unwrap().is_none());
        for at in 0..file.len() - 20 {
            let mut bad = file.clone();
            bad[at] ^= 0x40;
            let read = PartReader::new(bad.as_slice()).and_then(|mut reader| {
                let block = reader.next_block()?.ok_or_else(|| damaged("no block"))?;
                let raw = block.decode()?;
                if raw.len() == block.passages() as usize { Ok(()) } else { Err(damaged("count")) }
            });
            assert!(read.is_err(), "flip at {at} went unseen");
        }
    }
}
