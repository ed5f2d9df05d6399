use std::collections::HashMap;

use serde_json::Value;

use super::TokenizerError;

/// Token strings and ids of a `tokenizer.json`, for look-ups by name. Sorted, so that nothing depends on hashing.
pub struct Vocabulary {
    added: Vec<(Box<str>, u32)>,
    model: Vec<(Box<str>, u32)>,
    size: u32,
}

impl Vocabulary {
    /// Reads `model.vocab` (an object of ids, or Unigram's array of pairs) and `added_tokens`.
    pub(super) fn read(root: &Value) -> Result<Self, TokenizerError> {
        let vocab = root.pointer("/model/vocab").ok_or(TokenizerError::NotATokenizer("model.vocab"))?;
        let model = tokens(vocab).ok_or(TokenizerError::NotATokenizer("model.vocab"))?;
        let mut model: Vec<(Box<str>, u32)> = model.into_iter().map(|(token, id)| (token.into(), id)).collect();
        let mut added: Vec<(Box<str>, u32)> = match root.get("added_tokens") {
            None | Some(Value::Null) => Vec::new(),
            Some(list) => list
                .as_array()
                .and_then(|list| {
                    list.iter()
                        .map(|entry| Some((entry.get("content")?.as_str()?.into(), id_of(entry.get("id")?)?)))
                        .collect::<Option<_>>()
                })
                .ok_or(TokenizerError::NotATokenizer("added_tokens"))?,
        };
        model.sort_unstable();
        added.sort_unstable();
        let size = model.iter().chain(&added).map(|(_, id)| id + 1).max().unwrap_or(0);
        Ok(Self { added, model, size })
    }

    /// Tokens whose ids are their places.
    pub(super) fn of<'a>(tokens: impl Iterator<Item = &'a str>) -> Self {
        let mut model: Vec<(Box<str>, u32)> = (0u32..).zip(tokens).map(|(id, token)| (token.into(), id)).collect();
        let size = model.len() as u32;
        model.sort_unstable();
        Self { added: Vec::new(), model, size }
    }

    /// All tokens with their ids.
    pub(super) fn tokens(&self) -> Vec<(&str, u32)> {
        self.model.iter().chain(&self.added).map(|(token, id)| (&**token, *id)).collect()
    }

    /// The id of `token`; an added token wins over one of the model.
    pub(super) fn id(&self, token: &str) -> Option<u32> {
        let find = |list: &[(Box<str>, u32)]| {
            list.binary_search_by(|(other, _)| (**other).cmp(token)).ok().map(|at| list[at].1)
        };
        find(&self.added).or_else(|| find(&self.model))
    }

    /// Largest id plus one.
    pub(super) fn size(&self) -> u32 {
        self.size
    }
}

/// The tokens of `model.vocab` with their ids: an object of ids, or Unigram's array of pairs, where places are ids.
fn tokens(vocab: &Value) -> Option<Vec<(&str, u32)>> {
    match vocab {
        Value::Object(tokens) => tokens.iter().map(|(token, id)| Some((token.as_str(), id_of(id)?))).collect(),
        Value::Array(pieces) => {
            let numbered = pieces.iter().enumerate();
            numbered.map(|(id, piece)| Some((piece.get(0)?.as_str()?, u32::try_from(id).ok()?))).collect()
        }
        _ => None,
    }
}

/// The ids of the tokens of a model.
pub(super) fn ids(model: &Value) -> Option<HashMap<&str, u32>> {
    Some(tokens(model.get("vocab")?)?.into_iter().collect())
}

/// An id below 2^31: Megatron's widest format holds signed 32-bit ids, and `id + 1` must not overflow.
pub(super) fn id_of(value: &Value) -> Option<u32> {
    value.as_u64().filter(|id| *id < 1 << 31).map(|id| id as u32)
}
