//! The pii step.
use super::{Edit, Outcome, Yields};
use crate::document::{Document, Row};

/// Replaces personal data.
pub struct PiiStep {}

impl Edit for PiiStep {
    fn apply(&self, _document: &mut Document, _row: &mut Row, _yields: &mut Yields) -> Outcome {
        Outcome::Keep
    }
}
