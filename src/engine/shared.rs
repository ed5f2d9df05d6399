//! Several processes on one run directory. Each unit is claimed by a lock that the system lets go when its process ends,
//! however it ends; claims only save work, since units are pure and the first one to seal a file wins.
//!
//! The end of the run is a unit as well. Whoever seals the manifest removes the intermediates, so a missing record means
//! "finished" when the manifest is there: records are looked at first, the manifest after.

use super::local::{Attempt, all};
use super::stages::{Compute, Stage, completed, side_by_side, walk};
use super::{Context, Failure, Summary, finish, names};
use crate::ledger::{MANIFEST, Manifest, RunDirectory, UnitRecord};
use crate::storage::Lock;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The stage that ends a run.
pub const FINISH: &str = "finish";

/// First and longest pause before units of others are looked at again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Which of several workers this is: workers begin at different units, so that they rarely want the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worker {
    /// Number, from 0.
    pub place: u32,
    /// How many there are; no harm is done when there are more or fewer.
    pub of: u32,
}

/// What a run still lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToDo {
    /// The first stage that is not complete.
    pub stage: String,
    /// Its units that are not finished.
    pub units: Vec<u32>,
    /// Whether each of them uses one thread, whatever it is given.
    pub alone: bool,
}

/// What became of one unit.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is finished, by this attempt or before.
    Done(Box<UnitRecord>),
    /// The run has ended.
    Ended,
    /// Another process has it in hand.
    Busy,
}

fn claim_key(stage: &str, unit: u32) -> String {
    format!("{}/{stage}/{unit:05}.claim", names::WORK)
}

/// Waits, longer each time.
struct Patience(Duration);

impl Patience {
    fn wait(&mut self, context: &Context<'_>) -> Result<(), Failure> {
        context.signals.check()?;
        std::thread::sleep(self.0);
        self.0 = (self.0 * 2).min(PAUSES.1);
        context.signals.check()
    }
}

