//! The language step: names the language, of the document and of its parts, keeps some.

use super::{Edit, Judge, Outcome, Yields};
use crate::document::{Bound, Document, Reason, Row, Value};
use crate::language::mixed::{Mixed, Unit};
use crate::language::{Detector, labels};
use crate::text::TextView;
use std::sync::Arc;

/// The label of documents whose language no one can tell (ISO 639-2: undetermined).
pub const UNKNOWN: &str = "und";
/// The rule behind `min-own-share`.
pub const LOW_SHARE: &str = "low-own-share";
/// The rule behind `max-languages`.
pub const TOO_MANY: &str = "too-many-languages";
/// The metadata field with labels by ranges of lines.
const LINES_FIELD: &str = "language_lines";
/// The metadata field with shares by label.
const SHARES_FIELD: &str = "language_shares";

/// Language identification with a list of languages to keep.
pub struct LanguageStep {
    /// The detector.
    pub detector: Box<dyn Detector>,
    /// Labels to keep; empty keeps all.
    pub keep: Vec<String>,
    /// Least score, 0 to 1.
    pub min_score: f64,
    /// Score below which the label is [`UNKNOWN`].
    pub unknown_below: f64,
    /// Metric column of the score.
    pub column: usize,
    /// Labels of lines or paragraphs; `None`: of the document alone.
    pub parts: Option<LanguageParts>,
}

/// How the parts of a document are labelled, and bounds on that.
pub struct LanguageParts {
    /// What gets a label.
    pub unit: Unit,
    /// Score below which a part has none.
    pub sure_from: f64,
    /// Least share of the document's own language, 0 to 1.
    pub min_own_share: Option<f64>,
    /// Most languages with a tenth of the characters or more.
    pub max_languages: Option<u32>,
    /// First metric column: languages, share of the own one, share without a label, then the shares of the languages to keep.
    pub column: usize,
}

impl LanguageParts {
    /// Writes the numbers into the row, and tells which bounds are broken.
    fn judge(&self, mixed: &Mixed, keep: &[String], row: &mut Row) -> impl Iterator<Item = Reason> {
        let own =
            row.language.as_deref().filter(|label| *label != UNKNOWN).and_then(|label| mixed.shares.language(label));
        let languages = u32::try_from(mixed.shares.languages()).unwrap_or(u32::MAX);
        let shares =
            [own, mixed.shares.unsure()].into_iter().chain(keep.iter().map(|code| mixed.shares.language(code)));
        let numbers = std::iter::once(f64::from(languages)).chain(shares.map(|share| share.unwrap_or(f64::NAN)));
        for (slot, number) in row.metrics.iter_mut().skip(self.column).zip(numbers) {
            *slot = number;
        }
        let reason = |rule: &str, metric: &str, value, bound| Reason {
            rule: Arc::from(rule),
            metric: Arc::from(metric),
            value,
            bound: Some(bound),
        };
        let low = self.min_own_share.zip(own).filter(|(least, own)| own < least);
        let low = low.map(|(least, own)| reason(LOW_SHARE, "own-share", own, Bound::Below(least)));
        let many = self.max_languages.filter(|most| languages > *most);
        let many = many.map(|most| {
            let (most, languages) = (f64::from(most), f64::from(languages));
            reason(TOO_MANY, "languages", languages, Bound::Above(most))
        });
        low.into_iter().chain(many)
    }
}

impl LanguageStep {
    /// Labels the document.
    fn judge(&self, text: &str, row: &mut Row) -> Outcome {
        let guess = self.detector.detect(text);
        let score = guess.as_ref().map_or(0.0, |guess| guess.score);
        let unknown = f64::from(score) < self.unknown_below;
        row.language = guess.map(|guess| if unknown { Arc::from(UNKNOWN) } else { guess.label });
        row.language_score = score;
        row.metrics[self.column] = f64::from(score);
        let reason = |rule: &str, bound| {
            Outcome::drop(Reason {
                rule: Arc::from(rule),
                metric: Arc::from("language_score"),
                value: f64::from(score),
                bound,
            })
        };
        let kept = |label: &str| self.keep.is_empty() || self.keep.iter().any(|one| labels::matches(one, label));
        match &row.language {
            None if self.keep.is_empty() && self.min_score <= 0.0 => Outcome::Keep,
            None => reason("no-language", None),
            Some(label) if !kept(label) => reason("language-not-kept", None),
            Some(_) if f64::from(score) < self.min_score => {
                reason("low-language-score", Some(Bound::Below(self.min_score)))
            }
            Some(_) => Outcome::Keep,
        }
    }
}

impl Judge for LanguageStep {
    fn look(&self, view: &TextView<'_>, _document: &Document, row: &mut Row, _yields: &mut Yields) -> Outcome {
        self.judge(view.text(), row)
    }
}

/// With labels of parts, which go into the metadata.
impl Edit for LanguageStep {
    fn apply(&self, document: &mut Document, row: &mut Row, _yields: &mut Yields) -> Outcome {
        let outcome = self.judge(&document.text, row);
        let Some(parts) = &self.parts else { return outcome };
        let mixed = Mixed::of(self.detector.as_ref(), &document.text, parts.unit, parts.sure_from);
        let broken = parts.judge(&mixed, &self.keep, row);
        document.metadata.retain(|(name, _)| name != LINES_FIELD && name != SHARES_FIELD);
        document.metadata.push((LINES_FIELD.to_owned(), Value::Json(lines_json(&mixed))));
        document.metadata.push((SHARES_FIELD.to_owned(), Value::Json(shares_json(&mixed))));
        // All rules that trip are told; the first one decides.
        broken.fold(outcome, |outcome, broken| match outcome {
            Outcome::Keep => Outcome::drop(broken),
            Outcome::Drop { reason, mut also } => {
                also.push(broken.rule);
                Outcome::Drop { reason, also }
            }
            fault => fault,
        })
    }
}

/// Four decimals: what stands behind them says nothing.
fn rounded(number: f64) -> serde_json::Value {
    serde_json::Value::from((number * 1e4).round() / 1e4)
}

/// `[{"lines":[1,3],"label":"en","prob":0.98}, …]`; `null` as label and probability where the detector is not sure.
fn lines_json(mixed: &Mixed) -> String {
    let range = |one: &crate::language::mixed::Lines| {
        let (first, last) = one.lines;
        let label = one.label.as_deref().map_or(serde_json::Value::Null, serde_json::Value::from);
        let prob = one.label.as_ref().map_or(serde_json::Value::Null, |_| rounded(one.score));
        format!("{{\"lines\":[{first},{last}],\"label\":{label},\"prob\":{prob}}}")
    };
    let mut ranges: Vec<String> = mixed.ranges.iter().map(range).collect();
    if let (true, Some(last)) = (mixed.cut, ranges.last_mut()) {
        last.insert_str(last.len() - 1, ",\"rest\":true");
    }
    format!("[{}]", ranges.join(","))
}

/// `{"de":0.25,"en":0.75}`.
fn shares_json(mixed: &Mixed) -> String {
    let shares: Vec<String> = mixed
        .shares
        .each()
        .map(|(label, share)| format!("{}:{}", serde_json::Value::from(label), rounded(share)))
        .collect();
    format!("{{{}}}", shares.join(","))
}
