//! `gristmill filters list`: filters by recipe, metrics by family.

use super::super::args::Format;
use super::super::{USAGE, terminal};
use super::args::List;
use crate::filters::{Filter, find_in_library, library_names, splitter_name};
use crate::metrics::{MetricDef, families};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Runs the verb.
pub fn run(args: &List) -> Result<u8, u8> {
    let wanted = args.text.as_deref().unwrap_or_default().to_lowercase();
    let text = if args.metrics { metrics(&wanted, args.format) } else { filters(&wanted, args.format) };
    if text.is_empty() {
        let what = if args.metrics { "metric" } else { "filter" };
        terminal::message("error", &format!("no {what} has `{}` in its name or description", terminal::sane(&wanted)));
        return Err(USAGE);
    }
    Ok(terminal::data(&text))
}

fn holds(wanted: &str, texts: &[&str]) -> bool {
    texts.iter().any(|text| text.to_lowercase().contains(wanted))
}

/// Filters by recipe: the part of the name before `@`.
fn filters(wanted: &str, format: Format) -> String {
    let mut recipes: BTreeMap<String, Vec<Filter>> = BTreeMap::new();
    for name in library_names() {
        let filter = find_in_library(name).and_then(|text| Filter::parse(name, text).ok());
        let fits = |filter: &Filter| holds(wanted, &[&filter.name, &filter.title]);
        if let Some(filter) = filter.filter(fits) {
            let recipe = filter.name.split('@').next().unwrap_or_default().to_owned();
            recipes.entry(recipe).or_default().push(filter);
        }
    }
    if format == Format::Json {
        let all = recipes.iter().flat_map(|(recipe, filters)| {
            filters.iter().map(move |filter| {
                serde_json::json!({
                    "name": &*filter.name, "recipe": recipe, "title": filter.title, "rules": filter.rules.len(),
                    "splitter": splitter_name(filter.settings.splitter), "examples": filter.examples.len(),
                })
            })
        });
        return json(all.collect());
    }
    let mut out = String::new();
    for (recipe, filters) in &recipes {
        let _ = writeln!(out, "{recipe}");
        for filter in filters {
            let splitter = splitter_name(filter.settings.splitter);
            let rules = filter.rules.len();
            let _ = writeln!(out, "  {:<36} {rules:>3} rules  {splitter:<14}  {}", filter.name, filter.title);
        }
    }
    out
}

/// Metrics by family, with unit and range.
fn metrics(wanted: &str, format: Format) -> String {
    let fits = |def: &MetricDef| holds(wanted, &[def.name, def.doc, def.unit]);
    let (mut out, mut all) = (String::new(), Vec::new());
    for (family, ids) in families() {
        let defs: Vec<&MetricDef> = ids.iter().map(|id| id.def()).filter(|def| fits(def)).collect();
        if !defs.is_empty() {
            let _ = writeln!(out, "{family}");
        }
        for def in defs {
            let _ = writeln!(out, "  {:<42} {:<20} {:<9}  {}", def.name, def.unit, range(def), def.doc);
            let end = |number: f64| number.is_finite().then_some(number);
            all.push(serde_json::json!({
                "name": def.name, "family": family, "unit": def.unit, "least": end(def.range.0),
                "greatest": end(def.range.1), "integer": def.integer, "doc": def.doc,
            }));
        }
    }
    if format == Format::Json { json(all) } else { out }
}

fn json(all: Vec<serde_json::Value>) -> String {
    if all.is_empty() { String::new() } else { format!("{:#}\n", serde_json::Value::Array(all)) }
}

/// The values that occur: `0 to 1`, `from 0`.
fn range(def: &MetricDef) -> String {
    match def.range {
        (least, most) if most.is_finite() => format!("{least} to {most}"),
        (least, _) if least.is_finite() => format!("from {least}"),
        _ => "any".to_owned(),
    }
}
