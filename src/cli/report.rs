//! `gristmill report` and `gristmill stats`: from the files of a run alone.

use super::args::{Format, Report, Stats as StatsArgs};
use super::session::{directory, local};
use super::{USAGE, terminal};
use crate::ledger::{LOG, PLAN, STATS, Stats};
use crate::plan::Plan;
use crate::report::Times;
use crate::storage::{Medium, StorageError};

/// Where the time went, if the log is there and says so. On an object store it is an object for each attempt.
fn times(run: &str) -> Option<Times> {
    let out = directory(run);
    let whole = out.read(LOG).or_else(|_| {
        let parts = out.list(LOG)?.into_iter().map(|(name, _)| out.read(&format!("{LOG}/{name}")));
        Ok::<_, StorageError>(parts.collect::<Result<Vec<_>, _>>()?.concat())
    });
    Times::read(&String::from_utf8_lossy(&whole.ok()?))
}

fn open(run: &str) -> Result<(Plan, Stats), u8> {
    let out = directory(run);
    let read = |key: &str| {
        out.read(key).map_err(|error| {
            terminal::message("error", &format!("{error}; is `{run}` a finished run?"));
            super::ENVIRONMENT
        })
    };
    let (plan, stats) = (read(PLAN)?, read(STATS)?);
    match (serde_json::from_slice(&plan), serde_json::from_slice(&stats)) {
        (Ok(plan), Ok(stats)) => Ok((plan, stats)),
        (Err(error), _) | (_, Err(error)) => {
            terminal::message(
                "error",
                &format!("a file of `{run}` does not parse: {error}; `gristmill verify {run}` says more"),
            );
            Err(super::ENVIRONMENT)
        }
    }
}

/// Draws the report anew.
pub fn run(args: &Report) -> u8 {
    let (plan, stats) = match open(&args.run) {
        Ok(read) => read,
        Err(code) => return code,
    };
    let html = crate::report::html_with_times(&plan, &stats, times(&args.run).as_ref());
    let Some(path) = &args.out else {
        return terminal::data(&html);
    };
    if path.starts_with(&format!("{}/", args.run.trim_end_matches('/'))) {
        terminal::message("error", "a finished run never changes; write the report elsewhere");
        return USAGE;
    }
    match local().replace(path, html.as_bytes()) {
        Ok(()) => 0,
        Err(error) => terminal::failed(&error),
    }
}

/// Prints the numbers.
pub fn stats(args: &StatsArgs) -> u8 {
    let (plan, stats) = match open(&args.run) {
        Ok(read) => read,
        Err(code) => return code,
    };
    if args.format == Format::Json {
        let text = serde_json::to_string_pretty(&stats).unwrap_or_default();
        return terminal::data(&format!("{text}\n"));
    }
    terminal::data(&crate::report::text(&plan, &stats, times(&args.run).as_ref()))
}
