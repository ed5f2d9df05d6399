use super::labels;
use super::{Detector, Guess};
use crate::classify::{FastText, Scratch};
use std::cell::RefCell;
use std::sync::Arc;

/// A fastText language model (lid.176, GlotLID, OpenLID and the like) as a [`Detector`].
///
/// By default the whole text is looked at, newlines as spaces, as datatrove's `LanguageFilter` does for FineWeb.
pub struct FastTextDetector {
    model: Arc<FastText>,
    names: Vec<(Arc<str>, Option<&'static str>)>,
    max_bytes: usize,
}

thread_local! {
    /// Working space of predictions, so that they do not allocate. It never influences a result.
    static SCRATCH: RefCell<(Scratch, Vec<(u32, f32)>)> = RefCell::default();
}

impl FastTextDetector {
    /// A detector over `model` that looks at whole texts.
    #[must_use]
    pub fn new(model: Arc<FastText>) -> Self {
        let names = model
            .labels()
            .iter()
            .map(|raw| {
                let bare = raw.strip_prefix("__label__").unwrap_or(raw);
                match labels::find(bare) {
                    Some(language) => (Arc::from(language.code), Some(language.iso639_3)),
                    None => (Arc::from(bare), None),
                }
            })
            .collect();
        Self { model, names, max_bytes: usize::MAX }
    }

    /// Looks at the first `bytes` of a text only (cut at a character).
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }
}

impl Detector for FastTextDetector {
    fn top(&self, text: &str, k: usize) -> Vec<Guess> {
        let text = &text[..text.floor_char_boundary(self.max_bytes)];
        if !text.chars().any(char::is_alphabetic) {
            return Vec::new();
        }
        SCRATCH.with_borrow_mut(|(scratch, found)| {
            self.model.predict_with(scratch, text, k, 0.0, found);
            let guess = |&(index, p): &(u32, f32)| {
                let (label, iso639_3) = &self.names[index as usize];
                // fastText adds 1e-5 before its logarithm: a sure label comes out above 1.
                Guess { label: Arc::clone(label), iso639_3: *iso639_3, score: p.min(1.0) }
            };
            found.iter().map(guess).collect()
        })
    }

    fn labels(&self) -> Vec<String> {
        let mut all: Vec<String> = self.names.iter().map(|(label, _)| label.to_string()).collect();
        all.sort();
        all.dedup();
        all
    }
}
