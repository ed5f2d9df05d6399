//! The barrier of a dedup step of pieces: its partition units, and what a map unit of the next phase reads of them.

use super::earlier::Lookup;
use super::exchange::{KeyFiles, Ranged, reduce_budget};
use super::program::{DedupStep, KeyKind};
use super::scratch::{WorkScratch, sorter_budget};
use super::{Context, Failure, names};
use crate::dedup::RangeRead;
use crate::dedup::cuts::{Against, Cuts, Rule, layout, reduce_cuts};
use crate::dedup::reduce::ExchangeSource;
use crate::ledger::UnitRecord;
use crate::storage::Medium;
use std::io::{self, Write};

/// Computes partition `partition` of a dedup step of pieces: equal keys become cuts.
///
/// # Errors
/// When storage fails.
pub fn partition(
    context: &Context<'_>,
    phase: usize,
    step: &DedupStep,
    rule: Rule,
    partition: u32,
) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let inputs = KeyFiles { context, phase, step: step.step };
    let budget = reduce_budget(context);
    let key = names::cuts(step.step, partition);
    let mut out = context.out.create(&key)?;
    let (mut gathered, mut written) = (WorkScratch(context.out), WorkScratch(context.out));
    let scratches = (&mut gathered as _, &mut written as _);
    let saved = step.save.as_ref().map(|save| names::index_file(&save.folder, &names::index_keys(partition)));
    let mut index = saved.map(|key| context.out.create(&key)).transpose()?;
    let mut earlier = Lookup::<u128>::new(step, context.units());
    let save = index.as_mut().map(|index| index as &mut dyn Write);
    let against = Against { units: context.units(), rule, earlier: &mut earlier, save };
    let stats = reduce_cuts(&inputs, step.layout, partition, against, budget, scratches, &mut out)
        .map_err(|error| names::dedup_failure(&key, error))?;
    let mut record = UnitRecord::new(context.fingerprint, &names::reduce_stage(step.step), partition);
    record.outputs.push(out.seal()?);
    if let Some(index) = index {
        record.outputs.push(index.seal()?);
        record.facts.insert("index-keys".into(), stats.saved);
    }
    if !step.earlier.is_empty() {
        record.facts.insert("cuts-for-earlier".into(), stats.for_earlier);
    }
    record.facts.insert("records".into(), stats.records);
    record.facts.insert("keys".into(), stats.keys);
    record.facts.insert("copied".into(), stats.copied);
    record.facts.insert("cuts".into(), stats.cuts);
    record.facts.insert("biggest-bucket".into(), stats.biggest_bucket);
    Ok(record)
}

/// The cut files of all partitions, opened one after the other.
pub(super) struct CutFiles<'a> {
    pub out: &'a dyn Medium,
    pub step: u16,
    pub partitions: u32,
}

impl ExchangeSource for CutFiles<'_> {
    fn count(&self) -> usize {
        self.partitions as usize
    }

    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>> {
        let partition = u32::try_from(place).map_err(io::Error::other)?;
        Ok(Box::new(Ranged::open(self.out, &names::cuts(self.step, partition))?))
    }
}

/// The step of the barrier after `phase` that cuts pieces.
pub fn of_barrier<'a>(context: &Context<'a>, phase: usize) -> Option<&'a DedupStep> {
    context.program.barrier(phase).find(|step| matches!(step.keys, KeyKind::Pieces(_)))
}

/// What the barrier after `phase` cuts out of the documents of `unit`; `None` if it has no step that cuts.
///
/// # Errors
/// When storage fails or a file is damaged.
pub fn of_unit(context: &Context<'_>, phase: usize, unit: u32) -> Result<Option<Cuts>, Failure> {
    let Some(step) = of_barrier(context, phase) else { return Ok(None) };
    let inputs = CutFiles { out: context.out, step: step.step, partitions: step.layout.partitions };
    let layout = layout(step.layout, context.units());
    Cuts::gather(&inputs, layout, unit, sorter_budget(context), &mut WorkScratch(context.out))
        .map(Some)
        .map_err(|error| names::dedup_failure(&names::reduce_stage(step.step), error))
}
