//! What the sections and alerts have in common, drawn together from plan and counts.

use crate::document::{Example, Flow, StepTally};
use crate::ledger::Stats;
use crate::plan::{Plan, PlannedRule, PlannedStep};
use std::collections::BTreeSet;

/// A rule with its counts.
pub struct RuleFacts<'a> {
    /// Its place among all rules, for anchors.
    pub number: usize,
    /// The step that it belongs to.
    pub step: &'a PlannedStep,
    /// Name as counted: `filter/rule` or the step's own word.
    pub name: &'a str,
    /// What the plan says of it; rules that only a step knows have no entry there.
    pub planned: Option<&'a PlannedRule>,
    /// What it dropped as the first rule that tripped.
    pub dropped: Flow,
    /// How often it tripped at all.
    pub tripped: u64,
    /// Documents that no other rule of the filter would have caught.
    pub alone: u64,
    /// Documents that the step judged.
    pub judged: u64,
    /// Documents that it dropped.
    pub examples: &'a [Example],
}

impl RuleFacts<'_> {
    /// Its name beside the name of its step.
    pub fn short_name(&self) -> &str {
        short_name(&self.step.name, self.name)
    }

    /// How it trips: `> 0.3`.
    pub fn trips(&self) -> &str {
        self.planned.map_or("", |planned| planned.trips.as_str())
    }
}

/// A rule's name without the filter's, where the step is named after the filter.
pub fn short_name<'a>(step: &str, rule: &'a str) -> &'a str {
    rule.strip_prefix(step).and_then(|rest| rest.strip_prefix('/')).unwrap_or(rule)
}

/// Steps of the plan with their counts.
pub fn steps<'a>(plan: &'a Plan, stats: &'a Stats) -> impl Iterator<Item = (&'a PlannedStep, &'a StepTally)> {
    plan.steps.iter().zip(&stats.tally.steps)
}

/// All rules: those of the plan in their order, then others that were counted, by name.
pub fn rules<'a>(plan: &'a Plan, stats: &'a Stats) -> Vec<RuleFacts<'a>> {
    let mut all = Vec::new();
    for (step, tally) in steps(plan, stats) {
        let known: BTreeSet<&str> = step.rules.iter().map(|rule| rule.name.as_str()).collect();
        let counted: BTreeSet<&str> = tally.dropped.keys().chain(tally.tripped.keys()).map(String::as_str).collect();
        let planned = step.rules.iter().map(|rule| (rule.name.as_str(), Some(rule)));
        let others = counted.difference(&known).map(|&name| (name, None));
        for (name, planned) in planned.chain(others) {
            let key = format!("{}/{name}", step.name);
            all.push(RuleFacts {
                number: all.len(),
                step,
                name,
                planned,
                dropped: tally.dropped.get(name).copied().unwrap_or_default(),
                tripped: tally.tripped.get(name).copied().unwrap_or_default(),
                alone: tally.alone.get(name).copied().unwrap_or_default(),
                judged: judged(tally),
                examples: stats.tally.examples.get(&key).map_or(&[], Vec::as_slice),
            });
        }
    }
    all
}

/// Documents that a step looked at: those that came in and were not passed over.
pub fn judged(tally: &StepTally) -> u64 {
    tally.entered.documents.saturating_sub(tally.passed_over)
}

/// Whether tokens were counted, so that shares of tokens mean something; otherwise bytes are compared.
pub fn weighs_tokens(stats: &Stats) -> bool {
    stats.tally.kept().tokens > 0
}

/// How much a flow weighs: tokens where they were counted, else bytes.
pub fn weight(stats: &Stats, flow: Flow) -> u64 {
    if weighs_tokens(stats) { flow.tokens } else { flow.bytes }
}

/// The unit of [`weight`].
pub fn weight_noun(stats: &Stats) -> &'static str {
    if weighs_tokens(stats) { "tokens" } else { "bytes" }
}
