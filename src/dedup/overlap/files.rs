//! What travels between the map units and the filter unit: one record of any length per document, in order.
//!
//! Layout (little-endian; see `frame` for header and tail):
//!
//! ```text
//! header 48 | per document: bytes u64 | XXH3-64 of them, seeded with its place, u64 | bytes | … | end mark u64 | tail 32
//! gram file, per document:    index u32 | runs u32 | runs x (stretch u32, n-grams u32) | n-grams x hash u64
//! verdict file, per document: index u32 | gone u32 | n-grams u64 | seen u64 | most u64 | run u32
//!                             | gone x (stretch u32, n-grams u32, seen u32, most u32, run u32)
//! ```
//!
//! `run` is the earlier run that has the most of the n-grams, and `most` how many; 0 if none has any.
//!
//! Documents without n-grams have no record.

use super::super::Layout;
use super::super::error::DedupError;
use super::super::frame::{HEADER, Header, Kind, TAIL, decode_tail, encode_tail, u32_at, u64_at};
use super::{Gone, Grams, Most, Verdict};
use std::io::{Read, Write};
use xxhash_rust::xxh3::xxh3_64_with_seed;

const GRAMS: Kind = Kind { magic: *b"\x89gmgram\n", name: "gram file", record: 8 };
const VERDICTS: Kind = Kind { magic: *b"\x89gmverd\n", name: "verdict file", record: PART };
/// Bytes of what a verdict says before its stretches, and of each.
const HEAD: usize = 36;
const PART: usize = 20;
/// Instead of the length of a record: there are no more.
const END: u64 = u64::MAX;

/// Records of any length, written one by one. The output is the caller's, handed to every call; it should be buffered.
struct Writer {
    header: [u8; HEADER],
    records: u64,
    /// What the tail adds up.
    sum: u64,
    record: Vec<u8>,
}

impl Writer {
    fn new(kind: Kind, unit: u32, layout: Layout, out: &mut dyn Write) -> Result<Self, DedupError> {
        let header = Header { layout, part: unit }.encode(kind);
        out.write_all(&header)?;
        Ok(Self { header, records: 0, sum: 0, record: Vec::new() })
    }

    /// Writes the record that stands ready.
    fn push(&mut self, amount: u64, out: &mut dyn Write) -> Result<(), DedupError> {
        out.write_all(&(self.record.len() as u64).to_le_bytes())?;
        out.write_all(&xxh3_64_with_seed(&self.record, self.records).to_le_bytes())?;
        out.write_all(&self.record)?;
        self.records += 1;
        self.sum += amount;
        Ok(())
    }

    fn numbers(&mut self, numbers: &[u32]) {
        numbers.iter().for_each(|number| self.record.extend_from_slice(&number.to_le_bytes()));
    }

    fn finish(self, out: &mut dyn Write) -> Result<u64, DedupError> {
        out.write_all(&END.to_le_bytes())?;
        out.write_all(&encode_tail(&self.header, self.records, self.sum))?;
        out.flush()?;
        Ok(self.sum)
    }
}

struct Reader<R> {
    kind: Kind,
    input: R,
    header: [u8; HEADER],
    records: u64,
    sum: u64,
    ended: bool,
    record: Vec<u8>,
}

impl<R: Read> Reader<R> {
    fn open(kind: Kind, unit: u32, layout: Layout, mut input: R) -> Result<Self, DedupError> {
        let mut header = [0; HEADER];
        input.read_exact(&mut header)?;
        let Header { part, .. } = Header::decode(&header, kind, layout)?;
        if part != unit {
            let (expected, found) = (unit.into(), part.into());
            return Err(DedupError::Mismatch { file: kind.name, what: "map unit", expected, found });
        }
        Ok(Self { kind, input, header, records: 0, sum: 0, ended: false, record: Vec::new() })
    }

