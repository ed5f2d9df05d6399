//! `[[test]]`s of a config: one document each, through every step but the barriers.

use super::{AssemblyError, Place, chain};
use crate::config::{Config, Test};
use crate::document::{DocId, Document, Fate, Markup, Origin, Row, Tally};
use crate::steps::{Passage, StepClock, Yields};
use std::sync::Arc;

/// Runs all tests: name and complaint.
pub fn run(place: &Place, config: &Config) -> Result<Vec<(String, Option<String>)>, String> {
    let built = chain::build(place, config, || 0).map_err(|error| match error {
        AssemblyError::Reference(what) => what,
        AssemblyError::Storage(error) => error.to_string(),
    })?;
    let clock = StepClock::new(built.steps.len());
    let source = config.sources.first().map_or("", |source| source.name.value.as_str());
    let results = config.tests.iter().map(|test| {
        let mut passage = passage_of(test, source);
        let mut tally = Tally::new(built.steps.len(), built.metrics.len());
        for chain in &built.chains {
            if passage.row.alive() {
                chain.run(&mut passage, &mut tally, &clock);
            }
        }
        (test.name.value.clone(), complaint(test, &passage, &built))
    });
    Ok(results.collect())
}

fn passage_of(test: &Test, source: &str) -> Passage {
    let markup = test.input.html.as_ref().map(|html| Markup {
        bytes: html.clone().into_bytes(),
        charset: Some("utf-8".into()),
        media_type: Some("text/html".into()),
    });
    let document = Document {
        id: DocId::of(source, "test", 0),
        origin: Origin { file: Arc::from("test"), offset: 0 },
        source_id: None,
        url: test.input.url.clone(),
        date: None,
        markup,
        text: test.input.text.clone().unwrap_or_default(),
        metadata: Vec::new(),
    };
    Passage { document, source: Arc::from(source), index: None, row: Row::default(), yields: Yields::default() }
}

fn complaint(test: &Test, passage: &Passage, built: &chain::Built) -> Option<String> {
    let (expect, row) = (&test.expect, &passage.row);
    let fate = match &row.fate {
        Fate::Kept => "kept".to_owned(),
        Fate::Dropped { step, reason, .. } => {
            let bound = reason.bound.map(|bound| format!(" {} {}", bound.sign(), bound.number())).unwrap_or_default();
            let step = &built.steps[usize::from(*step)].name;
            format!("dropped in `{step}` by {}: {} was {}{bound}", reason.rule, reason.metric, reason.value)
        }
        Fate::Quarantined { kind, detail, .. } => format!("set aside as {kind}: {detail}"),
    };
    if let Some(kept) = &expect.kept
        && kept.value != row.alive()
    {
        return Some(format!("expected {}, but it was {fate}", if kept.value { "kept" } else { "not kept" }));
    }
    if let Some(language) = &expect.language
        && row.language.as_deref() != Some(&language.value)
    {
        let found = row.language.as_deref().unwrap_or("none");
        return Some(format!("expected language {}, found {found}", language.value));
    }
    if let Some(rule) = &expect.dropped_by {
        let found = match &row.fate {
            Fate::Dropped { reason, .. } => Some(&*reason.rule),
            _ => None,
        };
        // `filter/rule` with or without the filter, its version, and the category of a list.
        let short = |name: &str| match name.split_once('/') {
            Some((filter, rule)) => format!("{}/{rule}", filter.split('@').next().unwrap_or(filter)),
            None => name.to_owned(),
        };
        let fits = |found: &str| {
            let bare = found.split(':').next().unwrap_or(found);
            let rule_alone = bare.rsplit('/').next().unwrap_or(bare);
            [found, bare].iter().any(|name| *name == rule.value || short(name) == short(&rule.value))
                || rule_alone == rule.value
        };
        if !found.is_some_and(fits) {
            return Some(format!("expected to be dropped by {}, but it was {fate}", rule.value));
        }
    }
    None
}
