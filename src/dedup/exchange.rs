//! The exchange file: what one map unit hands to all partition units.
//!
//! Layout (little-endian; see `frame` for header and tail):
//!
//! ```text
//! header 48 | records, sorted by (key, index): key 8 or 16, index u32 | footer: 32 bytes per partition | tail 32
//! footer entry: offset u64 | records u64 | XXH3-64 of the block u64 | XXH3-64 of (tag, partition, the three before) u64
//! ```
//!
//! The partition of a hashed key is `floor(high 64 bits * partitions / 2^64)`: it grows with the key, so sorting by key sorts by
//! partition. One file per map unit, whatever the number of partitions: a partition unit reads header, tail, its own footer
//! entry (whose place follows from the length) and its own block, four ranges in all. The unit is stored once, in the
//! header: a record is 12 bytes (MinHash) or 20 bytes (exact).

use super::error::DedupError;
use super::external::Sorter;
use super::frame::{HEADER, Header, Kind, TAIL, decode_tail, encode_tail, u64_at};
use super::record::{Key, Record};
use super::{Layout, RangeRead, Scratch, ordinal};
use std::cell::RefCell;
use std::io::{self, Write};
use std::marker::PhantomData;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Name in errors.
const NAME: &str = "exchange file";
/// Bytes of a footer entry.
const ENTRY: usize = 32;
/// Bytes per ranged read and per write of a block.
const CHUNK: usize = 1 << 20;

fn kind<K: Key>() -> Kind {
    Kind { magic: *b"\x89gmxchg\n", name: NAME, record: record_bytes::<K>() }
}

const fn record_bytes<K: Key>() -> usize {
    K::SIZE + 4
}

/// The partition of a key: monotone in the key, so any number of partitions gets an equal share of hashed keys.
#[must_use]
pub fn partition_of<K: Key>(key: K, partitions: u32) -> u32 {
    key.partition(partitions)
}

/// One line of the footer.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    offset: u64,
    records: u64,
    check: u64,
}

impl Entry {
    fn encode(&self, tag: u64, partition: u32) -> [u8; ENTRY] {
        let mut out = [0; ENTRY];
        out[..8].copy_from_slice(&self.offset.to_le_bytes());
        out[8..16].copy_from_slice(&self.records.to_le_bytes());
        out[16..24].copy_from_slice(&self.check.to_le_bytes());
        let check = entry_check(&out[..24], tag, partition);
        out[24..].copy_from_slice(&check.to_le_bytes());
        out
    }
}

fn entry_check(fields: &[u8], tag: u64, partition: u32) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&tag.to_le_bytes());
    hash.update(&partition.to_le_bytes());
    hash.update(fields);
    hash.digest()
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Distinct records.
    pub records: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Collects the keys of one map unit within a memory budget and writes its exchange file.
pub struct ExchangeWriter<'s, K> {
    unit: u32,
    layout: Layout,
    sorter: Sorter<'s, (K, u32)>,
}

impl<'s, K: Key> ExchangeWriter<'s, K> {
    /// A writer for map unit `unit` that keeps to `budget` bytes of memory (plus 1 MiB for writing).
    ///
    /// # Errors
    /// When the layout or the budget is out of range.
    pub fn new(unit: u32, layout: Layout, budget: usize, scratch: &'s mut dyn Scratch) -> Result<Self, DedupError> {
        Ok(Self { unit, layout: layout.check()?, sorter: Sorter::new(budget, scratch)? })
    }

    /// Adds a key of the document with this index in the unit. Order does not matter; equal records count once.
    ///
    /// # Errors
    /// When scratch space fails.
    pub fn push(&mut self, key: K, index: u32) -> Result<(), DedupError> {
        self.sorter.push((key, index))
    }

    /// Sorts and writes the file.
    ///
    /// # Errors
    /// When scratch space or `out` fails.
    pub fn finish(self, out: &mut dyn Write) -> Result<Written, DedupError> {
        let Layout { partitions, tag } = self.layout;
        let header = Header { layout: self.layout, part: self.unit }.encode(kind::<K>());
        let mut body = Body { out, buffer: header.to_vec(), hash: Xxh3::new(), at: HEADER as u64 };
        let mut sorted = self.sorter.finish()?;
        let mut footer = Vec::with_capacity(partitions as usize * ENTRY);
        let mut ahead = sorted.next()?;
        let mut records = 0;
        for partition in 0..partitions {
            body.write_out()?;
            body.hash.reset();
            let mut entry = Entry { offset: body.at, ..Entry::default() };
            while let Some(record) = ahead.filter(|record| partition_of(record.0, partitions) == partition) {
                body.push(&record)?;
                entry.records += 1;
                ahead = sorted.next()?;
            }
            body.hash_and_write()?;
            entry.check = body.hash.digest();
            records += entry.records;
            footer.extend_from_slice(&entry.encode(tag, partition));
        }
        body.out.write_all(&footer)?;
        body.out.write_all(&encode_tail(&header, records, xxh3_64(&footer)))?;
        body.out.flush()?;
        Ok(Written { records, bytes: body.at + (footer.len() + TAIL) as u64 })
    }
}

