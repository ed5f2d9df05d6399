//! Reads `[[rule]]` and `[[example]]`.

use crate::document::Value as Carried;
use std::ops::Range;

use toml::de::DeValue;

use super::read::{Fields, Reader, Value, did_you_mean};
use super::{Example, Expect, Rule, When};
use crate::document::Bound;
use crate::language::TagMap;
use crate::metrics::{self, MetricId};

/// A rule and where it stands, for the checks that compare rules.
pub(super) struct Placed {
    pub rule: Rule,
    pub span: Range<usize>,
    pub bound_span: Range<usize>,
    pub by_language: Vec<LanguageBound>,
}

/// The bound of one language and where it stands; `None`: switched off.
pub(super) struct LanguageBound {
    pub language: String,
    pub bound: Option<Bound>,
    pub span: Range<usize>,
}

/// `[[rule]]`.
pub(super) fn rule(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Placed> {
    let name = fields.need(reader, "name", "a rule").and_then(|value| reader.string("name", value));
    let metric = fields.need(reader, "metric", "a rule").and_then(|value| metric(value, reader));
    let languages = fields.take("languages").and_then(|value| reader.table("languages", value));
    let by_language = languages.map(|table| language_bounds(&table, reader)).unwrap_or_default();
    let needs = if by_language.is_empty() { Needs::One } else { Needs::AtMostOne };
    let bound = bound(&mut fields, reader, "a rule", needs);
    let reason = fields.take("reason").and_then(|value| reader.string("reason", value));
    let why = fields.take("why").and_then(|value| reader.string("why", value));
    let when = fields.take("when").and_then(|value| reader.table("when", value));
    let when = when.map(|table| conditions(table, reader)).unwrap_or_default();
    let span = fields.span.clone();
    fields.finish(reader, "a rule");
    // A rule without a bound of its own holds in the languages that it names, and in no other.
    let (bound, bound_span) = match bound {
        Some((bound, span)) => (Some(bound), span),
        None if needs == Needs::AtMostOne => (None, span.clone()),
        None => return None,
    };
    let rule = Rule {
        name: name?.into(),
        metric: metric?,
        bound,
        by_language: TagMap::new(by_language.iter().map(|one| (one.language.clone(), one.bound))),
        when,
        reason: reason.map(Into::into),
        why,
    };
    Some(Placed { rule, span, bound_span, by_language })
}

/// A metric by name.
fn metric(value: Value<'_>, reader: &mut Reader) -> Option<MetricId> {
    let name = reader.string("metric", value)?;
    let found = metrics::find(&name);
    if found.is_none() {
        let near = metrics::suggest(&name).map(did_you_mean);
        reader.error("F005", value.span(), format!("there is no metric `{name}`"), near);
    }
    found
}

/// Makes a bound of a number.
type MakeBound = fn(f64) -> Bound;

/// Words for [`Bound`] in filter files.
const BOUNDS: [(&str, MakeBound); 4] =
    [("above", Bound::Above), ("below", Bound::Below), ("at-least", Bound::AtLeast), ("at-most", Bound::AtMost)];

/// How many bounds a table must have.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    One,
    AtMostOne,
}

/// One of the four comparisons, with the place of its number.
fn bound(fields: &mut Fields<'_>, reader: &mut Reader, of: &str, needs: Needs) -> Option<(Bound, Range<usize>)> {
    let mut found = None;
    for (key, make) in BOUNDS {
        let Some(value) = fields.take(key) else {
            continue;
        };
        if found.is_some() {
            let hint = "keep one; two bounds are two rules".to_owned();
            reader.error("F006", value.span(), format!("{of} has more than one bound"), Some(hint));
            continue;
        }
        found = Some(reader.number(key, value).map(|number| (make(number), value.span())));
    }
    if found.is_none() && needs == Needs::One {
        let hint = "add one of `above`, `below`, `at-least`, `at-most`: values beyond it are dropped".to_owned();
        reader.error("F006", fields.span.clone(), format!("{of} has no bound"), Some(hint));
    }
    found.flatten()
}

/// `when = { language = […], except-language = […] }`.
fn conditions(mut fields: Fields<'_>, reader: &mut Reader) -> When {
    let only = fields.take("language").and_then(|value| reader.strings("language", value));
    let except = fields.take("except-language").and_then(|value| reader.strings("except-language", value));
    fields.finish(reader, "`when`");
    When { only: only.unwrap_or_default(), except: except.unwrap_or_default() }
}

