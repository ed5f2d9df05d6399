//! Runs a plan. The plan is a graph of numbered units with barriers; each unit is a pure, idempotent function from files to
//! committed files, so that the same units can be computed by one process (`local`, rayon) or by many (`shared`).
//!
//! ```text
//! map-0 (units) -> per dedup step: reduce-S (partitions) -> cluster-S (one) -> map-1 (units) -> … -> [order (units)] -> shards -> finish
//! ```
//!
//! More duplicates than the cluster unit holds in memory are joined by rounds before it ([`stars`]), as many as they need.
//!
//! A dedup step of pieces has no cluster stage, and a barrier of its own. One that saves an index has three more stages at the
//! end of its barrier, or two where its keys are written on the way ([`index`]).
//!
//! Nothing here names a concrete step, reader or writer of documents; nothing here reads a clock into an output.

mod barrier;
mod batch;
mod budget;
mod curriculum;
mod cuts;
mod earlier;
mod estimate;
mod exchange;
mod finish;
mod index;
mod key_files;
mod local;
mod map;
pub mod names;
mod order;
mod outlet;
mod overlap;
mod pipeline;
mod program;
mod progress;
mod records;
mod scratch;
mod shard;
mod shared;
mod signals;
mod sketches;
mod spans;
mod stages;
mod stars;
mod written;

pub use crate::failure::Failure;
pub use budget::Budget;
pub use estimate::{Estimate, estimate};
pub use finish::Summary;
pub use local::{Attempt, Log, Machine};
pub use pipeline::Batch;
pub use program::{
    DedupStep, EarlierRun, Entry, Feed, KeyKind, Load, Measure, OpenUnit, Program, SavedIndex, TokenFacts, Verification,
};
pub use progress::{Progress, Snapshot};
pub use shared::{FINISH, Outcome, ToDo, Worker};
pub use signals::Signals;

use crate::steps::StepClock;
use crate::storage::Medium;
use std::collections::HashMap;
use std::sync::Arc;

/// What every unit is computed with.
pub struct Context<'a> {
    /// What runs.
    pub program: &'a Program,
    /// The plan's fingerprint.
    pub fingerprint: &'a str,
    /// The run directory.
    pub out: &'a dyn Medium,
    /// Worker threads.
    pub pool: &'a rayon::ThreadPool,
    /// Permits for batches.
    pub budget: &'a Budget,
    /// The memory budget in bytes.
    pub memory: usize,
    /// Leave the intermediates where they are at the end.
    pub keep_work: bool,
    /// How many units are computed side by side.
    pub side_by_side: usize,
    /// Asked to stop?
    pub signals: &'a Signals,
    /// Counters for the progress line.
    pub progress: &'a Progress,
    /// Time per step, for the log.
    pub clock: &'a StepClock,
    /// Source and file of each input of the plan.
    pub names: Vec<(Arc<str>, Arc<str>)>,
    /// `(source, file) -> index of the input`.
    pub inputs: HashMap<(String, String), u32>,
}

impl Context<'_> {
    /// Map units of each phase.
    fn units(&self) -> u32 {
        u32::try_from(self.program.plan.units.len()).unwrap_or(u32::MAX)
    }

    fn lanes(&self) -> pipeline::Lanes<'_> {
        pipeline::Lanes {
            pool: self.pool,
            budget: self.budget,
            signals: self.signals,
            // Two per worker keep every worker busy while the oldest result is being written.
            in_flight: 2 * self.pool.current_num_threads() + 1,
        }
    }

    fn input_of(&self, source: &str, file: &str) -> Result<u32, Failure> {
        self.inputs
            .get(&(source.to_owned(), file.to_owned()))
            .copied()
            .ok_or_else(|| Failure::Bug(format!("a document names `{file}`, which source `{source}` does not read")))
    }
}
