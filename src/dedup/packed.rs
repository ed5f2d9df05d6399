//! Packed files: records of any length in numbered streams, read stream by stream.
//!
//! Layout (little-endian; see `frame` for header and tail, whose partitions are the streams):
//!
//! ```text
//! header 48 | chunks, in the order in which they filled | tables, by stream | directory, by stream | tail 32
//! table, per chunk:     offset u64 | packed bytes u32 | bytes u32 | XXH3-64 of the packed bytes, seeded with both counts, u64
//! directory, per stream: first chunk u64 | chunks u64 | records u64 | XXH3-64 of (tag, stream, these, its table) u64
//! ```
//!
//! A chunk is a zstd frame over whole records. Streams are filled side by side in any order; a chunk is cut by the bytes of its
//! stream alone, so that the file depends on the records and their order, not on any memory budget. What the numbers of a record
//! mean is its writer's business ([`put_number`], [`Fields`]).

use super::error::DedupError;
use super::frame::{HEADER, Header, Kind, TAIL, decode_tail, encode_tail, u32_at, u64_at};
use super::{Layout, RangeRead};
use std::cell::RefCell;
use std::io::Write;
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_64_with_seed};
use zstd::bulk::{Compressor, Decompressor};

/// Bytes of a chunk's entry in a table, and of a stream's entry in the directory.
const CHUNK: usize = 24;
const STREAM: usize = 32;
/// zstd level: the fastest, for files that are read once.
const LEVEL: i32 = 1;
/// Bytes that wait in all streams together, about; and most and least bytes of a chunk before it is packed.
const WAITING: usize = 8 << 20;
const MOST: usize = 256 << 10;
const LEAST: usize = 256;
/// No record is longer: a window and what may stand on both sides of it.
const RECORD: usize = 1 << 20;

thread_local! {
    /// What a thread keeps from chunk to chunk: zstd's tables are dear to make.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Appends a number, seven bits a byte, the lowest first.
pub(super) fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        // The low seven bits.
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// What is left of a chunk.
pub(super) struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    /// The next number; `None` where there is none.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// The next number, of 32 bits.
    pub fn short(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }
}

/// One stream while it is written.
#[derive(Default)]
struct Stream {
    waiting: Vec<u8>,
    table: Vec<u8>,
    records: u64,
}

/// Writes one file. The output is the caller's, handed to every call, and should be buffered.
pub(super) struct PackedWriter {
    header: [u8; HEADER],
    tag: u64,
    limit: usize,
    streams: Vec<Stream>,
    at: u64,
    packed: Vec<u8>,
}

impl PackedWriter {
    /// Begins the file of map unit or partition `part`, with a stream for each partition of the layout.
    pub fn new(kind: Kind, part: u32, layout: Layout, out: &mut dyn Write) -> Result<Self, DedupError> {
        let header = Header { layout: layout.check()?, part }.encode(kind);
        out.write_all(&header)?;
        let count = layout.partitions as usize;
        let mut streams = Vec::new();
        streams.resize_with(count, Stream::default);
        let limit = (WAITING / count).clamp(LEAST, MOST);
        Ok(Self { header, tag: layout.tag, limit, streams, at: HEADER as u64, packed: Vec::new() })
    }

    /// Adds a record: what `put` appends, at most a mebibyte.
    pub fn push(&mut self, stream: u32, put: impl FnOnce(&mut Vec<u8>), out: &mut dyn Write) -> Result<(), DedupError> {
        let one = &mut self.streams[stream as usize];
        put(&mut one.waiting);
        one.records += 1;
        if one.waiting.len() >= self.limit { self.pack(stream, out) } else { Ok(()) }
    }

