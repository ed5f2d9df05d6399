//! What the dedup barrier before a phase decided for the documents of one unit.

use super::exchange::fates_of;
use super::program::{DedupStep, Program};
use super::{Failure, earlier, names};
use crate::dedup::fates::Fate as DedupFate;
use crate::dedup::split_ordinal;
use crate::document::{Bound, DocId, Fate, Flow, Reason, Tally, Twin};
use crate::steps::{Mode, Passage, flow_of};
use crate::storage::Medium;
use std::collections::BTreeMap;
use std::sync::Arc;

struct Removed {
    twin: Twin,
    cluster_size: u32,
    similarity: Option<f64>,
}

struct Verdicts {
    step: DedupStep,
    removed: BTreeMap<u32, Removed>,
    /// Cluster sizes of documents that stay for others.
    kept: BTreeMap<u32, u32>,
}

/// The verdicts of all dedup steps of one barrier, for one unit.
#[derive(Default)]
pub struct Fates {
    steps: Vec<Verdicts>,
}

impl Fates {
    /// No barrier before this phase.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads what the barrier after `phase - 1` decided for `unit`, with the ids of the documents that stay.
    ///
    /// # Errors
    /// When storage fails or a file is damaged.
    pub fn load(program: &Program, out: &dyn Medium, phase: usize, unit: u32) -> Result<Self, Failure> {
        let mut steps = Vec::new();
        // Pieces are cut by a step of the phase itself.
        for step in program.barrier(phase - 1).filter(|step| !step.keys.cuts()) {
            let list = fates_of(out, step, unit)?;
            let (mut gone, mut kept) = (Vec::new(), BTreeMap::new());
            for (index, fate) in list.iter() {
                match fate {
                    DedupFate::Removed { survivor, cluster_size, similarity } => {
                        let twin = Twin { id: DocId::default(), run: None };
                        gone.push((index, survivor, Removed { twin, cluster_size, similarity }));
                    }
                    DedupFate::Kept { cluster_size } => drop(kept.insert(index, cluster_size)),
                }
            }
            let units = u32::try_from(program.plan.units.len()).unwrap_or(u32::MAX);
            let removed = with_ids(out, (phase - 1, step, units), gone)?;
            steps.push(Verdicts { step: step.clone(), removed, kept });
        }
        Ok(Self { steps })
    }

    /// Lets the verdicts fall on a document that is alive, and counts them.
    pub fn settle(&self, passage: &mut Passage, tally: &mut Tally) {
        let Some(index) = passage.index else { return };
        for verdicts in &self.steps {
            let step = &verdicts.step;
            let flow: Flow = flow_of(&passage.document);
            let counts = &mut tally.steps[usize::from(step.step)];
            counts.entered.add(flow);
            let removed = verdicts.removed.get(&index);
            let source = counts.sources.entry(passage.source.to_string()).or_default();
            source.read.add(flow);
            if removed.is_none() || step.mode == Mode::Tag {
                source.kept.add(flow);
            }
            if !step.when.holds(passage.row.language.as_deref(), &passage.source) {
                counts.passed_over += 1;
            }
            let Some(removed) = removed else {
                counts.left.add(flow);
                passage.row.cluster_size = verdicts.kept.get(&index).copied().unwrap_or(passage.row.cluster_size);
                continue;
            };
            passage.row.cluster_size = removed.cluster_size;
            let rule = step.rule.to_string();
            *counts.tripped.entry(rule.clone()).or_default() += 1;
            *counts.alone.entry(rule.clone()).or_default() += 1;
            if step.mode == Mode::Tag {
                passage.row.tags.push(Arc::clone(&step.rule));
                counts.left.add(flow);
                continue;
            }
            counts.dropped.entry(rule).or_default().add(flow);
            let (metric, value, bound) = match (removed.similarity, step.verify) {
                (Some(similarity), Some(verify)) => {
                    (verify.measure.word(), similarity, Bound::AtLeast(verify.threshold))
                }
                _ => ("cluster_size", f64::from(removed.cluster_size), Bound::Above(1.0)),
            };
            let (rule, metric) = (Arc::clone(&step.rule), Arc::from(metric));
            let reason = Reason { rule, metric, value, bound: Some(bound) };
            passage.row.fate = Fate::Dropped { step: step.step, reason, twin: Some(removed.twin.clone()) };
            return;
        }
    }
}

/// An opened file of ids, and its unit.
type IdFile = (u32, Box<dyn crate::storage::RangedFile>);

/// Looks up the ids of survivors, unit by unit: `gone` holds index, ordinal of the survivor, and all but its id.
fn with_ids(
    out: &dyn Medium,
    (phase, step, units): (usize, &DedupStep, u32),
    mut gone: Vec<(u32, u64, Removed)>,
) -> Result<BTreeMap<u32, Removed>, Failure> {
    gone.sort_unstable_by_key(|&(index, survivor, _)| (survivor, index));
    let mut removed = BTreeMap::new();
    let (mut open, mut earlier): (Option<IdFile>, earlier::Names) = Default::default();
    for (index, survivor, one) in gone {
        let (unit, row) = split_ordinal(survivor);
        if unit >= units {
            let twin = earlier.twin(step, units, survivor)?;
            removed.insert(index, Removed { twin, ..one });
            continue;
        }
        if open.as_ref().is_none_or(|(opened, _)| *opened != unit) {
            open = Some((unit, out.open_ranged(&names::ids(phase, unit))?));
        }
        let mut id = DocId::default();
        if let Some((_, file)) = &open {
            use crate::storage::Named;
            file.read_at(u64::from(row) * 16, &mut id.0).named("read", &names::ids(phase, unit))?;
        }
        removed.insert(index, Removed { twin: Twin { id, run: None }, ..one });
    }
    Ok(removed)
}
