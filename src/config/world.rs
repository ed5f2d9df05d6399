//! What the checks ask of the world outside. The config itself never looks at a file.

use crate::document::Bound;

/// Answers about files, filters and metrics. Paths are as the config writes them: relative to the config file.
pub trait World {
    /// How many files a path, folder or pattern of a source names.
    fn inputs(&self, pattern: &str) -> Inputs;

    /// What stands at a path.
    fn file(&self, path: &str) -> FileKind;

    /// The full names of all filters that come with the program, sorted.
    fn filter_names(&self) -> Vec<String>;

    /// The filter with this full name; `None` if there is none.
    fn filter(&self, full_name: &str) -> Option<FilterInfo>;

    /// The filter in a file of the user's.
    ///
    /// # Errors
    /// Why it cannot be used, in one line.
    fn filter_at(&self, path: &str) -> Result<FilterInfo, String>;

    /// The names of all metrics, sorted.
    fn metrics(&self) -> Vec<String>;

    /// Whether a word splitter finds the words of a language.
    fn splitter_fits(&self, splitter: &str, language: &str) -> bool;
}

/// What a source's path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inputs {
    /// So many files; 0 for a pattern or folder without any.
    Files(u64),
    /// A plain path with nothing there.
    Missing,
    /// It cannot be told, in one line: permission, network.
    Failed(String),
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// A file that can be read.
    File,
    /// A folder.
    Folder,
    /// Nothing.
    Missing,
    /// It cannot be told, in one line: permission, network.
    Failed(String),
}

/// What the checks need to know of a filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FilterInfo {
    /// Its full name.
    pub name: String,
    /// Its rules, in order.
    pub rules: Vec<RuleInfo>,
    /// The lists that its rules look at.
    pub lists: Vec<ListInfo>,
    /// Whether it looks at the text, and not at the address alone.
    pub reads_text: bool,
    /// Whether it changes the text of documents that stay.
    pub edits: bool,
    /// How it splits words, if a rule looks at words.
    pub splitter: Option<String>,
    /// Languages for which it has another splitter.
    pub split_apart: Vec<String>,
    /// What is odd about its file, each in one line.
    pub warnings: Vec<String>,
}

/// What the checks need to know of a list that a filter's rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListInfo {
    /// What it is for: `bad-words`, `url-domains`.
    pub role: String,
    /// The rules that measure nothing without it.
    pub rules: Vec<String>,
    /// Whether the filter has one.
    pub given: bool,
}

/// What the checks need to know of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleInfo {
    /// Its name within the filter.
    pub name: String,
    /// The metric it looks at. Two rules may have the same text here only if they measure the same number: where a metric
    /// depends on a filter's settings (its word splitter), say so in the text.
    pub metric: String,
    /// The bound in the filter file; `None` for rules without a number (edits).
    pub bound: Option<Bound>,
    /// The rule holds in all languages, with the one bound; if not, it is not compared with other rules.
    pub everywhere: bool,
    /// The least and the greatest value of the metric, if it has such.
    pub range: Option<(f64, f64)>,
}

/// Why a short name stands for no filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoFilter {
    /// No name starts with it.
    Unknown,
    /// Several full names stand behind it.
    Several(Vec<String>),
}

/// The full name behind `asked`: itself, or the only one of the form `asked@…`.
///
/// # Errors
/// None or several fit.
pub fn resolve_filter<'a>(names: &'a [String], asked: &str) -> Result<&'a str, NoFilter> {
    if let Some(exact) = names.iter().find(|name| *name == asked) {
        return Ok(exact);
    }
    let versions = names.iter().filter(|name| name.split_once('@').is_some_and(|(stem, _)| stem == asked));
    match versions.map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Err(NoFilter::Unknown),
        [only] => Ok(only),
        ref several => Err(NoFilter::Several(several.iter().map(|name| (*name).to_owned()).collect())),
    }
}
