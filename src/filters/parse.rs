//! From a filter file to a [`Filter`], with every problem at once.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Severity};
use super::read::{Fields, Reader, Value, did_you_mean};
use super::{Edit, Filter, Reference, check, library, rules};
use crate::metrics::{C4Lines, Lists, MetricSet, Role, RootsWords, Settings, WordList, nearest};
use crate::text::Splitter;

/// Words for [`Splitter`] in filter files.
const SPLITTERS: &[(&str, Splitter)] = &[
    ("spacy-en", Splitter::SpacyEn),
    ("whitespace", Splitter::Whitespace),
    ("uax29", Splitter::Uax29),
    ("uax29-bounds", Splitter::Uax29Bounds),
    ("nltk-wordpunct", Splitter::NltkWordPunct),
    ("fasttext", Splitter::FastText),
    ("nltk-words", Splitter::NltkWords),
    ("icu", Splitter::Icu),
];

/// Where word list files come from: name to content.
pub type ListSource<'l> = &'l dyn Fn(&str) -> Option<String>;

impl Filter {
    /// Reads a filter file; word lists are those in the binary. `name` is used when the file gives none.
    ///
    /// # Errors
    /// All problems of the file, warnings included, in order of place, if at least one is an error.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Self::parse_with(name, text, &|list| library::embedded_list(list).map(str::to_owned))
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
    if let Some(table) = fields.take("lists").and_then(|value| reader.table("lists", value)) {
        settings.lists = word_lists(&table, lists, reader);
    }
    let references = each(&mut fields, reader, "reference", reference);
    let edits: Vec<Edit> = each(&mut fields, reader, "edit", edit);
    for edit in &edits {
        match edit {
            Edit::C4Lines(rules) => settings.c4 = rules.clone(),
            Edit::RootsWords(rules) => settings.roots = Some(rules.clone()),
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
        edits,
        rules: placed.into_iter().map(|placed| placed.rule).collect(),
        examples: examples.into_iter().map(|(example, _)| example).collect(),
        warnings: Vec::new(),
        set: MetricSet::default(),
        slots: Vec::new(),
        rule_names: Vec::new(),
        metric_names: Vec::new(),
    }
}

/// `splitter = "…"`, or `splitter = { any = "…", zh = "…" }`.
fn splitters(value: Value<'_>, settings: &mut Settings, reader: &mut Reader) {
    let DeValue::Table(_) = value.get_ref() else {
        settings.splitter = reader.word("splitter", value, SPLITTERS).unwrap_or(settings.splitter);
        return;
    };
    for (language, _, value) in reader.table("splitter", value).iter().flat_map(Fields::all) {
        let Some(splitter) = reader.word("splitter", value, SPLITTERS) else {
            continue;
        };
        match language {
            "any" => settings.splitter = splitter,
            _ => settings.splitters.push((language.to_owned(), splitter)),
        }
    }
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

/// `[lists.ROLE]` tables: language to words or the name of a list file.
fn word_lists(table: &Fields<'_>, source: ListSource<'_>, reader: &mut Reader) -> Lists {
    let mut lists = Lists::default();
    for (name, span, value) in table.all() {
        let Some(role) = Role::find(name) else {
            let near = nearest(name, Role::ALL.iter().map(|role| role.name())).map(did_you_mean);
            reader.error("F011", span, format!("`{name}` is not a kind of word list"), near);
            continue;
        };
        let Some(languages) = reader.table(name, value) else {
            continue;
        };
        for (language, _, value) in languages.all() {
            if let Some(list) = word_list(language, value, source, reader) {
                let list = if role == Role::UrlSubwords { list.into_inside() } else { list };
                lists.insert(role, language, Arc::new(list));
            }
        }
    }
    lists
}

/// One list: an array of words, or the name of a file in `filters/lists`.
fn word_list(language: &str, value: Value<'_>, source: ListSource<'_>, reader: &mut Reader) -> Option<WordList> {
    if let DeValue::Array(_) = value.get_ref() {
        let words = reader.strings(language, value)?;
        return Some(WordList::of_words(words.iter().map(String::as_str)));
    }
    let name = reader.string(language, value)?;
    let Some(text) = source(&name) else {
        let near = nearest(&name, library::LISTS.iter().map(|(own, _)| *own)).map(did_you_mean);
        reader.error("F011", value.span(), format!("there is no word list `{name}`"), near);
        return None;
    };
    match WordList::parse(&text) {
        Ok(list) => Some(list),
        Err(error) => {
            reader.error("F011", value.span(), format!("word list `{name}`, {error}"), None);
            None
        }
    }
}

/// `[[edit]]`: one key for each kind, one of them filled.
fn edit(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Edit> {
    if let Some(value) = fields.take("roots-words") {
        let table = reader.table("roots-words", value);
        fields.finish(reader, "an edit");
        return table.map(|table| Edit::RootsWords(roots_words(table, reader)));
    }
    let table = fields.need(reader, "c4-lines", "an edit").and_then(|value| reader.table("c4-lines", value));
    fields.finish(reader, "an edit");
    table.map(|table| Edit::C4Lines(c4_lines(table, reader)))
}

/// `roots-words = { substrings = […], max-word-chars = { en = 25, … } }`.
fn roots_words(mut fields: Fields<'_>, reader: &mut Reader) -> RootsWords {
    let mut words = RootsWords::default();
    if let Some(value) = fields.take("substrings") {
        words.substrings = reader.strings("substrings", value).unwrap_or_default();
    }
    if let Some(table) = fields.take("max-word-chars").and_then(|value| reader.table("max-word-chars", value)) {
        for (language, _, value) in table.all() {
            words.max_word_chars.extend(reader.count(language, value).map(|limit| (language.to_owned(), limit)));
        }
    }
    fields.finish(reader, "`roots-words`");
    words
}

/// `c4-lines = { … }`.
fn c4_lines(mut fields: Fields<'_>, reader: &mut Reader) -> C4Lines {
    let mut rules = C4Lines::default();
    for (key, field) in [
        ("end-marks", &mut rules.end_marks),
        ("citations", &mut rules.citations),
        ("javascript", &mut rules.javascript),
        ("policy", &mut rules.policy),
    ] {
        if let Some(value) = fields.take(key) {
            *field = reader.boolean(key, value).unwrap_or(*field);
        }
    }
    if let Some(value) = fields.take("min-words") {
        rules.min_words = reader.count("min-words", value).unwrap_or(rules.min_words);
    }
    if let Some(value) = fields.take("max-word-chars") {
        rules.max_word_chars = reader.count("max-word-chars", value).filter(|&limit| limit > 0);
    }
    fields.finish(reader, "`c4-lines`");
    rules
}
