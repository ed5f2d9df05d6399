//! The dedup barrier: partition units and the cluster unit.

use super::earlier::{Lookup, settled};
use super::program::{DedupStep, KeyKind};
use super::scratch::WorkScratch;
use super::sketches::Sketches;
use super::stages::completed;
use super::stars::{self, Joined};
use super::{Context, Failure, names};
use crate::dedup::cluster::{ClusterStats, EdgeSource, Keep, LEAST_BUDGET, Member, Verify, cluster_within};
use crate::dedup::index::Hashed;
use crate::dedup::reduce::{ExchangeSource, ReduceStats, reduce_from};
use crate::dedup::{DedupError, RangeRead, Scratch, fates, split_ordinal};
use crate::ledger::UnitRecord;
use crate::storage::{Medium, Named, RangedFile};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

/// Most documents of one component that stay and are compared with each further one: templated text can chain hundreds of
/// thousands of documents together, and comparing all with all would take for ever. Beyond it documents stay, and are counted.
pub(super) const MAX_LEADERS: usize = 256;

/// Least memory of a partition unit: four sorters at their minimum and a block per input.
const LEAST: usize = 16 << 20;

/// Memory of a partition unit: half of its share of the budget.
pub(super) fn reduce_budget(context: &Context<'_>) -> usize {
    (context.memory / context.side_by_side / 2).max(LEAST)
}

/// A ranged file of the medium as the dedup kernels read it.
pub(super) struct Ranged(pub Box<dyn RangedFile>);

impl RangeRead for Ranged {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.bytes())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_at(offset, buffer)
    }
}

impl Ranged {
    /// Opens a file; trouble of the medium as the kernels know it, with its kind.
    pub(super) fn open(out: &dyn Medium, key: &str) -> io::Result<Self> {
        let file = out.open_ranged(key).map_err(|error| io::Error::new(error.source.kind(), error))?;
        Ok(Self(file))
    }
}

/// The exchange files of all map units, opened one after the other: thousands of units must not need thousands of handles.
pub(super) struct KeyFiles<'a> {
    pub context: &'a Context<'a>,
    pub phase: usize,
    pub step: u16,
}

impl ExchangeSource for KeyFiles<'_> {
    fn count(&self) -> usize {
        self.context.program.plan.units.len()
    }

    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>> {
        let unit = u32::try_from(place).map_err(io::Error::other)?;
        Ok(Box::new(Ranged::open(self.context.out, &names::keys(self.phase, unit, self.step))?))
    }
}

/// Computes partition `partition` of a dedup step: equal keys become edges.
///
/// # Errors
/// When storage fails.
pub fn partition(context: &Context<'_>, phase: usize, step: &DedupStep, partition: u32) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let key = names::edges(step.step, partition);
    let mut out = context.out.create(&key)?;
    let stats = match step.keys {
        KeyKind::Exact => edges::<u128>(context, phase, step, partition, &mut out),
        KeyKind::Bands => edges::<u64>(context, phase, step, partition, &mut out),
        KeyKind::Ngrams(_) => {
            return Err(Failure::Bug("n-grams have no partitions".to_owned()));
        }
        KeyKind::Pieces(rule) => return super::cuts::partition(context, phase, step, rule, partition),
        KeyKind::Anchors => return super::spans::anchors(context, phase, step, partition),
        KeyKind::Spans(window) => return super::spans::spans(context, phase, step, window, partition),
    };
    let stats = stats.map_err(|error| names::dedup_failure(&key, error))?;
    let mut record = UnitRecord::new(context.fingerprint, &names::reduce_stage(step.step), partition);
    record.outputs.push(out.seal()?);
    record.facts.insert("records".into(), stats.records);
    record.facts.insert("buckets".into(), stats.buckets);
    record.facts.insert("biggest-bucket".into(), stats.biggest_bucket);
    record.facts.insert("edges".into(), stats.edges);
    record.facts.insert("forest".into(), stats.forest);
    record.facts.insert("earlier-keys".into(), stats.earlier);
    Ok(record)
}

fn edges<K: Hashed>(
    context: &Context<'_>,
    phase: usize,
    step: &DedupStep,
    partition: u32,
    out: &mut dyn Write,
) -> Result<ReduceStats, DedupError> {
    let inputs = KeyFiles { context, phase, step: step.step };
    let budget = reduce_budget(context);
    let mut scratch = WorkScratch(context.out);
    let mut earlier = Lookup::<K>::new(step, context.units());
    reduce_from::<K>(&inputs, step.layout, partition, (budget, &mut scratch), &mut earlier, out)
}

