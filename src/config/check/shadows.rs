//! Rules that can never be the first to fire, because an earlier step drops the same.

use super::super::diagnostic::{Finding, quoted};
use super::super::world::{FilterInfo, RuleInfo};
use super::Place;
use crate::document::Bound;

/// The condition of a shared step without any.
const ALWAYS: &str = "\0\0";

/// Rules of earlier steps, to tell which later ones can never be the first to fire.
#[derive(Default)]
pub(super) struct Shadows {
    /// Condition, metric, bound, rule, step.
    earlier: Vec<(String, String, Bound, String, String)>,
}

impl Shadows {
    /// A step changed the text: what was measured before no longer holds.
    pub fn text_changes(&mut self) {
        self.earlier.clear();
    }

    /// Reports the rules of one step that earlier ones cover, then remembers its own.
    pub fn look(
        &mut self,
        findings: &mut Vec<Finding>,
        applied: &[(&RuleInfo, Bound, Place)],
        info: &FilterInfo,
        step: &str,
        condition: &str,
    ) {
        let whole: Vec<_> = applied.iter().filter(|(rule, _, _)| rule.everywhere).collect();
        let mut covered: Vec<(&str, String, Place)> = Vec::new();
        for (rule, bound, place) in &whole {
            let name = format!("{}/{}", info.name, rule.name);
            let by = self.earlier.iter().find(|(other, metric, earlier, covering, _)| {
                // The same rule twice is told apart by its own codes.
                (other == condition || other == ALWAYS)
                    && *metric == rule.metric
                    && *covering != name
                    && covers(*earlier, *bound)
            });
            if let Some((_, _, earlier, covering, before)) = by {
                let test = format!("{} {}", earlier.sign(), earlier.number());
                let by =
                    format!("{} ({} of step {} drops {test})", quoted(&rule.name), quoted(covering), quoted(before));
                covered.push((&rule.name, by, *place));
            }
        }
        if let Some((_, _, place)) = covered.first() {
            let each = covered.iter().map(|(_, by, _)| by.as_str()).collect::<Vec<_>>().join(", ");
            let (rules, they) = if covered.len() == 1 { ("a rule", "fires") } else { ("rules", "fire") };
            let message = format!(
                "{rules} of {} that never {they}, as an earlier step drops the same: {each}",
                quoted(&info.name)
            );
            let off = covered.iter().map(|(rule, _, _)| format!("{rule:?}")).collect::<Vec<_>>().join(", ");
            findings.push(
                Finding::warning("C050", *place, message)
                    .hint(format!("write `off = [{off}]` to leave out what does nothing")),
            );
        }
        for (rule, bound, _) in whole {
            let name = format!("{}/{}", info.name, rule.name);
            self.earlier.push((condition.to_owned(), rule.metric.clone(), *bound, name, step.to_owned()));
        }
    }
}

/// Whether every value that trips `later` trips `earlier`.
fn covers(earlier: Bound, later: Bound) -> bool {
    let high = |bound: Bound| matches!(bound, Bound::Above(_) | Bound::AtLeast(_));
    let (a, b) = (earlier.number(), later.number());
    let beyond = if high(earlier) { a < b } else { a > b };
    high(earlier) == high(later) && (beyond || (a == b && (earlier.trips(a) || !later.trips(a))))
}
