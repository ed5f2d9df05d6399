//! The lists of a filter: `[lists.ROLE]` in its file, what a caller adds, and what its rules cannot do without.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeValue;

use super::library::{LISTS, embedded_list};
use super::read::{Fields, Reader, Value, did_you_mean};
use super::{Filter, Rule, check};
use crate::metrics::{ListPart, Lists, Reading, Role, WordList, nearest, read_list};

/// Words for [`Reading`] in filter files.
pub(super) const READINGS: &[(&str, Reading)] = &[
    ("own", Reading::Own),
    ("datatrove", Reading::Datatrove),
    ("dclm", Reading::Dclm),
    ("c4-utils", Reading::C4Utils),
];

/// A list that a filter file names instead of holding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListRef<'r> {
    /// One of the lists in the binary.
    Name(&'r str),
    /// A file, relative to the filter file.
    Path(&'r str),
    /// A category of a collection of lists, as the University of Toulouse publishes them: a folder with a folder for each
    /// category.
    Category {
        /// The folder of the collection, relative to the filter file.
        folder: &'r str,
        /// The folder in it.
        category: &'r str,
        /// The file in that: `domains` or `urls`.
        file: &'r str,
    },
}

/// Where lists come from: their content, unpacked, or why there is none.
pub type ListSource<'l> = &'l dyn Fn(ListRef<'_>) -> Result<String, String>;

/// The lists in the binary.
pub(super) fn embedded(list: ListRef<'_>) -> Result<String, String> {
    match list {
        ListRef::Name(name) => embedded_list(name).map(str::to_owned).ok_or_else(|| no_list(name)),
        ListRef::Path(path) | ListRef::Category { folder: path, .. } => {
            Err(format!("`{path}` is a path: only a filter in a file of its own can name lists by path"))
        }
    }
}

fn no_list(name: &str) -> String {
    format!("there is no word list `{name}`")
}

/// One file of a list that a caller adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFile {
    /// Its category; empty if there are none.
    pub label: String,
    /// The content.
    pub text: String,
}

/// A role of which a filter's rules need a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListNeed {
    /// The role.
    pub role: Role,
    /// The rules that measure nothing without it.
    pub rules: Vec<Arc<str>>,
    /// Whether the filter has a list of that role.
    pub given: bool,
}

impl Filter {
    /// Adds a list of a role for a language (or [`Lists::ANY`]), read as the filter reads its lists. It takes the place of
    /// one that the filter has.
    ///
    /// # Errors
    /// The place of the file that cannot be read, and why.
    pub fn add_list(&mut self, role: Role, language: &str, files: &[ListFile]) -> Result<(), (usize, String)> {
        let parts: Vec<_> = files.iter().map(|file| ListPart { label: &file.label, text: &file.text }).collect();
        let list = read_list(role, self.reading, language, &parts).map_err(|error| (error.part, error.problem))?;
        if list.is_empty() {
            return Err((0, "it has no entry".to_owned()));
        }
        self.settings.lists.insert(role, language, Arc::new(list));
        self.prepare();
        Ok(())
    }

    /// The roles of which the rules need lists, in the order of the rules; rules that are off need nothing.
    #[must_use]
    pub fn list_needs(&self) -> Vec<ListNeed> {
        let mut needs: Vec<ListNeed> = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.bound.is_some()) {
            let Some(role) = rule.metric.def().list else { continue };
            let name = Arc::clone(&rule.name);
            match needs.iter_mut().find(|need| need.role == role) {
                Some(need) => need.rules.push(name),
                None => {
                    let given = self.settings.lists.of_role(role).next().is_some();
                    needs.push(ListNeed { role, rules: vec![name], given });
                }
            }
        }
        needs
    }

    /// The names that a rule has in reasons: one, or one for each category of its list.
    #[must_use]
    pub fn names_of_rule(&self, rule: usize) -> Vec<Arc<str>> {
        match self.part_names.get(rule) {
            Some(names) if !names.is_empty() => names.clone(),
            _ => self.rule_names.get(rule).into_iter().cloned().collect(),
        }
    }

    /// Gives the filter, and so the reasons of its rules, another name.
    pub fn rename(&mut self, name: &str) {
        self.name = name.into();
        self.prepare();
    }

    /// Leaves out the rules that are off, and what only they measure.
    pub fn drop_rules_without_bound(&mut self) {
        self.rules.retain(|rule| rule.bound.is_some() || !rule.by_language.is_empty());
        self.prepare();
    }

    /// The names of a rule for each part of the list that its metric looks in; empty if the list has no labels.
    pub(super) fn parts_of(&self, rule: &Rule) -> Vec<Arc<str>> {
        let list = rule.metric.def().list.and_then(|role| self.settings.lists.get(role, None));
        let labels = list.and_then(WordList::hashed).into_iter().flat_map(|list| list.labels());
        let labels: Vec<&Arc<str>> = labels.collect();
        if labels.iter().all(|label| label.is_empty()) {
            return Vec::new();
        }
        let colon = |label: &str| if label.is_empty() { String::new() } else { format!(":{label}") };
        labels.iter().map(|label| format!("{}/{}{}", self.name, rule.name, colon(label)).into()).collect()
    }
}

