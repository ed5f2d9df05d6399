//! Shards that begin with a table of places: MosaicML's MDS and LitData's chunks. Both are a count, the place of each sample in
//! the file and of the end (all `u32`), then the samples; a file beside them, `index.json`, lists the shards of a folder.
//!
//! ```text
//! MDS       count, places, the configuration as JSON, samples: length of what follows, dimensions, length, ids
//!           (packed: ids alone, since the configuration states the length)
//! LitData   count, places, samples: ids alone
//! ```
//!
//! The layouts are those of `mosaicml-streaming` 0.13 (`MDSWriter` with a column `tokens`) and `litdata` 0.2 (`TokensLoader`).

mod index;

pub use index::{Listed, folder_index};

use index::object;
use serde_json::json;
use std::io::{self, Read, SeekFrom, Write};

use super::words::write_words;
use super::{Problem, ShardCounts, ShardError, ShardFormat, Width};
use crate::dedup::ScratchFile;

/// Most bytes of a shard: its places are 32-bit numbers.
pub const CHUNK_MOST: u64 = u32::MAX as u64;

/// How a shard with a table of places is laid out: all that its bytes depend on besides its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkLayout {
    mds: bool,
    width: Width,
    /// Tokens of each sample, where all have the same: packed sequences.
    length: Option<u32>,
}

impl ChunkLayout {
    /// The layout of a form for ids below `vocab_size`, in sequences of `length` tokens or in documents; `None` for forms without
    /// a table of places.
    #[must_use]
    pub fn of(format: ShardFormat, length: Option<u32>, vocab_size: u32) -> Option<Self> {
        let mds = match format {
            ShardFormat::Mds => true,
            ShardFormat::Litdata => false,
            _ => return None,
        };
        Some(Self { mds, width: Width::of(vocab_size), length })
    }

    /// What stands before the ids of a sample.
    fn prefix(&self, n_tokens: u64) -> Vec<u8> {
        if !self.mds || self.length.is_some() {
            return Vec::new();
        }
        // numpy's array in MDS: dimensions shifted by two, and which of u8, u16, u32 the length takes; the length; the values.
        let length = n_tokens.to_le_bytes();
        let (code, bytes) = match n_tokens {
            0..=0xFF => (0, 1),
            0x100..=0xFFFF => (1, 2),
            _ => (2, 4),
        };
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a sample that does not fit is refused by the table of places"
        )]
        let size = (1 + bytes as u64 + n_tokens * self.width.bytes() as u64) as u32;
        let mut out = size.to_le_bytes().to_vec();
        out.push(1 << 2 | code);
        out.extend_from_slice(&length[..bytes]);
        out
    }

    /// Bytes of a sample.
    fn sample(&self, n_tokens: u64) -> u64 {
        self.prefix(n_tokens).len() as u64 + n_tokens * self.width.bytes() as u64
    }

    /// The type of a sample as MDS names it. Four bytes are signed, as PyTorch has no unsigned type of that width everywhere; ids
    /// are below 2^31.
    fn encoding(&self) -> String {
        let dtype = match self.width {
            Width::Two => "uint16",
            Width::Four => "int32",
        };
        self.length.map_or_else(|| format!("ndarray:{dtype}"), |length| format!("ndarray:{dtype}:{length}"))
    }

    /// The keys of a shard's configuration, by name.
    fn config(&self) -> Vec<(&'static str, serde_json::Value)> {
        let size = self.length.map(|length| u64::from(length) * self.width.bytes() as u64);
        vec![
            ("column_encodings", json!([self.encoding()])),
            ("column_names", json!(["tokens"])),
            ("column_sizes", json!([size])),
            ("compression", json!(null)),
            ("format", json!("mds")),
            ("hashes", json!([])),
            ("size_limit", json!(null)),
            ("version", json!(2)),
        ]
    }

    /// The configuration that stands in the file.
    fn stated(&self) -> String {
        if self.mds { object(self.config()) } else { String::new() }
    }

    /// Bytes before the first sample.
    fn head_bytes(&self, samples: u64) -> u64 {
        4 + 4 * (samples + 1) + self.stated().len() as u64
    }

    /// Writes what stands before the first sample.
    fn write_head(&self, out: &mut impl Write, samples: &[u32]) -> Result<(), ShardError> {
        let count = samples.len() as u64;
        let mut at = self.head_bytes(count);
        let mut places = vec![at];
        for bytes in samples {
            at += u64::from(*bytes);
            places.push(at);
        }
        let small = |number: u64| u32::try_from(number).map_err(|_| ShardError::TooLarge { bytes: at });
        let words = std::iter::once(count).chain(places).map(small).collect::<Result<Vec<u32>, _>>()?;
        write_words(out, words.iter().map(|word| word.to_le_bytes()))?;
        Ok(out.write_all(self.stated().as_bytes())?)
    }

    /// Where tokens `from..to` stand in a shard whose samples have these lengths: place in the file, and bytes.
    #[must_use]
    pub fn places(&self, lengths: &[u64], from: u64, to: u64) -> Vec<(u64, u64)> {
        let (mut at, mut start, width) = (self.head_bytes(lengths.len() as u64), 0, self.width.bytes() as u64);
        let mut out = Vec::new();
        for length in lengths {
            let (end, ids) = (start + length, at + self.prefix(*length).len() as u64);
            let (first, last) = (from.clamp(start, end), to.clamp(start, end));
            if first < last {
                out.push((ids + (first - start) * width, (last - first) * width));
            }
            at += self.sample(*length);
            start = end;
        }
        out
    }

    /// Reads the head of a shard whose samples have these lengths, and gives the ids after it as a stream without gaps.
    ///
    /// # Errors
    /// When the head is not the one that these lengths ask for.
    pub fn open<R: Read>(self, mut shard: R, lengths: &[u64]) -> Result<ChunkIds<'_, R>, Problem> {
        let samples: Result<Vec<u32>, _> = lengths.iter().map(|length| u32::try_from(self.sample(*length))).collect();
        let mut expected = Vec::new();
        let written = samples.ok().and_then(|samples| self.write_head(&mut expected, &samples).ok());
        let wrong = |what: &str| Problem::BadHeader(what.to_owned());
        written.ok_or_else(|| wrong("the samples do not fit 32-bit places"))?;
        let mut found = Vec::with_capacity(expected.len());
        let read = shard.by_ref().take(expected.len() as u64).read_to_end(&mut found);
        read.map_err(|error| Problem::Unreadable(error.to_string()))?;
        let same = expected.iter().zip(&found).take_while(|(one, other)| one == other).count();
        if same < expected.len() {
            return Err(match (same / 4).checked_sub(1) {
                None => wrong("it counts other samples than the lineage"),
                // Place n + 1 is where sample n ends.
                Some(place) if place <= lengths.len() => {
                    Problem::BadEntry { document: (place as u64).saturating_sub(1) }
                }
                Some(_) => wrong("its configuration is another"),
            });
        }
        Ok(ChunkIds { shard, layout: self, lengths, next: 0, left: 0 })
    }
}

