//! The fates: what the cluster unit tells each map unit about its documents, one section a map unit in one file.
//!
//! A section: header, then one record per document of a cluster, sorted (index u32, cluster size u32, survivor u64, similarity f64, NaN
//! where none was measured), then the tail with the checksum of the records (`frame`). Survivors are listed too (survivor =
//! the document itself), so that the size of its cluster can be written beside a kept document. Behind the sections: the offset of each and of the end
//! (u64), and the number of sections (u64). A section names its unit and has a checksum, so the offsets need none.

use super::RangeRead;
use super::cluster::Member;
use super::edges::Tailed;
use super::error::DedupError;
use super::frame::{HEADER, Header, Kind, decode_tail, encode_tail, u32_at, u64_at};
use super::{Layout, ordinal, split_ordinal};
use std::io::{ErrorKind, Read, Write};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

const KIND: Kind = Kind { magic: *b"\x89gmfate\n", name: "fate list", record: 24 };

/// What happens to a document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// It stays.
    Kept {
        /// Documents in its cluster, itself included; 1 for a document that has no duplicate.
        cluster_size: u32,
    },
    /// It goes.
    Removed {
        /// Ordinal of the document that stays for it.
        survivor: u64,
        /// Documents in the cluster, the survivor included.
        cluster_size: u32,
        /// Measured similarity with the survivor, 0..=1, where it was verified.
        similarity: Option<f64>,
    },
}

/// The fates of the documents of one map unit.
#[derive(Debug, Clone, PartialEq)]
pub struct FateList {
    unit: u32,
    /// By index in the unit.
    records: Vec<Record>,
}

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Record {
    index: u32,
    cluster_size: u32,
    survivor: u64,
    similarity: f64,
}

impl FateList {
    /// The fate of the document with this index in the unit.
    #[must_use]
    pub fn get(&self, index: u32) -> Fate {
        match self.records.binary_search_by_key(&index, |record| record.index) {
            Err(_) => Fate::Kept { cluster_size: 1 },
            Ok(at) => self.fate(self.records[at]),
        }
    }

    /// All documents of the unit that belong to a cluster, by index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Fate)> + '_ {
        self.records.iter().map(|&record| (record.index, self.fate(record)))
    }

    /// How many documents go.
    #[must_use]
    pub fn removed(&self) -> usize {
        self.iter().filter(|(_, fate)| matches!(fate, Fate::Removed { .. })).count()
    }

    fn fate(&self, Record { index, cluster_size, survivor, similarity }: Record) -> Fate {
        if survivor == ordinal(self.unit, index) {
            Fate::Kept { cluster_size }
        } else {
            Fate::Removed { survivor, cluster_size, similarity: Some(similarity).filter(|one| !one.is_nan()) }
        }
    }

    /// Reads the section of map unit `unit`.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or belongs to another plan or unit.
    pub fn of_unit(layout: Layout, unit: u32, file: &dyn RangeRead) -> Result<Self, DedupError> {
        let damaged = |what: &str| DedupError::damaged(KIND.name, what);
        let number = |at: Option<u64>| -> Result<u64, DedupError> {
            let mut bytes = [0; 8];
            file.read_at(at.ok_or_else(|| damaged("it ends before its offsets"))?, &mut bytes)?;
            Ok(u64::from_le_bytes(bytes))
        };
        let length = file.len()?;
        let sections = number(length.checked_sub(8))?;
        if u64::from(unit) >= sections {
            let (expected, found) = (u64::from(unit) + 1, sections);
            return Err(DedupError::Mismatch { file: KIND.name, what: "map units", expected, found });
        }
        let table = sections.checked_add(2).and_then(|numbers| length.checked_sub(numbers.checked_mul(8)?));
        let place = table.map(|table| table + u64::from(unit) * 8);
        let (from, to) = (number(place)?, number(place.map(|place| place + 8))?);
        let bytes = to.checked_sub(from).filter(|_| Some(to) <= table);
        let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(|| damaged("an offset is wrong"))?;
        let mut section = vec![0; bytes];
        file.read_at(from, &mut section)?;
        Self::read(layout, unit, &mut section.as_slice())
    }

    fn read(layout: Layout, unit: u32, input: &mut dyn Read) -> Result<Self, DedupError> {
        let mut header = [0; HEADER];
        input.read_exact(&mut header).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => DedupError::damaged(KIND.name, "it ends inside the header"),
            _ => error.into(),
        })?;
        let Header { part, .. } = Header::decode(&header, KIND, layout)?;
        if part != unit {
            let (expected, found) = (unit.into(), part.into());
            return Err(DedupError::Mismatch { file: KIND.name, what: "map unit", expected, found });
        }
        let mut hash = Xxh3::new();
        let mut records: Vec<Record> = Vec::new();
        let tail = Tailed::new(KIND).read(input, |chunk| {
            hash.update(chunk);
            for bytes in chunk.chunks_exact(KIND.record) {
                let record = Record {
                    index: u32_at(bytes, 0),
                    cluster_size: u32_at(bytes, 4),
                    survivor: u64_at(bytes, 8),
                    similarity: f64::from_bits(u64_at(bytes, 16)),
                };
                if records.last().is_some_and(|last| last.index >= record.index) {
                    return Err(DedupError::damaged(KIND.name, format!("document {} is out of order", record.index)));
                }
                records.push(record);
            }
            Ok(())
        })?;
        if decode_tail(&tail, &header, KIND)? != (records.len() as u64, hash.digest()) {
            return Err(DedupError::damaged(KIND.name, "the records fail their checksum"));
        }
        Ok(Self { unit, records })
    }
}

