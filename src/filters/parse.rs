//! From a filter file to a [`Filter`], with every problem at once.

use toml::de::{DeTable, DeValue};

use super::lists::{ListSource, READINGS, embedded, list_tables};
use super::parse_edits::edit;
use super::problem::{Problem, Severity};
use super::read::{Fields, Reader, Value};
use super::{Edit, Filter, Reference, check, rules};
use crate::language::TagMap;
use crate::metrics::{MetricSet, Settings};
use crate::text::Splitter;

/// Words for [`Splitter`] in filter files.
pub const SPLITTERS: &[(&str, Splitter)] = &[
    ("spacy-en", Splitter::SpacyEn),
    ("whitespace", Splitter::Whitespace),
    ("uax29", Splitter::Uax29),
    ("uax29-bounds", Splitter::Uax29Bounds),
    ("nltk-wordpunct", Splitter::NltkWordPunct),
    ("fasttext", Splitter::FastText),
    ("nltk-words", Splitter::NltkWords),
    ("icu", Splitter::Icu),
];

impl Filter {
    /// Reads a filter file; word lists are those in the binary, and a list by path is an error. `name` is used when the
    /// file gives none.
    ///
    /// # Errors
    /// All problems of the file, warnings included, in order of place, if at least one is an error.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Self::parse_with(name, text, &embedded)
    }

    /// Reads a filter file with word lists from `lists`.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_with(name: &str, text: &str, lists: ListSource<'_>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            reader.error("F001", error.span().unwrap_or(0..0), lower_first(error.message()), None);
        }
        let filter = (errors.is_empty()).then(|| {
            let fields = Fields::new(root.get_ref(), 0..text.len().min(1));
            file(name, fields, lists, &mut reader)
        });
        let problems = reader.finish();
        match filter {
            Some(mut filter) if problems.iter().all(|problem| problem.severity == Severity::Warning) => {
                filter.warnings = problems;
                filter.prepare();
                Ok(filter)
            }
            _ => Err(problems),
        }
    }
}

/// The message of the TOML reader in our style.
fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// The whole file.
fn file(name: &str, mut fields: Fields<'_>, lists: ListSource<'_>, reader: &mut Reader) -> Filter {
    let own_name = fields.take("name").and_then(|value| reader.string("name", value));
    let title = fields.need(reader, "title", "a filter").and_then(|value| reader.string("title", value));
    let about = fields.take("about").and_then(|value| reader.string("about", value));
    let mut settings = Settings::default();
    if let Some(value) = fields.take("splitter") {
        splitters(value, &mut settings, reader);
    }
    settings.language = fields.take("language").and_then(|value| reader.string("language", value));
    if let Some(value) = fields.take("short-line-chars") {
        settings.short_line_chars = reader.count("short-line-chars", value).unwrap_or_default();
    }
    let reading = fields.take("list-reading").and_then(|value| reader.word("list-reading", value, READINGS));
    let reading = reading.unwrap_or_default();
    settings.lists = list_tables("lists", &mut fields, reading, lists, reader);
    let example_lists = list_tables("example-lists", &mut fields, reading, lists, reader);
    let references = each(&mut fields, reader, "reference", reference);
    let tables = fields.take("edit").map(|value| reader.tables("edit", value)).unwrap_or_default();
    let edits: Vec<Edit> = tables.into_iter().filter_map(|table| edit(table, lists, reader)).collect();
    for edit in &edits {
        match edit {
            Edit::C4Lines(rules) => settings.c4 = rules.clone(),
            Edit::DclmLines(rules) => settings.dclm_lines = rules.clone(),
            Edit::DclmC4Lines(rules) => settings.dclm_c4_lines = rules.clone(),
            Edit::DatamapLines(rules) => settings.datamap_lines = rules.clone(),
            Edit::RootsWords(rules) => settings.roots = Some(rules.clone()),
            Edit::Addresses(_) | Edit::Newlines(_) | Edit::ToxicSentences(_) => {}
        }
    }
    let placed = each(&mut fields, reader, "rule", rules::rule);
    let examples = each(&mut fields, reader, "example", rules::example);
    if fields.take("rule").is_none() && fields.take("edit").is_none() {
        reader.error("F014", fields.span.clone(), "a filter needs at least one `[[rule]]` or `[[edit]]`", None);
    }
    fields.finish(reader, "a filter");
    check::rules(&placed, reader);
    check::examples(&examples, &placed, reader);
    Filter {
        name: own_name.as_deref().unwrap_or(name).into(),
        title: title.unwrap_or_default(),
        about,
        references,
        settings,
        reading,
        example_lists,
        edits,
        rules: placed.into_iter().map(|placed| placed.rule).collect(),
        examples: examples.into_iter().map(|(example, _)| example).collect(),
        warnings: Vec::new(),
        set: MetricSet::default(),
        slots: Vec::new(),
        rule_names: Vec::new(),
        part_names: Vec::new(),
        metric_names: Vec::new(),
    }
}

/// `splitter = "…"`, or `splitter = { any = "…", zh = "…" }`.
fn splitters(value: Value<'_>, settings: &mut Settings, reader: &mut Reader) {
    let DeValue::Table(_) = value.get_ref() else {
        settings.splitter = reader.word("splitter", value, SPLITTERS).unwrap_or(settings.splitter);
        return;
    };
    let mut own = Vec::new();
    for (language, _, value) in reader.table("splitter", value).iter().flat_map(Fields::all) {
        let Some(splitter) = reader.word("splitter", value, SPLITTERS) else {
            continue;
        };
        match language {
            "any" => settings.splitter = splitter,
            _ => own.push((language.to_owned(), splitter)),
        }
    }
    settings.splitters = TagMap::new(own);
}

/// The items of an array of tables, each read by `one`.
fn each<'v, T>(
    fields: &mut Fields<'v>,
    reader: &mut Reader,
    key: &'static str,
    one: fn(Fields<'v>, &mut Reader) -> Option<T>,
) -> Vec<T> {
    let tables = fields.take(key).map(|value| reader.tables(key, value)).unwrap_or_default();
    tables.into_iter().filter_map(|table| one(table, reader)).collect()
}

/// `[[reference]]`.
fn reference(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Reference> {
    let text = fields.need(reader, "text", "a reference").and_then(|value| reader.string("text", value));
    let version = fields.take("version").and_then(|value| reader.string("version", value));
    let link = fields.take("link").and_then(|value| reader.string("link", value));
    fields.finish(reader, "a reference");
    Some(Reference { text: text?, version, link })
}
