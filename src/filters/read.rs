//! Walks a parsed TOML text, notes every problem with its place, and never stops at the first.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Places, Problem, Severity};
use crate::metrics::nearest;

/// A value and its place.
pub(super) type Value<'v> = &'v Spanned<DeValue<'v>>;

/// Collects problems.
pub(super) struct Reader {
    places: Places,
    problems: Vec<Problem>,
}

impl Reader {
    /// A reader of that text.
    pub fn new(text: &str) -> Self {
        Self { places: Places::new(text), problems: Vec::new() }
    }

    /// Notes an error.
    pub fn error(&mut self, code: &'static str, span: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        self.note(code, Severity::Error, span, message.into(), hint);
    }

    /// Notes a warning.
    pub fn warning(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.note(code, Severity::Warning, span, message.into(), hint);
    }

    fn note(
        &mut self,
        code: &'static str,
        severity: Severity,
        span: Range<usize>,
        message: String,
        hint: Option<String>,
    ) {
        let (line, column) = self.places.of(span.start);
        self.problems.push(Problem { code, severity, span, line, column, message, hint });
    }

    /// The line of a place, from 1.
    pub fn line_of(&self, span: &Range<usize>) -> usize {
        self.places.of(span.start).0
    }

    /// The problems in order of place.
    pub fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by(|a, b| (a.span.start, a.severity, a.code).cmp(&(b.span.start, b.severity, b.code)));
        self.problems
    }

    /// A string.
    pub fn string(&mut self, key: &str, value: Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => self.wrong_type(key, value.span(), "a string", other),
        }
    }

    /// A truth value.
    pub fn boolean(&mut self, key: &str, value: Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(yes) => Some(*yes),
            other => self.wrong_type(key, value.span(), "`true` or `false`", other),
        }
    }

    /// A number, not NaN.
    pub fn number(&mut self, key: &str, value: Value<'_>) -> Option<f64> {
        let parsed = match value.get_ref() {
            #[allow(clippy::cast_precision_loss)]
            DeValue::Integer(int) => i64::from_str_radix(int.as_str(), int.radix()).ok().map(|int| int as f64),
            DeValue::Float(float) => float.as_str().parse::<f64>().ok().filter(|number| !number.is_nan()),
            other => return self.wrong_type(key, value.span(), "a number", other),
        };
        if parsed.is_none() {
            self.error("F013", value.span(), format!("`{key}` is not a usable number"), None);
        }
        parsed
    }

    /// A whole number from 0.
    pub fn count(&mut self, key: &str, value: Value<'_>) -> Option<usize> {
        let parsed = match value.get_ref() {
            DeValue::Integer(int) => i64::from_str_radix(int.as_str(), int.radix()).ok(),
            other => return self.wrong_type(key, value.span(), "a whole number", other),
        };
        let count = parsed.and_then(|int| usize::try_from(int).ok());
        if count.is_none() {
            self.error("F013", value.span(), format!("`{key}` must be a whole number from 0"), None);
        }
        count
    }

    /// An array of strings; one string alone counts as an array of one.
    pub fn strings(&mut self, key: &str, value: Value<'_>) -> Option<Vec<String>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| self.string(key, item)).collect(),
            _ => self.string(key, value).map(|text| vec![text]),
        }
    }

    /// A table.
    pub fn table<'v>(&mut self, key: &str, value: Value<'v>) -> Option<Fields<'v>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Fields::new(table, value.span())),
            other => self.wrong_type(key, value.span(), "a table", other),
        }
    }

    /// An array of tables.
    pub fn tables<'v>(&mut self, key: &str, value: Value<'v>) -> Vec<Fields<'v>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.table(key, item)).collect(),
            other => {
                self.wrong_type::<()>(key, value.span(), &format!("tables, each under `[[{key}]]`"), other);
                Vec::new()
            }
        }
    }

    /// One of several words.
    pub fn word<T: Copy>(&mut self, key: &str, value: Value<'_>, known: &[(&'static str, T)]) -> Option<T> {
        let text = self.string(key, value)?;
        let found = known.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let words: Vec<String> = known.iter().map(|(word, _)| format!("`{word}`")).collect();
            let near = nearest(&text, known.iter().map(|(word, _)| *word));
            let hint = near.map_or_else(|| format!("use {}", words.join(", ")), did_you_mean);
            self.error("F010", value.span(), format!("`{text}` is not a value of `{key}`"), Some(hint));
        }
        found
    }

    fn wrong_type<T>(&mut self, key: &str, span: Range<usize>, wanted: &str, found: &DeValue<'_>) -> Option<T> {
        self.error("F003", span, format!("`{key}` takes {wanted}, found {}", found.type_str()), None);
        None
    }
}

/// The usual hint.
pub(super) fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}

/// The keys of one table, taken one by one; what is left at the end is unknown.
pub(super) struct Fields<'v> {
    /// The place of the whole table.
    pub span: Range<usize>,
    table: &'v DeTable<'v>,
    asked: Vec<&'static str>,
}

impl<'v> Fields<'v> {
    /// The fields of a table at that place.
    pub fn new(table: &'v DeTable<'v>, span: Range<usize>) -> Self {
        Self { span, table, asked: Vec::new() }
    }

    /// The value of a key, if it is there.
    pub fn take(&mut self, key: &'static str) -> Option<Value<'v>> {
        self.asked.push(key);
        self.table.iter().find(|(own, _)| own.get_ref() == key).map(|(_, value)| value)
    }

    /// The value of a key that must be there.
    pub fn need(&mut self, reader: &mut Reader, key: &'static str, of: &str) -> Option<Value<'v>> {
        let value = self.take(key);
        if value.is_none() {
            reader.error("F004", self.span.clone(), format!("{of} needs `{key}`"), None);
        }
        value
    }

    /// All keys with their places and values, in the order of the file, for tables whose keys are free.
    pub fn all(&self) -> Vec<(&'v str, Range<usize>, Value<'v>)> {
        let mut all: Vec<_> =
            self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value)).collect();
        all.sort_by_key(|(_, span, _)| span.start);
        all
    }

    /// Notes every key that nobody asked for.
    pub fn finish(self, reader: &mut Reader, of: &str) {
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let near = nearest(name, self.asked.iter().copied()).map(did_you_mean);
            let hint = near.unwrap_or_else(|| format!("{of} takes `{}`", self.asked.join("`, `")));
            reader.error("F002", key.span(), format!("unknown key `{name}` in {of}"), Some(hint));
        }
    }
}
