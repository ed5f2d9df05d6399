//! `gristmill tokenizer inspect`: what a tokenizer file is.

use super::super::args::Format;
use super::super::session::local;
use super::super::{USAGE, terminal};
use super::args::Inspect;
use crate::storage::Medium;
use crate::tokenize::{Beside, END_OF_TEXT_NAMES, Encoder, load_beside};
use serde_json::json;
use std::fmt::Write;

/// Runs the verb.
pub fn run(args: &Inspect) -> Result<u8, u8> {
    let read = |path: &str| local().read(path).map_err(|error| terminal::failed(&error));
    let refused = |error: &dyn std::fmt::Display| {
        terminal::message("error", &format!("`{}`: {error}", args.file));
        USAGE
    };
    let file = read(&args.file)?;
    let merges = args.merges.as_deref().map(read).transpose()?;
    let beside = Beside { merges: merges.as_deref(), pattern: args.pattern.map(Into::into) };
    let encoder = load_beside(&file, beside).map_err(|error| refused(&error))?;
    let ends: Vec<(&str, u32)> =
        END_OF_TEXT_NAMES.iter().filter_map(|name| Some((*name, encoder.token_id(name)?))).collect();
    let mut ids = Vec::new();
    if let Some(text) = &args.text {
        encoder.encode(text, &mut ids).map_err(|error| refused(&error))?;
    }
    if args.format == Format::Json {
        let ends: Vec<_> = ends.iter().map(|(name, id)| json!({"token": name, "id": id})).collect();
        let value =
            json!({"engine": encoder.engine(), "vocab_size": encoder.vocab_size(), "end_of_text": ends, "ids": ids});
        return Ok(terminal::data(&format!("{value:#}\n")));
    }
    Ok(terminal::data(&text(&*encoder, &ends, &ids)))
}

fn text(encoder: &dyn Encoder, ends: &[(&str, u32)], ids: &[u32]) -> String {
    let size = encoder.vocab_size();
    let dtype = if size <= 1 << 16 { "u16" } else { "u32" };
    let engine = match encoder.engine() {
        "tokenizers" => "the `tokenizers` library, for what the own ones do not cover",
        "gristmill+tokenizers" => {
            "own normalizers, added tokens and pre-tokenizers before a model of the `tokenizers` library"
        }
        own => own,
    };
    let mut out = format!(
        "engine         {engine}\nvocabulary     {} ids, stored as {dtype}\n",
        terminal::count(u64::from(size))
    );
    for (at, (name, id)) in ends.iter().enumerate() {
        let what = if at == 0 { "end of text   " } else { "   or         " };
        let _ = writeln!(out, "{what} {} = {id}", terminal::sane(name));
    }
    if ends.is_empty() {
        out.push_str("end of text    none of the usual names: a config must say `eos = \"...\"`\n");
    }
    for id in ids {
        let token = encoder.decode(&[*id]).unwrap_or_default();
        let _ = writeln!(out, "{id:>14} {}", terminal::sane(&format!("{token:?}")));
    }
    out
}
