//! Text to token ids, exactly as the Hugging Face `tokenizers` library gives them.
//!
//! The result of [`Encoder::encode`] is that of Python's
//! `Tokenizer.from_file(path).encode(text, add_special_tokens=False).ids`, with two differences in what a file may ask
//! for: its `truncation` and `padding` are ignored (a document is never cut or filled up), and BPE `dropout` is refused
//! (it is random). Added and special tokens that stand in the text *are* matched, as the library does: a page that says
//! `<|endoftext|>` yields that token's id. Whoever does not want this must remove such strings from the text first.
//!
//! A SentencePiece `.model` gives the ids of `SentencePieceProcessor(model_file=path).encode(text)`.
//!
//! Engines: the own BPE for files that it recognises exactly, of bytes ([`fast`]) or of characters with a mark for spaces; an own
//! Unigram for SentencePiece models; own normalizers, added tokens and pre-tokenizers before a model of the library; and the library
//! alone for all others.

pub mod fast;
mod forms;
mod general;
mod library;
mod pieces;
mod ranks;
mod regex;
mod spaced;
mod spm;
pub mod train;
mod utf8;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use pieces::{Piece, Pieces};
pub use ranks::RankPattern;
use serde_json::Value;
use vocabulary::Vocabulary;

/// Why a tokenizer file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizerError {
    /// The bytes are not UTF-8 or not JSON.
    #[error(
        "the tokenizer file is neither a SentencePiece model, a rank file nor JSON ({0}); give a `tokenizer.json`, `.model` or \
         `.tiktoken` file"
    )]
    NotJson(String),
    /// JSON, but not a tokenizer: a part that every `tokenizer.json` has is missing or of another type.
    #[error("the tokenizer file has no usable `{0}`; give a Hugging Face `tokenizer.json`")]
    NotATokenizer(&'static str),
    /// BPE dropout would make the tokens random.
    #[error("the tokenizer file sets `dropout`, which makes tokens random; set `model.dropout` to null")]
    Dropout,
    /// The library does not read this file.
    #[error("the tokenizer file cannot be loaded: {0}")]
    Unsupported(String),
    /// A rank file or GPT-2's pair of files that cannot be used.
    #[error("the tokenizer file cannot be used: {0}")]
    Ranks(String),
    /// A SentencePiece model that cannot be used.
    #[error("the SentencePiece model cannot be used: {0}")]
    Model(String),
    /// No end-of-document token: neither the one that was asked for nor a usual one.
    #[error("{0}")]
    NoEndOfText(String),
}

/// Why a text could not be encoded, or ids could not be decoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The library refused.
    #[error("the tokenizer library failed: {0}")]
    Library(String),
    /// The text is longer than the engine's 32-bit places reach.
    #[error("a text of {0} bytes is too long for the tokenizer; cut documents to less than 1 GiB")]
    TooLong(usize),
    /// An id that the vocabulary does not have.
    #[error("token id {0} is not in the vocabulary")]
    UnknownId(u32),
}

/// A loaded tokenizer. Results depend on the file and the text alone; one encoder serves any number of threads.
pub trait Encoder: Send + Sync {
    /// Appends the ids of `text` to `out`. Ids that were in `out` stay; after an error `out` may hold part of the text.
    ///
    /// # Errors
    /// When the text is 1 GiB or longer, or the library refuses it (an unknown piece without an unknown token).
    fn encode(&self, text: &str, out: &mut Vec<u32>) -> Result<(), EncodeError>;

    /// The tokens of the file.
    fn vocabulary(&self) -> &Vocabulary;

    /// The largest id of model vocabulary and added tokens, plus one: ids are below this.
    fn vocab_size(&self) -> u32 {
        self.vocabulary().size()
    }

    /// The id of a token as the file spells it (`Ġthe`, `<|endoftext|>`), added tokens first.
    fn token_id(&self, token: &str) -> Option<u32> {
        self.vocabulary().id(token)
    }

    /// The text of `ids`, special tokens included. Bytes that are not UTF-8 become U+FFFD.
    ///
    /// # Errors
    /// When an id is not in the vocabulary or the library's decoder refuses.
    fn decode(&self, ids: &[u32]) -> Result<String, EncodeError>;

    /// The tokens with their ids as the file spells them (`Ġthe`, `▁the`), those of the model and added ones.
    fn tokens(&self) -> Vec<(&str, u32)> {
        self.vocabulary().tokens()
    }

    /// Like [`Encoder::encode`]; also appends to `surfaces` what each unknown token stands for, in their order, spelled as tokens are.
    /// The id of the unknown token is returned by those who know: Unigram models of SentencePiece without tokens for bytes. Others append nothing.
    ///
    /// # Errors
    /// As [`Encoder::encode`].
    fn encode_with_surfaces(
        &self,
        text: &str,
        out: &mut Vec<u32>,
        surfaces: &mut Vec<String>,
    ) -> Result<Option<u32>, EncodeError> {
        let _ = surfaces;
        self.encode(text, out).map(|()| None)
    }

    /// Which engine answers: `gristmill-bpe`, `gristmill-unigram`, `gristmill+tokenizers` (the library's model behind own
    /// stages) or `tokenizers`.
    fn engine(&self) -> &'static str;
}

