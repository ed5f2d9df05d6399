//! What an index of a dedup step says of itself: the file by which a later run knows what it may look up.

use crate::storage::SealedFile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The folder of a run's indexes, one folder in it for each dedup step that saves one.
pub const INDEX: &str = "index";

/// Name of the description in the folder of an index; sealed after all its other files.
pub const DESCRIPTION: &str = "INDEX.json";

/// Version of the form of the files. Another one is refused.
pub const VERSION: u32 = 1;

/// An index of the documents that a dedup step of a run kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// [`VERSION`].
    pub version: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// The run: its name, and the beginning of its plan's fingerprint.
    pub run: String,
    /// Name of the step.
    pub step: String,
    /// What keys and sketches depend on: a run that differs in one of them cannot use the index.
    pub parameters: BTreeMap<String, String>,
    /// Partitions of the keys.
    pub partitions: u32,
    /// What every file carries.
    pub tag: u64,
    /// Map units of the run: files of ids, and of sketches where candidates are verified.
    pub units: u32,
    /// Documents that can be found.
    pub documents: u64,
    /// Their keys.
    pub keys: u64,
    /// All other files of the folder, by their names in it.
    pub files: Vec<SealedFile>,
}

#[derive(Serialize, Deserialize)]
struct Signed {
    #[serde(flatten)]
    index: Index,
    blake3: String,
}

impl Index {
    fn checksum(&self) -> String {
        blake3::hash(&serde_json::to_vec(self).unwrap_or_default()).to_hex().to_string()
    }

    /// The description's bytes, with a checksum of its own.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let signed = Signed { index: self.clone(), blake3: self.checksum() };
        let mut bytes = serde_json::to_vec_pretty(&signed).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a description and checks every byte of it.
    ///
    /// # Errors
    /// Why it cannot be used, in one line.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let versioned: Versioned = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if versioned.version != VERSION {
            return Err(format!("it has version {}, and this program reads version {VERSION}", versioned.version));
        }
        let signed: Signed = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if signed.index.checksum() != signed.blake3 || signed.index.to_bytes() != bytes {
            return Err("it was changed: the checksum does not fit".to_owned());
        }
        Ok(signed.index)
    }

    /// What differs from what a run needs, by parameter: its name, the index's value, the run's; `none` for one that is not
    /// there.
    #[must_use]
    pub fn differences(&self, wanted: &BTreeMap<String, String>) -> Vec<(String, String, String)> {
        let names: std::collections::BTreeSet<&String> = self.parameters.keys().chain(wanted.keys()).collect();
        let value =
            |of: &BTreeMap<String, String>, name: &String| of.get(name).map_or("none", String::as_str).to_owned();
        let both = names.into_iter().map(|name| (name.clone(), value(&self.parameters, name), value(wanted, name)));
        both.filter(|(_, index, run)| index != run).collect()
    }
}

/// The run's name in ledgers and messages.
#[must_use]
pub fn run_name(name: &str, fingerprint: &str) -> String {
    format!("{name}@{}", fingerprint.get(..8).unwrap_or(fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        Index {
            version: VERSION,
            program: "0.1.0".into(),
            run: run_name("dump", "0123456789abcdef"),
            step: "near".into(),
            parameters: [("bands", "14"), ("seed", "7")].map(|(name, value)| (name.into(), value.into())).into(),
            partitions: 4,
            tag: u64::MAX,
            units: 2,
            documents: 9,
            keys: 126,
            files: vec![SealedFile { path: "keys-00000".into(), bytes: 3, blake3: "00".into() }],
        }
    }

    #[test]
    fn every_flipped_byte_is_seen() {
        let bytes = index().to_bytes();
        assert_eq!(Index::from_bytes(&bytes).unwrap(), index());
        assert_eq!(index().run, "dump@01234567");
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x01;
            assert!(Index::from_bytes(&bad).is_err(), "byte {at}");
        }
    }

    #[test]
    fn another_version_and_other_parameters_are_named() {
        let newer = Index { version: 2, ..index() }.to_bytes();
        assert_eq!(Index::from_bytes(&newer).unwrap_err(), "it has version 2, and this program reads version 1");
        let wanted = [("bands", "20"), ("rows", "8"), ("seed", "7")].map(|(name, value)| (name.into(), value.into()));
        let differences = index().differences(&wanted.into());
        let expected = [("bands", "14", "20"), ("rows", "none", "8")];
        assert_eq!(differences, expected.map(|(name, a, b)| (name.to_owned(), a.to_owned(), b.to_owned())));
    }
}
