//! What gristmill makes of each document of a JSONL file (key `text`), one JSON line for each on standard output: for
//! comparing it with other programs, document by document, without a run.
//!
//! `cargo run --release --example judge_jsonl -- [--words] [--values] [FILTER...] < in.jsonl > out.jsonl`
//!
//! * `--words` adds `words` and `sentences`, spaCy's for English;
//! * each FILTER, a library name or a file ending in `.toml`, adds under its name `[reasons of all tripped rules,
//!   edited text or null]`; `--values` adds the metric values to it.
//!
//! A document's `lang`, where it has one, is handed to the rules that ask for a language.

#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::disallowed_types)]

use std::io::{BufRead as _, BufWriter, Write as _};

use gristmill::filters::{Filter, find_in_library};
use gristmill::metrics::Subject;
use gristmill::text::{SentenceRule, Splitter, TextView};
use serde_json::{Map, Value, json};

type Failure = Box<dyn std::error::Error>;

/// The filter of that name, or of that file.
fn filter(name: &str) -> Result<Filter, Failure> {
    let file = if name.ends_with(".toml") { Some(std::fs::read_to_string(name)?) } else { None };
    let text = file.as_deref().or_else(|| find_in_library(name)).ok_or_else(|| format!("no filter {name}"))?;
    Filter::parse(name, text).map_err(|problems| format!("{name}: {problems:#?}").into())
}

/// Tripped rules (by the reason of the reproduced program, else by name), the edited text, and perhaps the values.
fn judged(filter: &Filter, subject: &Subject<'_, '_>, values: bool) -> Value {
    let outcome = filter.apply(subject);
    let reason = |place: &u16| {
        let rule = &filter.rules[usize::from(*place)];
        rule.reason.as_deref().unwrap_or(&rule.name).to_owned()
    };
    let tripped: Vec<String> = outcome.judgement.tripped.iter().map(reason).collect();
    if !values {
        return json!([tripped, outcome.text]);
    }
    let row = filter.metrics().iter().zip(&outcome.values);
    let row: Map<String, Value> = row.map(|(id, value)| (id.name().to_owned(), json!(value))).collect();
    json!([tripped, outcome.text, row])
}

fn main() -> Result<(), Failure> {
    let (mut words, mut values, mut filters) = (false, false, Vec::new());
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--words" => words = true,
            "--values" => values = true,
            name => filters.push(filter(name)?),
        }
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let document: Value = serde_json::from_str(&line?)?;
        let text = document["text"].as_str().ok_or("a document without `text`")?;
        let view = TextView::new(text);
        let mut subject = Subject::of_text(&view);
        subject.language = document["lang"].as_str().map(|code| (code, 1.0));
        let mut row = Map::new();
        if words {
            row.insert("words".to_owned(), json!(view.words(Splitter::SpacyEn)));
            row.insert("sentences".to_owned(), json!(view.sentences(SentenceRule::SpacyEn)));
        }
        for filter in &filters {
            row.insert(filter.name.to_string(), judged(filter, &subject, values));
        }
        writeln!(out, "{}", Value::Object(row))?;
    }
    out.flush()?;
    Ok(())
}
