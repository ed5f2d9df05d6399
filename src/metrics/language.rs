//! What language identification said of the document.

use super::{MetricDef, Settings, Sink, Subject};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[MetricDef {
    name: "language_score",
    doc: "confidence of the language step in its label; not measurable where no step named a language",
    unit: "probability",
    range: (0.0, 1.0),
    integer: false,
}];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, _settings: &Settings, sink: &mut Sink) {
    if let Some((_, score)) = subject.language {
        sink.set(0, score);
    }
}
