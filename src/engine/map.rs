//! A map unit: reads its inputs (or the passages of the phase before), runs the chain, commits its files.

use super::barrier::Fates;
use super::batch::{Done, Schemas, work};
use super::outlet::Outlet;
use super::overlap::{self, Verdicts};
use super::pipeline::{self, Batch};
use super::program::{DedupStep, Entry, Feed, Load};
use super::scratch::WorkScratch;
use super::{Context, Failure, cuts, earlier, names, spans};
use crate::dedup::cuts::Cuts;
use crate::dedup::substring::anchors::SharedAnchors;
use crate::dedup::substring::cuts::SpanCuts;
use crate::document::{Counts, Twins};
use crate::ledger::{PartReader, UnitRecord};
use crate::storage::Named;
use std::collections::BTreeSet;
use std::io::{BufReader, Read};
use std::sync::Arc;

/// Memory that a batch takes while it is worked on, as a multiple of its raw bytes: decoded body, markup tree, text, words,
/// encoded block.
const WEIGHT: usize = 8;

/// Bytes read ahead of the decoder of intermediates.
const READ_BUFFER: usize = 1 << 20;

/// Computes a map unit.
///
/// # Errors
/// When storage fails, too much input is damaged, or a signal came.
pub fn compute(context: &Context<'_>, phase: usize, unit: u32) -> Result<UnitRecord, Failure> {
    let program = context.program;
    let fates = if phase == 0 { Fates::none() } else { Fates::load(program, context.out, phase, unit)? };
    let schemas = Schemas {
        ledger: crate::writers::ledger_schema(&program.plan),
        documents: program.plan.output.documents.then(crate::writers::documents_schema),
    };
    let mut feed: Box<dyn Feed> =
        if phase == 0 { (program.open_unit)(unit)? } else { Box::new(PartFeed::open(context, phase - 1, unit)?) };
    let mut scratches: Vec<WorkScratch<'_>> = program.barrier(phase).map(|_| WorkScratch(context.out)).collect();
    let mut outlet = Outlet::open(context, phase, unit, &schemas, &mut scratches)?;
    let mut seen = 0;
    let before = (phase > 0).then(|| program.barrier(phase - 1)).into_iter().flatten();
    let weight = WEIGHT + before.chain(program.barrier(phase)).map(DedupStep::weight).max().unwrap_or(0);
    pipeline::run(
        &context.lanes(),
        || {
            let batch = feed.next()?;
            let position = feed.position();
            context.progress.advance(position - seen);
            seen = position;
            Ok(batch.map(|batch| Batch { weight: batch.weight * weight, ..batch }))
        },
        |load| work(program, phase, &fates, &schemas, context.clock, load),
        |done: Result<Done, Failure>| {
            let done = done?;
            context.progress.count(&Counts::of(&done.tally));
            outlet.take(done)
        },
    )?;
    outlet.finish()
}

/// The passages of the phase before, and what its barrier cuts out of them.
struct PartFeed {
    cuts: Option<Cuts>,
    /// The step that cuts, if it was given what earlier runs have; map units of this run; their names.
    earlier: Option<(DedupStep, u32, earlier::Names)>,
    verdicts: Option<Verdicts>,
    shared: Option<Arc<SharedAnchors>>,
    spans: Option<SpanCuts>,
    reader: PartReader<BufReader<Box<dyn Read + Send>>>,
    key: String,
    index: u32,
    position: u64,
}

impl PartFeed {
    fn open(context: &Context<'_>, phase: usize, unit: u32) -> Result<Self, Failure> {
        let key = names::part(phase, unit);
        let input = BufReader::with_capacity(READ_BUFFER, context.out.open(&key, 0)?);
        let reader = PartReader::new(input).named("read", &key)?;
        let (cuts, verdicts) = (cuts::of_unit(context, phase, unit)?, overlap::of_unit(context, phase, unit)?);
        let (shared, spans) = (spans::shared_of(context, phase, unit)?, spans::cuts_of(context, phase, unit)?);
        let step = cuts::of_barrier(context, phase).filter(|step| !step.earlier.is_empty());
        let units = context.units();
        let earlier = step.map(|step| (step.clone(), units, earlier::Names::default()));
        Ok(Self { cuts, earlier, verdicts, shared, spans, reader, key, index: 0, position: 0 })
    }

    /// The documents of earlier runs among those that have copies.
    fn twins(&mut self, cuts: &[(u32, u128, u64)]) -> Result<Option<Arc<Twins>>, Failure> {
        let Some((step, units, names)) = &mut self.earlier else { return Ok(None) };
        let settled = earlier::settled(*units);
        // Rising, so that each file is opened once.
        let documents: BTreeSet<u64> = cuts.iter().map(|&(.., copy)| copy).filter(|&copy| copy >= settled).collect();
        let named = documents.into_iter().map(|one| Ok((one, names.twin(step, *units, one)?)));
        named.collect::<Result<Twins, Failure>>().map(|twins| Some(Arc::new(twins)))
    }
}

impl Feed for PartFeed {
    fn next(&mut self) -> Result<Option<Batch<Load>>, Failure> {
        let Some(block) = self.reader.next_block().named("read", &self.key)? else {
            return Ok(None);
        };
        let (weight, key, first) = (block.weight(), self.key.clone(), self.index);
        self.index += block.passages();
        let cuts = match &mut self.cuts {
            Some(cuts) => cuts.take_before(self.index).map_err(|error| names::dedup_failure(&self.key, error))?,
            None => Vec::new(),
        };
        let verdicts = match &mut self.verdicts {
            Some(verdicts) => {
                verdicts.take_before(self.index).map_err(|error| names::dedup_failure(&self.key, error))?
            }
            None => Vec::new(),
        };
        let spans = match &mut self.spans {
            Some(spans) => spans.take_before(self.index).map_err(|error| names::dedup_failure(&self.key, error))?,
            None => Vec::new(),
        };
        let (twins, shared) = (self.twins(&cuts)?, self.shared.clone());
        self.position += weight as u64;
        let load: Load = Box::new(move || {
            let passages = block.decode().named("read", &key)?;
            let mut cuts = cuts.into_iter().peekable();
            let mut spans = spans.into_iter().peekable();
            let mut verdicts = verdicts.into_iter().peekable();
            let numbered = passages.into_iter().zip(first..).map(|(mut passage, index)| {
                passage.index = Some(index);
                while let Some((_, key, copy)) = cuts.next_if(|&(of, ..)| of == index) {
                    passage.yields.cuts.push((key, copy));
                }
                while let Some((_, cut)) = spans.next_if(|&(of, _)| of == index) {
                    passage.yields.spans.push(cut);
                }
                passage.yields.shared.clone_from(&shared);
                passage.yields.twins.clone_from(&twins);
                passage.yields.verdict = verdicts.next_if(|(of, _)| *of == index).map(|(_, verdict)| verdict);
                Entry::Passage(Box::new(passage))
            });
            Ok(numbered.collect())
        });
        Ok(Some(Batch { weight, load }))
    }

    fn position(&self) -> u64 {
        self.position
    }
}
