//! The steps of a config as objects: models loaded, lists read, phases cut at the barriers.

mod classify;
mod contamination;
mod dedup;
mod language;
mod perplexity;
mod pii;

use super::lists::ListReader;
use super::pieces;
use super::world::first_problem;
use super::{AssemblyError, EMBEDDED, EMBEDDED_TOKENIZER, Place};
use crate::config::{
    self, Config, EndOfText, Favor, FilterRef, ListFrom, Located, Missing, Mode as ConfigMode, StepKind, Unreachable,
};
use crate::document::Bins;
use crate::engine::{DedupStep, TokenFacts};
use crate::filters::{Change, Filter, ListFile, Override, Problem, category_file, find_in_library};
use crate::metrics::{Lists, Role, WordList};
use crate::plan::{MetricColumn, Phase, PlannedRule, PlannedSet, PlannedStep};
use crate::steps::{
    Chain, ExtractStep, FilterStep, Mode, ROBOTS_UNREACHABLE, RobotsStep, Step, TokenizeStep, When, Work, robots_rule,
};
use crate::tokenize::{Beside, RankPattern};
use std::sync::Arc;

/// Everything that the steps of a config become.
pub struct Built {
    /// Steps as people read them.
    pub steps: Vec<PlannedStep>,
    /// Metric columns.
    pub metrics: Vec<MetricColumn>,
    /// Phases.
    pub phases: Vec<Phase>,
    /// One chain per phase.
    pub chains: Vec<Chain>,
    /// Dedup steps.
    pub dedups: Vec<DedupStep>,
    /// Referenced files and their BLAKE3.
    pub references: Vec<(String, String)>,
    /// Facts of the tokenizer.
    pub tokens: Option<TokenFacts>,
}

/// Builds the steps: those of each source first, limited to it, then the shared ones.
pub fn build(place: &Place, config: &Config, now: fn() -> u64) -> Result<Built, AssemblyError> {
    let mut builder = Builder {
        place,
        config,
        steps: Vec::new(),
        planned: Vec::new(),
        metrics: Vec::new(),
        dedups: Vec::new(),
        cutters: Vec::new(),
        references: Vec::new(),
        tokens: None,
        notes: Vec::new(),
        sets: Vec::new(),
    };
    for source in &config.sources {
        for step in &source.steps {
            builder.add(step, Some(&source.name.value))?;
        }
    }
    for step in &config.steps {
        builder.add(step, None)?;
    }
    Ok(builder.finish(now))
}

struct Builder<'a> {
    place: &'a Place,
    config: &'a Config,
    steps: Vec<Step>,
    planned: Vec<PlannedStep>,
    metrics: Vec<MetricColumn>,
    dedups: Vec<DedupStep>,
    /// The second halves of dedup steps of pieces: the first step of the phase after their barrier.
    cutters: Vec<Step>,
    references: Vec<(String, String)>,
    tokens: Option<TokenFacts>,
    /// Lines for people of the step that is being added.
    notes: Vec<String>,
    /// Benchmark sets of the step that is being added.
    sets: Vec<PlannedSet>,
}

/// What a kind of step gives: its work, a summary line, and its rules.
type Made = (Work, String, Vec<PlannedRule>);

