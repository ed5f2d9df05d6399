use super::*;
use crate::metrics::Subject;
use crate::text::TextView;

/// A small filter with the given rules.
fn filter(rules: &str) -> Result<Filter, Vec<Problem>> {
    Filter::parse("test", &format!("title = \"test\"\nsplitter = \"whitespace\"\n{rules}"))
}

/// Codes and places of the problems of a whole file.
fn problems(text: &str) -> Vec<(&'static str, usize, usize)> {
    let problems = Filter::parse("test", text).unwrap_err();
    problems.iter().map(|problem| (problem.code, problem.line, problem.column)).collect()
}

#[test]
fn all_problems_come_at_once_with_their_places() {
    let text = r#"titel = "x"
splitter = "spacy"
[[rule]]
name = "a"
metric = "wrods"
below = 50
[[rule]]
name = "a"
metric = "words"
[[rule]]
name = "c"
metric = "words"
above = 5
below = 3
wyh = "x"
[[rule]]
name = "d"
metric = "words"
above = "many"
[[example]]
name = "e"
expect = { dropped-by = "dd" }
"#;
    let found = Filter::parse("test", text).unwrap_err();
    let short: Vec<_> = found.iter().map(|problem| (problem.code, problem.line, problem.column)).collect();
    assert_eq!(
        short,
        [
            ("F002", 1, 1),
            ("F004", 1, 1),
            ("F010", 2, 12),
            ("F005", 5, 10),
            ("F006", 7, 1),
            ("F006", 14, 9),
            ("F002", 15, 1),
            ("F003", 19, 9),
            ("F012", 20, 1),
        ]
    );
    assert_eq!(found[0].hint.as_deref(), Some("did you mean `title`?"));
    assert_eq!(found[2].hint.as_deref(), Some("did you mean `spacy-en`?"));
    assert_eq!(found[3].message, "there is no metric `wrods`");
    assert_eq!(found[3].hint.as_deref(), Some("did you mean `words`?"));
    assert_eq!(&text[found[3].span.clone()], "\"wrods\"");
    assert_eq!(found[6].hint.as_deref(), Some("did you mean `why`?"));
    assert!(CODES.iter().map(|(code, _)| code).is_sorted());
    assert!(found.iter().all(|problem| CODES.iter().any(|(code, _)| *code == problem.code)));
}

#[test]
fn syntax_errors_have_places_too() {
    assert_eq!(problems("title = \"x\"\nsplitter = = 1\n")[0], ("F001", 2, 12));
    assert_eq!(problems("title = \"ü\" x\n")[0], ("F001", 1, 13));
    assert_eq!(problems("")[0].0, "F004");
}

#[test]
fn bounds_that_cannot_be_meant_are_told() {
    let warned = |rules: &str| -> Vec<&'static str> {
        match filter(rules) {
            Ok(filter) => filter.warnings.iter().map(|problem| problem.code).collect(),
            Err(problems) => problems.iter().map(|problem| problem.code).collect(),
        }
    };
    let rule = |name: &str, metric: &str, bound: &str| {
        format!("[[rule]]\nname = \"{name}\"\nmetric = \"{metric}\"\n{bound}\n")
    };
    let ratio = "alpha_word_ratio@datatrove";
    for (bound, expected) in [
        ("above = 1", &["F007"][..]),
        ("below = 0", &["F007"]),
        ("at-least = 1.5", &["F007"]),
        ("at-most = -1", &["F007"]),
        ("above = -1", &["F008"]),
        ("at-least = 0", &["F008"]),
        ("below = 2", &["F008"]),
        ("above = nan", &["F013"]),
        ("above = 0.5", &[]),
        ("at-least = 1", &[]),
        ("below = 1", &[]),
        ("above = 0x10", &["F007"]),
    ] {
        assert_eq!(warned(&rule("a", ratio, bound)), expected, "{bound}");
    }
    for (first, second, expected) in [
        ("below = 5", "above = 3", "F008"),
        ("below = 5", "above = 5", ""),
        ("at-most = 5", "above = 5", "F008"),
        ("above = 5", "below = 10", "F008"),
        ("above = 5", "above = 7", "F015"),
        ("above = 5", "at-least = 5", ""),
        ("at-least = 5", "above = 5", "F015"),
        ("below = 5", "below = 3", "F015"),
        ("below = 5", "below = 7", ""),
    ] {
        let rules = rule("a", "words", first) + &rule("b", "words", second);
        assert_eq!(warned(&rules).first().copied().unwrap_or_default(), expected, "{first}, {second}");
    }
    let two = rule("a", "words", "below = 5") + &rule("a", "chars", "below = 5");
    assert_eq!(warned(&two), ["F009"]);
    assert_eq!(warned(""), ["F014"]);
}

