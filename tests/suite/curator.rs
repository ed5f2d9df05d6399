//! NeMo Curator's and data-juicer's heuristics against what those programs said about made-up texts.

use gristmill::filters::Filter;
use gristmill::metrics::{self, Lists, Role, Settings, Subject, WordList};
use gristmill::text::TextView;
use serde_json::Value;

const CURATOR: &str = include_str!("../golden/filters/curator.json");
const DATA_JUICER: &str = include_str!("../golden/filters/data_juicer.json");

/// The settings with the word lists of a golden file.
fn settings(golden: &Value) -> Settings {
    let mut lists = Lists::default();
    for (key, role) in [("stop_words", Role::StopWords), ("flagged_words", Role::BadWords)] {
        if let Some(words) = golden[key].as_array() {
            let list = WordList::of_words(words.iter().map(|word| word.as_str().unwrap()));
            lists.insert(role, Lists::ANY, list.into());
        }
    }
    Settings { lists, ..Settings::default() }
}

/// Compares all scores, then the verdicts of the filters named `NAME@PROGRAM`. Returns how many were compared.
fn compare(golden: &Value, program: &str) -> (usize, usize) {
    let settings = settings(golden);
    let (mut scores, mut verdicts) = (0, 0);
    for case in golden["cases"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let view = TextView::new(text);
        let subject = Subject::of_text(&view);
        for (name, expected) in case["scores"].as_object().unwrap() {
            let id = metrics::find(name).unwrap_or_else(|| panic!("no metric {name}"));
            let got = metrics::compute(&[id], &subject, &settings)[0];
            // Null: the program divides by zero, or takes the greatest of nothing.
            let expected = expected.as_str().map_or(f64::NAN, |number| number.parse().unwrap());
            assert_eq!(got.to_bits(), expected.to_bits(), "{name} of {text:?}: {got}, not {expected}");
            scores += 1;
        }
        for (name, expected) in case["verdicts"].as_object().unwrap() {
            let name = format!("{name}@{program}");
            let file = gristmill::filters::find_in_library(&name).unwrap_or_else(|| panic!("no filter {name}"));
            let filter = Filter::parse(&name, file).unwrap();
            let first = filter.apply(&subject).judgement.first();
            let reason = first.map(|rule| filter.rules[rule].reason.as_deref().unwrap());
            match expected.as_str() {
                // The program stops with an error; a later rule drops the page.
                Some("raises") => assert!(reason.is_some(), "{name} of {text:?}"),
                expected => assert_eq!(reason, expected, "{name} of {text:?}"),
            }
            verdicts += 1;
        }
    }
    (scores, verdicts)
}

#[test]
fn curator_scores_and_verdicts_come_out_the_same() {
    let golden: Value = serde_json::from_str(CURATOR).unwrap();
    let cases = golden["cases"].as_array().unwrap().len();
    assert!(cases > 80);
    assert_eq!(compare(&golden, "curator-1.3"), (29 * cases, 2 * cases));
}

#[test]
fn data_juicer_scores_and_verdicts_come_out_the_same() {
    let golden: Value = serde_json::from_str(DATA_JUICER).unwrap();
    let cases = golden["cases"].as_array().unwrap().len();
    assert!(cases > 80);
    assert_eq!(compare(&golden, "data-juicer-1.4"), (10 * cases, 3 * cases));
}

#[test]
fn the_alphabet_is_that_of_the_program() {
    let golden: Value = serde_json::from_str(CURATOR).unwrap();
    let alphabet = || ('\0'..=char::MAX).filter(|c| c.is_alphabetic()).map(u64::from);
    assert_eq!(golden["alphabetic"]["count"], alphabet().count());
    assert_eq!(golden["alphabetic"]["sum"], alphabet().sum::<u64>());
}
