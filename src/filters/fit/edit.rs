//! Writes fitted bounds into the text of a filter file: comments, lists and examples of the author stay as they are.

use std::fmt::Write as _;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Fitted, Request, SHOWN, Sample};
use crate::document::Bound;
use crate::filters::Filter;
use crate::filters::import::{number, quote, words};

/// Why no file can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FitError {
    /// What is wrong.
    pub message: String,
    /// One way out.
    pub hint: Option<String>,
}

/// A replacement of some bytes of the text.
struct Change {
    at: Range<usize>,
    text: String,
}

/// The text of the filter file `source` with the bounds of `fitted` for the language, under the name `name`.
///
/// # Errors
/// If the file is laid out so that a bound cannot be put in, or would not be a valid filter with the new bounds.
pub fn write(
    source: &str,
    name: &str,
    splitter: Option<&str>,
    fitted: &[Fitted],
    sample: &Sample,
    request: &Request<'_>,
) -> Result<String, FitError> {
    let table = DeTable::parse(source).map_err(|error| fail(error.message().to_owned(), None))?;
    let root = table.get_ref();
    let mut changes = vec![Change { at: 0..0, text: head(sample, request) }];
    set(root, "name", name, &mut changes);
    if let Some(splitter) = splitter {
        set(root, "splitter", splitter, &mut changes);
    }
    let rules = get(root, "rule").and_then(|value| value.get_ref().as_array());
    for (rule, fitted) in rules.into_iter().flatten().zip(fitted) {
        let Some(table) = rule.get_ref().as_table() else { continue };
        bound(source, table, fitted, request.language, &mut changes)?;
    }
    if request.stop_words > 0 {
        stop_words(source, root, sample, request, &mut changes)?;
    }
    changes.sort_by_key(|change| (change.at.start, change.at.end));
    let mut out = String::with_capacity(source.len() * 2);
    let mut done = 0;
    for change in changes {
        out.push_str(source.get(done..change.at.start).unwrap_or_default());
        out.push_str(&change.text);
        done = change.at.end;
    }
    out.push_str(&source[done..]);
    match Filter::parse(name, &out) {
        Ok(_) => Ok(out),
        Err(problems) => {
            let first = problems.iter().find(|one| one.severity == crate::filters::Severity::Error);
            let what = first.map_or_else(String::new, |one| format!("line {}: {}", one.line, one.message));
            let hint = "fit fewer rules with another `--percentile RULE=…`, or write the bounds by hand";
            Err(fail(format!("the filter with the new bounds is not valid: {what}"), Some(hint)))
        }
    }
}

fn fail(message: String, hint: Option<&str>) -> FitError {
    FitError { message, hint: hint.map(str::to_owned) }
}

/// What the file says about itself.
fn head(sample: &Sample, request: &Request<'_>) -> String {
    format!(
        "# Bounds for `{}` fitted by `gristmill filters fit` to {} documents. Each is the quantile of the sample that its comment\n\
         # names, interpolated linearly and rounded outward to three digits. Look at them before use: a sample with bad\n\
         # documents gives lenient bounds, one of a single kind of page gives narrow ones.\n",
        request.language, sample.documents
    )
}

fn get<'t>(table: &'t DeTable<'t>, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
    table.iter().find(|(own, _)| own.get_ref() == key).map(|(_, value)| value)
}

/// Sets a key of the whole file.
fn set(root: &DeTable<'_>, key: &str, value: &str, changes: &mut Vec<Change>) {
    match get(root, key) {
        Some(old) => changes.push(Change { at: old.span(), text: quote(value) }),
        None => changes.push(Change { at: 0..0, text: format!("{key} = {}\n", quote(value)) }),
    }
}

/// Where the line behind a byte begins, and what must stand before new lines there.
fn next_line(source: &str, byte: usize) -> (usize, &'static str) {
    match source.get(byte..).and_then(|rest| rest.find('\n')) {
        Some(offset) => (byte + offset + 1, ""),
        None => (source.len(), "\n"),
    }
}

/// Puts the bound of one rule in.
fn bound(
    source: &str,
    rule: &DeTable<'_>,
    fitted: &Fitted,
    language: &str,
    changes: &mut Vec<Change>,
) -> Result<(), FitError> {
    // The metric is a key of the rule itself, so a line behind it belongs to the rule, whatever tables follow.
    let Some(metric) = get(rule, "metric") else { return Ok(()) };
    let (at, newline) = next_line(source, metric.span().end);
    let mut text = format!("{newline}{}", comment(fitted, language));
    let Ok((bound, _)) = &fitted.after else {
        changes.push(Change { at: at..at, text });
        return Ok(());
    };
    let entry = format!("{{ {} = {} }}", word(*bound), number(bound.number()));
    let key = bare_key(language);
    match get(rule, "languages") {
        None => {
            let _ = writeln!(text, "languages = {{ {key} = {entry} }}");
            changes.push(Change { at: at..at, text });
        }
        Some(languages) => {
            changes.push(Change { at: at..at, text });
            insert(source, languages, language, &entry, changes)?;
        }
    }
    Ok(())
}

