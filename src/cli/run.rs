//! `gristmill run`.

use super::args::{Means, Run};
use super::progress::Line;
use super::session::{Session, directory, straight};
use super::{USAGE, terminal};
use crate::config::parse_size;
use crate::engine::{Attempt, Failure, Machine, Program, Progress, Signals, Summary};
use crate::ledger::{LOG, STATS, Stats};
use crate::report::Times;
use crate::steps::StepClock;
use crate::storage::Medium;
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Nanoseconds since the program began, for the step clocks.
pub fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Runs the verb.
pub fn run(args: &Run) -> u8 {
    match attempt(args) {
        Ok(code) | Err(code) => code,
    }
}

fn attempt(args: &Run) -> Result<u8, u8> {
    let session = Session::open(&args.source)?;
    let out = directory(&session.output_dir());
    if let Some(path) = &args.overwrite {
        overwrite(&out, &straight(&session.output_dir()), path)?;
    }
    let program = session.assemble()?;
    super::plan::warn_of_disk(&program, &straight(&session.output_dir()));
    super::plan::warn_of_memory(&program, machine(&args.means, &session)?.memory as u64);
    if let Some(cluster) = &args.cluster {
        return super::cluster::run(args, &session, &program, cluster);
    }
    compute(&session, &program, &args.means, |attempt| attempt.run())
}

/// Computes a program, or a part of it, with everything around it: signals, log, progress line, last words.
pub fn compute(
    session: &Session,
    program: &Program,
    means: &Means,
    job: impl FnOnce(&Attempt<'_>) -> Result<Summary, Failure>,
) -> Result<u8, u8> {
    let out = directory(&session.output_dir());
    let dir = straight(&session.output_dir());
    let machine = machine(means, session)?;
    let signals = Signals::listen().map_err(|error| {
        terminal::message("error", &format!("cannot listen to signals: {error}"));
        super::ENVIRONMENT
    })?;
    let (progress, clock) = (Progress::default(), StepClock::new(program.plan.steps.len()));
    let log = Log::new(&out);
    let start = Instant::now();
    let line = Line::start(program, &progress, &clock, means.quiet);
    let write = |event: &str, facts| log.write(event, facts);
    let attempt =
        Attempt { program, machine, out: &out, signals: &signals, progress: &progress, clock: &clock, log: &write };
    let result = line.during(|| job(&attempt));
    let seconds = start.elapsed().as_secs_f64();
    match result {
        Ok(summary) => {
            let times = timings(program, &clock, seconds);
            log.write("run.end", serde_json::json!({ "seconds": seconds, "step_seconds": times.steps }));
            show(program, &out, &dir, &summary, machine.threads, &times);
            Ok(0)
        }
        Err(failure) => {
            let code = failure.exit_code();
            // A refusal concerns a directory that may not be ours: nothing is written into it.
            if !matches!(failure, Failure::Refused(_)) {
                let steps = timings(program, &clock, seconds).steps;
                let facts = serde_json::json!({ "code": code, "seconds": seconds, "step_seconds": steps });
                log.write("run.stop", facts);
            }
            say_why(&failure, &dir);
            Ok(code)
        }
    }
}

pub fn say_why(failure: &Failure, dir: &str) {
    match failure {
        Failure::Interrupted(_) => {
            terminal::note(&format!("{failure}: run the same command again to go on from `{dir}`"))
        }
        Failure::Storage(_) => {
            terminal::message("error", &failure.to_string());
            terminal::message("hint", "what is sealed stays: run the same command again to go on");
        }
        _ => terminal::message("error", &failure.to_string()),
    }
}

/// Removes the run directory, when the path is the very path of the output.
fn overwrite(out: &dyn Medium, dir: &str, path: &str) -> Result<(), u8> {
    if straight(path).trim_end_matches('/') != dir.trim_end_matches('/') {
        terminal::message(
            "error",
            &format!("`--overwrite {path}` is not the output directory `{dir}`; type that path"),
        );
        return Err(USAGE);
    }
    out.remove_folder("").map_err(|error| terminal::failed(&error))
}

pub fn machine(args: &Means, session: &Session) -> Result<Machine, u8> {
    let threads = args.threads.unwrap_or(session.config.limits.threads) as usize;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = match &args.memory {
        None => session.config.limits.memory,
        Some(text) => parse_size(text).map_err(|_| {
            terminal::message(
                "error",
                &format!("`--memory {text}` is no size; write a number and a unit, such as `4GiB`"),
            );
            USAGE
        })?,
    };
    let memory = usize::try_from(memory).unwrap_or(usize::MAX);
    Ok(Machine { threads: if threads == 0 { cores } else { threads }, memory, keep_work: args.keep_work })
}

/// `run.log.jsonl`: one line per event, flushed. Not part of the output; never document text.
struct Log<'a> {
    out: &'a dyn Medium,
    file: Mutex<Option<Box<dyn Write + Send>>>,
}