    fn number(&mut self) -> Result<u64, DedupError> {
        let mut bytes = [0; 8];
        self.input.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Reads the next record into `self.record`; `false` at the end, once the tail fits what was read.
    fn advance(&mut self) -> Result<bool, DedupError> {
        if self.ended {
            return Ok(false);
        }
        let length = self.number()?;
        if length == END {
            let mut tail = [0; TAIL];
            self.input.read_exact(&mut tail)?;
            if decode_tail(&tail, &self.header, self.kind)? != (self.records, self.sum) {
                return Err(DedupError::damaged(self.kind.name, "the tail does not fit the records"));
            }
            self.ended = true;
            return Ok(false);
        }
        let check = self.number()?;
        self.record.clear();
        // Grows with what is there: a damaged length must not ask for memory.
        self.input.by_ref().take(length).read_to_end(&mut self.record)?;
        if self.record.len() as u64 != length || xxh3_64_with_seed(&self.record, self.records) != check {
            return Err(self.damaged());
        }
        self.records += 1;
        Ok(true)
    }

    fn damaged(&self) -> DedupError {
        DedupError::damaged(self.kind.name, format!("record {} fails its checksum", self.records))
    }

    /// Index of the document, the number of parts behind a head of `head` bytes, and those parts, of `part` bytes each.
    fn parts(&self, head: usize, part: usize) -> Result<(u32, &[u8], &[u8]), DedupError> {
        let record = self.record.as_slice();
        let count = if record.len() >= head { u32_at(record, 4) as usize } else { usize::MAX };
        let end = count.checked_mul(part).and_then(|bytes| bytes.checked_add(head));
        let end = end.filter(|&end| end <= record.len()).ok_or_else(|| self.damaged())?;
        Ok((u32_at(record, 0), &record[head..end], &record[end..]))
    }
}

/// Writes the n-grams of one map unit.
pub struct GramWriter(Writer);

impl GramWriter {
    /// Begins the file of a map unit.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn new(unit: u32, layout: Layout, out: &mut dyn Write) -> Result<Self, DedupError> {
        Writer::new(GRAMS, unit, layout, out).map(Self)
    }

    /// Adds a document; they come by rising index.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn push(
        &mut self,
        index: u32,
        (hashes, runs): (&[u64], &[(u32, u32)]),
        out: &mut dyn Write,
    ) -> Result<(), DedupError> {
        if runs.is_empty() {
            return Ok(());
        }
        let Self(writer) = self;
        writer.record.clear();
        // A text has less than 2^32 lines: no record is that long.
        writer.numbers(&[index, runs.len() as u32]);
        runs.iter().for_each(|&(stretch, count)| writer.numbers(&[stretch, count]));
        hashes.iter().for_each(|hash| writer.record.extend_from_slice(&hash.to_le_bytes()));
        writer.push(hashes.len() as u64, out)
    }

    /// Ends the file; returns the number of n-grams.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn finish(self, out: &mut dyn Write) -> Result<u64, DedupError> {
        self.0.finish(out)
    }
}

/// Reads the n-grams of one map unit, document by document.
pub struct GramReader<R> {
    reader: Reader<R>,
    grams: Grams,
}

impl<R: Read> GramReader<R> {
    /// Opens the file of a map unit. `input` should be buffered.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or belongs to another plan or unit.
    pub fn open(unit: u32, layout: Layout, input: R) -> Result<Self, DedupError> {
        Ok(Self { reader: Reader::open(GRAMS, unit, layout, input)?, grams: Grams::default() })
    }

    /// The next document: its index, its n-grams.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn next_document(&mut self) -> Result<Option<(u32, &Grams)>, DedupError> {
        if !self.reader.advance()? {
            return Ok(None);
        }
        let (index, runs, hashes) = self.reader.parts(8, 8)?;
        self.grams.runs.clear();
        self.grams.runs.extend(runs.chunks_exact(8).map(|run| (u32_at(run, 0), u32_at(run, 4))));
        self.grams.hashes.clear();
        self.grams.hashes.extend(hashes.chunks_exact(8).map(|hash| u64_at(hash, 0)));
        let said: u64 = self.grams.runs.iter().map(|&(_, count)| u64::from(count)).sum();
        if said != self.grams.hashes.len() as u64 {
            return Err(self.reader.damaged());
        }
        self.reader.sum += said;
        Ok(Some((index, &self.grams)))
    }
}

