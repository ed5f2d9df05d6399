//! Rules that can never be the first to fire, because an earlier step drops the same.

use std::collections::BTreeMap;

use super::super::diagnostic::{Finding, quoted};
use super::super::world::{FilterInfo, RuleInfo};
use super::Place;
use crate::document::Bound;

/// The condition of a shared step without any.
const ALWAYS: &str = "\0\0";

/// A rule of an earlier step.
struct Earlier {
    rule: String,
    bound: Bound,
    step: String,
}

/// Rules of earlier steps, to tell which later ones can never be the first to fire.
#[derive(Default)]
pub(super) struct Shadows {
    /// By metric and condition: of each rule the widest bound in each direction, so that a config of very many steps is
    /// checked in a time that grows with its length.
    earlier: BTreeMap<String, BTreeMap<String, Vec<Earlier>>>,
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
            let conditions = self.earlier.get(&rule.metric);
            let all = [ALWAYS, condition].into_iter().filter_map(|condition| conditions?.get(condition)).flatten();
            // The same rule twice is told apart by its own codes.
            let by = all.into_iter().find(|one| one.rule != name && covers(one.bound, *bound));
            if let Some(one) = by {
                let test = format!("{} {}", one.bound.sign(), one.bound.number());
                let (own, covering, before) = (quoted(&rule.name), quoted(&one.rule), quoted(&one.step));
                let by = format!("{own} ({covering} of step {before} drops {test})");
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
            let one = Earlier { rule: format!("{}/{}", info.name, rule.name), bound: *bound, step: step.to_owned() };
            let all = self.earlier.entry(rule.metric.clone()).or_default().entry(condition.to_owned()).or_default();
            let same = all.iter_mut().find(|other| {
                other.rule == one.rule && (covers(other.bound, one.bound) || covers(one.bound, other.bound))
            });
            match same {
                Some(other) if covers(other.bound, one.bound) => {}
                Some(other) => *other = one,
                None => all.push(one),
            }
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
