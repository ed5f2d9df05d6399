//! Meaning: what the form cannot tell. Every check looks at written values only and reports at their place.

mod filters;
mod order;
mod output;
mod perplexity;
mod shadows;
mod splitters;
mod steps;

use std::collections::BTreeSet;

use super::diagnostic::{Finding, did_you_mean, quoted};
use super::glob::Glob;
use super::place::{Located, Place};
use super::types::{Categories, Config, Format, Source, Step};
use super::world::{FileKind, Inputs, World};
use crate::storage::address::root_and_rest;

/// The checks over one config, with what they found.
pub(super) struct Check<'a> {
    world: &'a dyn World,
    findings: &'a mut Vec<Finding>,
}

/// Whether a text looks like `type/subtype`.
fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(legal)
    };
    text.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

/// Runs every check. Names of filters in `config` become full names.
pub(super) fn check(config: &mut Config, world: &dyn World, findings: &mut Vec<Finding>) {
    let mut check = Check { world, findings };
    check.names(config);
    for source in &config.sources {
        check.source(source);
    }
    check.repeated_paths(config);
    let rules = check.filters(config);
    check.steps(config);
    check.output(config);
    check.mixture(config);
    check.tests(config, &rules);
}

impl Check<'_> {
    fn names(&mut self, config: &Config) {
        let sources = config.sources.iter().map(|source| (source.name.value.as_str(), source.name.place));
        self.unique("source", sources.collect());
        let all = config.sources.iter().flat_map(|source| &source.steps).chain(&config.steps);
        self.unique("step", all.map(|step| (step.name.value.as_str(), step.name.place)).collect());
        self.unique("test", config.tests.iter().map(|test| (test.name.value.as_str(), test.name.place)).collect());
    }

    fn unique(&mut self, what: &str, names: Vec<(&str, Place)>) {
        let mut seen = BTreeSet::new();
        for (name, place) in names {
            if !name.is_empty() && !seen.insert(name) {
                let message = format!("two {what}s are called {}", quoted(name));
                self.findings
                    .push(Finding::error("C010", place, message).label("the second").hint("give it another name"));
            }
        }
    }

    fn source(&mut self, source: &Source) {
        for path in &source.paths {
            self.input(path);
        }
        let has_fields = matches!(source.format, Format::Auto | Format::Jsonl | Format::Parquet);
        let default = default_fields();
        let archive = matches!(source.format, Format::Auto | Format::Warc | Format::Wet | Format::Arc);
        let carries = source.carry != super::types::Carry::All && !archive;
        if !has_fields && (source.fields != default || carries) {
            let keys = if archive { "`fields`" } else { "`fields` and `carry`" };
            let message = format!(
                "{keys} of source {} have no effect: `{}` has no fields",
                quoted(&source.name.value),
                source.format.word()
            );
            self.findings.push(Finding::warning("C042", source.place, message).hint("delete them, or set `format`"));
        }
        self.accepted(source);
        self.ending(source);
    }

    /// Which archive records are read.
    fn accepted(&mut self, source: &Source) {
        for status in source.http_status.iter().filter(|status| crate::readers::status_range(&status.value).is_none()) {
            let message = format!("{} is no HTTP status", quoted(&status.value));
            self.findings.push(Finding::error("C032", status.place, message).hint("write `\"200\"` or `\"2xx\"`"));
        }
        for media in source.media_types.iter().filter(|media| !is_media_type(&media.value)) {
            let message = format!("{} is no media type", quoted(&media.value));
            self.findings.push(Finding::error("C032", media.place, message).hint("write it as `\"text/html\"`"));
        }
        if source.max_bytes > 0 && source.min_bytes > source.max_bytes {
            let message =
                format!("source {} reads nothing: `min-bytes` is above `max-bytes`", quoted(&source.name.value));
            self.findings.push(Finding::error("C018", source.place, message));
        }
    }

    /// A format that the paths' endings contradict.
    fn ending(&mut self, source: &Source) {
        const ENDINGS: &[(&str, Format)] = &[
            (".warc", Format::Warc),
            (".wet", Format::Wet),
            (".arc", Format::Arc),
            (".jsonl", Format::Jsonl),
            (".ndjson", Format::Jsonl),
            (".parquet", Format::Parquet),
            (".html", Format::Html),
            (".txt", Format::Text),
        ];
        for path in &source.paths {
            let name = path.value.to_lowercase();
            let name = [".gz", ".zst", ".bz2", ".xz"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            // Common Crawl's WET and WAT files end in `.warc.wet.gz`.
            let Some((ending, format)) = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)) else {
                continue;
            };
            let same = *format == source.format || matches!((format, source.format), (Format::Warc, Format::Wet));
            if source.format != Format::Auto && !same {
                let message = format!("files that end in `{ending}` are read as `{}`", source.format.word());
                self.findings.push(
                    Finding::warning("C042", path.place, message)
                        .hint(format!("write `format = \"{}\"`, or leave it out", format.word())),
                );
            }
        }
    }

    fn input(&mut self, path: &Located<String>) {
        if path.value.trim().is_empty() {
            return;
        }
        let pattern = Glob::is_pattern(&path.value);
        if pattern && let Err(error) = Glob::parse(root_and_rest(&path.value).1) {
            let message = format!("{} is not a pattern: {}", quoted(&path.value), error.message);
            self.findings.push(Finding::error("C016", path.place, message).hint(error.hint));
            return;
        }
        let finding = match self.world.inputs(&path.value) {
            Inputs::Files(0) if pattern => {
                Finding::error("C015", path.place, format!("no file matches {}", quoted(&path.value)))
                    .hint("paths are relative to the folder of the config file")
            }
            Inputs::Files(0) => {
                Finding::error("C015", path.place, format!("no files in the folder {}", quoted(&path.value)))
            }
            Inputs::Files(_) => return,
            Inputs::Missing => Finding::error("C014", path.place, format!("there is no {}", quoted(&path.value)))
                .label("no such file or folder")
                .hint("paths are relative to the folder of the config file"),
            Inputs::Failed(why) => {
                Finding::error("C014", path.place, format!("cannot look at {}: {why}", quoted(&path.value)))
            }
        };
        self.findings.push(finding);
    }

    fn repeated_paths(&mut self, config: &Config) {
        let mut seen = BTreeSet::new();
        for path in config.sources.iter().flat_map(|source| &source.paths) {
            if !path.value.is_empty() && !seen.insert(&path.value) {
                let message = format!("{} is read twice", quoted(&path.value));
                self.findings.push(Finding::warning("C049", path.place, message).label("the second time"));
            }
        }
    }

    /// A file that a step needs.
    fn needs_file(&mut self, what: &str, path: &Located<String>) {
        if path.value.trim().is_empty() || !path.place.is_written() {
            return;
        }
        let name = quoted(&path.value);
        let finding = match self.world.file(&path.value) {
            FileKind::File => return,
            FileKind::Folder => Finding::error("C029", path.place, format!("{what} {name} is a folder, not a file")),
            FileKind::Missing => Finding::error("C014", path.place, format!("{what} {name} does not exist"))
                .label("no such file")
                .hint("paths are relative to the folder of the config file"),
            FileKind::Failed(why) => Finding::error("C014", path.place, format!("cannot look at {what} {name}: {why}")),
        };
        self.findings.push(finding);
    }

    /// A collection of lists, and the categories that are wanted of it.
    fn categories(&mut self, wanted: &Categories) {
        let folder = &wanted.folder;
        if folder.value.trim().is_empty() || !folder.place.is_written() {
            return;
        }
        let missing = |place: Place, what: &str, found: &FileKind| match found {
            FileKind::Folder => None,
            FileKind::File => Some(Finding::error("C014", place, format!("{what} is a file, not a folder"))),
            FileKind::Missing => Some(Finding::error("C014", place, format!("{what} does not exist"))),
            FileKind::Failed(why) => Some(Finding::error("C014", place, format!("cannot look at {what}: {why}"))),
        };
        let what = format!("folder of lists {}", quoted(&folder.value));
        if let Some(finding) = missing(folder.place, &what, &self.world.file(&folder.value)) {
            let hint = "paths are relative to the folder of the config file";
            self.findings.push(finding.label("no such folder").hint(hint));
            return;
        }
        for category in wanted.categories.iter().filter(|one| !one.value.is_empty()) {
            let name = quoted(&category.value);
            if category.value.contains([',', '/', ':']) {
                let message = format!("{name} cannot be a category: it has one of `,`, `/`, `:`");
                self.findings.push(Finding::error("C014", category.place, message));
                continue;
            }
            let what = format!("category {name}");
            let found = self.world.file(&format!("{}/{}", folder.value, category.value));
            if let Some(finding) = missing(category.place, &what, &found) {
                self.findings.push(finding.label(format!("no such folder in {}", quoted(&folder.value))));
            }
        }
    }

    fn tests(&mut self, config: &Config, rules: &[String]) {
        for test in &config.tests {
            let expect = &test.expect;
            if expect.kept.is_none()
                && expect.language.is_none()
                && expect.dropped_by.is_none()
                && !test.name.value.is_empty()
            {
                let message = format!("test {} expects nothing", quoted(&test.name.value));
                self.findings
                    .push(Finding::error("C024", test.place, message).hint("write `expect = { kept = true }`"));
            }
            if let (Some(kept), Some(rule)) = (&expect.kept, &expect.dropped_by)
                && kept.value
            {
                let message = format!("`kept = true` and `dropped-by = {:?}` cannot both be", rule.value);
                self.findings.push(Finding::error("C024", kept.place, message).hint("delete one of the two"));
            }
            if let Some(rule) = &expect.dropped_by {
                self.known_rule(rule, rules, config);
            }
        }
    }

    /// `filter/rule` must name a rule that the config runs.
    fn known_rule(&mut self, asked: &Located<String>, rules: &[String], config: &Config) {
        let known = |rule: &str| {
            let (filter, name) = rule.split_once('/').unwrap_or(("", rule));
            let (asked_filter, asked_name) = asked.value.split_once('/').unwrap_or(("", &asked.value));
            // Behind a colon stands the category of a list, which only the run knows.
            let asked_name = asked_name.split(':').next().unwrap_or_default();
            name == asked_name
                && (asked_filter == filter
                    || asked_filter == super::read::filter_stem(filter)
                    || asked_filter.is_empty())
        };
        let of_step =
            |step: &Step| asked.value == step.name.value || asked.value.split('/').next() == Some(step.kind.word());
        if asked.value.is_empty() || rules.iter().any(|rule| known(rule)) || all_steps(config).any(of_step) {
            return;
        }
        // Rules without a slash are the steps' own words (`exact-duplicate`); only the steps know them.
        if asked.value.contains('/') {
            let short = rules.iter().filter_map(|rule| {
                let (filter, name) = rule.split_once('/')?;
                Some(format!("{}/{name}", super::read::filter_stem(filter)))
            });
            let known: Vec<String> = short.chain(rules.iter().cloned()).collect();
            let hint = did_you_mean(&asked.value, known.iter().map(String::as_str));
            let message = format!("no filter of this config has a rule {}", quoted(&asked.value));
            self.findings.push(Finding::error("C013", asked.place, message).maybe_hint(hint));
        }
    }
}

/// The steps of all sources, then the shared ones.
fn all_steps(config: &Config) -> impl Iterator<Item = &Step> {
    config.sources.iter().flat_map(|source| &source.steps).chain(&config.steps)
}

fn default_fields() -> super::types::Fields {
    let field = |name: &str| name.to_owned();
    super::types::Fields { text: field("text"), id: field("id"), url: field("url"), date: field("date") }
}
