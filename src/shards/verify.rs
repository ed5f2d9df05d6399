use std::fmt;
use std::io::Read;

use super::Width;
use super::megatron::{HEADER, MAGIC, VERSION, dtype};
use super::words::u64_at;

/// What a sound shard holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardFacts {
    /// Documents.
    pub documents: u64,
    /// Tokens.
    pub tokens: u64,
    /// Bytes per id.
    pub width: Width,
    /// The largest id.
    pub max_id: u32,
}

/// Something wrong with a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A file cannot be read.
    Unreadable(String),
    /// The index does not start as a Megatron index does, or has another version or dtype.
    BadHeader(String),
    /// The index has another length than its counts say.
    IndexLength {
        /// Bytes that the counts ask for.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// A document has a negative length, or does not start where the one before it ends.
    BadEntry {
        /// The document, from 0.
        document: u64,
    },
    /// The document index is not 0, 1, 2, ...
    BadDocumentIndex {
        /// The entry, from 0.
        entry: u64,
    },
    /// The data file has another length than the index says.
    DataLength {
        /// Bytes that the index asks for.
        expected: u64,
        /// Bytes that are there (at least; reading stops one byte past the end).
        found: u64,
    },
    /// An id that the vocabulary does not have.
    IdOutOfRange {
        /// The document, from 0.
        document: u64,
        /// The id.
        id: u32,
    },
    /// A document without the end-of-document token as its last.
    NoEndOfText {
        /// The document, from 0.
        document: u64,
    },
    /// A sequence of a packed shard has another length, no piece, or something else than padding behind its last piece.
    BadSequence {
        /// The sequence, from 0.
        sequence: u64,
    },
    /// There were more problems than [`MAX_PROBLEMS`].
    More,
}

/// How many problems are listed before [`Problem::More`] ends the list.
pub const MAX_PROBLEMS: usize = 100;

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::BadHeader(what) => write!(f, "the index header is wrong: {what}"),
            Self::IndexLength { expected, found } => write!(f, "the index has {found} bytes, not {expected}"),
            Self::BadEntry { document } => write!(f, "the length or the place of document {document} is wrong"),
            Self::BadDocumentIndex { entry } => write!(f, "entry {entry} of the document index is wrong"),
            Self::DataLength { expected, found } => write!(f, "the data file has {found} bytes, not {expected}"),
            Self::IdOutOfRange { document, id } => {
                write!(f, "document {document} has the token id {id}, which the vocabulary does not have")
            }
            Self::NoEndOfText { document } => {
                write!(f, "document {document} does not end with the end-of-document token")
            }
            Self::BadSequence { sequence } => {
                write!(f, "sequence {sequence} has another length, no piece, or ids where padding must be")
            }
            Self::More => write!(f, "and more"),
        }
    }
}

/// Checks a Megatron shard: the index against itself and against the data, every id against `vocab_size`, and the last
/// token of every document against `end_of_text`. Reads `bin` as a stream; holds the index in memory.
///
/// # Errors
/// All problems that were found, at most [`MAX_PROBLEMS`] of them; an unreadable index ends the check.
pub fn verify_megatron(
    bin: impl Read,
    mut idx: impl Read,
    vocab_size: u32,
    end_of_text: Option<u32>,
) -> Result<ShardFacts, Vec<Problem>> {
    let mut index = Vec::new();
    idx.read_to_end(&mut index).map_err(|error| vec![Problem::Unreadable(error.to_string())])?;
    let (width, lengths, problems) = check_index(&index, vocab_size)?;
    check_data(bin, width, &lengths, vocab_size, end_of_text, problems)
}

/// Checks raw ids whose documents have these lengths, as [`verify_megatron`] does.
///
/// # Errors
/// All problems that were found, at most [`MAX_PROBLEMS`] of them.
pub fn verify_flat(
    data: impl Read,
    lengths: &[u64],
    vocab_size: u32,
    end_of_text: Option<u32>,
) -> Result<ShardFacts, Vec<Problem>> {
    check_data(data, Width::of(vocab_size), lengths, vocab_size, end_of_text, Vec::new())
}

/// Tokens of each document as a Megatron index has them.
///
/// # Errors
/// What is wrong with the index.
pub fn megatron_lengths(index: &[u8], vocab_size: u32) -> Result<Vec<u64>, Vec<Problem>> {
    let (_, lengths, problems) = check_index(index, vocab_size)?;
    if problems.is_empty() { Ok(lengths) } else { Err(problems) }
}

/// Checks a Parquet shard: its rows against these lengths, every id, and the last token of every document.
///
/// # Errors
/// All problems that were found, at most [`MAX_PROBLEMS`] of them; a file that does not decode ends the check.
pub fn verify_rows(
    file: bytes::Bytes,
    lengths: &[u64],
    vocab_size: u32,
    end_of_text: Option<u32>,
) -> Result<ShardFacts, Vec<Problem>> {
    let mut facts = ShardFacts { documents: 0, tokens: 0, width: Width::of(vocab_size), max_id: 0 };
    let mut problems = Vec::new();
    let read = super::rows::read_rows(file, |ids| {
        let document = facts.documents;
        if lengths.get(document as usize) != Some(&(ids.len() as u64)) {
            problems.push(Problem::BadEntry { document });
        }
        let outside = ids.iter().find(|id| **id >= vocab_size);
        problems.extend(outside.map(|&id| Problem::IdOutOfRange { document, id }));
        if end_of_text.is_some() && ids.last().copied() != end_of_text {
            problems.push(Problem::NoEndOfText { document });
        }
        facts.documents += 1;
        facts.tokens += ids.len() as u64;
        facts.max_id = ids.iter().fold(facts.max_id, |max, id| max.max(*id));
        problems.len() <= MAX_PROBLEMS
    });
    problems.extend(read.err().map(|error| Problem::Unreadable(error.to_string())));
    if problems.is_empty() && facts.documents != lengths.len() as u64 {
        problems.push(Problem::BadEntry { document: facts.documents });
    }
    outcome(facts, problems)
}

