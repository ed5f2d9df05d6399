use super::*;

/// A threshold file in FineWeb-2's form, with numbers of our own.
const FILE: &str = "dup_line_frac: 0.25
dup_n_grams:
- - 5
  - 0.14
- - 6
  - 0.13
- - 7
  - 0.12
- - 8
  - 0.11
- - 9
  - 0.1
- - 10
  - 0.09
language_score: 0.8
line_punct_thr: -1
max_avg_word_length: 15
max_non_alpha_words_ratio: 0.77
min_avg_word_length: 0
new_line_ratio: 0.15
stopwords:
- aber
- und
- \"f\\xFCr\"
- \"l\\
  ang\"
top_n_grams:
- - 2
  - 0.17
- - 3
  - 0.15
- - 4
  - 0.13
";

fn options() -> Options<'static> {
    Options { name: "fineweb-2@test", splitter: "uax29", version: Some("v") }
}

#[test]
fn a_threshold_file_becomes_a_filter_whose_examples_pass() {
    let bounds = LanguageBounds::read("deu_Latn", FILE).unwrap();
    assert_eq!(bounds.stop_words, ["aber", "und", "für", "lang"]);
    let imported = write(&[bounds], &options()).unwrap();
    let filter = crate::filters::Filter::parse("x", &imported.text).unwrap();
    assert_eq!(filter.warnings, []);
    assert_eq!(filter.settings.language.as_deref(), Some("deu_Latn"));
    let bound = |rule: &str, language: &str| filter.rule(rule).and_then(|(_, rule)| rule.bound_for(Some(language)));
    use crate::document::Bound::{Above, Below};
    assert_eq!(bound("duplicate-lines", "de"), Some(Above(0.25)));
    assert_eq!(bound("duplicate-lines", "fr"), None, "a bound holds in its language alone");
    assert_eq!(bound("low-language-score", "deu_Latn"), Some(Below(0.8)));
    assert_eq!(bound("too-few-words", "fr"), Some(Below(50.0)), "the same number everywhere");
    assert!(filter.rule("few-ended-lines").is_none() && filter.rule("short-words").is_none(), "off everywhere");
    assert_eq!(imported.unreachable, 1, "-1 is no share of lines; 0 is the program's own way to say off");
    let order: Vec<&str> = filter.rules.iter().map(|rule| &*rule.name).collect();
    assert_eq!(order[..3], ["low-language-score", "duplicate-lines", "top-2-gram"]);
    assert_eq!((imported.without_example.as_slice(), imported.without_keep.as_slice()), (&[][..], &[][..]));
    let results = crate::filters::run_examples(&filter);
    assert!(results.iter().all(crate::filters::ExampleResult::passed), "{results:#?}");
    for (place, rule) in (0_u16..).zip(&filter.rules) {
        assert!(results.iter().any(|result| result.tripped.contains(&place)), "{}", rule.name);
    }
}

#[test]
fn every_wrong_value_is_told_with_its_place() {
    let told = |from: &str, to: &str| {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE);
        let error = LanguageBounds::read("deu_Latn", &text).unwrap_err();
        (error.line, error.column, error.message, error.hint.unwrap_or_default())
    };
    let (line, column, message, hint) = told("language_score: 0.8", "language_scor: 0.8");
    assert_eq!((line, column, message.as_str()), (15, 1, "unknown key `language_scor`"));
    assert_eq!(hint, "did you mean `language_score`?");
    let (line, column, message, _) = told("0.25", "many");
    assert_eq!((line, column, message.as_str()), (1, 16, "`dup_line_frac` takes a number, found `many`"));
    assert_eq!(told("0.25", "'0.25'").3, "write it without quotes");
    assert_eq!(told("0.25", ".inf").2, "`dup_line_frac` takes a number, found `.inf`");
    assert_eq!(told("- - 6", "- - 66").2, "`dup_n_grams`: n is `66` where 6 is expected");
    assert_eq!(told("- - 2\n  - 0.17\n", "").2, "`top_n_grams` needs a pair for each n of 2, 3, 4, found 2");
    let (line, column, message, hint) = told("- und", "- no");
    assert_eq!((line, column, message.as_str()), (23, 3, "`stopwords`: YAML does not read `no` as a word"));
    assert_eq!(hint, "write 'no' in quotes");
    assert_eq!(told("- und", "- 0.5").3, "write '0.5' in quotes");
    let words = LanguageBounds::read("aim_Latn", &FILE.replace("- und", "- nan")).unwrap().stop_words;
    assert_eq!(words[1], "nan", "a word in 37 of the published files");
    assert_eq!(told("new_line_ratio: 0.15\n", "").2, "the key `new_line_ratio` is missing");
    assert_eq!(told("new_line_ratio: 0.15", "dup_line_frac: 1").2, "`dup_line_frac` is there twice");
    assert!(told("- aber", "- [aber").2.starts_with("not YAML"));
    assert!(LanguageBounds::read("deu_Latn", "").unwrap_err().message.contains("empty"));
    assert!(LanguageBounds::read("deu_Latn", "- 1").unwrap_err().message.contains("mapping"));
    for cut in 0..FILE.len() {
        let _ = LanguageBounds::read("deu_Latn", &FILE[..cut]);
    }
}

#[test]
fn long_texts_are_wrapped_and_read_back_the_same() {
    for text in [
        "a  b ".repeat(80),
        "one\ntwo \n three\n\n".repeat(20),
        "ü\t\"\\x ".repeat(60),
        format!("{}\u{200b} y", "long ".repeat(50)),
    ] {
        let file = format!("text = {}\nwords = {}\n", paragraph(&text), words(text.split(' '), 8));
        let table = toml::de::DeTable::parse(&file).unwrap();
        let value = |key: &str| table.get_ref().iter().find(|(own, _)| own.get_ref() == key).unwrap().1.get_ref();
        assert_eq!(value("text").as_str(), Some(text.as_str()), "{file}");
        let words = value("words").as_array().unwrap();
        let back: Vec<&str> = words.iter().filter_map(|word| word.get_ref().as_str()).collect();
        assert_eq!(back, text.split(' ').collect::<Vec<_>>());
        assert!(file.lines().all(|line| line.chars().count() <= 125), "{file}");
    }
}
