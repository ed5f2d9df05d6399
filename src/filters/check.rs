//! What no single rule shows: whether rules can fire at all, and whether anything can pass.

use super::examples::{Example, Expect};
use super::read::{Reader, did_you_mean};
use super::rules::Placed;
use crate::document::Bound;
use crate::metrics::nearest;
use std::ops::Range;

/// Checks every rule against its metric, and against the rules before it.
pub(super) fn rules(placed: &[Placed], reader: &mut Reader) {
    for (place, this) in placed.iter().enumerate() {
        if let Some(bound) = this.rule.bound {
            reach(this, bound, &this.bound_span, None, reader);
        }
        for own in &this.by_language {
            if let Some(bound) = own.bound {
                reach(this, bound, &own.span, Some(&own.language), reader);
            }
        }
        for earlier in &placed[..place] {
            if earlier.rule.name == this.rule.name {
                let message = format!("a second rule named `{}`", this.rule.name);
                reader.error("F009", this.span.clone(), message, Some("give each rule a name of its own".to_owned()));
            }
            if earlier.rule.metric == this.rule.metric && holds_everywhere(earlier) && holds_everywhere(this) {
                pair(earlier, this, reader);
            }
        }
    }
}

/// Whether the rule has one bound for all documents.
fn holds_everywhere(placed: &Placed) -> bool {
    placed.rule.by_language.is_empty() && placed.rule.when == super::When::default()
}

/// Whether some value trips the bound, and some does not.
fn reach(placed: &Placed, bound: Bound, span: &Range<usize>, language: Option<&str>, reader: &mut Reader) {
    let def = placed.rule.metric.def();
    let (least, most) = def.range;
    let (never, always) = match bound {
        Bound::Above(number) => (number >= most, number < least),
        Bound::AtLeast(number) => (number > most, number <= least),
        Bound::Below(number) => (number <= least, number > most),
        Bound::AtMost(number) => (number < least, number >= most),
    };
    let range = format!("`{}` lies between {least} and {most}", def.name);
    let of = language.map(|code| format!(" in `{code}`")).unwrap_or_default();
    let off = language.map(|code| format!("write `{code} = \"off\"` to leave the rule out"));
    if never {
        let message = format!("rule `{}` can never fire{of}: {range}", placed.rule.name);
        reader.warning("F007", span.clone(), message, off);
    } else if always {
        let message = format!("rule `{}` drops every document{of}: {range}", placed.rule.name);
        reader.error("F008", span.clone(), message, off);
    }
}

/// Whether two rules on the same metric leave room, and whether the second can ever be the first to fire.
fn pair(earlier: &Placed, this: &Placed, reader: &mut Reader) {
    let (Some(first), Some(second)) = (earlier.rule.bound, this.rule.bound) else {
        return;
    };
    let drops_high = |bound: Bound| matches!(bound, Bound::Above(_) | Bound::AtLeast(_));
    let (a, b) = (first.number(), second.number());
    if drops_high(first) == drops_high(second) {
        let covered = if drops_high(first) { a <= b } else { a >= b } && first.trips(b) | !second.trips(b);
        if covered {
            let message =
                format!("rule `{}` never fires first: `{}` drops the same", this.rule.name, earlier.rule.name);
            reader.warning("F015", this.bound_span.clone(), message, None);
        }
        return;
    }
    let (high, low) = if drops_high(first) { (first, second) } else { (second, first) };
    let (ceiling, floor) = (high.number(), low.number());
    let touches = ceiling == floor && (high.trips(ceiling) || low.trips(floor));
    if ceiling < floor || touches {
        let message = format!("rules `{}` and `{}` leave nothing", earlier.rule.name, this.rule.name);
        let hint = format!("no value is both kept by {} {floor} and by {} {ceiling}", low.sign(), high.sign());
        reader.error("F008", this.bound_span.clone(), message, Some(hint));
    }
}

/// A list without a word: what counts its words is 0 for every document.
pub(super) fn empty_list(role: &str, language: &str, span: Range<usize>, reader: &mut Reader) {
    let message = format!("the list `{role}` of `{language}` is empty: no document has a word of it");
    let hint = "give it words, or delete it: without a list nothing is counted and no rule trips".to_owned();
    reader.warning("F016", span, message, Some(hint));
}

/// Checks the names that examples use.
pub(super) fn examples(examples: &[(Example, std::ops::Range<usize>)], placed: &[Placed], reader: &mut Reader) {
    for (place, (example, span)) in examples.iter().enumerate() {
        if examples[..place].iter().any(|(earlier, _)| earlier.name == example.name) {
            reader.error("F009", span.clone(), format!("a second example named `{}`", example.name), None);
        }
        let (Expect::DroppedBy(rule) | Expect::Trips(rule)) = &example.expect else {
            continue;
        };
        if placed.iter().all(|placed| *placed.rule.name != **rule) {
            let near = nearest(rule, placed.iter().map(|placed| &*placed.rule.name)).map(did_you_mean);
            reader.error("F012", span.clone(), format!("there is no rule `{rule}` in this filter"), near);
        }
    }
}
