//! The barrier of a dedup step by n-grams: its filter units, each of which looks at its map units in order, and what a map unit
//! of the next phase reads of them.

use super::program::{DedupStep, KeyKind};
use super::stages::completed;
use super::{Context, Failure, names};
use crate::dedup::overlap::{Bloom, GramReader, Rule, VerdictReader, VerdictWriter};
use crate::ledger::UnitRecord;
use std::io::{BufReader, Read, Write};

/// Bytes read at once of a gram or verdict file.
const READ_BUFFER: usize = 1 << 20;

/// What a map unit of the next phase reads.
pub type Verdicts = VerdictReader<BufReader<Box<dyn Read + Send>>>;

/// The sizes of a step's filters, which follow from the n-grams that the map units counted.
pub struct Filters {
    rule: Rule,
    /// N-grams of each shard.
    grams: Vec<u64>,
    memory: usize,
}

impl Filters {
    /// Adds up the n-grams of each shard.
    ///
    /// # Errors
    /// Refused when a filter is greater than the memory budget; when storage fails.
    pub fn of(context: &Context<'_>, phase: usize, step: &DedupStep, rule: Rule) -> Result<Self, Failure> {
        let counted = completed(context, &names::map_stage(phase), context.units())?.facts;
        let of_shard = |shard| counted.get(&names::grams_fact(step.step, shard)).copied().unwrap_or(0);
        let grams = (0..rule.shards).map(of_shard).collect();
        // An eighth is for reading and writing.
        let filters = Self { rule, grams, memory: context.memory - context.memory / 8 };
        if filters.most() > filters.memory as u64 {
            return Err(Failure::Refused(filters.too_big(&context.program.plan.steps[usize::from(step.step)].name)));
        }
        Ok(filters)
    }

    /// Bytes of the biggest filter.
    fn most(&self) -> u64 {
        self.grams.iter().map(|&grams| Bloom::bytes(grams, self.rule.halvings)).max().unwrap_or(0)
    }

    /// How many filters fit into the budget side by side.
    pub fn at_most(&self) -> usize {
        let most = usize::try_from(self.most()).unwrap_or(usize::MAX);
        (self.memory / most.max(1)).max(1)
    }

    fn too_big(&self, step: &str) -> String {
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        let (most, halvings) = (self.most(), self.rule.halvings);
        let grams = self.grams.iter().max().copied().unwrap_or(0);
        let budget = mib((self.memory as u64).saturating_mul(8) / 7);
        format!(
            "step `{step}` needs a filter of {} MiB for {grams} n-grams with false positives at 2^-{halvings}, and the memory \
             budget is {budget} MiB; run the same command with `--memory {}MiB` to go on, or begin anew with more `shards` or \
             a greater `false-positives` in the step",
            mib(most),
            mib(most.saturating_mul(8) / 7) + 1,
        )
    }
}

/// What a filter unit counted.
#[derive(Default)]
struct Counts {
    grams: u64,
    seen: u64,
    added: u64,
    gone: u64,
}

/// Computes filter unit `shard`: takes the documents of its map units through one filter, in order.
///
/// # Errors
/// When storage fails.
pub fn shard(
    context: &Context<'_>,
    phase: usize,
    step: &DedupStep,
    filters: &Filters,
    shard: u32,
) -> Result<UnitRecord, Failure> {
    let (rule, grams) = (filters.rule, filters.grams[shard as usize]);
    let bytes = Bloom::bytes(grams, rule.halvings);
    let mut filter = Bloom::new(grams, rule.halvings)
        .ok_or_else(|| Failure::Refused(format!("the system gives no {bytes} bytes for a filter")))?;
    let mut record = UnitRecord::new(context.fingerprint, &names::reduce_stage(step.step), shard);
    let mut counts = Counts::default();
    for unit in (shard..context.units()).step_by(rule.shards as usize) {
        context.signals.check()?;
        let key = names::verdicts(step.step, unit);
        let mut out = context.out.create(&key)?;
        judge(context, (phase, step, unit), rule, &mut filter, &mut counts, &mut out)?;
        record.outputs.push(out.seal()?);
    }
    record.facts.insert("records".into(), counts.grams);
    record.facts.insert("copied".into(), counts.seen);
    record.facts.insert("keys".into(), counts.added);
    record.facts.insert("cuts".into(), counts.gone);
    Ok(record)
}

/// Holds the documents of one map unit against the filter.
fn judge(
    context: &Context<'_>,
    (phase, step, unit): (usize, &DedupStep, u32),
    rule: Rule,
    filter: &mut Bloom,
    counts: &mut Counts,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (from, to) = (names::keys(phase, unit, step.step), names::verdicts(step.step, unit));
    let (unread, unwritten) = (|error| names::dedup_failure(&from, error), |error| names::dedup_failure(&to, error));
    let input = BufReader::with_capacity(READ_BUFFER, context.out.open(&from, 0)?);
    let mut documents = GramReader::open(unit, step.layout, input).map_err(unread)?;
    let mut writer = VerdictWriter::new(unit, step.layout, out).map_err(unwritten)?;
    while let Some((index, grams)) = documents.next_document().map_err(unread)? {
        let verdict = rule.judge(grams, filter);
        counts.grams += verdict.grams;
        counts.seen += verdict.seen;
        let gone = verdict.gone.iter().map(|gone| (u64::from(gone.grams), u64::from(gone.seen)));
        let (gone_grams, gone_seen) = gone.fold((0, 0), |(all, seen), (more, had)| (all + more, seen + had));
        counts.added += verdict.grams - gone_grams - (verdict.seen - gone_seen);
        counts.gone += verdict.gone.len() as u64;
        writer.push(index, &verdict, out).map_err(unwritten)?;
    }
    writer.finish(out).map(drop).map_err(unwritten)
}

/// What the barrier after `phase` says of the n-grams of `unit`; `None` if it has no step by n-grams.
///
/// # Errors
/// When storage fails or the file is damaged.
pub fn of_unit(context: &Context<'_>, phase: usize, unit: u32) -> Result<Option<Verdicts>, Failure> {
    let Some(step) = context.program.barrier(phase).find(|step| matches!(step.keys, KeyKind::Ngrams(_))) else {
        return Ok(None);
    };
    let key = names::verdicts(step.step, unit);
    let input = BufReader::with_capacity(READ_BUFFER, context.out.open(&key, 0)?);
    VerdictReader::open(unit, step.layout, input).map(Some).map_err(|error| names::dedup_failure(&key, error))
}
