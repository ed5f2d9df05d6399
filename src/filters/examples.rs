use std::fmt::Write as _;

use super::Filter;
use crate::metrics::Subject;
use crate::text::TextView;

/// A document whose verdict is known: examples run as tests.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The text.
    pub text: String,
    /// How many times the text stands in the document.
    pub repeat: usize,
    /// The document's URL.
    pub url: Option<String>,
    /// The document's language.
    pub language: Option<String>,
    /// How sure the language is.
    pub language_score: f64,
    /// What must come out.
    pub expect: Expect,
}

/// What must become of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// No rule trips.
    Kept,
    /// This rule is the first that trips.
    DroppedBy(String),
    /// This rule trips, perhaps after others.
    Trips(String),
    /// No rule trips, and this is the text after all edits.
    Text(String),
}

/// How an example came out.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleResult {
    /// The example's name.
    pub name: String,
    /// Whether all is as expected.
    pub passed: bool,
    /// What was expected and what came, with values and bounds; empty when passed.
    pub detail: String,
    /// Places of the rules that tripped.
    pub tripped: Vec<u16>,
}

/// Runs all examples of a filter.
#[must_use]
pub fn run_examples(filter: &Filter) -> Vec<ExampleResult> {
    let mut filter = filter.clone();
    filter.settings.lists.replace(&filter.example_lists);
    filter.examples.iter().map(|example| run(&filter, example)).collect()
}

/// Runs one example.
fn run(filter: &Filter, example: &Example) -> ExampleResult {
    let text = example.text.repeat(example.repeat);
    let view = TextView::new(&text);
    let language = example.language.as_deref();
    let subject = Subject {
        url: example.url.as_deref(),
        language: language.map(|code| (code, example.language_score)),
        ..Subject::of_text(&view)
    };
    let outcome = filter.apply(&subject);
    let trips = |name: &str| {
        let place = filter.rule(name).map(|(place, _)| place);
        outcome.judgement.tripped.iter().any(|&tripped| Some(usize::from(tripped)) == place)
    };
    let first = outcome.judgement.first().map(|place| &*filter.rules[place].name);
    let edited = outcome.text.as_deref().unwrap_or(&text);
    let (passed, expected) = match &example.expect {
        Expect::Kept => (first.is_none(), "kept".to_owned()),
        Expect::DroppedBy(rule) => (first == Some(rule), format!("dropped by `{rule}`")),
        Expect::Trips(rule) => (trips(rule), format!("`{rule}` to trip")),
        Expect::Text(text) => (first.is_none() && edited == text, format!("kept with the text {text:?}")),
    };
    let mut detail = String::new();
    if !passed {
        let _ = write!(detail, "expected {expected}, got ");
        match first {
            None => drop(write!(detail, "kept with the text {edited:?}; measured")),
            Some(rule) => drop(write!(detail, "dropped by `{rule}`; measured")),
        }
        for (place, rule) in filter.rules.iter().enumerate() {
            let value = filter.value(place, &outcome.values);
            let bound = rule.bound_for(filter.settings.language_of(subject.language));
            let bound = bound.map_or_else(|| "off".to_owned(), |bound| format!("{} {}", bound.sign(), bound.number()));
            let _ = write!(detail, "\n  {}: {} = {value} (drop when {bound})", rule.name, rule.metric.name());
        }
    }
    ExampleResult { name: example.name.clone(), passed, detail, tripped: outcome.judgement.tripped }
}