#[test]
fn bounds_differ_by_language() {
    let filter = filter(
        r#"
[[rule]]
name = "few"
metric = "words"
below = 10
languages = { de = { below = 4 }, ja = { at-most = 0 } }
[[rule]]
name = "many"
metric = "words"
above = 100
when = { except-language = ["th"] }
[[rule]]
name = "only"
metric = "words"
at-least = 6
when = { language = ["fr"] }
"#,
    )
    .unwrap();
    assert_eq!(filter.metrics().len(), 1);
    let first = |words: f64, language| filter.judge(&[words], language).first();
    assert_eq!(first(5.0, None), Some(0));
    assert_eq!(first(5.0, Some("en")), Some(0));
    assert_eq!(first(5.0, Some("de")), None);
    assert_eq!(first(5.0, Some("de-AT")), None);
    assert_eq!(first(3.0, Some("de_Latn")), Some(0));
    assert_eq!(first(1.0, Some("ja")), None);
    assert_eq!(first(200.0, Some("th")), None);
    assert_eq!(first(200.0, None), Some(1));
    assert_eq!(filter.judge(&[6.0], Some("fr")).tripped, [0, 2]);
    assert_eq!(first(f64::NAN, Some("fr")), None);
    let reason = filter.reason(0, &[3.0], Some("de")).unwrap();
    assert_eq!((&*reason.rule, &*reason.metric, reason.value), ("test/few", "words", 3.0));
    assert_eq!(reason.bound, Some(Bound::Below(4.0)));
}

