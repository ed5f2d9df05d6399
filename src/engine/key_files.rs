//! What a map unit writes for one dedup step: keys, ranks, sketches.

use super::program::{DedupStep, KeyKind};
use super::scratch::{WRITE_BUFFER, sorter_budget};
use super::{Context, Failure, names};
use crate::dedup::Scratch;
use crate::dedup::exchange::ExchangeWriter;
use crate::dedup::overlap::GramWriter;
use crate::dedup::sketch::SketchWriter;
use crate::dedup::substring::anchors::AnchorWriter;
use crate::dedup::substring::contexts::ContextWriter;
use crate::ledger::UnitRecord;
use crate::steps::{self, Passage};
use crate::storage::{Named, Pending};
use std::io::{BufWriter, Write};

type File = Box<dyn Pending>;

enum Keys<'a> {
    Exact(ExchangeWriter<'a, u128>),
    Bands(ExchangeWriter<'a, u64>),
    Ngrams(GramWriter, File),
    Anchors(AnchorWriter<'a>),
    Spans(ContextWriter, BufWriter<File>),
}

/// The files of one dedup step in one map unit.
pub(super) struct KeyFile<'a, 's> {
    step: &'a DedupStep,
    /// Name of the file of keys.
    key: String,
    keys: Keys<'s>,
    ranks: Option<(File, String)>,
    sketches: Option<(SketchWriter, File, String)>,
}

impl<'a, 's> KeyFile<'a, 's> {
    /// Creates the files of map unit `unit` of `phase` for one step.
    ///
    /// # Errors
    /// When storage fails.
    pub fn create(
        context: &Context<'_>,
        (phase, unit): (usize, u32),
        step: &'a DedupStep,
        scratch: &'s mut dyn Scratch,
    ) -> Result<Self, Failure> {
        let (out, budget) = (context.out, sorter_budget(context));
        let key = names::keys(phase, unit, step.step);
        let failed = |error| names::dedup_failure(&key, error);
        let keys = match step.keys {
            KeyKind::Exact | KeyKind::Pieces(_) => {
                Keys::Exact(ExchangeWriter::new(unit, step.layout, budget, scratch).map_err(failed)?)
            }
            KeyKind::Bands => Keys::Bands(ExchangeWriter::new(unit, step.layout, budget, scratch).map_err(failed)?),
            KeyKind::Anchors => Keys::Anchors(AnchorWriter::new(unit, step.layout, budget, scratch).map_err(failed)?),
            KeyKind::Spans(_) => {
                let mut file = BufWriter::with_capacity(WRITE_BUFFER, out.create(&key)?);
                Keys::Spans(ContextWriter::new(unit, step.layout, &mut file).map_err(failed)?, file)
            }
            KeyKind::Ngrams(_) => {
                let mut file = out.create(&key)?;
                Keys::Ngrams(GramWriter::new(unit, step.layout, &mut file).map_err(failed)?, file)
            }
        };
        let ranks = if step.ranked {
            let key = names::ranks(phase, unit, step.step);
            Some((out.create(&key)?, key))
        } else {
            None
        };
        let sketches = match step.verify {
            Some(verify) => {
                let key = names::sketches(phase, unit, step.step);
                let mut file = out.create(&key)?;
                let writer = SketchWriter::new(unit, step.layout, verify.sketch, &mut file)
                    .map_err(|error| names::dedup_failure(&key, error))?;
                Some((writer, file, key))
            }
            None => None,
        };
        Ok(Self { step, key, keys, ranks, sketches })
    }

    /// Adds what a document gave the step; `index` counts the documents of the unit.
    ///
    /// # Errors
    /// When storage fails.
    pub fn push(&mut self, passage: &Passage, index: u32) -> Result<(), Failure> {
        let yielded = passage.yields.keys.iter().find(|(step, _)| *step == self.step.step).map(|(_, keys)| keys);
        if let (Some(keys), true) = (yielded, passage.row.alive()) {
            match &mut self.keys {
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
            .map_err(|error| names::dedup_failure(&self.key, error))?;
        }
        if let Some((ranks, name)) = &mut self.ranks {
            let rank = yielded.map_or(0, |keys| keys.rank);
            ranks.write_all(&rank.to_le_bytes()).named("write", name)?;
        }
        if let Some((writer, sketches, name)) = &mut self.sketches {
            let sketch = yielded.map_or(&[][..], |keys| &keys.sketch);
            writer.push(sketch, sketches).map_err(|error| names::dedup_failure(name, error))?;
        }
        Ok(())
    }

    /// Seals the files and enters them into the record of map unit `unit`.
    ///
    /// # Errors
    /// When storage fails.
    pub fn seal(self, context: &Context<'_>, unit: u32, record: &mut UnitRecord) -> Result<(), Failure> {
        let failed = |error| names::dedup_failure(&self.key, error);
        let out = match self.keys {
            Keys::Exact(writer) => {
                let mut out = context.out.create(&self.key)?;
                writer.finish(&mut out).map_err(failed)?;
                out
            }
            Keys::Anchors(writer) => {
                let mut out = BufWriter::with_capacity(WRITE_BUFFER, context.out.create(&self.key)?);
                writer.finish(&mut out).map_err(failed)?;
                out.into_inner().map_err(|error| error.into_error()).named("write", &self.key)?
            }
            Keys::Spans(writer, mut out) => {
                writer.finish(&mut out).map_err(failed)?;
                out.into_inner().map_err(|error| error.into_error()).named("write", &self.key)?
            }
            Keys::Bands(writer) => {
                let mut out = context.out.create(&self.key)?;
                writer.finish(&mut out).map_err(failed)?;
                out
            }
            Keys::Ngrams(writer, mut out) => {
                let grams = writer.finish(&mut out).map_err(failed)?;
                let shard = unit % self.step.reduce_units(&context.program.plan);
                record.facts.insert(names::grams_fact(self.step.step, shard), grams);
                out
            }
        };
        record.outputs.push(out.seal()?);
        if let Some((ranks, _)) = self.ranks {
            record.outputs.push(ranks.seal()?);
        }
        if let Some((writer, mut sketches, name)) = self.sketches {
            writer.finish(&mut sketches).map_err(|error| names::dedup_failure(&name, error))?;
            record.outputs.push(sketches.seal()?);
        }
        Ok(())
    }
}

/// Keys of 128 bits, put together again.
fn wholes(keys: &steps::Keys) -> impl Iterator<Item = u128> {
    keys.hashes.chunks_exact(2).map(|halves| u128::from(halves[0]) << 64 | u128::from(halves[1]))
}