/// Puts `language = value` into a table, inline or under a header, in place of an older value.
fn insert(
    source: &str,
    table: &Spanned<DeValue<'_>>,
    language: &str,
    value: &str,
    changes: &mut Vec<Change>,
) -> Result<(), FitError> {
    let span = table.span();
    let Some(entries) = table.get_ref().as_table() else { return Ok(()) };
    let key = bare_key(language);
    if let Some(old) = get(entries, language) {
        changes.push(Change { at: old.span(), text: value.to_owned() });
    } else if source[span.start..].starts_with('{') {
        let comma = if entries.is_empty() { "" } else { "," };
        changes.push(Change { at: span.start + 1..span.start + 1, text: format!(" {key} = {value}{comma}") });
    } else if source[span.start..].starts_with('[') {
        let (at, newline) = next_line(source, span.start);
        changes.push(Change { at: at..at, text: format!("{newline}{key} = {value}\n") });
    } else {
        let message = "bounds by language are written with dotted keys".to_owned();
        return Err(fail(message, Some("write them as `languages = { … }`, or under `[rule.languages]`")));
    }
    Ok(())
}

/// Puts the list of stop words in.
fn stop_words(
    source: &str,
    root: &DeTable<'_>,
    sample: &Sample,
    request: &Request<'_>,
    changes: &mut Vec<Change>,
) -> Result<(), FitError> {
    let list = words(sample.frequent_words(request.stop_words), request.language.len() + 3);
    let lists = get(root, "lists");
    let own = lists.and_then(|value| value.get_ref().as_table()).and_then(|table| get(table, "stop-words"));
    if let Some(own) = own {
        // An array over several lines cannot stand in an inline table.
        let flat = list.replace("\n   ", "").replace(",\n]", "]");
        let inline = source[own.span().start..].starts_with('{');
        return insert(source, own, request.language, if inline { &flat } else { &list }, changes);
    }
    if lists.is_some_and(|value| source[value.span().start..].starts_with('{')) {
        let message = "`lists = { … }` leaves no room for stop words".to_owned();
        return Err(fail(message, Some("write lists under headers such as `[lists.stop-words]`")));
    }
    let newline = if source.ends_with('\n') { "" } else { "\n" };
    let text = format!("{newline}\n[lists.stop-words]\n{} = {list}\n", bare_key(request.language));
    changes.push(Change { at: source.len()..source.len(), text });
    Ok(())
}

/// A key of TOML: bare where it can be.
fn bare_key(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if bare { key.to_owned() } else { quote(key) }
}

/// The word for a bound in filter files.
fn word(bound: Bound) -> &'static str {
    match bound {
        Bound::Above(_) => "above",
        Bound::Below(_) => "below",
        Bound::AtLeast(_) => "at-least",
        Bound::AtMost(_) => "at-most",
    }
}

/// What was measured, as comment lines.
fn comment(fitted: &Fitted, language: &str) -> String {
    let mut out = String::new();
    let shown = |value: f64| number((value * 1e4).round() / 1e4);
    let names = SHOWN.map(|percent| format!("p{percent}"));
    let names = std::iter::once("least").chain(names.iter().map(String::as_str)).chain(["greatest"]);
    if fitted.measured > 0 {
        let values: Vec<String> =
            names.zip(fitted.distribution).map(|(name, value)| format!("{name} {}", shown(value))).collect();
        let _ = writeln!(out, "# {language}, {} documents: {}", fitted.measured, values.join(", "));
    }
    let share = |part: f64| format!("{} %", number((part * 1e4).round() / 1e2));
    let before = match fitted.before {
        Some((bound, part)) => format!("{} {} drops {}", bound.sign(), number(bound.number()), share(part)),
        None => "off".to_owned(),
    };
    let _ = match &fitted.after {
        Ok((bound, part)) => {
            let percentile = fitted.percentile;
            let which =
                if matches!(bound, Bound::Above(_) | Bound::AtLeast(_)) { percentile } else { 100.0 - percentile };
            let which = number((which * 1e6).round() / 1e6);
            writeln!(
                out,
                "# before: {before}; p{which}: {} {} drops {}",
                bound.sign(),
                number(bound.number()),
                share(*part)
            )
        }
        Err(why) => writeln!(out, "# before: {before}; not fitted: {why}"),
    };
    out
}