    fn pack(&mut self, stream: u32, out: &mut dyn Write) -> Result<(), DedupError> {
        let Self { streams, at, packed, .. } = self;
        let one = &mut streams[stream as usize];
        packed.clear();
        packed.reserve(zstd::zstd_safe::compress_bound(one.waiting.len()));
        PACKER.with_borrow_mut(|packer| {
            let packer = match packer {
                Some(packer) => packer,
                none => none.insert(Compressor::new(LEVEL)?),
            };
            packer.compress_to_buffer(&one.waiting, packed)
        })?;
        out.write_all(packed)?;
        // Both are below MOST + RECORD.
        let (small, large) = (packed.len() as u32, one.waiting.len() as u32);
        one.table.extend_from_slice(&at.to_le_bytes());
        one.table.extend_from_slice(&small.to_le_bytes());
        one.table.extend_from_slice(&large.to_le_bytes());
        one.table.extend_from_slice(&chunk_check(packed, small, large).to_le_bytes());
        *at += packed.len() as u64;
        // Not kept: streams may be filled one after the other.
        one.waiting = Vec::new();
        Ok(())
    }

    /// Ends the file. Returns the number of records.
    pub fn finish(mut self, out: &mut dyn Write) -> Result<u64, DedupError> {
        for stream in 0..self.streams.len() {
            if !self.streams[stream].waiting.is_empty() {
                // Below the number of partitions.
                self.pack(stream as u32, out)?;
            }
        }
        let (mut directory, mut first, mut records) = (Vec::new(), 0, 0);
        for (number, stream) in (0..).zip(&self.streams) {
            out.write_all(&stream.table)?;
            let chunks = (stream.table.len() / CHUNK) as u64;
            let mut entry = [0; STREAM];
            entry[..8].copy_from_slice(&u64::to_le_bytes(first));
            entry[8..16].copy_from_slice(&chunks.to_le_bytes());
            entry[16..24].copy_from_slice(&stream.records.to_le_bytes());
            let check = stream_check(self.tag, number, &entry[..24], &stream.table);
            entry[24..].copy_from_slice(&check.to_le_bytes());
            directory.extend_from_slice(&entry);
            first += chunks;
            records += stream.records;
        }
        out.write_all(&directory)?;
        out.write_all(&encode_tail(&self.header, first, xxh3_64(&directory)))?;
        out.flush()?;
        Ok(records)
    }
}

fn chunk_check(packed: &[u8], small: u32, large: u32) -> u64 {
    xxh3_64_with_seed(packed, u64::from(small) << 32 | u64::from(large))
}

fn stream_check(tag: u64, stream: u32, entry: &[u8], table: &[u8]) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&tag.to_le_bytes());
    hash.update(&stream.to_le_bytes());
    hash.update(entry);
    hash.update(table);
    hash.digest()
}

/// A packed file opened for one or more streams.
pub(super) struct PackedReader<'r> {
    kind: Kind,
    input: &'r dyn RangeRead,
    layout: Layout,
    /// Map unit or partition that wrote it.
    pub part: u32,
    /// Where chunks end and tables begin, and how many entries those have.
    tables: u64,
    chunks: u64,
}

impl<'r> PackedReader<'r> {
    /// Opens a file and holds header, tail and length against the plan.
    pub fn open(kind: Kind, input: &'r dyn RangeRead, layout: Layout) -> Result<Self, DedupError> {
        layout.check()?;
        let len = input.len()?;
        if len < (HEADER + TAIL) as u64 {
            return Err(DedupError::damaged(kind.name, format!("{len} bytes are less than header and tail")));
        }
        let (mut header, mut tail) = ([0; HEADER], [0; TAIL]);
        input.read_at(0, &mut header)?;
        let Header { part, .. } = Header::decode(&header, kind, layout)?;
        input.read_at(len - TAIL as u64, &mut tail)?;
        let (chunks, _) = decode_tail(&tail, &header, kind)?;
        let fixed = TAIL as u64 + u64::from(layout.partitions) * STREAM as u64;
        let behind = chunks.checked_mul(CHUNK as u64).and_then(|bytes| bytes.checked_add(fixed));
        let tables = behind.and_then(|bytes| len.checked_sub(bytes)).filter(|&tables| tables >= HEADER as u64);
        let tables =
            tables.ok_or_else(|| DedupError::damaged(kind.name, format!("{len} bytes do not fit {chunks} chunks")))?;
        Ok(Self { kind, input, layout, part, tables, chunks })
    }

