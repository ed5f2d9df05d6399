//! Filters by name or path, and their problems as findings.

use super::super::session::{local, read_text};
use super::super::{USAGE, terminal};
use crate::assembly;
use crate::config::{self, Diagnostic, NoFilter, SourceText, resolve_filter};
use crate::filters::{Filter, Problem, find_in_library, library_names};
use crate::storage::Medium;
use std::sync::Arc;

/// The text of a filter and what messages call it.
pub struct Loaded {
    /// Its name in the library, or the path.
    pub label: String,
    /// The whole file.
    pub text: String,
}

/// The filter that the user means: a full name of the library, a unique beginning before `@`, or a file.
///
/// # Errors
/// The exit code, after everything was said.
pub fn find(what: &str) -> Result<Loaded, u8> {
    if let Some(text) = find_in_library(what) {
        return Ok(Loaded { label: what.to_owned(), text: text.to_owned() });
    }
    let names: Vec<String> = library_names().map(str::to_owned).collect();
    match resolve_filter(&names, what) {
        Ok(full) => {
            let text = find_in_library(full).unwrap_or_default().to_owned();
            return Ok(Loaded { label: full.to_owned(), text });
        }
        Err(NoFilter::Several(full)) => {
            return Err(terminal::refused(
                &format!("`{what}` may be any of `{}`", full.join("`, `")),
                "each reproduces another program; write the whole name of the one you mean",
            ));
        }
        Err(NoFilter::Unknown) => {}
    }
    let is_path = what.ends_with(".toml") || what.contains('/') || local().stat(what).is_ok_and(|stat| stat.is_some());
    if is_path {
        return Ok(Loaded { label: what.to_owned(), text: read_text(what)? });
    }
    terminal::message("error", &format!("there is no filter `{what}`"));
    let stems = names.iter().filter_map(|name| name.split('@').next());
    match config::nearest(what, names.iter().map(String::as_str).chain(stems)) {
        Some(near) => terminal::message("hint", &format!("did you mean `{near}`?")),
        None => terminal::message("hint", "`gristmill filters list` shows all; a file of your own ends in `.toml`"),
    }
    Err(USAGE)
}

/// Reads a filter of the library or of a file: the one place where verbs do.
pub fn parse(label: &str, text: &str) -> Result<Filter, Vec<Problem>> {
    if find_in_library(label).is_some() {
        return Filter::parse(label, text);
    }
    let place = assembly::Place { files: crate::cli::session::files(), base: String::new() };
    assembly::read_filter(&place, label, text)
}

/// The filter that the user means, read.
///
/// # Errors
/// As [`find`], or when it is not valid.
pub fn open(what: &str) -> Result<(Loaded, Filter), u8> {
    let loaded = find(what)?;
    match parse(&loaded.label, &loaded.text) {
        Ok(filter) => Ok((loaded, filter)),
        Err(problems) => {
            let found = findings(&loaded.label, &loaded.text, &problems);
            super::super::session::show_findings(&found, false);
            Err(USAGE)
        }
    }
}

/// Problems of a filter file as findings, which are shown like those of configs.
pub fn findings(label: &str, text: &str, problems: &[Problem]) -> Vec<Diagnostic> {
    let source = Arc::new(SourceText { name: label.to_owned(), text: text.to_owned() });
    let one = |problem: &Problem| {
        // A table's span may run over many lines; its first is enough.
        let start = problem.span.start.min(text.len());
        let line_end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |offset| start + offset);
        Diagnostic {
            code: problem.code,
            severity: match problem.severity {
                crate::filters::Severity::Error => config::Severity::Error,
                crate::filters::Severity::Warning => config::Severity::Warning,
            },
            source: Some(Arc::clone(&source)),
            span: start..problem.span.end.clamp(start, line_end),
            line: problem.line,
            column: problem.column,
            message: problem.message.clone(),
            label: None,
            hint: problem.hint.clone(),
            help: Some(format!("`gristmill explain {}` says more", problem.code)),
        }
    };
    problems.iter().map(one).collect()
}

/// Whether a TOML text is a filter rather than a config.
pub fn is_filter_file(text: &str) -> bool {
    let has = |header: &str| text.lines().any(|line| line.trim_start().starts_with(header));
    (has("[[rule]]") || has("[[edit]]") || has("[[example]]")) && !has("[[source") && !has("[[step")
}

/// Writes a text where the user asked for it, or to standard output. An existing file is never replaced.
///
/// # Errors
/// The exit code, after everything was said.
pub fn write(out: Option<&str>, text: &str, next: &dyn Fn(&str) -> String) -> Result<u8, u8> {
    let Some(path) = out else {
        return Ok(terminal::data(text));
    };
    let files = local();
    if files.stat(path).map_err(|error| terminal::failed(&error))?.is_some() {
        terminal::message("error", &format!("`{path}` exists; choose another name, or remove it first"));
        return Err(USAGE);
    }
    files.put(path, text.as_bytes()).map_err(|error| terminal::failed(&error))?;
    terminal::note(&format!("wrote `{path}`; next: {}", next(path)));
    Ok(0)
}

/// Whether a word can be the name of a filter.
///
/// # Errors
/// The exit code, after everything was said.
pub fn check_name(name: &str) -> Result<(), u8> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
    if !name.is_empty() && name.len() <= 64 && name.bytes().all(known) {
        return Ok(());
    }
    Err(terminal::refused(
        &format!("`{}` cannot be the name of a filter", terminal::sane(name)),
        "use 1 to 64 letters, digits, `-`, `_`, `.` and `@`: `forum-en@2026-01`",
    ))
}
