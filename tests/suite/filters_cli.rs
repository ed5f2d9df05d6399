//! `gristmill filters …`, `test` and `check` on filter files, as people type them.

use crate::cli::{Dir, code, gristmill, printed, said};

/// A threshold file in FineWeb-2's form, with numbers of our own.
const THRESHOLDS: &str = "dup_line_frac: 0.25\ndup_n_grams:\n- [5, 0.14]\n- [6, 0.13]\n- [7, 0.12]\n- [8, 0.11]\n- [9, 0.1]\n\
    - [10, 0.09]\nlanguage_score: 0.8\nline_punct_thr: 0.1\nmax_avg_word_length: 15\nmax_non_alpha_words_ratio: 0.77\n\
    min_avg_word_length: 3\nnew_line_ratio: 0.15\nstopwords: [aber, und, das, der]\n\
    top_n_grams:\n- [2, 0.17]\n- [3, 0.15]\n- [4, 0.13]\n";

/// A filter of two rules whose second example is wrong.
const WRONG: &str = r#"name = "mine"
title = "mine"
splitter = "whitespace"
[[rule]]
name = "few"
metric = "words"
below = 3
[[rule]]
name = "many"
metric = "words"
above = 5
[[example]]
name = "long enough"
text = "one two three"
expect = { kept = true }
[[example]]
name = "two words"
text = "one two"
expect = { kept = true }
[[example]]
name = "four words"
text = "one two three four"
expect = { dropped-by = "many" }
"#;

#[test]
fn a_wrong_example_fails_with_rule_metric_value_bound_and_place() {
    let dir = Dir::new();
    let file = dir.write("mine.toml", WRONG);
    let test = gristmill(&["test", &file]);
    assert_eq!(code(&test), 1, "{}", said(&test));
    let text = said(&test).replace(&file, "mine.toml");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "FAILED mine · two words (mine.toml:16): expected kept, got dropped by `few`; `few`: words = 2, drops when < 3"
    );
    assert_eq!(
        lines[1],
        "FAILED mine · four words (mine.toml:20): expected dropped by `many`, got kept; `many`: words = 4, drops when > 5"
    );
    assert!(lines[2].starts_with("1 filters, 2 rules; 1 passed, 2 failed ("), "{text}");
    assert_eq!(lines.len(), 3, "{text}");

    let json = gristmill(&["test", &file, "--format", "json"]);
    assert_eq!(code(&json), 1);
    let value: serde_json::Value = serde_json::from_str(&printed(&json)).unwrap();
    let first = &value["failures"][0];
    assert_eq!((value["passed"].as_u64(), value["failed"].as_u64()), (Some(1), Some(2)));
    assert_eq!((first["rule"].as_str(), first["metric"].as_str()), (Some("few"), Some("words")));
    assert_eq!((first["value"].as_f64(), first["bound"].as_f64()), (Some(2.0), Some(3.0)));
    assert_eq!((first["line"].as_u64(), first["expected"].as_str()), (Some(16), Some("kept")));
}

#[test]
fn the_whole_library_is_tested_and_nothing_fails() {
    let test = gristmill(&["test", "--format", "json"]);
    assert_eq!(code(&test), 0, "{}", said(&test));
    let value: serde_json::Value = serde_json::from_str(&printed(&test)).unwrap();
    assert!(value["passed"].as_u64().unwrap() > 150, "{value}");
    assert_eq!(value["failures"].as_array().map(Vec::len), Some(0));
}

#[test]
fn check_reads_filter_files_and_explains_its_codes() {
    let dir = Dir::new();
    let text = WRONG.replace("above = 5", "above = 5\nlanguages = { de = { above = -1 }, fr = { below = 0 } }")
        + "[lists.stop-words]\nen = []\n";
    let file = dir.write("mine.toml", &text);
    let check = gristmill(&["check", &file]);
    assert_eq!(code(&check), 2);
    let expected = "\
error[F008]: rule `many` drops every document in `de`: `words` lies between 0 and inf
  --> mine.toml:12:30
   |
12 | languages = { de = { above = -1 }, fr = { below = 0 } }
   |                              ^^
   |
   = hint: write `de = \"off\"` to leave the rule out
   = help: `gristmill explain F008` says more

warning[F007]: rule `many` can never fire in `fr`: `words` lies between 0 and inf
  --> mine.toml:12:51
   |
12 | languages = { de = { above = -1 }, fr = { below = 0 } }
   |                                                   ^
   |
   = hint: write `fr = \"off\"` to leave the rule out
   = help: `gristmill explain F007` says more

warning[F016]: the list `stop-words` of `en` is empty: no document has a word of it
  --> mine.toml:26:6
   |
26 | en = []
   |      ^^
   |
   = hint: give it words, or delete it: without a list nothing is counted and no rule trips
   = help: `gristmill explain F016` says more

1 error, 2 warnings
";
    // The arrow's indent depends on the widest line number alone.
    assert_eq!(said(&check).replace(&file, "mine.toml"), expected);
    let fine = dir.write("fine.toml", WRONG);
    assert!(said(&gristmill(&["check", &fine])).ends_with("fine.toml` is in order\n"));
    for number in 1..=17 {
        let explained = gristmill(&["explain", &format!("f{number:03}")]);
        assert_eq!(code(&explained), 0, "F{number:03}");
    }
}

