use super::*;
use crate::metrics::Subject;
use crate::text::TextView;

const FILE: &str = r#"name = "small"
title = "small"
splitter = "whitespace"
[[rule]]
name = "few"
metric = "words" # of any kind
below = 50
languages = { fr = { below = 3 } }
[[rule]]
name = "many"
metric = "words"
[rule.languages]
fr = { above = 300 }
xx = { above = 1 }
[[rule]]
name = "digits"
metric = "digit_ratio"
above = 0.5
why = "figures"
[rule.when]
except-language = ["th"]
[[rule]]
name = "bad address"
metric = "words"
above = 1000
when = { language = ["de"] }
[[example]]
name = "long enough"
text = "word "
repeat = 60
expect = { kept = true }"#;

fn fitted(request: &Request<'_>) -> (Filter, Sample, Vec<Fitted>) {
    let filter = Filter::parse("small", FILE).unwrap();
    let mut sample = Sample::new(&filter);
    for n in 1..=101 {
        let text = "der Rat 12 ".repeat(n);
        let view = TextView::new(&text);
        let mut row = Vec::new();
        filter.measure(&Subject::of_text(&view), &mut row);
        sample.add(&row, text.split(' '));
    }
    let fitted = fit(&filter, &sample, request);
    (filter, sample, fitted)
}

fn request<'r>(by_rule: &'r [(String, f64)]) -> Request<'r> {
    Request { language: "xx", percentile: 90.0, by_rule, stop_words: 1 }
}

#[test]
fn bounds_are_quantiles_of_the_sample() {
    let by_rule = [("many".to_owned(), 99.0)];
    let (_, sample, fitted) = fitted(&request(&by_rule));
    assert_eq!(sample.documents(), 101);
    // Words are 3, 6, … 303: the quantile at 10 % is the 11th of 101 values.
    assert_eq!(fitted[0].after, Ok((Bound::Below(33.0), 10.0 / 101.0)));
    assert_eq!(fitted[0].before, Some((Bound::Below(50.0), 16.0 / 101.0)));
    assert_eq!(fitted[0].distribution, [3.0, 6.0, 18.0, 78.0, 153.0, 228.0, 288.0, 300.0, 303.0]);
    assert_eq!(fitted[1].after, Ok((Bound::Above(300.0), 1.0 / 101.0)));
    // 2 of 8 characters: one value in the whole sample, nothing lies beyond it.
    assert_eq!(fitted[2].after, Ok((Bound::Above(0.25), 0.0)));
    assert_eq!(fitted[3].after, Err("the rule does not hold in this language"));
}

#[test]
fn fitted_bounds_are_written_into_the_file_and_nothing_else_changes() {
    let (_, sample, fitted) = fitted(&request(&[]));
    let text = write(FILE, "small-xx", None, &fitted, &sample, &request(&[])).unwrap();
    assert_eq!(text, write(FILE, "small-xx", None, &fitted, &sample, &request(&[])).unwrap());
    for line in FILE.lines().filter(|line| !line.starts_with("name = \"small\"") && !line.contains("languages =")) {
        if line != "xx = { above = 1 }" {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
    }
    let filter = Filter::parse("", &text).unwrap();
    assert_eq!(&*filter.name, "small-xx");
    let bound = |rule: &str, language: &str| filter.rule(rule).unwrap().1.bound_for(Some(language));
    assert_eq!((bound("few", "xx"), bound("few", "fr")), (Some(Bound::Below(33.0)), Some(Bound::Below(3.0))));
    assert_eq!((bound("many", "xx"), bound("many", "fr")), (Some(Bound::Above(273.0)), Some(Bound::Above(300.0))));
    assert_eq!((bound("digits", "xx"), bound("digits", "th")), (Some(Bound::Above(0.25)), None));
    assert!(text.contains("# xx, 101 documents: least 3, p1 6,"), "{text}");
    assert!(text.contains("# before: < 50 drops 15.84 %; p10: < 33 drops 9.9 %"), "{text}");
    let stop = filter.settings.lists.get(crate::metrics::Role::StopWords, Some("xx")).unwrap();
    assert_eq!(stop.entries()[0].text, "Rat", "equally frequent: the first by code point");
    let whole = text.replace("small-xx", "small");
    assert!(
        write(&whole, "again", Some("uax29"), &fitted, &sample, &request(&[])).is_ok(),
        "a fitted file can be fitted"
    );
}

#[test]
fn rounding_goes_outward_and_keeps_three_digits() {
    let share = crate::metrics::find("digit_ratio").unwrap().def();
    let count = crate::metrics::find("words").unwrap().def();
    for (value, up, expected) in [
        (0.123_45, true, 0.124),
        (0.123_45, false, 0.123),
        (0.123, true, 0.123),
        (0.3, false, 0.3),
        (0.000_123_45, true, 0.000_124),
        (12.345, false, 12.3),
        (0.0, true, 0.0),
        (1234.5, true, 1235.0),
    ] {
        assert_eq!(outward(value, up, share).to_bits(), f64::to_bits(expected), "{value}");
    }
    assert_eq!((outward(2.5, true, count), outward(2.5, false, count)), (3.0, 2.0));
    assert!(quantile(&[], 0.5).is_nan());
    assert_eq!((quantile(&[1.0, 2.0], 0.5), quantile(&[4.0], 0.99)), (1.5, 4.0));
}
