//! The graph of a plan: stage after stage, each of numbered units. Whoever drives a run (this process, several workers, a
//! scheduler elsewhere) visits the same stages.

use super::order::{self, OrderPlan};
use super::{
    Context, DedupStep, Failure, KeyKind, exchange, finish, index, map, names, overlap, records, shard, stars,
};
use crate::document::Counts;
use crate::ledger::{StageRecord, UnitRecord};
use crate::plan::Order;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Units between two barriers.
pub struct Stage<'a> {
    /// What it is called in file names.
    pub name: String,
    /// How many units it has.
    pub units: u32,
    weigh: &'a (dyn Fn(u32) -> u64 + Sync),
    in_bytes: bool,
    /// Units side by side at most, whatever the threads.
    at_most: usize,
}

/// Computes a unit of a stage: pure, and as often as one likes.
pub type Compute<'a> = &'a (dyn Fn(u32) -> Result<UnitRecord, Failure> + Sync);

/// Told of each stage in order; every unit of a stage must be sealed before `Continue` is given.
pub type Visit<'a> = &'a mut dyn FnMut(&Stage<'_>, Compute<'_>) -> Result<ControlFlow<()>, Failure>;

/// What the last stages decided: the order, if there is one, and the number of shard units.
pub type Ends<'a> = (Option<OrderPlan<'a>>, u32);

