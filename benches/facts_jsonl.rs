//! The facts of pages as JSON lines, for comparing them with other programs and with known truth.
//!
//! `cargo run --release --example facts_jsonl < pages.jsonl > facts.jsonl`; keys of a page: `id`, `url`, `html`; with
//! `-- --text` and `-- --markdown` the text as well.

#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::disallowed_types)]

use std::io::{BufRead as _, BufWriter, Write as _};

use gristmill::extract::{Options, extract_at};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| asked.iter().any(|one| one == word);
    let options = Options { markdown: has("--markdown"), ..Options::default() };
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let page: Value = serde_json::from_str(&line?)?;
        let url = page["url"].as_str().filter(|url| !url.is_empty());
        let Ok(found) = extract_at(page["html"].as_str().unwrap_or_default(), url, &options) else {
            writeln!(out, "{}", json!({ "id": page["id"] }))?;
            continue;
        };
        let mut row = json!({
            "id": page["id"], "title": found.title, "author": found.author, "date": found.date, "modified": found.modified,
            "language": found.language, "canonical": found.canonical, "license": found.license,
            "license_kind": found.license_kind, "license_links": found.license_links, "robots": found.robots,
            "site": found.site, "description": found.description, "type": found.kind,
        });
        if has("--text") || has("--markdown") {
            row["text"] = json!(found.text);
        }
        writeln!(out, "{row}")?;
    }
    Ok(())
}
