//! Filter steps: that the filter exists, that its rules are called right, that bounds can be met.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::diagnostic::{Finding, did_you_mean, quoted};
use super::super::types::{Config, FilterRef, FilterStep, ListFrom, Mode, Step, StepKind};
use super::super::world::{FilterInfo, NoFilter, RuleInfo, resolve_filter};
use super::shadows::Shadows;
use super::{Check, Located, Place};
use crate::document::Bound;

/// Filters that were looked up, by full name or path.
#[derive(Default)]
struct Known {
    names: Vec<String>,
    infos: BTreeMap<String, Option<Rc<FilterInfo>>>,
}

/// A rule with the bound it has in this config.
struct Applied {
    bound: Bound,
    place: Place,
    step: String,
}

/// What one condition (`when`) lets through so far.
#[derive(Default)]
struct Passing {
    /// Per rule (`filter/rule`): the bound it last ran with.
    rules: BTreeMap<String, Applied>,
    /// Per metric: the greatest number that values must reach, and the least they must not pass.
    low: BTreeMap<String, (f64, String)>,
    high: BTreeMap<String, (f64, String)>,
}

impl Check<'_> {
    /// Checks all filter steps, makes their names full, and returns the rules of this config as `filter/rule`.
    pub(super) fn filters(&mut self, config: &mut Config) -> Vec<String> {
        let mut known = Known { names: self.world.filter_names(), infos: BTreeMap::new() };
        let mut passing: BTreeMap<String, Passing> = BTreeMap::new();
        let mut rules = Vec::new();
        let own = config.sources.iter_mut().flat_map(|source| {
            let name = source.name.value.clone();
            source.steps.iter_mut().map(move |step| (Some(name.clone()), step))
        });
        let mut used = BTreeSet::new();
        let mut shadows = Shadows::default();
        for (source, step) in own.chain(config.steps.iter_mut().map(|step| (None, step))) {
            let condition = condition(source.as_deref(), step);
            let (mode, step_name) = (step.mode, step.name.value.clone());
            if matches!(step.kind, StepKind::Extract(_) | StepKind::Pii(_)) && mode != Mode::Off {
                shadows.text_changes();
            }
            let StepKind::Filter(filter) = &mut step.kind else {
                continue;
            };
            let Some(info) = self.look_up(filter, &mut known) else {
                continue;
            };
            filter.reads_text = info.reads_text;
            self.rule_names(filter, &info);
            self.filter_lists(filter, &info);
            if used.insert(info.name.clone()) {
                rules.extend(info.rules.iter().map(|rule| format!("{}/{}", info.name, rule.name)));
            }
            let applied = self.bounds(filter, &info);
            if mode == Mode::Drop {
                shadows.look(self.findings, &applied, &info, &step_name, &condition);
                self.against_others(&applied, &info, &step_name, passing.entry(condition).or_default());
            }
            if info.edits && mode != Mode::Off {
                shadows.text_changes();
            }
        }
        let info = |filter: &FilterRef| {
            let (FilterRef::Name(text) | FilterRef::Path(text)) = filter;
            known.infos.get(&text.value).and_then(Option::as_deref)
        };
        self.splitter_languages(config, &info);
        rules
    }

    fn look_up(&mut self, filter: &mut FilterStep, known: &mut Known) -> Option<Rc<FilterInfo>> {
        match &mut filter.filter {
            FilterRef::Path(path) => {
                if let Some(info) = known.infos.get(&path.value) {
                    return info.clone();
                }
                let before = self.findings.len();
                self.needs_file("filter", path);
                let found = if self.findings.len() > before || path.value.is_empty() {
                    None
                } else {
                    match self.world.filter_at(&path.value) {
                        Ok(info) => {
                            self.file_warnings(path, &info);
                            Some(Rc::new(info))
                        }
                        Err(why) => {
                            let message = format!("filter file {} cannot be used: {why}", quoted(&path.value));
                            let help = format!("`gristmill test {}` says more", path.value);
                            self.findings.push(Finding::error("C027", path.place, message).help(help));
                            None
                        }
                    }
                };
                known.infos.insert(path.value.clone(), found.clone());
                found
            }
            FilterRef::Name(name) => {
                if name.value.is_empty() {
                    return None;
                }
                let full = match resolve_filter(&known.names, &name.value) {
                    Ok(full) => full.to_owned(),
                    Err(why) => {
                        self.unknown_filter(name, &why, &known.names);
                        return None;
                    }
                };
                name.value.clone_from(&full);
                let world = self.world;
                known.infos.entry(full).or_insert_with_key(|full| world.filter(full).map(Rc::new)).clone()
            }
        }
    }

    /// What is odd about a filter file of the user's.
    fn file_warnings(&mut self, path: &Located<String>, info: &FilterInfo) {
        for warning in &info.warnings {
            let message = format!("filter file {}, {warning}", quoted(&path.value));
            let help = format!("`gristmill check {}` shows the place", path.value);
            self.findings.push(Finding::warning("C052", path.place, message).help(help));
        }
    }

    fn unknown_filter(&mut self, name: &Located<String>, why: &NoFilter, names: &[String]) {
        let finding = match why {
            NoFilter::Unknown => {
                let stems = names.iter().filter_map(|name| name.split('@').next());
                let hint = if name.value.ends_with(".toml") || name.value.contains('/') {
                    Some(format!("for a file of your own write `filter = {{ path = {:?} }}`", name.value))
                } else {
                    did_you_mean(&name.value, names.iter().map(String::as_str).chain(stems))
                };
                Finding::error("C012", name.place, format!("unknown filter {}", quoted(&name.value)))
                    .label("no filter of this name")
                    .maybe_hint(hint)
                    .help(format!(
                        "`gristmill filters list` shows all {}; `gristmill explain C012` says more",
                        names.len()
                    ))
            }
            NoFilter::Several(full) => {
                let all = full.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                Finding::error("C012", name.place, format!("{} may be any of {all}", quoted(&name.value)))
                    .hint("each reproduces another program; write the whole name of the one you mean")
            }
        };
        self.findings.push(finding);
    }

    /// Names in `bounds` and `off` must be rules of the filter, with a number where one is set.
    fn rule_names(&mut self, filter: &FilterStep, info: &FilterInfo) {
        let names = || info.rules.iter().map(|rule| rule.name.as_str());
        let given = filter.bounds.iter().map(|(name, bound)| (name.as_str(), bound.place));
        for (name, place) in given.chain(filter.off.iter().map(|name| (name.value.as_str(), name.place))) {
            if !name.is_empty() && !names().any(|known| known == name) {
                let message = format!("filter {} has no rule {}", quoted(&info.name), quoted(name));
                self.findings.push(
                    Finding::error("C013", place, message)
                        .maybe_hint(did_you_mean(name, names()))
                        .help(format!("`gristmill filters show {}` lists its rules", info.name)),
                );
            }
        }
        for name in &filter.off {
            if filter.bounds.contains_key(&name.value) {
                let message = format!("rule {} has a bound and is off", quoted(&name.value));
                self.findings.push(Finding::error("C018", name.place, message).hint("delete one of the two"));
            }
        }
    }

    /// Lists that are given must be there and of use; lists that are needed must be given.
    fn filter_lists(&mut self, filter: &FilterStep, info: &FilterInfo) {
        for (role, by_language) in &filter.lists {
            // What is allowed is an exception to what is bad.
            let needed = if role == "bad-words-allowed" { "bad-words" } else { role };
            let used = info.lists.iter().any(|list| list.role == needed);
            for from in by_language.values() {
                match from {
                    ListFrom::Paths(paths) => paths.iter().for_each(|path| self.needs_file("list", path)),
                    ListFrom::Categories(categories) => self.categories(categories),
                }
            }
            let place = by_language.values().next().map(|from| match from {
                ListFrom::Paths(paths) => paths.first().map_or(Place::NOWHERE, |path| path.place),
                ListFrom::Categories(categories) => categories.folder.place,
            });
            if let (false, Some(place)) = (used, place) {
                let message = format!("no rule of filter {} looks at a list `{role}`", quoted(&info.name));
                let known: Vec<String> = info.lists.iter().map(|list| quoted(&list.role)).collect();
                let finding = Finding::warning("C044", place, message).hint("delete it");
                let help = (!known.is_empty()).then(|| format!("its rules look at {}", known.join(", ")));
                self.findings.push(match help {
                    Some(help) => finding.help(help),
                    None => finding,
                });
            }
        }
        let (FilterRef::Name(name) | FilterRef::Path(name)) = &filter.filter;
        for list in info.lists.iter().filter(|list| !list.given && !filter.lists.contains_key(&list.role)) {
            let rules: Vec<&String> =
                list.rules.iter().filter(|rule| !filter.off.iter().any(|off| off.value == **rule)).collect();
            if !rules.is_empty() {
                let names = rules.iter().map(|rule| format!("{rule:?}")).collect::<Vec<_>>().join(", ");
                let message = format!("filter {} needs a list `{}`", quoted(&info.name), list.role);
                let key = if list.role.starts_with("url-") {
                    format!("{{ {} = \"list.txt\" }}", list.role)
                } else {
                    format!("{{ {} = {{ en = \"list.txt\" }} }}", list.role)
                };
                let hint = format!("give one with `lists = {key}`, or leave its rules out with `off = [{names}]`");
                self.findings.push(Finding::error("C031", name.place, message).hint(hint));
            }
        }
    }

    /// The rules as this step runs them; warns of bounds that the metric's range makes pointless.
    fn bounds<'i>(&mut self, filter: &FilterStep, info: &'i FilterInfo) -> Vec<(&'i RuleInfo, Bound, Place)> {
        let step_place = match &filter.filter {
            FilterRef::Name(text) | FilterRef::Path(text) => text.place,
        };
        let mut out = Vec::new();
        for rule in info.rules.iter().filter(|rule| !filter.off.iter().any(|off| off.value == rule.name)) {
            let given = filter.bounds.get(&rule.name);
            let Some(bound) = rule.bound else {
                if let Some(given) = given {
                    let message = format!("rule {} takes no bound", quoted(&rule.name));
                    self.findings.push(Finding::error("C013", given.place, message).hint("delete it"));
                }
                continue;
            };
            let bound = given.map_or(bound, |given| with_number(bound, given.value));
            if let (Some(given), Some((low, high))) = (given, rule.range) {
                self.pointless(rule, bound, given.place, low, high);
            }
            out.push((rule, bound, given.map_or(step_place, |given| given.place)));
        }
        out
    }

    fn pointless(&mut self, rule: &RuleInfo, bound: Bound, place: Place, low: f64, high: f64) {
        let name = quoted(&rule.name);
        let range = format!("`{}` runs from {low} to {high}", rule.metric);
        let test = format!("{} {}", bound.sign(), bound.number());
        if !bound.trips(low) && !bound.trips(high) {
            let message = format!("rule {name} can never fire: {range}, never {test}");
            self.findings
                .push(Finding::warning("C040", place, message).hint("write it into `off` to leave the rule out"));
        } else if bound.trips(low) && bound.trips(high) {
            let message = format!("rule {name} drops every document: {range}, always {test}");
            self.findings.push(Finding::warning("C047", place, message));
        }
    }

    /// Rules that already ran, and rules that together let nothing pass.
    fn against_others(
        &mut self,
        applied: &[(&RuleInfo, Bound, Place)],
        info: &FilterInfo,
        step: &str,
        passing: &mut Passing,
    ) {
        let (mut same, mut all_same) = (0, true);
        for (rule, bound, place) in applied {
            let name = format!("{}/{}", info.name, rule.name);
            let current = Applied { bound: *bound, place: *place, step: step.to_owned() };
            if let Some(before) = passing.rules.insert(name.clone(), current) {
                same += 1;
                if before.bound != *bound {
                    all_same = false;
                    let message = format!(
                        "{} runs twice with different bounds ({} in step {}, {} here)",
                        quoted(&name),
                        before.bound.number(),
                        quoted(&before.step),
                        bound.number(),
                    );
                    self.findings.push(
                        Finding::warning("C041", *place, message).hint(format!(
                            "delete one of the two, or change the bound in step {}",
                            quoted(&before.step)
                        )),
                    );
                } else if before.place == *place {
                    all_same = false;
                }
            }
            if rule.everywhere {
                self.meet(rule, *bound, *place, &name, passing);
            }
        }
        if let Some((_, _, place)) = applied.first()
            && all_same
            && same == applied.len()
        {
            let message = format!("filter {} runs twice with the same bounds", quoted(&info.name));
            self.findings.push(Finding::warning("C045", *place, message).hint("delete one of the two steps"));
        }
    }

    /// Keeps the numbers between which values pass, per metric; reports when none is left.
    fn meet(&mut self, rule: &RuleInfo, bound: Bound, place: Place, name: &str, passing: &mut Passing) {
        let number = bound.number();
        let (side, other, worse) = match bound {
            Bound::Below(_) | Bound::AtMost(_) => (&mut passing.low, &passing.high, 1.0),
            Bound::Above(_) | Bound::AtLeast(_) => (&mut passing.high, &passing.low, -1.0),
        };
        let stricter = side.get(&rule.metric).is_none_or(|(before, _)| (number - before) * worse > 0.0);
        if stricter {
            side.insert(rule.metric.clone(), (number, name.to_owned()));
            if let Some((limit, by)) = other.get(&rule.metric)
                && (number - limit) * worse > 0.0
            {
                let message = format!(
                    "no document can pass: {} drops `{}` {} {number}, and {} leaves only {} {limit}",
                    quoted(name),
                    rule.metric,
                    bound.sign(),
                    quoted(by),
                    if worse > 0.0 { "up to" } else { "from" },
                );
                self.findings.push(Finding::error("C018", place, message).hint("change one of the two bounds"));
            }
        }
    }
}

/// The same kind of bound with another number.
fn with_number(bound: Bound, number: f64) -> Bound {
    match bound {
        Bound::Above(_) => Bound::Above(number),
        Bound::Below(_) => Bound::Below(number),
        Bound::AtLeast(_) => Bound::AtLeast(number),
        Bound::AtMost(_) => Bound::AtMost(number),
    }
}

/// Steps with equal conditions see the same documents. Different conditions are not compared: bounds per language or
/// source are what they are for.
fn condition(source: Option<&str>, step: &Step) -> String {
    let list = |names: &[Located<String>]| {
        let mut names: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
        names.sort_unstable();
        names.join("\n")
    };
    format!("{}\0{}\0{}", source.unwrap_or_default(), list(&step.when.language), list(&step.when.source))
}