/// Writes the verdicts on one map unit.
pub struct VerdictWriter(Writer);

impl VerdictWriter {
    /// Begins the file of a map unit.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn new(unit: u32, layout: Layout, out: &mut dyn Write) -> Result<Self, DedupError> {
        Writer::new(VERDICTS, unit, layout, out).map(Self)
    }

    /// Adds a document; they come by rising index.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn push(&mut self, index: u32, verdict: &Verdict, out: &mut dyn Write) -> Result<(), DedupError> {
        let Self(writer) = self;
        writer.record.clear();
        writer.numbers(&[index, verdict.gone.len() as u32]);
        writer.record.extend_from_slice(&verdict.grams.to_le_bytes());
        writer.record.extend_from_slice(&verdict.seen.to_le_bytes());
        let (seen, run) = verdict.earlier.map_or((0, 0), |most| (most.seen, most.run));
        writer.record.extend_from_slice(&seen.to_le_bytes());
        writer.numbers(&[run]);
        for gone in &verdict.gone {
            // At most `grams`.
            let (most, run) = gone.earlier.map_or((0, 0), |most| (most.seen as u32, most.run));
            writer.numbers(&[gone.stretch, gone.grams, gone.seen, most, run]);
        }
        writer.push(verdict.gone.len() as u64, out)
    }

    /// Ends the file; returns the number of stretches that go.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn finish(self, out: &mut dyn Write) -> Result<u64, DedupError> {
        self.0.finish(out)
    }
}

/// Reads the verdicts on one map unit, as its documents come.
pub struct VerdictReader<R> {
    reader: Reader<R>,
    ahead: Option<(u32, Verdict)>,
}

impl<R: Read> VerdictReader<R> {
    /// Opens the file of a map unit. `input` should be buffered.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or belongs to another plan or unit.
    pub fn open(unit: u32, layout: Layout, input: R) -> Result<Self, DedupError> {
        let mut out = Self { reader: Reader::open(VERDICTS, unit, layout, input)?, ahead: None };
        out.ahead = out.read()?;
        Ok(out)
    }

    fn read(&mut self) -> Result<Option<(u32, Verdict)>, DedupError> {
        if !self.reader.advance()? {
            return Ok(None);
        }
        let (index, parts, rest) = self.reader.parts(HEAD, PART)?;
        if !rest.is_empty() {
            return Err(self.reader.damaged());
        }
        let most = |run, seen| (seen > 0).then_some(Most { run, seen });
        let gone = |part: &[u8]| {
            let [stretch, grams, seen, there, run] = [0, 4, 8, 12, 16].map(|at| u32_at(part, at));
            Gone { stretch, grams, seen, earlier: most(run, there.into()) }
        };
        let gone: Vec<Gone> = parts.chunks_exact(PART).map(gone).collect();
        let record = self.reader.record.as_slice();
        let (grams, seen, earlier) =
            (u64_at(record, 8), u64_at(record, 16), most(u32_at(record, 32), u64_at(record, 24)));
        self.reader.sum += gone.len() as u64;
        Ok(Some((index, Verdict { grams, seen, earlier, gone })))
    }

    /// The verdicts on the documents before `index` that were not taken yet, by index.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn take_before(&mut self, index: u32) -> Result<Vec<(u32, Verdict)>, DedupError> {
        let mut out = Vec::new();
        while let Some(one) = self.ahead.take_if(|(of, _)| *of < index) {
            out.push(one);
            self.ahead = self.read()?;
        }
        Ok(out)
    }
}
