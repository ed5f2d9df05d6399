//! The check of a finished run, from its files alone.

use super::index::INDEX;
use super::manifest::{MANIFEST, Manifest};
use super::rows::{LedgerRow, each_placed_row};
use super::stats::{STATS, Stats};
use super::verify_shards::Mixed;
use super::{LOG, PLAN, Totals};
use crate::plan::Plan;
use crate::storage::{Medium, Named, StorageError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// Something that is wrong with a run directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, `V` and three digits.
    pub code: &'static str,
    /// The file it is about.
    pub file: String,
    /// One line: what was found, what was expected.
    pub detail: String,
}

/// What was checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Files whose every byte was compared with its checksum.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Ledger rows counted anew.
    pub rows: u64,
    /// Shards whose index was compared with their data.
    pub shards: u64,
    /// What is wrong, by file.
    pub problems: Vec<Problem>,
}

impl Checked {
    pub(super) fn problem(&mut self, code: &'static str, file: &str, detail: impl Into<String>) {
        self.problems.push(Problem { code, file: file.to_owned(), detail: detail.into() });
    }
}

/// Checks every byte and every count of a finished run.
///
/// # Errors
/// When the directory cannot be read at all.
pub fn verify(out: &dyn Medium) -> Result<Checked, StorageError> {
    let mut checked = Checked::default();
    if out.stat(MANIFEST)?.is_none() {
        checked.problem("V001", MANIFEST, "it is not there: the run is not finished; run the same command again");
        return Ok(checked);
    }
    let manifest = match Manifest::from_bytes(&out.read(MANIFEST)?) {
        Ok(manifest) => manifest,
        Err(error) => {
            checked.problem("V002", MANIFEST, error.to_string());
            return Ok(checked);
        }
    };
    files(out, &manifest, &mut checked)?;
    if checked.problems.is_empty() {
        counts(out, &manifest, &mut checked)?;
    }
    Ok(checked)
}

/// Every file of the manifest, byte by byte; and nothing else may be there.
fn files(out: &dyn Medium, manifest: &Manifest, checked: &mut Checked) -> Result<(), StorageError> {
    let mut buffer = vec![0; 1 << 20];
    for file in &manifest.files {
        let Some(stat) = out.stat(&file.path)? else {
            checked.problem("V003", &file.path, "it is missing");
            continue;
        };
        if stat.bytes != file.bytes {
            checked.problem(
                "V004",
                &file.path,
                format!("it has {} bytes, the manifest says {}", stat.bytes, file.bytes),
            );
            continue;
        }
        let (mut input, mut hasher) = (out.open(&file.path, 0)?, blake3::Hasher::new());
        loop {
            let read = input.read(&mut buffer).named("read", &file.path)?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
        }
        if hasher.finalize().to_hex().as_str() != file.blake3 {
            checked.problem("V005", &file.path, "its content changed: the checksum does not fit");
        }
        checked.files += 1;
        checked.bytes += file.bytes;
    }
    let known: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).chain([MANIFEST, LOG]).collect();
    let mut folders: Vec<String> =
        ["", "ledger", "documents", "tokens", "tokens/validation", "quarantine"].map(str::to_owned).into();
    for (name, _) in out.list(INDEX)? {
        folders.push(format!("{INDEX}/{name}"));
    }
    for folder in &folders {
        for (name, stat) in out.list(folder)? {
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if !stat.folder && !known.contains(path.as_str()) {
                checked.problem("V006", &path, "the manifest does not know it");
            }
        }
    }
    Ok(())
}

/// Counts from the ledger and the shards against `stats.json` and the manifest.
fn counts(out: &dyn Medium, manifest: &Manifest, checked: &mut Checked) -> Result<(), StorageError> {
    let Ok(stats) = serde_json::from_slice::<Stats>(&out.read(STATS)?) else {
        checked.problem("V007", STATS, "it does not parse");
        return Ok(());
    };
    let Ok(plan) = serde_json::from_slice::<Plan>(&out.read(PLAN)?) else {
        checked.problem("V007", PLAN, "it does not parse");
        return Ok(());
    };
    if plan.fingerprint() != manifest.fingerprint {
        checked.problem("V008", PLAN, "its fingerprint is not the manifest's");
    }
    for law in stats.tally.broken_laws(&plan.step_names()) {
        checked.problem("V009", STATS, format!("counts do not add up: {law}"));
    }
    if stats.totals != manifest.totals {
        checked.problem("V010", STATS, "its totals are not the manifest's");
    }
    recount(out, &plan, &stats, checked)?;
    super::verify_shards::shards(out, &plan, &stats, checked)
}

