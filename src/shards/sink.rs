//! One shard in any of the forms that trainers read.

use serde::{Deserialize, Serialize};
use std::io::Write;

use super::flat::{FlatWriter, datatrove_metadata};
use super::rows::RowsWriter;
use super::{LineageRecord, MegatronWriter, ShardCounts, ShardError};
use crate::storage::gzip::GzipWriter;

/// The form of token shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShardFormat {
    /// Megatron-LM's indexed dataset: `.bin` and `.idx`. DeepSpeed and GPT-NeoX read it too.
    Megatron,
    /// datatrove's tokenized file, which nanotron reads: `.ds`, `.ds.index`, `.ds.metadata`.
    Nanotron,
    /// OLMo's memory map: `.npy` (raw ids, in spite of its name) and `.csv.gz` (start, end, id, source file, place).
    Olmo,
    /// Raw ids and nothing else, as nanoGPT reads them: `.bin`.
    Flat,
    /// Parquet with a row per document: `input_ids` and where it comes from.
    Parquet,
}

impl ShardFormat {
    /// Endings of the files of a shard, the data first.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Megatron => &["bin", "idx"],
            Self::Nanotron => &["ds", "ds.index", "ds.metadata"],
            Self::Olmo => &["npy", "csv.gz"],
            Self::Flat => &["bin"],
            Self::Parquet => &["parquet"],
        }
    }
}

/// Writes one shard. Streaming: an index of at most 8 bytes per document is held, and for Parquet a row group.
pub struct ShardSink<W: Write + Send> {
    form: Form<W>,
    rest: Vec<W>,
    tokenizer: String,
    vocab_size: u32,
}

enum Form<W: Write + Send> {
    Megatron(MegatronWriter<W>),
    Flat(FlatWriter<W>),
    Olmo(FlatWriter<W>, Box<GzipWriter<W>>),
    Parquet(Box<RowsWriter<W>>),
}

impl<W: Write + Send> ShardSink<W> {
    /// Starts a shard. `files` are its files in the order of [`ShardFormat::endings`]; `tokenizer` is what the metadata of the
    /// form call it, if they do.
    ///
    /// # Errors
    /// When a file is missing or cannot be written.
    pub fn new(format: ShardFormat, files: Vec<W>, vocab_size: u32, tokenizer: &str) -> Result<Self, ShardError> {
        let mut files = files.into_iter();
        let mut next = || files.next().ok_or_else(|| ShardError::Lineage("a shard has too few files".into()));
        let form = match format {
            ShardFormat::Megatron => Form::Megatron(MegatronWriter::new(next()?, vocab_size)),
            ShardFormat::Nanotron | ShardFormat::Flat => Form::Flat(FlatWriter::new(next()?, vocab_size)),
            ShardFormat::Olmo => Form::Olmo(FlatWriter::new(next()?, vocab_size), Box::new(GzipWriter::new(next()?))),
            ShardFormat::Parquet => Form::Parquet(Box::new(RowsWriter::new(next()?, vocab_size)?)),
        };
        Ok(Self { form, rest: files.collect(), tokenizer: tokenizer.to_owned(), vocab_size })
    }

    /// Tokens so far: where the next document starts.
    pub fn tokens(&self) -> u64 {
        match &self.form {
            Form::Megatron(one) => one.tokens(),
            Form::Flat(one) | Form::Olmo(one, _) => one.tokens(),
            Form::Parquet(one) => one.tokens(),
        }
    }

    /// Adds a document, its end-of-document token included; `from` says where it comes from.
    ///
    /// # Errors
    /// When an id is out of range or writing fails.
    pub fn push(&mut self, ids: &[u32], from: &LineageRecord) -> Result<(), ShardError> {
        match &mut self.form {
            Form::Megatron(one) => one.push(ids),
            Form::Flat(one) => one.push(ids),
            Form::Olmo(one, table) => {
                let start = one.tokens();
                one.push(ids)?;
                // The line end and the quotes of Python's csv module.
                let file = csv_field(&from.file);
                write!(table, "{start},{},{},{file},{}\r\n", one.tokens(), from.document, from.offset)?;
                Ok(())
            }
            Form::Parquet(one) => one.push(ids, from),
        }
    }

    /// Ends the shard and gives its files back, in order.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self) -> Result<(Vec<W>, ShardCounts), ShardError> {
        let mut rest = self.rest.into_iter();
        Ok(match self.form {
            Form::Megatron(one) => {
                let index = rest.next().ok_or_else(|| ShardError::Lineage("a shard has too few files".into()))?;
                let (data, index, counts) = one.finish(index)?;
                (vec![data, index], counts)
            }
            Form::Flat(one) => {
                let (data, ends, counts) = one.finish()?;
                let mut files = vec![data];
                if let (Some(mut index), Some(mut facts)) = (rest.next(), rest.next()) {
                    super::words::write_words(&mut index, ends.iter().map(|end| end.to_le_bytes()))?;
                    index.flush()?;
                    facts.write_all(datatrove_metadata(&self.tokenizer, self.vocab_size, counts.tokens).as_bytes())?;
                    facts.flush()?;
                    files.extend([index, facts]);
                }
                (files, counts)
            }
            Form::Olmo(one, table) => {
                let (data, _, counts) = one.finish()?;
                (vec![data, table.finish()?], counts)
            }
            Form::Parquet(one) => {
                let (data, counts) = one.finish()?;
                (vec![data], counts)
            }
        })
    }
}

/// A field as Python's csv module writes it: in quotes where it holds a comma, a quote or a line end.
fn csv_field(text: &str) -> String {
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
