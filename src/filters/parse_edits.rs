//! `[[edit]]` tables of a filter file.

use std::sync::Arc;

use super::Edit;
use super::edits::addresses::Addresses;
use super::lists::{ListSource, one_list};
use super::read::{Fields, Reader};
use crate::metrics::{C4Lines, DatamapLines, DclmC4Lines, DclmLines, Reading, Role, RootsWords};

/// The kinds of edits, as they are called in filter files.
const KINDS: [&str; 8] = [
    "c4-lines",
    "roots-words",
    "dclm-lines",
    "dclm-c4-lines",
    "datamap-lines",
    "dclm-addresses",
    "newlines",
    "toxic-sentences",
];

/// `[[edit]]`: one key for each kind, one of them filled.
pub(super) fn edit(mut fields: Fields<'_>, lists: ListSource<'_>, reader: &mut Reader) -> Option<Edit> {
    let span = fields.span.clone();
    let mut given = KINDS.into_iter().filter_map(|kind| Some((kind, fields.take(kind)?))).collect::<Vec<_>>();
    fields.finish(reader, "an edit");
    if given.len() != 1 {
        let hint = format!("one of `{}`", KINDS.join("`, `"));
        reader.error("F004", span, "an edit needs exactly one kind", Some(hint));
        return None;
    }
    let (kind, value) = given.pop()?;
    let table = reader.table(kind, value)?;
    match kind {
        "c4-lines" => Some(Edit::C4Lines(c4_lines(table, reader))),
        "roots-words" => Some(Edit::RootsWords(roots_words(table, reader))),
        "dclm-lines" => Some(Edit::DclmLines(dclm_lines(table, reader))),
        "dclm-c4-lines" => Some(Edit::DclmC4Lines(dclm_c4_lines(table, reader))),
        "datamap-lines" => Some(Edit::DatamapLines(datamap_lines(table, reader))),
        "dclm-addresses" => addresses(table, lists, reader),
        "toxic-sentences" => toxic_sentences(table, reader),
        _ => newlines(table, reader),
    }
}

/// `c4-lines = { … }`.
fn c4_lines(mut fields: Fields<'_>, reader: &mut Reader) -> C4Lines {
    let mut rules = C4Lines::default();
    for (key, field) in [
        ("end-marks", &mut rules.end_marks),
        ("apostrophe", &mut rules.apostrophe),
        ("count-after-citations", &mut rules.count_after_citations),
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

/// `dclm-lines = { … }`.
fn dclm_lines(mut fields: Fields<'_>, reader: &mut Reader) -> DclmLines {
    let mut rules = DclmLines::default();
    for (key, field) in [("max-uppercase", &mut rules.max_uppercase), ("max-digits", &mut rules.max_digits)] {
        if let Some(value) = fields.take(key) {
            *field = reader.number(key, value).unwrap_or(*field);
        }
    }
    for (key, field) in [("min-words", &mut rules.min_words), ("phrase-max-words", &mut rules.phrase_max_words)] {
        if let Some(value) = fields.take(key) {
            *field = reader.count(key, value).unwrap_or(*field);
        }
    }
    if let Some(value) = fields.take("counters") {
        rules.counters = reader.boolean("counters", value).unwrap_or(rules.counters);
    }
    fields.finish(reader, "`dclm-lines`");
    rules
}

/// `dclm-c4-lines = { … }`.
fn dclm_c4_lines(mut fields: Fields<'_>, reader: &mut Reader) -> DclmC4Lines {
    let mut rules = DclmC4Lines::default();
    for (key, field) in [
        ("end-marks", &mut rules.end_marks),
        ("citations", &mut rules.citations),
        ("javascript", &mut rules.javascript),
        ("policy", &mut rules.policy),
        ("repeats", &mut rules.repeats),
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
    fields.finish(reader, "`dclm-c4-lines`");
    rules
}

/// `datamap-lines = { … }`.
fn datamap_lines(mut fields: Fields<'_>, reader: &mut Reader) -> DatamapLines {
    let mut rules = DatamapLines::default();
    for (key, field) in [("max-uppercase", &mut rules.max_uppercase), ("max-digits", &mut rules.max_digits)] {
        if let Some(value) = fields.take(key) {
            *field = reader.number(key, value).unwrap_or(*field);
        }
    }
    for (key, field) in [("counters", &mut rules.counters), ("phrases", &mut rules.phrases)] {
        if let Some(value) = fields.take(key) {
            *field = reader.boolean(key, value).unwrap_or(*field);
        }
    }
    if let Some(value) = fields.take("min-words") {
        rules.min_words = reader.count("min-words", value).unwrap_or(rules.min_words);
    }
    fields.finish(reader, "`datamap-lines`");
    rules
}

/// `dclm-addresses = { tlds = [ … ] }`, or the name of a list.
fn addresses(mut fields: Fields<'_>, lists: ListSource<'_>, reader: &mut Reader) -> Option<Edit> {
    let value = fields.need(reader, "tlds", "`dclm-addresses`");
    let list = value.and_then(|value| one_list(Role::UrlWords, Reading::Own, "tlds", value, lists, reader));
    fields.finish(reader, "`dclm-addresses`");
    let names = list?;
    Some(Edit::Addresses(Arc::new(Addresses::new(names.entries().iter().map(|entry| entry.text.as_str())))))
}

/// `newlines = { max = 2 }`.
fn newlines(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Edit> {
    let max = fields.need(reader, "max", "`newlines`").and_then(|value| reader.count("max", value));
    fields.finish(reader, "`newlines`");
    max.map(Edit::Newlines)
}

/// `toxic-sentences = { above = 0.9 }`.
fn toxic_sentences(mut fields: Fields<'_>, reader: &mut Reader) -> Option<Edit> {
    let bound = fields.need(reader, "above", "`toxic-sentences`").and_then(|value| reader.number("above", value));
    fields.finish(reader, "`toxic-sentences`");
    bound.map(Edit::ToxicSentences)
}
