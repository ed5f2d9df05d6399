//! One shard in any of the forms that trainers read.

use serde::{Deserialize, Serialize};
use std::io::Write;

use super::chunk::{ChunkLayout, ChunkWriter};
use super::flat::{FlatWriter, datatrove_metadata};
use super::packed_rows::PackedRowsWriter;
use super::rows::RowsWriter;
use super::{LineageRecord, MegatronWriter, PieceTable, ShardCounts, ShardError};
use crate::dedup::Scratch;
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
    /// MosaicML streaming's `.mds`, a sample `tokens` per document, and an `index.json` per folder.
    Mds,
    /// LitData's chunks for its `TokensLoader`: `.bin`, and an `index.json` per folder.
    Litdata,
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
            Self::Mds => &["mds"],
            Self::Litdata => &["bin"],
        }
    }

    /// Whether an `index.json` lists all shards of a folder, so that shards of one use need a folder of their own.
    #[must_use]
    pub fn by_folder(self) -> bool {
        matches!(self, Self::Mds | Self::Litdata)
    }

    /// Endings of the files of a shard, packed or not, the data first. Packed shards have the table of their pieces as well,
    /// which Parquet holds itself.
    #[must_use]
    pub fn files(self, packed: bool) -> Vec<&'static str> {
        let table = (packed && self != Self::Parquet).then_some(PIECES);
        self.endings().iter().copied().chain(table).collect()
    }
}

/// Ending of the table of pieces.
pub const PIECES: &str = "pieces.npy";

/// Writes one shard. Streaming: an index of at most 8 bytes per document is held, and for Parquet a row group.
pub struct ShardSink<W: Write + Send> {
    form: Form<W>,
    rest: Vec<W>,
    /// The table of pieces and its file, for packed shards of all forms but Parquet.
    pieces: Option<(PieceTable, W)>,
    length: u64,
    tokenizer: String,
    vocab_size: u32,
}

enum Form<W: Write + Send> {
    Megatron(MegatronWriter<W>),
    Flat(FlatWriter<W>),
    Chunk(Box<ChunkWriter<W>>),
    Olmo(FlatWriter<W>, Box<GzipWriter<W>>),
    Parquet(Box<RowsWriter<W>>),
    Sequences(Box<PackedRowsWriter<W>>),
}

impl<W: Write + Send> ShardSink<W> {
    /// Starts a shard, whose sequences have `length` tokens if it is packed. `files` are its files in the order of
    /// [`ShardFormat::files`]; `tokenizer` is what the metadata of the form call it, if they do; `scratch` is
    /// asked for a file where a form cannot be written in one go.
    ///
    /// # Errors
    /// When a file is missing or cannot be written.
    pub fn new(
        format: ShardFormat,
        length: Option<u32>,
        mut files: Vec<W>,
        vocab_size: u32,
        tokenizer: &str,
        scratch: &mut dyn Scratch,
    ) -> Result<Self, ShardError> {
        let table = if length.is_some() && format != ShardFormat::Parquet { files.pop() } else { None };
        let pieces = table.map(|file| (PieceTable::default(), file));
        let mut files = files.into_iter();
        let mut next = || files.next().ok_or_else(|| ShardError::Lineage("a shard has too few files".into()));
        let form = match format {
            ShardFormat::Megatron => Form::Megatron(MegatronWriter::new(next()?, vocab_size)),
            ShardFormat::Nanotron | ShardFormat::Flat => Form::Flat(FlatWriter::new(next()?, vocab_size)),
            ShardFormat::Olmo => Form::Olmo(FlatWriter::new(next()?, vocab_size), Box::new(GzipWriter::new(next()?))),
            ShardFormat::Parquet if length.is_some() => {
                Form::Sequences(Box::new(PackedRowsWriter::new(next()?, vocab_size)?))
            }
            ShardFormat::Mds | ShardFormat::Litdata => {
                let layout = ChunkLayout::of(format, length, vocab_size);
                let layout = layout.ok_or_else(|| ShardError::Lineage("the form has no table of places".into()))?;
                Form::Chunk(Box::new(ChunkWriter::new(next()?, scratch.create()?, layout, vocab_size)))
            }
            ShardFormat::Parquet => Form::Parquet(Box::new(RowsWriter::new(next()?, vocab_size)?)),
        };
        let (rest, length) = (files.collect(), u64::from(length.unwrap_or(0)));
        Ok(Self { form, rest, pieces, length, tokenizer: tokenizer.to_owned(), vocab_size })
    }

