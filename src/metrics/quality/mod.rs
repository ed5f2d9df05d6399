//! The default quality score: whether a reader would keep a web page in English. Needs no file.
//!
//! # Provenance
//!
//! The weights below were trained by `cargo bench --bench train_quality -- <human_quality.jsonl>` from 149 web documents
//! that people had labelled for DCLM (mlfoundations/dclm, commit 361714bdd60b, MIT). They hold no text: means, spreads and
//! weights of 17 rates. The command prints the table together with its cross-validated figures.

pub mod features;
pub mod model;
pub mod train;
mod weights;

use self::features::Features;
pub use self::weights::MODEL;
use super::{MetricDef, Settings, Sink, Subject};
use crate::language::Tag;

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[MetricDef::share(
    "quality@1",
    "probability",
    "probability that a reader keeps the page, by the rates of function words, sentences, signs and kinds of lines in it; \
     not by its length. For English: not measurable in documents of another language and in texts without words",
)];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let other = settings.language_of(subject.language).is_some_and(|code| Tag::of("en").fits(&Tag::of(code)).is_none());
    if other {
        return;
    }
    if let Some(features) = Features::of(subject.view.text()) {
        sink.set(0, MODEL.probability(&features));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{compute, find};
    use crate::text::TextView;

    fn quality(text: &str, language: Option<&str>) -> f64 {
        let view = TextView::new(text);
        let mut subject = Subject::of_text(&view);
        subject.language = language.map(|code| (code, 0.9));
        compute(&[find("quality@1").unwrap()], &subject, &Settings::default())[0]
    }

    const PROSE: &str = "The council met on Tuesday evening, and after two hours it agreed to build the new bridge that \
        people in the valley had been waiting for. Some members said they would rather have mended the old one.\n";
    const MENU: &str = "Home | Shop | Cart (0)\nSKU: 4711-B\nPrice: $12.99\nAdd To Cart\nShare: Facebook, Twitter\n";

    #[test]
    fn prose_is_above_shop_pages_whatever_their_length() {
        assert!(quality(PROSE, None) > 0.8, "{}", quality(PROSE, None));
        assert!(quality(MENU, Some("en")) < 0.2, "{}", quality(MENU, None));
        assert!((quality(PROSE, None) - quality(&PROSE.repeat(16), None)).abs() < 1e-12);
        assert!((quality(MENU, None) - quality(&MENU.repeat(16), None)).abs() < 1e-12);
    }

    #[test]
    fn other_languages_are_not_measured() {
        assert!(quality(PROSE, Some("de")).is_nan());
        assert!(quality(PROSE, Some("eng_Latn")) > 0.8);
        assert!(quality(" \n ", None).is_nan());
    }
}
