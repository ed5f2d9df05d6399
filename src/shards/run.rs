use std::io::{Read, Write};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::words::{u32_at, u64_at};
use super::{ShardError, Width};

/// `GMTOKRUN`, then the version of the layout (1).
const MAGIC: [u8; 8] = *b"GMTOKRUN";
const VERSION: u32 = 1;
/// Magic, version, bytes per id, vocabulary size, zero.
const HEADER: usize = 24;
/// Ordinal (u64), tokens (u32), low half of the xxh3 of the document's bytes (u32).
const ROW: usize = 16;
/// Documents, tokens, xxh3 of the ids, xxh3 of header and table, magic; each 8 bytes.
const FOOTER: usize = 40;

/// One document of a token run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunDocument {
    /// The document's place among all documents of its unit as they were read (gaps: dropped documents).
    pub ordinal: u64,
    /// Its tokens, end-of-document token included.
    pub n_tokens: u32,
    check: u32,
}

/// What a finished token run holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunFacts {
    /// Documents.
    pub documents: u64,
    /// Tokens of all documents.
    pub tokens: u64,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// xxh3 (64 bits) of all ids as they stand in the file.
    pub checksum: u64,
}

/// Writes the tokens of one unit: header, all ids without gaps, one table row per document, footer. Streaming; it keeps
/// 16 bytes per document. Little-endian throughout.
pub struct RunWriter<W: Write> {
    out: W,
    width: Width,
    vocab_size: u32,
    header: [u8; HEADER],
    table: Vec<u8>,
    tokens: u64,
    hash: Xxh3,
    bytes: Vec<u8>,
}

impl<W: Write> RunWriter<W> {
    /// Starts a run for ids below `vocab_size`.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(mut out: W, vocab_size: u32) -> Result<Self, ShardError> {
        let width = Width::of(vocab_size);
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(&MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[12..16].copy_from_slice(&(width.bytes() as u32).to_le_bytes());
        header[16..20].copy_from_slice(&vocab_size.to_le_bytes());
        out.write_all(&header)?;
        Ok(Self { out, width, vocab_size, header, table: Vec::new(), tokens: 0, hash: Xxh3::new(), bytes: Vec::new() })
    }

    /// Adds a document; `ids` end with the end-of-document token.
    ///
    /// # Errors
    /// When an id is out of range, the document has more than 2^31 - 1 tokens, or writing fails.
    pub fn push(&mut self, ordinal: u64, ids: &[u32]) -> Result<(), ShardError> {
        let document = (self.table.len() / ROW) as u64;
        let n_tokens = i32::try_from(ids.len())
            .map_err(|_| ShardError::DocumentTooLong { document, tokens: ids.len() })?
            .unsigned_abs();
        self.bytes.clear();
        self.width.put(ids, self.vocab_size, document, &mut self.bytes)?;
        self.out.write_all(&self.bytes)?;
        self.hash.update(&self.bytes);
        self.table.extend_from_slice(&ordinal.to_le_bytes());
        self.table.extend_from_slice(&n_tokens.to_le_bytes());
        self.table.extend_from_slice(&(xxh3_64(&self.bytes) as u32).to_le_bytes());
        self.tokens += u64::from(n_tokens);
        Ok(())
    }

    /// Writes table and footer and gives the sink back, flushed.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<(W, RunFacts), ShardError> {
        let documents = (self.table.len() / ROW) as u64;
        let checksum = self.hash.digest();
        let mut frame = Xxh3::new();
        frame.update(&self.header);
        frame.update(&self.table);
        self.out.write_all(&self.table)?;
        for word in [documents, self.tokens, checksum, frame.digest(), u64::from_le_bytes(MAGIC)] {
            self.out.write_all(&word.to_le_bytes())?;
        }
        self.out.flush()?;
        let data = self.tokens * self.width.bytes() as u64;
        let bytes = (HEADER + FOOTER + self.table.len()) as u64 + data;
        Ok((self.out, RunFacts { documents, tokens: self.tokens, bytes, checksum }))
    }
}

/// The table of a token run: enough to plan shards and to find the tokens of any document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunIndex {
    /// Bytes per id.
    pub width: Width,
    /// Ids are below this.
    pub vocab_size: u32,
    /// The documents in file order.
    pub documents: Vec<RunDocument>,
    /// Counts, length and checksum.
    pub facts: RunFacts,
    /// Token offset of each document, and the total at the end.
    starts: Vec<u64>,
}

