//! What will run, before anything runs: steps, phases, units, metrics; and its fingerprint.

mod types;

pub use types::{
    Curriculum, FORMAT, Input, InputRange, MetricColumn, Mixture, Order, Phase, Plan, PlannedOutput, PlannedRule,
    PlannedSet, PlannedSource, PlannedStep,
};
