use std::io::Write;

use super::{ShardCounts, ShardError, Width};

/// Writes raw little-endian ids without gaps, and remembers where each document ends. The file is what OLMo calls `.npy` (a
/// memory map without a numpy header), what nanoGPT reads as `.bin`, and what datatrove calls `.ds`.
pub struct FlatWriter<W: Write> {
    data: W,
    width: Width,
    vocab_size: u32,
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl<W: Write> FlatWriter<W> {
    /// Starts a file for ids below `vocab_size`.
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

    /// Flushes the data and gives the sink back, with the token offset after each document (datatrove's `.ds.index`).
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<(W, Vec<u64>, ShardCounts), ShardError> {
        self.data.flush()?;
        let tokens = self.tokens();
        let counts =
            ShardCounts { documents: self.ends.len() as u64, tokens, bytes: tokens * self.width.bytes() as u64 };
        Ok((self.data, self.ends, counts))
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
