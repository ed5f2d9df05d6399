//! The similarity of two documents by the sketches that the map units wrote, read as they are asked for.

use super::exchange::Ranged;
use super::names;
use super::program::DedupStep;
use crate::dedup::sketch::{SketchReader, jaccard};
use crate::dedup::{DedupError, split_ordinal};
use crate::storage::Medium;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::rc::Rc;

/// Sketches kept in memory: those of the documents that stay are asked for again and again. 16 MiB at 512 values each.
const KEPT: usize = 8_192;
/// Files held open: thousands of units must not need thousands of handles.
const OPEN: usize = 64;

/// The sketches of one dedup step.
pub struct Sketches<'a> {
    out: &'a dyn Medium,
    phase: usize,
    step: &'a DedupStep,
    k: usize,
    files: RefCell<HashMap<u32, SketchReader<Ranged>>>,
    kept: RefCell<HashMap<u64, Rc<[u32]>>>,
}

impl<'a> Sketches<'a> {
    /// The sketches that the map units of `phase` wrote for `step`; there are none unless the step verifies.
    pub fn new(out: &'a dyn Medium, phase: usize, step: &'a DedupStep) -> Self {
        let k = step.verify.map_or(0, |verify| verify.sketch);
        Self { out, phase, step, k, files: RefCell::default(), kept: RefCell::default() }
    }

    /// The Jaccard similarity of two documents by their ordinals.
    ///
    /// # Errors
    /// When a sketch file cannot be read or is damaged; the message names it.
    pub fn similarity(&self, one: u64, other: u64) -> Result<f64, DedupError> {
        Ok(jaccard(&self.get(one)?, &self.get(other)?, self.k))
    }

    fn get(&self, document: u64) -> Result<Rc<[u32]>, DedupError> {
        let mut kept = self.kept.borrow_mut();
        if let Some(sketch) = kept.get(&document) {
            return Ok(Rc::clone(sketch));
        }
        let sketch: Rc<[u32]> = self.read(document)?.into();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(document, Rc::clone(&sketch));
        Ok(sketch)
    }

    fn read(&self, document: u64) -> Result<Vec<u32>, DedupError> {
        let (unit, index) = split_ordinal(document);
        let key = names::sketches(self.phase, unit, self.step.step);
        let named = |error: DedupError| match error {
            DedupError::Io(source) => DedupError::Io(source),
            other => DedupError::Io(io::Error::new(io::ErrorKind::InvalidData, format!("{key}: {other}"))),
        };
        let mut files = self.files.borrow_mut();
        if files.len() >= OPEN && !files.contains_key(&unit) {
            files.clear();
        }
        let reader = match files.entry(unit) {
            std::collections::hash_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                let file = self.out.open_ranged(&key).map_err(|error| io::Error::new(error.source.kind(), error))?;
                place.insert(SketchReader::open(Ranged(file), self.step.layout, self.k).map_err(named)?)
            }
        };
        let mut values = Vec::new();
        reader.get(index, &mut values).map_err(named)?;
        Ok(values)
    }
}
