//! The files that a map unit writes.

use super::batch::{Done, Schemas};
use super::curriculum::Sampler;
use super::program::{DedupStep, KeyKind, Program};
use super::{Context, Failure, names, order, shard};
use crate::dedup::exchange::ExchangeWriter;
use crate::dedup::overlap::GramWriter;
use crate::dedup::sketch::SketchWriter;
use crate::dedup::substring::anchors::AnchorWriter;
use crate::dedup::substring::contexts::ContextWriter;
use crate::dedup::{Scratch, ScratchFile};
use crate::document::Tally;
use crate::ledger::{PartWriter, UnitRecord};
use crate::plan::{Curriculum, Order};
use crate::shards::RunWriter;
use crate::shards::mix::{Group, label, rank};
use crate::steps::{self, Passage};
use crate::storage::{Medium, Named, Pending};
use crate::writers::TableWriter;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

type File = Box<dyn Pending>;

/// Share of the memory budget that one exchange file's sorter may take.
const SORTER_SHARE: usize = 8;
/// Bytes gathered before a write of many small pieces.
const WRITE_BUFFER: usize = 1 << 18;
/// Least memory of a sorter.
const SORTER_LEAST: usize = 4 << 20;

/// Scratch files in the run directory.
pub struct WorkScratch<'a>(pub &'a dyn Medium);

impl Scratch for WorkScratch<'_> {
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>> {
        struct Adapter(Box<dyn crate::storage::ScratchFile>);
        impl io::Read for Adapter {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.read(buffer)
            }
        }
        impl Write for Adapter {
            fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
                self.0.write(buffer)
            }
            fn flush(&mut self) -> io::Result<()> {
                self.0.flush()
            }
        }
        impl io::Seek for Adapter {
            fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
                self.0.seek(to)
            }
        }
        match self.0.scratch(names::WORK) {
            Ok(file) => Ok(Box::new(Adapter(file))),
            Err(error) => Err(io::Error::new(error.source.kind(), error)),
        }
    }
}

/// Memory of a sorter inside a map unit.
pub(super) fn sorter_budget(context: &Context<'_>) -> usize {
    (context.memory / SORTER_SHARE / context.side_by_side).max(SORTER_LEAST)
}

