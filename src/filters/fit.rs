//! Bounds for a language from a reference sample.
//!
//! For each rule the metric is measured on every document of the sample, and the new bound is a quantile of the values:
//! with percentile 99, the bound that 99 of 100 documents of the sample pass. Quantiles are interpolated linearly between
//! order statistics (numpy's default), then rounded to three digits away from the sample, so that rounding drops nobody.

mod edit;

use std::collections::HashMap;

use super::Filter;
use crate::document::Bound;
use crate::metrics::MetricDef;

pub use edit::{FitError, write};

/// What to fit.
#[derive(Debug, Clone)]
pub struct Request<'r> {
    /// The language that the sample is in, as the filter file is to name it.
    pub language: &'r str,
    /// The share of the sample, in percent, that each rule lets pass.
    pub percentile: f64,
    /// Other shares for single rules.
    pub by_rule: &'r [(String, f64)],
    /// How many stop words to choose; 0: none.
    pub stop_words: usize,
}

/// Values of the rules' metrics over a sample.
#[derive(Debug, Clone)]
pub struct Sample {
    /// For each metric of the filter, the measurable values.
    values: Vec<Vec<f64>>,
    documents: usize,
    words: HashMap<String, u64>,
}

impl Sample {
    /// An empty sample for a filter.
    #[must_use]
    pub fn new(filter: &Filter) -> Self {
        Self { values: vec![Vec::new(); filter.metrics().len()], documents: 0, words: HashMap::new() }
    }

    /// Adds a document: its row of values, and its words if stop words are wanted.
    pub fn add<'w>(&mut self, row: &[f64], words: impl IntoIterator<Item = &'w str>) {
        self.documents += 1;
        for (values, value) in self.values.iter_mut().zip(row) {
            if !value.is_nan() {
                values.push(*value);
            }
        }
        for word in words {
            if !word.chars().any(char::is_alphabetic) {
                continue;
            }
            match self.words.get_mut(word) {
                Some(count) => *count += 1,
                None => drop(self.words.insert(word.to_owned(), 1)),
            }
        }
    }

    /// The number of documents.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// The most frequent words with a letter, in exactly their case; of equally frequent ones the first in code point
    /// order.
    #[must_use]
    pub fn frequent_words(&self, count: usize) -> Vec<&str> {
        let mut all: Vec<(&str, u64)> = self.words.iter().map(|(word, count)| (word.as_str(), *count)).collect();
        all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        all.into_iter().take(count).map(|(word, _)| word).collect()
    }
}

/// A rule with the bound that the sample suggests.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The rule's name.
    pub rule: String,
    /// Its metric.
    pub metric: &'static str,
    /// Documents for which it could be measured.
    pub measured: usize,
    /// Least value, quantiles at 1, 5, 25, 50, 75, 95 and 99 percent, greatest value.
    pub distribution: [f64; 9],
    /// The bound for the language before, and the share of the measured documents that it drops.
    pub before: Option<(Bound, f64)>,
    /// The percentile asked for.
    pub percentile: f64,
    /// The new bound, and the share of the measured documents that it drops; or why there is none.
    pub after: Result<(Bound, f64), &'static str>,
}

/// The percentiles of [`Fitted::distribution`] between least and greatest.
pub const SHOWN: [f64; 7] = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0];

/// Chooses a bound for each rule.
#[must_use]
pub fn fit(filter: &Filter, sample: &Sample, request: &Request<'_>) -> Vec<Fitted> {
    let mut columns: Vec<Vec<f64>> = sample.values.clone();
    columns.iter_mut().for_each(|values| values.sort_by(f64::total_cmp));
    let rules = filter.rules.iter().enumerate();
    let one = |(place, rule): (usize, &super::Rule)| {
        let values = columns.get(filter.slots[place]).map(Vec::as_slice).unwrap_or_default();
        let own = request.by_rule.iter().find(|(name, _)| *name == *rule.name);
        let percentile = own.map_or(request.percentile, |(_, percentile)| *percentile);
        let before = rule.bound_for(Some(request.language));
        let direction = before.or(rule.bound).or_else(|| rule.by_language.iter().find_map(|(_, bound)| *bound));
        Fitted {
            rule: rule.name.to_string(),
            metric: rule.metric.name(),
            measured: values.len(),
            distribution: distribution(values),
            before: before.map(|bound| (bound, dropped(values, bound))),
            percentile,
            after: chosen(rule, request.language, values, direction, percentile)
                .map(|bound| (bound, dropped(values, bound))),
        }
    };
    rules.map(one).collect()
}

/// The new bound of a rule.
fn chosen(
    rule: &super::Rule,
    language: &str,
    values: &[f64],
    direction: Option<Bound>,
    percentile: f64,
) -> Result<Bound, &'static str> {
    let def = rule.metric.def();
    let direction = direction.ok_or("the rule is off")?;
    if !rule.when.holds(Some(language)) {
        return Err("the rule does not hold in this language");
    }
    if def.unit == "yes or no" {
        return Err("yes or no has no quantile");
    }
    if values.is_empty() {
        return Err("no document could be measured");
    }
    let high = matches!(direction, Bound::Above(_) | Bound::AtLeast(_));
    let share = if high { percentile } else { 100.0 - percentile } / 100.0;
    let number = outward(quantile(values, share), high, def);
    let bound = if high { Bound::Above(number) } else { Bound::Below(number) };
    let (least, most) = def.range;
    if !bound.trips(least) && !bound.trips(most) {
        return Err("the whole range of the metric occurs in the sample");
    }
    if bound.trips(least) && bound.trips(most) {
        return Err("the metric has one value in the sample");
    }
    Ok(bound)
}

/// The share of values that a bound drops.
#[allow(clippy::cast_precision_loss, reason = "shown to people")]
fn dropped(values: &[f64], bound: Bound) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.iter().filter(|value| bound.trips(**value)).count() as f64 / values.len() as f64
}

/// The quantile at `share` of sorted values, interpolated linearly between the two nearest.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= at < n")]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let at = share.clamp(0.0, 1.0) * last as f64;
    // A place that is whole but for the last bits of the product is whole.
    let at = if (at - at.round()).abs() < 1e-9 { at.round() } else { at };
    let (low, part) = (at.floor(), at - at.floor());
    let (below, above) = (sorted[low as usize], sorted[(low as usize + 1).min(last)]);
    if below == above { below } else { below + (above - below) * part }
}

/// Least, quantiles, greatest.
fn distribution(sorted: &[f64]) -> [f64; 9] {
    let mut out = [f64::NAN; 9];
    out[0] = quantile(sorted, 0.0);
    for (place, percent) in SHOWN.into_iter().enumerate() {
        out[place + 1] = quantile(sorted, percent / 100.0);
    }
    out[8] = quantile(sorted, 1.0);
    out
}

/// Rounds to three digits away from the sample: up where high values are dropped, down where low ones are.
fn outward(value: f64, up: bool, def: &MetricDef) -> f64 {
    if def.integer {
        return if up { value.ceil() } else { value.floor() };
    }
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    // Exact powers of ten up to 10^22 keep the rounding the same on every machine.
    let mut scale = 1.0;
    while value.abs() * scale < 100.0 && scale < 1e9 {
        scale *= 10.0;
    }
    let scaled = value * scale;
    // What is three digits already stays, whatever the multiplication did to its last bit.
    let nearest = scaled.round();
    let rounded = if (nearest / scale).to_bits() == value.to_bits() {
        nearest
    } else if up {
        scaled.ceil()
    } else {
        scaled.floor()
    };
    rounded / scale
}

#[cfg(test)]
mod tests;