/// The forests of all partitions.
pub(super) struct EdgeFiles<'a> {
    pub out: &'a dyn Medium,
    pub step: u16,
}

impl EdgeSource for EdgeFiles<'_> {
    fn open(&self, partition: u32) -> io::Result<Box<dyn Read + '_>> {
        let file = self.out.open(&names::edges(self.step, partition), 0);
        file.map(|file| -> Box<dyn Read> { file }).map_err(|error| io::Error::new(error.source.kind(), error))
    }
}

/// What the cluster unit of a step decided for a map unit.
pub(super) fn fates_of(out: &dyn Medium, step: &DedupStep, unit: u32) -> Result<fates::FateList, Failure> {
    let key = names::fates(step.step);
    let file = Ranged::open(out, &key).map_err(DedupError::from);
    let list = file.and_then(|file| fates::FateList::of_unit(step.layout, unit, &file));
    list.map_err(|error| names::dedup_failure(&key, error))
}

/// Documents that earlier steps of the same barrier removed: they may connect others, but cannot stay for them.
pub(super) struct Gone<'a> {
    earlier: Vec<&'a DedupStep>,
    out: &'a dyn Medium,
    /// The list of the unit that was asked for last: documents come by ordinal.
    list: RefCell<Option<(u32, Vec<u32>)>>,
}

impl<'a> Gone<'a> {
    /// Those that steps before `step` removed, and `step` itself if it is `included`.
    pub(super) fn until(context: &'a Context<'_>, phase: usize, step: &'a DedupStep, included: bool) -> Self {
        let before = context.program.barrier(phase).take_while(|one| one.step != step.step);
        let earlier = before.filter(|one| one.mode == crate::steps::Mode::Drop).chain(included.then_some(step));
        Gone { earlier: earlier.collect(), out: context.out, list: RefCell::default() }
    }

    /// The documents of a unit that are gone, by index.
    pub(super) fn load(&self, unit: u32) -> Result<Vec<u32>, Failure> {
        let mut gone = Vec::new();
        for step in &self.earlier {
            let list = fates_of(self.out, step, unit)?;
            gone.extend(
                list.iter().filter(|(_, fate)| matches!(fate, fates::Fate::Removed { .. })).map(|(index, _)| index),
            );
        }
        gone.sort_unstable();
        gone.dedup();
        Ok(gone)
    }

    fn holds(&self, document: u64) -> Result<bool, Failure> {
        if self.earlier.is_empty() {
            return Ok(false);
        }
        let (unit, index) = split_ordinal(document);
        let mut last = self.list.borrow_mut();
        if last.as_ref().is_none_or(|(of, _)| *of != unit) {
            *last = Some((unit, self.load(unit)?));
        }
        Ok(last.as_ref().is_some_and(|(_, list)| list.binary_search(&index).is_ok()))
    }
}

/// Ranks of documents, read from the map units' files as they are asked for.
struct Ranks<'a> {
    out: &'a dyn Medium,
    phase: usize,
    step: u16,
    /// The file of the unit that was asked for last: documents come by ordinal.
    file: RefCell<Option<(u32, Box<dyn RangedFile>)>>,
}

impl Ranks<'_> {
    fn of(&self, document: u64) -> Result<u64, Failure> {
        let (unit, index) = split_ordinal(document);
        let key = names::ranks(self.phase, unit, self.step);
        let mut last = self.file.borrow_mut();
        if last.as_ref().is_none_or(|(of, _)| *of != unit) {
            *last = Some((unit, self.out.open_ranged(&key)?));
        }
        let mut bytes = [0; 8];
        if let Some((_, file)) = last.as_ref() {
            file.read_at(u64::from(index) * 8, &mut bytes).named("read", &key)?;
        }
        Ok(u64::from_le_bytes(bytes))
    }
}

