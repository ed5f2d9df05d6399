//! The exchange between units and shards where documents do not stay in input order: one file per unit, its documents sorted by
//! shard and place, with an index, so that a shard reads one range of each file.
//!
//! ```text
//! header    magic, version, bytes per id, 0
//! block     one per shard: all ids, then a row per document
//! index     one entry per shard: offset of the ids, offset of the rows, rows, checksum of the three
//! footer    shards, magic
//! ```

use std::io::{self, Write};

use xxhash_rust::xxh3::xxh3_64;

use super::words::{u32_at, u64_at};
use super::{ShardError, Width};
use crate::document::DocId;

const MAGIC: [u8; 8] = *b"GMTOKORD";
const VERSION: u32 = 1;
const HEADER: usize = 24;
/// Key (u64), copy, tokens, input, check (u32 each), offset (u64), document id (16).
const ROW: usize = 48;
const ENTRY: usize = 32;
const FOOTER: usize = 16;

/// One document of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderedRow {
    /// Its place: rows of a block ascend.
    pub key: u64,
    /// Which copy of the document, from 0.
    pub copy: u32,
    /// Tokens, end-of-document token included.
    pub n_tokens: u32,
    /// Index of the input in the plan.
    pub input: u32,
    /// Where the record starts in it.
    pub offset: u64,
    /// The document.
    pub document: DocId,
}

impl OrderedRow {
    /// Encodes the row; its check covers the row and the bytes of its ids.
    fn encode(&self, ids: &[u8]) -> [u8; ROW] {
        let mut out = [0; ROW];
        out[..8].copy_from_slice(&self.key.to_le_bytes());
        out[8..12].copy_from_slice(&self.copy.to_le_bytes());
        out[12..16].copy_from_slice(&self.n_tokens.to_le_bytes());
        out[16..20].copy_from_slice(&self.input.to_le_bytes());
        out[24..32].copy_from_slice(&self.offset.to_le_bytes());
        out[32..].copy_from_slice(&self.document.0);
        let check = check(&out, ids);
        out[20..24].copy_from_slice(&check.to_le_bytes());
        out
    }

    fn decode(bytes: &[u8; ROW]) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&bytes[32..]);
        Self {
            key: u64_at(bytes, 0),
            copy: u32_at(bytes, 8),
            n_tokens: u32_at(bytes, 12),
            input: u32_at(bytes, 16),
            offset: u64_at(bytes, 24),
            document: DocId(id),
        }
    }
}

/// Checksum of a row with its check field at zero, and of its ids.
fn check(row: &[u8; ROW], ids: &[u8]) -> u32 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    hash.update(row);
    hash.update(ids);
    #[allow(clippy::cast_possible_truncation, reason = "the low half is the checksum")]
    let check = hash.digest() as u32;
    check
}

/// Writes the file of one unit, shard by shard. Streaming; it keeps the rows of the open block and 32 bytes per shard.
pub struct OrderedWriter<W: Write> {
    out: W,
    width: Width,
    vocab_size: u32,
    at: u64,
    block: u64,
    rows: Vec<u8>,
    index: Vec<u8>,
    bytes: Vec<u8>,
}

impl<W: Write> OrderedWriter<W> {
    /// Starts a file for ids below `vocab_size`.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(mut out: W, vocab_size: u32) -> Result<Self, ShardError> {
        let width = Width::of(vocab_size);
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(&MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        #[allow(clippy::cast_possible_truncation, reason = "2 or 4")]
        header[12..16].copy_from_slice(&(width.bytes() as u32).to_le_bytes());
        out.write_all(&header)?;
        let at = HEADER as u64;
        let (rows, index, bytes) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { out, width, vocab_size, at, block: at, rows, index, bytes })
    }

    /// Adds a document to the open block, by ascending key.
    ///
    /// # Errors
    /// When an id is out of range or writing fails.
    pub fn push(&mut self, row: &OrderedRow, ids: &[u32]) -> Result<(), ShardError> {
        self.bytes.clear();
        self.width.put(ids, self.vocab_size, (self.rows.len() / ROW) as u64, &mut self.bytes)?;
        self.out.write_all(&self.bytes)?;
        self.at += self.bytes.len() as u64;
        self.rows.extend_from_slice(&row.encode(&self.bytes));
        Ok(())
    }

    /// Closes the block of the next shard; a shard without documents has an empty one.
    ///
    /// # Errors
    /// When writing fails.
    pub fn close_block(&mut self) -> Result<(), ShardError> {
        let mut entry = [0; ENTRY];
        entry[..8].copy_from_slice(&self.block.to_le_bytes());
        entry[8..16].copy_from_slice(&self.at.to_le_bytes());
        entry[16..24].copy_from_slice(&((self.rows.len() / ROW) as u64).to_le_bytes());
        let sum = xxh3_64(&entry[..24]);
        entry[24..].copy_from_slice(&sum.to_le_bytes());
        self.index.extend_from_slice(&entry);
        self.out.write_all(&self.rows)?;
        self.at += self.rows.len() as u64;
        self.rows.clear();
        self.block = self.at;
        Ok(())
    }

    /// Writes index and footer and gives the sink back, flushed.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<W, ShardError> {
        self.out.write_all(&self.index)?;
        self.out.write_all(&((self.index.len() / ENTRY) as u64).to_le_bytes())?;
        self.out.write_all(&MAGIC)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Bytes of a stored file by place: fills the buffer from the offset on.
