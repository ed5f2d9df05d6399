//! The record of a finished unit: sealed last, so its presence says that all of the unit's files are whole. The record of a
//! complete stage: sealed by whoever finds all of its units finished, so that others need not look at each of them.

use crate::document::{Counts, Tally};
use crate::storage::{Medium, SealedFile, StorageError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a unit did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitRecord {
    /// Fingerprint of the plan that it belongs to.
    pub fingerprint: String,
    /// Stage, such as `map-0`.
    pub stage: String,
    /// Number in the stage.
    pub unit: u32,
    /// Files that it sealed.
    pub outputs: Vec<SealedFile>,
    /// What it counted, for map stages.
    pub tally: Option<Tally>,
    /// Plain numbers: documents, tokens, edges.
    pub facts: BTreeMap<String, u64>,
}

/// Where the record of a unit stands.
#[must_use]
pub fn record_key(stage: &str, unit: u32) -> String {
    format!("work/{stage}/{unit:05}.json")
}

impl UnitRecord {
    /// A record without outputs yet.
    #[must_use]
    pub fn new(fingerprint: &str, stage: &str, unit: u32) -> Self {
        Self {
            fingerprint: fingerprint.to_owned(),
            stage: stage.to_owned(),
            unit,
            outputs: Vec::new(),
            tally: None,
            facts: BTreeMap::new(),
        }
    }

    /// A number of this record; 0 if it has none of that name.
    #[must_use]
    pub fn fact(&self, name: &str) -> u64 {
        self.facts.get(name).copied().unwrap_or(0)
    }

    /// Seals the record.
    ///
    /// # Errors
    /// When storage fails.
    pub fn seal(&self, out: &dyn Medium) -> Result<(), StorageError> {
        let key = record_key(&self.stage, self.unit);
        let json = serde_json::to_vec(self).map_err(|error| StorageError::new("write", &key, error.into()))?;
        out.put(&key, &json).map(drop)
    }

    /// Reads the record of a unit. `None` if it is not finished, or if one of its files is missing or has another length:
    /// then the unit is computed again.
    ///
    /// # Errors
    /// When storage fails.
    pub fn load(out: &dyn Medium, fingerprint: &str, stage: &str, unit: u32) -> Result<Option<Self>, StorageError> {
        let key = record_key(stage, unit);
        let Some(Ok(record)) = read_if_there(out, &key)?.map(|bytes| serde_json::from_slice::<Self>(&bytes)) else {
            return Ok(None);
        };
        if record.fingerprint != fingerprint {
            return Ok(None);
        }
        for file in &record.outputs {
            if out.stat(&file.path)?.is_none_or(|stat| stat.bytes != file.bytes) {
                return Ok(None);
            }
        }
        Ok(Some(record))
    }
}

/// A small file, if it is there. One call tells that it is missing: on an object store each is a request.
fn read_if_there(out: &dyn Medium, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
    match out.read(key) {
        Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

/// What a complete stage did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageRecord {
    /// Fingerprint of the plan that it belongs to.
    pub fingerprint: String,
    /// Memory budget in bytes of the process that found it complete: what depends on it must be the same for all others.
    pub memory: u64,
    /// How many units it has.
    pub units: u32,
    /// Sums over its units, for map stages.
    pub counts: Counts,
    /// Sums of the plain numbers of its units; of use for those that add up.
    pub facts: BTreeMap<String, u64>,
}

fn stage_key(stage: &str) -> String {
    format!("work/{stage}/complete.json")
}

impl StageRecord {
    /// A record of a stage without units yet.
    #[must_use]
    pub fn new(fingerprint: &str, memory: u64) -> Self {
        Self { fingerprint: fingerprint.to_owned(), memory, units: 0, counts: Counts::default(), facts: BTreeMap::new() }
    }

    /// Adds a finished unit.
    pub fn add(&mut self, unit: &UnitRecord) {
        self.units += 1;
        if let Some(tally) = &unit.tally {
            self.counts.add(&Counts::of(tally));
        }
        for (name, value) in &unit.facts {
            let sum = self.facts.entry(name.clone()).or_default();
            *sum = sum.saturating_add(*value);
        }
    }

    /// Seals the record.
    ///
    /// # Errors
    /// When storage fails.
    pub fn seal(&self, out: &dyn Medium, stage: &str) -> Result<(), StorageError> {
        let key = stage_key(stage);
        let json = serde_json::to_vec(self).map_err(|error| StorageError::new("write", &key, error.into()))?;
        out.put(&key, &json).map(drop)
    }

    /// Reads the record of a stage; `None` if nobody found it complete yet.
    ///
    /// # Errors
    /// When storage fails.
    pub fn load(out: &dyn Medium, fingerprint: &str, stage: &str) -> Result<Option<Self>, StorageError> {
        let bytes = read_if_there(out, &stage_key(stage))?;
        let record = bytes.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        Ok(record.filter(|record| record.fingerprint == fingerprint))
    }
}
