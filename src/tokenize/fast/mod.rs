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
mod pages;
mod pieces;
pub(super) mod recognise;
mod ring;
mod sets;
mod split;
mod tokens;

#[cfg(test)]
mod tests;

use super::forms;
use super::{EncodeError, Encoder, Vocabulary};
pub(super) use added::{Added, Finder};
pub(super) use alphabet::Alphabet;
pub(super) use classes::Classes;
use classes::NUMBER;
pub(super) use merge::{MAX_IDS, Merges, Ranked, Work};
pub(super) use pieces::{Model, Pool, Scratch};
pub(super) use recognise::pattern;
pub(super) use split::Split;
use split::{Cl100k, Gpt2, O200k};
use tokens::Tokens;

/// The own byte-level BPE encoder.
pub struct FastBpe {
    vocabulary: Vocabulary,
    bytes: Bytes,
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
    pool: Pool,
}

/// The tokens of pieces by their bytes.
pub(super) struct Bytes {
    tokens: Tokens,
    merges: Merges,
    /// Pieces that are tokens as a whole are not merged (`ignore_merges`).
    whole_tokens: bool,
}

/// The patterns that are written by hand.
pub(super) enum Pattern {
    Gpt2(Gpt2),
    Cl100k(Cl100k),
    O200k(O200k),
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
        self.pool.lend(|scratch| {
            let mut call = Call { encoder: self, scratch, out };
            match &self.raw_added {
                Some(finder) => finder.split(text, &mut call, Call::normalize, Call::added),
                None => call.normalize(text),
            }
            call.scratch.finish(self, call.out);
        });
        Ok(())
    }

    fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    fn decode(&self, ids: &[u32]) -> Result<String, EncodeError> {
        self.bytes.text(ids)
    }

    fn engine(&self) -> &'static str {
        "gristmill-bpe"
    }
}

impl Call<'_> {
    fn added(&mut self, id: u32) {
        self.scratch.token(self.encoder, id, self.out);
    }

    fn normalize(&mut self, text: &str) {
        match self.encoder.nfc {
            true => self.find_normalized(&forms::nfc(text)),
            false => self.find_normalized(text),
        }
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
            return self.pattern(text);
        }
        let (mut from, mut at) = (0, 0);
        while at < text.len() {
            let (bits, length) = self.encoder.classes.at(text, at);
            if bits & NUMBER != 0 {
                self.pattern(&text[from..at]);
                self.pattern(&text[at..at + length]);
                from = at + length;
            }
            at += length;
        }
        self.pattern(&text[from..]);
    }

    fn pattern(&mut self, text: &[u8]) {
        let (encoder, out) = (self.encoder, &mut *self.out);
        match &encoder.pattern {
            Pattern::Gpt2(split) => self.scratch.stretch(encoder, split, text, out),
            Pattern::Cl100k(split) => self.scratch.stretch(encoder, split, text, out),
            Pattern::O200k(split) => self.scratch.stretch(encoder, split, text, out),
        }
    }
}

impl Bytes {
    /// The text of `ids`.
    pub(super) fn text(&self, ids: &[u32]) -> Result<String, EncodeError> {
        let mut bytes = Vec::with_capacity(ids.len() * 4);
        for id in ids {
            bytes.extend_from_slice(self.tokens.get(*id).ok_or(EncodeError::UnknownId(*id))?);
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

impl Pattern {
    pub(super) fn gpt2() -> Self {
        Self::Gpt2(Gpt2 { classes: Classes::get() })
    }

    /// Gives start and end of every match in `text[from..end]` to `each`; the matches cover it.
    pub(super) fn cut(&self, text: &[u8], from: usize, end: usize, each: &mut impl FnMut(usize, usize)) {
        match self {
            Self::Gpt2(split) => cut_by(split, text, from, end, each),
            Self::Cl100k(split) => cut_by(split, text, from, end, each),
            Self::O200k(split) => cut_by(split, text, from, end, each),
        }
    }
}

impl Model for Bytes {
    fn tokens(&self, piece: &[u8], work: &mut Work, ids: &mut Vec<u32>) {
        match self.whole_tokens.then(|| self.tokens.find(piece)).flatten() {
            Some(id) => ids.push(id),
            None => self.merges.apply(piece, work, ids),
        }
    }
}

/// Gives the pieces of `text` to `each`, cut as the pattern of a rank file does.
pub(super) fn cut(text: &str, pattern: super::RankPattern, each: &mut impl FnMut(&[u8])) {
    let classes = Classes::get();
    let (contractions, digits) = (split::Contractions::Folded, 3);
    let pattern = match pattern {
        super::RankPattern::Gpt2 => Pattern::Gpt2(Gpt2 { classes }),
        super::RankPattern::Cl100k => Pattern::Cl100k(Cl100k { classes, contractions, digits }),
        super::RankPattern::O200k => Pattern::O200k(O200k { classes, contractions, digits }),
    };
    let text = text.as_bytes();
    pattern.cut(text, 0, text.len(), &mut |start, stop| each(&text[start..stop]));
}

fn cut_by(split: &impl Split, text: &[u8], mut at: usize, end: usize, each: &mut impl FnMut(usize, usize)) {
    while at < end {
        let next = split.next(text, at, end);
        each(at, next);
        at = next;
    }
}

impl Model for FastBpe {
    fn tokens(&self, piece: &[u8], work: &mut Work, ids: &mut Vec<u32>) {
        self.bytes.tokens(piece, work, ids);
    }
}
