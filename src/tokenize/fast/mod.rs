//! Byte-level BPE for the pre-tokenizers that most published models use, with the library's results.
//!
//! Text goes through these stages, as in the library: added tokens that are matched in raw text; normal form C where the
//! file asks for it; added tokens that are matched in normalized text; the pre-tokenizer; BPE of each piece. The
//! pre-tokenizers are written by hand ([`split`]), and the ids of pieces are remembered ([`memo`]), because nearly all
//! pieces of real text are repeated ones.

mod added;
mod alphabet;
mod block;
mod classes;
mod memo;
mod merge;
mod recognise;
mod split;
mod tokens;

#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};

use unicode_normalization::UnicodeNormalization;

use super::{EncodeError, Encoder, Vocabulary};
use added::Finder;
pub(super) use alphabet::Alphabet;
use block::{BLOCK, Block, SHORT};
use classes::{Classes, NUMBER};
use memo::{INLINE, LONG, Memo};
use merge::{Merges, Work};
use split::{Cl100k, Gpt2, O200k, Split};
use tokens::Tokens;

/// The own byte-level BPE encoder.
pub struct FastBpe {
    vocabulary: Vocabulary,
    tokens: Tokens,
    merges: Merges,
    /// Pieces that are tokens as a whole are not merged (`ignore_merges`).
    whole_tokens: bool,
    pattern: Pattern,
    /// Every digit is a piece of its own before the pattern is applied.
    digits_apart: bool,
    /// A space goes before every stretch that does not begin with one.
    prefix_space: bool,
    /// Text is brought to normal form C.
    nfc: bool,
    raw_added: Option<Finder>,
    normalized_added: Option<Finder>,
    classes: &'static Classes,
    /// Memos that no call uses right now. Boxed, because a block is large to move.
    #[expect(clippy::vec_box)]
    idle: Mutex<Vec<Box<Scratch>>>,
}

enum Pattern {
    Gpt2(Gpt2),
    Cl100k(Cl100k),
    O200k(O200k),
}

struct Scratch {
    memo: Memo,
    block: Block,
    work: Work,
    ids: Vec<u32>,
}

/// One call of [`Encoder::encode`].
struct Call<'a> {
    encoder: &'a FastBpe,
    scratch: &'a mut Scratch,
    out: &'a mut Vec<u32>,
}

impl Encoder for FastBpe {
    fn encode(&self, text: &str, out: &mut Vec<u32>) -> Result<(), EncodeError> {
        // Places in a piece are 32-bit numbers.
        if text.len() > (u32::MAX / 4) as usize {
            return Err(EncodeError::TooLong(text.len()));
        }
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = idle.unwrap_or_else(|| {
            Box::new(Scratch { memo: Memo::new(), block: Block::new(), work: Work::default(), ids: Vec::new() })
        });
        let mut call = Call { encoder: self, scratch: &mut scratch, out };
        match &self.raw_added {
            Some(finder) => finder.split(text, &mut call, Call::normalize, Call::added),
            None => call.normalize(text),
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        Ok(())
    }

    fn vocab_size(&self) -> u32 {
        self.vocabulary.size()
    }

    fn token_id(&self, token: &str) -> Option<u32> {
        self.vocabulary.id(token)
    }

    fn decode(&self, ids: &[u32]) -> Result<String, EncodeError> {
        let mut bytes = Vec::with_capacity(ids.len() * 4);
        for id in ids {
            bytes.extend_from_slice(self.tokens.get(*id).ok_or(EncodeError::UnknownId(*id))?);
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn engine(&self) -> &'static str {
        "gristmill-bpe"
    }
}

impl Call<'_> {
    fn added(&mut self, id: u32) {
        self.out.push(id);
    }

    fn normalize(&mut self, text: &str) {
        if self.encoder.nfc && !self.encoder.classes.surely_nfc(text) {
            let normalized: String = text.nfc().collect();
            return self.find_normalized(&normalized);
        }
        self.find_normalized(text);
    }

    fn find_normalized(&mut self, text: &str) {
        match &self.encoder.normalized_added {
            Some(finder) => finder.split(text, self, Call::plain, Call::added),
            None => self.plain(text),
        }
    }

    fn plain(&mut self, text: &str) {
        if self.encoder.prefix_space && !text.starts_with(' ') {
            let spaced = format!(" {text}");
            return self.stretch(spaced.as_bytes());
        }
        self.stretch(text.as_bytes());
    }

    fn stretch(&mut self, text: &[u8]) {
        if !self.encoder.digits_apart {
            return self.pattern(text, 0, text.len());
        }
        let (mut from, mut at) = (0, 0);
        while at < text.len() {
            let (bits, length) = self.encoder.classes.at(text, at);
            if bits & NUMBER != 0 {
                self.pattern(text, from, at);
                self.pattern(text, at, at + length);
                from = at + length;
            }
            at += length;
        }
        self.pattern(text, from, text.len());
    }

    fn pattern(&mut self, text: &[u8], from: usize, end: usize) {
        match &self.encoder.pattern {
            Pattern::Gpt2(split) => self.pieces(split, text, from, end),
            Pattern::Cl100k(split) => self.pieces(split, text, from, end),
            Pattern::O200k(split) => self.pieces(split, text, from, end),
        }
    }

    fn pieces<S: Split>(&mut self, split: &S, text: &[u8], mut at: usize, end: usize) {
        while at < end {
            let Scratch { memo, block, .. } = &mut *self.scratch;
            block.fill(split, text, at, end);
            memo.look_up(block);
            at = block.starts[block.n];
            self.emit(text);
        }
    }

    /// Writes the ids of the pieces of the block.
    fn emit(&mut self, text: &[u8]) {
        let mut ids = [0; INLINE * BLOCK];
        let mut n = 0;
        for i in 0..self.scratch.block.n {
            match memo::inline(self.scratch.block.ids[i]) {
                // All three are written and those that are there are counted: cheaper than to ask which.
                Some((count, three)) => {
                    ids[n..n + INLINE].copy_from_slice(&three);
                    n += count;
                }
                None => {
                    self.out.extend_from_slice(&ids[..n]);
                    n = 0;
                    let starts = &self.scratch.block.starts;
                    let (from, next) = (starts[i], starts[i + 1]);
                    self.piece(&text[from..next], self.scratch.block.keys[i]);
                }
            }
        }
        self.out.extend_from_slice(&ids[..n]);
    }

    /// Writes the ids of a piece that the look-up of its block did not give: a new one, a long one, one with many ids,
    /// or one that came up for the first time earlier in the block.
    #[inline(never)]
    fn piece(&mut self, piece: &[u8], key: (u64, u64)) {
        let memo = &mut self.scratch.memo;
        if piece.len() <= SHORT {
            if !memo.get(key, piece.len(), self.out) {
                self.bpe(piece);
                self.scratch.memo.put(key, piece.len(), &self.scratch.ids);
            }
        } else if piece.len() > LONG {
            self.bpe(piece);
        } else if let Some(hash) = memo.long(piece, self.out) {
            self.bpe(piece);
            self.scratch.memo.put_long(hash, piece, &self.scratch.ids);
        }
    }

    /// The tokens of a piece, to the scratch and to the output.
    fn bpe(&mut self, piece: &[u8]) {
        let Scratch { work, ids, .. } = &mut *self.scratch;
        ids.clear();
        match self.encoder.whole_tokens.then(|| self.encoder.tokens.find(piece)).flatten() {
            Some(id) => ids.push(id),
            None => self.encoder.merges.apply(piece, work, ids),
        }
        self.out.extend_from_slice(ids);
    }
}
