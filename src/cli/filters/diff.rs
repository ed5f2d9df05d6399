//! `gristmill filters diff`: what two filters judge differently.

use super::super::args::Format;
use super::super::terminal;
use super::args::Diff;
use super::{load, sample};
use crate::assembly::{SampleCounts, snippet};
use crate::document::{Document, Reason};
use crate::filters::Filter;
use crate::filters::compare::{Case, Comparison, Verdicts};
use crate::language::{Detector, Embedded};
use crate::metrics::Subject;
use crate::text::TextView;
use rayon::prelude::*;
use std::fmt::Write;

/// Runs the verb.
pub fn run(args: &Diff) -> Result<u8, u8> {
    let ((_, first), (_, second)) = (load::open(&args.first)?, load::open(&args.second)?);
    let filters = [&first, &second];
    let mut found = Comparison::default();
    let counts = sample::read(&args.sample, &mut |documents| {
        judge(filters, args, &documents, &mut found);
        true
    })?;
    let text = match args.format {
        Format::Json => format!("{:#}\n", json(filters, &found, &counts)),
        Format::Text => describe(filters, &found, &counts),
    };
    Ok(terminal::data(&text))
}

/// Judges a batch on all threads and counts it in order.
fn judge(filters: [&Filter; 2], args: &Diff, documents: &[Document], found: &mut Comparison) {
    let one = |document: &Document| {
        let view = TextView::new(&document.text);
        let guess = if args.language.is_some() { None } else { Embedded.detect(&document.text) };
        let guessed = guess.as_ref().map(|guess| (&*guess.label, f64::from(guess.score)));
        let identified = args.language.as_deref().map(|code| (code, 1.0)).or(guessed);
        let subject = Subject {
            view: &view,
            url: document.url.as_deref(),
            language: identified,
            title: None,
            metadata: &document.metadata,
        };
        Verdicts::of(filters, &filters.map(|filter| filter.apply(&subject)), identified)
    };
    let verdicts: Vec<Verdicts> = documents.par_iter().map(one).collect();
    for (document, verdicts) in documents.iter().zip(verdicts) {
        found.add(verdicts, args.examples, || {
            let place = || format!("{}#{}", document.origin.file, document.origin.offset);
            let label = document.source_id.clone().unwrap_or_else(place);
            (label, document.url.clone(), snippet(&document.text))
        });
    }
}

fn json(filters: [&Filter; 2], found: &Comparison, counts: &SampleCounts) -> serde_json::Value {
    let reason = |reason: &Option<Reason>| {
        reason.as_ref().map(|reason| {
            serde_json::json!({
                "rule": &*reason.rule, "metric": &*reason.metric, "value": reason.value,
                "sign": reason.bound.map(|bound| bound.sign()), "bound": reason.bound.map(|bound| bound.number()),
            })
        })
    };
    let case = |case: &Case| {
        serde_json::json!({
            "document": case.label, "url": case.url, "first": reason(&case.first), "second": reason(&case.second),
            "snippet": case.snippet,
        })
    };
    let pairs = found.ranked().into_iter().map(|((first, second), pair)| {
        let cases: Vec<_> = pair.cases.iter().map(case).collect();
        serde_json::json!({ "first": first, "second": second, "documents": pair.documents, "examples": cases })
    });
    serde_json::json!({
        "first": &*filters[0].name, "second": &*filters[1].name, "files": counts.files, "documents": found.documents(),
        "damaged": counts.damaged, "both_keep": found.both_keep, "both_keep_other_text": found.other_text,
        "both_drop": found.both_drop, "only_first_drops": found.only_first, "only_second_drops": found.only_second,
        "reasons": pairs.collect::<Vec<_>>(),
    })
}

fn describe(filters: [&Filter; 2], found: &Comparison, counts: &SampleCounts) -> String {
    let mut out = String::new();
    let all = found.documents();
    let _ = writeln!(out, "A  {}\nB  {}\n{}\n", filters[0].name, filters[1].name, sample::counted(counts));
    for (what, number) in [
        ("both keep", found.both_keep),
        ("both drop", found.both_drop),
        ("only A drops", found.only_first),
        ("only B drops", found.only_second),
    ] {
        let _ = writeln!(out, "{what:<14} {:>11}  {:>7}", terminal::count(number), terminal::percent(number, all));
    }
    if found.other_text > 0 {
        let _ = writeln!(out, "of those kept, {} come out with different texts", terminal::count(found.other_text));
    }
    let side = |rule: &Option<String>| rule.as_deref().unwrap_or("keeps").to_owned();
    for ((first, second), pair) in found.ranked() {
        let _ = writeln!(
            out,
            "\n{:>9}  A: {}   B: {}",
            terminal::count(pair.documents),
            terminal::sane(&side(first)),
            terminal::sane(&side(second))
        );
        for case in &pair.cases {
            describe_case(&mut out, case);
        }
    }
    out
}

fn describe_case(out: &mut String, case: &Case) {
    let url = case.url.as_deref().filter(|url| *url != case.label).unwrap_or_default();
    let _ = writeln!(out, "           {}  {}", terminal::sane(&case.label), terminal::sane(url));
    for (side, reason) in [("A", &case.first), ("B", &case.second)] {
        let Some(reason) = reason else { continue };
        let bound = reason.bound.map(|bound| format!(" {} {}", bound.sign(), bound.number())).unwrap_or_default();
        let _ = writeln!(out, "             {side}: {} = {}{bound}", reason.metric, reason.value);
    }
    let _ = writeln!(out, "             | {}", terminal::sane(&case.snippet));
}
