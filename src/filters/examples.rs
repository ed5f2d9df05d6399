use super::Filter;
use crate::document::{Bound, Value};
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
    /// How sure that language is, 0 to 1; 1 unless the file says otherwise.
    pub language_score: f64,
    /// Its metadata, by name of the field.
    pub metadata: Vec<(String, Value)>,
    /// What must come out.
    pub expect: Expect,
    /// The line of the file where it begins, from 1.
    pub line: usize,
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
    /// The line of the file where it begins, from 1.
    pub line: usize,
    /// Why it failed; `None` when all is as expected.
    pub miss: Option<Miss>,
    /// Places of the rules that tripped.
    pub tripped: Vec<u16>,
}

/// Why an example failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// What the file expects.
    pub expected: String,
    /// What came out.
    pub got: String,
    /// The rule that matters: the one that dropped, or the one that should have.
    pub rule: Option<MissedRule>,
}

/// A rule with what was measured for it.
#[derive(Debug, Clone, PartialEq)]
pub struct MissedRule {
    /// Its name within the filter.
    pub name: String,
    /// Its metric.
    pub metric: &'static str,
    /// The value; NaN: not measurable.
    pub value: f64,
    /// Its bound for the example's language; `None`: off.
    pub bound: Option<Bound>,
}

impl std::fmt::Display for Miss {
    /// One line: `expected kept, got dropped by `few`: words = 2, drops when < 3`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "expected {}, got {}", self.expected, self.got)?;
        let Some(rule) = &self.rule else { return Ok(()) };
        let value = if rule.value.is_nan() { "not measurable".to_owned() } else { rule.value.to_string() };
        write!(f, "; `{}`: {} = {value}, ", rule.name, rule.metric)?;
        match rule.bound {
            Some(bound) => write!(f, "drops when {} {}", bound.sign(), bound.number()),
            None => write!(f, "off in this language"),
        }
    }
}

impl ExampleResult {
    /// Whether all is as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.miss.is_none()
    }
}

impl Filter {
    /// The filter as its examples run it.
    #[must_use]
    pub fn for_examples(&self) -> Self {
        let mut filter = self.clone();
        filter.settings.lists.replace(&self.example_lists);
        filter
    }
}

/// Runs all examples of a filter.
#[must_use]
pub fn run_examples(filter: &Filter) -> Vec<ExampleResult> {
    let filter = filter.for_examples();
    filter.examples.iter().map(|example| run_example(&filter, example)).collect()
}

/// Runs one example of a filter that comes from [`Filter::for_examples`].
#[must_use]
pub fn run_example(filter: &Filter, example: &Example) -> ExampleResult {
    let text = example.text.repeat(example.repeat);
    let view = TextView::new(&text);
    let identified = example.language.as_deref().map(|code| (code, example.language_score));
    let subject = Subject {
        url: example.url.as_deref(),
        language: identified,
        metadata: &example.metadata,
        ..Subject::of_text(&view)
    };
    let outcome = filter.apply(&subject);
    let edited = outcome.text.as_deref().unwrap_or(&text);
    let first = outcome.judgement.first();
    let place_of = |name: &str| filter.rule(name).map(|(place, _)| place);
    let trips = |place: usize| outcome.judgement.tripped.iter().any(|&tripped| usize::from(tripped) == place);
    // Whether it is as expected, in words, and the rule to show if it is not.
    let (passed, expected, matters) = match &example.expect {
        Expect::Kept => (first.is_none(), "kept".to_owned(), first),
        Expect::DroppedBy(rule) => {
            let place = place_of(rule);
            (place.is_some() && first == place, format!("dropped by `{rule}`"), place)
        }
        Expect::Trips(rule) => {
            let place = place_of(rule);
            (place.is_some_and(trips), format!("`{rule}` to trip"), place)
        }
        Expect::Text(text) => (first.is_none() && edited == text, format!("the text {}", short(text)), first),
    };
    let miss = (!passed).then(|| Miss {
        expected,
        got: match first {
            Some(place) => format!("dropped by `{}`", filter.rules[place].name),
            None if matches!(example.expect, Expect::Text(_)) => format!("the text {}", short(edited)),
            None => "kept".to_owned(),
        },
        rule: matters.map(|place| {
            let rule = &filter.rules[place];
            MissedRule {
                name: rule.name.to_string(),
                metric: rule.metric.name(),
                value: filter.value(place, &outcome.values),
                bound: rule.bound_for(filter.settings.language_of(identified)),
            }
        }),
    });
    ExampleResult { name: example.name.clone(), line: example.line, miss, tripped: outcome.judgement.tripped }
}

/// A text in quotes, on one line, not too long.
fn short(text: &str) -> String {
    const LONGEST: usize = 100;
    let cut = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let more = if cut < text.len() { "…" } else { "" };
    format!("{:?}{more}", &text[..cut])
}
