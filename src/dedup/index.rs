//! The keys of documents that earlier runs kept, to be looked up one by one.
//!
//! One file per partition (little-endian; see `frame` for header and tail):
//!
//! ```text
//! header 48 | records, sorted by (key, document): key 8 or 16, document u64 | directory | tail 32
//! directory: per slot, and once more for the end: offset u64 | XXH3-64 of the slot's records, seeded with its number, u64
//! ```
//!
//! Keys are hashes, so the range of a partition is cut into *slots* of equal width, about [`PER_SLOT`] records each, and the
//! slot of a key is computed, not searched: a look-up reads two entries of the directory and one slot, whatever the size of
//! the index. Keys that come in rising order find their neighbours in what was read last.

use super::error::DedupError;
use super::exchange::{ExchangeReader, ExchangeWriter};
use super::external::{Sorted, Sorter};
use super::frame::{HEADER, Header, Kind, TAIL, decode_tail, encode_tail, u64_at};
use super::record::{Key, Record};
use super::reduce::{ExchangeSource, gather};
use super::{Layout, RangeRead, Scratch, split_ordinal};
use std::io::Write;
use std::marker::PhantomData;
use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed};

/// Name in errors.
const NAME: &str = "index file";
/// Records per slot, on average: 4 KiB of band keys, one request of a disk.
const PER_SLOT: u64 = 256;
/// Bytes of an entry of the directory.
const ENTRY: usize = 16;
/// Entries of the directory that are read at once.
const AHEAD: u64 = 256;
/// Bytes gathered before a write.
const CHUNK: usize = 1 << 16;

/// A key that is a hash: equally likely to stand anywhere in its range.
pub trait Hashed: Key {
    /// Its upper 64 bits.
    fn high(self) -> u64;
}

impl Hashed for u64 {
    fn high(self) -> u64 {
        self
    }
}

impl Hashed for u128 {
    fn high(self) -> u64 {
        // The upper half.
        (self >> 64) as u64
    }
}

/// Where a key stands in the range of its partition: 0 at its start, 2^64 at its end.
fn within<K: Hashed>(key: K, partitions: u32) -> u64 {
    // What `Key::partition` cuts off.
    (u128::from(key.high()) * u128::from(partitions)) as u64
}

/// The slot of a key, of so many in its partition.
fn slot_of<K: Hashed>(key: K, partitions: u32, slots: u64) -> u64 {
    // The product is below slots * 2^64.
    ((u128::from(within(key, partitions)) * u128::from(slots)) >> 64) as u64
}

fn kind<K: Key>() -> Kind {
    Kind { magic: *b"\x89gmindx\n", name: NAME, record: <(K, u64) as Record>::SIZE }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Records.
    pub records: u64,
    /// Records left out, because their key had the most documents already.
    pub left_out: u64,
}

/// Writes the file of one partition. `expected` is about how many records come; of one key the first `most` are written, for a
/// look-up takes no more.
///
/// # Errors
/// When `sorted` or `out` fails.
pub fn write<K: Hashed>(
    layout: Layout,
    partition: u32,
    (mut sorted, expected): (Sorted<(K, u64)>, u64),
    most: usize,
    out: &mut dyn Write,
) -> Result<Written, DedupError> {
    let mut file = IndexWriter::new(layout, partition, expected, most, out)?;
    while let Some((key, document)) = sorted.next()? {
        file.push(key, document)?;
    }
    file.finish()
}

/// The file of one partition, written record by record.
pub struct IndexWriter<'o, K> {
    header: [u8; HEADER],
    partitions: u32,
    slots: u64,
    most: usize,
    /// The key that came last, and how often it came.
    last: Option<(K, usize)>,
    written: Written,
    body: Body<'o>,
}

impl<'o, K: Hashed> IndexWriter<'o, K> {
    /// Begins the file; `expected` and `most` as for [`write`].
    ///
    /// # Errors
    /// When the layout is none, or `out` fails.
    pub fn new(
        layout: Layout,
        partition: u32,
        expected: u64,
        most: usize,
        out: &'o mut dyn Write,
    ) -> Result<Self, DedupError> {
        let header = Header { layout: layout.check()?, part: partition }.encode(kind::<K>());
        out.write_all(&header)?;
        let slots = expected.div_ceil(PER_SLOT).max(1);
        let body = Body { out, at: HEADER as u64, open: 0, buffer: Vec::new(), directory: Vec::new() };
        Ok(Self { header, partitions: layout.partitions, slots, most, last: None, written: Written::default(), body })
    }

