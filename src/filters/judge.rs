use std::sync::Arc;

use crate::document::{Bound, Reason, Verdict};
use crate::language::Tag;
use crate::metrics::Subject;

use super::Filter;

/// Which rules tripped, in the order of the filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// Places of the tripped rules. Takes no memory while empty.
    pub tripped: Vec<u16>,
}

impl Judgement {
    /// The rule that counts as the reason: the first.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.tripped.first().map(|&place| usize::from(place))
    }

    /// Whether the document stays.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.tripped.is_empty()
    }
}

/// What a filter made of one document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// One number for each of [`Filter::metrics`].
    pub values: Vec<f64>,
    /// Which rules tripped.
    pub judgement: Judgement,
    /// The edited text, if the document stays and an edit changed it.
    pub text: Option<String>,
}

impl Filter {
    /// Measures all metrics of the filter; `values` becomes one number for each of [`Filter::metrics`].
    pub fn measure(&self, subject: &Subject<'_, '_>, values: &mut Vec<f64>) {
        self.set.compute(subject, &self.settings, values);
    }

    /// Compares a row of values (as [`Filter::measure`] gives it) with the bounds for that language.
    #[must_use]
    pub fn judge(&self, values: &[f64], language: Option<&str>) -> Judgement {
        let mut judgement = Judgement::default();
        let language = language.map(Tag::of);
        for ((place, rule), &slot) in (0_u16..).zip(&self.rules).zip(&self.slots) {
            let value = values.get(slot).copied().unwrap_or(f64::NAN);
            if rule.bound_for_tag(language.as_ref()).is_some_and(|bound| bound.trips(value)) {
                judgement.tripped.push(place);
            }
        }
        judgement
    }

    /// Measures, judges, and edits what stays.
    #[must_use]
    pub fn apply(&self, subject: &Subject<'_, '_>) -> Outcome {
        let mut values = Vec::new();
        self.measure(subject, &mut values);
        let language = self.settings.language_of(subject.language);
        let judgement = self.judge(&values, language);
        let text = if judgement.keeps() { self.edit(subject.view, language) } else { None };
        Outcome { values, judgement, text }
    }

    /// The value of a rule's metric in a row of values.
    #[must_use]
    pub fn value(&self, rule: usize, values: &[f64]) -> f64 {
        self.slots.get(rule).and_then(|&slot| values.get(slot)).copied().unwrap_or(f64::NAN)
    }

    /// Why rule number `rule` decided; `None` when there is no such rule.
    #[must_use]
    pub fn reason(&self, rule: usize, values: &[f64], language: Option<&str>) -> Option<Reason> {
        let bound: Option<Bound> = self.rules.get(rule)?.bound_for(language);
        Some(Reason {
            rule: self.rule_name(rule, values)?,
            metric: self.metric_names.get(rule)?.clone(),
            value: self.value(rule, values),
            bound,
        })
    }

    /// The name of a rule that tripped, `filter/rule`, and behind a colon the category of the list that it tripped by, if
    /// the list has categories.
    #[must_use]
    pub fn rule_name(&self, rule: usize, values: &[f64]) -> Option<Arc<str>> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number, or NaN as 0")]
        let part = (self.value(rule, values) as usize).checked_sub(1);
        let named = part.and_then(|part| self.part_names.get(rule)?.get(part));
        named.or_else(|| self.rule_names.get(rule)).cloned()
    }

    /// Keep, or drop with the first reason.
    #[must_use]
    pub fn verdict(&self, outcome: &Outcome, language: Option<&str>) -> Verdict {
        let first = outcome.judgement.first();
        first.and_then(|rule| self.reason(rule, &outcome.values, language)).map_or(Verdict::Keep, Verdict::Drop)
    }
}