    /// Opens the file of a partition, which must be this one.
    pub fn of_partition(
        kind: Kind,
        input: &'r dyn RangeRead,
        layout: Layout,
        partition: usize,
    ) -> Result<Self, DedupError> {
        let reader = Self::open(kind, input, layout)?;
        let (expected, found) = (partition as u64, u64::from(reader.part));
        if expected != found {
            return Err(DedupError::Mismatch { file: kind.name, what: "partition", expected, found });
        }
        Ok(reader)
    }

    fn damaged(&self, what: &str) -> DedupError {
        DedupError::damaged(self.kind.name, what)
    }

    /// The table of a stream, and its number of records.
    fn table(&self, stream: u32) -> Result<(Vec<u8>, u64), DedupError> {
        if stream >= self.layout.partitions {
            let detail = format!("{stream} is not below {}", self.layout.partitions);
            return Err(DedupError::Setting { name: "stream", detail });
        }
        let mut entry = [0; STREAM];
        let directory = self.tables + self.chunks * CHUNK as u64;
        self.input.read_at(directory + u64::from(stream) * STREAM as u64, &mut entry)?;
        let (first, chunks) = (u64_at(&entry, 0), u64_at(&entry, 8));
        let end = first.checked_add(chunks).filter(|&end| end <= self.chunks);
        let bytes = end.and_then(|_| usize::try_from(chunks * CHUNK as u64).ok());
        let mut table = vec![0; bytes.ok_or_else(|| self.damaged("a stream lies outside the tables"))?];
        if !table.is_empty() {
            self.input.read_at(self.tables + first * CHUNK as u64, &mut table)?;
        }
        if stream_check(self.layout.tag, stream, &entry[..24], &table) != u64_at(&entry, 24) {
            return Err(self.damaged(&format!("the table of stream {stream} fails its checksum")));
        }
        Ok((table, u64_at(&entry, 16)))
    }

    /// How many records a stream has.
    pub fn records(&self, stream: u32) -> Result<u64, DedupError> {
        self.table(stream).map(|(_, records)| records)
    }

    /// Gives the chunks of a stream, each of whole records, in order; a chunk that `each` cannot read (`None`) is damaged. Returns how
    /// many records there are.
    ///
    /// What `each` did must be thrown away when this fails.
    pub fn read(
        &self,
        stream: u32,
        mut each: impl FnMut(&mut Fields<'_>) -> Result<Option<()>, DedupError>,
    ) -> Result<u64, DedupError> {
        let (table, records) = self.table(stream)?;
        let (mut packed, mut raw) = (Vec::new(), Vec::new());
        for entry in table.chunks_exact(CHUNK) {
            let (at, small, large) = (u64_at(entry, 0), u32_at(entry, 8), u32_at(entry, 12));
            let end = at.checked_add(u64::from(small)).filter(|&end| end <= self.tables && at >= HEADER as u64);
            if end.is_none() || large as usize > MOST + RECORD {
                return Err(self.damaged(&format!("a chunk of stream {stream} lies outside the file")));
            }
            packed.resize(small as usize, 0);
            self.input.read_at(at, &mut packed)?;
            if chunk_check(&packed, small, large) != u64_at(entry, 16) {
                return Err(self.damaged(&format!("a chunk of stream {stream} fails its checksum")));
            }
            unpack(&packed, large as usize, &mut raw)?;
            let mut fields = Fields(&raw);
            while !fields.0.is_empty() {
                each(&mut fields)?.ok_or_else(|| self.damaged(&format!("a record of stream {stream} is cut")))?;
            }
        }
        Ok(records)
    }
}

fn unpack(packed: &[u8], large: usize, raw: &mut Vec<u8>) -> Result<(), DedupError> {
    raw.clear();
    raw.reserve(large);
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            none => none.insert(Decompressor::new()?),
        };
        unpacker.decompress_to_buffer(packed, raw)
    })?;
    Ok(())
}
