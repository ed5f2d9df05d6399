//! Saves what a dedup step kept, so that a later run can look it up: keys, ids, and sketches where candidates are verified.
//!
//! ```text
//! survivors-S, one unit:      keys of the documents that stayed     -> work/survivors-S/N.keys index/STEP/unit-N.ids .sketches
//! index-S, one partition:     the keys of all units, sorted         -> index/STEP/keys-P
//! describe-S:                                                       -> index/STEP/INDEX.json
//! ```
//!
//! A step of pieces writes its keys while it reduces (`cuts`), and has no stage `index-S`: what stays for a piece is said there, by
//! the documents that have it; `survivors-S` copies the ids alone. A step by n-grams writes its filters while it judges (`overlap`):
//! they name no document, and `describe-S` is all that follows.
//!
//! Who stayed is what the step itself said, and the steps before it that share its barrier: what becomes of a document later
//! changes nothing, as it would not in one run over everything.

use super::earlier::most_of;
use super::exchange::{Gone, Ranged, reduce_budget};
use super::program::{DedupStep, KeyKind};
use super::scratch::{WorkScratch, sorter_budget};
use super::{Context, Failure, names, records};
use crate::dedup::index::{self, keep_survivors, write_from};
use crate::dedup::reduce::ExchangeSource;
use crate::dedup::sketch::{SketchReader, SketchWriter};
use crate::dedup::{DedupError, RangeRead};
use crate::ledger::{Index, UnitRecord, VERSION, run_name};
use crate::storage::{Named, SealedFile};
use std::io::{self, BufWriter, Write};

/// The folder of the step's index.
fn folder(step: &DedupStep) -> &str {
    step.save.as_ref().map_or("", |save| &save.folder)
}

/// Writes what the step kept of one map unit.
///
/// # Errors
/// When storage fails.
pub fn survivors(context: &Context<'_>, phase: usize, step: &DedupStep, unit: u32) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let mut record = UnitRecord::new(context.fingerprint, &names::survivors_stage(step.step), unit);
    let ids = context.out.read(&names::ids(phase, unit))?;
    record.outputs.push(context.out.put_unsettled(&names::index_file(folder(step), &names::index_ids(unit)), &ids)?);
    let documents = (ids.len() / 16) as u64;
    if step.keys.cuts() {
        record.facts.insert("documents".into(), documents);
        return Ok(record);
    }
    let gone = Gone::until(context, phase, step, true).load(unit)?;
    let is_gone = |index: u32| gone.binary_search(&index).is_ok();
    let from = names::keys(phase, unit, step.step);
    let failed = |error| names::dedup_failure(&from, error);
    let input = Ranged::open(context.out, &from).named("open", &from)?;
    let key = names::survivors(step.step, unit);
    let mut out = context.out.create(&key)?;
    let mut scratch = WorkScratch(context.out);
    let room = (sorter_budget(context), &mut scratch as _);
    let keys = match step.keys {
        KeyKind::Bands => keep_survivors::<u64>(&input, step.layout, &is_gone, room, &mut out),
        _ => keep_survivors::<u128>(&input, step.layout, &is_gone, room, &mut out),
    };
    record.facts.insert("keys".into(), keys.map_err(failed)?);
    record.outputs.push(out.seal()?);
    record.facts.insert("documents".into(), documents - gone.len() as u64);
    if let Some(verify) = step.verify {
        record.outputs.push(sketches(context, phase, step, verify.sketch, unit, &is_gone)?);
    }
    Ok(record)
}

/// The sketches of the documents that stay; empty ones for the others.
fn sketches(
    context: &Context<'_>,
    phase: usize,
    step: &DedupStep,
    k: usize,
    unit: u32,
    is_gone: &dyn Fn(u32) -> bool,
) -> Result<SealedFile, Failure> {
    let from = names::sketches(phase, unit, step.step);
    let failed = |error| names::dedup_failure(&from, error);
    let reader = SketchReader::open(Ranged::open(context.out, &from).named("open", &from)?, step.layout, k);
    let reader = reader.map_err(failed)?;
    let key = names::index_file(folder(step), &names::index_sketches(unit));
    let mut out = BufWriter::with_capacity(1 << 18, context.out.create(&key)?);
    let mut values = Vec::new();
    let mut writer = SketchWriter::new(unit, index::layout(step.layout), k, &mut out).map_err(failed)?;
    for document in 0..u32::try_from(reader.documents()).unwrap_or(u32::MAX) {
        if is_gone(document) {
            values.clear();
        } else {
            reader.get(document, &mut values).map_err(failed)?;
        }
        writer.push(&values, &mut out).map_err(failed)?;
    }
    writer.finish(&mut out).map_err(failed)?;
    out.flush().named("write", &key)?;
    Ok(out.into_inner().map_err(|error| error.into_error()).named("write", &key)?.seal()?)
}

