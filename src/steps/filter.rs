//! The filter step: measured numbers against the bounds of a filter file.

use super::{Edit, Judge, Outcome, Yields};
use crate::document::{Document, Row};
use crate::filters::{Filter, Judgement};
use crate::metrics::Subject;
use crate::text::TextView;

/// A filter in its place in the plan.
pub struct FilterStep {
    filter: Filter,
    /// First metric column of this step; the filter's metrics follow in its own order.
    column: usize,
}

impl FilterStep {
    /// A filter whose metrics go to the columns from `column` on.
    #[must_use]
    pub fn new(filter: Filter, column: usize) -> Self {
        Self { filter, column }
    }

    /// Whether the filter changes the text of documents that stay.
    #[must_use]
    pub fn edits(&self) -> bool {
        !self.filter.edits.is_empty()
    }

    fn judge(&self, view: &TextView<'_>, document: &Document, row: &mut Row) -> Outcome {
        let language = row.language.clone();
        let subject = Subject {
            view,
            url: document.url.as_deref(),
            language: language.as_deref().map(|label| (label, f64::from(row.language_score))),
            title: None,
            metadata: &document.metadata,
        };
        let mut values = Vec::new();
        self.filter.measure(&subject, &mut values);
        row.metrics[self.column..self.column + values.len()].copy_from_slice(&values);
        // The file's own language serves where none was identified, for bounds as for word lists.
        let language = self.language(row);
        let judgement = self.filter.judge(&values, language);
        self.outcome(&judgement, &values, language)
    }

    /// The language of the document, else that of the file.
    fn language<'s>(&'s self, row: &'s Row) -> Option<&'s str> {
        row.language.as_deref().or(self.filter.settings.language.as_deref())
    }

    fn outcome(&self, judgement: &Judgement, values: &[f64], language: Option<&str>) -> Outcome {
        let reason = judgement.first().and_then(|rule| self.filter.reason(rule, values, language));
        let Some(reason) = reason else { return Outcome::Keep };
        let also = judgement.tripped[1..].iter().filter_map(|&rule| self.filter.rule_name(usize::from(rule), values));
        let also = also.collect();
        Outcome::Drop { reason, also }
    }
}

impl Judge for FilterStep {
    fn look(&self, view: &TextView<'_>, document: &Document, row: &mut Row, _yields: &mut Yields) -> Outcome {
        self.judge(view, document, row)
    }

    fn reads_text(&self) -> bool {
        self.filter.metrics().iter().any(|metric| metric.reads_text())
    }
}

impl Edit for FilterStep {
    fn apply(&self, document: &mut Document, row: &mut Row, _yields: &mut Yields) -> Outcome {
        let view = TextView::new(&document.text);
        let outcome = self.judge(&view, document, row);
        if outcome == Outcome::Keep
            && let Some(text) = self.filter.edit(&view, self.language(row))
        {
            document.text = text;
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocId, Origin};
    use std::sync::Arc;

    #[test]
    fn the_language_of_the_file_serves_where_none_is_known() {
        let text = r#"
title = "test"
language = "de"
[[edit]]
roots-words = { max-word-chars = { de = 5 } }
[[rule]]
name = "few"
metric = "words"
below = 1
languages = { de = { below = 3 } }
"#;
        let step = FilterStep::new(Filter::parse("test", text).unwrap(), 0);
        let run = |text: &str, language: Option<&str>| {
            let mut document = Document {
                id: DocId::of("s", "f", 0),
                origin: Origin { file: "f".into(), offset: 0 },
                source_id: None,
                url: None,
                date: None,
                markup: None,
                text: text.to_owned(),
                metadata: Vec::new(),
            };
            let mut row = Row { language: language.map(Arc::from), metrics: vec![f64::NAN], ..Row::default() };
            let outcome = step.apply(&mut document, &mut row, &mut Yields::default());
            (outcome == Outcome::Keep).then_some(document.text)
        };
        assert_eq!(run("zwei Wörter", None), None);
        assert_eq!(run("deux mots", Some("fr")).as_deref(), Some("deux mots"));
        assert_eq!(run("kurz und zusammengesetzt gut", None).as_deref(), Some("kurz und gut"));
        assert_eq!(run("court et intraduisible", Some("fr")).as_deref(), Some("court et intraduisible"));
    }
}