#[test]
fn lists_are_grouped_and_can_be_searched() {
    let list = printed(&gristmill(&["filters", "list", "gopher-quality"]));
    let mut lines = list.lines();
    assert_eq!(lines.next(), Some("gopher-quality"));
    let line = list.lines().find(|line| line.contains("gopher-quality@datatrove-0.10")).unwrap();
    assert!(line.starts_with("  gopher-quality@datatrove-0.10") && line.contains(" 10 rules  spacy-en "), "{line}");
    let metrics = printed(&gristmill(&["filters", "list", "--metrics", "language_score"]));
    assert_eq!(
        metrics,
        "language\n  language_score                             confidence           0 to 1     score of the identified language, \
         whichever it is; not measurable when none was identified\n"
    );
    let none = gristmill(&["filters", "list", "no such thing"]);
    assert_eq!((code(&none), said(&none).contains("no filter has `no such thing`")), (2, true));
    let near = gristmill(&["filters", "show", "gopher-qualty"]);
    assert_eq!((code(&near), said(&near).contains("did you mean `gopher-quality`?")), (2, true), "{}", said(&near));
    let json = printed(&gristmill(&["filters", "list", "--metrics", "--format", "json"]));
    assert!(serde_json::from_str::<serde_json::Value>(&json).unwrap().as_array().unwrap().len() > 60);
}

#[test]
fn a_new_filter_passes_its_tests_and_replaces_nothing() {
    let dir = Dir::new();
    let file = dir.path("forum.toml");
    assert_eq!(code(&gristmill(&["filters", "new", "forum@1", "--out", &file])), 0);
    let again = gristmill(&["filters", "new", "forum@1", "--out", &file]);
    assert_eq!((code(&again), said(&again).contains("exists; choose another name")), (2, true));
    assert_eq!(code(&gristmill(&["check", &file, "--deny-warnings"])), 0);
    let test = gristmill(&["test", &file]);
    assert_eq!(code(&test), 0, "{}", said(&test));
    assert!(said(&test).contains("1 filters, 2 rules; 4 passed, 0 failed"), "{}", said(&test));
    let other = dir.path("other.toml");
    let from = gristmill(&["filters", "new", "mine", "--from", "gopher-quality@datatrove-0.10", "--out", &other]);
    assert_eq!(code(&from), 0, "{}", said(&from));
    assert_eq!(code(&gristmill(&["test", &other])), 0);
    assert_eq!(code(&gristmill(&["filters", "new", "no/name"])), 2);
}

#[test]
fn fineweb_2_threshold_files_become_a_filter_that_passes() {
    let dir = Dir::new();
    let (de, fr) = (dir.write("deu_Latn.yml", THRESHOLDS), dir.write("fra_Latn.yml", &THRESHOLDS.replace("0.25", "0")));
    let out = dir.path("out.toml");
    let import = gristmill(&["filters", "import", &de, &fr, "--name", "two@1", "--out", &out]);
    assert_eq!(code(&import), 0, "{}", said(&import));
    assert_eq!(code(&gristmill(&["check", &out, "--deny-warnings"])), 0, "{}", said(&gristmill(&["check", &out])));
    let test = gristmill(&["test", &out]);
    assert_eq!(code(&test), 0, "{}", said(&test));
    assert!(said(&test).contains("1 filters, 25 rules; 27 passed"), "{}", said(&test));
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("deu_Latn = { above = 0.25 }\nfra_Latn = \"off\"\n"), "{text}");

    let wrong = dir.write("ita_Latn.yml", &THRESHOLDS.replace("new_line_ratio: 0.15", "new_line_ratio: some"));
    let import = gristmill(&["filters", "import", &wrong]);
    assert_eq!(code(&import), 2);
    let expected = "\
error[F017]: `new_line_ratio` takes a number, found `some`
  --> ita_Latn.yml:14:17
   |
14 | new_line_ratio: some
   |                 ^^^^
   |
   = hint: write it without quotes

1 error
";
    assert_eq!(said(&import).replace(&wrong, "ita_Latn.yml"), expected);
    let unnamed = dir.write("thresholds.yml", THRESHOLDS);
    let unnamed = gristmill(&["filters", "import", &unnamed]);
    assert_eq!((code(&unnamed), said(&unnamed).contains("is not named after a language")), (2, true));
    let splitter = gristmill(&["filters", "import", &de, "--splitter", "uax92"]);
    assert_eq!((code(&splitter), said(&splitter).contains("did you mean `uax29`?")), (2, true));
}

