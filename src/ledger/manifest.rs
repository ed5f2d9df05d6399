//! The manifest: sealed last, the only sign of a finished run.

use crate::storage::SealedFile;
use serde::{Deserialize, Serialize};

/// Name of the manifest in the run directory.
pub const MANIFEST: &str = "MANIFEST.json";

/// Counts that add up: `records = documents + others + faults`, `documents = kept + dropped + quarantined`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Records read.
    pub records: u64,
    /// Records that are no documents.
    pub others: u64,
    /// Damaged records.
    pub faults: u64,
    /// Documents that entered the chain.
    pub documents: u64,
    /// Documents kept.
    pub kept: u64,
    /// Documents dropped.
    pub dropped: u64,
    /// Documents set aside by steps.
    pub quarantined: u64,
    /// Tokens written.
    pub tokens: u64,
    /// Token shards.
    pub shards: u64,
}

/// What a finished run consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout version.
    pub format: u32,
    /// Version of the program that ran.
    pub program: String,
    /// Name of the run.
    pub name: String,
    /// Fingerprint of the plan.
    pub fingerprint: String,
    /// Counts.
    pub totals: Totals,
    /// Every file of the run but this one and the log, by path.
    pub files: Vec<SealedFile>,
}

#[derive(Serialize, Deserialize)]
struct Signed {
    manifest: Manifest,
    blake3: String,
}

/// What is wrong with a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It is not the JSON that was written.
    #[error("the manifest does not parse: {0}")]
    Syntax(String),
    /// Its own checksum does not fit.
    #[error("the manifest was changed after the run: its checksum does not fit")]
    Changed,
    /// It was written by a newer program.
    #[error("the run directory has format {0}, this program knows up to {known}; use a newer gristmill", known = crate::plan::FORMAT)]
    Newer(u32),
}

impl Manifest {
    fn checksum(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        blake3::hash(&json).to_hex().to_string()
    }

    /// The file's bytes: the manifest with its own checksum.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let signed = Signed { manifest: self.clone(), blake3: self.checksum() };
        let mut bytes = serde_json::to_vec_pretty(&signed).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a manifest and checks every byte of it.
    ///
    /// # Errors
    /// When it does not parse, was changed, or is of a newer format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ManifestError> {
        let signed: Signed = serde_json::from_slice(bytes).map_err(|error| ManifestError::Syntax(error.to_string()))?;
        if signed.manifest.format > crate::plan::FORMAT {
            return Err(ManifestError::Newer(signed.manifest.format));
        }
        // Written again it must give the very same bytes, so that white space counts as well.
        if signed.manifest.checksum() != signed.blake3 || signed.manifest.to_bytes() != bytes {
            return Err(ManifestError::Changed);
        }
        Ok(signed.manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_byte_is_seen() {
        let file = SealedFile { path: "a".into(), bytes: 1, blake3: "00".into() };
        let manifest = Manifest {
            format: 1,
            program: "0.1.0".into(),
            name: "n".into(),
            fingerprint: "f".into(),
            totals: Totals { records: 3, ..Totals::default() },
            files: vec![file],
        };
        let bytes = manifest.to_bytes();
        assert_eq!(Manifest::from_bytes(&bytes).unwrap(), manifest);
        for at in 0..bytes.len() {
            for flip in [0x01, 0x20] {
                let mut bad = bytes.clone();
                bad[at] ^= flip;
                assert!(Manifest::from_bytes(&bad).is_err(), "byte {at} ^ {flip}");
            }
        }
    }
}
