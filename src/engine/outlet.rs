//! The files that a map unit writes.

use super::batch::{Done, Schemas};
use super::curriculum::Sampler;
use super::key_files::KeyFile;
use super::program::Program;
use super::scratch::WorkScratch;
use super::{Context, Failure, names, order, shard};
use crate::document::Tally;
use crate::ledger::{PartWriter, UnitRecord};
use crate::plan::{Curriculum, Order};
use crate::shards::RunWriter;
use crate::shards::mix::{Group, label, rank};
use crate::steps::Passage;
use crate::storage::{Named, Pending};
use crate::writers::TableWriter;
use std::collections::BTreeMap;
use std::io::Write;

type File = Box<dyn Pending>;

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
                .map(|(step, scratch)| KeyFile::create(context, (phase, unit), step, scratch))
                .collect::<Result<_, _>>()?;
        }
        Ok(outlet)
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
            file.push(passage, index)?;
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
            file.seal(context, unit, &mut record)?;
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
