use crate::document::Bound;
use crate::language::TagMap;
use crate::metrics::nearest;

use super::Filter;
use super::problem::{Problem, Severity};
use super::read::did_you_mean;

/// A change to one rule of a filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Override<'o> {
    /// The rule's name, with or without the filter's name and a slash before it.
    pub rule: &'o str,
    /// What becomes of its bound.
    pub change: Change,
}

/// What becomes of a rule's bound, in every language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Another number in the same direction.
    Number(f64),
    /// Another bound.
    Bound(Bound),
    /// The rule is switched off; its metric is measured still.
    Off,
}

impl Filter {
    /// The filter with other bounds. Bounds of single languages give way to the new one.
    ///
    /// # Errors
    /// A problem (without a place) for each unknown rule and each NaN.
    pub fn with_bounds(&self, overrides: &[Override<'_>]) -> Result<Self, Vec<Problem>> {
        let mut changed = self.clone();
        let mut problems = Vec::new();
        for Override { rule, change } in overrides {
            let name = rule.strip_prefix(&*self.name).and_then(|rest| rest.strip_prefix('/')).unwrap_or(rule);
            let Some((place, old)) = self.rule(name) else {
                let near = nearest(name, self.rules.iter().map(|rule| &*rule.name)).map(did_you_mean);
                problems.push(problem("F012", format!("`{}` has no rule `{name}`", self.name), near));
                continue;
            };
            let bound = match change {
                Change::Number(number) => Some(with_number(old.bound, *number)),
                Change::Bound(bound) => Some(*bound),
                Change::Off => None,
            };
            if bound.is_some_and(|bound| bound.number().is_nan()) {
                problems.push(problem("F013", format!("the new bound of `{name}` is not a number"), None));
                continue;
            }
            changed.rules[place].bound = bound;
            changed.rules[place].by_language = TagMap::default();
        }
        if problems.is_empty() { Ok(changed) } else { Err(problems) }
    }
}

/// The same comparison with another number; `>` for a rule without one.
fn with_number(old: Option<Bound>, number: f64) -> Bound {
    match old {
        None | Some(Bound::Above(_)) => Bound::Above(number),
        Some(Bound::Below(_)) => Bound::Below(number),
        Some(Bound::AtLeast(_)) => Bound::AtLeast(number),
        Some(Bound::AtMost(_)) => Bound::AtMost(number),
    }
}

/// A problem that lies in no file.
fn problem(code: &'static str, message: String, hint: Option<String>) -> Problem {
    Problem { code, severity: Severity::Error, span: 0..0, line: 0, column: 0, message, hint }
}