/// Writes the sections of all map units, in order.
pub struct FatesWriter<W: Write> {
    layout: Layout,
    out: W,
    offsets: Vec<u64>,
    at: u64,
}

impl<W: Write> FatesWriter<W> {
    /// A file without sections yet.
    pub fn new(layout: Layout, out: W) -> Self {
        Self { layout, out, offsets: Vec::new(), at: 0 }
    }

    /// Writes the section of the next map unit from its members in order ([`super::cluster::Clusters::of_unit`]).
    ///
    /// # Errors
    /// When a member belongs to another unit or `out` fails.
    pub fn section(&mut self, members: impl Iterator<Item = Member>) -> Result<(), DedupError> {
        let unit = u32::try_from(self.offsets.len()).unwrap_or(u32::MAX);
        self.offsets.push(self.at);
        let bytes = section(self.layout, unit, members)?;
        self.at += bytes.len() as u64;
        Ok(self.out.write_all(&bytes)?)
    }

    /// Writes the offsets, and gives the file back.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn finish(mut self) -> Result<W, DedupError> {
        let sections = self.offsets.len() as u64;
        for number in self.offsets.iter().chain([&self.at, &sections]) {
            self.out.write_all(&number.to_le_bytes())?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

fn section(layout: Layout, unit: u32, members: impl Iterator<Item = Member>) -> Result<Vec<u8>, DedupError> {
    let header = Header { layout, part: unit }.encode(KIND);
    let mut out = header.to_vec();
    for member in members {
        let (of, index) = split_ordinal(member.document);
        if of != unit {
            let (expected, found) = (unit.into(), of.into());
            return Err(DedupError::Mismatch { file: KIND.name, what: "map unit", expected, found });
        }
        out.extend_from_slice(&index.to_le_bytes());
        out.extend_from_slice(&member.cluster_size.to_le_bytes());
        out.extend_from_slice(&member.survivor.to_le_bytes());
        out.extend_from_slice(&member.similarity.unwrap_or(f64::NAN).to_bits().to_le_bytes());
    }
    let records = &out[HEADER..];
    let tail = encode_tail(&header, (records.len() / KIND.record) as u64, xxh3_64(records));
    out.extend_from_slice(&tail);
    Ok(out)
}
