//! The record of a finished unit: sealed last, so its presence says that all of the unit's files are whole. The record of a
//! complete stage: sealed by whoever finds all of its units finished, so that others need not look at each of them.

use crate::document::{Counts, Tally};
use crate::storage::{Medium, SealedFile, Stat, StorageError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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

    /// Seals the record, after the names of its files are durable. Its own name may be lost in a power cut: then the unit is computed
    /// again, and finds its files.
    ///
    /// # Errors
    /// When storage fails.
    pub fn seal(&self, out: &dyn Medium) -> Result<(), StorageError> {
        let key = record_key(&self.stage, self.unit);
        let json = serde_json::to_vec(self).map_err(|error| StorageError::new("write", &key, error.into()))?;
        let folders = self.outputs.iter().filter_map(|file| Some(file.path.rsplit_once('/')?.0));
        folders.collect::<BTreeSet<&str>>().into_iter().try_for_each(|folder| out.settle(folder))?;
        out.put_unsettled(&key, &json).map(drop)
    }

    /// Reads the record of a unit. `None` if it is not finished, or if one of its files is missing or has another length:
    /// then the unit is computed again. What `files` lists is not asked for.
    ///
    /// # Errors
    /// When storage fails.
    pub fn load(
        out: &dyn Medium,
        fingerprint: &str,
        stage: &str,
        unit: u32,
        files: Option<&StageFiles>,
    ) -> Result<Option<Self>, StorageError> {
        let key = record_key(stage, unit);
        if files.is_some_and(|files| files.bytes(&key) == Some(None)) {
            return Ok(None);
        }
        let Some(Ok(record)) = read_if_there(out, &key)?.map(|bytes| serde_json::from_slice::<Self>(&bytes)) else {
            return Ok(None);
        };
        if record.fingerprint != fingerprint {
            return Ok(None);
        }
        for file in &record.outputs {
            let bytes = match files.and_then(|files| files.bytes(&file.path)) {
                Some(listed) => listed,
                None => out.stat(&file.path)?.map(|stat| stat.bytes),
            };
            if bytes != Some(file.bytes) {
                return Ok(None);
            }
        }
        Ok(Some(record))
    }
}

/// The files of a stage as one listing of its folder found them, with their lengths.
#[derive(Debug)]
pub struct StageFiles {
    folder: String,
    /// By name.
    listed: Vec<(String, Stat)>,
}

impl StageFiles {
    /// What is in the folder of a stage, by name.
    #[must_use]
    pub fn new(stage: &str, listed: Vec<(String, Stat)>) -> Self {
        Self { folder: format!("work/{stage}/"), listed }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Length of the file with this key, if it is there; `None` for one that would stand in another folder.
    fn bytes(&self, key: &str) -> Option<Option<u64>> {
        let name = key.strip_prefix(&self.folder)?;
        let at = self.listed.binary_search_by(|(listed, _)| listed.as_str().cmp(name)).ok();
        Some(at.map(|at| self.listed[at].1.bytes))
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
        Self {
            fingerprint: fingerprint.to_owned(),
            memory,
            units: 0,
            counts: Counts::default(),
            facts: BTreeMap::new(),
        }
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

    /// Seals the record, after the records of its units are durable.
    ///
    /// # Errors
    /// When storage fails.
    pub fn seal(&self, out: &dyn Medium, stage: &str) -> Result<(), StorageError> {
        out.settle(&format!("work/{stage}"))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{Folder, Memory, Trouble};
    use std::sync::Arc;

    fn medium(memory: &Memory) -> Folder {
        Folder::new(Arc::new(memory.clone()), "run")
    }

    /// Writes the files of a unit, its record, and the mark of its stage.
    fn unit(out: &dyn Medium) -> Result<(), StorageError> {
        let mut record = UnitRecord::new("plan", "map-0", 3);
        for key in ["work/map-0/00003.part", "ledger/00003.parquet", "work/map-0/00003.ids"] {
            record.outputs.push(out.put_unsettled(key, key.as_bytes())?);
        }
        record.seal(out)?;
        let mut stage = StageRecord::new("plan", 1 << 20);
        stage.add(&record);
        stage.seal(out, "map-0")
    }

    #[test]
    fn a_record_outlives_a_power_cut_only_with_its_files_and_a_mark_only_with_its_records() {
        let counting = Memory::default().with_trouble(Trouble::None);
        unit(&medium(&counting)).unwrap();
        let (mut records, calls) = (0, counting.calls());
        for call in 1..=calls + 1 {
            let memory = Memory::default().with_trouble(Trouble::CrashAt(call));
            assert_eq!(unit(&medium(&memory)).is_ok(), call > calls);
            let left = medium(&memory.after_crash());
            let there = |key: &str| left.stat(key).unwrap().is_some();
            let record = there("work/map-0/00003.json");
            records += u32::from(record);
            if record {
                assert!(there("work/map-0/00003.part") && there("ledger/00003.parquet"), "call {call}");
                assert!(UnitRecord::load(&left, "plan", "map-0", 3, None).unwrap().is_some(), "call {call}");
            }
            assert!(record || !there("work/map-0/complete.json"), "call {call}");
        }
        assert!(records > 1, "no record outlived a power cut");
    }

    #[test]
    fn a_listing_tells_what_a_look_at_each_file_would() {
        let memory = Memory::default();
        let out = medium(&memory);
        unit(&out).unwrap();
        let load = |files: Option<&StageFiles>, unit| UnitRecord::load(&out, "plan", "map-0", unit, files).unwrap();
        let listing = || StageFiles::new("map-0", out.list("work/map-0").unwrap());
        let listed = listing();
        assert_eq!(load(Some(&listed), 3), load(None, 3));
        assert!(load(Some(&listed), 3).is_some() && load(Some(&listed), 4).is_none());
        // A file in the stage's folder, and one elsewhere, that is gone or was cut.
        for (key, content) in [("work/map-0/00003.ids", None), ("ledger/00003.parquet", Some(b"short"))] {
            let whole = out.read(key).unwrap();
            match content {
                Some(content) => out.replace(key, content).unwrap(),
                None => out.remove(key).unwrap(),
            }
            assert!(load(Some(&listing()), 3).is_none() && load(None, 3).is_none(), "{key}");
            out.replace(key, &whole).unwrap();
            assert!(load(Some(&listing()), 3).is_some(), "{key}");
        }
    }
}
