//! What config checks ask of the world, answered from files and the filter library.

use super::{Place, inputs, lists};
use crate::config::{FileKind, FilterInfo, Inputs, ListInfo, RuleInfo, World};
use crate::filters::{Filter, Problem, SPLITTERS, find_in_library, library_names, splitter_name};
use crate::metrics::{Role, Settings};
use crate::storage::Medium;
use std::fmt::Write;

/// Answers about files, filters and metrics.
pub struct FilesWorld {
    place: Place,
}

impl FilesWorld {
    /// The world as seen from a config's folder.
    #[must_use]
    pub fn new(place: Place) -> Self {
        Self { place }
    }
}

/// What the checks need to know of a filter.
fn info(filter: &Filter) -> FilterInfo {
    let rules = filter.rules.iter().map(|rule| {
        let (low, high) = rule.metric.def().range;
        RuleInfo {
            name: rule.name.to_string(),
            metric: measured(rule.metric.name(), filter),
            bound: rule.bound,
            everywhere: rule.when == crate::filters::When::default() && rule.by_language.is_empty(),
            range: (low.is_finite() || high.is_finite()).then_some((low, high)),
        }
    });
    let lists = filter.list_needs().into_iter().map(|need| ListInfo {
        role: need.role.name().to_owned(),
        rules: need.rules.iter().map(|rule| rule.to_string()).collect(),
        given: need.given,
    });
    // Sizes in bytes or lines are the same for every splitter; the units of metrics say which count words.
    let words = filter.rules.iter().any(|rule| {
        let def = rule.metric.def();
        def.unit.contains("word") || def.name.contains("word") || def.name.contains("ngram")
    });
    FilterInfo {
        name: filter.name.to_string(),
        rules: rules.collect(),
        lists: lists.collect(),
        reads_text: !filter.edits.is_empty() || filter.metrics().iter().any(|metric| metric.reads_text()),
        edits: !filter.edits.is_empty(),
        splitter: words.then(|| splitter_name(filter.settings.splitter).to_owned()),
        split_apart: filter.settings.splitters.iter().map(|(language, _)| language.to_owned()).collect(),
        warnings: filter.warnings.iter().map(in_one_line).collect(),
    }
}

/// A metric with the settings of its filter that it may depend on: two rules measure the same number only if all are equal.
fn measured(name: &str, filter: &Filter) -> String {
    let settings: &Settings = &filter.settings;
    let mut out = format!("{name} by {}", splitter_name(settings.splitter));
    for (language, splitter) in settings.splitters.iter() {
        let _ = write!(out, ", {language} by {}", splitter_name(*splitter));
    }
    let rule_list = crate::metrics::find(name).and_then(|metric| metric.def().list);
    let roles: &[Role] = match name {
        _ if name.contains("stop_word") => &[Role::StopWords],
        _ if name.contains("toxic") => &[Role::Toxic],
        _ if name.contains("url") => &[Role::UrlDomains, Role::UrlWords, Role::UrlSoftWords, Role::UrlSubwords],
        _ => rule_list.as_slice(),
    };
    if !roles.is_empty() {
        let mut words = String::new();
        for (language, list) in roles.iter().flat_map(|role| settings.lists.of_role(*role)) {
            let _ = write!(words, "{language}:");
            for entry in list.entries() {
                let _ = write!(words, "{entry:?}");
            }
            // Of a list that is kept as hashes no text is left to compare: each filter's is its own.
            if list.hashed().is_some() {
                words.push_str(&filter.name);
            }
        }
        let _ = write!(out, ", lists {:08x}", xxhash_rust::xxh3::xxh3_64(words.as_bytes()) >> 32);
    }
    if name.contains("short_line") {
        let _ = write!(out, ", {} characters", settings.short_line_chars);
    }
    if name.contains("c4") && settings.c4 != crate::metrics::C4Lines::default() {
        let _ = write!(out, ", {:?}", settings.c4);
    }
    out
}

/// A problem of a filter file in one line.
fn in_one_line(one: &Problem) -> String {
    format!("line {}, column {}: {}", one.line, one.column, one.message)
}

/// The first problem of a filter file, in one line.
pub(super) fn first_problem(problems: &[crate::filters::Problem]) -> String {
    problems.first().map_or_else(|| "it does not parse".to_owned(), in_one_line)
}

impl World for FilesWorld {
    fn inputs(&self, pattern: &str) -> Inputs {
        if !crate::config::Glob::is_pattern(pattern) {
            match self.place.medium().stat(&self.place.resolve(pattern)) {
                Ok(None) => return Inputs::Missing,
                Err(error) => return Inputs::Failed(error.to_string()),
                Ok(Some(_)) => {}
            }
        }
        match inputs::expand(&self.place, pattern) {
            Ok(files) => Inputs::Files(files.len() as u64),
            Err(error) => Inputs::Failed(error.to_string()),
        }
    }

    fn file(&self, path: &str) -> FileKind {
        if path == super::EMBEDDED {
            return FileKind::File;
        }
        match self.place.medium().stat(&self.place.resolve(path)) {
            Ok(None) => FileKind::Missing,
            Ok(Some(stat)) if stat.folder => FileKind::Folder,
            Ok(Some(_)) => FileKind::File,
            Err(error) => FileKind::Failed(error.to_string()),
        }
    }

    fn filter_names(&self) -> Vec<String> {
        let mut names: Vec<String> = library_names().map(str::to_owned).collect();
        names.sort();
        names
    }

    fn filter(&self, full_name: &str) -> Option<FilterInfo> {
        let text = find_in_library(full_name)?;
        Filter::parse(full_name, text).ok().map(|filter| info(&filter))
    }

    fn filter_at(&self, path: &str) -> Result<FilterInfo, String> {
        let bytes = self.place.medium().read(&self.place.resolve(path)).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        lists::read_filter(&self.place, path, &text)
            .map(|filter| info(&filter))
            .map_err(|problems| first_problem(&problems))
    }

    fn metrics(&self) -> Vec<String> {
        let mut names: Vec<String> = crate::metrics::registry().iter().map(|one| one.name.to_owned()).collect();
        names.sort();
        names
    }

    fn splitter_fits(&self, splitter: &str, language: &str) -> bool {
        SPLITTERS.iter().find(|(word, _)| *word == splitter).is_none_or(|(_, own)| own.fits(language))
    }
}
