//! The similarity of two documents by the sketches that the map units wrote, read as they are asked for, from any thread.

use super::exchange::Ranged;
use super::names;
use super::program::{DedupStep, Measure};
use crate::dedup::cluster::Compare;
use crate::dedup::sketch::{SketchReader, containment, jaccard};
use crate::dedup::{DedupError, split_ordinal};
use crate::storage::Medium;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Files held open: thousands of units must not need thousands of handles.
const OPEN: usize = 64;

type Reader = Arc<SketchReader<Ranged>>;

/// The sketches of one dedup step.
pub struct Sketches<'a> {
    out: &'a dyn Medium,
    phase: usize,
    step: &'a DedupStep,
    k: usize,
    measure: Measure,
    files: Mutex<BTreeMap<u32, Reader>>,
}

impl<'a> Sketches<'a> {
    /// The sketches that the map units of `phase` wrote for `step`; there are none unless the step verifies.
    pub fn new(out: &'a dyn Medium, phase: usize, step: &'a DedupStep) -> Self {
        let (k, measure) = step.verify.map_or((0, Measure::Jaccard), |verify| (verify.sketch, verify.measure));
        Self { out, phase, step, k, measure, files: Mutex::default() }
    }

    fn reader(&self, unit: u32, key: &str) -> Result<Reader, DedupError> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = files.get(&unit) {
            return Ok(Arc::clone(reader));
        }
        if files.len() >= OPEN {
            files.clear();
        }
        let reader = Arc::new(SketchReader::open(Ranged::open(self.out, key)?, self.step.layout, self.k)?);
        files.insert(unit, Arc::clone(&reader));
        Ok(reader)
    }
}

impl Compare for Sketches<'_> {
    /// The message of a failure names the file.
    fn sketch(&self, document: u64) -> Result<Vec<u32>, DedupError> {
        let (unit, index) = split_ordinal(document);
        let key = names::sketches(self.phase, unit, self.step.step);
        let mut values = Vec::new();
        let read = self.reader(unit, &key).and_then(|reader| reader.get(index, &mut values));
        read.map(|()| values).map_err(|error| match error {
            DedupError::Io(source) => DedupError::Io(source),
            other => DedupError::Io(io::Error::new(io::ErrorKind::InvalidData, format!("{key}: {other}"))),
        })
    }

    fn similarity(&self, stays: &[u32], goes: &[u32]) -> f64 {
        match self.measure {
            Measure::Jaccard => jaccard(stays, goes, self.k),
            Measure::Containment => containment(goes, stays, self.k),
        }
    }
}
