//! The filters of DCLM and datamap-rs against what those programs say (`tests/scripts/dclm_vectors.py`).

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use gristmill::filters::{Filter, ListFile};
use gristmill::metrics::{Lists, Role, Subject};
use gristmill::text::{TextView, python};
use serde_json::Value;

/// The golden vectors.
fn golden() -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/filters/dclm.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// The filter of that name from the library.
fn library(name: &str) -> Filter {
    Filter::parse(name, gristmill::filters::find_in_library(name).unwrap()).unwrap()
}

/// What a filter says about a text.
struct Said {
    /// Names of the rules that trip, in order.
    tripped: Vec<String>,
    /// The text after the edits of a text that stays.
    text: String,
    /// Names and values of the metrics.
    values: Vec<(&'static str, f64)>,
}

fn say(filter: &Filter, text: &str) -> Said {
    let view = TextView::new(text);
    let subject = Subject::of_text(&view);
    let outcome = filter.apply(&subject);
    let mut values = Vec::new();
    filter.measure(&subject, &mut values);
    let rules = outcome.judgement.tripped.iter().map(|&rule| filter.rules[usize::from(rule)].name.to_string());
    Said {
        tripped: rules.collect(),
        text: outcome.text.unwrap_or_else(|| text.to_owned()),
        values: filter.metrics().iter().map(|id| id.name()).zip(values).collect(),
    }
}

/// Every value that the reference names, to the last bit; returns how many.
fn same_values(said: &Said, expected: &Value, place: &str) -> usize {
    for (name, value) in expected.as_object().unwrap() {
        let ours = said.values.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{place}: no {name}")).1;
        let theirs: f64 = value.as_str().unwrap().parse().unwrap();
        assert_eq!(ours.to_bits(), theirs.to_bits(), "{place} {name}: ours {ours}, theirs {theirs}");
    }
    expected.as_object().unwrap().len()
}

#[test]
fn dclm_says_the_same_of_made_up_texts() {
    let golden = golden();
    let filters = ["gopher-quality", "gopher-repetition", "refinedweb-lines"]
        .map(|recipe| (format!("{recipe}@dclm"), library(&format!("{recipe}@dclm-2025-09"))));
    let (mut values, mut edited, mut reasons) = (0, 0, BTreeSet::new());
    for (number, case) in golden["texts"].as_array().unwrap().iter().enumerate() {
        let text = case["text"].as_str().unwrap();
        for (recipe, filter) in &filters {
            let place = format!("text {number}, {recipe}");
            let said = say(filter, text);
            let expected = &case[recipe];
            assert_eq!(said.tripped.first().map(String::as_str), expected[0].as_str(), "{place}");
            values += same_values(&said, &expected[1], &place);
            reasons.extend(said.tripped.first().cloned());
            if let Some(after) = expected[2].as_str() {
                assert_eq!(said.text, after, "{place}");
                edited += usize::from(after != text);
            }
        }
        let cleaned = say(&library("clean-text@dclm-2025-09"), text);
        assert_eq!(cleaned.text, case["clean-text@dclm"].as_str().unwrap_or_default(), "text {number}, clean-text");
        edited += usize::from(cleaned.text != text);
    }
    assert!(values > 900 && edited > 25 && reasons.len() > 12, "{values} values, {edited} edits, {reasons:?}");
}

#[test]
fn datamap_says_the_same_of_made_up_texts() {
    const QUALITY: [&[&str]; 7] = [
        &["too-few-words", "too-many-words"],
        &["short-words", "long-words"],
        &["too-many-symbols"],
        &["too-many-bullets"],
        &["too-many-cut-lines"],
        &["too-few-alphabetic-words"],
        &["too-few-stop-words"],
    ];
    let golden = golden();
    let [quality, repetition, lines] = ["gopher-quality", "gopher-repetition", "refinedweb-lines"]
        .map(|recipe| library(&format!("{recipe}@datamap-rs-2026-03")));
    let (mut values, mut edited) = (0, 0);
    for (number, case) in golden["texts"].as_array().unwrap().iter().enumerate() {
        let text = case["text"].as_str().unwrap();
        let said = say(&quality, text);
        for (rules, drops) in QUALITY.iter().zip(case["gopher-quality@datamap-rs"].as_array().unwrap()) {
            // Without words there is no mean length; the program drops the page, here the first rule has.
            if rules[0] == "short-words" && text.trim().is_empty() {
                continue;
            }
            let ours = said.tripped.iter().any(|tripped| rules.contains(&tripped.as_str()));
            assert_eq!(Some(ours), drops.as_bool(), "text {number}, {}", rules[0]);
        }
        let said = say(&repetition, text);
        let expected = &case["gopher-repetition@datamap-rs"];
        assert_eq!(Some(!said.tripped.is_empty()), expected[0].as_bool(), "text {number}, repetition");
        values += same_values(&said, &expected[1], &format!("text {number}, repetition@datamap-rs"));
        let said = say(&lines, text);
        let after = said.tripped.is_empty().then_some(said.text.as_str());
        assert_eq!(after, case["refinedweb-lines@datamap-rs"].as_str(), "text {number}, lines");
        edited += usize::from(after.is_some_and(|after| after != text));
    }
    assert!(values > 900 && edited > 5, "{values} values, {edited} edits");
}

#[test]
fn upper_case_is_python_s() {
    let upper = || ('\0'..=char::MAX).filter(|&c| python::is_upper(c));
    let expected = &golden()["upper_case"];
    assert_eq!(Some(upper().count() as u64), expected["count"].as_u64());
    let sum: u64 = upper().map(|c| u64::from(c) * u64::from(c)).sum();
    assert_eq!(Some(sum), expected["sum_of_squares"].as_u64());
}

#[test]
fn dclm_s_c4_says_the_same_of_made_up_texts() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/filters/dclm_c4.json");
    let golden: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut filter = library("c4@dclm-2025-09");
    let words: Vec<&str> = golden["bad_words"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let list = ListFile { label: String::new(), text: words.join("\n") };
    filter.add_list(Role::BadWords, Lists::ANY, &[list]).unwrap();
    let (mut values, mut edited, mut reasons) = (0, 0, BTreeSet::new());
    for (number, case) in golden["texts"].as_array().unwrap().iter().enumerate() {
        let place = format!("text {number}");
        let text = case["text"].as_str().unwrap();
        let said = say(&filter, text);
        assert_eq!(said.tripped.first().map(String::as_str), case["rule"].as_str(), "{place}: {text:?}");
        values += same_values(&said, &case["values"], &place);
        reasons.extend(said.tripped.first().cloned());
        if let Some(after) = case["after"].as_str() {
            assert_eq!(said.text, after, "{place}");
            edited += usize::from(after != text);
        }
    }
    // All rules but the one for pages that would fill the file.
    assert!(values > 90 && edited > 15 && reasons.len() == 7, "{values} values, {edited} edits, {reasons:?}");
}
