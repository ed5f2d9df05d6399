//! `gristmill check`, `init` and `explain`.

use super::args::{Check, Format, Init};
use super::session::{local, read_text, show_findings};
use super::{USAGE, terminal};
use crate::assembly::{self, Place};
use crate::config::{self, Diagnostic, Overrides};
use crate::storage::Medium;

/// Checks configs; nothing is written.
pub fn run(args: &Check) -> u8 {
    let (mut worst, mut all) = (0, Vec::new());
    for path in &args.configs {
        let text = match read_text(path) {
            Ok(text) => text,
            Err(code) => {
                worst = worst.max(code);
                continue;
            }
        };
        if super::filters::is_filter_file(&text) {
            let problems = match super::filters::parse(path, &text) {
                Ok(filter) => filter.warnings,
                Err(problems) => problems,
            };
            worst = worst.max(show(args, path, super::filters::findings(path, &text, &problems), &mut all));
            continue;
        }
        let base = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let place = Place { files: super::session::files(), base };
        let overrides = Overrides { set: args.set.clone(), out: None };
        let (_, findings) = assembly::read_config(&place, path, &text, &overrides);
        worst = worst.max(show(args, path, findings, &mut all));
    }
    if args.format == Format::Json {
        let text = serde_json::to_string_pretty(&config::to_json(&all)).unwrap_or_default();
        worst = worst.max(terminal::data(&format!("{text}\n")));
    }
    worst
}

/// Shows what was found in one file, or keeps it for the end; the exit code.
fn show(args: &Check, path: &str, findings: Vec<Diagnostic>, all: &mut Vec<Diagnostic>) -> u8 {
    if args.format == Format::Json {
        let bad = findings.iter().any(|one| one.severity == config::Severity::Error || args.deny_warnings);
        all.extend(findings);
        return if bad { USAGE } else { 0 };
    }
    let code = show_findings(&findings, args.deny_warnings);
    if code.is_none() {
        terminal::note(&format!("`{path}` is in order"));
    }
    code.unwrap_or(0)
}

/// Prints or writes the commented reference config.
pub fn init(args: &Init) -> u8 {
    let text = config::reference();
    let Some(path) = &args.file else {
        return terminal::data(&text);
    };
    let files = local();
    match files.stat(path) {
        Ok(Some(_)) => {
            terminal::message("error", &format!("`{path}` exists; choose another name, or remove it first"));
            USAGE
        }
        Ok(None) => match files.put(path, text.as_bytes()) {
            Ok(_) => {
                terminal::note(&format!("wrote `{path}`; next: edit it, then `gristmill check {path}`"));
                0
            }
            Err(error) => terminal::failed(&error),
        },
        Err(error) => terminal::failed(&error),
    }
}

/// Explains a code.
pub fn explain(code: &str) -> u8 {
    match config::explain(code).or_else(|| crate::filters::explain(code)) {
        Some(text) => terminal::data(&format!("{}\n", text.trim_end())),
        None => {
            terminal::message(
                "error",
                &format!("there is no code `{code}`; codes stand in brackets after `error` and `warning`"),
            );
            USAGE
        }
    }
}