#[test]
fn a_rule_may_hold_in_some_languages_or_in_all_others() {
    let filter = filter(
        r#"
[[rule]]
name = "some"
metric = "words"
[rule.languages]
deu_Latn = { below = 4 }
uzn_Cyrl = { below = 9 }
uzn_Latn = { below = 8 }
[[rule]]
name = "others"
metric = "words"
below = 7
languages = { th = "off", zh = { below = 2 } }
"#,
    )
    .unwrap();
    let bound = |rule: usize, language| filter.rules[rule].bound_for(language).map(Bound::number);
    for code in ["de", "deu", "deu_Latn", "de-AT"] {
        assert_eq!((bound(0, Some(code)), bound(1, Some(code))), (Some(4.0), Some(7.0)), "{code}");
    }
    assert_eq!((bound(0, Some("uz")), bound(0, Some("uz-Cyrl")), bound(0, Some("fr"))), (Some(8.0), Some(9.0), None));
    assert_eq!((bound(1, Some("tha_Thai")), bound(1, Some("cmn_Hani")), bound(1, None)), (None, Some(2.0), Some(7.0)));
    assert_eq!(bound(0, None), None);
    let wrong = |languages: &str| {
        let rule = format!("[[rule]]\nname = \"a\"\nmetric = \"words\"\nlanguages = {languages}\n");
        self::filter(&rule).unwrap_err().iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(wrong("{ de = \"on\" }"), ["F006", "F010"]);
    assert_eq!(wrong("{ de = {} }"), ["F006", "F006"]);
    assert_eq!(wrong("{}"), ["F006"]);
}

#[test]
fn bounds_can_be_overridden() {
    let rules = "[[rule]]\nname = \"few\"\nmetric = \"words\"\nbelow = 10\nlanguages = { de = { below = 4 } }\n";
    let filter = filter(rules).unwrap();
    let with = |rule, change| filter.with_bounds(&[Override { rule, change }]);
    let bound = |changed: &Filter| changed.rules[0].bound_for(Some("de"));
    assert_eq!(bound(&with("few", Change::Number(3.0)).unwrap()), Some(Bound::Below(3.0)));
    assert_eq!(bound(&with("test/few", Change::Bound(Bound::AtMost(2.0))).unwrap()), Some(Bound::AtMost(2.0)));
    assert_eq!(bound(&with("few", Change::Off).unwrap()), None);
    assert_eq!(bound(&filter), Some(Bound::Below(4.0)));
    let problem = &with("fwe", Change::Off).unwrap_err()[0];
    assert_eq!((problem.code, problem.hint.as_deref()), ("F012", Some("did you mean `few`?")));
    assert_eq!(with("few", Change::Number(f64::NAN)).unwrap_err()[0].code, "F013");
}

#[test]
fn lists_come_from_the_file_or_from_the_caller() {
    let text = r#"title = "x"
[lists.stop-words]
en = ["the"]
de = "mine"
fr = "nowhere"
[lists.stopwords]
en = ["the"]
[[rule]]
name = "a"
metric = "distinct_stop_words@datatrove"
below = 1
"#;
    let source = |list: ListRef<'_>| match list {
        ListRef::Name("mine") => Ok("der\ndie\n".to_owned()),
        other => Err(format!("no {other:?}")),
    };
    let problems = Filter::parse_with("test", text, &source).unwrap_err();
    let short: Vec<_> = problems.iter().map(|problem| (problem.code, problem.line)).collect();
    assert_eq!(short, [("F011", 5), ("F011", 6)]);
    assert_eq!(problems[1].hint.as_deref(), Some("did you mean `stop-words`?"));

    let good =
        text.replace("fr = \"nowhere\"\n[lists.stopwords]\n", "").replace("en = [\"the\"]\n[[rule]]", "[[rule]]");
    let filter = Filter::parse_with("test", &good, &source).unwrap();
    let view = TextView::new("der Rat");
    let trips = |language| {
        let subject = Subject { language: Some((language, 0.9)), ..Subject::of_text(&view) };
        !filter.apply(&subject).judgement.keeps()
    };
    assert!(!trips("de"));
    assert!(trips("en"));
    assert!(!trips("it"), "no list, nothing measured, nothing dropped");
}

#[test]
fn lists_by_path_come_from_the_caller() {
    let text = r#"title = "x"
[lists.url-domains]
any = { folder = "ut1", categories = ["adult", "games"] }
[lists.url-hosts]
path = ["a.txt", "b.txt"]
[lists.bad-words]
en = { path = "nowhere.txt" }
de = { path = "a.txt", folder = "ut1" }
fr = { folder = "ut1", categories = ["adult"] }
[[rule]]
name = "domain"
metric = "url_listed_domain"
above = 0
[[rule]]
name = "host"
metric = "url_listed_host"
above = 0
[[rule]]
name = "bad"
metric = "bad_word@c4"
above = 0
"#;
    let source = |list: ListRef<'_>| match list {
        ListRef::Path("a.txt") => Ok("a.example".to_owned()),
        ListRef::Path("b.txt") => Ok("b.example".to_owned()),
        ListRef::Category { folder: "ut1", category, file: "domains" } => Ok(format!("{category}.example")),
        other => Err(format!("no {other:?}")),
    };
    let problems = Filter::parse_with("test", text, &source).unwrap_err();
    let short: Vec<_> = problems.iter().map(|problem| (problem.code, problem.line, problem.column)).collect();
    assert_eq!(short, [("F011", 7, 15), ("F011", 8, 6), ("F011", 9, 17)]);
    assert_eq!(problems[0].message, r#"no Path("nowhere.txt")"#);
    assert!(Filter::parse("test", text).unwrap_err()[0].message.contains("is a path"));

    let start = text.find("[lists.bad-words]").unwrap();
    let good = text[..start].to_owned() + &text[text.find("[[rule]]").unwrap()..];
    let mut filter = Filter::parse_with("test", &good, &source).unwrap();
    let needs: Vec<_> = filter.list_needs().iter().map(|need| (need.role.name(), need.given)).collect();
    assert_eq!(needs, [("url-domains", true), ("url-hosts", true), ("bad-words", false)]);
    let reason = |filter: &Filter, url: &str| {
        let view = TextView::new("zonk");
        let subject = Subject { url: Some(url), ..Subject::of_text(&view) };
        let outcome = filter.apply(&subject);
        match filter.verdict(&outcome, None) {
            crate::document::Verdict::Drop(reason) => Some((reason.rule.to_string(), reason.value)),
            crate::document::Verdict::Keep => None,
        }
    };
    assert_eq!(reason(&filter, "http://www.games.example/"), Some(("test/domain:games".to_owned(), 2.0)));
    assert_eq!(reason(&filter, "http://b.example/"), Some(("test/host".to_owned(), 2.0)));
    assert_eq!(reason(&filter, "http://c.example/"), None, "no list of bad words, nothing dropped");
    let file = |text: &str| [ListFile { label: String::new(), text: text.to_owned() }];
    filter.add_list(crate::metrics::Role::BadWords, "any", &file("Zonk\n")).unwrap();
    assert_eq!(reason(&filter, "http://c.example/"), Some(("test/bad".to_owned(), 1.0)), "our own reading lower-cases");
    assert_eq!(
        filter.add_list(crate::metrics::Role::BadWords, "any", &file("# nothing\n")),
        Err((0, "it has no entry".to_owned()))
    );
}

