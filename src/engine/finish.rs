//! The end of a run: counts are merged and must add up; stats, report and manifest are sealed; intermediates go.

use super::order::OrderPlan;
use super::written::Written;
use super::{Context, Failure, KeyKind, index, names, records, shard};
use crate::document::{Counts, Tally};
use crate::ledger::{MANIFEST, Manifest, PLAN, STATS, ShardStats, Stats, Totals, folder_indexes};
use crate::plan::Plan;
use crate::storage::{Medium, SealedFile};

/// Name of the report.
pub const REPORT: &str = "report.html";

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The manifest.
    pub manifest: Manifest,
    /// Whether the run had been finished before.
    pub already: bool,
}

/// Stops the run when more input is damaged than the config allows.
pub fn check_faults(context: &Context<'_>, counts: &Counts) -> Result<(), Failure> {
    let (faults, records) = (counts.set_aside, counts.records);
    let limit = context.program.max_fault_ratio;
    #[allow(clippy::cast_precision_loss, reason = "a ratio needs no more precision")]
    let ratio = faults as f64 / records.max(1) as f64;
    if ratio > limit {
        return Err(Failure::TooManyFaults { faults, records, limit, quarantine: "quarantine/".into() });
    }
    Ok(())
}

/// Merges, checks, seals. `shard_units` are those of the last stage.
///
/// # Errors
/// When storage fails, or a law of conservation is broken.
pub fn finish(context: &Context<'_>, order: Option<&OrderPlan<'_>>, shard_units: u32) -> Result<Summary, Failure> {
    let plan = &context.program.plan;
    let mut files: Vec<SealedFile> = Vec::new();
    let mut tally = Tally::new(plan.steps.len(), plan.metrics.len());
    for phase in 0..plan.phases.len() {
        records::all(context, &names::map_stage(phase), context.units(), |record| {
            if let Some(part) = &record.tally {
                tally.merge(part, plan.examples);
            }
            files.extend(kept_files(record.outputs));
            Ok(())
        })?;
    }
    for step in context.program.dedups.iter().filter(|step| step.save.is_some()) {
        for (stage, count) in index::stages(context, step) {
            records::all(context, &stage, count, |record| {
                files.extend(kept_files(record.outputs));
                Ok(())
            })?;
        }
    }
    let mut written = Written::default();
    let shards = shards(context, order, shard_units, &mut files, &mut written)?;
    let broken = tally.broken_laws(&plan.step_names());
    if let Some(law) = broken.first() {
        return Err(Failure::Bug(format!("counts do not add up: {law}")));
    }
    let stats = stats(context, tally, (shards, &written), order)?;
    for (key, bytes) in [(STATS, stats.to_bytes()), (REPORT, (context.program.report)(plan, &stats).into_bytes())] {
        // An earlier attempt of the same program left the same bytes.
        files.push(context.out.put(key, &bytes)?);
    }
    for (key, index) in folder_indexes(plan, &stats) {
        files.push(context.out.put(&key, index.as_bytes())?);
    }
    files.push(sealed(context.out, PLAN)?);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let manifest = Manifest {
        format: plan.format,
        program: plan.program.clone(),
        name: plan.name.clone(),
        fingerprint: context.fingerprint.to_owned(),
        totals: stats.totals,
        files,
    };
    context.out.put(MANIFEST, &manifest.to_bytes())?;
    if !context.keep_work {
        context.out.remove_folder(names::WORK)?;
    }
    Ok(Summary { manifest, already: false })
}

/// Those of a unit's files that are no intermediates.
fn kept_files(files: Vec<SealedFile>) -> impl Iterator<Item = SealedFile> {
    files.into_iter().filter(|file| !file.path.starts_with("work/"))
}

fn sealed(out: &dyn Medium, key: &str) -> Result<SealedFile, Failure> {
    let bytes = out.read(key)?;
    Ok(SealedFile {
        path: key.to_owned(),
        bytes: bytes.len() as u64,
        blake3: blake3::hash(&bytes).to_hex().to_string(),
    })
}