    /// Adds a record; they come in rising order.
    ///
    /// # Errors
    /// When the output fails.
    pub fn push(&mut self, key: K, document: u64) -> Result<(), DedupError> {
        let same = self.last.filter(|&(last, _)| last == key).map_or(0, |(_, same)| same) + 1;
        self.last = Some((key, same));
        if same > self.most {
            self.written.left_out += 1;
            return Ok(());
        }
        self.body.close_before(slot_of(key, self.partitions, self.slots))?;
        (key, document).put(&mut self.body.buffer);
        self.written.records += 1;
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(mut self) -> Result<Written, DedupError> {
        let file = &mut self.body;
        file.close_before(self.slots)?;
        file.directory.extend_from_slice(&file.at.to_le_bytes());
        file.directory.extend_from_slice(&[0; 8]);
        let mut hash = Xxh3::new();
        hash.update(&file.directory);
        let Body { out, directory, .. } = self.body;
        out.write_all(&directory)?;
        out.write_all(&encode_tail(&self.header, self.written.records, hash.digest()))?;
        out.flush()?;
        Ok(self.written)
    }
}

/// The growing records and their directory.
struct Body<'o> {
    out: &'o mut dyn Write,
    /// Where the slot that is open begins.
    at: u64,
    /// Its number.
    open: u64,
    buffer: Vec<u8>,
    directory: Vec<u8>,
}

impl Body<'_> {
    /// Closes all slots before `slot`.
    fn close_before(&mut self, slot: u64) -> Result<(), DedupError> {
        while self.open < slot {
            let check = xxh3_64_with_seed(&self.buffer, self.open);
            self.directory.extend_from_slice(&self.at.to_le_bytes());
            self.directory.extend_from_slice(&check.to_le_bytes());
            for chunk in self.buffer.chunks(CHUNK) {
                self.out.write_all(chunk)?;
            }
            self.at += self.buffer.len() as u64;
            self.buffer.clear();
            self.open += 1;
        }
        Ok(())
    }
}

/// The file of one partition, opened for look-ups.
pub struct IndexReader<R, K> {
    input: R,
    partitions: u32,
    slots: u64,
    /// Where the directory begins.
    directory: u64,
    /// First entry that `entries` holds, and its bytes.
    entries: (u64, Vec<u8>),
    /// The slot that was read last, and its records.
    slot: Option<(u64, Vec<u8>)>,
    key: PhantomData<K>,
}

impl<R: RangeRead, K: Hashed> IndexReader<R, K> {
    /// Opens the file of `partition`.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or belongs to another index or partition.
    pub fn open(input: R, layout: Layout, partition: u32) -> Result<Self, DedupError> {
        let kind = kind::<K>();
        let len = input.len()?;
        if len < (HEADER + TAIL) as u64 {
            return Err(DedupError::damaged(NAME, format!("{len} bytes are less than header and tail")));
        }
        let (mut header, mut tail) = ([0; HEADER], [0; TAIL]);
        input.read_at(0, &mut header)?;
        let Header { part, .. } = Header::decode(&header, kind, layout)?;
        if part != partition {
            let (expected, found) = (partition.into(), part.into());
            return Err(DedupError::Mismatch { file: NAME, what: "partition", expected, found });
        }
        input.read_at(len - TAIL as u64, &mut tail)?;
        let (records, _) = decode_tail(&tail, &header, kind)?;
        let bytes = records.checked_mul(kind.record as u64);
        let rest = bytes.and_then(|bytes| (len - (HEADER + TAIL) as u64).checked_sub(bytes));
        let slots = rest.filter(|rest| rest % ENTRY as u64 == 0).and_then(|rest| (rest / ENTRY as u64).checked_sub(1));
        let slots = slots.filter(|&slots| slots > 0);
        let slots =
            slots.ok_or_else(|| DedupError::damaged(NAME, format!("{len} bytes do not fit {records} records")))?;
        let directory = len - TAIL as u64 - (slots + 1) * ENTRY as u64;
        let partitions = layout.partitions;
        Ok(Self { input, partitions, slots, directory, entries: (0, Vec::new()), slot: None, key: PhantomData })
    }

