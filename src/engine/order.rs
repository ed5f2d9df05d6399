//! The order units, for runs whose documents do not stay in input order: each sorts the documents of one map unit by shard and
//! place, so that a shard unit merges one range of every file. Memory is that of one unit, whatever the size of the run.

use super::curriculum::{self, Cuts};
use super::stages::{Stage, Visit, completed};
use super::{Context, Failure, names, shard};
use crate::document::DocId;
use crate::ledger::{OrderStats, UnitRecord, VALIDATION};
use crate::plan::{Mixture, Order};
use crate::shards::mix::{Epochs, Group, Share, key, shard_of, share, shares, written};
use crate::shards::ordered::{OrderedRow, OrderedWriter};
use crate::shards::{RunIndex, ShardError, ShardFormat};
use crate::storage::{Named, RangedFile};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Name of the stage.
pub const STAGE: &str = "order";

/// Prefix of the facts of a map unit that count tokens by group: `mix:SOURCE:LANGUAGE`.
const FACT: &str = "mix:";

/// The name of the fact that counts a group's tokens.
pub fn fact(group: &Group) -> String {
    format!("{FACT}{}:{}", group.source, group.language)
}

fn group_of(fact: &str) -> Option<Group> {
    let (source, language) = fact.strip_prefix(FACT)?.split_once(':')?;
    Some(Group { source: source.parse().ok()?, language: language.to_owned() })
}

/// What goes where. A pure function of the plan and of the tokens that the map units counted.
pub struct OrderPlan<'a> {
    mixture: &'a Mixture,
    held_out: u32,
    /// Whether what is held out has a folder of its own, because an index lists all shards of a folder.
    by_folder: bool,
    epochs: BTreeMap<Group, Epochs>,
    /// Where training shards begin, all but the first, in runs ordered by a value.
    cuts: Option<Cuts>,
    /// What is kept in `stats.json`.
    pub stats: OrderStats,
}

impl<'a> OrderPlan<'a> {
    /// Works the mixture out, once the last map stage is done. `None`: documents stay in input order.
    ///
    /// # Errors
    /// When storage fails.
    pub fn of(context: &Context<'a>) -> Result<Option<Self>, Failure> {
        let plan = &context.program.plan;
        let Order::Shuffle(mixture) = &plan.output.order else { return Ok(None) };
        let mut totals: BTreeMap<Group, u64> = BTreeMap::new();
        let stage = names::map_stage(plan.phases.len() - 1);
        for (name, tokens) in completed(context, &stage, context.units())?.facts {
            if let Some(group) = group_of(&name) {
                *totals.entry(group).or_default() += tokens;
            }
        }
        let by_folder = plan.output.tokens.is_some_and(ShardFormat::by_folder);
        Ok(Some(Self { by_folder, ..Self::from_totals(mixture, &totals, plan.output.shard_tokens) }))
    }

    /// Visits the stage that cuts a curriculum into shards, if that is the order, and takes over what it says. `Break`: the visitor did.
    ///
    /// # Errors
    /// When storage fails.
    pub fn visit_cuts(&mut self, context: &Context<'_>, visit: Visit<'_>) -> Result<ControlFlow<()>, Failure> {
        if self.mixture.curriculum.is_none() {
            return Ok(ControlFlow::Continue(()));
        }
        let stage = Stage::plain(names::CUTS.into(), 1);
        let cut = |_| curriculum::cut(context, self.mixture, &self.epochs, self.stats.train_shards);
        if visit(&stage, &cut)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        self.cuts = Some(curriculum::read(context)?);
        Ok(ControlFlow::Continue(()))
    }

    fn from_totals(mixture: &'a Mixture, totals: &BTreeMap<Group, u64>, shard_tokens: u64) -> Self {
        let shares = shares(&mixture.wanted, totals);
        #[allow(clippy::cast_precision_loss, reason = "a number of shards needs no more precision")]
        let tokens = |once: bool| {
            let epochs = |one: &Share| if once { one.epochs.value().min(1.0) } else { one.epochs.value() };
            shares.iter().map(|one| one.tokens as f64 * epochs(one)).sum::<f64>()
        };
        let (all, once) = (tokens(false), tokens(true));
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = |tokens: f64| (tokens / shard_tokens as f64).ceil() as u32;
        let stats = OrderStats {
            train_shards: count(all * (1.0 - mixture.validation)),
            validation_shards: count(once * mixture.validation),
            shares,
        };
        let epochs = stats.shares.iter().map(|one| (one.group.clone(), one.epochs)).collect();
        Self { mixture, held_out: share(mixture.validation), by_folder: false, epochs, cuts: None, stats }
    }

    /// Shards, those for validation last. Some may come out empty; they are not written.
    pub fn shards(&self) -> u32 {
        self.stats.train_shards + self.stats.validation_shards
    }

