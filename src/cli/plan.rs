//! `gristmill plan`: what would run.

use super::args::{Format, Plan as Args, Source};
use super::session::{Session, directory, straight};
use super::terminal;
use crate::config;
use crate::engine::{self, Estimate, Program, names};
use crate::ledger::{MANIFEST, PLAN, StageFiles, UnitRecord};
use crate::plan::{Mixture, Order, Plan};
use crate::shards::Method;
use crate::storage::Medium;
use crate::storage::address::masked;
use std::fmt::Write;

/// Runs the verb.
pub fn run(args: &Args) -> u8 {
    let session = match Session::open(&args.source) {
        Ok(session) => session,
        Err(code) => return code,
    };
    if args.full && args.format == Format::Text {
        return terminal::data(&masked(&config::canonical_toml(&session.config)));
    }
    let program = match session.assemble() {
        Ok(program) => program,
        Err(code) => return code,
    };
    let plan = &program.plan;
    if let Some(workers) = args.slurm {
        return terminal::data(&masked(&slurm(plan, &args.source, workers)));
    }
    if args.format == Format::Json {
        let text = serde_json::to_string_pretty(plan).unwrap_or_default();
        return terminal::data(&format!("{text}\n"));
    }
    let dir = session.output_dir();
    let mut text = describe(plan, &dir);
    if let Some(need) = engine::estimate(&program) {
        let _ = writeln!(text, "{}", disk(&need, &dir));
        if need.filter > 0 {
            let earlier = need.earlier_filters;
            let beside = if earlier > 0 {
                format!(", {} of them for those of earlier runs", terminal::bytes(earlier))
            } else {
                String::new()
            };
            let bytes = terminal::bytes(need.filter);
            let _ = writeln!(text, "memory   about {bytes} for a filter of n-grams{beside}");
        }
    }
    warn_of_disk(&program, &dir);
    warn_of_memory(&program, session.config.limits.memory);
    terminal::data(&text)
}

/// A word of a shell command, quoted where it must be.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=+:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A job array whose workers share one run directory. One array is enough: workers wait for each other where a stage needs all
/// units of the one before, and a worker that is requeued goes on where it is needed.
fn slurm(plan: &Plan, source: &Source, workers: u32) -> String {
    let words: Vec<String> = super::cluster::words_of(source).iter().map(|word| quoted(word)).collect();
    let command = format!("srun gristmill work {}", words.join(" "));
    let name: String = plan.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!(
        "#!/usr/bin/env bash\n\
         # {} units in the widest stage; the run directory and the inputs must be on storage that all nodes share.\n\
         # Submit it again to go on after a time limit: what is sealed stays.\n\
         #SBATCH --job-name={name}\n\
         #SBATCH --array=0-{}\n\
         #SBATCH --cpus-per-task=8\n\
         #SBATCH --mem=32G\n\
         #SBATCH --requeue\n\
         #SBATCH --open-mode=append\n\
         set -euo pipefail\n\
         {command} --worker \"$SLURM_ARRAY_TASK_ID/{workers}\" --threads \"$SLURM_CPUS_PER_TASK\" --memory 24GiB --quiet\n",
        plan.units.len().max(plan.partitions as usize),
        workers - 1,
    )
}

/// What dedup will need on disk, and what there is.
fn disk(need: &Estimate, dir: &str) -> String {
    let free =
        directory(dir).free().map_or(String::new(), |free| format!("; {} are free there", terminal::bytes(free)));
    let most = if need.most > need.work {
        format!(", at most {} if all of it stands elsewhere too", terminal::bytes(need.most))
    } else {
        String::new()
    };
    format!(
        "disk     about {} for dedup while it runs{most} (by the sizes of the inputs: {} documents, {} of text){free}",
        terminal::bytes(need.work),
        terminal::count(need.documents),
        terminal::bytes(need.text)
    )
}

/// Says so before the start where the disk is likely too small for dedup, or would be for texts that repeat much.
pub fn warn_of_disk(program: &Program, dir: &str) {
    if let (Some(need), Some(free)) = (engine::estimate(program), directory(dir).free())
        && need.most > free
    {
        let (verb, need) =
            if need.work > free { ("will need about", need.work) } else { ("may need up to", need.most) };
        let (need, free) = (terminal::bytes(need), terminal::bytes(free));
        terminal::message("warning", &format!("dedup {verb} {need} in `{}`, and {free} are free", straight(dir)));
    }
}

