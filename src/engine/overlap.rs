//! The barrier of a dedup step by n-grams: its filter units, each of which looks at its map units in order, and what a map unit
//! of the next phase reads of them.

use super::program::{DedupStep, EarlierRun, KeyKind};
use super::stages::completed;
use super::{Context, Failure, earlier, names};
use crate::dedup::overlap::{Bloom, GramReader, Judged, Rule, VerdictReader, VerdictWriter, read_filter, write_filter};
use crate::dedup::{Layout, index};
use crate::ledger::UnitRecord;
use crate::storage::StorageError;
use std::io::{BufReader, Read, Write};

/// Bytes read at once of a gram or verdict file.
const READ_BUFFER: usize = 1 << 20;

/// What a map unit of the next phase reads.
pub type Verdicts = VerdictReader<BufReader<Box<dyn Read + Send>>>;

/// The sizes of a step's filters, which follow from the n-grams that the map units counted, and from what earlier runs left.
pub struct Filters {
    rule: Rule,
    /// N-grams of each shard.
    grams: Vec<u64>,
    /// Bytes of the filters of earlier runs, of each shard.
    earlier: Vec<u64>,
    memory: usize,
}

impl Filters {
    /// Adds up the n-grams of each shard.
    ///
    /// # Errors
    /// Refused when the filters of a shard are greater than the memory budget; when storage fails.
    pub fn of(context: &Context<'_>, phase: usize, step: &DedupStep, rule: Rule) -> Result<Self, Failure> {
        let counted = completed(context, &names::map_stage(phase), context.units())?.facts;
        let of_shard = |shard| counted.get(&names::grams_fact(step.step, shard)).copied().unwrap_or(0);
        let grams = (0..rule.shards).map(of_shard).collect();
        let earlier = (0..rule.shards).map(|shard| step.earlier_filters(shard)).collect();
        // An eighth is for reading and writing.
        let filters = Self { rule, grams, earlier, memory: context.memory - context.memory / 8 };
        if filters.most() > filters.memory as u64 {
            return Err(Failure::Refused(filters.too_big(&context.program.plan.steps[usize::from(step.step)].name)));
        }
        Ok(filters)
    }

    /// Bytes of the filter of each shard, and of those of earlier runs beside it.
    fn sizes(&self) -> impl Iterator<Item = (u64, u64)> {
        let own = self.grams.iter().map(|&grams| Bloom::bytes(grams, self.rule.halvings));
        own.zip(self.earlier.iter().copied())
    }

    /// Bytes of the filters of the shard that has the most.
    fn most(&self) -> u64 {
        self.sizes().map(|(own, earlier)| own.saturating_add(earlier)).max().unwrap_or(0)
    }

    /// How many shards fit into the budget side by side.
    pub fn at_most(&self) -> usize {
        let most = usize::try_from(self.most()).unwrap_or(usize::MAX);
        (self.memory / most.max(1)).max(1)
    }