/// The facts, or the list of problems cut to [`MAX_PROBLEMS`].
pub(super) fn outcome(facts: ShardFacts, mut problems: Vec<Problem>) -> Result<ShardFacts, Vec<Problem>> {
    if problems.len() > MAX_PROBLEMS {
        problems.truncate(MAX_PROBLEMS);
        problems.push(Problem::More);
    }
    if problems.is_empty() { Ok(facts) } else { Err(problems) }
}

fn check_data(
    bin: impl Read,
    width: Width,
    lengths: &[u64],
    vocab_size: u32,
    end_of_text: Option<u32>,
    mut problems: Vec<Problem>,
) -> Result<ShardFacts, Vec<Problem>> {
    let tokens = lengths.iter().sum::<u64>();
    let expected = tokens * width.bytes() as u64;
    let mut data = Data { bin, width, vocab_size, end_of_text, max_id: 0, read: 0, expected };
    for (document, length) in lengths.iter().enumerate() {
        if let Err(problem) = data.check(document as u64, *length, &mut problems) {
            problems.push(problem);
            break;
        }
    }
    if data.read == expected && matches!(data.bin.read(&mut [0]), Ok(1)) {
        problems.push(Problem::DataLength { expected, found: expected + 1 });
    }
    outcome(ShardFacts { documents: lengths.len() as u64, tokens, width, max_id: data.max_id }, problems)
}

type Index = (Width, Vec<u64>, Vec<Problem>);

fn check_index(index: &[u8], vocab_size: u32) -> Result<Index, Vec<Problem>> {
    let bad = |what: &str| vec![Problem::BadHeader(what.to_owned())];
    if index.len() < HEADER || index[..9] != MAGIC {
        return Err(bad("it does not start with `MMIDIDX`"));
    }
    if u64_at(index, 9) != VERSION {
        return Err(bad("the version is not 1"));
    }
    let width = Width::of(vocab_size);
    if index[17] != dtype(width) {
        return Err(bad(&format!("the dtype is {}, a vocabulary of {vocab_size} needs {}", index[17], dtype(width))));
    }
    let (sequences, entries) = (u64_at(index, 18), u64_at(index, 26));
    let body = sequences.checked_mul(12).zip(entries.checked_mul(8)).and_then(|(a, b)| a.checked_add(b));
    let expected = body.and_then(|body| body.checked_add(HEADER as u64)).unwrap_or(u64::MAX);
    if expected != index.len() as u64 {
        return Err(vec![Problem::IndexLength { expected, found: index.len() as u64 }]);
    }
    // The length matched, so both counts fit memory.
    let (lengths_at, offsets_at) = (HEADER, HEADER + sequences as usize * 4);
    let documents_at = offsets_at + sequences as usize * 8;
    let mut problems = Vec::new();
    let mut lengths = Vec::with_capacity(sequences as usize);
    let mut offset = 0;
    for i in 0..sequences as usize {
        let at = lengths_at + i * 4;
        let length = i32::from_le_bytes([index[at], index[at + 1], index[at + 2], index[at + 3]]);
        if (length < 0 || u64_at(index, offsets_at + i * 8) != offset) && problems.len() <= MAX_PROBLEMS {
            problems.push(Problem::BadEntry { document: i as u64 });
        }
        let length = u64::try_from(length).unwrap_or(0);
        lengths.push(length);
        offset += length * width.bytes() as u64;
    }
    if entries != sequences + 1 {
        problems.push(Problem::BadDocumentIndex { entry: entries });
    }
    let wrong = (0..entries).find(|i| u64_at(index, documents_at + *i as usize * 8) != *i);
    problems.extend(wrong.map(|entry| Problem::BadDocumentIndex { entry }));
    Ok((width, lengths, problems))
}

struct Data<R: Read> {
    bin: R,
    width: Width,
    vocab_size: u32,
    end_of_text: Option<u32>,
    max_id: u32,
    read: u64,
    expected: u64,
}

impl<R: Read> Data<R> {
    /// Reads one document and notes what is wrong with it; an error when the file ends or cannot be read.
    fn check(&mut self, document: u64, length: u64, problems: &mut Vec<Problem>) -> Result<(), Problem> {
        let mut left = length * self.width.bytes() as u64;
        let (mut bytes, mut ids, mut last, mut outside) = (Vec::new(), Vec::new(), None, None);
        while left > 0 {
            bytes.clear();
            ids.clear();
            // A multiple of both widths.
            let piece = left.min(1 << 20);
            let got = self.bin.by_ref().take(piece).read_to_end(&mut bytes);
            let got = got.map_err(|error| Problem::Unreadable(error.to_string()))? as u64;
            self.read += got;
            if got < piece {
                return Err(Problem::DataLength { expected: self.expected, found: self.read });
            }
            self.width.get(&bytes, &mut ids);
            self.max_id = ids.iter().fold(self.max_id, |max, id| max.max(*id));
            outside = outside.or_else(|| ids.iter().find(|id| **id >= self.vocab_size).copied());
            last = ids.last().copied();
            left -= piece;
        }
        if problems.len() <= MAX_PROBLEMS {
            problems.extend(outside.map(|id| Problem::IdOutOfRange { document, id }));
            if self.end_of_text.is_some() && last != self.end_of_text {
                problems.push(Problem::NoEndOfText { document });
            }
        }
        Ok(())
    }
}
