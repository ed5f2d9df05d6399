//! The pii step: personal data gives way to tags, pseudonyms, reserved values or a mask.

use super::{Edit, Outcome, Yields};
use crate::document::{Bound, Document, Reason, Row};
use crate::pii::{Datatrove, Detector, Dolma, Kind, Replacement, Scrubbed, Scrubber, scrub};
use std::sync::{Arc, LazyLock};

/// What finds and replaces.
pub enum PiiWork {
    /// Our own detectors.
    Own(Box<Scrubber>),
    /// datatrove's formatter.
    Datatrove(Box<Datatrove>),
    /// Dolma's tagger and mixer.
    Dolma(Box<Dolma>),
}

impl PiiWork {
    fn scrub(&self, text: &str) -> Option<Scrubbed> {
        match self {
            Self::Own(scrubber) => scrubber.scrub(text),
            Self::Datatrove(preset) => preset.scrub(text),
            Self::Dolma(preset) => preset.scrub(text),
        }
    }
}

/// Replaces personal data.
pub struct PiiStep {
    /// What finds and replaces.
    pub work: PiiWork,
    /// Documents with more finds fail.
    pub drop_above: Option<u32>,
    /// Documents with more finds per 1,000 characters fail.
    pub drop_density: Option<f64>,
}

impl PiiStep {
    /// Why a document with so many finds fails, if it does.
    fn too_much(&self, found: u32, text: &str) -> Option<Reason> {
        let reason = |rule: &str, metric: &str, value: f64, bound: f64| Reason {
            rule: Arc::from(rule),
            metric: Arc::from(metric),
            value,
            bound: Some(Bound::Above(bound)),
        };
        if let Some(bound) = self.drop_above.filter(|bound| found > *bound) {
            return Some(reason("too-much-pii", "pii_spans", f64::from(found), f64::from(bound)));
        }
        let bound = self.drop_density?;
        let density = f64::from(found) * 1000.0 / text.chars().count().max(1) as f64;
        (density > bound).then(|| reason("too-dense-pii", "pii_density", density, bound))
    }
}

impl Edit for PiiStep {
    fn apply(&self, document: &mut Document, row: &mut Row, yields: &mut Yields) -> Outcome {
        let Some(scrubbed) = self.work.scrub(&document.text) else {
            return Outcome::Keep;
        };
        let found = scrubbed.counts.iter().fold(0, |sum: u32, (_, count)| sum.saturating_add(*count));
        if let Some(reason) = self.too_much(found, &document.text) {
            return Outcome::drop(reason);
        }
        row.pii = row.pii.saturating_add(found);
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
