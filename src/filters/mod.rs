//! Filters: ordered rules as data.
//!
//! A *rule* compares one metric with one bound. A *filter* is one TOML file: rules in order, the word splitter and word
//! lists they are measured with, line edits, the references it reproduces, and examples that run as tests. The first
//! rule that trips is the reason of a drop; all rules are looked at, so that the ledger knows what else would have
//! dropped the document. Files are read by [`Filter::parse`], which reports every problem with its place.

mod check;
pub mod compare;
mod edit;
mod edits;
mod examples;
pub mod fit;
pub mod import;
mod judge;
mod library;
mod lists;
mod overrides;
mod parse;
mod parse_edits;
mod problem;
mod read;
mod rules;
mod splitters;
pub mod starter;

pub use edit::Edit;
pub use examples::{Example, ExampleResult, Expect, Miss, MissedRule, run_example, run_examples};
pub use judge::{Judgement, Outcome};
pub use library::{LIBRARY, LISTS, embedded_list, find as find_in_library, names as library_names};
pub use lists::{ListFile, ListNeed, ListRef, ListSource, category_file};
pub use overrides::{Change, Override};
pub use parse::SPLITTERS;
pub use problem::{CODES, Problem, Severity, explain};

pub use splitters::splitter_name;

use std::sync::Arc;

use crate::document::Bound;
use crate::language::{Tag, TagMap};
use crate::metrics::{Lists, MetricId, MetricSet, Reading, Settings};

/// One paper, program or page that a filter reproduces or follows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    /// Author, year, title, or repository and file.
    pub text: String,
    /// Version or commit, if it is a program.
    pub version: Option<String>,
    /// Address, if there is one.
    pub link: Option<String>,
}

/// In which languages a rule holds. Codes are compared as word lists are, by [`Tag::fits`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct When {
    /// Only these; empty: all.
    pub only: Vec<String>,
    /// Not these.
    pub except: Vec<String>,
}

impl When {
    /// Whether the rule holds for a document of that language. A rule with `only` does not hold for unknown languages.
    #[must_use]
    pub fn holds(&self, language: Option<&str>) -> bool {
        self.holds_for(language.map(Tag::of).as_ref())
    }

    /// [`When::holds`] for a tag that is taken apart already.
    fn holds_for(&self, language: Option<&Tag<'_>>) -> bool {
        let named =
            |list: &[String]| language.is_some_and(|code| list.iter().any(|own| Tag::of(own).fits(code).is_some()));
        (self.only.is_empty() || named(&self.only)) && !named(&self.except)
    }
}

/// One metric, one bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The name inside the filter, such as `too-few-words`.
    pub name: Arc<str>,
    /// The metric that is measured.
    pub metric: MetricId,
    /// The bound for documents whose language has none of its own. `None`: switched off.
    pub bound: Option<Bound>,
    /// Bounds for single languages; `None`: switched off in that language.
    pub by_language: TagMap<Option<Bound>>,
    /// In which languages the rule holds at all.
    pub when: When,
    /// The reason string that the reproduced program gives, if any.
    pub reason: Option<Arc<str>>,
    /// One sentence: what the rule is good for.
    pub why: Option<String>,
}

impl Rule {
    /// The bound for a document of that language, if the rule holds for it.
    #[must_use]
    pub fn bound_for(&self, language: Option<&str>) -> Option<Bound> {
        self.bound_for_tag(language.map(Tag::of).as_ref())
    }

    /// [`Rule::bound_for`] for a tag that is taken apart already.
    pub(crate) fn bound_for_tag(&self, language: Option<&Tag<'_>>) -> Option<Bound> {
        if !self.when.holds_for(language) {
            return None;
        }
        let own = language.and_then(|code| self.by_language.get(code));
        own.copied().unwrap_or(self.bound)
    }
}

/// Ordered rules with everything they need.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The name, such as `gopher-quality@datatrove-0.10`.
    pub name: Arc<str>,
    /// One line for lists.
    pub title: String,
    /// A few sentences: what it does, what is peculiar.
    pub about: Option<String>,
    /// What it reproduces.
    pub references: Vec<Reference>,
    /// How its metrics are measured.
    pub settings: Settings,
    /// How its list files are read.
    pub reading: Reading,
    /// Lists that stand in for those of [`Settings::lists`] when examples run: a filter may need lists that nobody may
    /// ship.
    pub example_lists: Lists,
    /// What it removes from the text of documents that it keeps, in order.
    pub edits: Vec<Edit>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// Keep/drop examples.
    pub examples: Vec<Example>,
    /// What is odd about the file without being wrong.
    pub warnings: Vec<Problem>,
    /// The metrics of the rules.
    pub(crate) set: MetricSet,
    /// For each rule, the place of its metric in the row of values.
    pub(crate) slots: Vec<usize>,
    /// For each rule, `filter/rule`.
    pub(crate) rule_names: Vec<Arc<str>>,
    /// For each rule whose metric tells the part of a list: `filter/rule:label` for each part; empty for others.
    pub(crate) part_names: Vec<Vec<Arc<str>>>,
    /// For each rule, the metric's name.
    pub(crate) metric_names: Vec<Arc<str>>,
}

impl Filter {
    /// The metrics that the rules need, each once: the columns of a row of values.
    #[must_use]
    pub fn metrics(&self) -> &[MetricId] {
        self.set.ids()
    }

    /// The language that bounds and lists are looked up in for a document: its own, else the one that the file names.
    #[must_use]
    pub fn language_of<'f>(&'f self, identified: Option<(&'f str, f64)>) -> Option<&'f str> {
        self.settings.language_of(identified)
    }

    /// The rule of that name.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<(usize, &Rule)> {
        self.rules.iter().enumerate().find(|(_, rule)| &*rule.name == name)
    }

    /// Prepares what judging needs, after the rules are final.
    fn prepare(&mut self) {
        self.set = MetricSet::new(self.rules.iter().map(|rule| rule.metric));
        self.slots = self.rules.iter().map(|rule| self.set.position(rule.metric).unwrap_or(0)).collect();
        self.rule_names = self.rules.iter().map(|rule| format!("{}/{}", self.name, rule.name).into()).collect();
        self.metric_names = self.rules.iter().map(|rule| rule.metric.name().into()).collect();
        self.part_names = self.rules.iter().map(|rule| self.parts_of(rule)).collect();
    }
}

#[cfg(test)]
mod tests;