    fn too_big(&self, step: &str) -> String {
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        let halvings = self.rule.halvings;
        let most = self.grams.iter().zip(self.sizes()).max_by_key(|(_, (own, earlier))| own.saturating_add(*earlier));
        let (grams, (own, earlier)) = most.map_or((0, (0, 0)), |(&grams, sizes)| (grams, sizes));
        let budget = mib((self.memory as u64).saturating_mul(8) / 7);
        // Filters of another shape do not fit the indexes.
        let (beside, way) = if earlier > 0 {
            let beside = format!(", and those of earlier runs take {} MiB beside it", mib(earlier));
            (beside, "begin anew without one of the indexes")
        } else {
            (String::new(), "begin anew with more `shards` or a greater `false-positives` in the step")
        };
        format!(
            "step `{step}` needs a filter of {} MiB for {grams} n-grams with false positives at 2^-{halvings}{beside}, and the \
             memory budget is {budget} MiB; run the same command with `--memory {}MiB` to go on, or {way}",
            mib(own),
            mib(own.saturating_add(earlier).saturating_mul(8) / 7) + 1,
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
    for_earlier: u64,
    /// Documents whose n-grams are in the filter.
    documents: u64,
}

/// What n-grams are asked of.
struct Asked {
    /// What earlier runs left of the shard, in the order of the config.
    earlier: Vec<Bloom>,
    own: Bloom,
}

impl Asked {
    fn of(context: &Context<'_>, step: &DedupStep, filters: &Filters, shard: u32) -> Result<Self, Failure> {
        let (rule, grams) = (filters.rule, filters.grams[shard as usize]);
        let mut earlier = Vec::new();
        for run in &step.earlier {
            context.signals.check()?;
            earlier.push(of_run(run, rule, shard)?);
        }
        let bytes = Bloom::bytes(grams, rule.halvings);
        let own = Bloom::new(grams, rule.halvings)
            .ok_or_else(|| Failure::Refused(format!("the system gives no {bytes} bytes for a filter")))?;
        Ok(Self { earlier, own })
    }
}

/// Reads what an earlier run left of a shard, from front to back.
fn of_run(run: &EarlierRun, rule: Rule, shard: u32) -> Result<Bloom, Failure> {
    let key = names::index_filter(shard);
    let input = BufReader::with_capacity(READ_BUFFER, run.medium.open(&key, 0)?);
    read_filter(shard, run.layout, rule.halvings, input)
        .map_err(|error| StorageError::new("use the index", &run.path, earlier::trouble(run, &key, error)).into())
}

/// Computes filter unit `shard`: takes the documents of its map units through one filter, in order.
///
/// # Errors
/// When storage fails, or a file of an index is damaged.
pub fn shard(
    context: &Context<'_>,
    phase: usize,
    step: &DedupStep,
    filters: &Filters,
    shard: u32,
) -> Result<UnitRecord, Failure> {
    let rule = filters.rule;
    let mut asked = Asked::of(context, step, filters, shard)?;
    let mut record = UnitRecord::new(context.fingerprint, &names::reduce_stage(step.step), shard);
    let mut counts = Counts::default();
    for unit in (shard..context.units()).step_by(rule.shards as usize) {
        context.signals.check()?;
        let key = names::verdicts(step.step, unit);
        let mut out = context.out.create(&key)?;
        judge(context, (phase, step, unit), rule, &mut asked, &mut counts, &mut out)?;
        record.outputs.push(out.seal()?);
    }
    if let Some(saved) = &step.save {
        let key = names::index_file(&saved.folder, &names::index_filter(shard));
        let layout = Layout { partitions: rule.shards, ..index::layout(step.layout) };
        let mut out = context.out.create(&key)?;
        write_filter(&asked.own, shard, layout, &mut out).map_err(|error| names::dedup_failure(&key, error))?;
        record.outputs.push(out.seal()?);
        record.facts.insert("index-keys".into(), counts.added);
        record.facts.insert("documents".into(), counts.documents);
    }
    if !step.earlier.is_empty() {
        record.facts.insert("cuts-for-earlier".into(), counts.for_earlier);
    }
    record.facts.insert("records".into(), counts.grams);
    record.facts.insert("copied".into(), counts.seen);
    record.facts.insert("keys".into(), counts.added);
    record.facts.insert("cuts".into(), counts.gone);
    Ok(record)
}

/// Holds the documents of one map unit against the filters.
fn judge(
    context: &Context<'_>,
    (phase, step, unit): (usize, &DedupStep, u32),
    rule: Rule,
    asked: &mut Asked,
    counts: &mut Counts,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (from, to) = (names::keys(phase, unit, step.step), names::verdicts(step.step, unit));
    let (unread, unwritten) = (|error| names::dedup_failure(&from, error), |error| names::dedup_failure(&to, error));
    let input = BufReader::with_capacity(READ_BUFFER, context.out.open(&from, 0)?);
    let mut documents = GramReader::open(unit, step.layout, input).map_err(unread)?;
    let mut writer = VerdictWriter::new(unit, step.layout, out).map_err(unwritten)?;
    while let Some((index, grams)) = documents.next_document().map_err(unread)? {
        let Judged { verdict, added, for_earlier } = rule.judge(grams, &asked.earlier, &mut asked.own);
        counts.grams += verdict.grams;
        counts.seen += verdict.seen;
        counts.added += added;
        counts.for_earlier += for_earlier;
        counts.gone += verdict.gone.len() as u64;
        counts.documents += u64::from(verdict.gone.len() < grams.runs.len());
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