/// `languages = { de = { above = 0.2 }, th = "off", … }`, in the order of the file.
fn language_bounds(table: &Fields<'_>, reader: &mut Reader) -> Vec<LanguageBound> {
    let mut bounds = Vec::new();
    for (language, _, value) in table.all() {
        let language = language.to_owned();
        if let DeValue::String(word) = value.get_ref() {
            if word == "off" {
                bounds.push(LanguageBound { language, bound: None, span: value.span() });
            } else {
                let hint = "write `\"off\"`, or a bound such as `{ above = 0.3 }`".to_owned();
                reader.error("F010", value.span(), format!("`{word}` is not a bound"), Some(hint));
            }
            continue;
        }
        let Some(mut fields) = reader.table(&language, value) else {
            continue;
        };
        if let Some((bound, span)) = bound(&mut fields, reader, "a language", Needs::One) {
            bounds.push(LanguageBound { language, bound: Some(bound), span });
        }
        fields.finish(reader, "a language");
    }
    bounds
}

/// `[[example]]`, with the place of the rule that it names.
pub(super) fn example(mut fields: Fields<'_>, reader: &mut Reader) -> Option<(Example, Range<usize>)> {
    let name = fields.need(reader, "name", "an example").and_then(|value| reader.string("name", value));
    let text = fields.take("text").and_then(|value| reader.string("text", value)).unwrap_or_default();
    let repeat = fields.take("repeat").and_then(|value| reader.count("repeat", value)).unwrap_or(1);
    let url = fields.take("url").and_then(|value| reader.string("url", value));
    let language = fields.take("language").and_then(|value| reader.string("language", value));
    let language_score =
        fields.take("language-score").and_then(|value| reader.number("language-score", value)).unwrap_or(1.0);
    let metadata = fields.take("metadata").and_then(|value| reader.table("metadata", value));
    let metadata = metadata.map(|table| metadata_of(&table, reader)).unwrap_or_default();
    let expect = fields.need(reader, "expect", "an example");
    let expect = expect.and_then(|value| reader.table("expect", value)).and_then(|table| expectation(table, reader));
    let span = fields.span.clone();
    fields.finish(reader, "an example");
    let line = reader.line_of(&span);
    Some((Example { name: name?, text, repeat, url, language, language_score, metadata, expect: expect?, line }, span))
}

/// `metadata = { robots = "noai", http_status = 200 }`: texts, whole numbers, `true` and `false`.
fn metadata_of(table: &Fields<'_>, reader: &mut Reader) -> Vec<(String, Carried)> {
    let mut out = Vec::new();
    for (name, _, value) in table.all() {
        let found = match value.get_ref() {
            DeValue::String(text) => Some(Carried::Str(text.to_string())),
            DeValue::Boolean(flag) => Some(Carried::Bool(*flag)),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(Carried::Int),
            _ => None,
        };
        match found {
            Some(found) => out.push((name.to_owned(), found)),
            None => {
                let hint = "write a text, a whole number, `true` or `false`".to_owned();
                reader.error("F003", value.span(), format!("`{name}` cannot be metadata"), Some(hint));
            }
        }
    }
    out
}

/// `expect = { kept = true }`, `{ dropped-by = "rule" }`, `{ trips = "rule" }` or `{ text = "…" }`.
fn expectation(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Expect> {
    let kept = fields.take("kept").and_then(|value| reader.boolean("kept", value));
    let dropped_by = fields.take("dropped-by").and_then(|value| reader.string("dropped-by", value));
    let trips = fields.take("trips").and_then(|value| reader.string("trips", value));
    let text = fields.take("text").and_then(|value| reader.string("text", value));
    let span = fields.span.clone();
    fields.finish(reader, "`expect`");
    let given = [kept == Some(true), dropped_by.is_some(), trips.is_some(), text.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        let hint = "use one of `kept = true`, `dropped-by = \"rule\"`, `trips = \"rule\"`, `text = \"…\"`".to_owned();
        reader.error("F013", span, "`expect` needs exactly one expectation", Some(hint));
        return None;
    }
    let rule = dropped_by.map(Expect::DroppedBy).or(trips.map(Expect::Trips));
    Some(rule.or(text.map(Expect::Text)).unwrap_or(Expect::Kept))
}
