//! The shard units: token runs become finished shards with index and lineage.

use super::exchange::Ranged;
use super::order::OrderPlan;
use super::scratch::WorkScratch;
use super::written::Written;
use super::{Context, Failure, names};
use crate::dedup::RangeRead;
use crate::document::DocId;
use crate::ledger::UnitRecord;
use crate::shards::ordered::{OrderedBlock, OrderedRow};
use crate::shards::{
    LineageRecord, LineageWriter, PackCounts, Packer, Part, RunIndex, Sequence, ShardError, ShardPlan, ShardSink,
    Width, plan_shards,
};
use crate::storage::{Pending, StorageError};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{BufReader, Read};
use std::num::NonZeroU64;
use std::sync::Arc;

/// Name of the stage.
pub const STAGE: &str = "shards";

/// Bytes read at once from a token run.
const READ_BUFFER: usize = 1 << 20;
/// Least bytes held of each file that a shard is merged from.
const LEAST_BUFFER: usize = 4 << 10;

/// Name of a shard, without ending.
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

/// Reads the table of a token run.
pub(super) fn index(context: &Context<'_>, key: &str) -> Result<RunIndex, Failure> {
    let file = context.out.open_ranged(key)?;
    RunIndex::read(file.bytes(), |offset, length| {
        let mut bytes = vec![0; length];
        file.read_at(offset, &mut bytes).map(|()| bytes)
    })
    .map_err(|error| failure(key, error))
}

/// Cuts the token runs of all units into shards, in input order: a unit of its own, since it reads the tables of all runs.
///
/// # Errors
/// When storage fails.
pub fn lay_out(context: &Context<'_>) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let runs = (0..context.units()).map(|unit| {
        let index = index(context, &names::token_run(last_phase(context), unit))?;
        Ok::<_, Failure>((u64::from(unit), index.n_tokens()))
    });
    let size = NonZeroU64::new(context.program.plan.output.shard_tokens).unwrap_or(NonZeroU64::MIN);
    let json = serde_json::to_vec(&plan_shards(runs, size)?).map_err(|error| Failure::Bug(error.to_string()))?;
    let mut record = UnitRecord::new(context.fingerprint, names::LAYOUT, 0);
    record.outputs.push(context.out.put_unsettled(&names::layout(), &json)?);
    Ok(record)
}

/// What [`lay_out`] wrote.
///
/// # Errors
/// When storage fails.
pub fn plan(context: &Context<'_>) -> Result<Vec<ShardPlan>, Failure> {
    let key = names::layout();
    serde_json::from_slice(&context.out.read(&key)?).map_err(|error| failure(&key, ShardError::Io(error.into())))
}

/// Where the documents of a token run came from, as the map unit noted it.
pub(super) struct Origins {
    bytes: Vec<u8>,
    key: String,
}

impl Origins {
    /// Reads the file of a map unit: [`names::ORIGIN_BYTES`] per document of its run.
    pub(super) fn read(context: &Context<'_>, phase: usize, unit: u32) -> Result<Self, Failure> {
        let key = names::origins(phase, unit);
        Ok(Self { bytes: context.out.read(&key)?, key })
    }

    /// The origin of document `n` of the run.
    pub(super) fn of(&self, n: usize) -> Result<names::DocumentOrigin, Failure> {
        let record = self.bytes.chunks_exact(names::ORIGIN_BYTES).nth(n).and_then(names::decode_origin);
        record.ok_or_else(|| Failure::Bug(format!("`{}` has no document {n}", self.key)))
    }
}

/// Where a document comes from, as the pieces of packed sequences carry it.
#[derive(Clone, Copy)]
struct From {
    document: DocId,
    input: u32,
    offset: u64,
}

/// The files of a shard that is being written: data, index, lineage.
struct Files<'a> {
    context: &'a Context<'a>,
    key: String,
    data: ShardSink<Box<dyn Pending>>,
    lineage: LineageWriter<Box<dyn Pending>>,
    /// The rows of a sequence.
    rows: Vec<LineageRecord>,
}

/// A shard that is being written.
struct Shard<'a> {
    files: Files<'a>,
    written: Written,
    packer: Option<Packer<From>>,
}

