//! What earlier runs kept: looked up by key at the barrier, named by id in the ledger.
//!
//! A document of an earlier run has an ordinal as well: its map units are counted on behind those of this run, index after
//! index. So it takes part in clusters like any other; it is preferred to all of this run, and never goes.

use super::exchange::{MAX_LEADERS, Ranged};
use super::program::{DedupStep, EarlierRun, KeyKind};
use super::{Failure, names};
use crate::dedup::index::{Hashed, IndexReader};
use crate::dedup::reduce::Earlier;
use crate::dedup::{DedupError, ordinal, split_ordinal};
use crate::document::{DocId, Twin, Twins};
use crate::storage::{Named, RangedFile};
use std::io;
use std::sync::Arc;

/// The ordinal from which on documents are those of earlier runs.
pub fn settled(units: u32) -> u64 {
    ordinal(units, 0)
}

/// The index that holds a map unit behind those of this run, and the unit's number in its own run.
pub fn place_of(step: &DedupStep, units: u32, unit: u32) -> Result<(&EarlierRun, u32), Failure> {
    let mut rest = unit.checked_sub(units);
    for run in &step.earlier {
        match rest {
            Some(unit) if unit < run.units => return Ok((run, unit)),
            Some(unit) => rest = Some(unit - run.units),
            None => {}
        }
    }
    Err(Failure::Bug(format!("map unit {unit} is of no run that the plan knows")))
}

/// Trouble with a file of an index, with its name and the way out.
pub fn trouble(run: &EarlierRun, key: &str, error: DedupError) -> io::Error {
    match error {
        DedupError::Io(source) => io::Error::new(source.kind(), format!("{}/{key}: {source}", run.path)),
        other => {
            let text = other.to_string();
            let text = text.split(';').next().unwrap_or_default();
            let detail = format!("{}/{key}: {text}; the index changed since it was written: copy it anew", run.path);
            io::Error::new(io::ErrorKind::InvalidData, detail)
        }
    }
}

/// Opens a file of an index.
pub fn open(run: &EarlierRun, key: &str) -> io::Result<Ranged> {
    Ranged::open(&*run.medium, key)
}

/// One index, with the partition that was asked last.
struct Source<'a, K> {
    run: &'a EarlierRun,
    /// Its first map unit behind those of this run.
    base: u32,
    open: Option<(u32, IndexReader<Ranged, K>)>,
}

/// Look-ups in the indexes of a step, for one partition unit.
pub struct Lookup<'a, K> {
    sources: Vec<Source<'a, K>>,
    most: usize,
    found: Vec<u64>,
}

impl<'a, K: Hashed> Lookup<'a, K> {
    /// Look-ups for a run of so many map units.
    pub fn new(step: &'a DedupStep, units: u32) -> Self {
        let mut base = units;
        let mut sources = Vec::new();
        for run in &step.earlier {
            sources.push(Source { run, base, open: None });
            base = base.saturating_add(run.units);
        }
        Self { sources, most: most_of(step), found: Vec::new() }
    }
}

/// Most documents of earlier runs that one key leads to. Where nothing is verified or counted, one is enough.
pub fn most_of(step: &DedupStep) -> usize {
    match step.keys {
        KeyKind::Pieces(rule) => rule.most_earlier(),
        _ if step.verify.is_some() => MAX_LEADERS,
        _ => 1,
    }
}

/// Most names that are remembered for documents to come.
const NAMES: usize = 1 << 16;

/// Ids of documents of earlier runs, read as they are asked for.
#[derive(Default)]
pub struct Names {
    /// The file that was asked last: its map unit, and its run.
    open: Option<(u32, Box<dyn RangedFile>, Arc<str>)>,
    /// What was asked.
    known: Twins,
}

impl Names {
    /// The document with this ordinal.
    pub fn twin(&mut self, step: &DedupStep, units: u32, document: u64) -> Result<Twin, Failure> {
        if let Some(twin) = self.known.get(&document) {
            return Ok(twin.clone());
        }
        let (unit, row) = split_ordinal(document);
        let (run, place) = place_of(step, units, unit)?;
        let key = names::index_ids(place);
        if self.open.as_ref().is_none_or(|(opened, ..)| *opened != unit) {
            self.open = Some((unit, run.medium.open_ranged(&key)?, Arc::clone(&run.run)));
        }
        let (mut id, mut of) = (DocId::default(), None);
        if let Some((_, file, name)) = &self.open {
            file.read_at(u64::from(row) * 16, &mut id.0).named("read", &format!("{}/{key}", run.path))?;
            of = Some(Arc::clone(name));
        }
        let twin = Twin { id, run: of };
        if self.known.len() >= NAMES {
            self.known.clear();
        }
        self.known.insert(document, twin.clone());
        Ok(twin)
    }
}

impl<K: Hashed> Earlier<K> for Lookup<'_, K> {
    fn find(&mut self, key: K, out: &mut Vec<u64>) -> Result<(), DedupError> {
        for source in &mut self.sources {
            let run = source.run;
            let partition = key.partition(run.layout.partitions);
            let name = names::index_keys(partition);
            let failed = |error| DedupError::Io(trouble(run, &name, error));
            let reader = match &mut source.open {
                Some((of, reader)) if *of == partition => reader,
                closed => {
                    let reader = IndexReader::open(open(run, &name)?, run.layout, partition).map_err(failed)?;
                    &mut closed.insert((partition, reader)).1
                }
            };
            self.found.clear();
            reader.find(key, &mut self.found).map_err(failed)?;
            let room = self.most.saturating_sub(out.len());
            out.extend(self.found.iter().take(room).map(|&document| {
                let (unit, index) = split_ordinal(document);
                ordinal(source.base.saturating_add(unit), index)
            }));
        }
        Ok(())
    }
}
