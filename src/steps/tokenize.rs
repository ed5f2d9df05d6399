//! The tokenize step: text to token ids, with the end-of-document token.

use super::{Judge, Outcome, Yields};
use crate::document::{Document, Row};
use crate::text::TextView;
use crate::tokenize::Encoder;
use std::sync::Arc;

/// Tokenization.
pub struct TokenizeStep {
    /// The encoder, shared by all threads.
    pub encoder: Arc<dyn Encoder>,
    /// Id of the token after each document.
    pub end_of_text: Option<u32>,
}

impl Judge for TokenizeStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        if let Err(error) = self.encoder.encode(view.text(), &mut yields.tokens) {
            return Outcome::refused(error);
        }
        yields.tokens.extend(self.end_of_text);
        row.tokens = yields.tokens.len() as u64;
        Outcome::Keep
    }
}
