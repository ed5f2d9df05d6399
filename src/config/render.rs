//! Diagnostics for people (the compiler's look) and for machines (JSON).

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use super::diagnostic::{Diagnostic, Severity};
use crate::storage::address::blotted;

/// Lines longer than this are not shown, only named by line and column.
const LONGEST_LINE: usize = 1000;

/// Diagnostics as text, each followed by an empty line. Colour means ANSI escape sequences.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let text = renderer.render(&[group(diagnostic)]);
        // The renderer fills gutter lines with blanks; a text without them can be compared and pasted.
        for line in text.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.push('\n');
    }
    out
}

/// The last line of `check`: how many errors and warnings there are; empty when there are none.
#[must_use]
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let say = |n: usize, word: &str| match n {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    };
    let parts = [say(count(Severity::Error), "error"), say(count(Severity::Warning), "warning")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = match excerpt(diagnostic) {
        Some(snippet) => title.element(snippet),
        None if diagnostic.source.is_some() => {
            title.element(Origin::path(diagnostic.file()).line(diagnostic.line).char_column(diagnostic.column))
        }
        None => Group::with_title(title),
    };
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

/// The line (or lines, three at most) of the place.
fn excerpt(diagnostic: &Diagnostic) -> Option<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let text = &diagnostic.source.as_ref()?.text;
    let (start, end) = (diagnostic.span.start, diagnostic.span.end);
    let from = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let mut to = start;
    for _ in 0..3 {
        to = text[to..].find('\n').map_or(text.len(), |newline| to + newline);
        if to >= end || to == text.len() {
            break;
        }
        to += 1;
    }
    let to = to.max(start);
    let shown = text[from..to].trim_end_matches(['\n', '\r']);
    if shown.lines().any(|line| line.len() > LONGEST_LINE) {
        return None;
    }
    // A place at the end of a line is drawn one past its last character.
    let (begin, stop) = ((start - from).min(shown.len()), (end - from).min(shown.len()));
    let mut annotation = AnnotationKind::Primary.span(begin..stop.max(begin));
    if let Some(label) = &diagnostic.label {
        annotation = annotation.label(label.as_str());
    }
    Some(
        Snippet::source(blotted(shown))
            .path(diagnostic.file())
            .line_start(diagnostic.line)
            .fold(false)
            .annotation(annotation),
    )
}

/// Diagnostics as a JSON array of objects with the keys `code`, `severity`, `file`, `span` (bytes `start`, `end`),
/// `line`, `column`, `message`, `label`, `hint`, `help`; absent texts are null.
#[must_use]
pub fn to_json(diagnostics: &[Diagnostic]) -> Value {
    diagnostics
        .iter()
        .map(|d| {
            json!({
                "code": d.code,
                "severity": d.severity.word(),
                "file": d.source.as_ref().map(|source| source.name.as_str()),
                "span": { "start": d.span.start, "end": d.span.end },
                "line": d.line,
                "column": d.column,
                "message": d.message,
                "label": d.label,
                "hint": d.hint,
                "help": d.help,
            })
        })
        .collect()
}
