use std::io::Write;

use super::megatron::write_words;
use super::{ShardCounts, ShardError, Width};

/// Writes flat little-endian ids with datatrove's index: `NAME.ds` and `NAME.ds.index` (one u64 per document: the token
/// offset after it). The data file alone is also what OLMo calls `.npy` (a raw memory map without a numpy header).
pub struct DatatroveWriter<W: Write> {
    data: W,
    width: Width,
    vocab_size: u32,
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl<W: Write> DatatroveWriter<W> {
    /// Starts a shard for ids below `vocab_size`; `data` receives the ids.
    pub fn new(data: W, vocab_size: u32) -> Self {
        Self { data, width: Width::of(vocab_size), vocab_size, ends: Vec::new(), bytes: Vec::new() }
    }

    /// Adds a document, its end-of-document token included.
    ///
    /// # Errors
    /// When an id is out of range or writing fails.
    pub fn push(&mut self, ids: &[u32]) -> Result<(), ShardError> {
        self.bytes.clear();
        self.width.put(ids, self.vocab_size, self.ends.len() as u64, &mut self.bytes)?;
        self.data.write_all(&self.bytes)?;
        self.ends.push(self.tokens() + ids.len() as u64);
        Ok(())
    }

    /// Tokens so far: where the next document starts.
    pub fn tokens(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Flushes the data, writes the document ends to `index`, and gives both sinks back.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish<I: Write>(mut self, mut index: I) -> Result<(W, I, ShardCounts), ShardError> {
        self.data.flush()?;
        write_words(&mut index, self.ends.iter().map(|end| end.to_le_bytes()))?;
        index.flush()?;
        let tokens = self.tokens();
        let counts =
            ShardCounts { documents: self.ends.len() as u64, tokens, bytes: tokens * self.width.bytes() as u64 };
        Ok((self.data, index, counts))
    }
}

/// The text of `NAME.ds.metadata`: tokenizer and bytes per id, the tokens, and the tokens for people (`1.23 MT`).
#[must_use]
pub fn datatrove_metadata(tokenizer: &str, vocab_size: u32, tokens: u64) -> String {
    let (mut scaled, mut unit) = (tokens as f64, 0);
    while scaled >= 1000.0 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    // Three significant digits.
    let digits = match scaled {
        s if s >= 100.0 => 0,
        s if s >= 10.0 => 1,
        _ => 2,
    };
    format!("{tokenizer}|{}\n{tokens}\n{scaled:.digits$} {}T", Width::of(vocab_size).bytes(), UNITS[unit])
}

const UNITS: [&str; 6] = ["", "k", "M", "G", "T", "P"];
