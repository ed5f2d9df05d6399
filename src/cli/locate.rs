//! `gristmill locate`: from a token to its document and its place in the crawl file, and back.

use super::USAGE;
use super::args::{Format, Locate};
use super::shard::Finished;
use super::terminal::{self, failed};
use crate::shards::LineageRecord;
use std::fmt::Write;

/// Runs the verb.
pub fn run(args: &Locate) -> u8 {
    attempt(args).unwrap_or_else(|code| code)
}

/// A place: the shard and its record.
type Found = (String, LineageRecord);

/// Tokens of a sequence, where the shards are packed.
type Length = Option<u64>;

fn attempt(args: &Locate) -> Result<u8, u8> {
    let (found, length) = match (&args.document, args.offset) {
        (Some(document), _) => of_document(args, document)?,
        (None, offset) => of_token(args, offset.unwrap_or_default())?,
    };
    let text =
        if args.format == Format::Json { json(&found, args.offset, length) } else { tell(&found, args.offset, length) };
    Ok(terminal::data(&text))
}

fn length(run: &Finished) -> Length {
    run.plan.output.packing.as_ref().map(|packing| packing.length.max(1).into())
}

fn of_token(args: &Locate, offset: u64) -> Result<(Vec<Found>, Length), u8> {
    let (run, shard) = Finished::of_shard(&args.place)?;
    let mut found = Vec::new();
    let read = run.lineage(&shard.name, |record| {
        if (record.token_start..record.token_end).contains(&offset) {
            found.push((shard.name.clone(), record.clone()));
        }
        record.token_end <= offset
    });
    read.map_err(|error| failed(&error))?;
    if found.is_empty() && offset < shard.places() {
        terminal::message("error", &format!("`{}` has padding at {offset}, which is of no document", shard.name));
        return Err(1);
    }
    if found.is_empty() {
        let tokens = terminal::count(shard.places());
        terminal::message("error", &format!("`{}` has {tokens} tokens, there is none at {offset}", shard.name));
        return Err(USAGE);
    }
    Ok((found, length(&run)))
}

fn of_document(args: &Locate, asked: &str) -> Result<(Vec<Found>, Length), u8> {
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
    Ok((found, length(&run)))
}

fn json(found: &[Found], offset: Option<u64>, length: Length) -> String {
    let one = |(shard, record): &Found| {
        let mut fields = serde_json::json!({
            "shard": shard, "token_start": record.token_start, "token_end": record.token_end,
            "document": record.document.to_string(), "source": &*record.source, "file": &*record.file,
            "offset": record.offset, "document_token": record.document_token,
        });
        if let Some(length) = length {
            fields["sequence"] = (record.token_start / length).into();
            fields["place"] = (record.token_start % length).into();
        }
        if let Some(offset) = offset {
            fields["token_of_document"] = (record.document_token + offset - record.token_start).into();
        }
        fields
    };
    format!("{:#}\n", serde_json::Value::from(found.iter().map(one).collect::<Vec<_>>()))
}

fn tell(found: &[Found], offset: Option<u64>, length: Length) -> String {
    let mut out = String::new();
    for (shard, record) in found {
        let _ = write!(
            out,
            "{shard}  tokens {}..{}  {}  source {}  {}#{}",
            record.token_start,
            record.token_end,
            record.document,
            terminal::sane(&record.source),
            terminal::sane(&record.file),
            record.offset
        );
        if let Some(length) = length {
            let (start, n_tokens) = (record.document_token, record.token_end - record.token_start);
            let (sequence, place) = (record.token_start / length, record.token_start % length);
            let _ =
                write!(out, "  sequence {sequence} at {place}, tokens {start}..{} of the document", start + n_tokens);
        }
        if let (Some(offset), Some(_)) = (offset, length) {
            let _ = write!(out, ", here token {}", record.document_token + offset - record.token_start);
        }
        out.push('\n');
    }
    out
}
