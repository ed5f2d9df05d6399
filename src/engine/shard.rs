//! The shard units: token runs become finished shards with index and lineage.

use super::{Context, Failure, names};
use crate::document::DocId;
use crate::ledger::UnitRecord;
use crate::shards::{LineageRecord, LineageWriter, MegatronWriter, Part, RunIndex, ShardError, ShardPlan, plan_shards};
use crate::storage::{Named, StorageError};
use std::io::{BufReader, Read};
use std::num::NonZeroU64;
use std::sync::Arc;

/// Name of the stage.
pub const STAGE: &str = "shards";

/// Bytes read at once from a token run.
const READ_BUFFER: usize = 1 << 20;
/// Bytes read at once of the origins of a run.
const ORIGIN_BUFFER: usize = 64 << 10;

/// Name of a shard, without extension.
pub fn name(unit: u32) -> String {
    format!("shard-{unit:05}")
}

/// A shard error on a file of ours.
pub fn failure(key: &str, error: ShardError) -> Failure {
    let source = match error {
        ShardError::Io(source) => source,
        other => std::io::Error::new(std::io::ErrorKind::InvalidData, other.to_string()),
    };
    Failure::Storage(StorageError::new("use", key, source))
}

fn last_phase(context: &Context<'_>) -> usize {
    context.program.plan.phases.len() - 1
}

fn index(context: &Context<'_>, key: &str) -> Result<RunIndex, Failure> {
    let file = context.out.open_ranged(key)?;
    RunIndex::read(file.bytes(), |offset, length| {
        let mut bytes = vec![0; length];
        file.read_at(offset, &mut bytes).map(|()| bytes)
    })
    .map_err(|error| failure(key, error))
}

/// Cuts the token runs of all units into shards, in input order. A pure function of the runs.
///
/// # Errors
/// When storage fails.
pub fn plan(context: &Context<'_>) -> Result<Vec<ShardPlan>, Failure> {
    let mut runs = Vec::new();
    for unit in 0..u32::try_from(context.program.plan.units.len()).unwrap_or(u32::MAX) {
        let index = index(context, &names::token_run(last_phase(context), unit))?;
        runs.push((u64::from(unit), index.n_tokens()));
    }
    let size = NonZeroU64::new(context.program.plan.output.shard_tokens).unwrap_or(NonZeroU64::MIN);
    Ok(plan_shards(&runs, size))
}

/// Where documents of a run came from: fixed records, one per document of the run, read in order.
struct Origins {
    records: Box<dyn Read>,
    key: String,
}

impl Origins {
    /// Those of `count` documents from `first` on.
    fn open(context: &Context<'_>, unit: u32, first: u64, count: u64) -> Result<Self, Failure> {
        const BYTES: u64 = names::ORIGIN_BYTES as u64;
        let key = names::origins(last_phase(context), unit);
        let records = context.out.open(&key, first * BYTES)?.take(count * BYTES);
        Ok(Self { records: Box::new(BufReader::with_capacity(ORIGIN_BUFFER, records)), key })
    }

    fn next(&mut self, context: &Context<'_>, tokens: (u64, u64)) -> Result<LineageRecord, Failure> {
        let mut bytes = [0; names::ORIGIN_BYTES];
        self.records.read_exact(&mut bytes).named("read", &self.key)?;
        let (id, input, offset) = names::decode_origin(&bytes);
        let plan = &context.program.plan;
        let input =
            plan.inputs.get(input as usize).ok_or_else(|| Failure::Bug(format!("`{}` names no input", self.key)))?;
        Ok(LineageRecord {
            token_start: tokens.0,
            token_end: tokens.1,
            document: DocId(id),
            source: Arc::from(plan.sources[input.source as usize].name.as_str()),
            file: Arc::from(input.file.as_str()),
            offset,
        })
    }
}

/// Writes one shard: `tokens/NAME.bin`, `.idx` and `.lineage.parquet`.
///
/// # Errors
/// When storage fails.
pub fn compute(context: &Context<'_>, shards: &[ShardPlan], unit: u32) -> Result<UnitRecord, Failure> {
    let shard = &shards[unit as usize];
    let vocab_size = context.program.tokens.as_ref().map_or(0, |facts| facts.vocab_size);
    let key = |extension: &str| format!("tokens/{}.{extension}", name(unit));
    let (bin_key, idx_key, lineage_key) = (key("bin"), key("idx"), key("lineage.parquet"));
    let mut data = MegatronWriter::new(context.out.create(&bin_key)?, vocab_size);
    let lineage_file = context.out.create(&lineage_key)?;
    let mut lineage = LineageWriter::new(lineage_file).map_err(|error| failure(&lineage_key, error))?;
    for part in &shard.parts {
        context.signals.check()?;
        copy_part(context, part, &mut data, &mut lineage, &bin_key)?;
    }
    let (bin, idx, counts) = data.finish(context.out.create(&idx_key)?).map_err(|error| failure(&bin_key, error))?;
    let lineage = lineage.finish().map_err(|error| failure(&lineage_key, error))?;
    let mut record = UnitRecord::new(context.fingerprint, STAGE, unit);
    record.outputs = vec![bin.seal()?, idx.seal()?, lineage.seal()?];
    record.facts.insert("tokens".into(), counts.tokens);
    record.facts.insert("documents".into(), counts.documents);
    Ok(record)
}

fn copy_part<W: std::io::Write, L: std::io::Write + Send>(
    context: &Context<'_>,
    part: &Part,
    data: &mut MegatronWriter<W>,
    lineage: &mut LineageWriter<L>,
    bin_key: &str,
) -> Result<(), Failure> {
    let unit = u32::try_from(part.unit).unwrap_or(u32::MAX);
    let key = names::token_run(last_phase(context), unit);
    let index = index(context, &key)?;
    let bug = || Failure::Bug(format!("the shard plan names documents that `{key}` does not have"));
    let first = usize::try_from(part.first_doc).map_err(|_| bug())?;
    let count = usize::try_from(part.n_docs).map_err(|_| bug())?;
    let (offset, length) = index.byte_range(first, count).ok_or_else(bug)?;
    let source = BufReader::with_capacity(READ_BUFFER, context.out.open(&key, offset)?.take(length));
    let mut run = index.documents_from(source, first);
    let mut origins = Origins::open(context, unit, part.first_doc, part.n_docs)?;
    let mut ids = Vec::new();
    for _ in 0..part.n_docs {
        run.read_next(&mut ids).map_err(|error| failure(&key, error))?.ok_or_else(bug)?;
        let start = data.tokens();
        data.push(&ids).map_err(|error| failure(bin_key, error))?;
        let record = origins.next(context, (start, data.tokens()))?;
        lineage.push(record).map_err(|error| failure(bin_key, error))?;
    }
    Ok(())
}