impl Files<'_> {
    fn record(
        &self,
        from: From,
        token_start: u64,
        n_tokens: u64,
        document_token: u64,
    ) -> Result<LineageRecord, Failure> {
        let names = self.context.names.get(from.input as usize);
        let (source, file) =
            names.ok_or_else(|| Failure::Bug(format!("a document of `{}` names no input", self.key)))?;
        Ok(LineageRecord {
            token_start,
            token_end: token_start + n_tokens,
            document_token,
            document: from.document,
            source: Arc::clone(source),
            file: Arc::clone(file),
            offset: from.offset,
        })
    }

    fn document(&mut self, ids: &[u32], from: From) -> Result<(), Failure> {
        let record = self.record(from, self.data.tokens(), ids.len() as u64, 0)?;
        let pushed = self.data.push(ids, &record).and_then(|()| self.lineage.push(record));
        pushed.map_err(|error| failure(&self.key, error))
    }

    fn sequence(&mut self, sequence: &Sequence<From>) -> Result<(), Failure> {
        let base = self.data.tokens();
        let mut rows = std::mem::take(&mut self.rows);
        for piece in &sequence.pieces {
            let start = base + u64::from(piece.start);
            rows.push(self.record(piece.origin, start, piece.n_tokens.into(), piece.document_token.into())?);
        }
        let pushed = self.data.push_sequence(&sequence.ids, &rows);
        let pushed = pushed.and_then(|()| rows.drain(..).try_for_each(|row| self.lineage.push(row)));
        self.rows = rows;
        pushed.map_err(|error| failure(&self.key, error))
    }
}

impl<'a> Shard<'a> {
    fn create(context: &'a Context<'a>, name: &str) -> Result<Self, Failure> {
        let plan = &context.program.plan;
        let (Some(format), Some(facts)) = (plan.output.tokens, &context.program.tokens) else {
            return Err(Failure::Bug("shards are asked for, but the plan writes no tokens".into()));
        };
        let packing = plan.output.packing.clone();
        let key = |ending: &str| format!("tokens/{name}.{ending}");
        let files = format.files(packing.is_some()).into_iter().map(|ending| context.out.create(&key(ending)));
        let files = files.collect::<Result<Vec<_>, _>>()?;
        let data_key = key(format.endings()[0]);
        let length = packing.as_ref().map(|packing| packing.length);
        let scratch = &mut WorkScratch(context.out);
        let data = ShardSink::new(format, length, files, facts.vocab_size, &facts.name, scratch);
        let lineage = LineageWriter::new(context.out.create(&key("lineage.parquet"))?, packing.is_some());
        let files = Files {
            context,
            data: data.map_err(|error| failure(&data_key, error))?,
            lineage: lineage.map_err(|error| failure(&data_key, error))?,
            key: data_key,
            rows: Vec::new(),
        };
        Ok(Self { files, written: Written::default(), packer: packing.map(Packer::new) })
    }

    fn push(&mut self, ids: &[u32], document: DocId, input: u32, offset: u64) -> Result<(), Failure> {
        let (files, from) = (&mut self.files, From { document, input, offset });
        let plan = &files.context.program.plan;
        self.written.count(plan.inputs.get(input as usize).map_or(u32::MAX, |input| input.source), ids);
        match &mut self.packer {
            None => files.document(ids, from),
            Some(packer) => packer.push(ids, from, &mut |sequence| files.sequence(sequence)),
        }
    }

    fn seal(self, unit: u32) -> Result<UnitRecord, Failure> {
        let Self { mut files, written: counted, packer } = self;
        let mut record = UnitRecord::new(files.context.fingerprint, STAGE, unit);
        let packed = match packer {
            None => None,
            Some(mut packer) => {
                packer.finish(&mut |sequence| files.sequence(sequence))?;
                Some(packer.counts())
            }
        };
        let failed = |error| failure(&files.key, error);
        let (written, counts) = files.data.finish().map_err(failed)?;
        let lineage = files.lineage.finish().map_err(failed)?;
        for file in written.into_iter().chain([lineage]) {
            record.outputs.push(file.seal()?);
        }
        let (documents, tokens) =
            packed.map_or((counts.documents, counts.tokens), |(_, documents, tokens)| (documents, tokens));
        counted.put(&mut record);
        record.facts.insert("tokens".into(), tokens);
        record.facts.insert("documents".into(), documents);
        let facts = packed.map(|(counts, ..)| pack_facts(counts)).into_iter().flatten();
        record.facts.extend(facts.map(|(name, value)| (name.to_owned(), value)));
        Ok(record)
    }
}

