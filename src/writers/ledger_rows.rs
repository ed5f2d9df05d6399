//! Ledger rows: what became of every document, readable with DuckDB and every other Parquet reader.

use crate::document::{CutNote, Fate};
use crate::ledger::LedgerCut;
use crate::plan::Plan;
use crate::steps::Passage;
use arrow_array::builder::{Float32Builder, Float64Builder, StringBuilder, UInt32Builder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::io;
use std::sync::Arc;

/// The columns: fixed ones, then one `f64` column per metric, named `metric:NAME`; null where not measured.
#[must_use]
pub fn ledger_schema(plan: &Plan) -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let mut fields = vec![
        text("id", false),
        text("source", false),
        text("file", false),
        Field::new("offset", DataType::UInt64, false),
        text("source_id", true),
        text("url", true),
        text("date", true),
        text("verdict", false),
        text("step", true),
        text("rule", true),
        text("metric", true),
        Field::new("value", DataType::Float64, true),
        text("sign", true),
        Field::new("bound", DataType::Float64, true),
        text("also", true),
        text("duplicate_of", true),
        text("duplicate_in", true),
        text("tags", true),
        text("language", true),
        Field::new("language_score", DataType::Float32, false),
        Field::new("input_bytes", DataType::UInt64, false),
        Field::new("bytes", DataType::UInt64, false),
        Field::new("tokens", DataType::UInt64, false),
        Field::new("pii", DataType::UInt32, false),
        Field::new("cluster_size", DataType::UInt32, false),
        text("cuts", true),
    ];
    fields.extend(plan.metrics.iter().map(|one| Field::new(format!("metric:{}", one.name), DataType::Float64, true)));
    Arc::new(Schema::new(fields))
}

/// The part of a row that says why.
#[derive(Default)]
struct Why {
    verdict: StringBuilder,
    step: StringBuilder,
    rule: StringBuilder,
    metric: StringBuilder,
    value: Float64Builder,
    sign: StringBuilder,
    bound: Float64Builder,
    also: StringBuilder,
    twin: StringBuilder,
    twin_run: StringBuilder,
}

impl Why {
    fn push(&mut self, plan: &Plan, passage: &Passage) {
        let name = |step: u16| plan.steps[usize::from(step)].name.as_str();
        match &passage.row.fate {
            Fate::Kept => {
                self.verdict.append_value("keep");
                self.step.append_null();
                self.rule.append_null();
                self.no_measure();
                self.twin.append_null();
                self.twin_run.append_null();
            }
            Fate::Dropped { step, reason, twin } => {
                self.verdict.append_value("drop");
                self.step.append_value(name(*step));
                self.rule.append_value(&reason.rule);
                self.metric.append_value(&reason.metric);
                self.value.append_value(reason.value);
                self.sign.append_option(reason.bound.map(crate::document::Bound::sign));
                self.bound.append_option(reason.bound.map(crate::document::Bound::number));
                self.twin.append_option(twin.as_ref().map(|twin| twin.id.to_string()));
                let run = match twin {
                    Some(twin) => &twin.run,
                    None => &passage.row.earlier_run,
                };
                self.twin_run.append_option(run.as_deref());
            }
            Fate::Quarantined { step, kind, .. } => {
                self.verdict.append_value("quarantine");
                self.step.append_value(name(*step));
                self.rule.append_value(kind);
                self.no_measure();
                self.twin.append_null();
                self.twin_run.append_null();
            }
        }
        self.also.append_option(joined(&passage.row.also));
    }

    fn no_measure(&mut self) {
        self.metric.append_null();
        self.value.append_null();
        self.sign.append_null();
        self.bound.append_null();
    }

    fn columns(mut self) -> [ArrayRef; 10] {
        [
            Arc::new(self.verdict.finish()),
            Arc::new(self.step.finish()),
            Arc::new(self.rule.finish()),
            Arc::new(self.metric.finish()),
            Arc::new(self.value.finish()),
            Arc::new(self.sign.finish()),
            Arc::new(self.bound.finish()),
            Arc::new(self.also.finish()),
            Arc::new(self.twin.finish()),
            Arc::new(self.twin_run.finish()),
        ]
    }
}

