//! The driver on one machine: stage after stage, units side by side on threads.

use super::order::{self, OrderPlan};
use super::{
    Budget, Context, Failure, KeyKind, Program, Progress, Signals, Summary, exchange, finish, map, names, shard,
};
use crate::ledger::{RunDirectory, UnitRecord};
use crate::plan::Order;
use crate::steps::StepClock;
use crate::storage::Medium;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How a run may use the machine. None of it changes the output.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// Worker threads.
    pub threads: usize,
    /// Memory budget in bytes.
    pub memory: usize,
}

/// Runs a program to its end, or goes on where an earlier attempt stopped.
///
/// # Errors
/// See [`Failure`]; after each kind the same command goes on where it stopped.
pub fn run(
    program: &Program,
    machine: Machine,
    out: &dyn Medium,
    signals: &Signals,
    progress: &Progress,
    clock: &StepClock,
    log: &dyn Fn(&str, serde_json::Value),
) -> Result<Summary, Failure> {
    let fingerprint = program.plan.fingerprint();
    let directory = RunDirectory::open(out, &program.plan, &fingerprint)?;
    if let Some(manifest) = directory.finished {
        // A run that ended between its manifest and its last clean-up left these behind.
        out.remove_folder(names::WORK)?;
        return Ok(Summary { manifest, already: true });
    }
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
    let context = Context {
        program,
        fingerprint: &fingerprint,
        out,
        pool: &pool,
        budget: &budget,
        memory: machine.memory,
        side_by_side: machine.threads,
        signals,
        progress,
        clock,
        names: program.plan.inputs.iter().map(shared).collect(),
        inputs: program.plan.inputs.iter().map(named).zip(0..).collect(),
    };
    let (order, shards) = stages(&context, log)?;
    finish::finish(&context, order.as_ref(), shards)
}

/// Runs all stages. Gives what the order stage decided, if there is one, and the number of shard units.
fn stages<'a>(
    context: &Context<'a>,
    log: &dyn Fn(&str, serde_json::Value),
) -> Result<(Option<OrderPlan<'a>>, u32), Failure> {
    let plan = &context.program.plan;
    let barriers = context.program.dedups.iter().map(|step| 1 + usize::from(!matches!(step.keys, KeyKind::Pieces(_))));
    let tokens = plan.output.tokens.map_or(0, |_| 1 + usize::from(plan.output.order != Order::Input));
    context.progress.begin(plan.phases.len() + barriers.sum::<usize>() + tokens);
    let units = u32::try_from(plan.units.len()).unwrap_or(u32::MAX);
    let plain =
        |name: &str, units| Stage { name: name.into(), units, weigh: &|_| 1, in_bytes: false, at_most: usize::MAX };
    for phase in 0..plan.phases.len() {
        // Intermediates of later phases are about as large as the text; the inputs stand in for them.
        let weigh = |unit: u32| plan.units[unit as usize].iter().map(|range| range.bytes).sum();
        let stage = Stage { name: names::map_stage(phase), units, weigh: &weigh, in_bytes: true, at_most: usize::MAX };
        stage.run(context, log, |unit| map::compute(context, phase, unit))?;
        if phase == 0 {
            finish::check_faults(context)?;
        }
        for step in context.program.barrier(phase) {
            let reduce = plain(&names::reduce_stage(step.step), plan.partitions);
            reduce.run(context, log, |partition| exchange::partition(context, phase, step, partition))?;
            if matches!(step.keys, KeyKind::Pieces(_)) {
                continue;
            }
            let cluster = plain(&names::cluster_stage(step.step), 1);
            cluster.run(context, log, |_| exchange::clusters(context, phase, step))?;
        }
    }
    if plan.output.tokens.is_none() {
        return Ok((None, 0));
    }
    // A packing unit holds its window, whatever the budget: fewer of them run where many do not fit into half of it.
    let held =
        plan.output.packing.as_ref().map_or(1, |packing| usize::try_from(packing.memory()).unwrap_or(usize::MAX));
    let writing = |units| Stage { at_most: (context.memory / 2 / held.max(1)).max(1), ..plain(shard::STAGE, units) };
    let order = OrderPlan::of(context)?;
    let count;
    if let Some(order) = &order {
        count = order.shards();
        plain(order::STAGE, units).run(context, log, |unit| order::compute(context, order, unit))?;
        writing(count).run(context, log, |unit| shard::compute_ordered(context, order, unit))?;
    } else {
        let shards = shard::plan(context)?;
        count = u32::try_from(shards.len()).unwrap_or(u32::MAX);
        writing(count).run(context, log, |unit| shard::compute(context, &shards, unit))?;
    }
    Ok((order, count))
}

/// Units between two barriers.
struct Stage<'a> {
    name: String,
    units: u32,
    weigh: &'a (dyn Fn(u32) -> u64 + Sync),
    in_bytes: bool,
    /// Units side by side at most, whatever the threads.
    at_most: usize,
}

impl Stage<'_> {
    /// Computes the units that are not finished yet, side by side; the first failure stops the others at their next batch.
    fn run(
        &self,
        context: &Context<'_>,
        log: &dyn Fn(&str, serde_json::Value),
        compute: impl Fn(u32) -> Result<UnitRecord, Failure> + Sync,
    ) -> Result<(), Failure> {
        let total = (0..self.units).map(self.weigh).sum();
        context.progress.stage(&self.name, self.units.into(), total, self.in_bytes);
        let mut todo = Vec::new();
        for unit in 0..self.units {
            match UnitRecord::load(context.out, context.fingerprint, &self.name, unit)? {
                None => todo.push(unit),
                Some(record) => {
                    context.progress.unit_done((self.weigh)(unit));
                    if let Some(tally) = &record.tally {
                        context.progress.count(tally, context.program);
                    }
                }
            }
        }
        let before = serde_json::json!({ "stage": self.name, "units": self.units, "to_do": todo.len() });
        log("stage.start", before);
        let (next, failure) = (AtomicU32::new(0), Mutex::new(None));
        let one_after_another = || {
            while let Some(&unit) = todo.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                let result = compute(unit).and_then(|record| Ok(record.seal(context.out)?));
                let weight = if self.in_bytes { 0 } else { (self.weigh)(unit) };
                match result {
                    Ok(()) => context.progress.unit_done(weight),
                    Err(error) => {
                        // No more units are begun; those that run are let go to their end.
                        next.store(u32::MAX / 2, Ordering::Relaxed);
                        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..context.side_by_side.min(todo.len()).min(self.at_most) {
                scope.spawn(one_after_another);
            }
            one_after_another();
        });
        match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => {
                log("stage.end", serde_json::json!({ "stage": self.name }));
                Ok(())
            }
        }
    }
}