/// Documents of one to forty words.
fn documents(dir: &Dir) -> String {
    let line = |n: usize| format!("{{\"id\": \"d{n}\", \"text\": \"{}\"}}\n", "und so weiter \\u001b[31m".repeat(n));
    dir.write("in/a.jsonl", &((1..=40).map(line).collect::<String>() + "{damaged\n"))
}

#[test]
fn a_filter_is_fitted_to_a_sample() {
    let dir = Dir::new();
    let (input, filter) = (documents(&dir), dir.write("mine.toml", WRONG));
    let fit = |percentile: &str| {
        let args = ["filters", "fit", &filter, "--input", &input, "--language", "de", "--stop-words", "2"];
        gristmill(&[&args[..], &["--percentile", percentile]].concat())
    };
    let fitted = fit("many=90");
    assert_eq!(code(&fitted), 0, "{}", said(&fitted));
    assert!(said(&fitted).starts_with("40 documents in 1 files, 1 damaged records passed over\n"), "{}", said(&fitted));
    let text = printed(&fitted);
    assert!(text.contains("name = \"mine-de\"") && text.contains("de = [\"so\", \"weiter\"]"), "{text}");
    assert!(text.contains("languages = { de = { above = "), "{text}");
    assert_eq!(text, printed(&fit("many=90")));
    assert_eq!((code(&fit("mny=90")), said(&fit("mny=90")).contains("did you mean `many`?")), (2, true));
    assert_eq!(code(&fit("many=101")), 2);
    let out = dir.write("fitted.toml", &text);
    // The examples of the file are not in German and come out as before.
    assert!(said(&gristmill(&["test", &out])).contains("1 passed, 2 failed"));
}

#[test]
fn two_filters_are_compared_on_a_sample() {
    let dir = Dir::new();
    let (input, first) = (documents(&dir), dir.write("a.toml", WRONG));
    let second = dir.write("b.toml", &WRONG.replace("above = 5", "above = 50").replace("\"mine\"", "\"b\""));
    let diff =
        gristmill(&["filters", "diff", &first, &second, "--input", &input, "--language", "de", "--examples", "1"]);
    assert_eq!(code(&diff), 0, "{}", said(&diff));
    let expected = "\
A  mine
B  b
40 documents in 1 files, 1 damaged records passed over

both keep                1    2.5 %
both drop               24   60.0 %
only A drops            15   37.5 %
only B drops             0    0.0 %

       15  A: many   B: keeps
           d2  
             A: words = 7 > 5
             | und so weiter \\u{1b}[31mund so weiter \\u{1b}[31m

       24  A: many   B: many
           d17  
             A: words = 52 > 5
             B: words = 52 > 50
";
    let text = printed(&diff);
    assert!(text.starts_with(expected), "{text}");
    assert!(!text.contains('\u{1b}'));
    let json = ["filters", "diff", &first, &second, "--input", &input, "--format", "json", "--limit", "3"];
    let value: serde_json::Value = serde_json::from_str(&printed(&gristmill(&json))).unwrap();
    assert_eq!((value["documents"].as_u64(), value["only_first_drops"].as_u64()), (Some(3), Some(2)), "{value}");
    assert_eq!(value["reasons"][0]["examples"][0]["first"]["bound"].as_f64(), Some(5.0));
    let nothing = gristmill(&["filters", "diff", &first, &second, "--input", &dir.path("none/*.jsonl")]);
    assert_eq!((code(&nothing), said(&nothing).contains("no file is behind")), (2, true));
    let field = gristmill(&["filters", "diff", &first, &second, "--input", &input, "--text-field", "body"]);
    assert_eq!(code(&field), 2, "{}", said(&field));
}

#[test]
fn the_built_in_chain_leaves_out_only_rules_that_never_fire() {
    let dir = Dir::new();
    dir.write("in/a.jsonl", "{\"text\": \"one\"}\n");
    let plan = gristmill(&["plan", "--input", &dir.path("in"), "--out", &dir.path("out"), "--full"]);
    assert_eq!((code(&plan), said(&plan).as_str()), (0, ""), "no finding in the chain that runs without a config");
    let steps = "[[step]]\nlanguage = {}\n[[step]]\nfilter = \"web-multilingual\"\n\
        [[step]]\nfilter = \"gopher-repetition@datatrove-0.10\"\nwhen = { language = [\"en\"] }\n\
        [[step]]\nfilter = \"gopher-quality@datatrove-0.10\"\nwhen = { language = [\"en\"] }\n";
    let head = "version = 1\n[[source]]\nname = \"a\"\npaths = [\"in/*\"]\n";
    let config = dir.write("c.toml", &format!("{head}{steps}[output]\ndir = \"out\"\n"));
    let check = said(&gristmill(&["check", &config]));
    let offs: Vec<&str> =
        check.lines().filter_map(|line| line.split('`').nth(1).filter(|off| off.starts_with("off = "))).collect();
    assert_eq!(offs.len(), 2, "{check}");
    let text = gristmill::config::builtin(&["in".to_owned()], "out", None);
    assert!(offs.iter().all(|off| text.contains(off)), "{offs:?}\n{text}");
}