impl Builder<'_> {
    fn add(&mut self, step: &config::Step, source: Option<&str>) -> Result<(), AssemblyError> {
        if step.mode == ConfigMode::Off {
            return Ok(());
        }
        let names = |list: &[Located<String>]| list.iter().map(|one| Arc::from(one.value.as_str())).collect();
        let mut when = When { languages: names(&step.when.language), sources: names(&step.when.source) };
        if let (Some(source), true) = (source, when.sources.is_empty()) {
            when.sources = vec![Arc::from(source)];
        }
        let mode = if step.mode == ConfigMode::Tag { Mode::Tag } else { Mode::Drop };
        self.anchors(step, mode, &when)?;
        let index = self.next_index()?;
        let (work, summary, rules) = match &step.kind {
            StepKind::Extract(one) => self.extract(one),
            StepKind::Language(one) => self.language(&step.name.value, one)?,
            StepKind::Url(one) => self.url(&step.name.value, one)?,
            StepKind::Robots(one) => self.robots(&step.name.value, one)?,
            StepKind::Classify(one) => self.classify(&step.name.value, one)?,
            StepKind::Perplexity(one) => self.perplexity(&step.name.value, one)?,
            StepKind::Filter(one) => self.filter(&step.name.value, one)?,
            StepKind::Decontaminate(one) => self.decontaminate(index, &step.name.value, mode, one)?,
            StepKind::Dedup(one) => self.dedup(index, &step.name.value, mode, &when, one)?,
            StepKind::Pii(one) => self.pii(one)?,
            StepKind::Tokenize(one) => self.tokenize(one)?,
        };
        self.planned.push(PlannedStep {
            name: step.name.value.clone(),
            kind: step.kind.word().to_owned(),
            mode: step.mode.word().to_owned(),
            summary,
            notes: std::mem::take(&mut self.notes),
            sets: std::mem::take(&mut self.sets),
            rules,
            alert_above: match &step.kind {
                StepKind::Dedup(one) => pieces::alert_above(one).map(|share| share.to_string()).unwrap_or_default(),
                _ => String::new(),
            },
        });
        self.steps.push(Step { index, name: Arc::from(step.name.value.as_str()), mode, when, work });
        Ok(())
    }

    fn next_index(&self) -> Result<u16, AssemblyError> {
        u16::try_from(self.steps.len()).map_err(|_| refused("the config has more than 65,535 steps"))
    }

    /// Reads a referenced file and notes its hash.
    fn reference(&mut self, path: &str, sha256: Option<&Located<String>>) -> Result<Vec<u8>, AssemblyError> {
        let bytes = self.place.read(path)?;
        if let Some(expected) = sha256 {
            use sha2::Digest;
            let found: String = sha2::Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            if found != expected.value {
                let expected = &expected.value;
                return Err(refused(&format!("`{path}` has sha256 {found}, but the config says {expected}")));
            }
        }
        self.note(path, &bytes);
        Ok(bytes)
    }

    fn note(&mut self, name: &str, bytes: &[u8]) {
        self.references.push((name.to_owned(), blake3::hash(bytes).to_hex().to_string()));
    }

    fn extract(&self, one: &config::Extract) -> Made {
        let limits = &self.config.limits.record;
        let options = crate::extract::Options {
            favor: match one.favor {
                Favor::Balanced => crate::extract::Favor::Balanced,
                Favor::Precision => crate::extract::Favor::Precision,
                Favor::Recall => crate::extract::Favor::Recall,
            },
            links: one.links,
            tables: one.tables,
            comments: one.comments,
            markdown: one.markdown,
            max_bytes: usize::try_from(limits.bytes).unwrap_or(usize::MAX),
            max_nodes: limits.html_nodes as usize,
            max_depth: limits.html_depth as usize,
        };
        let step = ExtractStep { options, min_chars: one.min_chars };
        let least = rule("too-few-characters", "characters", "<", f64::from(one.min_chars));
        (Work::Edit(Box::new(step)), format!("HTML to main text, {}", one.favor.word()), vec![least])
    }

    /// The step `url` is the filter `url-lists` with the step's lists and bounds; rules without a list are off.
    fn url(&mut self, name: &str, one: &config::UrlRules) -> Result<Made, AssemblyError> {
        let mut filter = library_filter(URL_FILTER)?;
        filter.rename("url");
        let reader = ListReader::new(self.place);
        let mut entries = Vec::new();
        for (role, word, paths) in [
            (Role::UrlDomains, "domains", &one.block_domains),
            (Role::UrlHosts, "hosts", &one.block_hosts),
            (Role::UrlUrls, "addresses", &one.block_urls),
            (Role::UrlWords, "words", &one.block_words),
            (Role::UrlSoftWords, "soft words", &one.block_soft_words),
            (Role::UrlSubwords, "substrings", &one.block_substrings),
        ] {
            let mut files = reader.paths(paths).map_err(|why| refused(&why))?;
            if let (Some(from), Role::UrlDomains | Role::UrlUrls) = (&one.block_categories, role) {
                // Some categories have domains alone.
                let needed = role == Role::UrlDomains;
                let file = category_file(role).unwrap_or_default();
                files.extend(reader.categories(from, file, needed).map_err(|why| refused(&why))?);
            }
            if files.is_empty() {
                continue;
            }
            let names: Vec<String> = paths.iter().map(|path| path.value.clone()).collect();
            add_list(&mut filter, role, Lists::ANY, &files, &names)?;
            let count = filter.settings.lists.get(role, None).map_or(0, WordList::len);
            entries.push(format!("{count} {word}"));
        }
        self.references.extend(reader.into_noted());
        let bound = |rule, bound| Override { rule, change: Change::Number(f64::from(bound)) };
        let mut overrides = vec![bound("soft-words", one.max_soft_words), bound("too-long", one.max_length)];
        let mut off: Vec<Arc<str>> =
            filter.list_needs().into_iter().filter(|need| !need.given).flat_map(|need| need.rules).collect();
        off.extend((one.max_length == 0).then(|| Arc::from("too-long")));
        off.extend((one.missing == Missing::Keep).then(|| Arc::from("no-url")));
        overrides.extend(off.iter().map(|rule| Override { rule, change: Change::Off }));
        let mut filter = filter.with_bounds(&overrides).map_err(|problems| refused(&first_problem(&problems)))?;
        filter.drop_rules_without_bound();
        filter.title = if entries.is_empty() { "no list".to_owned() } else { entries.join(", ") };
        Ok(self.filter_step(name, filter))
    }

    fn robots(&mut self, name: &str, one: &config::Robots) -> Result<Made, AssemblyError> {
        let super::robots::Read { table, damaged } = super::robots::read(self.place, self.config, one)?;
        // What the captures say is part of the plan: other captures are another run.
        self.references.push((format!("robots.txt of `{name}`"), table.fingerprint()));
        let names: Vec<String> = one.agents.iter().map(|agent| agent.value.clone()).collect();
        let named = |name: String, metric: &str, trips: &str| PlannedRule {
            name,
            metric: metric.into(),
            trips: trips.into(),
            bound: String::new(),
        };
        let line = |agent: &String| named(robots_rule(agent), "line of robots.txt", "a line forbids it");
        let mut rules: Vec<PlannedRule> = names.iter().map(line).collect();
        if one.unreachable == Unreachable::Disallow {
            rules.push(rule(ROBOTS_UNREACHABLE, "status of robots.txt", ">=", 500.0));
        }
        let damaged = if damaged > 0 { format!(", {damaged} damaged") } else { String::new() };
        let summary = format!(
            "{} hosts forbid something to {} ({} captures{damaged}, {} KiB)",
            table.hosts(),
            names.join(", "),
            table.captures(),
            table.bytes().div_ceil(1024),
        );
        Ok((Work::Judge(Box::new(RobotsStep::new(table, &names))), summary, rules))
    }

    fn filter(&mut self, name: &str, one: &config::FilterStep) -> Result<Made, AssemblyError> {
        let reader = ListReader::new(self.place);
        let mut filter = match &one.filter {
            FilterRef::Name(name) => {
                let filter = library_filter(&name.value)?;
                self.note(&name.value, find_in_library(&name.value).unwrap_or_default().as_bytes());
                filter
            }
            FilterRef::Path(path) => {
                let bytes = self.reference(&path.value, None)?;
                let text = String::from_utf8(bytes).map_err(|_| refused(&format!("`{}` is not UTF-8", path.value)))?;
                reader.filter(&path.value, &text).map_err(|problems| refused_filter(&path.value, &problems))?
            }
        };
        for (role, by_language) in &one.lists {
            let role = Role::find(role).ok_or_else(|| refused(&format!("there is no kind of list `{role}`")))?;
            for (language, from) in by_language {
                let files = reader.files(role, from).map_err(|why| refused(&why))?;
                let names: Vec<String> = match from {
                    ListFrom::Paths(paths) => paths.iter().map(|path| path.value.clone()).collect(),
                    ListFrom::Categories(from) => from.categories.iter().map(|one| one.value.clone()).collect(),
                };
                add_list(&mut filter, role, language, &files, &names)?;
            }
        }
        self.references.extend(reader.into_noted());
        let numbers = one.bounds.iter().map(|(rule, bound)| Override { rule, change: Change::Number(bound.value) });
        let off = one.off.iter().map(|rule| Override { rule: &rule.value, change: Change::Off });
        let overrides: Vec<Override<'_>> = numbers.chain(off).collect();
        let filter = filter.with_bounds(&overrides).map_err(|problems| refused(&first_problem(&problems)))?;
        if let Some(need) = filter.list_needs().iter().find(|need| !need.given) {
            let (name, role) = (&filter.name, need.role.name());
            return Err(refused(&format!("filter `{name}` needs a list `{role}`, and none is given")));
        }
        Ok(self.filter_step(name, filter))
    }

    /// A filter in its place: its metrics become columns, its rules are told.
    fn filter_step(&mut self, name: &str, filter: Filter) -> Made {
        let column = self.metrics.len();
        for metric in filter.metrics() {
            let def = metric.def();
            self.metrics.push(MetricColumn {
                name: format!("{name}/{}", def.name),
                doc: def.doc.to_owned(),
                bins: if def.range == (0.0, 1.0) { Bins::Unit } else { Bins::Log },
            });
        }
        let mut rules = Vec::new();
        for (place, one) in filter.rules.iter().enumerate() {
            let metric = format!("{name}/{}", one.metric.name());
            for name in filter.names_of_rule(place) {
                rules.push(match one.bound {
                    Some(bound) => rule(&name, &metric, bound.sign(), bound.number()),
                    None => PlannedRule {
                        name: name.to_string(),
                        metric: metric.clone(),
                        trips: "per language".into(),
                        bound: String::new(),
                    },
                });
            }
        }
        let summary = filter.title.clone();
        let step = FilterStep::new(filter, column);
        let work = if step.edits() { Work::Edit(Box::new(step)) } else { Work::Judge(Box::new(step)) };
        (work, summary, rules)
    }

    /// Loads a tokenizer; `of` holds what stands beside its path in the step `tokenize`.
    fn encoder(
        &mut self,
        path: &str,
        sha256: Option<&Located<String>>,
        of: Option<&config::Tokenize>,
    ) -> Result<Arc<dyn crate::tokenize::Encoder>, AssemblyError> {
        let bytes = if path == EMBEDDED {
            self.note(EMBEDDED, EMBEDDED_TOKENIZER);
            EMBEDDED_TOKENIZER.to_vec()
        } else {
            self.reference(path, sha256)?
        };
        let merges = of.and_then(|one| one.merges.as_ref());
        let merges = merges.map(|path| self.reference(&path.value, None)).transpose()?;
        let pattern = of.and_then(|one| one.pattern).and_then(|word| RankPattern::named(word.word()));
        let beside = Beside { merges: merges.as_deref(), pattern };
        Ok(Arc::from(crate::tokenize::load_beside(&bytes, beside).map_err(|error| refused_file(path, &error))?))
    }

    fn tokenize(&mut self, one: &config::Tokenize) -> Result<Made, AssemblyError> {
        let path = &one.tokenizer.value;
        let encoder = self.encoder(path, one.sha256.as_ref(), Some(one))?;
        let end =
            |asked| crate::tokenize::end_of_text(encoder.as_ref(), asked).map_err(|error| refused_file(path, &error));
        let end_of_text = match &one.end_of_text.value {
            EndOfText::None => None,
            EndOfText::Auto => Some(end(None)?),
            EndOfText::Token(name) => Some(end(Some(name))?),
        };
        let ending =
            end_of_text.as_ref().map_or("no end-of-document token".to_owned(), |(id, name)| format!("`{name}` = {id}"));
        let summary = format!("{path}, {} ids, {ending}, engine {}", encoder.vocab_size(), encoder.engine());
        let end_of_text = end_of_text.map(|(id, _)| id);
        self.tokens = Some(TokenFacts { name: path.clone(), vocab_size: encoder.vocab_size(), end_of_text });
        Ok((Work::Judge(Box::new(TokenizeStep { encoder, end_of_text })), summary, Vec::new()))
    }

    /// Cuts phases: a run of dedup steps ends a phase. A dedup of pieces changes texts, so what follows it must not share its
    /// barrier; and a document that goes must not keep a piece, so what comes before it must not either. The last phase may
    /// be empty, since verdicts need a phase to fall in.
    fn finish(self, now: fn() -> u64) -> Built {
        let count = self.steps.len();
        let (mut whole, mut alone) = (vec![false; count], vec![false; count]);
        for step in &self.dedups {
            let kind = if step.keys.cuts() { &mut alone } else { &mut whole };
            kind[usize::from(step.step)] = true;
        }
        let mut phases = Vec::new();
        let mut start = 0;
        for end in 1..=count {
            if alone[end - 1] || whole[end - 1] && whole.get(end) != Some(&true) {
                let barrier = (start..end).filter(|&step| alone[step] || whole[step]).collect();
                phases.push(Phase { steps: start..end, barrier });
                start = end;
            }
        }
        phases.push(Phase { steps: start..count, barrier: Vec::new() });
        let metrics = self.metrics.len();
        let mut steps = self.steps.into_iter();
        let mut cutters = self.cutters.into_iter().peekable();
        let chains = phases
            .iter()
            .map(|phase| {
                let cutter = cutters.next_if(|step| usize::from(step.index) < phase.steps.start);
                let steps = cutter.into_iter().chain(steps.by_ref().take(phase.steps.len())).collect();
                Chain { steps, metrics, now }
            })
            .collect();
        Built {
            steps: self.planned,
            metrics: self.metrics,
            phases,
            chains,
            dedups: self.dedups,
            references: self.references,
            tokens: self.tokens,
        }
    }
}