/// Says so before the start where the memory budget is likely too small for a filter of n-grams.
pub fn warn_of_memory(program: &Program, budget: u64) {
    let Some(need) = engine::estimate(program) else { return };
    // What a filter may take of it: see `engine`.
    if need.filter > budget - budget / 8 {
        let (filter, budget) = (terminal::bytes(need.filter), terminal::bytes(budget));
        let (beside, way) = if need.earlier_filters > 0 {
            (" with those of earlier runs", "fewer indexes")
        } else {
            ("", "more `shards` or a greater `false-positives` in the step")
        };
        let message =
            format!("a filter of n-grams{beside} will need about {filter}, and the memory budget is {budget}");
        terminal::message("warning", &message);
        terminal::message("hint", &format!("give more `--memory`, or {way}"));
    }
}

fn describe(plan: &Plan, dir: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "plan {}  fingerprint {}", plan.name, &plan.fingerprint()[..16]);
    let _ = writeln!(out, "\ninputs   {} files, {}", plan.inputs.len(), terminal::bytes(plan.input_bytes()));
    for (number, source) in (0u32..).zip(&plan.sources) {
        let files: Vec<_> = plan.inputs.iter().filter(|input| input.source == number).collect();
        let bytes = files.iter().map(|input| input.bytes).sum();
        let _ = writeln!(out, "  {:<20} {} files, {}", source.name, files.len(), terminal::bytes(bytes));
    }
    for (number, phase) in plan.phases.iter().enumerate() {
        let _ = writeln!(out, "\nphase {number}: {} map units", plan.units.len());
        for step in &plan.steps[phase.steps.clone()] {
            let mode = if step.mode == "tag" { "  (tag)" } else { "" };
            let _ = writeln!(out, "  {:<20} {:<9} {}{mode}", step.name, step.kind, step.summary);
            for note in &step.notes {
                let _ = writeln!(out, "      {note}");
            }
            for rule in &step.rules {
                let _ = writeln!(out, "      {:<60} {} {}", rule.name, rule.metric, rule.trips);
            }
        }
        if !phase.barrier.is_empty() {
            let _ = writeln!(out, "  barrier: {} partition units and 1 cluster unit per dedup step", plan.partitions);
        }
    }
    if let Some(format) = plan.output.tokens {
        let order = match &plan.output.order {
            Order::Input => "in input order".to_owned(),
            Order::Shuffle(Mixture { curriculum: Some(curriculum), .. }) => format!(
                "by {}, the {} first",
                terminal::sane(&curriculum.by),
                if curriculum.descending { "greatest" } else { "least" }
            ),
            Order::Shuffle(mixture) => format!("shuffled with seed {}", mixture.seed),
        };
        let tokens = terminal::count(plan.output.shard_tokens);
        let _ = writeln!(out, "\nshards of {tokens} tokens, {format:?}, documents {order}");
        if let Some(packing) = &plan.output.packing {
            let (length, pad) = (terminal::count(packing.length.into()), packing.pad);
            let how = match packing.method {
                Method::BestFit => format!("best fit in windows of {} tokens", terminal::count(packing.window())),
                Method::Concatenate => "concatenated and cut".to_owned(),
            };
            let _ = writeln!(out, "packed into sequences of {length} tokens, {how}, padded with token {pad}");
        }
    }
    let _ = writeln!(out, "\nmetrics  {} columns in the ledger", plan.metrics.len());
    for metric in &plan.metrics {
        let _ = writeln!(out, "  {:<60} {}", metric.name, metric.doc);
    }
    let _ = writeln!(out, "\noutput   {}: {}", straight(dir), state(plan, dir));
    out
}

/// How far the run directory is.
fn state(plan: &Plan, dir: &str) -> String {
    let (out, fingerprint) = (directory(dir), plan.fingerprint());
    let exists = |key: &str| out.stat(key).ok().flatten().is_some();
    if !exists(PLAN) {
        return "new".to_owned();
    }
    let stored = out.read(PLAN).ok().and_then(|bytes| serde_json::from_slice::<Plan>(&bytes).ok());
    if stored.is_none_or(|stored| stored.fingerprint() != fingerprint) {
        return "holds another plan; `gristmill run` would refuse it and say what differs".to_owned();
    }
    if exists(MANIFEST) {
        return "finished".to_owned();
    }
    let units = u32::try_from(plan.units.len()).unwrap_or(u32::MAX);
    let mut parts = Vec::new();
    for phase in 0..plan.phases.len() {
        let stage = names::map_stage(phase);
        let files = StageFiles::new(&stage, out.list(&names::stage_folder(&stage)).unwrap_or_default());
        let is_done =
            |&unit: &u32| matches!(UnitRecord::load(&out, &fingerprint, &stage, unit, Some(&files)), Ok(Some(_)));
        let done = (0..units).filter(is_done).count();
        parts.push(format!("{stage} {done}/{units} units done"));
    }
    format!("unfinished ({}); `gristmill run` goes on from there", parts.join(", "))
}