pub type ReadAt<'a> = Box<dyn Fn(u64, &mut [u8]) -> io::Result<()> + 'a>;

/// Reads the block of one shard from the file of one unit, through buffers of a fixed size.
pub struct OrderedBlock<'a> {
    read_at: ReadAt<'a>,
    width: Width,
    rows: Window,
    ids: Window,
}

impl<'a> OrderedBlock<'a> {
    /// Opens the block of shard `shard` of a file of `length` bytes; `buffer` bytes are held at most.
    ///
    /// # Errors
    /// When reading fails, or the file does not have the form that [`OrderedWriter`] gives it.
    pub fn open(length: u64, read_at: ReadAt<'a>, width: Width, shard: u32, buffer: usize) -> Result<Self, ShardError> {
        let least = (HEADER + FOOTER) as u64;
        if length < least {
            return Err(damaged(&format!("it has {length} bytes, the least is {least}")));
        }
        let (mut header, mut footer) = ([0; HEADER], [0; FOOTER]);
        read_at(0, &mut header)?;
        read_at(length - FOOTER as u64, &mut footer)?;
        if header[..8] != MAGIC || footer[8..] != MAGIC || u32_at(&header, 8) != VERSION {
            return Err(damaged("its marks are not those of an ordered token file"));
        }
        if u32_at(&header, 12) as usize != width.bytes() {
            return Err(damaged("it declares another width of ids"));
        }
        let shards = u64_at(&footer, 0);
        let index = shards.checked_mul(ENTRY as u64).and_then(|bytes| (length - FOOTER as u64).checked_sub(bytes));
        let Some(index) = index.filter(|_| u64::from(shard) < shards) else {
            return Err(damaged(&format!("it has {shards} shards, and shard {shard} is asked for")));
        };
        let mut entry = [0; ENTRY];
        read_at(index + u64::from(shard) * ENTRY as u64, &mut entry)?;
        let (ids, rows, count) = (u64_at(&entry, 0), u64_at(&entry, 8), u64_at(&entry, 16));
        let end = count.checked_mul(ROW as u64).and_then(|bytes| rows.checked_add(bytes));
        if xxh3_64(&entry[..24]) != u64_at(&entry, 24) || ids > rows || end.is_none_or(|end| end > index) {
            return Err(damaged("an entry of its index does not have its checksum"));
        }
        // Rows are small beside ids: a quarter of the buffer is enough for them.
        Ok(Self {
            read_at,
            width,
            rows: Window::new(rows, end.unwrap_or(rows), (buffer / 4).max(ROW)),
            ids: Window::new(ids, rows, (buffer - buffer / 4).max(4)),
        })
    }

    /// The next row, which [`Self::take`] reads.
    ///
    /// # Errors
    /// When reading fails.
    pub fn peek(&mut self) -> Result<Option<OrderedRow>, ShardError> {
        if self.rows.is_at_end() {
            return Ok(None);
        }
        let mut row = [0; ROW];
        row.copy_from_slice(self.rows.peek(&self.read_at, ROW)?);
        Ok(Some(OrderedRow::decode(&row)))
    }

    /// Reads the next document into `ids` (cleared first).
    ///
    /// # Errors
    /// When reading fails, or the document does not have its checksum.
    pub fn take(&mut self, ids: &mut Vec<u32>) -> Result<Option<OrderedRow>, ShardError> {
        let Some(row) = self.peek()? else { return Ok(None) };
        let mut bytes = [0; ROW];
        bytes.copy_from_slice(self.rows.peek(&self.read_at, ROW)?);
        self.rows.skip(ROW);
        let length = row.n_tokens as usize * self.width.bytes();
        let held = self.ids.peek(&self.read_at, length)?;
        let stated = u32_at(&bytes, 20);
        bytes[20..24].fill(0);
        if check(&bytes, held) != stated {
            return Err(damaged("a document does not have its checksum"));
        }
        ids.clear();
        self.width.get(held, ids);
        self.ids.skip(length);
        Ok(Some(row))
    }
}

