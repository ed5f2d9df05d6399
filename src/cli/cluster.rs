//! `gristmill run --cluster ray`: the units of a run on an existing Ray cluster, by the driver script that ships inside the
//! program. The script schedules; what a unit is, and when it may run, `gristmill unit` says.

use super::args::{Cluster, Means, Run, Source};
use super::progress::Line;
use super::run::{machine, show};
use super::session::{Session, directory, straight};
use super::{ENVIRONMENT, terminal};
use crate::document::Counts;
use crate::engine::{Program, Progress, Snapshot, Summary};
use crate::ledger::{MANIFEST, Manifest};
use crate::report::Times;
use crate::steps::StepClock;
use crate::storage::Medium;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

const DRIVER: &str = include_str!("ray_driver.py");

/// Environment variable that names the Python which has Ray.
const PYTHON: &str = "GRISTMILL_PYTHON";

/// Runs the whole program on the cluster.
pub fn run(args: &Run, session: &Session, program: &Program, cluster: &Cluster) -> Result<u8, u8> {
    let start = Instant::now();
    let machine = machine(&args.means, session)?;
    let python = std::env::var(PYTHON).unwrap_or_else(|_| "python3".to_owned());
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        terminal::message("error", &format!("{what}: {error}"));
        ENVIRONMENT
    };
    let here = std::env::current_dir().map_err(|error| failed("the working directory", &error))?;
    let binary = std::env::current_exe().map_err(|error| failed("the path of this program", &error))?;
    let threads = args.means.threads.unwrap_or(1).max(1);
    let job = serde_json::json!({
        "binary": binary,
        "cwd": here,
        "address": cluster.address,
        "source": words_of(&args.source),
        "means": means(&args.means, threads),
        "cpus": threads,
        // Only what was asked for: a default would keep small nodes idle.
        "memory": args.means.memory.as_ref().map(|_| machine.memory),
    });
    let mut child = Command::new(&python)
        .args(["-c", DRIVER])
        .env("RAY_USAGE_STATS_ENABLED", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&format!("cannot start `{python}` (set {PYTHON} to a Python that has Ray)"), &error))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(job.to_string().as_bytes()).map_err(|error| failed("the driver does not listen", &error))?;
    }
    let (progress, clock) = (Progress::default(), StepClock::new(program.plan.steps.len()));
    if let Some(stdout) = child.stdout.take() {
        let line = Line::start(program, &progress, &clock, args.means.quiet);
        line.during(|| BufReader::new(stdout).lines().map_while(Result::ok).for_each(|text| hear(&text, &progress)));
    }
    let status = child.wait().map_err(|error| failed("the driver", &error))?;
    if !status.success() {
        let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(ENVIRONMENT);
        terminal::message("error", &format!("the driver stopped with exit code {code}; the same command goes on"));
        return Err(code);
    }
    let (out, dir) = (directory(&session.output_dir()), straight(&session.output_dir()));
    let manifest = out.read(MANIFEST).map_err(|error| failed("the run did not finish", &error))?;
    let manifest = Manifest::from_bytes(&manifest).map_err(|error| failed("the manifest", &error))?;
    let summary = Summary { manifest, already: false };
    let times = Times { seconds: start.elapsed().as_secs_f64(), attempts: 1, ..Times::default() };
    show(program, &out, &dir, &summary, machine.threads, &times);
    Ok(0)
}

/// What the driver says.
#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Told {
    /// How far the run is.
    Progress(Snapshot),
    /// A unit is finished; what it counted, if its record says.
    Done(Option<Counts>),
    /// Words for people.
    Say(String),
}

fn hear(line: &str, progress: &Progress) {
    match serde_json::from_str(line) {
        Ok(Told::Progress(snapshot)) => progress.set(snapshot),
        Ok(Told::Done(counts)) => progress.finished(&counts.unwrap_or_default()),
        Ok(Told::Say(words)) => terminal::note(&words),
        // What a library prints on the way.
        Err(_) => terminal::note(line),
    }
}

fn means(means: &Means, threads: u32) -> Vec<String> {
    let mut words = vec!["--threads".to_owned(), threads.to_string()];
    if let Some(memory) = &means.memory {
        words.extend(["--memory".to_owned(), memory.clone()]);
    }
    if means.keep_work {
        words.push("--keep-work".to_owned());
    }
    words
}

/// The arguments that name the same run again.
pub fn words_of(source: &Source) -> Vec<String> {
    let mut words: Vec<String> = source.config.iter().cloned().collect();
    if !source.input.is_empty() {
        words.push("--input".to_owned());
        words.extend(source.input.iter().cloned());
    }
    for (flag, value) in [("--out", &source.out), ("--tokenizer", &source.tokenizer)] {
        if let Some(value) = value {
            words.extend([flag.to_owned(), value.clone()]);
        }
    }
    for set in &source.set {
        words.extend(["--set".to_owned(), set.clone()]);
    }
    words
}
