//! What a page, or the server that sent it, says of its use. Looks at metadata alone: HTTP headers as the archive readers carry
//! them (`http_*`), and the facts that `extract` finds (`robots`, `tdm_reservation`, `license`, …). Fields of the same names in
//! JSONL and Parquet serve as well.

use super::{MetricDef, Settings, Sink, Subject};
use crate::document::Value;
use crate::extract::license::{self, Terms};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "http_status",
        doc: "HTTP status with which the page was served; not measurable where it is not known",
        unit: "HTTP status",
        range: (100.0, 999.0),
        integer: true,
        list: None,
    },
    MetricDef::flag(
        "robots_noindex",
        "whether the robots meta element or the header X-Robots-Tag says `noindex` or `none`, to whichever agent",
    ),
    MetricDef::flag("robots_noarchive", "whether they say `noarchive` or `nocache`"),
    MetricDef::flag("robots_noai", "whether they say `noai`: not for the training of models"),
    MetricDef::flag("robots_noimageai", "whether they say `noimageai`: the pictures not for the training of models"),
    MetricDef::flag(
        "tdm_reserved",
        "whether the page or its server reserves text and data mining (`tdm-reservation: 1`, TDM Reservation Protocol)",
    ),
    MetricDef::flag("license_known", "whether the page names a licence for itself that is recognised"),
    MetricDef::flag("license_cc", "whether the page names a Creative Commons licence or dedication for itself"),
    MetricDef::flag("license_noncommercial", "whether that licence forbids commercial use (NC)"),
    MetricDef::flag("license_noderivatives", "whether that licence forbids changed copies (ND)"),
    MetricDef::flag(
        "license_linked",
        "whether the page links to a Creative Commons licence anywhere, be it for a picture alone",
    ),
    MetricDef::flag(
        "body_incomplete",
        "whether the crawler cut the page (WARC-Truncated), or the connection ended before its body",
    ),
    MetricDef {
        name: "published_year",
        doc: "year of the date of publication; not measurable where it is not known",
        unit: "year",
        range: (0.0, 9999.0),
        integer: true,
        list: None,
    },
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, _settings: &Settings, sink: &mut Sink) {
    let text = |name: &str| match subject.field(name) {
        Some(Value::Str(text)) => Some(text.as_str()),
        _ => None,
    };
    #[allow(clippy::cast_precision_loss, reason = "a status has three digits")]
    match subject.field("http_status") {
        Some(Value::Int(status)) => sink.set(0, *status as f64),
        Some(Value::Float(status)) => sink.set(0, *status),
        _ => {}
    }
    if sink.wants(1..5) {
        let mut found = [false; 4];
        for instructions in ["robots", "http_x_robots_tag"].into_iter().filter_map(text) {
            directives(instructions, &mut found);
        }
        found.into_iter().enumerate().for_each(|(at, flag)| sink.set_count(1 + at, usize::from(flag)));
    }
    let reserved = |name: &str| match subject.field(name) {
        Some(Value::Str(text)) => text.trim() == "1",
        Some(Value::Int(number)) => *number == 1,
        Some(Value::Bool(flag)) => *flag,
        _ => false,
    };
    sink.set_count(5, usize::from(reserved("tdm_reservation") || reserved("http_tdm_reservation")));
    if sink.wants(6..10) {
        let kind = text("license_kind").map(str::to_owned).or_else(|| license::kind(text("license")?));
        let terms = kind.as_deref().map(Terms::of).unwrap_or_default();
        let flags = [kind.is_some(), terms.creative_commons, terms.noncommercial, terms.noderivatives];
        flags.into_iter().enumerate().for_each(|(at, flag)| sink.set_count(6 + at, usize::from(flag)));
    }
    sink.set_count(10, usize::from(text("license_links").is_some_and(|links| !links.is_empty())));
    sink.set_count(11, usize::from(text("warc_truncated").is_some() || text("http_body") == Some("incomplete")));
    if let Some(year) = text("published").and_then(|date| date.get(..4)?.parse::<u16>().ok()) {
        sink.set(12, f64::from(year));
    }
}

