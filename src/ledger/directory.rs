//! Opening a run directory: new, unfinished, finished, foreign, or in use.

use super::index::INDEX;
use super::manifest::{MANIFEST, Manifest};
use crate::failure::Failure;
use crate::plan::Plan;
use crate::storage::{Lock, Medium, StorageError};
use std::time::Duration;

/// A lock, or who has it.
type Taken = Result<Result<Box<dyn Lock>, String>, StorageError>;

/// Told again and again while a lock is waited for: who has it, and how long it is waited for at most.
pub type Waits<'a> = &'a dyn Fn(&str, Duration);

/// Name of the log: appended to by every attempt, not part of the output.
pub const LOG: &str = "run.log.jsonl";

/// Name of the plan.
pub const PLAN: &str = "plan.json";

/// Modification times of the inputs, compared when a run goes on.
const TIMES: &str = "work/inputs.json";

/// Names that a run directory of ours may hold.
const OURS: [&str; 11] =
    [MANIFEST, PLAN, LOG, INDEX, "work", "ledger", "documents", "tokens", "quarantine", "stats.json", "report.html"];

/// Whether a name in a run directory is of ours: one of [`OURS`], or what a killed attempt left of one before it was sealed
/// (`stats.json.4711-3.tmp`).
fn is_ours(name: &str) -> bool {
    let unsealed = name.strip_suffix(".tmp").and_then(|name| Some(name.rsplit_once('.')?.0));
    OURS.contains(&unsealed.unwrap_or(name))
}

/// A run directory, locked for this process, or for all processes that work on it together.
pub struct RunDirectory {
    /// The manifest, if the run is already finished.
    pub finished: Option<Manifest>,
    _lock: Option<Box<dyn Lock>>,
}

impl RunDirectory {
    /// Opens the directory for a plan, creating it if there is none.
    ///
    /// # Errors
    /// Refused when it is in use, foreign, or belongs to another plan; storage failures.
    pub fn open(out: &dyn Medium, plan: &Plan, fingerprint: &str, waits: Waits<'_>) -> Result<Self, Failure> {
        Self::enter(out, plan, fingerprint, |out| lock(out, waits), false)
    }

    /// Opens the directory together with other processes of the same plan, creating it if there is none. What killed
    /// processes left unsealed stays until the end: it cannot be told from what others are writing.
    ///
    /// # Errors
    /// As [`RunDirectory::open`].
    pub fn join(out: &dyn Medium, plan: &Plan, fingerprint: &str, waits: Waits<'_>) -> Result<Self, Failure> {
        Self::enter(out, plan, fingerprint, |out| join(out, waits), true)
    }

    fn enter(
        out: &dyn Medium,
        plan: &Plan,
        fingerprint: &str,
        take: impl FnOnce(&dyn Medium) -> Result<Box<dyn Lock>, Failure>,
        shared: bool,
    ) -> Result<Self, Failure> {
        if out.stat(MANIFEST)?.is_some() {
            let manifest = Manifest::from_bytes(&out.read(MANIFEST)?).map_err(|error| refused(&error.to_string()))?;
            if manifest.fingerprint == fingerprint {
                return Ok(Self { finished: Some(manifest), _lock: None });
            }
            return Err(other_plan(out, plan, "holds a finished run of another plan")?);
        }
        let names = out.list("")?;
        if let Some((name, _)) = names.iter().find(|(name, _)| !is_ours(name)) {
            return Err(refused(&format!(
                "the output directory holds `{name}`, which is not gristmill's; choose an empty directory"
            )));
        }
        let lock = take(out)?;
        if out.stat(PLAN)?.is_none() {
            let json = serde_json::to_vec_pretty(plan).map_err(|error| Failure::Bug(error.to_string()))?;
            out.put(TIMES, &times_of(plan))?;
            out.put(PLAN, &json)?;
        }
        // Read back also when it was just written: of two workers that begin at once, the first one's plan stands.
        let stored: Option<Plan> = serde_json::from_slice(&out.read(PLAN)?).ok();
        if stored.is_none_or(|stored| stored.fingerprint() != fingerprint) {
            return Err(other_plan(out, plan, "holds an unfinished run of another plan")?);
        }
        check_times(out, plan)?;
        if !shared {
            Self::sweep(out)?;
        }
        Ok(Self { finished: None, _lock: Some(lock) })
    }

