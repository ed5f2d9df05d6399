//! Runs the steps of one phase over one document, and counts.

use super::{Judge, Mode, Outcome, Passage, Step, Work, Yields};
use crate::document::{Document, Fate, Fault, FaultKind, Flow, Row, Tally};
use crate::panics::caught;
use crate::text::TextView;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Nanoseconds spent per step, for the progress line and the log only: never part of an output.
#[derive(Debug, Default)]
pub struct StepClock {
    /// One counter per step of the plan.
    pub nanoseconds: Vec<AtomicU64>,
}

impl StepClock {
    /// Counters for so many steps.
    #[must_use]
    pub fn new(steps: usize) -> Self {
        Self { nanoseconds: (0..steps).map(|_| AtomicU64::new(0)).collect() }
    }
}

/// The steps of one phase, in order.
pub struct Chain {
    /// The steps.
    pub steps: Vec<Step>,
    /// Number of metric columns of the plan.
    pub metrics: usize,
    /// Tells nanoseconds, for [`StepClock`]; handed in, since no step may read a clock.
    pub now: fn() -> u64,
}

impl Chain {
    /// Takes a document through all steps while it is alive, counting into `tally`. A panic costs this document alone.
    ///
    /// Returns the fault if the document was set aside.
    pub fn run(&self, passage: &mut Passage, tally: &mut Tally, clock: &StepClock) -> Option<Fault> {
        if passage.row.metrics.len() < self.metrics {
            passage.row.metrics.resize(self.metrics, f64::NAN);
        }
        let mut at = 0;
        while at < self.steps.len() && passage.row.alive() {
            // A panic is our bug, but it must not cost the run. The step index is known only to the inside, so it is
            // carried out through `at`.
            if caught(|| self.stretch(&mut at, passage, tally, clock)).is_none() {
                let step = &self.steps[at];
                let detail = format!("step `{}` panicked on this document; please report it", step.name);
                self.settle(
                    step,
                    &mut passage.row,
                    flow_of(&passage.document),
                    Outcome::Fault(FaultKind::Panic, detail),
                    tally,
                );
            }
        }
        passage.row.text_bytes = passage.document.text.len() as u64;
        match &passage.row.fate {
            Fate::Quarantined { kind, detail, .. } => Some(fault_of(&passage.document, kind, detail)),
            _ => None,
        }
    }

    /// One edit, or a run of judges over one shared view.
    fn stretch(&self, at: &mut usize, passage: &mut Passage, tally: &mut Tally, clock: &StepClock) {
        let Passage { document, source, row, yields, .. } = passage;
        let first = &self.steps[*at];
        if let Some(fault) = self.unextracted(*at, document, source, row) {
            self.settle(first, row, flow_of(document), fault, tally);
            *at += 1;
            return;
        }
        if let Work::Edit(edit) = &first.work {
            let before = flow_of(document);
            self.counted(first, before, source, row, tally, clock, |row| {
                let outcome = edit.apply(document, row, yields);
                (outcome, flow_of(document))
            });
            *at += 1;
            return;
        }
        let document: &Document = document;
        let view = TextView::new(&document.text);
        while let Some(step) = self.steps.get(*at) {
            if step.index != first.index && self.unextracted(*at, document, source, row).is_some() {
                return;
            }
            match &step.work {
                Work::Edit(_) => return,
                Work::Keys(judge) => self.keys(step, judge.as_ref(), &view, document, source, row, yields, clock),
                Work::Judge(judge) => {
                    let before = flow_of(document);
                    self.counted(step, before, source, row, tally, clock, |row| {
                        let outcome = judge.look(&view, document, row, yields);
                        (outcome, Flow { tokens: row.tokens, ..before })
                    });
                }
            }
            *at += 1;
            if !row.alive() {
                return;
            }
        }
    }

    /// The fault of a document whose markup no step has turned into text, at the first step that would take it for an empty
    /// text: one that reads text, one before a barrier, behind which there is no markup any more, or the last.
    fn unextracted(&self, at: usize, document: &Document, source: &str, row: &Row) -> Option<Outcome> {
        let (markup, step) = (document.markup.as_ref()?, &self.steps[at]);
        let holds = step.when.holds(row.language.as_deref(), source);
        let needs_text = holds
            && match &step.work {
                Work::Judge(judge) => judge.reads_text(),
                Work::Keys(_) => true,
                Work::Edit(edit) if edit.takes_markup() => return None,
                Work::Edit(_) => true,
            };
        (needs_text || at + 1 == self.steps.len()).then(|| {
            let media = markup.media_type.as_deref().unwrap_or("text/html");
            let detail =
                format!("its body is {media}, and no step has extracted the text; add a step `extract = {{}}` before");
            Outcome::Fault(FaultKind::NoText, detail)
        })
    }