impl Attempt<'_> {
    /// Works on a run together with other processes until it is finished.
    ///
    /// # Errors
    /// See [`Failure`]; the others go on, and so does the same command.
    pub fn work(&self, worker: Worker) -> Result<Summary, Failure> {
        self.together(|fingerprint, context| {
            let mut visit = |stage: &Stage<'_>, compute: Compute<'_>| {
                self.share(context, stage, compute, worker)?;
                Ok(ControlFlow::Continue(()))
            };
            let (order, shards) = all(walk(context, &mut visit)?)?;
            let mut patience = Patience(PAUSES.0);
            loop {
                if let Some(summary) = self.finished(fingerprint)? {
                    return Ok(summary);
                }
                if let Some(claim) = self.claim(FINISH, 0)? {
                    if let Some(summary) = self.finished(fingerprint)? {
                        return Ok(summary);
                    }
                    RunDirectory::sweep(self.out)?;
                    let summary = finish::finish(context, order.as_ref(), shards);
                    drop(claim);
                    return summary;
                }
                patience.wait(context)?;
            }
        })
    }

    /// Computes one unit of a stage, or does nothing if it is finished.
    ///
    /// # Errors
    /// Refused when an earlier stage is not complete or there is no such unit; see [`Failure`] for the others.
    pub fn unit(&self, stage: &str, unit: u32) -> Result<Outcome, Failure> {
        let mut done = None;
        let ended = self.together(|_, context| {
            let mut visit = |at: &Stage<'_>, compute: Compute<'_>| {
                if at.name != stage {
                    let lacking = at.lacking(context)?;
                    return match lacking.first() {
                        None => Ok(ControlFlow::Continue(())),
                        Some(first) => Err(too_early(stage, at, *first, lacking.len())),
                    };
                }
                if unit >= at.units {
                    return Err(Failure::Refused(format!(
                        "stage `{stage}` has {} units, counted from 0: there is no unit {unit}",
                        at.units
                    )));
                }
                let record = self.one(context, at, unit, compute)?;
                done = Some(record.map_or(Outcome::Busy, |record| Outcome::Done(Box::new(record))));
                Ok(ControlFlow::Break(()))
            };
            match walk(context, &mut visit)? {
                ControlFlow::Break(()) => Ok(None),
                ControlFlow::Continue((order, shards)) if stage == FINISH => {
                    let Some(claim) = self.claim(FINISH, 0)? else {
                        done = Some(Outcome::Busy);
                        return Ok(None);
                    };
                    RunDirectory::sweep(self.out)?;
                    let summary = finish::finish(context, order.as_ref(), shards).map(Some);
                    drop(claim);
                    summary
                }
                ControlFlow::Continue(_) => Err(Failure::Refused(format!("the plan has no stage `{stage}`"))),
            }
        })?;
        match (done, ended) {
            (Some(done), _) => Ok(done),
            (None, Some(_)) => Ok(Outcome::Ended),
            (None, None) => Err(Failure::Bug(format!("unit {unit} of {stage} was not looked at"))),
        }
    }

    /// What the run still lacks; `None` once it is finished.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn to_do(&self) -> Result<Option<ToDo>, Failure> {
        let mut found = None;
        let ended = self.together(|_, context| {
            let mut visit = |stage: &Stage<'_>, _: Compute<'_>| {
                let units = stage.lacking(context)?;
                if units.is_empty() {
                    return Ok(ControlFlow::Continue(()));
                }
                found = Some(ToDo { stage: stage.name.clone(), units, alone: stage.alone() });
                Ok(ControlFlow::Break(()))
            };
            if walk(context, &mut visit)?.is_continue() {
                found = Some(ToDo { stage: FINISH.to_owned(), units: vec![0], alone: true });
            }
            Ok(None)
        })?;
        Ok(if ended.is_some() { None } else { found })
    }

    /// Joins the run and does `job`. A run that another process finished meanwhile is no failure, whatever `job` stumbled over.
    fn together<T: Ended>(&self, job: impl FnOnce(&str, &Context<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let fingerprint = self.program.plan.fingerprint();
        let directory =
            RunDirectory::join(self.out, &self.program.plan, &fingerprint, &|who, most| self.waits_for(who, most))?;
        if let Some(manifest) = directory.finished {
            return Ok(T::ended(Summary { manifest, already: true }));
        }
        let result = self.with_context(&fingerprint, |context| job(&fingerprint, context));
        match result {
            Err(failure) => match self.finished(&fingerprint)? {
                Some(summary) => Ok(T::ended(summary)),
                None => Err(failure),
            },
            done => done,
        }
    }

    /// The summary of a run that is finished by now. What this process left among the intermediates goes.
    fn finished(&self, fingerprint: &str) -> Result<Option<Summary>, Failure> {
        if self.out.stat(MANIFEST)?.is_none() {
            return Ok(None);
        }
        let manifest =
            Manifest::from_bytes(&self.out.read(MANIFEST)?).map_err(|error| Failure::Refused(error.to_string()))?;
        if manifest.fingerprint != fingerprint {
            return Err(Failure::Refused("another plan was finished in this directory meanwhile".to_owned()));
        }
        // Others may be removing it at this moment: whoever comes last leaves nothing.
        if !self.machine.keep_work {
            let _ = self.out.remove_folder(names::WORK);
        }
        Ok(Some(Summary { manifest, already: false }))
    }

    /// Takes a unit for this process; `None` when another one has it.
    fn claim(&self, stage: &str, unit: u32) -> Result<Option<Box<dyn Lock>>, Failure> {
        let holder = format!("process {}", std::process::id());
        Ok(self.out.lock(&claim_key(stage, unit), &holder)?.ok())
    }

    /// Computes the units of a stage that nobody else computes, and waits for the rest.
    fn share(
        &self,
        context: &Context<'_>,
        stage: &Stage<'_>,
        compute: Compute<'_>,
        worker: Worker,
    ) -> Result<(), Failure> {
        if stage.is_complete(context)? {
            return Ok(());
        }
        let mut todo = stage.to_do(context)?;
        let before = serde_json::json!({ "stage": stage.name, "units": stage.units, "to_do": todo.len(),
            "worker": worker.place });
        (self.log)("stage.start", before);
        let begin = todo.len() as u64 * u64::from(worker.place) / u64::from(worker.of.max(1));
        let length = todo.len().max(1);
        todo.rotate_left(usize::try_from(begin).unwrap_or(0) % length);
        let mut patience = Patience(PAUSES.0);
        while !todo.is_empty() {
            let left = Mutex::new(Vec::new());
            side_by_side(context, stage, &todo, |unit| {
                if self.one(context, stage, unit, compute)?.is_none() {
                    left.lock().unwrap_or_else(PoisonError::into_inner).push(unit);
                }
                Ok(())
            })?;
            let mut left = left.into_inner().unwrap_or_else(PoisonError::into_inner);
            if left.len() == todo.len() {
                // Others that are about to be done are no news.
                if patience.0 == PAUSES.1 {
                    self.progress.waits(format!(
                        "waiting for {} units of {} that other processes have in hand; those of a dead process are free after {} s",
                        left.len(),
                        stage.name,
                        self.out.lock_outlives().as_secs()
                    ));
                }
                patience.wait(context)?;
            } else {
                patience = Patience(PAUSES.0);
            }
            left.sort_unstable();
            todo = left;
        }
        completed(context, &stage.name, stage.units)?;
        (self.log)("stage.end", serde_json::json!({ "stage": stage.name, "worker": worker.place }));
        Ok(())
    }

    /// Computes one unit unless it is finished. `None`: another process has it in hand.
    fn one(
        &self,
        context: &Context<'_>,
        stage: &Stage<'_>,
        unit: u32,
        compute: Compute<'_>,
    ) -> Result<Option<UnitRecord>, Failure> {
        context.signals.check()?;
        let found = || -> Result<_, Failure> {
            let record = stage.record(context, unit)?;
            if let Some(record) = &record {
                stage.found(context, unit, record);
            }
            Ok(record)
        };
        if let Some(record) = found()? {
            return Ok(Some(record));
        }
        let Some(claim) = self.claim(&stage.name, unit)? else {
            return Ok(None);
        };
        // Between the two looks another process may have finished the unit, or the whole run.
        if let Some(record) = found()? {
            return Ok(Some(record));
        }
        if self.out.stat(MANIFEST)?.is_some() {
            return Err(Failure::Bug(format!("unit {unit} of {} is missing in a finished run", stage.name)));
        }
        let computed = stage.compute(context, unit, compute);
        drop(claim);
        computed.map(Some)
    }
}

/// A result that also says when the run had ended before.
trait Ended {
    fn ended(summary: Summary) -> Self;
}

impl Ended for Summary {
    fn ended(summary: Summary) -> Self {
        summary
    }
}

impl Ended for Option<Summary> {
    fn ended(summary: Summary) -> Self {
        Some(summary)
    }
}

fn too_early(wanted: &str, at: &Stage<'_>, first: u32, count: usize) -> Failure {
    Failure::Refused(format!(
        "`{wanted}` cannot be computed yet: {count} of {} units of `{}` are not finished, the first is {first}",
        at.units, at.name
    ))
}