    /// Removes files that killed attempts left unsealed. Nobody else may be writing.
    ///
    /// # Errors
    /// When storage fails.
    pub fn sweep(out: &dyn Medium) -> Result<(), StorageError> {
        sweep(out, "", 3)
    }
}

fn refused(what: &str) -> Failure {
    Failure::Refused(what.to_owned())
}

fn lock(out: &dyn Medium, waits: Waits<'_>) -> Result<Box<dyn Lock>, Failure> {
    let holder = format!("process {}", std::process::id());
    patiently(out, waits, &|| out.lock("work/LOCK", &holder))?.map_err(|who| {
        refused(&format!("the output directory is in use by {who}; wait for it, or choose another `output.dir`"))
    })
}

/// Takes a lock. Where a killed process cannot let go of one, it is asked for again until that one must have expired.
fn patiently(out: &dyn Medium, waits: Waits<'_>, take: &dyn Fn() -> Taken) -> Taken {
    let mut left = out.lock_outlives();
    loop {
        let taken = take()?;
        match &taken {
            Err(who) if !left.is_zero() => waits(who, left),
            _ => return Ok(taken),
        }
        let pause = left.min(Duration::from_secs(1));
        std::thread::sleep(pause);
        left -= pause;
    }
}

fn join(out: &dyn Medium, waits: Waits<'_>) -> Result<Box<dyn Lock>, Failure> {
    patiently(out, waits, &|| out.lock_shared("work/LOCK"))?.map_err(|who| {
        refused(&format!(
            "the output directory is in use by {who}, which runs it alone; wait for it, or choose another `output.dir`"
        ))
    })
}

fn times_of(plan: &Plan) -> Vec<u8> {
    let times: Vec<(String, u64, u128)> =
        plan.inputs.iter().map(|input| (input.file.clone(), input.bytes, input.modified)).collect();
    serde_json::to_vec(&times).unwrap_or_default()
}

/// An input that changed under an unfinished run would mix two versions of it.
fn check_times(out: &dyn Medium, plan: &Plan) -> Result<(), Failure> {
    if out.stat(TIMES)?.is_none() {
        return Ok(());
    }
    let stored = out.read(TIMES)?;
    if stored == times_of(plan) {
        return Ok(());
    }
    let old: Vec<(String, u64, u128)> = serde_json::from_slice(&stored).unwrap_or_default();
    let changed = plan.inputs.iter().find(|input| {
        !old.iter()
            .any(|(file, bytes, modified)| *file == input.file && *bytes == input.bytes && *modified == input.modified)
    });
    let file = changed.map_or("an input", |input| input.file.as_str());
    Err(refused(&format!("`{file}` changed since this run began; remove the output directory to begin again")))
}

/// Says what differs between the stored plan and this one.
fn other_plan(out: &dyn Medium, plan: &Plan, what: &str) -> Result<Failure, StorageError> {
    let mut changes = Vec::new();
    if out.stat(PLAN)?.is_some() {
        let old: serde_json::Value = serde_json::from_slice(&out.read(PLAN)?).unwrap_or_default();
        let new = serde_json::to_value(plan).unwrap_or_default();
        differences("", &old, &new, &mut changes);
    }
    changes.truncate(8);
    let list = if changes.is_empty() { String::new() } else { format!(":\n  {}", changes.join("\n  ")) };
    Ok(refused(&format!(
        "the output directory {what}{list}\nchoose another `output.dir`, or give `--overwrite` with this very path"
    )))
}

fn differences(at: &str, old: &serde_json::Value, new: &serde_json::Value, out: &mut Vec<String>) {
    use serde_json::Value;
    match (old, new) {
        _ if old == new => {}
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let (x, y) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differences(&format!("{at}{}{key}", if at.is_empty() { "" } else { "." }), x, y, out);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (n, (x, y)) in a.iter().zip(b).enumerate() {
                differences(&format!("{at}[{n}]"), x, y, out);
            }
        }
        (Value::Array(a), Value::Array(b)) => out.push(format!("{at}: {} entries -> {}", a.len(), b.len())),
        _ => out.push(format!("{at}: {} -> {}", short(old), short(new))),
    }
}

fn short(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Removes files that an earlier attempt left unsealed.
fn sweep(out: &dyn Medium, folder: &str, depth: u32) -> Result<(), StorageError> {
    for (name, stat) in out.list(folder)? {
        let key = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if stat.folder && depth > 0 {
            sweep(out, &key, depth - 1)?;
        } else if name.ends_with(".tmp") {
            out.remove(&key)?;
        }
    }
    Ok(())
}