/// What a tokenizer file does not hold itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// GPT-2's `vocab.bpe` (`merges.txt`), for an `encoder.json` (`vocab.json`).
    pub merges: Option<&'a [u8]>,
    /// How text is cut, for a rank file that is none of the published ones.
    pub pattern: Option<RankPattern>,
}

/// Reads a tokenizer file and picks the engine for it: a Hugging Face `tokenizer.json` of any version and model type, a
/// SentencePiece `.model` (BPE or Unigram), a `.tiktoken` rank file (r50k, p50k, cl100k, o200k, Llama 3; others with a pattern), or
/// GPT-2's `encoder.json` with merges.
///
/// # Errors
/// When the bytes are no such file, or ask for something that neither engine does.
pub fn load(file: &[u8]) -> Result<Box<dyn Encoder>, TokenizerError> {
    load_beside(file, Beside::default())
}

/// Like [`load`], with what the file does not hold itself.
///
/// # Errors
/// As [`load`].
pub fn load_beside(file: &[u8], beside: Beside<'_>) -> Result<Box<dyn Encoder>, TokenizerError> {
    if spm::is_model(file) {
        return spm::load(file);
    }
    let root = parse(file, beside)?;
    if let Some(encoder) = fast::FastBpe::recognise(&root)? {
        return Ok(Box::new(encoder));
    }
    if let Some(encoder) = spaced::SpacedBpe::recognise(&root) {
        return Ok(Box::new(encoder));
    }
    match general::General::recognise(&root)? {
        Some(encoder) => Ok(Box::new(encoder)),
        None => Ok(Box::new(library::Library::from_value(root)?)),
    }
}

/// Like [`load`], but always with the library: the oracle of tests and the way around a fault in the own engine.
///
/// # Errors
/// As [`load`].
pub fn load_with_library(file: &[u8]) -> Result<Box<dyn Encoder>, TokenizerError> {
    Ok(Box::new(library::Library::from_value(parse(file, Beside::default())?)?))
}

/// Any tokenizer file as the `tokenizer.json` that means the same.
fn parse(file: &[u8], beside: Beside<'_>) -> Result<Value, TokenizerError> {
    if ranks::is_rank_file(file) {
        return ranks::from_ranks(file, beside.pattern);
    }
    let root: Value = serde_json::from_slice(file).map_err(|error| TokenizerError::NotJson(error.to_string()))?;
    let Some(fields) = root.as_object() else {
        return Err(TokenizerError::NotATokenizer("model"));
    };
    if !fields.is_empty() && fields.values().all(Value::is_u64) {
        let merges = beside.merges.ok_or_else(|| {
            let what =
                "it holds tokens and ids alone, as GPT-2's `encoder.json`; name its merges: `merges = \"vocab.bpe\"`";
            TokenizerError::Ranks(what.to_owned())
        })?;
        return ranks::from_pair(fields, merges);
    }
    let dropout = root.pointer("/model/dropout").and_then(Value::as_f64);
    if dropout.is_some_and(|p| p > 0.0) {
        return Err(TokenizerError::Dropout);
    }
    Ok(root)
}

/// End-of-document tokens by the names that published tokenizers give them, in the order in which they are tried:
/// GPT-2/NeoX/OLMo/Qwen/o200k, Llama 3, Llama 2/T5/RoBERTa/Mistral, Gemma, DeepSeek, Command-R, BERT-like last.
pub const END_OF_TEXT_NAMES: &[&str] = &[
    "<|endoftext|>",
    "<|end_of_text|>",
    "</s>",
    "<eos>",
    "<｜end▁of▁sentence｜>",
    "<|END_OF_TURN_TOKEN|>",
    "<EOS_TOKEN>",
    "[EOS]",
    "[SEP]",
];

/// The id and the spelling of the end-of-document token: `asked` when given, else the first of [`END_OF_TEXT_NAMES`]
/// that the tokenizer has.
///
/// # Errors
/// When the tokenizer has no such token; the message names those that it has been asked for.
pub fn end_of_text(encoder: &dyn Encoder, asked: Option<&str>) -> Result<(u32, String), TokenizerError> {
    let found = |name: &str| encoder.token_id(name).map(|id| (id, name.to_owned()));
    if let Some(name) = asked {
        return found(name).ok_or_else(|| {
            let known: Vec<String> =
                END_OF_TEXT_NAMES.iter().filter(|n| found(n).is_some()).map(|n| format!("`{n}`")).collect();
            let hint = match known.is_empty() {
                true => "name a token of its vocabulary".to_owned(),
                false => format!("it has {}", known.join(", ")),
            };
            TokenizerError::NoEndOfText(format!("the tokenizer has no token `{name}`; {hint}"))
        });
    }
    END_OF_TEXT_NAMES.iter().find_map(|name| found(name)).ok_or_else(|| {
        TokenizerError::NoEndOfText(
            "the tokenizer has none of the usual end-of-document tokens (`<|endoftext|>`, `</s>`, ...); name the one to use"
                .to_owned(),
        )
    })
}