/// `[lists.ROLE]` tables: language to words, a file or the name of a list; or the list itself, for any language.
pub(super) fn list_tables(
    key: &'static str,
    fields: &mut Fields<'_>,
    reading: Reading,
    source: ListSource<'_>,
    reader: &mut Reader,
) -> Lists {
    let mut lists = Lists::default();
    let Some(table) = fields.take(key).and_then(|value| reader.table(key, value)) else { return lists };
    for (name, span, value) in table.all() {
        let Some(role) = Role::find(name) else {
            let near = nearest(name, Role::ALL.iter().map(|role| role.name())).map(did_you_mean);
            reader.error("F011", span, format!("`{name}` is not a kind of word list"), near);
            continue;
        };
        let Some(languages) = reader.table(name, value) else { continue };
        let all = languages.all();
        let whole = all.iter().any(|(key, ..)| matches!(*key, "path" | "folder"));
        let each =
            if whole { vec![(Lists::ANY, value)] } else { all.into_iter().map(|(key, _, v)| (key, v)).collect() };
        let mut of_role = Vec::new();
        for (language, value) in each {
            if let Some(list) = one_list(role, reading, language, value, source, reader) {
                if list.is_empty() {
                    check::empty_list(name, language, value.span(), reader);
                }
                of_role.push((language.to_owned(), Arc::new(list)));
            }
        }
        lists.insert_all(role, of_role);
    }
    lists
}

/// One list: an array of words, the name of a list in the binary, `{ path = … }` or `{ folder = …, categories = … }`.
pub(super) fn one_list(
    role: Role,
    reading: Reading,
    language: &str,
    value: Value<'_>,
    source: ListSource<'_>,
    reader: &mut Reader,
) -> Option<WordList> {
    let (files, spans) = match value.get_ref() {
        DeValue::Array(_) => {
            let words = reader.strings(language, value)?;
            if reading == Reading::Own && !matches!(role, Role::UrlDomains | Role::UrlHosts | Role::UrlUrls) {
                // Words in the file itself have no marks and no comments.
                let list = WordList::of_words(words.iter().map(String::as_str));
                return Some(if role == Role::UrlSubwords { list.into_inside() } else { list });
            }
            (vec![ListFile { label: String::new(), text: words.join("\n") }], vec![value.span()])
        }
        DeValue::Table(_) => list_files(role, value, source, reader)?,
        _ => {
            let name = reader.string(language, value)?;
            let text = fetch(ListRef::Name(&name), value.span(), source, reader)?;
            (vec![ListFile { label: String::new(), text }], vec![value.span()])
        }
    };
    let parts: Vec<_> = files.iter().map(|file| ListPart { label: &file.label, text: &file.text }).collect();
    match read_list(role, reading, language, &parts) {
        Ok(list) => Some(list),
        Err(error) => {
            let span = spans.get(error.part).cloned().unwrap_or_else(|| value.span());
            reader.error("F011", span, format!("word list `{}`, {}", list_name(value, language), error.problem), None);
            None
        }
    }
}

/// What a message calls a list.
fn list_name(value: Value<'_>, language: &str) -> String {
    match value.get_ref() {
        DeValue::String(name) => name.to_string(),
        _ => language.to_owned(),
    }
}

/// The files of `{ path = … }` or `{ folder = …, categories = … }` with their places.
fn list_files(
    role: Role,
    value: Value<'_>,
    source: ListSource<'_>,
    reader: &mut Reader,
) -> Option<(Vec<ListFile>, Vec<Range<usize>>)> {
    let mut fields = reader.table("a list", value)?;
    let (path, folder, categories) = (fields.take("path"), fields.take("folder"), fields.take("categories"));
    fields.finish(reader, "a list");
    let (mut files, mut spans) = (Vec::new(), Vec::new());
    match (path, folder, categories) {
        (Some(path), None, None) => {
            for name in reader.strings("path", path)? {
                let text = fetch(ListRef::Path(&name), path.span(), source, reader)?;
                files.push(ListFile { label: String::new(), text });
                spans.push(path.span());
            }
        }
        (None, Some(folder), Some(categories)) => {
            let Some(file) = category_file(role) else {
                let message = format!("categories have lists of domains and URLs, not of `{}`", role.name());
                reader.error("F011", folder.span(), message, None);
                return None;
            };
            let place = reader.string("folder", folder)?;
            for category in reader.strings("categories", categories)? {
                let one = ListRef::Category { folder: &place, category: &category, file };
                let text = fetch(one, categories.span(), source, reader)?;
                files.push(ListFile { label: category, text });
                spans.push(categories.span());
            }
        }
        _ => {
            let hint = "use `{ path = \"list.txt\" }` or `{ folder = \"lists\", categories = [\"adult\"] }`".to_owned();
            reader.error("F011", value.span(), "a list comes from one path, or from a folder's categories", Some(hint));
            return None;
        }
    }
    Some((files, spans))
}

/// The file of a category that has lists of a role.
#[must_use]
pub fn category_file(role: Role) -> Option<&'static str> {
    match role {
        Role::UrlDomains | Role::UrlHosts => Some("domains"),
        Role::UrlUrls => Some("urls"),
        _ => None,
    }
}

/// The content of a list, or a problem.
fn fetch(list: ListRef<'_>, span: Range<usize>, source: ListSource<'_>, reader: &mut Reader) -> Option<String> {
    match source(list) {
        Ok(text) => Some(text),
        Err(why) => {
            let near = match list {
                ListRef::Name(name) => {
                    let names = LISTS.iter().filter_map(|(path, _)| path.strip_prefix("lists/"));
                    nearest(name, names).map(did_you_mean)
                }
                _ => None,
            };
            reader.error("F011", span, why, near);
            None
        }
    }
}
