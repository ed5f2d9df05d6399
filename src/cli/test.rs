//! `gristmill test`: examples of filters, tests of configs.

use super::args::{Format, Test};
use super::session::{Session, local, read_text, show_findings};
use super::{USAGE, filters, terminal};
use crate::assembly;
use crate::filters::{Miss, find_in_library, library_names, run_example};
use crate::storage::Medium;
use rayon::prelude::*;
use std::time::Instant;

/// One filter or config that is to be tested.
struct Subject {
    /// What messages call it: a name of the library, or a path.
    label: String,
    text: String,
    is_filter: bool,
}

/// One test that failed.
struct Failure {
    file: String,
    line: usize,
    filter: String,
    test: String,
    reason: String,
    miss: Option<Miss>,
}

#[derive(Default)]
struct Counts {
    filters: usize,
    configs: usize,
    rules: usize,
    passed: usize,
    failures: Vec<Failure>,
}

/// Runs the verb.
pub fn run(args: &Test) -> u8 {
    let (start, mut counts, mut broken) = (Instant::now(), Counts::default(), 0);
    let mut subjects = Vec::new();
    if args.what.is_empty() {
        subjects.extend(library_names().map(library));
    }
    for what in &args.what {
        match subject(what) {
            Ok(subject) => subjects.push(subject),
            Err(code) => broken = broken.max(code),
        }
    }
    // Filters are read side by side, and then all their examples, so that a long list or example holds up nobody.
    let parsed: Vec<_> = subjects
        .par_iter()
        .map(|one| one.is_filter.then(|| filters::parse(&one.label, &one.text).map(|filter| filter.for_examples())))
        .collect();
    let mut jobs = Vec::new();
    for (subject, parsed) in subjects.iter().zip(&parsed) {
        match parsed {
            Some(Ok(filter)) => {
                counts.filters += 1;
                counts.rules += filter.rules.len();
                jobs.extend(filter.examples.iter().map(|example| (subject, filter, example)));
            }
            Some(Err(problems)) => {
                let code = show_findings(&filters::findings(&subject.label, &subject.text, problems), false);
                broken = broken.max(code.unwrap_or(USAGE));
            }
            None => broken = broken.max(config(&subject.label, &mut counts)),
        }
    }
    let results: Vec<_> = jobs.par_iter().map(|(_, filter, example)| run_example(filter, example)).collect();
    for ((subject, filter, _), result) in jobs.iter().zip(results) {
        match result.miss {
            None => counts.passed += 1,
            Some(miss) => counts.failures.push(Failure {
                file: subject.label.clone(),
                line: result.line,
                filter: filter.name.to_string(),
                test: result.name,
                reason: miss.to_string(),
                miss: Some(miss),
            }),
        }
    }
    let printed = match args.format {
        Format::Text => show(&counts, start.elapsed().as_secs_f64()),
        Format::Json => terminal::data(&format!("{:#}\n", json(&counts))),
    };
    match broken.max(printed) {
        0 => u8::from(!counts.failures.is_empty()),
        code => code,
    }
}

fn library(name: &str) -> Subject {
    let text = find_in_library(name).unwrap_or_default().to_owned();
    Subject { label: name.to_owned(), text, is_filter: true }
}

/// A filter of the library, or a file: a filter if it looks like one, else a config.
fn subject(what: &str) -> Result<Subject, u8> {
    if find_in_library(what).is_some() {
        return Ok(library(what));
    }
    let is_path = what.ends_with(".toml") || what.contains('/') || local().stat(what).is_ok_and(|stat| stat.is_some());
    if !is_path {
        let loaded = filters::find(what)?;
        return Ok(Subject { label: loaded.label, text: loaded.text, is_filter: true });
    }
    let text = read_text(what)?;
    // Whatever has no source is read as a filter, whose errors say what is missing.
    let is_config = text.lines().any(|line| line.trim_start().starts_with("[[source"));
    Ok(Subject { label: what.to_owned(), text, is_filter: !is_config })
}

/// The `[[test]]`s of a config.
fn config(path: &str, counts: &mut Counts) -> u8 {
    let source = super::args::Source {
        config: Some(path.to_owned()),
        input: Vec::new(),
        out: None,
        tokenizer: None,
        set: Vec::new(),
    };
    let session = match Session::open(&source) {
        Ok(session) => session,
        Err(code) => return code,
    };
    counts.configs += 1;
    match assembly::run_tests(&session.place, &session.config) {
        Ok(results) => {
            for (test, complaint) in results {
                let Some(reason) = complaint else {
                    counts.passed += 1;
                    continue;
                };
                let (file, filter) = (path.to_owned(), session.config.name.clone());
                counts.failures.push(Failure { file, line: 0, filter, test, reason, miss: None });
            }
            0
        }
        Err(what) => {
            terminal::message("error", &what);
            USAGE
        }
    }
}

/// A line for each failure, then the summary.
fn show(counts: &Counts, seconds: f64) -> u8 {
    for failure in &counts.failures {
        let place = if failure.line > 0 { format!("{}:{}", failure.file, failure.line) } else { failure.file.clone() };
        let (test, reason) = (terminal::sane(&failure.test), terminal::sane(&failure.reason));
        terminal::note(&format!("FAILED {} · {test} ({place}): {reason}", failure.filter));
    }
    let configs = if counts.configs > 0 { format!(", {} configs", counts.configs) } else { String::new() };
    terminal::note(&format!(
        "{} filters, {} rules{configs}; {} passed, {} failed ({seconds:.1} s)",
        counts.filters,
        counts.rules,
        counts.passed,
        counts.failures.len(),
    ));
    0
}

fn json(counts: &Counts) -> serde_json::Value {
    let failures = counts.failures.iter().map(|failure| {
        let rule = failure.miss.as_ref().and_then(|miss| miss.rule.as_ref());
        let bound = rule.and_then(|rule| rule.bound);
        serde_json::json!({
            "file": failure.file, "line": (failure.line > 0).then_some(failure.line), "filter": failure.filter,
            "test": failure.test, "reason": failure.reason,
            "expected": failure.miss.as_ref().map(|miss| &miss.expected),
            "got": failure.miss.as_ref().map(|miss| &miss.got),
            "rule": rule.map(|rule| &rule.name), "metric": rule.map(|rule| rule.metric),
            "value": rule.map(|rule| rule.value), "sign": bound.map(|bound| bound.sign()),
            "bound": bound.map(|bound| bound.number()),
        })
    });
    let failures: Vec<_> = failures.collect();
    serde_json::json!({
        "filters": counts.filters, "configs": counts.configs, "rules": counts.rules, "passed": counts.passed,
        "failed": failures.len(), "failures": failures,
    })
}