    /// Lets a step work on a document that it looks at, and counts what comes out: the outcome, and what the document amounts
    /// to afterwards. Other documents are passed over.
    #[allow(clippy::too_many_arguments, reason = "the parts of one passage, borrowed apart")]
    fn counted(
        &self,
        step: &Step,
        before: Flow,
        source: &str,
        row: &mut Row,
        tally: &mut Tally,
        clock: &StepClock,
        work: impl FnOnce(&mut Row) -> (Outcome, Flow),
    ) {
        if !step.when.holds(row.language.as_deref(), source) {
            return self.pass_over(step, before, tally);
        }
        let start = (self.now)();
        let (outcome, after) = work(row);
        self.spent(step, start, clock);
        tally.steps[usize::from(step.index)].entered.add(before);
        self.settle_entered(step, row, before, after, outcome, tally);
    }

    /// Nothing is counted: the verdict of a dedup step, and its count, come after the barrier.
    #[allow(clippy::too_many_arguments, reason = "the parts of one passage, borrowed apart")]
    fn keys(
        &self,
        step: &Step,
        judge: &dyn Judge,
        view: &TextView<'_>,
        document: &Document,
        source: &str,
        row: &mut Row,
        yields: &mut Yields,
        clock: &StepClock,
    ) {
        if step.when.holds(row.language.as_deref(), source) {
            let start = (self.now)();
            judge.look(view, document, row, yields);
            self.spent(step, start, clock);
        }
    }

    fn spent(&self, step: &Step, start: u64, clock: &StepClock) {
        let spent = (self.now)().saturating_sub(start);
        clock.nanoseconds[usize::from(step.index)].fetch_add(spent, Ordering::Relaxed);
    }

    fn pass_over(&self, step: &Step, flow: Flow, tally: &mut Tally) {
        let counts = &mut tally.steps[usize::from(step.index)];
        counts.entered.add(flow);
        counts.left.add(flow);
        counts.passed_over += 1;
    }

    /// Counts the entry as well: for a document whose step ended in a panic before anything was counted.
    fn settle(&self, step: &Step, row: &mut Row, flow: Flow, outcome: Outcome, tally: &mut Tally) {
        tally.steps[usize::from(step.index)].entered.add(flow);
        self.settle_entered(step, row, flow, flow, outcome, tally);
    }

    fn settle_entered(
        &self,
        step: &Step,
        row: &mut Row,
        before: Flow,
        after: Flow,
        outcome: Outcome,
        tally: &mut Tally,
    ) {
        let counts = &mut tally.steps[usize::from(step.index)];
        match outcome {
            Outcome::Keep => counts.left.add(after),
            Outcome::Fault(kind, detail) => {
                *counts.quarantined.entry(kind.code().to_owned()).or_default() += 1;
                row.fate = Fate::Quarantined { step: step.index, kind: Arc::from(kind.code()), detail };
            }
            Outcome::Drop { reason, also } => {
                for rule in also.iter().chain([&reason.rule]) {
                    *counts.tripped.entry(rule.to_string()).or_default() += 1;
                }
                if also.is_empty() {
                    *counts.alone.entry(reason.rule.to_string()).or_default() += 1;
                }
                if step.mode == Mode::Tag {
                    row.tags.push(Arc::from(format!("{}/{}", step.name, reason.rule)));
                    counts.left.add(after);
                    return;
                }
                counts.dropped.entry(reason.rule.to_string()).or_default().add(before);
                row.also = also;
                row.fate = Fate::Dropped { step: step.index, reason, twin: None };
            }
        }
    }
}

/// What a document amounts to now: its markup before extraction, its text after.
pub(crate) fn flow_of(document: &Document) -> Flow {
    let bytes = document.markup.as_ref().map_or(document.text.len(), |markup| markup.bytes.len());
    Flow { documents: 1, bytes: bytes as u64, tokens: 0 }
}

fn fault_of(document: &Document, kind: &str, detail: &str) -> Fault {
    Fault {
        kind: FaultKind::from_code(kind).unwrap_or(FaultKind::Panic),
        file: Arc::clone(&document.origin.file),
        offset: document.origin.offset,
        length: 0,
        detail: detail.to_owned(),
        raw: Vec::new(),
    }
}
