//! What can go wrong between deduplication units.

use std::io;

/// A failure of a deduplication unit. All of them stop the unit; none of them is bad data of the corpus.
#[derive(Debug, thiserror::Error)]
pub enum DedupError {
    /// The caller's storage failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A file of ours is damaged: cut, overwritten or of another format.
    #[error("damaged {file}: {detail}; remove it and run its unit again")]
    Damaged {
        /// Which kind of file.
        file: &'static str,
        /// What was found.
        detail: String,
    },
    /// A file is whole but belongs to another plan, partition or unit.
    #[error("{file} has {what} {found} where the plan has {expected}; run its unit again under this plan")]
    Mismatch {
        /// Which kind of file.
        file: &'static str,
        /// Which field.
        what: &'static str,
        /// What the plan says.
        expected: u64,
        /// What the file says.
        found: u64,
    },
    /// A setting is out of range.
    #[error("`{name}`: {detail}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What is wrong with it and what is allowed.
        detail: String,
    },
}

impl DedupError {
    pub(super) fn damaged(file: &'static str, detail: impl Into<String>) -> Self {
        Self::Damaged { file, detail: detail.into() }
    }
}