/// Reads robots instructions: `noindex, nofollow`, `otherbot: noai`, `max-snippet:20`, one list after another.
fn directives(list: &str, found: &mut [bool; 4]) {
    for piece in list.split([',', ';']) {
        let words = match piece.split_once(':') {
            // An instruction with a value of its own: `max-image-preview:none` is no `none`.
            Some((key, _)) if is_valued(key.trim()) => continue,
            Some((_agent, rest)) => rest,
            None => piece,
        };
        for word in words.split_whitespace() {
            let place = match word.to_ascii_lowercase().as_str() {
                "noindex" | "none" => 0,
                "noarchive" | "nocache" => 1,
                "noai" => 2,
                "noimageai" => 3,
                _ => continue,
            };
            found[place] = true;
        }
    }
}

fn is_valued(key: &str) -> bool {
    ["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"]
        .iter()
        .any(|valued| key.eq_ignore_ascii_case(valued))
}

#[cfg(test)]
mod tests {
    use super::super::{compute, find};
    use super::*;
    use crate::text::TextView;

    fn measured(name: &str, metadata: &[(&str, Value)]) -> f64 {
        let metadata: Vec<(String, Value)> = metadata.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        let view = TextView::new("text");
        let subject = Subject { metadata: &metadata, ..Subject::of_text(&view) };
        compute(&[find(name).unwrap()], &subject, &Settings::default())[0]
    }

    #[test]
    fn robots_instructions_in_all_their_forms() {
        let robots = |field: &str, list: &str, name: &str| measured(name, &[(field, Value::Str(list.into()))]);
        for (list, name, expected) in [
            ("noindex, nofollow", "robots_noindex", 1.0),
            ("NONE", "robots_noindex", 1.0),
            ("index,follow,max-image-preview:none", "robots_noindex", 0.0),
            ("all", "robots_noindex", 0.0),
            ("otherbot: noindex, nofollow", "robots_noindex", 1.0),
            ("unavailable_after: 25 Jun 2030 15:00:00 none", "robots_noindex", 0.0),
            ("noai, noimageai", "robots_noai", 1.0),
            ("noimageai", "robots_noai", 0.0),
            ("noimageai", "robots_noimageai", 1.0),
            ("nocache", "robots_noarchive", 1.0),
        ] {
            assert_eq!(robots("robots", list, name), expected, "{list}: {name}");
            assert_eq!(robots("http_x_robots_tag", list, name), expected, "{list}: {name}");
        }
        assert_eq!(measured("robots_noindex", &[]), 0.0);
    }

    #[test]
    fn status_reservation_licence_and_year() {
        assert!(measured("http_status", &[]).is_nan());
        assert_eq!(measured("http_status", &[("http_status", Value::Int(203))]), 203.0);
        for field in ["tdm_reservation", "http_tdm_reservation"] {
            assert_eq!(measured("tdm_reserved", &[(field, Value::Str(" 1".into()))]), 1.0);
            assert_eq!(measured("tdm_reserved", &[(field, Value::Str("0".into()))]), 0.0);
        }
        let license = |name: &str, text: &str| measured(name, &[("license", Value::Str(text.into()))]);
        assert_eq!(license("license_known", "https://creativecommons.org/licenses/by-nc-nd/4.0/"), 1.0);
        assert_eq!(license("license_noncommercial", "https://creativecommons.org/licenses/by-nc-nd/4.0/"), 1.0);
        assert_eq!(license("license_noderivatives", "CC BY-SA 4.0"), 0.0);
        assert_eq!(license("license_cc", "MIT"), 0.0);
        assert_eq!(license("license_known", "All rights reserved"), 0.0);
        assert_eq!(measured("license_cc", &[("license_kind", Value::Str("CC0-1.0".into()))]), 1.0);
        assert_eq!(measured("license_linked", &[("license_links", Value::Str("CC-BY-4.0".into()))]), 1.0);
        assert_eq!(measured("published_year", &[("published", Value::Str("2019-03-01".into()))]), 2019.0);
        assert_eq!(measured("body_incomplete", &[("warc_truncated", Value::Str("length".into()))]), 1.0);
    }
}
