use super::*;

/// What Python's `tokenizers` cut (`tests/scripts/cut_vectors.py`).
const CUTS: &str = include_str!("../../../tests/golden/tokenize/cuts.json");

/// The pieces of `text`: what matches, and what is between.
fn pieces<'a>(regex: &Regex, text: &'a str) -> Vec<&'a str> {
    let (mut pieces, mut done) = (Vec::new(), 0);
    let each = |start: usize, stop: usize| {
        pieces.push(&text[done..start]);
        pieces.push(&text[start..stop]);
        done = stop;
    };
    regex.matches(text.as_bytes(), 0, text.len(), &mut Frames::default(), each).unwrap();
    pieces.push(&text[done..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[test]
fn text_is_cut_as_the_reference_cuts_it() {
    let vectors: serde_json::Value = serde_json::from_str(CUTS).unwrap();
    let texts = vectors["texts"].as_array().unwrap();
    let mut refused = Vec::new();
    for row in vectors["rows"].as_array().unwrap() {
        let pattern = row["pattern"].as_str().unwrap();
        let Some(regex) = Regex::new(pattern) else {
            refused.push(pattern);
            continue;
        };
        for (text, expected) in texts.iter().zip(row["pieces"].as_array().unwrap()) {
            let text = text.as_str().unwrap();
            assert_eq!(serde_json::json!(pieces(&regex, text)), *expected, "{pattern} on {text:?}");
        }
    }
    // Sets within sets and references to groups are not read.
    assert_eq!(refused, [r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+", r"(\w)\1"]);
}

#[test]
fn long_runs_need_no_deep_stack() {
    for (pattern, unit) in [(r"(?:ab)+$", "ab"), (r"\s+(?!\S)|\s+", " "), (r"(?:\d{3})+x|\d", "1")] {
        let regex = Regex::new(pattern).unwrap();
        let text = unit.repeat(3000);
        assert_eq!(pieces(&regex, &text).concat(), text);
    }
    let regex = Regex::new(r"(?:ab)+").unwrap();
    let text = "ab".repeat(1 << 20);
    assert_eq!(pieces(&regex, &text), [text.as_str()]);
}

#[test]
fn a_pattern_that_never_ends_is_an_error() {
    let regex = Regex::new("(?:a+)+b").unwrap();
    let text = "a".repeat(64);
    assert!(regex.matches(text.as_bytes(), 0, 64, &mut Frames::default(), |_, _| {}).is_err());
}

#[test]
fn what_may_mean_something_else_is_not_read() {
    for pattern in [
        "(?i)a",
        "[[:alpha:]]",
        "[a&&b]",
        r"\h",
        r"\p{Alnum}",
        r"\p{^L}",
        "(?<n>a)",
        "a{2}?",
        "(?:a?)*",
        "a**",
        "(?i:ß)",
        "(?i:ss)",
        "]",
        "a{",
    ] {
        assert!(Regex::new(pattern).is_none(), "{pattern}");
    }
}
