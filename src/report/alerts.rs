//! What a person should look at first.

use super::facts::{self, RuleFacts};
use super::numbers::{count, of, percent, ratio};
use super::page::Page;
use crate::ledger::Stats;
use crate::plan::Plan;

/// Rules are judged by their record only when the step saw at least so many documents.
const ENOUGH: u64 = 100;
/// A rule that drops more than this share of what it judges is suspicious.
const GREEDY: f64 = 0.5;
/// One domain with more than this share of the kept weight shapes the model.
const BIG_DOMAIN: f64 = 0.05;
/// A duplicate cluster with more than this share of all documents is likely a failure page or a template.
const BIG_CLUSTER: f64 = 0.01;
/// A component of which more than this share stays after verification is held together by a template.
const TEMPLATE: f64 = 0.5;
/// Clusters below this size are never reported.
const SMALL_CLUSTER: u64 = 10;
/// More damage than this share of the records.
const DAMAGE: f64 = 0.001;
/// A source that keeps less than this share of its documents.
const LOSING_SOURCE: f64 = 0.1;
/// All shards but the last should have about the same size.
const UNEVEN_SHARDS: f64 = 0.8;
/// A kept language with fewer documents, and less than a thousandth of all kept ones, is likely a wrong guess.
const FEW_DOCUMENTS: u64 = 100;
/// Names listed in one alert.
const NAMES: usize = 12;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The numbers cannot be trusted.
    Error,
    /// Worth a look before the output is used.
    Warning,
    /// Good to know.
    Note,
}

impl Level {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A piece of an alert's sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words of ours.
    Words(String),
    /// A name that came from the config or from documents.
    Name(String),
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// How bad.
    pub level: Level,
    /// Stable name, for tests and searches.
    pub kind: &'static str,
    /// The sentence.
    pub parts: Vec<Part>,
}

struct Sentence(Vec<Part>);

fn say(words: impl Into<String>) -> Sentence {
    Sentence(vec![Part::Words(words.into())])
}

impl Sentence {
    fn words(mut self, words: impl Into<String>) -> Self {
        self.0.push(Part::Words(words.into()));
        self
    }

    fn name(mut self, name: &str) -> Self {
        self.0.push(Part::Name(name.to_owned()));
        self
    }

    /// `step` › `rule`.
    fn rule(self, rule: &RuleFacts<'_>) -> Self {
        self.name(&rule.step.name).words(" › ").name(rule.short_name())
    }

    fn list<'a>(mut self, names: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let all = names.len();
        for (at, name) in names.take(NAMES).enumerate() {
            self = if at == 0 { self } else { self.words(", ") }.name(name);
        }
        if all > NAMES { self.words(format!(" and {} more", count((all - NAMES) as u64))) } else { self }
    }

    fn alert(self, level: Level, kind: &'static str) -> Alert {
        Alert { level, kind, parts: self.0 }
    }
}

/// All alerts, worst first, otherwise in the order of the report.
pub fn find(plan: &Plan, stats: &Stats) -> Vec<Alert> {
    let rules = facts::rules(plan, stats);
    let mut alerts = Vec::new();
    whole(plan, stats, &mut alerts);
    silent_rules(&rules, &mut alerts);
    greedy_rules(&rules, &mut alerts);
    shadowed_rules(&rules, &mut alerts);
    sources(stats, &mut alerts);
    languages(stats, &mut alerts);
    domains(stats, &mut alerts);
    clusters(stats, &mut alerts);
    templates(stats, &mut alerts);
    duplicated_sources(plan, stats, &mut alerts);
    shards(stats, &mut alerts);
    mixture(plan, stats, &mut alerts);
    alerts.sort_by_key(|alert| alert.level);
    alerts
}

fn whole(plan: &Plan, stats: &Stats, alerts: &mut Vec<Alert>) {
    let totals = &stats.totals;
    if plan.fingerprint() != stats.fingerprint {
        alerts.push(
            say("The plan is not the one that these numbers were counted with.").alert(Level::Error, "other-plan"),
        );
    }
    for law in stats.tally.broken_laws(&plan.step_names()) {
        alerts.push(say("The counts do not add up: ").name(&law).alert(Level::Error, "broken-law"));
    }
    if totals.documents == 0 {
        alerts.push(say("No document was read.").alert(Level::Warning, "nothing-read"));
    } else if totals.kept == 0 {
        alerts.push(say("No document was kept.").alert(Level::Warning, "nothing-kept"));
    }
    let damaged = totals.faults + totals.quarantined;
    if ratio(damaged, totals.records) > DAMAGE {
        let share = percent(damaged, totals.records);
        let sentence = say(format!("{} ({share} of all records) were damaged and set aside.", of(damaged, "record")));
        alerts.push(sentence.alert(Level::Warning, "damage"));
    }
}

