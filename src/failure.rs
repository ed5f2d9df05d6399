//! Why a run stopped.

use crate::storage::StorageError;

/// Why a run stopped. Each kind has an exit code of its own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The world failed: disk full, permission, a file gone.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A signal asked to stop.
    #[error("stopped by signal {0}")]
    Interrupted(i32),
    /// More bad input than the config allows.
    #[error(
        "{faults} of {records} records are damaged, more than `limits.max-fault-ratio` = {limit} allows; look at `{quarantine}`"
    )]
    TooManyFaults {
        /// Damaged records so far.
        faults: u64,
        /// Records so far.
        records: u64,
        /// The limit.
        limit: f64,
        /// Where the damaged records are listed.
        quarantine: String,
    },
    /// The directory is in use, or belongs to another plan.
    #[error("{0}")]
    Refused(String),
    /// A broken invariant.
    #[error("{0}; this is a bug in gristmill, please report it")]
    Bug(String),
}

impl Failure {
    /// The exit code (`gristmill --help` lists them).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::TooManyFaults { .. } => 3,
            Self::Storage(_) => 4,
            Self::Refused(_) => 5,
            Self::Bug(_) => 70,
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}
