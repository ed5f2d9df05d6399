//! `gristmill why`: one document's life.

use super::args::{Format, Why};
use super::session::directory;
use super::{USAGE, terminal};
use crate::ledger::{LedgerRow, PLAN, each_row, row_at};
use crate::plan::{Plan, PlannedRule};
use crate::storage::{Medium, StorageError};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Rows with copies of pieces, by place.
type Copies = BTreeMap<(u32, u32), LedgerRow>;

/// How many candidates an ambiguous name lists.
const CANDIDATES: usize = 5;

/// Runs the verb.
pub fn run(args: &Why) -> u8 {
    match attempt(args) {
        Ok(code) => code,
        Err(error) => terminal::failed(&error),
    }
}

fn matches(row: &LedgerRow, asked: &str) -> bool {
    let by_place = asked.rsplit_once('#').is_some_and(|(file, offset)| {
        offset == row.offset.to_string() && (row.file == file || row.file.ends_with(&format!("/{file}")))
    });
    let hex = asked.len() >= 4 && asked.bytes().all(|byte| byte.is_ascii_hexdigit());
    by_place
        || (hex && row.id.starts_with(&asked.to_ascii_lowercase()))
        || row.url.as_deref() == Some(asked)
        || row.source_id.as_deref() == Some(asked)
}

fn attempt(args: &Why) -> Result<u8, StorageError> {
    let out = directory(&args.run);
    if out.stat(PLAN)?.is_none() {
        terminal::message("error", &format!("`{}` is no run directory: it has no `{PLAN}`", args.run));
        return Ok(USAGE);
    }
    let Ok(plan) = serde_json::from_slice::<Plan>(&out.read(PLAN)?) else {
        terminal::message("error", &format!("`{}/{PLAN}` does not parse", args.run));
        return Ok(super::ENVIRONMENT);
    };
    let mut found: Vec<LedgerRow> = Vec::new();
    each_row(&out, |row| {
        if matches(&row, &args.document) {
            found.push(row);
        }
        found.len() <= CANDIDATES
    })?;
    match found.as_slice() {
        [] => {
            let asked = terminal::sane(&args.document);
            terminal::message("error", &format!("no document `{asked}` in `{}`", args.run));
            terminal::message("hint", "give an id (or 4 and more of its first digits), a URL, or `file#offset`");
            Ok(1)
        }
        [row] => {
            // By place: pieces of one document often have their copies in few others.
            let mut copies = BTreeMap::new();
            for place in row.cuts.iter().filter_map(|cut| cut.copy) {
                if let (None, Some(copy)) = (copies.get(&place), row_at(&out, place)?) {
                    copies.insert(place, copy);
                }
            }
            let text = if args.format == Format::Json { json(row, &copies) } else { tell(&plan, row, &copies) };
            Ok(terminal::data(&text))
        }
        several => {
            terminal::message(
                "error",
                &format!("{} documents fit `{}`", several.len(), terminal::sane(&args.document)),
            );
            for row in several.iter().take(CANDIDATES) {
                terminal::note(&format!("  {}  {}#{}", row.id, terminal::sane(&row.file), row.offset));
            }
            Ok(1)
        }
    }
}

