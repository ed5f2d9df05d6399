//! The language step as an object: its model loaded, its columns and rules told.

use super::super::{AssemblyError, EMBEDDED};
use super::{Builder, Made, refused_file, rule};
use crate::classify::FastText;
use crate::config::{self, LanguagePer};
use crate::document::Bins;
use crate::language::mixed::Unit;
use crate::language::{Detector, Embedded, FastTextDetector};
use crate::plan::{MetricColumn, PlannedRule};
use crate::steps::{LANGUAGE_LOW_SHARE, LANGUAGE_TOO_MANY, LanguageParts, LanguageStep, Work};
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn language(&mut self, name: &str, one: &config::Language) -> Result<Made, AssemblyError> {
        let detector: Box<dyn Detector> = if one.model.value == EMBEDDED {
            Box::new(Embedded)
        } else {
            let bytes = self.reference(&one.model.value, one.sha256.as_ref())?;
            let model = FastText::from_bytes(&bytes).map_err(|error| refused_file(&one.model.value, &error))?;
            Box::new(FastTextDetector::new(Arc::new(model)))
        };
        let column = self.metrics.len();
        self.metrics.push(MetricColumn {
            name: format!("{name}/score"),
            doc: "confidence in the language".into(),
            bins: Bins::Unit,
        });
        let keep: Vec<String> = one.keep.iter().map(|code| code.value.clone()).collect();
        let kept = if keep.is_empty() { "all languages".to_owned() } else { keep.join(", ") };
        let mut rules = vec![
            PlannedRule {
                name: "no-language".into(),
                metric: "language".into(),
                trips: "no letters".into(),
                bound: String::new(),
            },
            PlannedRule {
                name: "language-not-kept".into(),
                metric: "language".into(),
                trips: format!("not in {kept}"),
                bound: String::new(),
            },
            rule("low-language-score", &format!("{name}/score"), "<", one.min_score),
        ];
        let parts = self.language_parts(name, one, &keep, &mut rules);
        let by = parts.as_ref().map_or(String::new(), |_| format!(", labels by {}", one.per.word()));
        let summary = format!("{} model, keeps {kept}{by}", one.model.value);
        let (min_score, unknown_below) = (one.min_score, one.unknown_below);
        let step = LanguageStep { detector, keep, min_score, unknown_below, column, parts };
        let work = if step.parts.is_some() { Work::Edit(Box::new(step)) } else { Work::Judge(Box::new(step)) };
        Ok((work, summary, rules))
    }

    /// Adds the columns and rules of labels by line or paragraph, where they are asked for.
    fn language_parts(
        &mut self,
        name: &str,
        one: &config::Language,
        keep: &[String],
        rules: &mut Vec<PlannedRule>,
    ) -> Option<LanguageParts> {
        let (unit, word) = match one.per {
            LanguagePer::Document => return None,
            LanguagePer::Line => (Unit::Line, "lines"),
            LanguagePer::Paragraph => (Unit::Paragraph, "paragraphs"),
        };
        let column = self.metrics.len();
        let mut add = |metric: String, doc: String, bins| {
            self.metrics.push(MetricColumn { name: format!("{name}/{metric}"), doc, bins });
        };
        add("languages".into(), "languages with a tenth of the characters or more".into(), Bins::Log);
        add("own-share".into(), format!("share of characters in {word} in the document's language"), Bins::Unit);
        add("unsure-share".into(), format!("share of characters in {word} without a label"), Bins::Unit);
        for code in keep {
            add(format!("share.{code}"), format!("share of characters in {word} labelled `{code}`"), Bins::Unit);
        }
        let min_own_share = one.min_own_share.as_ref().map(|bound| bound.value);
        let max_languages = one.max_languages.as_ref().map(|bound| bound.value);
        let low = min_own_share.map(|bound| rule(LANGUAGE_LOW_SHARE, &format!("{name}/own-share"), "<", bound));
        let many =
            max_languages.map(|bound| rule(LANGUAGE_TOO_MANY, &format!("{name}/languages"), ">", f64::from(bound)));
        rules.extend(low.into_iter().chain(many));
        Some(LanguageParts { unit, sure_from: one.part_min_score, min_own_share, max_languages, column })
    }
}