/// The keys of the documents that stayed, of all map units.
struct Survivors<'a> {
    context: &'a Context<'a>,
    step: u16,
}

impl ExchangeSource for Survivors<'_> {
    fn count(&self) -> usize {
        self.context.program.plan.units.len()
    }

    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>> {
        let unit = u32::try_from(place).map_err(io::Error::other)?;
        Ok(Box::new(Ranged::open(self.context.out, &names::survivors(self.step, unit))?))
    }
}

/// Writes partition `partition` of the keys of an index.
///
/// # Errors
/// When storage fails.
pub fn keys(context: &Context<'_>, step: &DedupStep, partition: u32) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let inputs = Survivors { context, step: step.step };
    let budget = reduce_budget(context);
    let key = names::index_file(folder(step), &names::index_keys(partition));
    let mut out = context.out.create(&key)?;
    let mut scratch = WorkScratch(context.out);
    let room = (budget, &mut scratch as _);
    let written = match step.keys {
        KeyKind::Bands => write_from::<u64>(&inputs, step.layout, partition, room, most_of(step), &mut out),
        _ => write_from::<u128>(&inputs, step.layout, partition, room, most_of(step), &mut out),
    };
    let written = written.map_err(|error: DedupError| names::dedup_failure(&key, error))?;
    let mut record = UnitRecord::new(context.fingerprint, &names::index_stage(step.step), partition);
    record.outputs.push(out.seal()?);
    record.facts.insert("index-keys".into(), written.records);
    record.facts.insert("left-out".into(), written.left_out);
    Ok(record)
}

/// The stages that write an index, with the units of each: ids if it has any, keys or filters, description. Those of keys or
/// filters are not the index's own where the step cuts texts.
pub fn stages(context: &Context<'_>, step: &DedupStep) -> Vec<(String, u32)> {
    let keys = if step.keys.cuts() { names::reduce_stage(step.step) } else { names::index_stage(step.step) };
    let ids = (!matches!(step.keys, KeyKind::Ngrams(_))).then(|| (names::survivors_stage(step.step), context.units()));
    let others = [(keys, partitions(context, step)), (names::describe_stage(step.step), 1)];
    ids.into_iter().chain(others).collect()
}

/// Files of keys or filters.
fn partitions(context: &Context<'_>, step: &DedupStep) -> u32 {
    step.reduce_units(&context.program.plan)
}

/// Describes an index, once its other files are sealed.
///
/// # Errors
/// When storage fails.
pub fn describe(context: &Context<'_>, step: &DedupStep) -> Result<UnitRecord, Failure> {
    let Some(save) = &step.save else { return Err(Failure::Bug("a step without an index is described".into())) };
    let plan = &context.program.plan;
    let prefix = names::index_file(&save.folder, "");
    let (mut files, mut documents, mut keys, mut left_out) = (Vec::new(), 0, 0, 0);
    let mut written = stages(context, step);
    // All but the description itself.
    written.pop();
    for (stage, count) in written {
        records::all(context, &stage, count, |record| {
            documents += record.fact("documents");
            left_out += record.fact("left-out");
            let in_folder = |file: SealedFile| {
                let path = file.path.strip_prefix(&prefix)?.to_owned();
                Some(SealedFile { path, ..file })
            };
            keys += record.fact("index-keys");
            files.extend(record.outputs.into_iter().filter_map(in_folder));
            Ok(())
        })?;
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let description = Index {
        version: VERSION,
        program: plan.program.clone(),
        run: run_name(&plan.name, context.fingerprint),
        step: plan.steps[usize::from(step.step)].name.clone(),
        parameters: save.parameters.clone(),
        partitions: partitions(context, step),
        tag: index::layout(step.layout).tag,
        units: context.units(),
        documents,
        keys,
        files,
    };
    let mut record = UnitRecord::new(context.fingerprint, &names::describe_stage(step.step), 0);
    let key = names::index_file(&save.folder, crate::ledger::DESCRIPTION);
    record.outputs.push(context.out.put_unsettled(&key, &description.to_bytes())?);
    record.facts.insert("index-documents".into(), documents);
    record.facts.insert("index-keys".into(), keys);
    record.facts.insert("index-left-out".into(), left_out);
    Ok(record)
}