fn json(row: &LedgerRow, copies: &Copies) -> String {
    let copy_of =
        |place: Option<(u32, u32)>| place.map_or(Some(row.id.clone()), |place| Some(copies.get(&place)?.id.clone()));
    let cuts = row.cuts.iter().map(|cut| {
        let mut value = serde_json::json!({ "step": cut.step, "piece": cut.piece, "at": cut.at, "bytes": cut.bytes });
        match cut.ngrams {
            Some((seen, all)) => {
                value["ngrams_before"] = serde_json::json!({ "seen": seen, "of": all });
                if let (Some(run), Some(seen)) = (&cut.duplicate_in, cut.ngrams_in) {
                    value["earlier_run"] = run.as_str().into();
                    value["ngrams_before"]["seen_in_earlier_run"] = seen.into();
                }
            }
            None if let Some(twin) = &cut.duplicate_of => {
                value["copy_in"] = twin.as_str().into();
                value["earlier_run"] = cut.duplicate_in.clone().into();
            }
            None => value["copy_in"] = copy_of(cut.copy).into(),
        }
        value
    });
    let cuts: Vec<serde_json::Value> = cuts.collect();
    let metrics: serde_json::Map<String, serde_json::Value> =
        row.metrics.iter().map(|(name, value)| (name.clone(), (*value).into())).collect();
    let value = serde_json::json!({
        "id": row.id, "source": row.source, "file": row.file, "offset": row.offset, "source_id": row.source_id,
        "url": row.url, "verdict": row.verdict, "step": row.step, "rule": row.rule, "metric": row.metric,
        "value": row.value, "sign": row.sign, "bound": row.bound, "also": row.also, "duplicate_of": row.duplicate_of,
        "duplicate_in": row.duplicate_in,
        "tags": row.tags, "language": row.language, "language_score": row.language_score,
        "input_bytes": row.input_bytes, "bytes": row.bytes, "tokens": row.tokens, "pii": row.pii,
        "cluster_size": row.cluster_size, "cuts": cuts, "metrics": metrics,
    });
    format!("{value:#}\n")
}

/// The life of a document, step by step, up to where it ended.
fn tell(plan: &Plan, row: &LedgerRow, copies: &Copies) -> String {
    let mut out = String::new();
    let url = row.url.as_deref().map(terminal::sane).unwrap_or_default();
    let _ = writeln!(
        out,
        "{}  {url}  {}#{}  {} bytes read",
        &row.id,
        terminal::sane(&row.file),
        row.offset,
        terminal::count(row.input_bytes)
    );
    for step in &plan.steps {
        let ended_here = row.step.as_deref() == Some(step.name.as_str());
        let said = match step.kind.as_str() {
            "language" => row.language.as_ref().map(|label| format!("{label} {:.2}", row.language_score)),
            "tokenize" if row.tokens > 0 => Some(format!("{} tokens", terminal::count(row.tokens))),
            "pii" if row.pii > 0 => Some(format!("{} spans replaced", row.pii)),
            _ => None,
        };
        let fate = match (ended_here, row.verdict.as_str()) {
            (true, "drop") => "DROP",
            (true, _) => "QUARANTINE",
            (false, _) => "keep",
        };
        let _ = writeln!(out, "  {:<24} {:<28} {fate}", step.name, said.unwrap_or_default());
        for rule in &step.rules {
            tell_rule(&mut out, row, rule, ended_here);
        }
        tell_cuts(&mut out, row, &step.name, copies);
        tell_tags(&mut out, row, &step.name);
        if ended_here {
            tell_end(&mut out, row);
            return out;
        }
    }
    let _ =
        writeln!(out, "Kept: {} bytes of text, {} tokens.", terminal::count(row.bytes), terminal::count(row.tokens));
    if row.cluster_size > 1 {
        let _ = writeln!(out, "It stays for a cluster of {} duplicates.", terminal::count(row.cluster_size.into()));
    }
    if let Some(tags) = &row.tags {
        let _ = writeln!(out, "Tagged by {}.", terminal::sane(tags));
    }
    out
}

/// What a step marked the document with, whatever became of it later: rules of tag mode, benchmark items it was cut for.
fn tell_tags(out: &mut String, row: &LedgerRow, step: &str) {
    let of_step = |tag: &&str| tag.strip_prefix(step).is_some_and(|rest| rest.starts_with('/'));
    let tags: Vec<&str> = row.tags.as_deref().unwrap_or_default().split(',').filter(of_step).collect();
    if !tags.is_empty() {
        let _ = writeln!(out, "    tagged {}", terminal::sane(&tags.join(", ")));
    }
}

