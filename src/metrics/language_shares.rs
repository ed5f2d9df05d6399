//! Shares of a text by language: mixed documents, as OSCAR looks at them line by line.
//!
//! The embedded detector looks at runs of whole lines of 200 bytes or more (shorter ones are guesswork); a share is the
//! bytes of the runs in a language, over the bytes of all runs with letters. Runs whose score is below 0.3 are in no known
//! language. One pass serves all metrics; what the language step found plays no part but in `language_own_share`.

use super::{MetricDef, Settings, Sink, Subject};
use crate::language::{Embedded, Shares, parts};

/// Bytes of the runs of lines that are looked at.
const RUN: usize = 200;
/// Score below which a run is in no known language: one in fifty sentences of the languages that the detector was
/// trained on is below, and four in ten of those of languages left out of a training (`train_language … unseen`).
const UNKNOWN: f32 = 0.3;

macro_rules! shares {
    ($name:ident, $codes:ident: $($code:literal)*) => {
        /// The codes of this part of the table.
        const $codes: &[&str] = &[$($code),*];
        /// Shares of single languages.
        pub(super) const $name: &[MetricDef] = &[$(MetricDef::share(
            concat!("language_share.", $code),
            "share of bytes",
            concat!("runs of lines whose language is `", $code, "`, over all runs with letters"),
        )),*];
    };
}

shares! { FIRST, FIRST_CODES: "af" "ar" "az" "be" "bg" "bn" "bo" "bs" "ca" "cs" "cy" "da" "de" "el" "en" "eo" "es" "et" "eu" "fa" "fi" "fr" "ga" "gu" "he" "hi" "hr" "hu" "hy" "id" "is" "it" "ja" "ka" "kk" "ko" "la" "lg" "lt" "lv" }
shares! { SECOND, SECOND_CODES: "mi" "mk" "mn" "mr" "ms" "nb" "nl" "nn" "pa" "pl" "pt" "ro" "ru" "sk" "sl" "sn" "so" "sq" "sr" "st" "sv" "sw" "ta" "te" "th" "tl" "tn" "tr" "ts" "uk" "ur" "vi" "xh" "yo" "zh" "zu" }

/// The table of what is told of all languages together.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::share(
        "language_first_share",
        "share of bytes",
        "the language with the most bytes; not measurable without letters",
    ),
    MetricDef::share("language_second_share", "share of bytes", "the language with the second most bytes"),
    MetricDef::share("language_unknown_share", "share of bytes", "runs of lines whose language has a score below 0.3"),
    MetricDef::share(
        "language_own_share",
        "share of bytes",
        "the language that the language step found; not measurable when it found none",
    ),
    MetricDef::count("languages", "languages", "languages with a tenth of the bytes or more"),
];

/// Shares in the bytes of runs with letters.
fn shares(text: &str) -> Shares {
    let mut shares = Shares::default();
    for part in parts::parts(&Embedded, text, RUN) {
        let Some(guess) = part.guess else { continue };
        shares.add((guess.score >= UNKNOWN).then_some(&guess.label), part.range.len());
    }
    shares
}

/// Without letters nothing is measurable.
fn set(sink: &mut Sink, place: usize, share: Option<f64>) {
    sink.set(place, share.unwrap_or(f64::NAN));
}

/// Measures what is told of all languages together.
pub(super) fn measure(subject: &Subject<'_, '_>, _: &Settings, sink: &mut Sink) {
    let shares = shares(subject.view.text());
    let mut sizes: Vec<f64> = shares.each().map(|(_, share)| share).collect();
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
    // Where there are letters, a language that is not there has a share of 0.
    let none = shares.unsure().map(|_| 0.0);
    for place in 0..2 {
        set(sink, place, sizes.get(place).copied().or(none));
    }
    set(sink, 2, shares.unsure());
    if let Some((own, _)) = subject.language {
        set(sink, 3, shares.language(own));
    }
    sink.set_count(4, shares.languages());
}

/// Measures the first half of the single languages.
pub(super) fn measure_first(subject: &Subject<'_, '_>, _: &Settings, sink: &mut Sink) {
    single(FIRST_CODES, subject, sink);
}

/// Measures the second half of the single languages.
pub(super) fn measure_second(subject: &Subject<'_, '_>, _: &Settings, sink: &mut Sink) {
    single(SECOND_CODES, subject, sink);
}

fn single(codes: &[&str], subject: &Subject<'_, '_>, sink: &mut Sink) {
    let shares = shares(subject.view.text());
    for (place, code) in codes.iter().enumerate() {
        set(sink, place, shares.label(code));
    }
}

#[cfg(test)]
mod tests {
    use crate::language::{Detector, Embedded};
    use crate::metrics::{Settings, Subject, compute};
    use crate::text::TextView;

    fn value(name: &str, text: &str, own: Option<(&str, f64)>) -> f64 {
        let view = TextView::new(text);
        let id = crate::metrics::find(name).unwrap();
        let subject = Subject { language: own, ..Subject::of_text(&view) };
        compute(&[id], &subject, &Settings::default())[0]
    }

    const ENGLISH: &str = "The council of the town met on Tuesday evening to talk about the bridge that had been closed since the storm, and it was \
        decided that the work should begin before the winter, although nobody could say what it would cost.\n";
    const GERMAN: &str = "Der Rat der Stadt traf sich am Dienstagabend, um über die Brücke zu sprechen, die seit dem Sturm gesperrt ist, und es \
        wurde beschlossen, dass die Arbeiten noch vor dem Winter beginnen sollen, obwohl niemand die Kosten kennt.\n";

    #[test]
    fn a_text_of_two_languages_has_two_shares() {
        let text = format!("{ENGLISH}{ENGLISH}{GERMAN}{ENGLISH}");
        let german = GERMAN.len() as f64 / text.len() as f64;
        assert_eq!(value("language_share.de", &text, None), german);
        assert_eq!(value("language_second_share", &text, None), german);
        assert!((value("language_own_share", &text, Some(("eng_Latn", 0.9))) - (1.0 - german)).abs() < 1e-9);
        assert_eq!(value("languages", &text, None), 2.0);
        assert_eq!(value("language_share.zu", &text, None), 0.0);
        assert!(value("language_first_share", "12 + 3\n", None).is_nan());
    }

    #[test]
    fn every_language_of_training_has_a_share() {
        let codes: Vec<&str> = super::FIRST_CODES.iter().chain(super::SECOND_CODES).copied().collect();
        let missing: Vec<String> =
            Embedded.labels().into_iter().filter(|label| !codes.contains(&label.as_str())).collect();
        // Languages that are known by their script alone.
        assert!(missing.len() <= 10, "{missing:?}");
        assert!(codes.is_sorted());
    }
}