fn silent_rules(rules: &[RuleFacts<'_>], alerts: &mut Vec<Alert>) {
    let silent: Vec<&RuleFacts<'_>> =
        rules.iter().filter(|rule| rule.tripped == 0 && rule.dropped.documents == 0 && rule.judged >= ENOUGH).collect();
    // One sentence per step, so that a filter that does nothing stands out.
    for group in silent.chunk_by(|a, b| std::ptr::eq(a.step, b.step)) {
        let words =
            format!(": {} never fired on {}: ", of(group.len() as u64, "rule"), of(group[0].judged, "document"));
        let sentence =
            say("Step ").name(&group[0].step.name).words(words).list(group.iter().map(|rule| rule.short_name()));
        alerts.push(sentence.alert(Level::Note, "silent-rule"));
    }
}

fn greedy_rules(rules: &[RuleFacts<'_>], alerts: &mut Vec<Alert>) {
    for rule in rules {
        if rule.judged >= ENOUGH && ratio(rule.dropped.documents, rule.judged) > GREEDY {
            let share = percent(rule.dropped.documents, rule.judged);
            let words = format!(" dropped {share} of the {} that it judged.", of(rule.judged, "document"));
            alerts.push(say("Rule ").rule(rule).words(words).alert(Level::Warning, "greedy-rule"));
        }
    }
}

fn shadowed_rules(rules: &[RuleFacts<'_>], alerts: &mut Vec<Alert>) {
    let shadowed = rules.iter().filter(|rule| rule.tripped >= ENOUGH && rule.alone == 0);
    for rule in shadowed {
        let words = format!(
            " tripped on {}, but other rules of the step tripped on each of them too.",
            of(rule.tripped, "document")
        );
        alerts.push(say("Rule ").rule(rule).words(words).alert(Level::Note, "shadowed-rule"));
    }
}

fn sources(stats: &Stats, alerts: &mut Vec<Alert>) {
    for (name, group) in &stats.tally.sources {
        let (read, kept) = (group.read.documents, group.kept.documents);
        if read >= ENOUGH && ratio(kept, read) < LOSING_SOURCE {
            let words = format!(" keeps only {} of its {}.", percent(kept, read), of(read, "document"));
            alerts.push(say("Source ").name(name).words(words).alert(Level::Warning, "losing-source"));
        }
    }
}

fn languages(stats: &Stats, alerts: &mut Vec<Alert>) {
    let kept = stats.totals.kept;
    let rare: Vec<&str> = stats
        .tally
        .languages
        .iter()
        .filter(|(_, group)| {
            let documents = group.kept.documents;
            (1..FEW_DOCUMENTS).contains(&documents) && documents < kept / 1000
        })
        .map(|(label, _)| label.as_str())
        .collect();
    if !rare.is_empty() {
        let words = format!("Kept languages with fewer than {FEW_DOCUMENTS} documents, often wrong guesses: ");
        alerts.push(say(words).list(rare.into_iter()).alert(Level::Note, "rare-language"));
    }
}

fn domains(stats: &Stats, alerts: &mut Vec<Alert>) {
    let whole = facts::weight(stats, stats.tally.kept());
    if stats.totals.kept < ENOUGH {
        return;
    }
    for (name, group) in &stats.tally.domains {
        let part = facts::weight(stats, group.kept);
        if ratio(part, whole) > BIG_DOMAIN {
            let words = format!(" gives {} of the kept {}.", percent(part, whole), facts::weight_noun(stats));
            alerts.push(say("Domain ").name(name).words(words).alert(Level::Warning, "big-domain"));
        }
    }
}

fn clusters(stats: &Stats, alerts: &mut Vec<Alert>) {
    for (step, facts) in &stats.dedup {
        let biggest = facts.get("biggest").copied().unwrap_or_default();
        if biggest >= SMALL_CLUSTER && ratio(biggest, stats.totals.documents) > BIG_CLUSTER {
            let share = percent(biggest, stats.totals.documents);
            let words = format!(
                ": the biggest cluster holds {} ({share} of all read), likely a template or an error page.",
                of(biggest, "document")
            );
            alerts.push(say("Step ").name(step).words(words).alert(Level::Warning, "big-cluster"));
        }
    }
}

/// Text that many documents share without being copies of each other: a template, a licence, a navigation bar.
fn templates(stats: &Stats, alerts: &mut Vec<Alert>) {
    for (step, facts) in &stats.dedup {
        let fact = |name: &str| facts.get(name).copied().unwrap_or_default();
        let (connected, stay) = (fact("biggest-component"), fact("biggest-component-kept"));
        let big = connected >= SMALL_CLUSTER && ratio(connected, stats.totals.documents) > BIG_CLUSTER;
        if big && ratio(stay, connected) > TEMPLATE {
            let words = format!(
                ": {} are connected by shared bands, but {} of them are unlike and stay: they share a template. Without \
                 verification all but one would go.",
                of(connected, "document"),
                count(stay)
            );
            alerts.push(say("Step ").name(step).words(words).alert(Level::Warning, "template-cluster"));
        }
        let beyond = fact("beyond-leaders");
        if beyond > 0 {
            let words = format!(
                ": {} stayed because the comparison with the survivors of their component was cut short.",
                of(beyond, "document")
            );
            alerts.push(say("Step ").name(step).words(words).alert(Level::Note, "comparison-cut"));
        }
    }
}

/// Sources that a dedup step nearly empties: a dump that came twice, or shingles that do not fit its texts.
fn duplicated_sources(plan: &Plan, stats: &Stats, alerts: &mut Vec<Alert>) {
    for (step, tally) in facts::steps(plan, stats) {
        for (source, group) in &tally.sources {
            let (entered, gone) = (group.read.documents, group.read.documents - group.kept.documents);
            if entered >= ENOUGH && ratio(gone, entered) > plan.source_loss {
                let words = format!(" loses {} of its {} to step ", percent(gone, entered), of(entered, "document"));
                let sentence = say("Source ").name(source).words(words).name(&step.name).words(", as duplicates.");
                alerts.push(sentence.alert(Level::Warning, "duplicated-source"));
            }
        }
    }
}

fn shards(stats: &Stats, alerts: &mut Vec<Alert>) {
    // The shards of a shuffled run are cut by hashes: they differ as samples do, and the last one is like the others.
    if stats.order.is_some() {
        return;
    }
    let full = &stats.shards[..stats.shards.len().saturating_sub(1)];
    let (least, most) = (full.iter().map(|one| one.tokens).min(), full.iter().map(|one| one.tokens).max());
    if let (Some(least), Some(most)) = (least, most)
        && ratio(least, most) < UNEVEN_SHARDS
    {
        let words = format!(
            "Shards are uneven: between {} and {} tokens, the last one not counted.",
            count(least),
            count(most)
        );
        alerts.push(say(words).alert(Level::Warning, "uneven-shards"));
    }
}

/// Groups of the mixture that would need more epochs than are allowed.
fn mixture(plan: &Plan, stats: &Stats, alerts: &mut Vec<Alert>) {
    for one in stats.order.iter().flat_map(|order| &order.shares) {
        // What is cut off below 2^-32 is no shortage.
        if one.wanted > one.epochs.value() + 1e-6 {
            let source = plan.sources.get(one.group.source as usize).map_or("", |source| source.name.as_str());
            let words = format!(
                ": the mixture asks for {:.2} epochs of its {} tokens, {:.2} were written (`max-epochs`).",
                one.wanted,
                count(one.tokens),
                one.epochs.value()
            );
            let language =
                if one.group.language.is_empty() { String::new() } else { format!(" ({})", one.group.language) };
            let sentence = say("Source ").name(source).words(language).words(words);
            alerts.push(sentence.alert(Level::Warning, "short-mixture"));
        }
    }
}

/// Alerts shown; a broken filter of thousands of rules must not bury the rest.
const SHOWN: usize = 50;

/// Draws the section.
pub fn draw(page: &mut Page, plan: &Plan, stats: &Stats) {
    let alerts = find(plan, stats);
    if alerts.is_empty() {
        page.paragraph("quiet", "Nothing stands out.");
        return;
    }
    page.html("<ul class=\"alerts\">\n");
    for alert in alerts.iter().take(SHOWN) {
        page.html(match alert.level {
            Level::Error => "<li class=\"error\"><b>",
            Level::Warning => "<li class=\"warning\"><b>",
            Level::Note => "<li class=\"note\"><b>",
        });
        page.html(alert.level.word()).html("</b> <span>");
        for part in &alert.parts {
            match part {
                Part::Words(words) => page.text(words),
                Part::Name(name) => page.html("<code>").document(name).html("</code>"),
            };
        }
        page.html("</span></li>\n");
    }
    page.html("</ul>\n");
    if alerts.len() > SHOWN {
        page.paragraph("source", &format!("{} more alerts are not shown.", count((alerts.len() - SHOWN) as u64)));
    }
}