/// The pieces that a step cut out: the first ones, each with a document that has a copy.
fn tell_cuts(out: &mut String, row: &LedgerRow, step: &str, copies: &Copies) {
    let measured = |what: &str| {
        let name = format!("{step}/{what}");
        row.metrics.iter().find(|(metric, _)| *metric == name).map(|(_, value)| *value)
    };
    let Some(pieces) = measured("cut_pieces").filter(|&pieces| pieces > 0.0) else { return };
    let (chars, share) = (measured("cut_chars").unwrap_or(0.0), measured("cut_share").unwrap_or(0.0));
    let _ = writeln!(
        out,
        "    {} pieces cut, {} characters, {} of the text:",
        number(pieces),
        number(chars),
        number(share)
    );
    let mut listed = 0.0;
    for cut in row.cuts.iter().filter(|cut| cut.step == step) {
        listed += 1.0;
        let place = match cut.copy {
            None if let Some((seen, all)) = cut.ngrams => {
                let earlier =
                    cut.duplicate_in.as_deref().zip(cut.ngrams_in).map_or_else(String::new, |(run, there)| {
                        format!(", {there} of them in the earlier run {}", terminal::sane(run))
                    });
                format!("{seen} of its {all} n-grams stood before{earlier}")
            }
            None if let (Some(twin), Some(run)) = (&cut.duplicate_of, &cut.duplicate_in) => {
                format!("copy in {twin} of the earlier run {}", terminal::sane(run))
            }
            None => "stands before in this document".to_owned(),
            Some(place) => copies.get(&place).map_or("the copy's row is lost".to_owned(), |copy| {
                format!("copy in {} ({}#{})", copy.id, terminal::sane(&copy.file), copy.offset)
            }),
        };
        let (piece, at, bytes) = (cut.piece + 1, terminal::count(cut.at), terminal::count(cut.bytes));
        let _ = writeln!(out, "      piece {piece}, {bytes} bytes from byte {at} on: {place}");
    }
    if pieces > listed {
        let _ = writeln!(out, "      … and {} more", number(pieces - listed));
    }
}

fn tell_rule(out: &mut String, row: &LedgerRow, rule: &PlannedRule, ended_here: bool) {
    let Some((_, value)) = row.metrics.iter().find(|(name, _)| *name == rule.metric) else { return };
    let decided = ended_here && row.rule.as_deref() == Some(&rule.name);
    let also = row.also.as_deref().is_some_and(|also| also.split(',').any(|one| one == rule.name));
    let mark = match (decided, ended_here && also) {
        (true, _) => "DROP   <- first",
        (false, true) => "would drop as well",
        (false, false) => "",
    };
    let _ = writeln!(out, "    {:<56} {:<12} drops if {:<10} {mark}", rule.name, number(*value), rule.trips);
}

fn tell_end(out: &mut String, row: &LedgerRow) {
    let rule = row.rule.as_deref().unwrap_or_default();
    match row.verdict.as_str() {
        "drop" => {
            let metric = row.metric.as_deref().unwrap_or_default();
            let value = row.value.map(number).unwrap_or_default();
            let bound = match (&row.sign, row.bound) {
                (Some(sign), Some(bound)) => format!(" {sign} {}", number(bound)),
                _ => String::new(),
            };
            let _ = writeln!(out, "Not kept: rule {rule}: {metric} was {value}{bound}.");
            match (&row.duplicate_of, &row.duplicate_in) {
                (Some(twin), Some(run)) => {
                    let run = terminal::sane(run);
                    let _ = writeln!(out, "It duplicates {twin}, which the earlier run {run} kept.");
                }
                (Some(twin), None) => drop(writeln!(out, "It duplicates {twin}, which stayed.")),
                (None, Some(run)) => {
                    let run = terminal::sane(run);
                    let metric = format!("{}/overlap_earlier", row.step.as_deref().unwrap_or_default());
                    let share = row.metrics.iter().find(|(name, _)| *name == metric).map(|&(_, share)| number(share));
                    let share = share.unwrap_or_default();
                    let _ = writeln!(out, "Of the earlier runs {run} has the most of its n-grams: {share} of all.");
                }
                (None, None) => {}
            }
        }
        _ => {
            let _ = writeln!(out, "Set aside as bad data: {rule}. The quarantine folder says more.");
        }
    }
}

/// A number as people read it, with all the digits that decide.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    trimmed.to_owned()
}