/// Computes the cluster unit of a dedup step: the edges that `joined` names become clusters, each keeps one document.
///
/// # Errors
/// When storage fails.
pub fn clusters(context: &Context<'_>, phase: usize, step: &DedupStep, joined: Joined) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let gone = Gone::until(context, phase, step, false);
    let settled = settled(context.units());
    let ranks = Ranks { out: context.out, phase, step: step.step, file: RefCell::default() };
    let trouble = RefCell::new(None);
    // `Keep::Largest` takes a plain number: a document that is already gone ranks below all others.
    let rank = |document: u64| -> i64 {
        if document >= settled {
            return i64::MAX;
        }
        let rank = gone.holds(document).and_then(|is_gone| match (is_gone, step.ranked) {
            (true, _) => Ok(i64::MIN),
            (false, true) => ranks.of(document).map(|rank| i64::try_from(rank >> 1).unwrap_or(i64::MAX)),
            (false, false) => Ok(0),
        });
        rank.unwrap_or_else(|failure| {
            trouble.borrow_mut().get_or_insert(failure);
            0
        })
    };
    let keep = if step.ranked || !gone.earlier.is_empty() || !step.earlier.is_empty() {
        Keep::Largest(&rank)
    } else {
        Keep::First
    };
    let sketches = Sketches::new(context.out, phase, step, context.units());
    let spread = |jobs: usize, job: &(dyn Fn(usize) + Sync)| {
        context.pool.install(|| (0..jobs).into_par_iter().for_each(job));
    };
    let verify = step.verify.map(|verify| Verify {
        compare: &sketches,
        spread: &spread,
        threshold: verify.threshold,
        max_leaders: MAX_LEADERS,
        settled,
    });
    let key = names::fates(step.step);
    let mut file = fates::FatesWriter::new(step.layout, context.out.create(&key)?);
    let mut section = |members: &mut Vec<Member>| {
        context.signals.check()?;
        file.section(members.drain(..)).map_err(|error| names::dedup_failure(&key, error))
    };
    let (mut unit, mut members, mut failed) = (0, Vec::new(), None);
    let mut earlier = EarlierStats::default();
    let mut scratch = WorkScratch(context.out);
    let room: (usize, &mut dyn Scratch) = ((context.memory / 2).max(LEAST_BUDGET), &mut scratch);
    let mut each = |member: Member| {
        if earlier.takes(&member, settled) {
            return Ok(());
        }
        let (of, _) = split_ordinal(member.document);
        while unit < of && failed.is_none() {
            failed = section(&mut members).err();
            unit += 1;
        }
        members.push(member);
        // The message is the failure's own; this one only ends the stream.
        if failed.is_some() { Err(DedupError::Io(io::ErrorKind::Other.into())) } else { Ok(()) }
    };
    let stats = stars::with_edges(context.out, step, joined, |edges| {
        cluster_within(edges, step.layout, keep, verify, room, &mut each)
    });
    if let Some(failure) = failed.or(trouble.into_inner()) {
        return Err(failure);
    }
    let stats = stats.map_err(|error| names::dedup_failure(&names::cluster_stage(step.step), error))?;
    for _ in unit..context.units() {
        section(&mut members)?;
    }
    let mut record = UnitRecord::new(context.fingerprint, &names::cluster_stage(step.step), 0);
    record.outputs.push(file.finish().map_err(|error| names::dedup_failure(&key, error))?.seal()?);
    record.facts = facts(step, &stats, &earlier);
    // What the unit read depends on the memory of a process, what the partitions found does not.
    let reduced = completed(context, &names::reduce_stage(step.step), step.layout.partitions)?.facts;
    record.facts.insert("edges".into(), reduced.get("edges").copied().unwrap_or(0));
    Ok(record)
}

/// What clusters have to do with earlier runs.
#[derive(Default)]
struct EarlierStats {
    /// Documents of this run that go for one of an earlier run.
    removed: u64,
    /// Documents of earlier runs that would have gone, had they not been settled.
    surplus: u64,
}

impl EarlierStats {
    /// Counts a member; `true` for a document of an earlier run, which gets no fate.
    fn takes(&mut self, member: &Member, settled: u64) -> bool {
        let is_earlier = member.document >= settled;
        let goes = member.survivor != member.document;
        self.surplus += u64::from(is_earlier && goes);
        self.removed += u64::from(!is_earlier && member.survivor >= settled);
        is_earlier
    }
}

fn facts(step: &DedupStep, stats: &ClusterStats, earlier: &EarlierStats) -> BTreeMap<String, u64> {
    let mut facts = BTreeMap::from([
        ("clusters".into(), stats.clusters),
        ("members".into(), stats.documents - earlier.surplus),
        ("biggest".into(), stats.biggest.first().map_or(0, |&(size, _)| size.into())),
    ]);
    if !step.earlier.is_empty() {
        facts.insert("removed-for-earlier".into(), earlier.removed);
    }
    if step.verify.is_some() {
        facts.insert("components".into(), stats.components);
        facts.insert("beyond-leaders".into(), stats.beyond_leaders);
        facts.insert("biggest-component".into(), stats.biggest_component.0);
        facts.insert("biggest-component-kept".into(), stats.biggest_component.1);
    }
    facts.extend(stats.sizes.iter().enumerate().map(|(class, &count)| (format!("size-{class:02}"), count)));
    facts
}