/// The growing content of a file: buffered, hashed per block.
struct Body<'o> {
    out: &'o mut dyn Write,
    buffer: Vec<u8>,
    hash: Xxh3,
    /// Offset of the next record.
    at: u64,
}

impl Body<'_> {
    fn push<R: Record>(&mut self, record: &R) -> Result<(), DedupError> {
        record.put(&mut self.buffer);
        self.at += R::SIZE as u64;
        if self.buffer.len() >= CHUNK {
            self.hash_and_write()?;
        }
        Ok(())
    }

    fn hash_and_write(&mut self) -> Result<(), DedupError> {
        self.hash.update(&self.buffer);
        self.write_out()
    }

    fn write_out(&mut self) -> Result<(), DedupError> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

/// An exchange file opened for one or more partitions.
pub struct ExchangeReader<'r, K> {
    input: &'r dyn RangeRead,
    layout: Layout,
    unit: u32,
    /// Where the footer begins, which is also where the records end.
    footer: u64,
    footer_check: u64,
    key: PhantomData<K>,
}

impl<'r, K: Key> ExchangeReader<'r, K> {
    /// Opens a file and holds header, tail and length against the plan.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or belongs to another plan.
    pub fn open(input: &'r dyn RangeRead, layout: Layout) -> Result<Self, DedupError> {
        layout.check()?;
        let kind = kind::<K>();
        let len = input.len()?;
        let fixed = (HEADER + TAIL) as u64 + u64::from(layout.partitions) * ENTRY as u64;
        let mut header = [0; HEADER];
        if len < (HEADER + TAIL) as u64 {
            return Err(DedupError::damaged(NAME, format!("{len} bytes are less than header and tail")));
        }
        input.read_at(0, &mut header)?;
        let Header { part: unit, .. } = Header::decode(&header, kind, layout)?;
        let mut tail = [0; TAIL];
        input.read_at(len - TAIL as u64, &mut tail)?;
        let (records, footer_check) = decode_tail(&tail, &header, kind)?;
        if records.checked_mul(kind.record as u64).and_then(|bytes| bytes.checked_add(fixed)) != Some(len) {
            return Err(DedupError::damaged(NAME, format!("{len} bytes do not fit {records} records")));
        }
        let footer = len - fixed + HEADER as u64;
        Ok(Self { input, layout, unit, footer, footer_check, key: PhantomData })
    }

    /// The map unit that wrote the file.
    #[must_use]
    pub fn unit(&self) -> u32 {
        self.unit
    }

    fn entry(&self, partition: u32) -> Result<Entry, DedupError> {
        let mut bytes = [0; ENTRY];
        self.input.read_at(self.footer + u64::from(partition) * ENTRY as u64, &mut bytes)?;
        self.checked(partition, &bytes)
    }

    /// A footer entry, held against its checksum and the file's length.
    fn checked(&self, partition: u32, bytes: &[u8]) -> Result<Entry, DedupError> {
        if entry_check(&bytes[..24], self.layout.tag, partition) != u64_at(bytes, 24) {
            return Err(DedupError::damaged(NAME, format!("footer entry {partition} fails its checksum")));
        }
        let entry = Entry { offset: u64_at(bytes, 0), records: u64_at(bytes, 8), check: u64_at(bytes, 16) };
        let end = entry
            .records
            .checked_mul(record_bytes::<K>() as u64)
            .and_then(|bytes| bytes.checked_add(entry.offset))
            .filter(|end| *end <= self.footer && entry.offset >= HEADER as u64);
        end.map(|_| entry)
            .ok_or_else(|| DedupError::damaged(NAME, format!("block {partition} lies outside the records")))
    }

    /// Gives every record of a partition, sorted, as (key, ordinal). Returns how many there were.
    ///
    /// The checksum is complete after the last record: what `each` did must be thrown away when this fails.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged, when `partition` does not exist, or when `each` fails.
    pub fn read_partition(
        &self,
        partition: u32,
        mut each: impl FnMut(K, u64) -> Result<(), DedupError>,
    ) -> Result<u64, DedupError> {
        if partition >= self.layout.partitions {
            let detail = format!("{partition} is not below {}", self.layout.partitions);
            return Err(DedupError::Setting { name: "partition", detail });
        }
        let entry = self.entry(partition)?;
        self.block(self.input, partition, entry, &mut each)
    }

