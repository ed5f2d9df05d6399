//! What the language step found.

use super::{MetricDef, Settings, Sink, Subject};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[MetricDef::share(
    "language_score",
    "confidence",
    "score of the identified language, whichever it is; not measurable when none was identified",
)];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, _settings: &Settings, sink: &mut Sink) {
    if let Some((_, score)) = subject.language {
        sink.set(0, score);
    }
}
