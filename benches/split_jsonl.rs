//! Words and sentences of each document of a JSONL file (key `text`), one JSON line for each on standard output: for
//! comparing the splitters, and the filters over them, with other programs.
//!
//! `cargo run --release --example split_jsonl -- [words:NAME | sentences:NAME | filter:NAME]... < in.jsonl > out.jsonl`
//!
//! After `words` and `sentences` NAME is that of a variant of `Splitter` or `SentenceRule`, such as `NltkWords` or
//! `Punkt`; after `filter` that of a filter of the library, which answers the reason of its first rule that trips,
//! and the edited text.

#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::disallowed_types)]

use std::io::{BufRead as _, BufWriter, Write as _};

use gristmill::filters::{Filter, find_in_library};
use gristmill::metrics::Subject;
use gristmill::text::{SentenceRule, Splitter, TextView};
use serde_json::{Map, Value, json};

type Failure = Box<dyn std::error::Error>;

/// What one argument asks for.
fn answer(view: &TextView<'_>, argument: &str) -> Result<Value, Failure> {
    let words = Splitter::ALL.into_iter().find(|one| argument == format!("words:{one:?}"));
    let sentences = SentenceRule::ALL.into_iter().find(|one| argument == format!("sentences:{one:?}"));
    match (words, sentences) {
        (Some(splitter), _) => Ok(json!(view.words(splitter))),
        (_, Some(rule)) => Ok(json!(view.sentences(rule))),
        _ => judged(view, argument.strip_prefix("filter:").unwrap_or_default()),
    }
}

/// Reason and edited text of a filter.
fn judged(view: &TextView<'_>, name: &str) -> Result<Value, Failure> {
    let text = find_in_library(name).ok_or_else(|| format!("no splitter and no filter `{name}`"))?;
    let filter = Filter::parse(name, text).map_err(|problems| format!("{name}: {problems:#?}"))?;
    let outcome = filter.apply(&Subject::of_text(view));
    let reason = outcome.judgement.first().map(|rule| filter.rules[rule].reason.as_deref());
    Ok(json!([reason, outcome.text]))
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let document: Value = serde_json::from_str(&line?)?;
        let view = TextView::new(document["text"].as_str().ok_or("a line without `text`")?);
        let mut row = Map::new();
        for argument in &arguments {
            row.insert(argument.clone(), answer(&view, argument)?);
        }
        serde_json::to_writer(&mut out, &row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