    /// Adds the documents that have this key to `out`, rising.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn find(&mut self, key: K, out: &mut Vec<u64>) -> Result<(), DedupError> {
        let slot = slot_of(key, self.partitions, self.slots);
        if self.slot.as_ref().is_none_or(|(of, _)| *of != slot) {
            self.slot = Some((slot, self.read(slot)?));
        }
        let size = <(K, u64) as Record>::SIZE;
        let Some((_, records)) = &self.slot else { return Ok(()) };
        let record = |at: usize| <(K, u64) as Record>::get(&records[at * size..(at + 1) * size]);
        let count = records.len() / size;
        // The first record that is not below the key.
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low.midpoint(high);
            if record(middle).0 < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        out.extend((low..count).map(record).take_while(|(found, _)| *found == key).map(|(_, document)| document));
        Ok(())
    }

    fn entry(&mut self, slot: u64) -> Result<(u64, u64), DedupError> {
        let (first, bytes) = &mut self.entries;
        let held = (bytes.len() / ENTRY) as u64;
        if slot < *first || slot >= *first + held {
            let take = AHEAD.min(self.slots + 1 - slot);
            // At most AHEAD entries.
            bytes.resize(take as usize * ENTRY, 0);
            *first = slot;
            if let Err(error) = self.input.read_at(self.directory + slot * ENTRY as u64, bytes) {
                bytes.clear();
                return Err(error.into());
            }
        }
        // Less than AHEAD.
        let at = (slot - *first) as usize * ENTRY;
        Ok((u64_at(bytes, at), u64_at(bytes, at + 8)))
    }

    fn read(&mut self, slot: u64) -> Result<Vec<u8>, DedupError> {
        let damaged = || DedupError::damaged(NAME, format!("slot {slot} fails its checksum"));
        let ((from, check), (to, _)) = (self.entry(slot)?, self.entry(slot + 1)?);
        let size = <(K, u64) as Record>::SIZE as u64;
        let bytes = to.checked_sub(from).filter(|bytes| from >= HEADER as u64 && bytes % size == 0);
        let bytes = bytes.filter(|_| to <= self.directory).and_then(|bytes| usize::try_from(bytes).ok());
        let mut records = vec![0; bytes.ok_or_else(damaged)?];
        self.input.read_at(from, &mut records)?;
        if xxh3_64_with_seed(&records, slot) != check {
            return Err(damaged());
        }
        Ok(records)
    }
}

/// Layout of the index files of a step.
#[must_use]
pub fn layout(of: Layout) -> Layout {
    // Another tag, so that no exchange file of the step can be taken for one of its index files.
    Layout { partitions: of.partitions, tag: of.tag.rotate_left(16) ^ 2 }
}

/// Reads partition `partition` of the exchange files of all map units, which hold the keys of the documents that stayed, and
/// writes its index file. Memory stays below `budget` plus about 2 MiB and 1/256 of the file.
///
/// # Errors
/// When an input is damaged, of another plan or out of order, when storage fails, or when `budget` is too small to sort in.
pub fn write_from<K: Hashed>(
    inputs: &dyn ExchangeSource,
    of: Layout,
    partition: u32,
    (budget, scratch): (usize, &mut dyn Scratch),
    most: usize,
    out: &mut dyn Write,
) -> Result<Written, DedupError> {
    let sorted = gather::<K>(inputs, of, partition, Sorter::new(budget, scratch)?)?;
    write(layout(of), partition, sorted, most, out)
}

/// Copies an exchange file without the documents for which `gone` holds. Returns the number of records that are left.
///
/// # Errors
/// When the file is damaged or of another plan, or when storage fails.
pub fn keep_survivors<K: Key>(
    input: &dyn RangeRead,
    layout: Layout,
    gone: &dyn Fn(u32) -> bool,
    (budget, scratch): (usize, &mut dyn Scratch),
    out: &mut dyn Write,
) -> Result<u64, DedupError> {
    let reader = ExchangeReader::<K>::open(input, layout)?;
    let mut writer = ExchangeWriter::new(reader.unit(), layout, budget, scratch)?;
    for partition in 0..layout.partitions {
        reader.read_partition(partition, |key, document| {
            let (_, index) = split_ordinal(document);
            if gone(index) { Ok(()) } else { writer.push(key, index) }
        })?;
    }
    Ok(writer.finish(out)?.records)
}
