//! `gristmill filters import`: FineWeb-2's threshold files.

use super::super::session::read_text;
use super::super::{USAGE, terminal};
use super::args::Import;
use super::load;
use crate::config::{Diagnostic, Severity, SourceText, did_you_mean};
use crate::filters::SPLITTERS;
use crate::filters::import::{ImportError, LanguageBounds, Options, write};
use crate::language::Tag;
use std::sync::Arc;

/// Runs the verb.
pub fn run(args: &Import) -> Result<u8, u8> {
    load::check_name(&args.name)?;
    if !SPLITTERS.iter().any(|(word, _)| *word == args.splitter) {
        let words = || SPLITTERS.iter().map(|(word, _)| *word);
        terminal::message("error", &format!("`{}` is not a word splitter", terminal::sane(&args.splitter)));
        let all = || format!("use {}", words().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "));
        terminal::message("hint", &did_you_mean(&args.splitter, words()).unwrap_or_else(all));
        return Err(USAGE);
    }
    let (mut languages, mut findings, mut worst) = (Vec::<LanguageBounds>::new(), Vec::new(), 0);
    for path in &args.files {
        match one(path) {
            Ok(Ok(bounds)) if languages.iter().any(|other| other.tag == bounds.tag) => {
                terminal::message("error", &format!("two files are of `{}`, the second `{path}`", bounds.tag));
                worst = USAGE;
            }
            Ok(Ok(bounds)) => languages.push(bounds),
            Ok(Err(finding)) => findings.push(finding),
            Err(code) => worst = worst.max(code),
        }
    }
    if let Some(code) = super::super::session::show_findings(&findings, false) {
        worst = worst.max(code);
    }
    if worst > 0 {
        return Err(worst);
    }
    let options = Options { name: &args.name, splitter: &args.splitter, version: args.version.as_deref() };
    let imported = write(&languages, &options).map_err(|what| {
        terminal::message("error", &format!("the threshold files make no valid filter: {what}"));
        USAGE
    })?;
    terminal::note(&format!("{} languages, splitter `{}`", languages.len(), args.splitter));
    if imported.unreachable > 0 {
        terminal::note(&format!(
            "{} bounds lie beyond what their metric can be: written as \"off\"",
            imported.unreachable
        ));
    }
    if !imported.without_example.is_empty() {
        let rules = imported.without_example.join("`, `");
        terminal::note(&format!("without an example (no text that was tried trips them): `{rules}`"));
    }
    if !imported.without_keep.is_empty() {
        let tags = imported.without_keep.join(", ");
        terminal::note(&format!("without a plain text that stays (made-up words do not do there): {tags}"));
    }
    load::write(args.out.as_deref(), &imported.text, &|path| format!("`gristmill test {path}`"))
}

/// Reads one file; its name is the language.
fn one(path: &str) -> Result<Result<LanguageBounds, Diagnostic>, u8> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let tag = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")).unwrap_or(name);
    if !is_tag(tag) {
        return Err(terminal::refused(
            &format!("`{}` is not named after a language", terminal::sane(path)),
            "name it as FineWeb-2 does, code and script: `deu_Latn.yml`",
        ));
    }
    let text = read_text(path)?;
    Ok(LanguageBounds::read(tag, &text).map_err(|error| finding(path, &text, error)))
}

/// Whether a file name is a language code, perhaps with a script.
fn is_tag(name: &str) -> bool {
    let parsed = Tag::of(name);
    let code = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    code(name.split(['-', '_']).next().unwrap_or_default())
        && (name.len() <= 3 || (name.len() == 8 && parsed.script.is_some()))
}

/// An error in a threshold file, with its line.
fn finding(path: &str, text: &str, error: ImportError) -> Diagnostic {
    let mut start = 0;
    for line in text.split_inclusive('\n').take(error.line.saturating_sub(1)) {
        start += line.len();
    }
    let line = text[start..].lines().next().unwrap_or_default();
    let offset = line.char_indices().nth(error.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    let end = start + line.trim_end().len().max(offset);
    Diagnostic {
        code: "F017",
        severity: Severity::Error,
        source: Some(Arc::new(SourceText { name: path.to_owned(), text: text.to_owned() })),
        span: start + offset..end,
        line: error.line.max(1),
        column: error.column.max(1),
        message: error.message,
        label: None,
        hint: error.hint,
        help: None,
    }
}
