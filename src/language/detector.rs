use super::labels;
use std::sync::Arc;

/// A language and how sure the detector is of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// ISO 639-1 code where one exists, else ISO 639-3; a model's own label if it is neither.
    pub label: Arc<str>,
    /// ISO 639-3 code, where the label is known.
    pub iso639_3: Option<&'static str>,
    /// 0 to 1: the share of texts with this score of which the label is expected to be right.
    pub score: f32,
}

impl Guess {
    /// A guess of a label that is already normalised.
    pub(super) fn of(label: &str, score: f32) -> Self {
        Self { label: Arc::from(label), iso639_3: labels::find(label).map(|language| language.iso639_3), score }
    }
}

/// Something that tells the language of a text.
///
/// A detector is a pure function of the text: the same answer on every machine, thread and run.
pub trait Detector: Send + Sync {
    /// The most likely language; `None` when the text has no letters (or nothing that the model knows).
    fn detect(&self, text: &str) -> Option<Guess> {
        self.top(text, 1).into_iter().next()
    }

    /// The `k` most likely languages, best first; fewer when there are no more. Empty when [`Detector::detect`] is `None`.
    fn top(&self, text: &str, k: usize) -> Vec<Guess>;

    /// Every label that the detector can give, sorted.
    fn labels(&self) -> Vec<String>;
}
