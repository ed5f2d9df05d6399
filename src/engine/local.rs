//! The driver of one process: stage after stage, units side by side on threads.

use super::stages::{Compute, Ends, Stage, side_by_side, walk};
use super::{Budget, Context, Failure, Program, Progress, Signals, Summary, finish, names};
use crate::ledger::RunDirectory;
use crate::steps::StepClock;
use crate::storage::Medium;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// How a run may use the machine. None of it changes the output.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// Worker threads.
    pub threads: usize,
    /// Memory budget in bytes.
    pub memory: usize,
    /// Leave the intermediates (`work/`) where they are at the end.
    pub keep_work: bool,
}

/// Writes an event into the run's log.
pub type Log<'a> = &'a (dyn Fn(&str, serde_json::Value) + Sync);

/// What an attempt at a run is made with.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// What runs.
    pub program: &'a Program,
    /// On which part of this machine.
    pub machine: Machine,
    /// The run directory.
    pub out: &'a dyn Medium,
    /// Asked to stop?
    pub signals: &'a Signals,
    /// Counters for the progress line.
    pub progress: &'a Progress,
    /// Time per step, for the log.
    pub clock: &'a StepClock,
    /// The log.
    pub log: Log<'a>,
}

impl Attempt<'_> {
    /// Does `job` with all that units are computed with.
    pub(super) fn with_context<T>(
        &self,
        fingerprint: &str,
        job: impl FnOnce(&Context<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (program, machine) = (self.program, self.machine);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(machine.threads)
            .thread_name(|n| format!("worker-{n}"))
            .build()
            .map_err(|error| Failure::Bug(format!("no worker threads: {error}")))?;
        // Half of the budget is for batches in flight; sorters and partition units take their shares of the other half.
        let budget = Budget::new(machine.memory / 2);
        let named =
            |input: &crate::plan::Input| (program.plan.sources[input.source as usize].name.clone(), input.file.clone());
        let shared = |input: &crate::plan::Input| {
            let (source, file) = named(input);
            (Arc::from(source), Arc::from(file))
        };
        job(&Context {
            program,
            fingerprint,
            out: self.out,
            pool: &pool,
            budget: &budget,
            memory: machine.memory,
            keep_work: machine.keep_work,
            side_by_side: machine.threads,
            signals: self.signals,
            progress: self.progress,
            clock: self.clock,
            names: program.plan.inputs.iter().map(shared).collect(),
            inputs: program.plan.inputs.iter().map(named).zip(0..).collect(),
        })
    }

    /// Says on the progress line who has the output directory.
    pub(super) fn waits_for(&self, who: &str, most: Duration) {
        let seconds = most.as_secs();
        self.progress.waits(format!(
            "waiting for {who}, which has the output directory: {seconds} s at most, by when the lease of a dead process has ended"
        ));
    }

    /// Runs the program to its end, or goes on where an earlier attempt stopped. No other process may work on the directory.
    ///
    /// # Errors
    /// See [`Failure`]; after each kind the same command goes on where it stopped.
    pub fn run(&self) -> Result<Summary, Failure> {
        let fingerprint = self.program.plan.fingerprint();
        let directory =
            RunDirectory::open(self.out, &self.program.plan, &fingerprint, &|who, most| self.waits_for(who, most))?;
        if let Some(manifest) = directory.finished {
            // A run that ended between its manifest and its last clean-up left these behind.
            if !self.machine.keep_work {
                self.out.remove_folder(names::WORK)?;
            }
            return Ok(Summary { manifest, already: true });
        }
        self.with_context(&fingerprint, |context| {
            let mut visit = |stage: &Stage<'_>, compute: Compute<'_>| {
                let todo = stage.to_do(context)?;
                let before = serde_json::json!({ "stage": stage.name, "units": stage.units, "to_do": todo.len() });
                (self.log)("stage.start", before);
                side_by_side(context, stage, &todo, |unit| stage.compute(context, unit, compute).map(drop))?;
                (self.log)("stage.end", serde_json::json!({ "stage": stage.name }));
                Ok(ControlFlow::Continue(()))
            };
            let (order, shards) = all(walk(context, &mut visit)?)?;
            finish::finish(context, order.as_ref(), shards)
        })
    }
}

/// What the stages decided, when no visitor may break off.
pub(super) fn all<'a>(walked: ControlFlow<(), Ends<'a>>) -> Result<Ends<'a>, Failure> {
    match walked {
        ControlFlow::Continue(ends) => Ok(ends),
        ControlFlow::Break(()) => Err(Failure::Bug("the stages were broken off without a failure".to_owned())),
    }
}
