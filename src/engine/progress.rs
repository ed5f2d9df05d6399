//! Counters that the progress line shows. Never part of an output.

use super::program::Program;
use crate::document::Tally;
use std::sync::{Mutex, PoisonError};

/// What is known of a run while it goes on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Stage that runs now.
    pub stage: String,
    /// Number of the stage, from 1.
    pub stage_number: usize,
    /// Number of stages.
    pub stages: usize,
    /// Units done in this stage.
    pub units_done: u64,
    /// Units of this stage.
    pub units: u64,
    /// Work done in this stage: stored bytes for map stages, units for others.
    pub done: u64,
    /// All work of this stage.
    pub total: u64,
    /// Whether `done` counts bytes.
    pub in_bytes: bool,
    /// Documents read.
    pub documents: u64,
    /// Damaged records and documents set aside.
    pub set_aside: u64,
    /// Documents dropped so far, by step of the plan.
    pub dropped: Vec<u64>,
    /// Tokens so far.
    pub tokens: u64,
}

/// Shared counters.
#[derive(Debug, Default)]
pub struct Progress {
    state: Mutex<Snapshot>,
}

impl Progress {
    fn with<R>(&self, change: impl FnOnce(&mut Snapshot) -> R) -> R {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is known now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.with(|state| state.clone())
    }

    pub(super) fn begin(&self, stages: usize) {
        self.with(|state| state.stages = stages);
    }

    pub(super) fn stage(&self, name: &str, units: u64, total: u64, in_bytes: bool) {
        self.with(|state| {
            state.stage = name.to_owned();
            state.stage_number += 1;
            (state.units_done, state.units, state.done, state.total, state.in_bytes) = (0, units, 0, total, in_bytes);
        });
    }

    pub(super) fn unit_done(&self, weight: u64) {
        self.with(|state| {
            state.units_done += 1;
            state.done += weight;
        });
    }

    pub(super) fn advance(&self, bytes: u64) {
        self.with(|state| state.done = (state.done + bytes).min(state.total));
    }

    pub(super) fn count(&self, tally: &Tally, program: &Program) {
        self.with(|state| {
            state.documents += tally.documents;
            state.set_aside += tally.fault_records() + tally.quarantined_documents();
            state.dropped.resize(program.plan.steps.len(), 0);
            for (sum, step) in state.dropped.iter_mut().zip(&tally.steps) {
                *sum += step.dropped_documents();
            }
            state.tokens += tally.sources.values().map(|group| group.kept.tokens).sum::<u64>();
        });
    }
}