impl<'a> Log<'a> {
    fn new(out: &'a dyn Medium) -> Self {
        Self { out, file: Mutex::new(None) }
    }

    fn write(&self, event: &str, facts: serde_json::Value) {
        #[allow(clippy::disallowed_methods, reason = "the log is the one place that tells the time")]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut line = serde_json::json!({ "ts": since.as_secs_f64(), "event": event });
        if let (Some(line), Some(facts)) = (line.as_object_mut(), facts.as_object()) {
            line.extend(facts.clone());
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = self.out.append(LOG).ok();
        }
        // The log is a convenience: a full disk must not hide the failure that matters.
        if let Some(file) = file.as_mut() {
            let _ = writeln!(file, "{line}").and_then(|()| file.flush());
        }
    }
}

fn timings(program: &Program, clock: &StepClock, seconds: f64) -> Times {
    let steps = program.plan.steps.iter().zip(&clock.nanoseconds);
    let steps = steps.map(|(step, spent)| (step.name.clone(), seconds_of(spent))).collect();
    Times { seconds, attempts: 1, steps }
}

#[allow(clippy::cast_precision_loss, reason = "a duration for people")]
fn seconds_of(nanoseconds: &std::sync::atomic::AtomicU64) -> f64 {
    nanoseconds.load(std::sync::atomic::Ordering::Relaxed) as f64 / 1e9
}

/// The last words of a run.
pub fn show(program: &Program, out: &dyn Medium, dir: &str, summary: &Summary, threads: usize, times: &Times) {
    let (totals, plan) = (&summary.manifest.totals, &program.plan);
    let count = terminal::count;
    if summary.already {
        terminal::note(&format!("`{dir}` already holds this run, finished"));
    } else {
        terminal::note(&format!("Finished {} in {:.1} s on {threads} threads", plan.name, times.seconds));
    }
    terminal::note(&format!(
        "  read       {} documents, {} stored",
        count(totals.documents),
        terminal::bytes(plan.input_bytes())
    ));
    let tokens = match totals.shards {
        0 => String::new(),
        shards => format!(
            "   {} tokens in {} shard{}",
            count(totals.tokens),
            count(shards),
            if shards == 1 { "" } else { "s" }
        ),
    };
    terminal::note(&format!(
        "  kept       {} ({}){tokens}",
        count(totals.kept),
        terminal::percent(totals.kept, totals.documents)
    ));
    let stats = out.read(STATS).ok().and_then(|bytes| serde_json::from_slice::<Stats>(&bytes).ok());
    if let Some(stats) = &stats {
        let steps = plan.steps.iter().zip(&stats.tally.steps);
        let dropped: Vec<String> = steps
            .filter(|(_, tally)| tally.dropped_documents() > 0)
            .map(|(step, tally)| format!("{} {}", step.name, count(tally.dropped_documents())))
            .collect();
        terminal::note(&format!(
            "  dropped    {}",
            if dropped.is_empty() { "none".into() } else { dropped.join(" · ") }
        ));
        if totals.shards > 0 {
            terminal::note(&format!("  planning   {}", crate::report::planning(stats)));
        }
        if let Some(line) = crate::report::packing(plan, stats) {
            terminal::note(&format!("  packed     {line}"));
        }
        if !stats.tally.pii.is_empty() {
            let kinds: Vec<String> = stats.tally.pii.iter().map(|(kind, n)| format!("{kind} {}", count(*n))).collect();
            terminal::note(&format!("  scrubbed   {}", kinds.join(" · ")));
        }
    }
    if let Some(line) = times.line() {
        terminal::note(&format!("  time       {line}"));
    }
    let aside = totals.faults + totals.quarantined;
    if aside > 0 {
        terminal::note(&format!(
            "  set aside  {} damaged records ({}) → {dir}/quarantine",
            count(aside),
            terminal::percent(aside, totals.records)
        ));
    }
    terminal::note(&format!("Report  {dir}/report.html     Check it  gristmill verify {dir}"));
}
