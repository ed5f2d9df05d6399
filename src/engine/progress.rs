//! Counters that the progress line shows. Never part of an output.

use crate::document::Counts;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// What is known of a run while it goes on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// Sums so far.
    pub counts: Counts,
    /// What is waited for, in words; empty while there is work.
    #[serde(default)]
    pub waiting: String,
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

    /// Takes over what another process knows.
    pub fn set(&self, snapshot: Snapshot) {
        self.with(|state| *state = snapshot);
    }

    /// Counts a unit that another process finished.
    pub fn finished(&self, counts: &Counts) {
        // What it weighs is not told: the mean of its stage stands in for it.
        self.with(|state| {
            state.units_done += 1;
            state.done = (state.done + state.total / state.units.max(1)).min(state.total);
            state.counts.add(counts);
        });
    }

    pub(super) fn begin(&self, stages: usize) {
        self.with(|state| state.stages = stages);
    }

    /// More stages than were known.
    pub(super) fn more(&self, stages: usize) {
        self.with(|state| state.stages += stages);
    }

    pub(super) fn stage(&self, name: &str, units: u64, total: u64, in_bytes: bool) {
        self.with(|state| {
            state.stage = name.to_owned();
            state.stage_number += 1;
            state.waiting.clear();
            (state.units_done, state.units, state.done, state.total, state.in_bytes) = (0, units, 0, total, in_bytes);
        });
    }

    /// Nothing goes on until another process is done; what a stage or unit that begins does is work again.
    pub(super) fn waits(&self, what: String) {
        self.with(|state| state.waiting = what);
    }

    pub(super) fn advance(&self, bytes: u64) {
        self.with(|state| state.done = (state.done + bytes).min(state.total));
    }

    pub(super) fn units_done(&self, units: u64, weight: u64) {
        self.with(|state| {
            state.units_done += units;
            state.done += weight;
            state.waiting.clear();
        });
    }

    pub(super) fn count(&self, counts: &Counts) {
        self.with(|state| state.counts.add(counts));
    }
}
