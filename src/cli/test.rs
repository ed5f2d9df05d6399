//! `gristmill test`: examples of filters, tests of configs.

use super::args::Test;
use super::session::{Session, read_text};
use super::{USAGE, terminal};
use crate::assembly;
use crate::filters::{Filter, Problem, find_in_library, library_names, run_examples};
use crate::storage::Real;
use std::sync::Arc;
use std::time::Instant;

#[derive(Default)]
struct Counts {
    filters: usize,
    rules: usize,
    passed: usize,
    failed: usize,
}

/// Runs the verb.
pub fn run(args: &Test) -> u8 {
    let (start, mut counts, mut broken) = (Instant::now(), Counts::default(), 0);
    if args.what.is_empty() {
        for name in library_names() {
            let text = find_in_library(name).unwrap_or_default();
            broken = broken.max(filter(name, Filter::parse(name, text), &mut counts));
        }
    }
    for what in &args.what {
        let code = match find_in_library(what) {
            Some(text) => filter(what, Filter::parse(what, text), &mut counts),
            None => file(what, &mut counts),
        };
        broken = broken.max(code);
    }
    terminal::note(&format!(
        "{} filters, {} rules; {} passed, {} failed ({:.1} s)",
        counts.filters,
        counts.rules,
        counts.passed,
        counts.failed,
        start.elapsed().as_secs_f64()
    ));
    if broken > 0 { broken } else { u8::from(counts.failed > 0) }
}

fn show(file: &str, problem: &Problem) {
    terminal::note(&format!(
        "error[{}]: {}\n  --> {file}:{}:{}",
        problem.code, problem.message, problem.line, problem.column
    ));
    if let Some(hint) = &problem.hint {
        terminal::note(&format!("   = hint: {hint}"));
    }
}

fn filter(name: &str, filter: Result<Filter, Vec<Problem>>, counts: &mut Counts) -> u8 {
    let filter = match filter {
        Ok(filter) => filter,
        Err(problems) => {
            problems.iter().for_each(|problem| show(name, problem));
            return USAGE;
        }
    };
    counts.filters += 1;
    counts.rules += filter.rules.len();
    for result in run_examples(&filter) {
        if result.passed {
            counts.passed += 1;
        } else {
            counts.failed += 1;
            terminal::note(&format!("FAILED {} · {}\n  {}", filter.name, result.name, terminal::sane(&result.detail)));
        }
    }
    0
}

/// A file: a config if it has sources, a filter otherwise.
fn file(path: &str, counts: &mut Counts) -> u8 {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(code) => return code,
    };
    let is_config = text.lines().any(|line| line.trim_start().starts_with("[[source"));
    if !is_config {
        let place = assembly::Place { files: Arc::new(Real), base: String::new() };
        return filter(path, assembly::read_filter(&place, path, &text), counts);
    }
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
    match assembly::run_tests(&session.place, &session.config) {
        Ok(results) => {
            for (name, complaint) in results {
                match complaint {
                    None => counts.passed += 1,
                    Some(complaint) => {
                        counts.failed += 1;
                        terminal::note(&format!("FAILED {path} · {name}\n  {}", terminal::sane(&complaint)));
                    }
                }
            }
            0
        }
        Err(what) => {
            terminal::message("error", &what);
            USAGE
        }
    }
}
