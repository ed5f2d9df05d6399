//! BPE over characters where a mark (`▁`) stands for the space before a word: SentencePiece's BPE models, and the
//! `tokenizer.json` files made from them (Llama 2, Mistral, Phi-3, Gemma). Ids are those of the program the file is for.
//!
//! Inside, the mark is spelled as a space: text passes nearly unchanged, and pieces are cut at spaces. A cut is made only where
//! no merge of the vocabulary reaches over it ([`words`]), so pieces can be remembered as in [`super::fast`], although these
//! models merge over the whole text.

mod characters;
mod recognise;
mod sentencepiece;
mod words;

use std::borrow::Cow;

use super::fast::{Finder, Pool, Scratch};
use super::library::Lazy;
use super::spm::{Normalizer, Reader};
use super::{EncodeError, Encoder, Vocabulary};
use characters::Characters;
use words::Words;

/// The mark that stands for a space.
const MARK: &str = "\u{2581}";

/// BPE over characters.
pub(super) struct SpacedBpe {
    vocabulary: Vocabulary,
    model: Characters,
    words: Words,
    form: Form,
    back: Back,
    pool: Pool,
}

/// What is done to the text before BPE.
enum Form {
    /// As a `tokenizer.json` says.
    Library {
        raw_added: Option<Finder>,
        normalizer: Option<Marks>,
        normalized_added: Option<Finder>,
        metaspace: Option<Metaspace>,
    },
    /// As a SentencePiece model says.
    SentencePiece {
        normalizer: Box<Normalizer>,
        /// Symbols that the user defined: they take no part in merges.
        symbols: Option<Finder>,
        /// Neighbouring unknown tokens become one.
        fuse: Option<u32>,
    },
}

/// The normalizer that writes marks for spaces.
#[derive(Clone, Copy)]
struct Marks {
    /// A mark goes before every stretch.
    prepend: bool,
}

/// The pre-tokenizer of that name.
struct Metaspace {
    prepend: Prepend,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prepend {
    Always,
    First,
    Never,
}

/// Who turns ids back into text.
enum Back {
    Library(Lazy),
    SentencePiece(Reader),
}

/// Spells the mark as a space.
pub(super) fn unmarked(text: &str) -> Cow<'_, str> {
    match memchr::memmem::find(text.as_bytes(), MARK.as_bytes()) {
        Some(_) => Cow::Owned(text.replace(MARK, " ")),
        None => Cow::Borrowed(text),
    }
}

/// One call of [`Encoder::encode`].
struct Call<'a> {
    encoder: &'a SpacedBpe,
    scratch: &'a mut Scratch,
    out: &'a mut Vec<u32>,
    /// Nothing came before.
    first: bool,
}

impl Encoder for SpacedBpe {
    fn encode(&self, text: &str, out: &mut Vec<u32>) -> Result<(), EncodeError> {
        if text.is_empty() {
            return Ok(());
        }
        // Places in a piece are 32-bit numbers.
        if text.len() > (u32::MAX / 4) as usize {
            return Err(EncodeError::TooLong(text.len()));
        }
        let before = out.len();
        self.pool.lend(|scratch| {
            let mut call = Call { encoder: self, scratch, out, first: true };
            match &self.form {
                Form::Library { raw_added: Some(finder), .. } => {
                    finder.split(text, &mut call, Call::normalize, Call::added);
                }
                Form::Library { .. } => call.normalize(text),
                Form::SentencePiece { normalizer, symbols, .. } => {
                    let normal = normalizer.apply(text)?;
                    match symbols {
                        Some(finder) => finder.split(&normal, &mut call, Call::pieces, Call::added),
                        None => call.pieces(&normal),
                    }
                }
            }
            Ok(())
        })?;
        if let Form::SentencePiece { fuse: Some(unknown), .. } = &self.form {
            super::spm::fuse(out, before, *unknown);
        }
        Ok(())
    }

    fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    fn decode(&self, ids: &[u32]) -> Result<String, EncodeError> {
        match &self.back {
            Back::SentencePiece(reader) => reader.text(ids),
            Back::Library(library) => library.get()?.decode(ids),
        }
    }

    fn engine(&self) -> &'static str {
        "gristmill-bpe"
    }
}

impl Call<'_> {
    fn added(&mut self, id: u32) {
        self.first = false;
        self.out.push(id);
    }

    fn normalize(&mut self, text: &str) {
        let Form::Library { normalizer, .. } = &self.encoder.form else { return };
        match normalizer {
            Some(Marks { prepend: false }) => self.find_normalized(&unmarked(text)),
            // An empty stretch gets no mark, and there are none here.
            Some(Marks { prepend: true }) => self.find_normalized(&format!(" {}", unmarked(text))),
            None => self.find_normalized(text),
        }
    }

    fn find_normalized(&mut self, text: &str) {
        match &self.encoder.form {
            Form::Library { normalized_added: Some(finder), .. } => {
                finder.split(text, self, Call::plain, Call::added);
            }
            _ => self.plain(text),
        }
    }

    fn plain(&mut self, text: &str) {
        let first = std::mem::replace(&mut self.first, false);
        let Form::Library { metaspace: Some(metaspace), .. } = &self.encoder.form else { return self.pieces(text) };
        let text = unmarked(text);
        let prepend = match metaspace.prepend {
            Prepend::Always => true,
            Prepend::First => first,
            Prepend::Never => false,
        };
        match prepend && !text.starts_with(' ') {
            true => self.pieces(&format!(" {text}")),
            false => self.pieces(&text),
        }
    }

    fn pieces(&mut self, text: &str) {
        let (encoder, text) = (self.encoder, text.as_bytes());
        self.scratch.pieces(&encoder.model, &encoder.words, text, 0, text.len(), self.out);
    }
}
