//! `gristmill locate`: from a token to its document and its place in the crawl file, and back.

use super::args::{Format, Locate};
use super::shard::{Finished, failed};
use super::{USAGE, terminal};
use crate::shards::LineageRecord;
use std::fmt::Write;

/// Runs the verb.
pub fn run(args: &Locate) -> u8 {
    attempt(args).unwrap_or_else(|code| code)
}

/// A place: the shard and its record.
type Found = (String, LineageRecord);

fn attempt(args: &Locate) -> Result<u8, u8> {
    let found = match (&args.document, args.offset) {
        (Some(document), _) => of_document(args, document)?,
        (None, offset) => of_token(args, offset.unwrap_or_default())?,
    };
    let text = if args.format == Format::Json { json(&found) } else { tell(&found) };
    Ok(terminal::data(&text))
}

fn of_token(args: &Locate, offset: u64) -> Result<Vec<Found>, u8> {
    let (run, shard) = Finished::of_shard(&args.place)?;
    let mut found = Vec::new();
    let read = run.lineage(&shard.name, |record| {
        if (record.token_start..record.token_end).contains(&offset) {
            found.push((shard.name.clone(), record.clone()));
        }
        record.token_end <= offset
    });
    read.map_err(|error| failed(&error))?;
    if found.is_empty() {
        let tokens = terminal::count(shard.tokens);
        terminal::message("error", &format!("`{}` has {tokens} tokens, there is none at {offset}", shard.name));
        return Err(USAGE);
    }
    Ok(found)
}

fn of_document(args: &Locate, asked: &str) -> Result<Vec<Found>, u8> {
    let run = Finished::open(&args.place)?;
    let hex = asked.len() >= 4 && asked.bytes().all(|byte| byte.is_ascii_hexdigit());
    let prefix = asked.to_ascii_lowercase();
    let place = asked.rsplit_once('#').and_then(|(file, offset)| Some((file, offset.parse::<u64>().ok()?)));
    let fits = |record: &LineageRecord| {
        let named = |file: &str| *record.file == *file || record.file.ends_with(&format!("/{file}"));
        place.is_some_and(|(file, offset)| record.offset == offset && named(file))
            || hex && record.document.to_string().starts_with(&prefix)
    };
    let mut found = Vec::new();
    for shard in &run.stats.shards {
        let read = run.lineage(&shard.name, |record| {
            if fits(&record) {
                found.push((shard.name.clone(), record));
            }
            true
        });
        read.map_err(|error| failed(&error))?;
    }
    if found.is_empty() {
        terminal::message("error", &format!("no shard holds tokens of `{}`", terminal::sane(asked)));
        terminal::message("hint", "`gristmill why RUN DOC` says whether the document was kept");
        return Err(1);
    }
    Ok(found)
}

fn json(found: &[Found]) -> String {
    let one = |(shard, record): &Found| {
        serde_json::json!({
            "shard": shard, "token_start": record.token_start, "token_end": record.token_end,
            "document": record.document.to_string(), "source": &*record.source, "file": &*record.file,
            "offset": record.offset,
        })
    };
    format!("{:#}\n", serde_json::Value::from(found.iter().map(one).collect::<Vec<_>>()))
}

fn tell(found: &[Found]) -> String {
    let mut out = String::new();
    for (shard, record) in found {
        let _ = writeln!(
            out,
            "{shard}  tokens {}..{}  {}  source {}  {}#{}",
            record.token_start,
            record.token_end,
            record.document,
            terminal::sane(&record.source),
            terminal::sane(&record.file),
            record.offset
        );
    }
    out
}