fn joined(words: &[Arc<str>]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(","))
}

/// The pieces that were cut out, as a JSON list of [`LedgerCut`]s; none for no piece.
fn cuts_json(plan: &Plan, cuts: &[CutNote]) -> Option<String> {
    let ngrams = |note: &CutNote| note.ngrams.as_ref().and_then(|ngrams| ngrams.earlier.clone());
    let run_of = |note: &CutNote| {
        let twin = note.earlier.as_ref().and_then(|twin| twin.run.clone());
        twin.or_else(|| ngrams(note).map(|(run, _)| run)).map(|run| run.to_string())
    };
    let cut = |note: &CutNote| LedgerCut {
        step: plan.steps[usize::from(note.step)].name.clone(),
        piece: note.piece,
        at: note.at,
        bytes: note.bytes,
        copy: note.copy.map(crate::dedup::split_ordinal),
        duplicate_of: note.earlier.as_ref().map(|twin| twin.id.to_string()),
        duplicate_in: run_of(note),
        ngrams: note.ngrams.as_ref().map(|ngrams| (ngrams.seen, ngrams.all)),
        ngrams_in: ngrams(note).map(|(_, seen)| seen),
    };
    let cuts: Vec<LedgerCut> = cuts.iter().map(cut).collect();
    if cuts.is_empty() { None } else { serde_json::to_string(&cuts).ok() }
}

fn strings<'a>(passages: &'a [Passage], of: impl Fn(&'a Passage) -> Option<&'a str>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    passages.iter().for_each(|one| builder.append_option(of(one)));
    Arc::new(builder.finish())
}

fn numbers(passages: &[Passage], of: impl Fn(&Passage) -> u64) -> ArrayRef {
    let mut builder = UInt64Builder::with_capacity(passages.len());
    passages.iter().for_each(|one| builder.append_value(of(one)));
    Arc::new(builder.finish())
}

/// Rows for these passages, in order. `bytes` gives the bytes of the final text of each.
///
/// # Errors
/// When the columns do not fit the schema: a bug.
pub fn ledger_batch(plan: &Plan, schema: &SchemaRef, passages: &[Passage]) -> io::Result<RecordBatch> {
    let (mut ids, mut why) = (StringBuilder::new(), Why::default());
    let (mut tags, mut scores, mut pii) = (StringBuilder::new(), Float32Builder::new(), UInt32Builder::new());
    let (mut clusters, mut cuts) = (UInt32Builder::new(), StringBuilder::new());
    for one in passages {
        ids.append_value(one.document.id.to_string());
        why.push(plan, one);
        tags.append_option(joined(&one.row.tags));
        scores.append_value(one.row.language_score);
        pii.append_value(one.row.pii);
        clusters.append_value(one.row.cluster_size.max(1));
        cuts.append_option(cuts_json(plan, &one.row.cuts));
    }
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(ids.finish()),
        strings(passages, |one| Some(&one.source)),
        strings(passages, |one| Some(&one.document.origin.file)),
        numbers(passages, |one| one.document.origin.offset),
        strings(passages, |one| one.document.source_id.as_deref()),
        strings(passages, |one| one.document.url.as_deref()),
        strings(passages, |one| one.document.date.as_deref()),
    ];
    columns.extend(why.columns());
    columns.extend([
        Arc::new(tags.finish()) as ArrayRef,
        strings(passages, |one| one.row.language.as_deref()),
        Arc::new(scores.finish()),
        numbers(passages, |one| one.row.input_bytes),
        numbers(passages, |one| one.row.text_bytes),
        numbers(passages, |one| one.row.tokens),
        Arc::new(pii.finish()),
        Arc::new(clusters.finish()),
        Arc::new(cuts.finish()),
    ]);
    for at in 0..plan.metrics.len() {
        let mut values = Float64Builder::with_capacity(passages.len());
        for one in passages {
            values.append_option(one.row.metrics.get(at).copied().filter(|value| !value.is_nan()));
        }
        columns.push(Arc::new(values.finish()));
    }
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(io::Error::other)
}
