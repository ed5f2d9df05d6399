//! The pii step: personal data gives way to tags.

use super::{Edit, Outcome, Yields};
use crate::document::{Bound, Document, Reason, Row};
use crate::pii::{Detector, Kind, Replacement, TemplateError, scrub};
use std::sync::{Arc, LazyLock};

/// Replaces personal data.
pub struct PiiStep {
    detector: Detector,
    replacement: Replacement,
    drop_above: Option<u32>,
}

impl PiiStep {
    /// Looks for `kinds`, puts `template` in their place; documents with more than `drop_above` finds fail.
    ///
    /// # Errors
    /// When the template cannot make tags.
    pub fn new(kinds: &[Kind], template: &str, drop_above: Option<u32>) -> Result<Self, TemplateError> {
        Ok(Self { detector: Detector::new(kinds), replacement: Replacement::new(template)?, drop_above })
    }
}

impl Edit for PiiStep {
    fn apply(&self, document: &mut Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        let Some(scrubbed) = scrub(&self.detector, &self.replacement, &document.text) else {
            return Outcome::Keep;
        };
        let found: u32 = scrubbed.counts.iter().map(|(_, count)| count).sum();
        if let Some(bound) = self.drop_above
            && found > bound
        {
            return Outcome::drop(Reason {
                rule: Arc::from("too-much-pii"),
                metric: Arc::from("pii_spans"),
                value: f64::from(found),
                bound: Some(Bound::Above(f64::from(bound))),
            });
        }
        row.pii += found;
        yields.pii.extend(scrubbed.counts.iter().map(|(kind, count)| (kind.word(), *count)));
        document.text = scrubbed.text;
        Outcome::Keep
    }
}

/// A text without personal data, for reports and messages.
#[must_use]
pub fn scrub_for_people(text: &str) -> String {
    static TOOLS: LazyLock<(Detector, Option<Replacement>)> =
        LazyLock::new(|| (Detector::new(&Kind::ALL), Replacement::new("<{kind}>").ok()));
    let (detector, replacement) = &*TOOLS;
    replacement
        .as_ref()
        .and_then(|replacement| scrub(detector, replacement, text))
        .map_or_else(|| text.to_owned(), |scrubbed| scrubbed.text)
}
