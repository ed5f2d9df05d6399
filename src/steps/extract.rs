//! The extract step: bytes of a page to UTF-8, HTML to main text.

use super::{Edit, Outcome, Yields};
use crate::document::{Bound, Document, FaultKind, Reason, Row, Value};
use crate::extract::{self, Options, charset};
use std::sync::Arc;

/// Characters of a decoded page per tolerated replacement character. A page with more of them was decoded in a wrong charset
/// or is not text at all.
const CHARS_PER_REPLACEMENT: u64 = 50;
/// Replacement characters that any page may have.
const REPLACEMENTS_ALLOWED: u64 = 10;

/// Extraction with its options.
pub struct ExtractStep {
    /// Options of the extractor.
    pub options: Options,
    /// Texts with fewer characters are dropped.
    pub min_chars: u32,
}

impl ExtractStep {
    fn text_of(&self, document: &mut Document) -> Result<(), (FaultKind, String)> {
        let Some(markup) = document.markup.take() else { return Ok(()) };
        let media = markup.media_type.as_deref().unwrap_or("text/html");
        let is_html = media != "text/plain";
        let decoded = charset::decode(&markup.bytes, markup.charset.as_deref(), is_html);
        let characters = decoded.text.len() as u64;
        if decoded.replacements > REPLACEMENTS_ALLOWED + characters / CHARS_PER_REPLACEMENT {
            let detail = format!(
                "{} bytes could not be decoded as {} ({} charset given by the server)",
                decoded.replacements,
                decoded.encoding,
                markup.charset.as_deref().unwrap_or("no")
            );
            return Err((FaultKind::BadCharset, detail));
        }
        if !is_html {
            document.text = decoded.text.into();
            return Ok(());
        }
        let page = extract::extract_at(&decoded.text, document.url.as_deref(), &self.options)
            .map_err(|error| (FaultKind::OverBudget, error.to_string()))?;
        document.text = page.text;
        let facts = [
            ("title", page.title),
            ("author", page.author),
            ("published", page.date),
            ("modified", page.modified),
            ("html_language", page.language),
            ("canonical_url", page.canonical),
            ("site_name", page.site),
            ("description", page.description),
            ("page_type", page.kind),
            ("license", page.license),
            ("license_kind", page.license_kind),
            ("license_links", page.license_links),
            ("robots", page.robots),
            ("tdm_reservation", page.tdm_reservation),
            ("tdm_policy", page.tdm_policy),
        ];
        document
            .metadata
            .extend(facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::Str(value?)))));
        Ok(())
    }
}

impl Edit for ExtractStep {
    fn apply(&self, document: &mut Document, _row: &mut Row, _yields: &mut Yields) -> Outcome {
        if let Err((kind, detail)) = self.text_of(document) {
            return Outcome::Fault(kind, detail);
        }
        let least = f64::from(self.min_chars);
        #[allow(clippy::cast_precision_loss, reason = "no text has 2^53 characters")]
        let characters = document.text.chars().count() as f64;
        if characters < least {
            return Outcome::drop(Reason {
                rule: Arc::from("too-few-characters"),
                metric: Arc::from("characters"),
                value: characters,
                bound: Some(Bound::Below(least)),
            });
        }
        Outcome::Keep
    }

    fn takes_markup(&self) -> bool {
        true
    }
}