fn shards(
    context: &Context<'_>,
    order: Option<&OrderPlan<'_>>,
    units: u32,
    files: &mut Vec<SealedFile>,
    written: &mut Written,
) -> Result<Vec<ShardStats>, Failure> {
    let mut shards = Vec::new();
    records::all(context, shard::STAGE, units, |record| {
        let unit = record.unit;
        // A shard that came out empty has no files.
        let Some(data) = record.outputs.first() else { return Ok(()) };
        let mut here = Written::default();
        here.add(&record);
        written.add(&record);
        shards.push(ShardStats {
            name: order.map_or_else(|| shard::name(unit), |order| order.name(unit)),
            tokens: record.fact("tokens"),
            documents: record.fact("documents"),
            bytes: data.bytes,
            different_ids: here.different_ids(),
            lengths: here.lengths(),
            packing: context.program.plan.output.packing.as_ref().map(|_| shard::pack_counts(&record)),
        });
        files.extend(record.outputs);
        Ok(())
    })?;
    Ok(shards)
}

fn stats(
    context: &Context<'_>,
    mut tally: Tally,
    (shards, written): (Vec<ShardStats>, &Written),
    order: Option<&OrderPlan<'_>>,
) -> Result<Stats, Failure> {
    let plan: &Plan = &context.program.plan;
    let mut dedup = std::collections::BTreeMap::new();
    for step in &context.program.dedups {
        let cuts = step.keys.cuts();
        let mut facts = if cuts {
            std::collections::BTreeMap::new()
        } else {
            records::one(context, &names::cluster_stage(step.step), 0)?.facts
        };
        if step.save.is_some() {
            facts.extend(records::one(context, &names::describe_stage(step.step), 0)?.facts);
        }
        let mut biggest_bucket = 0;
        records::all(context, &names::reduce_stage(step.step), step.reduce_units(plan), |reduced| {
            biggest_bucket = biggest_bucket.max(reduced.fact("biggest-bucket"));
            let against = (!step.earlier.is_empty()).then_some("cuts-for-earlier");
            for name in ["records", "keys", "copied", "cuts"].into_iter().chain(against).filter(|_| cuts) {
                *facts.entry(name.to_owned()).or_default() += reduced.fact(name);
            }
            Ok(())
        })?;
        if !matches!(step.keys, KeyKind::Ngrams(_) | KeyKind::Anchors) {
            facts.insert("biggest-bucket".into(), biggest_bucket);
        }
        dedup.insert(plan.steps[usize::from(step.step)].name.clone(), facts);
    }
    let kept = tally.kept();
    let totals = Totals {
        records: tally.records,
        others: tally.others.values().sum(),
        faults: tally.fault_records(),
        documents: tally.documents,
        kept: kept.documents,
        dropped: tally.steps.iter().map(crate::document::StepTally::dropped_documents).sum(),
        quarantined: tally.quarantined_documents(),
        tokens: shards.iter().map(|shard| shard.tokens).sum(),
        shards: shards.len() as u64,
    };
    if totals.documents != totals.kept + totals.dropped + totals.quarantined {
        return Err(Failure::Bug(format!("counts do not add up: {totals:?}")));
    }
    let domains_seen = tally.domains.len() as u64;
    let mut domains: Vec<_> = std::mem::take(&mut tally.domains).into_iter().collect();
    domains.sort_by(|(a, x), (b, y)| {
        (y.kept.tokens, y.kept.bytes, y.read.documents)
            .cmp(&(x.kept.tokens, x.kept.bytes, x.read.documents))
            .then(a.cmp(b))
    });
    domains.truncate(plan.top_domains);
    tally.domains = domains.into_iter().collect();
    Ok(Stats {
        format: plan.format,
        program: plan.program.clone(),
        name: plan.name.clone(),
        fingerprint: context.fingerprint.to_owned(),
        totals,
        tally,
        domains_seen,
        dedup,
        vocab_size: context.program.tokens.as_ref().map_or(0, |facts| facts.vocab_size),
        end_of_text: context.program.tokens.as_ref().and_then(|facts| facts.end_of_text),
        shards,
        written: by_name(plan, written),
        different_ids: written.different_ids(),
        order: order.map(|order| order.stats.clone()),
    })
}

fn by_name(plan: &Plan, written: &Written) -> std::collections::BTreeMap<String, crate::ledger::SourceTokens> {
    let named = |(source, counts): (&u32, &crate::ledger::SourceTokens)| {
        Some((plan.sources.get(*source as usize)?.name.clone(), counts.clone()))
    };
    written.sources.iter().filter_map(named).collect()
}
