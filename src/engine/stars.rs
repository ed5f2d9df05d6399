//! Components of more documents than the cluster unit holds in memory: rounds of star contraction, each of two stages whose units
//! exchange edges as map and partition units exchange keys ([`crate::dedup::stars`]).
//!
//! ```text
//! stars-S-0, one partition: its forest, each edge at the place of its greater document          -> work/stars-S-0/P.stars
//! stars-S-1, one partition: small star of its documents, of the files of all partitions before  -> work/stars-S-1/P.stars
//! stars-S-2, one partition: large star, likewise; and so on in turn, until the forest fits or all edges are stars
//! ```
//!
//! How many stages there are follows from what the units before counted, and from one memory budget: that of the process which found
//! the partition stage complete. So all processes walk the same stages, and those that come later as well, whatever they may use.

use super::exchange::{EdgeFiles, Ranged, reduce_budget};
use super::program::DedupStep;
use super::scratch::WorkScratch;
use super::stages::{Stage, Visit, completed};
use super::{Context, Failure, names};
use crate::dedup::cluster::{EdgeSource, Edges, in_memory_at_most};
use crate::dedup::reduce::ExchangeSource;
use crate::dedup::stars::{RoundStats, Star, half, scatter};
use crate::dedup::{DedupError, RangeRead};
use crate::ledger::UnitRecord;
use crate::storage::Medium;
use std::io;
use std::ops::ControlFlow;

/// Far more stages than any graph of 2^64 documents takes: beyond it something is wrong.
const MOST: u32 = 1000;

/// What the cluster unit reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// The forests of the partitions.
    Forests,
    /// The files of a large star.
    Stars {
        /// Number of its stage.
        round: u32,
        /// Whether they are the stars of the components.
        settled: bool,
    },
}

/// Visits the rounds that a step needs, once its partition stage is complete. `Break`: the visitor did.
pub fn visit(context: &Context<'_>, step: &DedupStep, visit: Visit<'_>) -> Result<ControlFlow<(), Joined>, Failure> {
    let partitions = step.layout.partitions;
    let reduced = completed(context, &names::reduce_stage(step.step), partitions)?;
    let room = in_memory_at_most(usize::try_from(reduced.memory / 2).unwrap_or(usize::MAX));
    let fact = |facts: &std::collections::BTreeMap<String, u64>, name| facts.get(name).copied().unwrap_or(0);
    // A forest has at most two documents an edge.
    if fact(&reduced.facts, "forest").saturating_mul(2) <= room {
        return Ok(ControlFlow::Continue(Joined::Forests));
    }
    for round in 0..MOST {
        let stage = Stage::plain(names::stars_stage(step.step, round), partitions);
        context.progress.more(1);
        if visit(&stage, &|partition| compute(context, step, round, partition))?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if star_of(round) == Some(Star::Large) {
            let facts = completed(context, &stage.name, partitions)?.facts;
            let settled = fact(&facts, "unsettled") == 0;
            if settled || fact(&facts, "documents") <= room {
                return Ok(ControlFlow::Continue(Joined::Stars { round, settled }));
            }
        }
    }
    Err(Failure::Bug(format!("the components of {} are not found after {MOST} stages", step.rule)))
}

/// What a stage makes of its documents; the first one only hands edges out.
fn star_of(round: u32) -> Option<Star> {
    match round {
        0 => None,
        odd if odd % 2 == 1 => Some(Star::Small),
        _ => Some(Star::Large),
    }
}

fn compute(context: &Context<'_>, step: &DedupStep, round: u32, partition: u32) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let budget = reduce_budget(context);
    let key = names::stars(step.step, round, partition);
    let mut out = context.out.create(&key)?;
    let (mut gathered, mut written) = (WorkScratch(context.out), WorkScratch(context.out));
    let stats = match star_of(round) {
        None => scattered(context, step, partition, (budget, &mut written), &mut out),
        Some(star) => {
            let inputs = StarFiles::of(context.out, step, round - 1);
            let scratches = (&mut gathered as _, &mut written as _);
            half(star, &inputs, step.layout, partition, budget, scratches, &mut out)
        }
    };
    let RoundStats { edges, documents, unsettled } = stats.map_err(|error| names::dedup_failure(&key, error))?;
    let mut record = UnitRecord::new(context.fingerprint, &names::stars_stage(step.step, round), partition);
    record.outputs.push(out.seal()?);
    let facts = [("edges", edges), ("documents", documents), ("unsettled", unsettled)];
    record.facts.extend(facts.map(|(name, value)| (name.to_owned(), value)));
    Ok(record)
}

fn scattered(
    context: &Context<'_>,
    step: &DedupStep,
    partition: u32,
    (budget, scratch): (usize, &mut WorkScratch<'_>),
    out: &mut dyn io::Write,
) -> Result<RoundStats, DedupError> {
    let forests = EdgeFiles { out: context.out, step: step.step };
    let mut input = forests.open(partition)?;
    scatter(step.layout, partition, &mut input, (budget, scratch), out)
}

/// The files of one round, opened one after the other.
struct StarFiles<'a> {
    out: &'a dyn Medium,
    step: &'a DedupStep,
    round: u32,
}

impl<'a> StarFiles<'a> {
    fn of(out: &'a dyn Medium, step: &'a DedupStep, round: u32) -> Self {
        Self { out, step, round }
    }
}

impl ExchangeSource for StarFiles<'_> {
    fn count(&self) -> usize {
        self.step.layout.partitions as usize
    }

    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>> {
        let partition = u32::try_from(place).map_err(io::Error::other)?;
        Ok(Box::new(Ranged::open(self.out, &names::stars(self.step.step, self.round, partition))?))
    }
}

/// Hands the edges that the cluster unit reads to `job`.
pub fn with_edges<T>(out: &dyn Medium, step: &DedupStep, joined: Joined, job: impl FnOnce(Edges<'_>) -> T) -> T {
    match joined {
        Joined::Forests => job(Edges::Files(&EdgeFiles { out, step: step.step })),
        Joined::Stars { round, settled } => job(Edges::Stars { files: &StarFiles::of(out, step, round), settled }),
    }
}