/// Counts the ledger's rows anew, by verdict and by rule.
fn recount(out: &dyn Medium, plan: &Plan, stats: &Stats, checked: &mut Checked) -> Result<(), StorageError> {
    let mut found = Totals::default();
    let mut mixed = Mixed::new(plan, stats);
    let mut dropped: BTreeMap<(String, String), u64> = BTreeMap::new();
    let (mut ids, mut twins): (Vec<u128>, Vec<u128>) = (Vec::new(), Vec::new());
    let number = |id: &str| u128::from_str_radix(id, 16).unwrap_or(0);
    let mut cuts = Cuts::default();
    each_placed_row(out, |place, row| {
        found.documents += 1;
        cuts.count(place, &row, plan);
        match row.verdict.as_str() {
            "keep" => {
                found.kept += 1;
                found.tokens += row.tokens;
                mixed.count(&row);
            }
            "drop" => {
                found.dropped += 1;
                let rule = (row.step.unwrap_or_default(), row.rule.unwrap_or_default());
                *dropped.entry(rule).or_default() += 1;
                // A twin of an earlier run stands in the ledger of that run.
                twins.extend(row.duplicate_of.filter(|_| row.duplicate_in.is_none()).as_deref().map(number));
            }
            _ => found.quarantined += 1,
        }
        ids.push(number(&row.id));
        true
    })?;
    ids.sort_unstable();
    let twice = ids.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64;
    checked.rows = found.documents;
    let totals = &stats.totals;
    let tokens = if plan.output.tokens.is_some() { totals.tokens } else { found.tokens };
    let in_shards = mixed.tokens(found.tokens);
    for (what, counted, stated) in [
        ("documents", found.documents, totals.documents),
        ("kept", found.kept, totals.kept),
        ("dropped", found.dropped, totals.dropped),
        ("quarantined", found.quarantined, totals.quarantined),
        ("tokens of the shards", in_shards, tokens),
        ("documents listed twice", twice, 0),
    ] {
        if counted != stated {
            checked.problem("V011", "ledger", format!("{what}: the rows say {counted}, the totals say {stated}"));
        }
    }
    for (step, tally) in plan.steps.iter().zip(&stats.tally.steps) {
        for (rule, flow) in &tally.dropped {
            let rows = dropped.remove(&(step.name.clone(), rule.clone())).unwrap_or(0);
            if rows != flow.documents {
                let detail = format!("{}/{rule}: the rows say {rows}, stats say {}", step.name, flow.documents);
                checked.problem("V012", "ledger", detail);
            }
        }
    }
    for (step, rule) in dropped.keys() {
        checked.problem("V012", "ledger", format!("{step}/{rule} drops documents that stats do not know"));
    }
    cuts.check(plan, stats, checked);
    // The twin of a duplicate passed the same barrier; a later step may still have dropped it.
    let lost = twins.iter().filter(|twin| ids.binary_search(twin).is_err()).count();
    if lost > 0 {
        checked.problem("V013", "ledger", format!("{lost} duplicates name a twin that the ledger does not have"));
    }
    Ok(())
}

/// What the rows say of pieces that were cut out.
#[derive(Default)]
struct Cuts {
    /// Pieces and characters, by step.
    sums: BTreeMap<String, (f64, f64)>,
    /// Where copies stand.
    copies: BTreeSet<(u32, u32)>,
    /// Rows of each ledger file.
    rows: BTreeMap<u32, u32>,
}

impl Cuts {
    fn count(&mut self, (file, row): (u32, u32), one: &LedgerRow, plan: &Plan) {
        self.rows.insert(file, row + 1);
        self.copies.extend(one.cuts.iter().filter_map(|cut| cut.copy));
        for step in plan.steps.iter().filter(|step| step.kind == "dedup") {
            let value = |what: &str| {
                let name = format!("{}/{what}", step.name);
                one.metrics.iter().find(|(metric, _)| *metric == name).map(|(_, value)| *value)
            };
            if let (Some(pieces), Some(chars)) = (value("cut_pieces"), value("cut_chars")) {
                let sums = self.sums.entry(step.name.clone()).or_default();
                *sums = (sums.0 + pieces, sums.1 + chars);
            }
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "both sides are whole numbers far below 2^53")]
    fn check(&self, plan: &Plan, stats: &Stats, checked: &mut Checked) {
        for (step, tally) in plan.steps.iter().zip(&stats.tally.steps) {
            let (trim, found) = (tally.trimmed(), self.sums.get(&step.name).copied().unwrap_or_default());
            if found != (trim.pieces as f64, trim.cut_chars as f64) {
                let detail = format!(
                    "{}: the rows say {} pieces with {} characters were cut out, stats say {} with {}",
                    step.name, found.0, found.1, trim.pieces, trim.cut_chars
                );
                checked.problem("V016", "ledger", detail);
            }
        }
        let is_row = |&(file, row): &(u32, u32)| self.rows.get(&file).is_some_and(|&rows| row < rows);
        let lost = self.copies.iter().filter(|place| !is_row(place)).count();
        if lost > 0 {
            checked.problem("V013", "ledger", format!("{lost} places of copied pieces are not in the ledger"));
        }
    }
}
