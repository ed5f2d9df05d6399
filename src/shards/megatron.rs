use std::io::Write;

use super::words::write_words;
use super::{ShardError, Width};

/// First bytes of a Megatron index, then version 1 as u64.
pub(super) const MAGIC: [u8; 9] = *b"MMIDIDX\0\0";
pub(super) const VERSION: u64 = 1;
/// Magic, version, dtype code, sequences, document index entries.
pub(super) const HEADER: usize = 9 + 8 + 1 + 8 + 8;

/// What a finished shard holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardCounts {
    /// Documents.
    pub documents: u64,
    /// Tokens, end-of-document tokens included.
    pub tokens: u64,
    /// Bytes of the data file.
    pub bytes: u64,
}

/// The dtype code of the index: 8 is numpy's uint16, 4 its int32 (megatron-core `DType`).
pub(super) fn dtype(width: Width) -> u8 {
    match width {
        Width::Two => 8,
        Width::Four => 4,
    }
}

/// Writes a Megatron-LM indexed dataset (`.bin` and `.idx`): one sequence per document, and every document is one
/// sequence. Streaming; it keeps 4 bytes per document until the index is written.
pub struct MegatronWriter<W: Write> {
    bin: W,
    width: Width,
    vocab_size: u32,
    lengths: Vec<i32>,
    tokens: u64,
    bytes: Vec<u8>,
}

impl<W: Write> MegatronWriter<W> {
    /// Starts a shard for ids below `vocab_size`; `bin` receives the data file.
    pub fn new(bin: W, vocab_size: u32) -> Self {
        Self { bin, width: Width::of(vocab_size), vocab_size, lengths: Vec::new(), tokens: 0, bytes: Vec::new() }
    }

    /// Adds a document. `ids` end with the end-of-document token, as with Megatron's `--append-eod`.
    ///
    /// # Errors
    /// When an id is out of range, the document has more than 2^31 - 1 tokens, or writing fails.
    pub fn push(&mut self, ids: &[u32]) -> Result<(), ShardError> {
        let document = self.lengths.len() as u64;
        let length =
            i32::try_from(ids.len()).map_err(|_| ShardError::DocumentTooLong { document, tokens: ids.len() })?;
        self.bytes.clear();
        self.width.put(ids, self.vocab_size, document, &mut self.bytes)?;
        self.bin.write_all(&self.bytes)?;
        self.lengths.push(length);
        self.tokens += ids.len() as u64;
        Ok(())
    }

    /// Tokens so far: where the next document starts.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Flushes the data file, writes the index to `idx`, and gives both sinks back.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish<I: Write>(mut self, mut idx: I) -> Result<(W, I, ShardCounts), ShardError> {
        self.bin.flush()?;
        let documents = self.lengths.len() as u64;
        let width = self.width.bytes() as u64;
        let mut head = Vec::with_capacity(HEADER);
        head.extend_from_slice(&MAGIC);
        head.extend_from_slice(&VERSION.to_le_bytes());
        head.push(dtype(self.width));
        head.extend_from_slice(&documents.to_le_bytes());
        head.extend_from_slice(&(documents + 1).to_le_bytes());
        idx.write_all(&head)?;
        write_words(&mut idx, self.lengths.iter().map(|length| length.to_le_bytes()))?;
        let mut offset = 0;
        let offsets = self.lengths.iter().map(|length| {
            let at: u64 = offset;
            offset += u64::from(length.unsigned_abs()) * width;
            at.to_le_bytes()
        });
        write_words(&mut idx, offsets)?;
        write_words(&mut idx, (0..=documents).map(u64::to_le_bytes))?;
        idx.flush()?;
        Ok((self.bin, idx, ShardCounts { documents, tokens: self.tokens, bytes: self.tokens * width }))
    }
}