    /// Tokens so far, padding included: where the next document or sequence starts.
    pub fn tokens(&self) -> u64 {
        match &self.form {
            Form::Megatron(one) => one.tokens(),
            Form::Flat(one) | Form::Olmo(one, _) => one.tokens(),
            Form::Chunk(one) => one.tokens(),
            Form::Parquet(one) => one.tokens(),
            Form::Sequences(one) => one.tokens(),
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
            Form::Chunk(one) => one.push(ids),
            Form::Olmo(one, table) => {
                one.push(ids)?;
                table_line(table, from)
            }
            Form::Parquet(one) => one.push(ids, from),
            Form::Sequences(_) => Err(ShardError::Lineage("a packed shard takes sequences, not documents".into())),
        }
    }

    /// Adds a sequence of a packed shard: `ids` are padded, and `pieces` say where the documents in it come from.
    ///
    /// # Errors
    /// When an id is out of range or writing fails.
    pub fn push_sequence(&mut self, ids: &[u32], pieces: &[LineageRecord]) -> Result<(), ShardError> {
        if let Some((table, _)) = &mut self.pieces {
            pieces.iter().try_for_each(|piece| table.push(self.length, piece))?;
        }
        match &mut self.form {
            // One sequence is what Megatron calls a document.
            Form::Megatron(one) => one.push(ids),
            Form::Chunk(one) => one.push(ids),
            Form::Flat(one) => push_pieces(one, ids, pieces),
            Form::Olmo(one, table) => {
                push_pieces(one, ids, pieces)?;
                pieces.iter().try_for_each(|piece| table_line(table, piece))
            }
            Form::Sequences(one) => one.push(ids, pieces),
            Form::Parquet(_) => Err(ShardError::Lineage("a shard that is not packed takes documents".into())),
        }
    }

    /// Ends the shard and gives its files back, in order.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self) -> Result<(Vec<W>, ShardCounts), ShardError> {
        let mut rest = self.rest.into_iter();
        let (mut files, counts) = match self.form {
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
            Form::Chunk(one) => {
                let (data, counts) = one.finish()?;
                (vec![data], counts)
            }
            Form::Parquet(one) => {
                let (data, counts) = one.finish()?;
                (vec![data], counts)
            }
            Form::Sequences(one) => {
                let (data, counts) = one.finish()?;
                (vec![data], counts)
            }
        };
        if let Some((table, mut file)) = self.pieces {
            table.write(&mut file)?;
            file.flush()?;
            files.push(file);
        }
        Ok((files, counts))
    }
}

/// The pieces of a sequence and its padding, each with an end of its own.
fn push_pieces<W: Write>(out: &mut FlatWriter<W>, ids: &[u32], pieces: &[LineageRecord]) -> Result<(), ShardError> {
    let base = out.tokens();
    let mut at = 0;
    for piece in pieces {
        let end = usize::try_from(piece.token_end.saturating_sub(base)).unwrap_or(usize::MAX).clamp(at, ids.len());
        out.push(&ids[at..end])?;
        at = end;
    }
    if at < ids.len() { out.push(&ids[at..]) } else { Ok(()) }
}

fn table_line(table: &mut impl Write, from: &LineageRecord) -> Result<(), ShardError> {
    Ok(write!(table, "{}\r\n", olmo_line(from))?)
}

/// A line of OLMo's table without its end, with the quotes of Python's csv module. OLMo takes the table line by line, whatever is
/// in quotes, so a line end within a file's name is written as `\n` or `\r`, and a backslash as two.
#[must_use]
pub fn olmo_line(from: &LineageRecord) -> String {
    let mut file = from.file.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    if file.contains([',', '"']) {
        file = format!("\"{}\"", file.replace('"', "\"\""));
    }
    format!("{},{},{},{file},{}", from.token_start, from.token_end, from.document, from.offset)
}
