//! Reads the robots.txt captures of a crawl into a table, before the first document.

use super::inputs::{self, InputFile, spec_of};
use super::{AssemblyError, Place};
use crate::config::{Config, Robots, Unreachable};
use crate::readers::{InputSpec, Item, Payload, RobotsCapture, RobotsRecord, open, robots_record};
use crate::robots::{Answer, Builder, Table, authority, is_robots_url, product_token, rules_for, stamp};
use crate::storage::source::ByteSource;
use crate::storage::{Named, StorageError};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A table, and what was met while reading.
pub struct Read {
    /// The table.
    pub table: Table,
    /// Captures and pieces of files that could not be read.
    pub damaged: u64,
}

/// Where captures may be: a file as readers want it.
struct File {
    spec: InputSpec,
    key: String,
    bytes: u64,
}

/// Reads the captures that a step asks for. Files are read side by side; the table does not depend on it.
///
/// # Errors
/// When the world fails.
pub fn read(place: &Place, config: &Config, step: &Robots) -> Result<Read, AssemblyError> {
    let files = files(place, config, step)?;
    let agents: Vec<String> = step.agents.iter().filter_map(|agent| product_token(&agent.value)).collect();
    let (next, damaged) = (AtomicUsize::new(0), AtomicU64::new(0));
    let builder = Mutex::new(Builder::default());
    let failed: Mutex<Option<(usize, StorageError)>> = Mutex::new(None);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(number) else { return };
            match captures(place, file, number, &agents, &builder) {
                Ok(bad) => drop(damaged.fetch_add(bad, Ordering::Relaxed)),
                Err(error) => {
                    let mut held = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    if held.as_ref().is_none_or(|(first, _)| number < *first) {
                        *held = Some((number, error));
                    }
                }
            }
        }
    };
    let threads = match config.limits.threads {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        given => given as usize,
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(files.len()) {
            scope.spawn(work);
        }
        work();
    });
    if let Some((_, error)) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.into());
    }
    let builder = builder.into_inner().unwrap_or_else(PoisonError::into_inner);
    let table = builder.finish(agents, step.unreachable == Unreachable::Disallow);
    Ok(Read { table, damaged: damaged.into_inner() })
}

fn files(place: &Place, config: &Config, step: &Robots) -> Result<Vec<File>, AssemblyError> {
    if step.paths.is_empty() {
        let own = inputs::list(place, config)?.into_iter();
        return Ok(own
            .map(|input| File { spec: spec_of(config, &input, None), bytes: input.bytes, key: input.key })
            .collect());
    }
    let mut out: Vec<File> = Vec::new();
    for pattern in &step.paths {
        for (path, stat) in inputs::expand(place, &pattern.value)? {
            if out.iter().any(|file| *file.spec.file == *path) {
                continue;
            }
            let spec = InputSpec { limits: inputs::caps(config), ..InputSpec::new("robots", &path) };
            out.push(File { spec, key: place.resolve(&path), bytes: stat.bytes });
        }
    }
    Ok(out)
}

/// Places of records in one file: the rest of a capture's order is the number of its file.
const RECORDS: u32 = 40;

/// Adds the captures of one file; gives how many pieces of it were damaged.
fn captures(
    place: &Place,
    file: &File,
    number: usize,
    agents: &[String],
    builder: &Mutex<Builder>,
) -> Result<u64, StorageError> {
    let source: Arc<dyn ByteSource> = Arc::new(InputFile::new(place, &file.key, file.bytes));
    let named = |error: crate::readers::ReadFailure| error.source;
    let mut reader = open(&file.spec, &source).map_err(named).named("read", &file.key)?;
    let (mut damaged, mut order) = (0, (number as u64) << RECORDS);
    while let Some(item) = reader.next_item().map_err(named).named("read", &file.key)? {
        order += 1;
        let record = match item {
            Item::Record(record) => record,
            Item::Fault(_) => {
                damaged += 1;
                continue;
            }
            Item::Other { .. } => continue,
        };
        if !matches!(record.payload, Payload::Warc { .. } | Payload::Arc { .. }) {
            // No archive: it has no captures.
            return Ok(0);
        }
        match robots_record(&record, &file.spec.limits) {
            RobotsRecord::Capture(capture) => {
                let Some(host) = authority(&capture.url) else { continue };
                let Some(answer) = answer(&capture, agents) else { continue };
                let mut builder = builder.lock().unwrap_or_else(PoisonError::into_inner);
                builder.add(&host, stamp(&capture.date), order, answer);
            }
            RobotsRecord::Damaged => damaged += 1,
            RobotsRecord::Other => {}
        }
    }
    Ok(damaged)
}

/// What a capture says; `None` for statuses that say nothing.
fn answer(capture: &RobotsCapture, agents: &[String]) -> Option<Answer> {
    Some(match capture.status {
        200..300 => Answer::Rules(rules_for(&capture.body, agents)),
        300..400 => redirect(capture).map_or_else(nothing, Answer::Redirect),
        400..500 => nothing(),
        500..600 => Answer::Unreachable(capture.status),
        _ => return None,
    })
}

/// No rules: everything is allowed.
fn nothing() -> Answer {
    Answer::Rules(crate::robots::RuleSet::default())
}

/// The host whose robots.txt a redirect leads to.
fn redirect(capture: &RobotsCapture) -> Option<String> {
    let location = capture.location.as_deref()?.trim();
    let target = match location.strip_prefix("//") {
        Some(rest) => format!("http://{rest}"),
        // Within the same host.
        None if location.starts_with('/') => format!("http://{}{location}", authority(&capture.url)?),
        None => location.to_owned(),
    };
    authority(&target).filter(|_| is_robots_url(&target))
}