/// Visits all stages. `Break`: the visitor did.
pub fn walk<'a>(context: &Context<'a>, visit: Visit<'_>) -> Result<ControlFlow<(), Ends<'a>>, Failure> {
    let plan = &context.program.plan;
    let barriers = context.program.dedups.iter().map(|step| {
        let saved = if step.save.is_some() { index::stages(context, step).len() } else { 0 };
        // What cuts writes its keys or filters on the way.
        if step.keys.cuts() { 1 + saved.saturating_sub(1) } else { 2 + saved }
    });
    // The shards, and before them their layout or the order, and before that the cuts of a curriculum.
    let curriculum = matches!(&plan.output.order, Order::Shuffle(mixture) if mixture.curriculum.is_some());
    let tokens = plan.output.tokens.map_or(0, |_| 2 + usize::from(curriculum));
    context.progress.begin(plan.phases.len() + barriers.sum::<usize>() + tokens);
    for phase in 0..plan.phases.len() {
        if visit_phase(context, phase, visit)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    if plan.output.tokens.is_none() {
        return Ok(ControlFlow::Continue((None, 0)));
    }
    // A packing unit holds its window, whatever the budget: fewer of them run where many do not fit into half of it.
    let held =
        plan.output.packing.as_ref().map_or(1, |packing| usize::try_from(packing.memory()).unwrap_or(usize::MAX));
    let at_most = (context.memory / 2 / held.max(1)).max(1);
    let writing = |units| Stage { at_most, ..Stage::plain(shard::STAGE.into(), units) };
    let mut order = OrderPlan::of(context)?;
    let (count, flow);
    if let Some(order) = &mut order {
        if order.visit_cuts(context, visit)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        count = order.shards();
        if visit(&Stage::plain(order::STAGE.into(), context.units()), &|unit| order::compute(context, order, unit))?
            .is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        flow = visit(&writing(count), &|unit| shard::compute_ordered(context, order, unit))?;
    } else {
        if visit(&Stage::plain(names::LAYOUT.into(), 1), &|_| shard::lay_out(context))?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let shards = shard::plan(context)?;
        count = u32::try_from(shards.len()).unwrap_or(u32::MAX);
        flow = visit(&writing(count), &|unit| shard::compute(context, &shards, unit))?;
    }
    Ok(match flow {
        ControlFlow::Break(()) => ControlFlow::Break(()),
        ControlFlow::Continue(()) => ControlFlow::Continue((order, count)),
    })
}

/// A map stage and the barrier after it.
fn visit_phase(context: &Context<'_>, phase: usize, visit: Visit<'_>) -> Result<ControlFlow<()>, Failure> {
    let plan = &context.program.plan;
    // Intermediates of later phases are about as large as the text; the inputs stand in for them.
    let weigh = |unit: u32| plan.units[unit as usize].iter().map(|range| range.bytes).sum();
    let stage = Stage {
        name: names::map_stage(phase),
        units: context.units(),
        weigh: &weigh,
        in_bytes: true,
        at_most: usize::MAX,
    };
    if visit(&stage, &|unit| map::compute(context, phase, unit))?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    if phase == 0 {
        finish::check_faults(context, &completed(context, &stage.name, stage.units)?.counts)?;
    }
    for step in context.program.barrier(phase) {
        let mut reduce = Stage::plain(names::reduce_stage(step.step), step.reduce_units(plan));
        let flow = if let KeyKind::Ngrams(rule) = step.keys {
            let filters = overlap::Filters::of(context, phase, step, rule)?;
            reduce.at_most = filters.at_most();
            visit(&reduce, &|shard| overlap::shard(context, phase, step, &filters, shard))?
        } else {
            visit(&reduce, &|partition| exchange::partition(context, phase, step, partition))?
        };
        if flow.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if (!step.keys.cuts() && visit_clusters(context, phase, step, visit)?.is_break())
            || (step.save.is_some() && visit_index(context, phase, step, visit)?.is_break())
        {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The rounds that join the edges of a step, if there must be any, and the cluster unit.
fn visit_clusters(
    context: &Context<'_>,
    phase: usize,
    step: &DedupStep,
    visit: Visit<'_>,
) -> Result<ControlFlow<()>, Failure> {
    let ControlFlow::Continue(joined) = stars::visit(context, step, visit)? else {
        return Ok(ControlFlow::Break(()));
    };
    let cluster = Stage::plain(names::cluster_stage(step.step), 1);
    visit(&cluster, &|_| exchange::clusters(context, phase, step, joined))
}

/// The stages that save an index of the documents that stay.
fn visit_index(
    context: &Context<'_>,
    phase: usize,
    step: &DedupStep,
    visit: Visit<'_>,
) -> Result<ControlFlow<()>, Failure> {
    let survivors = Stage::plain(names::survivors_stage(step.step), context.units());
    let keys = Stage::plain(names::index_stage(step.step), step.layout.partitions);
    let has_ids = !matches!(step.keys, KeyKind::Ngrams(_));
    if has_ids && visit(&survivors, &|unit| index::survivors(context, phase, step, unit))?.is_break()
        || !step.keys.cuts() && visit(&keys, &|partition| index::keys(context, step, partition))?.is_break()
    {
        return Ok(ControlFlow::Break(()));
    }
    let describe = Stage::plain(names::describe_stage(step.step), 1);
    visit(&describe, &|_| index::describe(context, step))
}

impl Stage<'_> {
    /// A stage whose units weigh the same.
    pub fn plain(name: String, units: u32) -> Self {
        Self { name, units, weigh: &|_| 1, in_bytes: false, at_most: usize::MAX }
    }

    fn begin(&self, context: &Context<'_>) -> u64 {
        let total = (0..self.units).map(self.weigh).sum();
        context.progress.stage(&self.name, self.units.into(), total, self.in_bytes);
        total
    }

    /// Whether somebody found the stage complete: one look, whatever its size. Its units are counted as done.
    pub fn is_complete(&self, context: &Context<'_>) -> Result<bool, Failure> {
        let Some(record) = StageRecord::load(context.out, context.fingerprint, &self.name)? else { return Ok(false) };
        let total = self.begin(context);
        context.progress.units_done(self.units.into(), total);
        context.progress.count(&record.counts);
        Ok(true)
    }

    /// Whether its units use one thread each: map units and the cluster unit spread their work, others do not.
    pub fn alone(&self) -> bool {
        !(self.in_bytes || self.name.starts_with(names::CLUSTER))
    }

    /// Units that are not finished yet; where there are none, the stage is marked complete.
    pub fn lacking(&self, context: &Context<'_>) -> Result<Vec<u32>, Failure> {
        if self.is_complete(context)? {
            return Ok(Vec::new());
        }
        let units = self.to_do(context)?;
        if units.is_empty() {
            completed(context, &self.name, self.units)?;
        }
        Ok(units)
    }

    /// Units that are not finished yet; the others are counted as done. One listing tells where there is a record, and only those are read.
    pub fn to_do(&self, context: &Context<'_>) -> Result<Vec<u32>, Failure> {
        self.begin(context);
        let units: Vec<u32> = (0..self.units).collect();
        let files = records::files(context, &self.name)?;
        if files.is_empty() {
            return Ok(units);
        }
        let mut todo = Vec::new();
        records::each(context, &self.name, &units, &files, |unit, record| {
            match record {
                None => todo.push(unit),
                Some(record) => self.found(context, unit, &record),
            }
            Ok(())
        })?;
        Ok(todo)
    }

    /// The record of a unit, if it is finished.
    pub fn record(&self, context: &Context<'_>, unit: u32) -> Result<Option<UnitRecord>, Failure> {
        Ok(UnitRecord::load(context.out, context.fingerprint, &self.name, unit, None)?)
    }

    /// Counts a unit that another attempt or process finished.
    pub fn found(&self, context: &Context<'_>, unit: u32, record: &UnitRecord) {
        context.progress.units_done(1, (self.weigh)(unit));
        if let Some(tally) = &record.tally {
            context.progress.count(&Counts::of(tally));
        }
    }

    /// Computes a unit and seals its record.
    pub fn compute(&self, context: &Context<'_>, unit: u32, compute: Compute<'_>) -> Result<UnitRecord, Failure> {
        let record = compute(unit)?;
        record.seal(context.out)?;
        // Map units report their bytes while they read.
        context.progress.units_done(1, if self.in_bytes { 0 } else { (self.weigh)(unit) });
        Ok(record)
    }
}

/// What a stage whose units are all finished did. Whoever asks first reads the records of all units and seals the sums, with its
/// memory budget.
pub fn completed(context: &Context<'_>, stage: &str, units: u32) -> Result<StageRecord, Failure> {
    if let Some(record) = StageRecord::load(context.out, context.fingerprint, stage)? {
        return Ok(record);
    }
    let mut sums = StageRecord::new(context.fingerprint, context.memory as u64);
    records::all(context, stage, units, |record| {
        sums.add(&record);
        Ok(())
    })?;
    sums.seal(context.out, stage)?;
    // Another process may have been first, with another memory budget.
    Ok(StageRecord::load(context.out, context.fingerprint, stage)?.unwrap_or(sums))
}

/// Does `job` for each of `units` of a stage, side by side; after the first failure no more are begun, and those that run are let go to
/// their end.
pub fn side_by_side(
    context: &Context<'_>,
    stage: &Stage<'_>,
    units: &[u32],
    job: impl Fn(u32) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
    let (next, failure) = (AtomicU32::new(0), Mutex::new(None));
    let one_after_another = || {
        while let Some(&unit) = units.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            if let Err(error) = job(unit) {
                next.store(u32::MAX / 2, Ordering::Relaxed);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..context.side_by_side.min(units.len()).min(stage.at_most) {
            scope.spawn(one_after_another);
        }
        one_after_another();
    });
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}
