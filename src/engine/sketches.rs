//! The similarity of two documents by the sketches that the map units wrote, read as they are asked for, from any thread.

use super::earlier;
use super::exchange::Ranged;
use super::program::{DedupStep, EarlierRun, Measure};
use super::{Failure, names};
use crate::dedup::cluster::Compare;
use crate::dedup::sketch::{SketchReader, containment, jaccard_from};
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
    /// Map units of this run; those behind are of earlier ones.
    units: u32,
    files: Mutex<BTreeMap<u32, Reader>>,
}

impl<'a> Sketches<'a> {
    /// The sketches that the map units of `phase` wrote for `step`; there are none unless the step verifies.
    pub fn new(out: &'a dyn Medium, phase: usize, step: &'a DedupStep, units: u32) -> Self {
        let (k, measure) = step.verify.map_or((0, Measure::Jaccard), |verify| (verify.sketch, verify.measure));
        Self { out, phase, step, k, measure, units, files: Mutex::default() }
    }

    fn reader(&self, unit: u32, key: &str) -> Result<Reader, DedupError> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = files.get(&unit) {
            return Ok(Arc::clone(reader));
        }
        if files.len() >= OPEN {
            files.clear();
        }
        let reader = if unit < self.units {
            SketchReader::open(Ranged::open(self.out, key)?, self.step.layout, self.k)?
        } else {
            let (run, place) = self.earlier(unit)?;
            let key = names::index_sketches(place);
            let opened = SketchReader::open(earlier::open(run, &key)?, run.layout, self.k);
            opened.map_err(|error| earlier::trouble(run, &key, error))?
        };
        let reader = Arc::new(reader);
        files.insert(unit, Arc::clone(&reader));
        Ok(reader)
    }
}

impl Sketches<'_> {
    fn earlier(&self, unit: u32) -> Result<(&EarlierRun, u32), DedupError> {
        earlier::place_of(self.step, self.units, unit)
            .map_err(|failure: Failure| io::Error::other(failure.to_string()).into())
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
            other if unit >= self.units => match self.earlier(unit) {
                Ok((run, place)) => earlier::trouble(run, &names::index_sketches(place), other).into(),
                Err(error) => error,
            },
            other => DedupError::Io(io::Error::new(io::ErrorKind::InvalidData, format!("{key}: {other}"))),
        })
    }

    fn alike(&self, stays: &[u32], goes: &[u32], least: f64) -> Option<f64> {
        match self.measure {
            Measure::Jaccard => jaccard_from(stays, goes, self.k, least),
            Measure::Containment => Some(containment(goes, stays, self.k)).filter(|&share| share >= least),
        }
    }
}