fn pack_facts(counts: PackCounts) -> [(&'static str, u64); 5] {
    let PackCounts { sequences, pieces, padding, cut, longer } = counts;
    [("sequences", sequences), ("pieces", pieces), ("padding", padding), ("cut", cut), ("longer", longer)]
}

/// How the packing of a shard came out, from its record.
pub(super) fn pack_counts(record: &UnitRecord) -> PackCounts {
    let fact = |name| record.fact(name);
    PackCounts {
        sequences: fact("sequences"),
        pieces: fact("pieces"),
        padding: fact("padding"),
        cut: fact("cut"),
        longer: fact("longer"),
    }
}

/// Writes one shard of documents in input order.
///
/// # Errors
/// When storage fails.
pub fn compute(context: &Context<'_>, shards: &[ShardPlan], unit: u32) -> Result<UnitRecord, Failure> {
    let mut shard = Shard::create(context, &name(unit))?;
    for part in &shards[unit as usize].parts {
        context.signals.check()?;
        copy_part(context, part, &mut shard)?;
    }
    shard.seal(unit)
}

fn copy_part(context: &Context<'_>, part: &Part, shard: &mut Shard<'_>) -> Result<(), Failure> {
    let unit = u32::try_from(part.unit).unwrap_or(u32::MAX);
    let key = names::token_run(last_phase(context), unit);
    let index = index(context, &key)?;
    let bug = || Failure::Bug(format!("the shard plan names documents that `{key}` does not have"));
    let first = usize::try_from(part.first_doc).map_err(|_| bug())?;
    let count = usize::try_from(part.n_docs).map_err(|_| bug())?;
    let (offset, length) = index.byte_range(first, count).ok_or_else(bug)?;
    let source = BufReader::with_capacity(READ_BUFFER, context.out.open(&key, offset)?.take(length));
    let mut run = index.documents_from(source, first);
    let origins = Origins::read(context, last_phase(context), unit)?;
    let mut ids = Vec::new();
    for n in first..first + count {
        run.read_next(&mut ids).map_err(|error| failure(&key, error))?.ok_or_else(bug)?;
        let origin = origins.of(n)?;
        shard.push(&ids, origin.id, origin.input, origin.offset)?;
    }
    Ok(())
}

/// Writes one shard of shuffled documents: a merge of its blocks in the files of all units. No file is written for a shard that
/// came out empty: trainers cannot map an empty file.
///
/// # Errors
/// When storage fails.
pub fn compute_ordered(context: &Context<'_>, order: &OrderPlan<'_>, unit: u32) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let mut blocks = blocks(context, unit)?;
    let mut heap = BinaryHeap::new();
    for (place, (key, block)) in blocks.iter_mut().enumerate() {
        let first = block.peek().map_err(|error| failure(key, error))?;
        heap.extend(first.map(|row: OrderedRow| Reverse((row.key, order.tie(unit, &row), place))));
    }
    if heap.is_empty() {
        return Ok(UnitRecord::new(context.fingerprint, STAGE, unit));
    }
    let mut shard = Shard::create(context, &order.name(unit))?;
    let mut ids = Vec::new();
    while let Some(Reverse((.., place))) = heap.pop() {
        let (key, block) = &mut blocks[place];
        let Some(row) = block.take(&mut ids).map_err(|error| failure(key, error))? else { continue };
        shard.push(&ids, row.document, row.input, row.offset)?;
        let next = block.peek().map_err(|error| failure(key, error))?;
        heap.extend(next.map(|row| Reverse((row.key, order.tie(unit, &row), place))));
        context.signals.check()?;
    }
    shard.seal(unit)
}

/// The blocks of a shard in the files of all units. A file is opened for each read: thousands of units must not need thousands
/// of handles.
fn blocks<'a>(context: &'a Context<'a>, shard: u32) -> Result<Vec<(String, OrderedBlock<'a>)>, Failure> {
    let units = context.units();
    let width = Width::of(context.program.tokens.as_ref().map_or(0, |facts| facts.vocab_size));
    let buffer = context.memory / context.side_by_side / 4 / (units.max(1) as usize);
    let buffer = buffer.clamp(LEAST_BUFFER, READ_BUFFER);
    let open = |unit| {
        let key = names::ordered(unit);
        let length = context.out.open_ranged(&key)?.bytes();
        let name = key.clone();
        let read_at = move |offset: u64, buffer: &mut [u8]| Ranged::open(context.out, &name)?.read_at(offset, buffer);
        let block = OrderedBlock::open(length, Box::new(read_at), width, shard, buffer);
        let block = block.map_err(|error| failure(&key, error))?;
        Ok((key, block))
    };
    (0..units).map(open).collect()
}