fn refused(what: &str) -> AssemblyError {
    AssemblyError::Reference(what.to_owned())
}

fn refused_file(path: &str, error: &dyn std::error::Error) -> AssemblyError {
    AssemblyError::Reference(format!("`{path}` cannot be used: {error}"))
}

fn rule(name: &str, metric: &str, sign: &str, bound: f64) -> PlannedRule {
    PlannedRule {
        name: name.to_owned(),
        metric: metric.to_owned(),
        trips: format!("{sign} {bound}"),
        bound: bound.to_string(),
    }
}

/// The filter that the step `url` runs.
const URL_FILTER: &str = "url-lists";

/// A filter that comes with the program.
fn library_filter(name: &str) -> Result<Filter, AssemblyError> {
    let text = find_in_library(name).ok_or_else(|| refused(&format!("there is no filter `{name}`")))?;
    Filter::parse(name, text).map_err(|problems| refused_filter(name, &problems))
}

fn refused_filter(name: &str, problems: &[Problem]) -> AssemblyError {
    refused(&format!("filter `{name}` cannot be used: {}", first_problem(problems)))
}

/// Adds a list to a filter; `names` are those of its files, for messages.
fn add_list(
    filter: &mut Filter,
    role: Role,
    language: &str,
    files: &[ListFile],
    names: &[String],
) -> Result<(), AssemblyError> {
    filter.add_list(role, language, files).map_err(|(file, why)| {
        // Files of categories come after those that are given by path.
        let label = files.get(file).map_or("", |file| file.label.as_str());
        let name = match (names.get(file), category_file(role)) {
            (Some(path), _) => path.clone(),
            (None, Some(file)) if !label.is_empty() => format!("{label}/{file}"),
            _ => role.name().to_owned(),
        };
        refused(&format!("list `{name}` cannot be used: {why}"))
    })
}