    /// Gives the records of a block.
    fn block(
        &self,
        input: &dyn RangeRead,
        partition: u32,
        entry: Entry,
        each: &mut dyn FnMut(K, u64) -> Result<(), DedupError>,
    ) -> Result<u64, DedupError> {
        let size = record_bytes::<K>();
        let mut left = entry.records;
        let mut at = entry.offset;
        let mut hash = Xxh3::new();
        let mut buffer = Vec::new();
        while left > 0 {
            // At most CHUNK / size records, so the product fits.
            let take = left.min((CHUNK / size) as u64) as usize * size;
            buffer.resize(take, 0);
            input.read_at(at, &mut buffer)?;
            hash.update(&buffer);
            left -= (take / size) as u64;
            if left == 0 && hash.digest() != entry.check {
                return Err(DedupError::damaged(NAME, format!("block {partition} fails its checksum")));
            }
            for record in buffer.chunks_exact(size) {
                let (key, index) = <(K, u32) as Record>::get(record);
                each(key, ordinal(self.unit, index))?;
            }
            at += take as u64;
        }
        if entry.records == 0 && hash.digest() != entry.check {
            return Err(DedupError::damaged(NAME, format!("block {partition} fails its checksum")));
        }
        Ok(entry.records)
    }

    /// Gives every record of the file, sorted, as (key, ordinal), and checks everything but their order. Returns how many there were.
    ///
    /// What `each` did must be thrown away when this fails.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged, or when `each` fails.
    pub fn read_all(&self, mut each: impl FnMut(K, u64) -> Result<(), DedupError>) -> Result<u64, DedupError> {
        self.blocks(|_, key, document| each(key, document))
    }

    /// Gives every record with its partition.
    fn blocks(&self, mut each: impl FnMut(u32, K, u64) -> Result<(), DedupError>) -> Result<u64, DedupError> {
        let mut footer = vec![0; self.layout.partitions as usize * ENTRY];
        self.input.read_at(self.footer, &mut footer)?;
        if xxh3_64(&footer) != self.footer_check {
            return Err(DedupError::damaged(NAME, "the footer fails its checksum"));
        }
        let ahead = Ahead { input: self.input, end: self.footer, held: RefCell::default() };
        let mut records = 0;
        let mut expected = HEADER as u64;
        for (partition, bytes) in (0..self.layout.partitions).zip(footer.chunks_exact(ENTRY)) {
            let entry = self.checked(partition, bytes)?;
            if entry.offset != expected {
                return Err(DedupError::damaged(NAME, format!("block {partition} does not follow the one before")));
            }
            let count = self.block(&ahead, partition, entry, &mut |key, document| each(partition, key, document))?;
            records += count;
            expected += count * record_bytes::<K>() as u64;
        }
        Ok(records)
    }

    /// Reads the whole file and checks everything: footer, blocks, order. Returns the number of records.
    ///
    /// # Errors
    /// When anything is damaged.
    pub fn verify(&self) -> Result<u64, DedupError> {
        let mut last = None;
        self.blocks(|partition, key, document| {
            let fits = partition_of(key, self.layout.partitions) == partition && last < Some((key, document));
            last = Some((key, document));
            fits.then_some(()).ok_or_else(|| DedupError::damaged(NAME, format!("block {partition} is out of order")))
        })
    }
}

/// Reads small ranges that follow each other by large ones.
struct Ahead<'r> {
    input: &'r dyn RangeRead,
    /// Where what may be read ends.
    end: u64,
    /// Where the last range began, and its bytes.
    held: RefCell<(u64, Vec<u8>)>,
}

impl RangeRead for Ahead<'_> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.end)
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        let mut held = self.held.borrow_mut();
        let (from, bytes) = &mut *held;
        let inside = |from: u64, bytes: &[u8]| {
            let start = usize::try_from(offset.checked_sub(from)?).ok()?;
            (start.checked_add(buf.len())? <= bytes.len()).then_some(start)
        };
        let start = match inside(*from, bytes) {
            Some(start) => start,
            None => {
                let left = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX);
                bytes.resize(left.min(CHUNK.max(buf.len())), 0);
                self.input.read_at(offset, bytes)?;
                *from = offset;
                0
            }
        };
        let found = bytes.get(start..start + buf.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buf.copy_from_slice(found);
        Ok(())
    }
}
