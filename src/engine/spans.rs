//! The two barriers of dedup of equal spans: their partition units, and what a map unit of the next phase reads of them.

use super::cuts::CutFiles;
use super::exchange::{KeyFiles, reduce_budget};
use super::program::{DedupStep, KeyKind};
use super::scratch::{WRITE_BUFFER, WorkScratch, sorter_budget};
use super::{Context, Failure, names};
use crate::dedup::substring::anchors::{SharedAnchors, reduce_anchors};
use crate::dedup::substring::cuts::SpanCuts;
use crate::dedup::substring::reduce::reduce_spans;
use crate::ledger::UnitRecord;
use crate::storage::Named;
use std::io::{BufWriter, Write};
use std::sync::Arc;

/// Computes partition `partition` of the first round: which anchors several documents have.
///
/// # Errors
/// When storage fails.
pub fn anchors(context: &Context<'_>, phase: usize, step: &DedupStep, partition: u32) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let inputs = KeyFiles { context, phase, step: step.step };
    let budget = reduce_budget(context);
    let (mut gathered, mut written) = (WorkScratch(context.out), WorkScratch(context.out));
    let scratches = (&mut gathered as _, &mut written as _);
    seal(context, step, partition, |out| {
        let stats = reduce_anchors(&inputs, step.layout, (partition, context.units()), budget, scratches, out)?;
        Ok(vec![("records", stats.records), ("keys", stats.keys), ("copied", stats.shared), ("cuts", stats.told)])
    })
}

/// Computes partition `partition` of the second round: which windows, of `window` bytes, stood before.
///
/// # Errors
/// When storage fails.
pub fn spans(
    context: &Context<'_>,
    phase: usize,
    step: &DedupStep,
    window: usize,
    partition: u32,
) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let inputs = KeyFiles { context, phase, step: step.step };
    let budget = reduce_budget(context);
    let (mut one, mut two, mut three) = (WorkScratch(context.out), WorkScratch(context.out), WorkScratch(context.out));
    seal(context, step, partition, |out| {
        let of = (partition, context.units(), window);
        let scratches = [&mut one as _, &mut two as _, &mut three as _];
        let stats = reduce_spans(&inputs, step.layout, of, budget, scratches, out)?;
        Ok(vec![
            ("records", stats.records),
            ("keys", stats.keys),
            ("mixed", stats.mixed),
            ("copied", stats.copied),
            ("cuts", stats.cuts),
            ("biggest-bucket", stats.biggest_bucket),
        ])
    })
}

/// What a partition unit counted, by name.
type Facts = Vec<(&'static str, u64)>;

/// Seals what a partition unit writes, and gives its record.
fn seal(
    context: &Context<'_>,
    step: &DedupStep,
    partition: u32,
    write: impl FnOnce(&mut dyn Write) -> Result<Facts, crate::dedup::DedupError>,
) -> Result<UnitRecord, Failure> {
    let key = names::cuts(step.step, partition);
    let mut out = BufWriter::with_capacity(WRITE_BUFFER, context.out.create(&key)?);
    let facts = write(&mut out).map_err(|error| names::dedup_failure(&key, error))?;
    let mut record = UnitRecord::new(context.fingerprint, &names::reduce_stage(step.step), partition);
    let out = out.into_inner().map_err(|error| error.into_error()).named("write", &key)?;
    record.outputs.push(out.seal()?);
    record.facts.extend(facts.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(record)
}

/// The step of the barrier after `phase` whose keys are such.
fn of_barrier<'a>(context: &Context<'a>, phase: usize, keys: impl Fn(KeyKind) -> bool) -> Option<&'a DedupStep> {
    context.program.barrier(phase).find(|step| keys(step.keys))
}

/// Which anchors of `unit` several documents have, if the barrier after `phase` asked.
///
/// # Errors
/// When storage fails or a file is damaged.
pub fn shared_of(context: &Context<'_>, phase: usize, unit: u32) -> Result<Option<Arc<SharedAnchors>>, Failure> {
    let Some(step) = of_barrier(context, phase, |keys| keys == KeyKind::Anchors) else { return Ok(None) };
    let inputs = CutFiles { out: context.out, step: step.step, partitions: step.layout.partitions };
    SharedAnchors::of_unit(&inputs, step.layout, context.units(), unit)
        .map(|shared| Some(Arc::new(shared)))
        .map_err(|error| names::dedup_failure(&names::reduce_stage(step.step), error))
}

/// What the barrier after `phase` cuts out of the documents of `unit`, if it has a step of equal spans.
///
/// # Errors
/// When storage fails or a file is damaged.
pub fn cuts_of(context: &Context<'_>, phase: usize, unit: u32) -> Result<Option<SpanCuts>, Failure> {
    let Some(step) = of_barrier(context, phase, |keys| matches!(keys, KeyKind::Spans(_))) else { return Ok(None) };
    let inputs = CutFiles { out: context.out, step: step.step, partitions: step.layout.partitions };
    let of = (context.units(), unit);
    SpanCuts::gather(&inputs, step.layout, of, sorter_budget(context), &mut WorkScratch(context.out))
        .map(Some)
        .map_err(|error| names::dedup_failure(&names::reduce_stage(step.step), error))
}