enum Keys<'a> {
    Exact(ExchangeWriter<'a, u128>),
    Bands(ExchangeWriter<'a, u64>),
    Ngrams(GramWriter, File),
    Anchors(AnchorWriter<'a>),
    Spans(ContextWriter, BufWriter<File>),
}

struct KeyFile<'a, 's> {
    step: &'a DedupStep,
    keys: Keys<'s>,
    ranks: Option<(File, String)>,
    sketches: Option<(SketchWriter, File, String)>,
}

/// All files of one map unit, growing.
pub struct Outlet<'a, 's> {
    context: &'a Context<'a>,
    phase: usize,
    unit: u32,
    tally: Tally,
    documents: u32,
    part: Option<PartWriter<File>>,
    ids: Option<File>,
    keys: Vec<KeyFile<'a, 's>>,
    ledger: Option<TableWriter<File>>,
    texts: Option<TableWriter<File>>,
    tokens: Option<(RunWriter<File>, File)>,
    /// Tokens by what the mixture weighs alike; empty where documents stay in input order.
    groups: BTreeMap<Group, u64>,
    /// Documents from which a curriculum is cut into shards.
    sample: Option<Sampler>,
    quarantine: String,
}

impl<'a, 's> Outlet<'a, 's> {
    /// Creates the files.
    ///
    /// # Errors
    /// When storage fails.
    pub fn open(
        context: &'a Context<'a>,
        phase: usize,
        unit: u32,
        schemas: &Schemas,
        scratches: &'s mut [WorkScratch<'a>],
    ) -> Result<Self, Failure> {
        let (program, out) = (context.program, context.out);
        let plan = &program.plan;
        let mut outlet = Self {
            context,
            phase,
            unit,
            tally: Tally::new(plan.steps.len(), plan.metrics.len()),
            documents: 0,
            part: None,
            ids: None,
            keys: Vec::new(),
            ledger: None,
            texts: None,
            tokens: None,
            groups: BTreeMap::new(),
            sample: None,
            quarantine: String::new(),
        };
        if program.is_last(phase) {
            let key = names::ledger(unit);
            outlet.ledger = Some(TableWriter::new(out.create(&key)?, schemas.ledger.clone()).named("write", &key)?);
            if let Some(schema) = &schemas.documents {
                let key = names::documents(unit);
                outlet.texts = Some(TableWriter::new(out.create(&key)?, schema.clone()).named("write", &key)?);
            }
            if let (Some(_), Some(facts)) = (plan.output.tokens, &program.tokens) {
                let key = names::token_run(phase, unit);
                let run = RunWriter::new(out.create(&key)?, facts.vocab_size);
                let run = run.map_err(|error| shard::failure(&key, error))?;
                outlet.tokens = Some((run, out.create(&names::origins(phase, unit))?));
                let curriculum = curriculum(&plan.output.order);
                outlet.sample = curriculum.map(|_| Sampler::default());
            }
        } else {
            let key = names::part(phase, unit);
            outlet.part = Some(PartWriter::new(out.create(&key)?).named("write", &key)?);
            outlet.ids = Some(out.create(&names::ids(phase, unit))?);
            outlet.keys = program
                .barrier(phase)
                .zip(scratches)
                .map(|(step, scratch)| outlet.key_file(step, scratch))
                .collect::<Result<_, _>>()?;
        }
        Ok(outlet)
    }

    fn key_file(&self, step: &'a DedupStep, scratch: &'s mut dyn Scratch) -> Result<KeyFile<'a, 's>, Failure> {
        let budget = sorter_budget(self.context);
        let key = names::keys(self.phase, self.unit, step.step);
        let failed = |error| names::dedup_failure(&key, error);
        let keys = match step.keys {
            KeyKind::Exact | KeyKind::Pieces(_) => {
                Keys::Exact(ExchangeWriter::new(self.unit, step.layout, budget, scratch).map_err(failed)?)
            }
            KeyKind::Bands => {
                Keys::Bands(ExchangeWriter::new(self.unit, step.layout, budget, scratch).map_err(failed)?)
            }
            KeyKind::Anchors => {
                Keys::Anchors(AnchorWriter::new(self.unit, step.layout, budget, scratch).map_err(failed)?)
            }
            KeyKind::Spans(_) => {
                let mut out = BufWriter::with_capacity(WRITE_BUFFER, self.context.out.create(&key)?);
                Keys::Spans(ContextWriter::new(self.unit, step.layout, &mut out).map_err(failed)?, out)
            }
            KeyKind::Ngrams(_) => {
                let mut out = self.context.out.create(&key)?;
                Keys::Ngrams(GramWriter::new(self.unit, step.layout, &mut out).map_err(failed)?, out)
            }
        };
        let ranks = if step.ranked {
            let key = names::ranks(self.phase, self.unit, step.step);
            Some((self.context.out.create(&key)?, key))
        } else {
            None
        };
        let sketches = match step.verify {
            Some(verify) => {
                let key = names::sketches(self.phase, self.unit, step.step);
                let mut file = self.context.out.create(&key)?;
                let writer = SketchWriter::new(self.unit, step.layout, verify.sketch, &mut file)
                    .map_err(|error| names::dedup_failure(&key, error))?;
                Some((writer, file, key))
            }
            None => None,
        };
        Ok(KeyFile { step, keys, ranks, sketches })
    }

    /// Writes a batch.
    ///
    /// # Errors
    /// When storage fails, or too much input is damaged.
    pub fn take(&mut self, done: Done) -> Result<(), Failure> {
        self.tally.merge(&done.tally, self.context.program.plan.examples);
        self.quarantine.push_str(&done.quarantine);
        if let (Some(part), Some(block)) = (&mut self.part, &done.block)
            && block.passages() > 0
        {
            part.write(block).named("write", &names::part(self.phase, self.unit))?;
        }
        if let Some((ledger, texts)) = &done.tables {
            if let Some(table) = &mut self.ledger {
                table.write(ledger).named("write", &names::ledger(self.unit))?;
            }
            if let (Some(table), Some(texts)) = (&mut self.texts, texts) {
                table.write(texts).named("write", &names::documents(self.unit))?;
            }
        }
        for passage in &done.passages {
            self.passage(passage)?;
        }
        Ok(())
    }

    fn passage(&mut self, passage: &Passage) -> Result<(), Failure> {
        let (phase, unit, index) = (self.phase, self.unit, self.documents);
        self.documents =
            index.checked_add(1).ok_or_else(|| Failure::Bug(format!("unit {unit} holds more than 2^32 documents")))?;
        if let Some(ids) = &mut self.ids {
            ids.write_all(&passage.document.id.0).named("write", &names::ids(phase, unit))?;
        }
        for file in &mut self.keys {
            let key = names::keys(phase, unit, file.step.step);
            let yielded = passage.yields.keys.iter().find(|(step, _)| *step == file.step.step).map(|(_, keys)| keys);
            if let (Some(keys), true) = (yielded, passage.row.alive()) {
                match &mut file.keys {
                    Keys::Exact(writer) => wholes(keys).try_for_each(|key| writer.push(key, index)),
                    Keys::Anchors(writer) => keys.hashes.iter().try_for_each(|&hash| writer.push(hash, index)),
                    Keys::Spans(writer, out) => {
                        let text = keys.contexts.text.as_bytes();
                        let mut both = wholes(keys).zip(&keys.contexts.stretches);
                        both.try_for_each(|(key, stretch)| writer.push(index, key, &text[stretch.clone()], out))
                    }
                    Keys::Bands(writer) => keys.hashes.iter().try_for_each(|&hash| writer.push(hash, index)),
                    Keys::Ngrams(writer, out) => writer.push(index, (&keys.hashes, &keys.runs), out),
                }
                .map_err(|error| names::dedup_failure(&key, error))?;
            }
            if let Some((ranks, name)) = &mut file.ranks {
                let rank = yielded.map_or(0, |keys| keys.rank);
                ranks.write_all(&rank.to_le_bytes()).named("write", name)?;
            }
            if let Some((writer, sketches, name)) = &mut file.sketches {
                let sketch = yielded.map_or(&[][..], |keys| &keys.sketch);
                writer.push(sketch, sketches).map_err(|error| names::dedup_failure(name, error))?;
            }
        }
        if let (Some((run, origins)), true) = (&mut self.tokens, passage.row.alive()) {
            let document = &passage.document;
            let input = self.context.input_of(&passage.source, &document.origin.file)?;
            run.push(index.into(), &passage.yields.tokens)
                .map_err(|error| shard::failure(&names::token_run(phase, unit), error))?;
            let language = label(passage.row.language.as_deref().unwrap_or_default()).to_owned();
            let plan = &self.context.program.plan;
            if plan.output.order != Order::Input {
                let group = Group { source: plan.inputs[input as usize].source, language: language.clone() };
                *self.groups.entry(group).or_default() += passage.yields.tokens.len() as u64;
            }
            let offset = document.origin.offset;
            let mut origin = names::DocumentOrigin { id: document.id, input, offset, language, rank: 0 };
            if let (Some((seed, curriculum)), Some(sample)) = (curriculum(&plan.output.order), &mut self.sample) {
                #[allow(clippy::cast_precision_loss, reason = "the order needs no more precision")]
                let tokens = passage.yields.tokens.len() as f64;
                let value = curriculum.column.map_or(Some(tokens), |column| passage.row.metrics.get(column).copied());
                origin.rank = rank(value.unwrap_or(f64::NAN), curriculum.descending);
                sample.push(seed, &origin, passage.yields.tokens.len());
            }
            let key = names::origins(phase, unit);
            origins.write_all(&names::encode_origin(&origin)).named("write", &key)?;
        }
        Ok(())
    }

    /// Seals all files and gives the unit's record, which the caller seals last.
    ///
    /// # Errors
    /// When storage fails, or a law of conservation is broken.
    pub fn finish(self) -> Result<UnitRecord, Failure> {
        let Self { context, phase, unit, .. } = self;
        let mut record = UnitRecord::new(context.fingerprint, &names::map_stage(phase), unit);
        if let Some(part) = self.part {
            record.outputs.push(part.finish().named("write", &names::part(phase, unit))?.seal()?);
        }
        if let Some(ids) = self.ids {
            record.outputs.push(ids.seal()?);
        }
        for file in self.keys {
            let key = names::keys(phase, unit, file.step.step);
            let failed = |error| names::dedup_failure(&key, error);
            let out = match file.keys {
                Keys::Exact(writer) => {
                    let mut out = context.out.create(&key)?;
                    writer.finish(&mut out).map_err(failed)?;
                    out
                }
                Keys::Anchors(writer) => {
                    let mut out = BufWriter::with_capacity(WRITE_BUFFER, context.out.create(&key)?);
                    writer.finish(&mut out).map_err(failed)?;
                    out.into_inner().map_err(|error| error.into_error()).named("write", &key)?
                }
                Keys::Spans(writer, mut out) => {
                    writer.finish(&mut out).map_err(failed)?;
                    out.into_inner().map_err(|error| error.into_error()).named("write", &key)?
                }
                Keys::Bands(writer) => {
                    let mut out = context.out.create(&key)?;
                    writer.finish(&mut out).map_err(failed)?;
                    out
                }
                Keys::Ngrams(writer, mut out) => {
                    let grams = writer.finish(&mut out).map_err(failed)?;
                    let shard = unit % file.step.reduce_units(&context.program.plan);
                    record.facts.insert(names::grams_fact(file.step.step, shard), grams);
                    out
                }
            };
            record.outputs.push(out.seal()?);
            if let Some((ranks, _)) = file.ranks {
                record.outputs.push(ranks.seal()?);
            }
            if let Some((writer, mut sketches, name)) = file.sketches {
                writer.finish(&mut sketches).map_err(|error| names::dedup_failure(&name, error))?;
                record.outputs.push(sketches.seal()?);
            }
        }
        for (table, key) in [(self.ledger, names::ledger(unit)), (self.texts, names::documents(unit))] {
            if let Some(table) = table {
                record.outputs.push(table.finish().named("write", &key)?.seal()?);
            }
        }
        if let Some((run, origins)) = self.tokens {
            let (out, facts) = run.finish().map_err(|error| shard::failure(&names::token_run(phase, unit), error))?;
            record.outputs.push(out.seal()?);
            record.outputs.push(origins.seal()?);
            if let Some(sample) = self.sample {
                record.outputs.push(context.out.put_unsettled(&names::sample(phase, unit), &sample.encode())?);
            }
            record.facts.insert("tokens".into(), facts.tokens);
            record.facts.insert("token-documents".into(), facts.documents);
            record.facts.extend(self.groups.iter().map(|(group, tokens)| (order::fact(group), *tokens)));
        }
        if !self.quarantine.is_empty() {
            record
                .outputs
                .push(context.out.put_unsettled(&names::quarantine(phase, unit), self.quarantine.as_bytes())?);
        }
        record.facts.insert("documents".into(), self.documents.into());
        let mut tally = self.tally;
        if phase == 0 {
            tally.stored_bytes = context.program.plan.units[unit as usize].iter().map(|range| range.bytes).sum();
        }
        check_phase(context.program, phase, &tally)?;
        record.tally = Some(tally);
        Ok(record)
    }
}

/// Keys of 128 bits, put together again.
fn wholes(keys: &steps::Keys) -> impl Iterator<Item = u128> {
    keys.hashes.chunks_exact(2).map(|halves| u128::from(halves[0]) << 64 | u128::from(halves[1]))
}

/// What documents are ordered by, and the seed, if that is not a hash.
fn curriculum(order: &Order) -> Option<(u64, &Curriculum)> {
    match order {
        Order::Input => None,
        Order::Shuffle(mixture) => Some((mixture.seed, mixture.curriculum.as_ref()?)),
    }
}

/// Asserts conservation for the steps of this phase, in release builds too.
fn check_phase(program: &Program, phase: usize, tally: &Tally) -> Result<(), Failure> {
    let others: u64 = tally.others.values().sum();
    if tally.records != tally.documents + others + tally.fault_records() {
        return Err(Failure::Bug(format!("the reader lost count: {} records", tally.records)));
    }
    for (step, counts) in program.plan.steps.iter().zip(&tally.steps) {
        if !counts.conserved() {
            return Err(Failure::Bug(format!("step `{}` of phase {phase} lost count of documents", step.name)));
        }
    }
    Ok(())
}
