//! Records of many units, read side by side: on an object store each is a request, and most of its time is waiting.

use super::{Context, Failure, names};
use crate::ledger::{StageFiles, UnitRecord};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Most requests at once.
const AT_ONCE: usize = 16;
/// Units for which another thread is worth beginning.
const EACH: usize = 2;
/// Records held at once: those of map units name many domains.
const HELD: usize = 32;

/// What is there of a stage: one listing tells which units have a record, and how long most of their files are.
///
/// # Errors
/// When storage fails.
pub fn files(context: &Context<'_>, stage: &str) -> Result<StageFiles, Failure> {
    Ok(StageFiles::new(stage, context.out.list(&names::stage_folder(stage))?))
}

/// Gives the record of each of `units` that is finished, and `None` for the others, in order.
///
/// # Errors
/// When storage fails, or `take` does.
pub fn each(
    context: &Context<'_>,
    stage: &str,
    units: &[u32],
    files: &StageFiles,
    mut take: impl FnMut(u32, Option<UnitRecord>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for units in units.chunks(HELD) {
        context.signals.check()?;
        let slots: Vec<Mutex<Option<_>>> = units.iter().map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let read = || {
            while let Some((slot, &unit)) = slots.iter().zip(units).nth(next.fetch_add(1, Ordering::Relaxed)) {
                let record = UnitRecord::load(context.out, context.fingerprint, stage, unit, Some(files));
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..units.len().div_ceil(EACH).min(AT_ONCE) {
                scope.spawn(read);
            }
            read();
        });
        for (slot, &unit) in slots.into_iter().zip(units) {
            let record = slot.into_inner().unwrap_or_else(PoisonError::into_inner);
            take(unit, record.transpose()?.flatten())?;
        }
    }
    Ok(())
}

/// Gives the record of each unit of a stage that is complete, in order.
///
/// # Errors
/// When storage fails, or `take` does.
pub fn all(
    context: &Context<'_>,
    stage: &str,
    units: u32,
    mut take: impl FnMut(UnitRecord) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (units, files) = ((0..units).collect::<Vec<u32>>(), files(context, stage)?);
    each(context, stage, &units, &files, |unit, record| take(there(stage, unit, record)?))
}

/// The record of a unit that must be finished.
///
/// # Errors
/// When it is not, or storage fails.
pub fn one(context: &Context<'_>, stage: &str, unit: u32) -> Result<UnitRecord, Failure> {
    there(stage, unit, UnitRecord::load(context.out, context.fingerprint, stage, unit, None)?)
}

fn there(stage: &str, unit: u32, record: Option<UnitRecord>) -> Result<UnitRecord, Failure> {
    record.ok_or_else(|| Failure::Bug(format!("unit {unit} of stage {stage} has no record after its stage ended")))
}