/// The ids of a shard, in one stream.
pub struct ChunkIds<'a, R: Read> {
    shard: R,
    layout: ChunkLayout,
    lengths: &'a [u64],
    next: usize,
    /// Bytes of the open sample.
    left: u64,
}

impl<R: Read> Read for ChunkIds<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            let Some(length) = self.lengths.get(self.next) else { return self.shard.read(buffer) };
            let expected = self.layout.prefix(*length);
            let mut found = vec![0; expected.len()];
            self.shard.read_exact(&mut found)?;
            if found != expected {
                let text = format!("the length of sample {} is another in the data than in the lineage", self.next);
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            self.left = length * self.layout.width.bytes() as u64;
            self.next += 1;
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let got = self.shard.read(&mut buffer[..most])?;
        self.left -= got as u64;
        Ok(got)
    }
}

/// Writes a shard with a table of places. Samples wait in a scratch file, because the table stands before them and its size is
/// known at the end; 4 bytes per sample are held.
pub struct ChunkWriter<W: Write> {
    out: W,
    body: io::BufWriter<Box<dyn ScratchFile>>,
    layout: ChunkLayout,
    /// Bytes of a head without samples.
    head: u64,
    vocab_size: u32,
    samples: Vec<u32>,
    counts: ShardCounts,
    bytes: Vec<u8>,
}

/// Bytes that are copied at once.
const BUFFER: usize = 1 << 18;

impl<W: Write> ChunkWriter<W> {
    /// Starts a shard for ids below `vocab_size`; `body` is an empty scratch file.
    pub fn new(out: W, body: Box<dyn ScratchFile>, layout: ChunkLayout, vocab_size: u32) -> Self {
        let counts = ShardCounts { documents: 0, tokens: 0, bytes: 0 };
        let body = io::BufWriter::with_capacity(BUFFER, body);
        let head = layout.head_bytes(0);
        Self { out, body, layout, head, vocab_size, samples: Vec::new(), counts, bytes: Vec::new() }
    }

    /// Tokens so far.
    pub fn tokens(&self) -> u64 {
        self.counts.tokens
    }

    /// Adds a document or a sequence.
    ///
    /// # Errors
    /// When an id is out of range, the shard outgrows its 32-bit places, or writing fails.
    pub fn push(&mut self, ids: &[u32]) -> Result<(), ShardError> {
        self.bytes.clear();
        self.bytes.extend(self.layout.prefix(ids.len() as u64));
        self.layout.width.put(ids, self.vocab_size, self.counts.documents, &mut self.bytes)?;
        self.counts.bytes += self.bytes.len() as u64;
        let bytes = self.head + 4 * (self.counts.documents + 1) + self.counts.bytes;
        match u32::try_from(self.bytes.len()) {
            Ok(sample) if bytes <= CHUNK_MOST => self.samples.push(sample),
            _ => return Err(ShardError::TooLarge { bytes }),
        }
        self.body.write_all(&self.bytes)?;
        self.counts.documents += 1;
        self.counts.tokens += ids.len() as u64;
        Ok(())
    }

    /// Writes head and samples and gives the sink back.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<(W, ShardCounts), ShardError> {
        self.layout.write_head(&mut self.out, &self.samples)?;
        let mut body = self.body.into_inner().map_err(io::IntoInnerError::into_error)?;
        body.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; BUFFER];
        loop {
            let got = body.read(&mut buffer)?;
            if got == 0 {
                break;
            }
            self.out.write_all(&buffer[..got])?;
        }
        self.out.flush()?;
        let bytes = self.counts.bytes + self.layout.head_bytes(self.counts.documents);
        Ok((self.out, ShardCounts { bytes, ..self.counts }))
    }
}

#[cfg(test)]
mod tests;
