//! Two filters on the same documents: where they agree, where not, and why.

use std::collections::BTreeMap;

use super::{Filter, Outcome};
use crate::document::{Reason, Verdict};

/// Verdicts of two filters, counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// Documents that both keep.
    pub both_keep: u64,
    /// Among them, documents that come out with different texts.
    pub other_text: u64,
    /// Documents that both drop.
    pub both_drop: u64,
    /// Documents that only the first drops.
    pub only_first: u64,
    /// Documents that only the second drops.
    pub only_second: u64,
    /// By the rules that decided; documents that both keep are not here.
    pub pairs: BTreeMap<Sides, Pair>,
}

/// The names of the rules that decided on each side; `None`: kept.
pub type Sides = (Option<String>, Option<String>);

/// Documents with the same pair of reasons.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pair {
    /// How many.
    pub documents: u64,
    /// The first of them.
    pub cases: Vec<Case>,
}

/// One document, with what decided on each side.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Where it comes from, in the caller's words.
    pub label: String,
    /// Its address, if it has one.
    pub url: Option<String>,
    /// A short beginning of its text.
    pub snippet: String,
    /// Why the first drops it.
    pub first: Option<Reason>,
    /// Why the second drops it.
    pub second: Option<Reason>,
}

/// What two filters say of one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdicts {
    first: Option<Reason>,
    second: Option<Reason>,
    other_text: bool,
}

impl Verdicts {
    /// Puts two outcomes together.
    #[must_use]
    pub fn of(filters: [&Filter; 2], outcomes: &[Outcome; 2], identified: Option<(&str, f64)>) -> Self {
        let reason = |side: usize| {
            let language = filters[side].language_of(identified);
            match filters[side].verdict(&outcomes[side], language) {
                Verdict::Drop(reason) => Some(reason),
                Verdict::Keep => None,
            }
        };
        Self { first: reason(0), second: reason(1), other_text: outcomes[0].text != outcomes[1].text }
    }
}

impl Comparison {
    /// Counts one document. `case` describes it, and is asked only while its pair of reasons has fewer than `most` cases.
    pub fn add(&mut self, verdicts: Verdicts, most: usize, case: impl FnOnce() -> (String, Option<String>, String)) {
        let Verdicts { first, second, other_text } = verdicts;
        match (&first, &second) {
            (None, None) => {
                self.both_keep += 1;
                self.other_text += u64::from(other_text);
                return;
            }
            (Some(_), Some(_)) => self.both_drop += 1,
            (Some(_), None) => self.only_first += 1,
            (None, Some(_)) => self.only_second += 1,
        }
        let name = |reason: &Option<Reason>| reason.as_ref().map(|reason| short(&reason.rule).to_owned());
        let pair = self.pairs.entry((name(&first), name(&second))).or_default();
        pair.documents += 1;
        if pair.cases.len() < most {
            let (label, url, snippet) = case();
            pair.cases.push(Case { label, url, snippet, first, second });
        }
    }

    /// All documents.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.both_keep + self.both_drop + self.only_first + self.only_second
    }

    /// The pairs of reasons: those that the filters disagree about first, the most frequent first.
    #[must_use]
    pub fn ranked(&self) -> Vec<(&Sides, &Pair)> {
        let mut all: Vec<_> = self.pairs.iter().collect();
        all.sort_by_key(|((first, second), pair)| {
            (first.is_some() && second.is_some(), std::cmp::Reverse(pair.documents), first.clone(), second.clone())
        });
        all
    }
}

/// A rule's name without its filter's.
fn short(rule: &str) -> &str {
    rule.rsplit_once('/').map_or(rule, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Subject;
    use crate::text::TextView;

    fn filter(name: &str, below: u32) -> Filter {
        let rule = format!("[[rule]]\nname = \"few\"\nmetric = \"words\"\nbelow = {below}\n");
        Filter::parse(name, &format!("title = \"t\"\nsplitter = \"whitespace\"\n{rule}")).unwrap()
    }

    #[test]
    fn verdicts_are_counted_by_pair_of_reasons() {
        let (a, b) = (filter("a", 2), filter("b", 4));
        let mut found = Comparison::default();
        for text in ["one", "one two", "one two three", "one two three four"] {
            let view = TextView::new(text);
            let subject = Subject::of_text(&view);
            let verdicts = Verdicts::of([&a, &b], &[a.apply(&subject), b.apply(&subject)], None);
            found.add(verdicts, 1, || (text.to_owned(), None, String::new()));
        }
        let counts = (found.both_keep, found.both_drop, found.only_first, found.only_second, found.documents());
        assert_eq!(counts, (1, 1, 0, 2, 4));
        let ranked = found.ranked();
        assert_eq!(*ranked[0].0, (None, Some("few".to_owned())), "disagreement comes first");
        assert_eq!((ranked[0].1.documents, ranked[0].1.cases.len()), (2, 1));
        assert_eq!(ranked[0].1.cases[0].label, "one two");
        let reason = ranked[0].1.cases[0].second.as_ref().unwrap();
        assert_eq!((reason.value, reason.bound), (2.0, Some(crate::document::Bound::Below(4.0))));
    }
}