/// A piece of a file that moves forward.
struct Window {
    /// Place in the file of the first byte that is not in `held` yet.
    next: u64,
    end: u64,
    held: Vec<u8>,
    at: usize,
    step: usize,
}

impl Window {
    fn new(start: u64, end: u64, step: usize) -> Self {
        Self { next: start, end, held: Vec::new(), at: 0, step }
    }

    fn is_at_end(&self) -> bool {
        self.at == self.held.len() && self.next >= self.end
    }

    /// The next `length` bytes. More than a step is read where one document asks for it.
    fn peek(&mut self, read_at: &ReadAt<'_>, length: usize) -> Result<&[u8], ShardError> {
        if self.held.len() - self.at < length {
            self.held.drain(..self.at);
            self.at = 0;
            let wanted = (length - self.held.len()).max(self.step) as u64;
            let more = wanted.min(self.end - self.next);
            // At most what is left of the file, which is there: no declared length takes memory.
            let more = usize::try_from(more).map_err(|_| damaged("a block is larger than memory"))?;
            let from = self.held.len();
            self.held.resize(from + more, 0);
            read_at(self.next, &mut self.held[from..])?;
            self.next += more as u64;
        }
        self.held.get(self.at..self.at + length).ok_or_else(|| damaged("a block ends inside a document"))
    }

    fn skip(&mut self, length: usize) {
        self.at += length;
    }
}

fn damaged(detail: &str) -> ShardError {
    ShardError::DamagedRun(detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: u64, n: u32) -> OrderedRow {
        OrderedRow { key, copy: 1, n_tokens: n, input: 3, offset: 99, document: DocId::of("s", "f", key) }
    }

    fn file(blocks: &[Vec<(u64, Vec<u32>)>]) -> Vec<u8> {
        let mut writer = OrderedWriter::new(Vec::new(), 100_000).unwrap();
        for block in blocks {
            for (key, ids) in block {
                writer.push(&row(*key, u32::try_from(ids.len()).unwrap()), ids).unwrap();
            }
            writer.close_block().unwrap();
        }
        writer.finish().unwrap()
    }

    fn open(bytes: &[u8], shard: u32, buffer: usize) -> Result<OrderedBlock<'_>, ShardError> {
        let read_at = move |offset: u64, buffer: &mut [u8]| {
            let at = usize::try_from(offset).unwrap();
            let from = bytes.get(at..at + buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
            buffer.copy_from_slice(from);
            Ok(())
        };
        OrderedBlock::open(bytes.len() as u64, Box::new(read_at), Width::Four, shard, buffer)
    }

    fn blocks() -> Vec<Vec<(u64, Vec<u32>)>> {
        vec![
            vec![(1, vec![5, 6, 7]), (4, vec![]), (9, (0..5000).collect())],
            vec![],
            vec![(20, vec![99_999]), (21, vec![1, 2])],
        ]
    }

    #[test]
    fn blocks_come_back_whole_through_any_buffer() {
        let bytes = file(&blocks());
        for buffer in [0, 7, 64, 1 << 20] {
            for (shard, block) in (0..).zip(blocks()) {
                let mut reader = open(&bytes, shard, buffer).unwrap();
                let mut ids = Vec::new();
                for (key, expected) in block {
                    assert_eq!(reader.peek().unwrap().unwrap().key, key);
                    let found = reader.take(&mut ids).unwrap().unwrap();
                    assert_eq!((found, &ids), (row(key, u32::try_from(expected.len()).unwrap()), &expected));
                }
                assert!(reader.take(&mut ids).unwrap().is_none());
            }
        }
        assert!(open(&bytes, 3, 64).is_err());
    }

    #[test]
    fn every_flipped_byte_of_a_block_is_seen() {
        let blocks = vec![vec![(1, vec![5, 6, 7]), (4, vec![8])]];
        let sound = file(&blocks);
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x10;
            let mut ids = Vec::new();
            let read = open(&bytes, 0, 64).and_then(|mut block| {
                while block.take(&mut ids)?.is_some() {}
                Ok(())
            });
            // Bytes 16 to 24 of the header say nothing.
            assert!(read.is_err() || (16..24).contains(&at), "byte {at}");
        }
    }
}