    /// Name of a shard, without ending.
    pub fn name(&self, shard: u32) -> String {
        match shard.checked_sub(self.stats.train_shards) {
            Some(held_out) if self.by_folder => format!("{VALIDATION}validation-{held_out:05}"),
            Some(held_out) => format!("validation-{held_out:05}"),
            None => shard::name(shard),
        }
    }

    /// The copies of a document: shard, place in it (key and tie), and number of each.
    fn copies(&self, id: &DocId, group: &Group, rank: u64) -> impl Iterator<Item = (u32, (u64, u64), u32)> + use<'_> {
        let (seed, id) = (self.mixture.seed, *id);
        let (copies, aside) = written(self.epochs.get(group).copied(), seed, &id, self.held_out);
        (0..copies).map(move |copy| {
            let key = key(seed, &id, copy);
            match (aside, &self.cuts) {
                (true, _) => (self.stats.train_shards + shard_of(key, self.stats.validation_shards), (key, 0), copy),
                (false, None) => (shard_of(key, self.stats.train_shards), (key, 0), copy),
                (false, Some(cuts)) => (curriculum::shard_at(cuts, (rank, key)), (rank, key), copy),
            }
        })
    }

    /// What decides between rows of equal keys, before the unit that they come from.
    pub(super) fn tie(&self, shard: u32, row: &OrderedRow) -> u64 {
        match self.cuts.is_some() && shard < self.stats.train_shards {
            true => key(self.mixture.seed, &row.document, row.copy),
            false => 0,
        }
    }
}

/// The tokens of one unit: in memory where they fit, else read one document at a time.
enum Ids {
    Held(Vec<u8>),
    Ranged(Box<dyn RangedFile>),
}

impl Ids {
    fn read(&self, index: &RunIndex, key: &str, doc: u32, ids: &mut Vec<u32>) -> Result<(), Failure> {
        let bug = || Failure::Bug(format!("`{key}` does not have the documents of its table"));
        let (offset, length) = index.byte_range(doc as usize, 1).ok_or_else(bug)?;
        let (from, length) = (usize::try_from(offset).map_err(|_| bug())?, usize::try_from(length).map_err(|_| bug())?);
        let mut buffer = Vec::new();
        let bytes = match self {
            Self::Held(bytes) => bytes.get(from..from + length).ok_or_else(bug)?,
            Self::Ranged(file) => {
                buffer.resize(length, 0);
                file.read_at(offset, &mut buffer).named("read", key)?;
                &buffer[..]
            }
        };
        let read = index.documents_from(bytes, doc as usize).read_next(ids);
        read.map_err(|error| shard::failure(key, error))?.ok_or_else(bug)?;
        Ok(())
    }
}

/// Sorts the documents of one map unit.
///
/// # Errors
/// When storage fails.
pub fn compute(context: &Context<'_>, order: &OrderPlan<'_>, unit: u32) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let phase = context.program.plan.phases.len() - 1;
    let run_key = names::token_run(phase, unit);
    let index = shard::index(context, &run_key)?;
    let origins = shard::Origins::read(context, phase, unit)?;
    let mut places: Vec<(u32, (u64, u64), u32, u32)> = Vec::new();
    for doc in 0..u32::try_from(index.documents.len()).unwrap_or(u32::MAX) {
        let origin = origins.of(doc as usize)?;
        let source = context.program.plan.inputs.get(origin.input as usize).map_or(u32::MAX, |input| input.source);
        let group = Group { source, language: origin.language };
        let copies = order.copies(&origin.id, &group, origin.rank);
        places.extend(copies.map(|(shard, place, copy)| (shard, place, copy, doc)));
    }
    places.sort_unstable();
    let held = index.facts.bytes <= (context.memory / context.side_by_side / 4) as u64;
    let ids = match held {
        true => Ids::Held(context.out.read(&run_key)?),
        false => Ids::Ranged(context.out.open_ranged(&run_key)?),
    };
    let key = names::ordered(unit);
    let failed = |error: ShardError| shard::failure(&key, error);
    let mut out = OrderedWriter::new(context.out.create(&key)?, index.vocab_size).map_err(failed)?;
    let (mut tokens, mut buffer, mut rest) = (0, Vec::new(), places.iter().peekable());
    for shard in 0..order.shards() {
        while let Some(&(_, (key, _), copy, doc)) = rest.next_if(|place| place.0 == shard) {
            ids.read(&index, &run_key, doc, &mut buffer)?;
            let origin = origins.of(doc as usize)?;
            let n_tokens = index.documents[doc as usize].n_tokens;
            let (input, offset, document) = (origin.input, origin.offset, origin.id);
            out.push(&OrderedRow { key, copy, n_tokens, input, offset, document }, &buffer).map_err(failed)?;
            tokens += u64::from(n_tokens);
        }
        out.close_block().map_err(failed)?;
    }
    let mut record = UnitRecord::new(context.fingerprint, STAGE, unit);
    record.outputs.push(out.finish().map_err(failed)?.seal()?);
    record.facts.insert("tokens".into(), tokens);
    record.facts.insert("documents".into(), places.len() as u64);
    Ok(record)
}
