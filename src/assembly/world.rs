//! What config checks ask of the world, answered from files and the filter library.

use super::{Place, inputs, lists};
use crate::config::{FileKind, FilterInfo, Inputs, ListInfo, RuleInfo, World};
use crate::filters::{Filter, find_in_library, library_names};
use crate::storage::Medium;

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
            // The same name may be measured with another splitter elsewhere, and is then another number.
            metric: format!("{} by {:?} {:?}", rule.metric.name(), filter.settings.splitter, filter.settings.splitters),
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
    FilterInfo {
        name: filter.name.to_string(),
        rules: rules.collect(),
        lists: lists.collect(),
        reads_text: !filter.edits.is_empty() || filter.metrics().iter().any(|metric| metric.reads_text()),
    }
}

/// The first problem of a filter file, in one line.
pub(super) fn first_problem(problems: &[crate::filters::Problem]) -> String {
    problems.first().map_or_else(
        || "it does not parse".to_owned(),
        |one| format!("line {}, column {}: {}", one.line, one.column, one.message),
    )
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
}