impl RunIndex {
    /// Reads header, footer and table of a run of `length` bytes through `read_at(offset, bytes)`, and checks them.
    ///
    /// # Errors
    /// When reading fails or the file is not a whole token run.
    pub fn read(
        length: u64,
        mut read_at: impl FnMut(u64, usize) -> std::io::Result<Vec<u8>>,
    ) -> Result<Self, ShardError> {
        let fixed = (HEADER + FOOTER) as u64;
        if length < fixed {
            return Err(damaged(&format!("it has {length} bytes, the least is {fixed}")));
        }
        let header = exact(read_at(0, HEADER)?, HEADER)?;
        let footer = exact(read_at(length - FOOTER as u64, FOOTER)?, FOOTER)?;
        if header[..8] != MAGIC || footer[32..] != MAGIC || u32_at(&header, 8) != VERSION {
            return Err(damaged("its marks are not those of a token run"));
        }
        let width = match u32_at(&header, 12) {
            2 => Width::Two,
            4 => Width::Four,
            other => return Err(damaged(&format!("it declares {other} bytes per id"))),
        };
        let (documents, tokens) = (u64_at(&footer, 0), u64_at(&footer, 8));
        let table_bytes = documents.checked_mul(ROW as u64);
        let data = tokens.checked_mul(width.bytes() as u64);
        let expected = table_bytes.zip(data).and_then(|(t, d)| t.checked_add(d)?.checked_add(fixed));
        if expected != Some(length) {
            return Err(damaged(&format!("{documents} documents and {tokens} tokens do not fit its {length} bytes")));
        }
        let size = usize::try_from(documents).map_err(|_| damaged("its table does not fit memory"))? * ROW;
        let table = exact(read_at(length - FOOTER as u64 - size as u64, size)?, size)?;
        let mut frame = Xxh3::new();
        frame.update(&header);
        frame.update(&table);
        if frame.digest() != u64_at(&footer, 24) {
            return Err(damaged("header and table do not have the checksum in the footer"));
        }
        let facts = RunFacts { documents, tokens, bytes: length, checksum: u64_at(&footer, 16) };
        Self::assemble(width, u32_at(&header, 16), &table, facts)
    }

    fn assemble(width: Width, vocab_size: u32, table: &[u8], facts: RunFacts) -> Result<Self, ShardError> {
        let documents: Vec<RunDocument> = table
            .chunks_exact(ROW)
            .map(|row| RunDocument { ordinal: u64_at(row, 0), n_tokens: u32_at(row, 8), check: u32_at(row, 12) })
            .collect();
        let mut starts = Vec::with_capacity(documents.len() + 1);
        let mut total = 0;
        for document in &documents {
            starts.push(total);
            total += u64::from(document.n_tokens);
        }
        starts.push(total);
        if total != facts.tokens {
            return Err(damaged(&format!("its table sums to {total} tokens, the footer says {}", facts.tokens)));
        }
        Ok(Self { width, vocab_size, documents, facts, starts })
    }

    /// Tokens per document, for [`super::plan_shards`].
    #[must_use]
    pub fn n_tokens(&self) -> Vec<u32> {
        self.documents.iter().map(|document| document.n_tokens).collect()
    }

    /// Where the tokens of `n_docs` documents from `first_doc` stand in the file: offset and length in bytes. `None`
    /// when the run does not have these documents.
    #[must_use]
    pub fn byte_range(&self, first_doc: usize, n_docs: usize) -> Option<(u64, u64)> {
        let first = *self.starts.get(first_doc)?;
        let end = *self.starts.get(first_doc.checked_add(n_docs)?)?;
        let width = self.width.bytes() as u64;
        Some((HEADER as u64 + first * width, (end - first) * width))
    }

    /// Reads documents one after the other from `source`, which starts at the first byte of [`Self::byte_range`] of
    /// `first_doc`.
    #[must_use]
    pub fn documents_from<R: Read>(&self, source: R, first_doc: usize) -> RunReader<'_, R> {
        RunReader { index: self, source, next: first_doc, bytes: Vec::new() }
    }
}

/// Reads the documents of a token run in order and checks each against its checksum.
pub struct RunReader<'a, R: Read> {
    index: &'a RunIndex,
    source: R,
    next: usize,
    bytes: Vec<u8>,
}

impl<R: Read> RunReader<'_, R> {
    /// Puts the next document's ids into `ids` (cleared first). `None` after the last document of the run.
    ///
    /// # Errors
    /// When reading fails, or the ids do not have the checksum of the table.
    pub fn read_next(&mut self, ids: &mut Vec<u32>) -> Result<Option<RunDocument>, ShardError> {
        let Some(&document) = self.index.documents.get(self.next) else { return Ok(None) };
        ids.clear();
        self.bytes.clear();
        let wanted = u64::from(document.n_tokens) * self.index.width.bytes() as u64;
        // `take` and not a buffer of the declared size: a wrong length must not take memory that the file cannot fill.
        let got = self.source.by_ref().take(wanted).read_to_end(&mut self.bytes)? as u64;
        if got != wanted || xxh3_64(&self.bytes) as u32 != document.check {
            return Err(damaged(&format!("the tokens of its document {} do not have their checksum", self.next)));
        }
        self.index.width.get(&self.bytes, ids);
        self.next += 1;
        Ok(Some(document))
    }
}

fn damaged(detail: &str) -> ShardError {
    ShardError::DamagedRun(detail.to_owned())
}

fn exact(bytes: Vec<u8>, length: usize) -> Result<Vec<u8>, ShardError> {
    match bytes.len() == length {
        true => Ok(bytes),
        false => Err(damaged(&format!("a read of {length} bytes gave {}", bytes.len()))),
    }
}
