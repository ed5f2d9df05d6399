//! SentencePiece's `.model` files: read, and encoded as `sentencepiece` does. BPE models go to [`super::spaced`], Unigram
//! models have their encoder here.

mod normalize;
mod proto;
mod reader;
mod unigram;

#[cfg(test)]
mod tests;

pub(super) use normalize::Normalizer;
pub(super) use proto::{Kind, ModelFile};
pub(super) use reader::Reader;

use super::spaced::SpacedBpe;
use super::{Encoder, TokenizerError};

pub(super) fn bad(what: &str) -> TokenizerError {
    TokenizerError::Model(what.to_owned())
}

/// Whether the bytes look like a model: the first field is a piece of a length that fits, and it starts with its text.
pub(super) fn is_model(bytes: &[u8]) -> bool {
    // A JSON file may begin with a line break as well, but not so.
    matches!(bytes, [0x0A, length, 0x0A, text, ..] if *length < 0x80 && *length != b'{' && *text < *length)
}

/// The encoder of a model.
///
/// # Errors
/// When the file is damaged or has what is not reproduced exactly.
pub(super) fn load(bytes: &[u8]) -> Result<Box<dyn Encoder>, TokenizerError> {
    let file = ModelFile::read(bytes)?;
    match file.algorithm {
        1 => Ok(Box::new(unigram::Unigram::new(&file)?)),
        2 => Ok(Box::new(SpacedBpe::from_sentencepiece(&file)?)),
        3 => Err(bad("it is a WORD model; BPE and Unigram models are read")),
        4 => Err(bad("it is a CHAR model; BPE and Unigram models are read")),
        other => Err(bad(&format!("it is a model of the unknown type {other}"))),
    }
}

/// Makes one of neighbouring unknown tokens, from `from` on.
pub(super) fn fuse(ids: &mut Vec<u32>, from: usize, unknown: u32) {
    let mut to = from;
    for at in from..ids.len() {
        if at > from && ids[at] == unknown && ids[at - 1] == unknown {
            continue;
        }
        ids[to] = ids[at];
        to += 1;
    }
    ids.truncate(to);
}
