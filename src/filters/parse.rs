//! From a filter file to a [`Filter`], with every problem at once.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Severity};
use super::read::{Fields, Reader, Value, did_you_mean};
use super::{Edit, Example, Expect, Filter, Reference, Rule, When, check, library};
use crate::document::Bound;
use crate::metrics::{
    self, C4Lines, Lists, MetricId, MetricSet, Role, Settings, WordList, nearest,
};
use crate::text::Splitter;

/// Words for [`Splitter`] in filter files.
const SPLITTERS: &[(&str, Splitter)] = &[
    ("spacy-en", Splitter::SpacyEn),
    ("whitespace", Splitter::Whitespace),
    ("uax29", Splitter::Uax29),
    ("uax29-bounds", Splitter::Uax29Bounds),
];

/// Where word list files come from: name to content.
pub type ListSource<'l> = &'l dyn Fn(&str) -> Option<String>;

/// A rule and where it stands, for the checks that compare rules.
pub(super) struct Placed {
    pub rule: Rule,
    pub span: std::ops::Range<usize>,
    pub bound_span: std::ops::Range<usize>,
}

impl Filter {
    /// Reads a filter file; word lists are those in the binary. `name` is used when the file gives none.
    ///
    /// # Errors
    /// All problems of the file, warnings included, in order of place, if at least one is an error.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Self::parse_with(name, text, &|list| {
            library::embedded_list(list).map(str::to_owned)
        })
    }

    /// Reads a filter file with word lists from `lists`.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_with(name: &str, text: &str, lists: ListSource<'_>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            reader.error(
                "F001",
                error.span().unwrap_or(0..0),
                lower_first(error.message()),
                None,
            );
        }
        let filter = (errors.is_empty()).then(|| {
            let fields = Fields::new(root.get_ref(), 0..text.len().min(1));
            file(name, fields, lists, &mut reader)
        });
        let problems = reader.finish();
        match filter {
            Some(mut filter)
                if problems
                    .iter()
                    .all(|problem| problem.severity == Severity::Warning) =>
            {
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
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// The whole file.
fn file(name: &str, mut fields: Fields<'_>, lists: ListSource<'_>, reader: &mut Reader) -> Filter {
    let own_name = fields
        .take("name")
        .and_then(|value| reader.string("name", value));
    let title = fields
        .need(reader, "title", "a filter")
        .and_then(|value| reader.string("title", value));
    let about = fields
        .take("about")
        .and_then(|value| reader.string("about", value));
    let mut settings = Settings::default();
    if let Some(value) = fields.take("splitter") {
        settings.splitter = reader
            .word("splitter", value, SPLITTERS)
            .unwrap_or(settings.splitter);
    }
    settings.language = fields
        .take("language")
        .and_then(|value| reader.string("language", value));
    if let Some(value) = fields.take("short-line-chars") {
        settings.short_line_chars = reader.count("short-line-chars", value).unwrap_or_default();
    }
    if let Some(table) = fields
        .take("lists")
        .and_then(|value| reader.table("lists", value))
    {
        settings.lists = word_lists(&table, lists, reader);
    }
    let references = each(&mut fields, reader, "reference", reference);
    let edits: Vec<Edit> = each(&mut fields, reader, "edit", edit);
    for Edit::C4Lines(rules) in &edits {
        settings.c4 = rules.clone();
    }
    let placed = each(&mut fields, reader, "rule", rule);
    let examples = each(&mut fields, reader, "example", example);
    if placed.is_empty() && edits.is_empty() {
        reader.error(
            "F014",
            fields.span.clone(),
            "a filter needs at least one `[[rule]]` or `[[edit]]`",
            None,
        );
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

/// The items of an array of tables, each read by `one`.
fn each<'v, T>(
    fields: &mut Fields<'v>,
    reader: &mut Reader,
    key: &'static str,
    one: fn(Fields<'v>, &mut Reader) -> Option<T>,
) -> Vec<T> {
    let tables = fields
        .take(key)
        .map(|value| reader.tables(key, value))
        .unwrap_or_default();
    tables
        .into_iter()
        .filter_map(|table| one(table, reader))
        .collect()
}

/// `[[reference]]`.
fn reference(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Reference> {
    let text = fields
        .need(reader, "text", "a reference")
        .and_then(|value| reader.string("text", value));
    let version = fields
        .take("version")
        .and_then(|value| reader.string("version", value));
    let link = fields
        .take("link")
        .and_then(|value| reader.string("link", value));
    fields.finish(reader, "a reference");
    Some(Reference {
        text: text?,
        version,
        link,
    })
}

/// `[lists.ROLE]` tables: language to words or the name of a list file.
fn word_lists(table: &Fields<'_>, source: ListSource<'_>, reader: &mut Reader) -> Lists {
    let mut lists = Lists::default();
    for (name, span, value) in table.all() {
        let Some(role) = Role::find(name) else {
            let near = nearest(name, Role::ALL.iter().map(|role| role.name())).map(did_you_mean);
            reader.error(
                "F011",
                span,
                format!("`{name}` is not a kind of word list"),
                near,
            );
            continue;
        };
        let Some(languages) = reader.table(name, value) else {
            continue;
        };
        for (language, _, value) in languages.all() {
            if let Some(list) = word_list(language, value, source, reader) {
                lists.insert(role, language, Arc::new(list));
            }
        }
    }
    lists
}

/// One list: an array of words, or the name of a file in `filters/lists`.
fn word_list(
    language: &str,
    value: Value<'_>,
    source: ListSource<'_>,
    reader: &mut Reader,
) -> Option<WordList> {
    if let DeValue::Array(_) = value.get_ref() {
        let words = reader.strings(language, value)?;
        return Some(WordList::of_words(words.iter().map(String::as_str)));
    }
    let name = reader.string(language, value)?;
    let Some(text) = source(&name) else {
        let near = nearest(&name, library::LISTS.iter().map(|(own, _)| *own)).map(did_you_mean);
        reader.error(
            "F011",
            value.span(),
            format!("there is no word list `{name}`"),
            near,
        );
        return None;
    };
    match WordList::parse(&text) {
        Ok(list) => Some(list),
        Err(error) => {
            reader.error(
                "F011",
                value.span(),
                format!("word list `{name}`, {error}"),
                None,
            );
            None
        }
    }
}

/// `[[edit]]`: one key for each kind, one of them filled.
fn edit(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Edit> {
    let table = fields
        .need(reader, "c4-lines", "an edit")
        .and_then(|value| reader.table("c4-lines", value));
    fields.finish(reader, "an edit");
    table.map(|table| Edit::C4Lines(c4_lines(table, reader)))
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
        rules.max_word_chars = reader
            .count("max-word-chars", value)
            .filter(|&limit| limit > 0);
    }
    fields.finish(reader, "`c4-lines`");
    rules
}

/// `[[rule]]`.
fn rule(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Placed> {
    let name = fields
        .need(reader, "name", "a rule")
        .and_then(|value| reader.string("name", value));
    let metric = fields
        .need(reader, "metric", "a rule")
        .and_then(|value| metric(value, reader));
    let bound = bound(&mut fields, reader, "a rule");
    let reason = fields
        .take("reason")
        .and_then(|value| reader.string("reason", value));
    let why = fields
        .take("why")
        .and_then(|value| reader.string("why", value));
    let when = fields
        .take("when")
        .and_then(|value| reader.table("when", value));
    let when = when
        .map(|table| conditions(table, reader))
        .unwrap_or_default();
    let languages = fields
        .take("languages")
        .and_then(|value| reader.table("languages", value));
    let by_language = languages
        .map(|table| language_bounds(&table, reader))
        .unwrap_or_default();
    let span = fields.span.clone();
    fields.finish(reader, "a rule");
    let (bound, bound_span) = bound?;
    let rule = Rule {
        name: name?.into(),
        metric: metric?,
        bound: Some(bound),
        by_language,
        when,
        reason: reason.map(Into::into),
        why,
    };
    Some(Placed {
        rule,
        span,
        bound_span,
    })
}

/// A metric by name.
fn metric(value: Value<'_>, reader: &mut Reader) -> Option<MetricId> {
    let name = reader.string("metric", value)?;
    let found = metrics::find(&name);
    if found.is_none() {
        let near = metrics::suggest(&name).map(did_you_mean);
        reader.error(
            "F005",
            value.span(),
            format!("there is no metric `{name}`"),
            near,
        );
    }
    found
}

/// Exactly one of the four comparisons, with the place of its number.
fn bound(
    fields: &mut Fields<'_>,
    reader: &mut Reader,
    of: &str,
) -> Option<(Bound, std::ops::Range<usize>)> {
    let kinds: [(&'static str, fn(f64) -> Bound); 4] = [
        ("above", Bound::Above),
        ("below", Bound::Below),
        ("at-least", Bound::AtLeast),
        ("at-most", Bound::AtMost),
    ];
    let mut found = None;
    for (key, make) in kinds {
        let Some(value) = fields.take(key) else {
            continue;
        };
        if found.is_some() {
            let hint = "keep one; two bounds are two rules".to_owned();
            reader.error(
                "F006",
                value.span(),
                format!("{of} has more than one bound"),
                Some(hint),
            );
            continue;
        }
        found = Some(
            reader
                .number(key, value)
                .map(|number| (make(number), value.span())),
        );
    }
    if found.is_none() {
        let hint =
            "add one of `above`, `below`, `at-least`, `at-most`: values beyond it are dropped"
                .to_owned();
        reader.error(
            "F006",
            fields.span.clone(),
            format!("{of} has no bound"),
            Some(hint),
        );
    }
    found.flatten()
}

/// `when = { language = […], except-language = […] }`.
fn conditions(mut fields: Fields<'_>, reader: &mut Reader) -> When {
    let only = fields
        .take("language")
        .and_then(|value| reader.strings("language", value));
    let except = fields
        .take("except-language")
        .and_then(|value| reader.strings("except-language", value));
    fields.finish(reader, "`when`");
    When {
        only: only.unwrap_or_default(),
        except: except.unwrap_or_default(),
    }
}

/// `languages = { de = { above = 0.2 }, … }`, sorted by code.
fn language_bounds(table: &Fields<'_>, reader: &mut Reader) -> Vec<(String, Bound)> {
    let mut bounds = Vec::new();
    for (language, _, value) in table.all() {
        let Some(mut fields) = reader.table(language, value) else {
            continue;
        };
        if let Some((bound, _)) = bound(&mut fields, reader, "a language") {
            bounds.push((language.to_owned(), bound));
        }
        fields.finish(reader, "a language");
    }
    bounds.sort_by(|a, b| a.0.cmp(&b.0));
    bounds
}

/// `[[example]]`, with the place of the rule that it names.
fn example(
    mut fields: Fields<'_>,
    reader: &mut Reader,
) -> Option<(Example, std::ops::Range<usize>)> {
    let name = fields
        .need(reader, "name", "an example")
        .and_then(|value| reader.string("name", value));
    let text = fields
        .take("text")
        .and_then(|value| reader.string("text", value))
        .unwrap_or_default();
    let repeat = fields
        .take("repeat")
        .and_then(|value| reader.count("repeat", value))
        .unwrap_or(1);
    let url = fields
        .take("url")
        .and_then(|value| reader.string("url", value));
    let language = fields
        .take("language")
        .and_then(|value| reader.string("language", value));
    let expect = fields.need(reader, "expect", "an example");
    let expect = expect
        .and_then(|value| reader.table("expect", value))
        .and_then(|table| expectation(table, reader));
    let span = fields.span.clone();
    fields.finish(reader, "an example");
    Some((
        Example {
            name: name?,
            text,
            repeat,
            url,
            language,
            expect: expect?,
        },
        span,
    ))
}

/// `expect = { kept = true }`, `{ dropped-by = "rule" }`, `{ trips = "rule" }` or `{ text = "…" }`.
fn expectation(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Expect> {
    let kept = fields
        .take("kept")
        .and_then(|value| reader.boolean("kept", value));
    let dropped_by = fields
        .take("dropped-by")
        .and_then(|value| reader.string("dropped-by", value));
    let trips = fields
        .take("trips")
        .and_then(|value| reader.string("trips", value));
    let text = fields
        .take("text")
        .and_then(|value| reader.string("text", value));
    let span = fields.span.clone();
    fields.finish(reader, "`expect`");
    let given = [
        kept == Some(true),
        dropped_by.is_some(),
        trips.is_some(),
        text.is_some(),
    ];
    if given.iter().filter(|given| **given).count() != 1 {
        let hint =
            "use one of `kept = true`, `dropped-by = \"rule\"`, `trips = \"rule\"`, `text = \"…\"`"
                .to_owned();
        reader.error(
            "F013",
            span,
            "`expect` needs exactly one expectation",
            Some(hint),
        );
        return None;
    }
    let rule = dropped_by
        .map(Expect::DroppedBy)
        .or(trips.map(Expect::Trips));
    Some(rule.or(text.map(Expect::Text)).unwrap_or(Expect::Kept))
}
