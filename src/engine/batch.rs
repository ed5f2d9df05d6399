//! What happens to one batch, on any worker thread: open, run the chain, count, encode.

use super::Failure;
use super::barrier::Fates;
use super::program::{Entry, Load, Program};
use crate::document::{Example, Fate, Flow, Tally};
use crate::ledger::Block;
use crate::steps::{Passage, StepClock};
use crate::writers::{documents_batch, ledger_batch, quarantine_line};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

/// A batch after work: everything that is to be written, in order.
pub struct Done {
    /// Passages, alive or not; texts of those that are out are cleared.
    pub passages: Vec<Passage>,
    /// What was counted.
    pub tally: Tally,
    /// Quarantine lines.
    pub quarantine: String,
    /// The encoded passages, when another phase follows.
    pub block: Option<Block>,
    /// Ledger rows and kept documents, in the last phase.
    pub tables: Option<(RecordBatch, Option<RecordBatch>)>,
}

/// Schemas of the last phase's tables.
pub struct Schemas {
    /// Ledger rows.
    pub ledger: SchemaRef,
    /// Kept documents, when they are written.
    pub documents: Option<SchemaRef>,
}

/// Bytes of a body that are shown as an example at most.
const SNIPPET_BYTES: usize = 2_000;

/// Works on a batch.
pub fn work(
    program: &Program,
    phase: usize,
    fates: &Fates,
    schemas: &Schemas,
    clock: &StepClock,
    load: Load,
) -> Result<Done, Failure> {
    let plan = &program.plan;
    let mut tally = Tally::new(plan.steps.len(), plan.metrics.len());
    let mut quarantine = String::new();
    let mut passages = Vec::new();
    for entry in load()? {
        if phase == 0 {
            tally.records += 1;
        }
        match entry {
            Entry::Other(kind) => *tally.others.entry(kind).or_default() += 1,
            Entry::Fault(source, fault) => {
                *tally.faults.entry(fault.kind.code().to_owned()).or_default() += 1;
                *tally.faulty_files.entry(fault.file.to_string()).or_default() += 1;
                tally.lost_bytes += fault.length;
                quarantine.push_str(&quarantine_line(&source, "read", None, &fault));
            }
            Entry::Passage(mut passage) => {
                passage.yields.source = plan.sources.iter().position(|source| *source.name == *passage.source);
                if phase == 0 {
                    enter(&mut passage, &mut tally);
                }
                step_through(program, phase, fates, clock, &mut passage, &mut tally, &mut quarantine);
                for &(step, trim) in &passage.yields.trims {
                    let trims = &mut tally.steps[usize::from(step)].trims;
                    trims.entry(passage.source.to_string()).or_default().add(trim);
                }
                for (step, set, contact) in &passage.yields.contacts {
                    let contacts = &mut tally.steps[usize::from(*step)].contacts;
                    contacts.entry(set.to_string()).or_default().add(contact);
                }
                for (kind, count) in &passage.yields.pii {
                    *tally.pii.entry((*kind).to_owned()).or_default() += u64::from(*count);
                }
                passages.push(*passage);
            }
        }
    }
    let failed = |error| Failure::Bug(format!("a batch cannot be encoded: {error}"));
    let (mut block, mut tables) = (None, None);
    if program.is_last(phase) {
        passages.iter().for_each(|passage| close(program, passage, &mut tally));
        let documents = schemas.documents.as_ref().map(|schema| documents_batch(schema, &passages)).transpose();
        tables = Some((ledger_batch(plan, &schemas.ledger, &passages).map_err(failed)?, documents.map_err(failed)?));
    } else {
        block = Some(Block::encode(&passages).map_err(failed)?);
    }
    // What is left to do needs ids, keys and tokens only.
    for passage in &mut passages {
        passage.document.text = String::new();
        passage.document.metadata = Vec::new();
    }
    Ok(Done { passages, tally, quarantine, block, tables })
}

fn enter(passage: &mut Passage, tally: &mut Tally) {
    let flow = crate::steps::flow_of(&passage.document);
    passage.row.input_bytes = flow.bytes;
    tally.documents += 1;
    tally.sources.entry(passage.source.to_string()).or_default().read.add(flow);
}

fn step_through(
    program: &Program,
    phase: usize,
    fates: &Fates,
    clock: &StepClock,
    passage: &mut Passage,
    tally: &mut Tally,
    quarantine: &mut String,
) {
    if !passage.row.alive() {
        return;
    }
    fates.settle(passage, tally);
    if passage.row.alive()
        && let Some(fault) = program.chains[phase].run(passage, tally, clock)
    {
        let step = match &passage.row.fate {
            Fate::Quarantined { step, .. } => program.plan.steps[usize::from(*step)].name.as_str(),
            _ => "",
        };
        let id = Some(passage.document.id.to_string());
        quarantine.push_str(&quarantine_line(&passage.source, step, id, &fault));
    }
    if let Fate::Dropped { step, reason, .. } = &passage.row.fate {
        let rule = format!("{}/{}", program.plan.steps[usize::from(*step)].name, reason.rule);
        let id = passage.document.id.to_string();
        let text = &passage.document.text;
        tally.offer_example(&rule, &id, program.plan.examples, || Example {
            id: id.clone(),
            url: passage.document.url.as_deref().map(&program.snippet),
            value: if reason.value.is_finite() { reason.value } else { 0.0 },
            snippet: (program.snippet)(head(text, SNIPPET_BYTES)),
        });
    }
    if !passage.row.alive() {
        passage.document.text = String::new();
        passage.document.markup = None;
        passage.document.metadata = Vec::new();
    }
}

/// The first `bytes` bytes, cut at a character border.
fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Counts what can only be counted at the end: who was kept.
fn close(program: &Program, passage: &Passage, tally: &mut Tally) {
    let (row, document) = (&passage.row, &passage.document);
    let kept = row.alive();
    let read = Flow { documents: 1, bytes: row.input_bytes, tokens: 0 };
    let stays = Flow { documents: 1, bytes: row.text_bytes, tokens: row.tokens };
    let mut groups = Vec::new();
    if let Some(language) = &row.language {
        groups.push(tally.languages.entry(language.to_string()).or_default());
    }
    if let Some(host) = document.url.as_deref().and_then(host_of) {
        groups.push(tally.domains.entry(host).or_default());
    }
    for group in groups {
        group.read.add(read);
        if kept {
            group.kept.add(stays);
        }
    }
    if kept {
        tally.sources.entry(passage.source.to_string()).or_default().kept.add(stays);
        #[allow(clippy::cast_precision_loss, reason = "a bin needs no more precision")]
        tally.token_lengths.count(crate::document::Bins::Log.of(row.tokens as f64), true);
    }
    for ((column, value), histogram) in program.plan.metrics.iter().zip(&row.metrics).zip(&mut tally.metrics) {
        if !value.is_nan() {
            histogram.count(column.bins.of(*value), kept);
        }
    }
}

/// Host name of a URL, lower-cased, without port and user.
fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = if host.starts_with('[') { host } else { host.split(':').next()? };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}
