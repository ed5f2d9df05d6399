//! Metrics against golden numbers of the programs they reproduce: `tests/golden/filters`, made by
//! `tests/scripts/compare_*.py`.

use std::borrow::Cow;
use std::sync::Arc;

use gristmill::filters::Filter;
use gristmill::metrics::{self, Lists, Role, Settings, Subject, WordList};
use gristmill::text::TextView;
use serde_json::Value;

/// A golden file.
fn golden(name: &str) -> Value {
    let file = format!("{}/tests/golden/filters/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// The settings that a golden file was made with.
fn settings(golden: &Value) -> Settings {
    let mut lists = Lists::default();
    for (role, key) in [(Role::StopWords, "stop_words"), (Role::BadWords, "bad_words")] {
        let words = golden[key].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        lists.insert(role, Lists::ANY, Arc::new(WordList::of_words(words)));
    }
    Settings { lists, ..Settings::default() }
}

/// Adds to `differ` what of a case's numbers comes out otherwise; returns how many were compared.
fn compare(case: &Value, implementation: &str, settings: &Settings, differ: &mut Vec<String>) -> usize {
    let text = case["text"].as_str().unwrap();
    let view = TextView::new(text);
    let language = case["language"].as_str().map(|code| (code, 1.0));
    let subject = Subject { language, ..Subject::of_text(&view) };
    let numbers = case["numbers"].as_object().unwrap();
    for (name, expected) in numbers {
        let id = metrics::find(&format!("{name}@{implementation}")).unwrap_or_else(|| panic!("no metric {name}"));
        let ours = metrics::compute(&[id], &subject, settings)[0];
        // What the reference leaves out is not measurable here.
        let theirs = expected.as_str().map_or(f64::NAN, |number| number.parse::<f64>().unwrap());
        if ours.to_bits() != theirs.to_bits() && !(ours.is_nan() && theirs.is_nan()) {
            differ.push(format!("{name}: ours {ours}, theirs {theirs}: {text:?}"));
        }
    }
    numbers.len()
}

#[test]
fn red_pajama_v2_signals_come_out_the_same() {
    let golden = golden("rpv2");
    let (settings, mut differ) = (settings(&golden), Vec::new());
    let cases = golden["cases"].as_array().unwrap();
    let compared: usize = cases.iter().map(|case| compare(case, "rpv2", &settings, &mut differ)).sum();
    assert!(compared >= 40 * 28, "{compared}");
    assert!(differ.is_empty(), "{} of {compared}:\n{}", differ.len(), differ.join("\n"));
}

#[test]
fn dolma_taggers_come_out_the_same() {
    let golden = golden("dolma");
    let (settings, mut differ) = (settings(&golden), Vec::new());
    let filter = Filter::parse("", gristmill::filters::find_in_library("gopher@dolma-v1.6").unwrap()).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    let mut compared = 0;
    for case in cases {
        compared += compare(case, "dolma", &settings, &mut differ);
        let view = TextView::new(case["text"].as_str().unwrap());
        let dropped = !filter.apply(&Subject::of_text(&view)).judgement.keeps();
        assert_eq!(dropped, case["dropped"].as_bool().unwrap(), "mixer v1.6: {}", case["text"]);
    }
    assert!(compared >= 40 * 30, "{compared}");
    assert!(differ.is_empty(), "{} of {compared}:\n{}", differ.len(), differ.join("\n"));
}

#[test]
fn roots_numbers_and_texts_come_out_the_same() {
    let golden = golden("roots");
    let filter = Filter::parse("", gristmill::filters::find_in_library("roots@bigscience-2023").unwrap()).unwrap();
    let settings = Settings { roots: filter.settings.roots.clone(), ..settings(&golden) };
    let (mut differ, mut compared) = (Vec::new(), 0);
    for case in golden["cases"].as_array().unwrap() {
        compared += compare(case, "roots", &settings, &mut differ);
        let text = case["text"].as_str().unwrap();
        let edited =
            filter.edit(&TextView::new(text), case["language"].as_str()).map_or(Cow::Borrowed(text), Cow::Owned);
        assert_eq!(edited, case["edited"].as_str().unwrap_or(text), "{text:?} {}", case["language"]);
    }
    assert!(compared >= 120 * 8, "{compared}");
    assert!(differ.is_empty(), "{} of {compared}:\n{}", differ.len(), differ.join("\n"));
}