#[test]
fn failing_examples_say_what_was_measured() {
    let rules = r#"
[[rule]]
name = "few"
metric = "words"
below = 3
[[example]]
name = "wrong"
text = "one two"
expect = { kept = true }
[[example]]
name = "right"
text = "one "
repeat = 3
expect = { kept = true }
"#;
    let results = run_examples(&filter(rules).unwrap());
    assert!(!results[0].passed() && results[1].passed());
    let said = |place: usize| results[place].miss.as_ref().unwrap().to_string();
    assert_eq!(said(0), "expected kept, got dropped by `few`; `few`: words = 2, drops when < 3");
    assert_eq!(results[0].line, 8);
}

#[test]
fn edits_change_the_text_of_kept_documents_only() {
    let rules = r#"
[[edit]]
c4-lines = { end-marks = false, min-words = 2, policy = false }
[[rule]]
name = "few"
metric = "words"
below = 3
"#;
    let filter = filter(rules).unwrap();
    assert_eq!(filter.settings.c4.min_words, 2);
    let apply = |text: &str| filter.apply(&Subject::of_text(&TextView::new(text)));
    assert_eq!(apply("one\ntwo words[2] \r\n we use cookies").text.as_deref(), Some("two words\nwe use cookies"));
    assert_eq!(apply("two words\nwe use cookies").text, None);
    assert_eq!(apply("one\ntwo").text, None);
    assert!(apply("one [edit]").judgement.tripped == [0]);
}

#[test]
fn no_text_makes_the_reader_panic() {
    let seed = LIBRARY[0].1;
    for cut in (0..seed.len()).filter(|&cut| seed.is_char_boundary(cut)).step_by(97) {
        let _ = Filter::parse("cut", &seed[..cut]);
        let mut text = seed.to_owned();
        text.insert(cut, '"');
        let _ = Filter::parse("quoted", &text);
    }
}

#[test]
fn words_that_roots_takes_out_are_read_by_language() {
    let edit = |keys: &str| filter(&format!("[[edit]]\nroots-words = {{ {keys} }}\n"));
    let roots = edit(r#"substrings = ["www", "//"], max-word-chars = { en = 4, zh = 9 }"#).unwrap();
    let apply = |text: &str, language| roots.edit(&TextView::new(text), language);
    assert_eq!(apply(" a\tlonger  (word)\n\n\tx//y ok ", Some("en")).as_deref(), Some("a\t(word)\nok"));
    assert_eq!(apply("a longer\u{3000}one", Some("en-GB")).as_deref(), Some("a one"));
    assert_eq!(apply("a longer\u{3000}one", Some("fr")).as_deref(), Some("a longer one"));
    assert_eq!(apply("a longer  one", None), None);
    assert_eq!(apply("longer", Some("en")).as_deref(), Some(""));
    for wrong in ["max-word-chars = 5", "max-word-chars = { en = 'x' }", "substring = ['a']", "substrings = [1]"] {
        assert!(edit(wrong).is_err(), "{wrong}");
    }
}
