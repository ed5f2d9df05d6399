use std::sync::OnceLock;

use serde_json::Value;
use tokenizers::pipeline::{EncodeOptions, Override, PipelineToken, PipelineTokenizer};

use super::{EncodeError, Encoder, TokenizerError, Vocabulary};
use crate::panics::caught;

/// The `tokenizers` crate, for every file that the own engine does not recognise.
pub(super) struct Library {
    tokenizer: PipelineTokenizer,
    options: EncodeOptions,
    vocabulary: Vocabulary,
}

impl Library {
    /// Upgrades files of older versions to the form that the library reads, and builds it.
    pub(super) fn from_value(mut root: Value) -> Result<Self, TokenizerError> {
        let vocabulary = Vocabulary::read(&root)?;
        tokenizers::canonicalize_value(&mut root).map_err(|error| TokenizerError::Unsupported(error.to_string()))?;
        let tokenizer =
            tokenizers::from_json(&root.to_string()).map_err(|error| TokenizerError::Unsupported(error.to_string()))?;
        let options = EncodeOptions {
            add_special_tokens: false,
            encode_special_tokens: false,
            padding: Override::Off,
            truncation: Override::Off,
        };
        let library = Self { tokenizer, options, vocabulary };
        // Some patterns are found out only when text comes; other errors depend on the text.
        match library.encode("a 1", &mut Vec::new()) {
            Err(EncodeError::Library(why)) if why.contains("regex") => {
                let what = "its pre-tokenizer cuts text by a regular expression that the library does not search for";
                Err(TokenizerError::Unsupported(what.to_owned()))
            }
            _ => Ok(library),
        }
    }
}

impl Encoder for Library {
    fn encode(&self, text: &str, out: &mut Vec<u32>) -> Result<(), EncodeError> {
        let mut tokens: Vec<PipelineToken> = Vec::with_capacity(text.len() / 4 + 8);
        // It panics on some texts (rc.3: an added token that is a `single_word` next to one that strips white space); a run must
        // go on with the next document. What it was writing to is not used after that.
        caught(|| self.tokenizer.encode_into(text, &self.options, &mut tokens))
            .ok_or_else(|| EncodeError::Library("it panicked on this text".to_owned()))?
            .map_err(|error| EncodeError::Library(error.to_string()))?;
        out.extend_from_slice(PipelineToken::cast_slice(&tokens));
        Ok(())
    }

    fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    fn decode(&self, ids: &[u32]) -> Result<String, EncodeError> {
        if let Some(&id) = ids.iter().find(|id| **id >= self.vocab_size()) {
            return Err(EncodeError::UnknownId(id));
        }
        self.tokenizer.decode(ids, false).map_err(|error| EncodeError::Library(error.to_string()))
    }

    fn engine(&self) -> &'static str {
        "tokenizers"
    }
}

/// The library of a file that another engine encodes, made when ids are first turned back into text.
pub(super) struct Lazy {
    /// The text of the file.
    file: String,
    made: OnceLock<Result<Box<Library>, String>>,
}

impl Lazy {
    pub(super) fn new(root: &Value) -> Self {
        let mut root = root.clone();
        // It has no part in this, and may hold patterns that the library does not search for.
        if let Some(part) = root.get_mut("pre_tokenizer") {
            *part = Value::Null;
        }
        Self { file: root.to_string(), made: OnceLock::new() }
    }

    pub(super) fn get(&self) -> Result<&Library, EncodeError> {
        let make = || {
            let root = serde_json::from_str(&self.file).map_err(|error| error.to_string())?;
            Library::from_value(root).map(Box::new).map_err(|error| error.to_string())
        };
        match self.made.get_or_init(make) {
            Ok(library) => Ok(library),
            Err(error) => Err(EncodeError::Library(error.clone())),
        }
    }
}
