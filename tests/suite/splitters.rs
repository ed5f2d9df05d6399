//! Splitters and sentence rules against NLTK, uniseg, fastText and ICU.

use std::time::Instant;

use gristmill::filters::Filter;
use gristmill::text::{SentenceRule, Splitter, TextView, python};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

const GOLDEN: &str = include_str!("../golden/text/splitters.json");

fn golden() -> Value {
    serde_json::from_str(GOLDEN).expect("golden file is JSON")
}

/// The words or sentences that a name of the golden file asks for.
fn answer(text: &str, name: &str) -> Vec<String> {
    let view = TextView::new(text);
    let words = Splitter::ALL.into_iter().find(|one| name == format!("words:{one:?}")).map(|one| view.words(one));
    let sentences = SentenceRule::ALL.into_iter().find(|one| name == format!("sentences:{one:?}"));
    let found = words.or_else(|| sentences.map(|one| view.sentences(one))).unwrap_or_else(|| panic!("no {name}"));
    // uniseg was asked as DCLM asks it.
    let is_word = |word: &&&str| word.chars().next().is_some_and(python::is_alnum);
    let kept = |word: &&&str| name != "words:Uax29Bounds" || is_word(word);
    found.iter().filter(kept).map(|word| (*word).to_owned()).collect()
}

#[test]
fn golden_texts_are_cut_as_the_programs_cut_them() {
    let golden = golden();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for case in golden["cases"].as_array().expect("an array") {
        let text = case["text"].as_str().expect("a string");
        for (name, expected) in case.as_object().expect("an object").iter().filter(|(name, _)| *name != "text") {
            compared += 1;
            let found = answer(text, name);
            if serde_json::json!(found) != *expected {
                wrong.push(format!("{name} of {text:?}:\n {found:?}\n {expected}"));
            }
        }
    }
    assert!(compared > 1000);
    assert!(wrong.is_empty(), "{} of {compared}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_code_point_has_the_case_and_splits_as_in_python() {
    let golden = golden();
    let check = |name: &str, class: &dyn Fn(char) -> bool| {
        let bits: String = ('\0'..=char::MAX).map(|c| if class(c) { '1' } else { '0' }).collect();
        assert_eq!(golden["all_chars"][name], format!("{:016x}", xxh3_64(bits.as_bytes())), "{name}");
    };
    check("is_upper", &python::is_upper);
    check("is_lower", &python::is_lower);
    check("splits", &|c| Splitter::Whitespace.split(&format!("a{c}b")).len() == 2);
    check("is_stripped", &|c| python::strip(&format!("{c}a{c}")) == "a");
}

#[test]
fn nltk_words_are_slices_but_for_quotes() {
    let text = "\"A\" ''b'' ``c``";
    let view = TextView::new(text);
    let words = view.words(Splitter::NltkWords);
    assert_eq!(words, ["``", "A", "''", "``", "b", "''", "``", "c", "``"]);
    let inside = text.as_bytes().as_ptr_range();
    let is_slice = |word: &&str| inside.contains(&word.as_ptr());
    assert_eq!(
        words.iter().map(is_slice).collect::<Vec<_>>(),
        [false, true, false, false, true, true, true, true, true]
    );
    // Equal words have equal hashes, wherever they come from.
    assert_eq!(view.word_hashes(Splitter::NltkWords)[3], view.word_hashes(Splitter::NltkWords)[6]);
}

#[test]
fn dictionaries_cut_what_has_no_spaces() {
    let words = |text: &str| TextView::new(text).words(Splitter::Icu).join("|");
    assert_eq!(words("กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย"), "กรุงเทพมหานคร|เป็น|เมือง|หลวง|ของ|ประเทศไทย");
    assert_eq!(words("我们明天去北京。It's 3.5%!"), "我们|明天|去|北京|It's|3.5");
    assert_eq!(words("私は学生です。"), "私|は|学生|です");
}

#[test]
fn splitters_know_which_languages_they_fit() {
    for splitter in Splitter::ALL {
        let english_only = splitter == Splitter::NltkWords;
        for code in ["en", "eng_Latn", "en-GB", "__label__en"] {
            assert!(splitter.fits(code), "{splitter:?} {code}");
        }
        for code in ["de", "deu_Latn", "ru", "hi", "ko", "ar", "vi", "za_Latn", "my_Latn"] {
            assert_eq!(splitter.fits(code), !english_only, "{splitter:?} {code}");
        }
        let characters = matches!(splitter, Splitter::Uax29 | Splitter::Uax29Bounds | Splitter::Icu);
        for code in ["zh", "zh-Hant", "cmn_Hani", "yue", "ja", "jpn_Jpan"] {
            assert_eq!(splitter.fits(code), characters, "{splitter:?} {code}");
        }
        for code in ["th", "tha_Thai", "km", "lo", "my", "xx_Thai"] {
            assert_eq!(splitter.fits(code), splitter == Splitter::Icu, "{splitter:?} {code}");
        }
    }
}

#[test]
fn a_filter_chooses_a_splitter_for_each_language() {
    let filter = |splitter: &str| {
        let rule = "[[rule]]\nname = \"a\"\nmetric = \"words\"\nbelow = 3";
        Filter::parse("test", &format!("title = \"x\"\nsplitter = {splitter}\n{rule}"))
    };
    let chosen =
        filter("{ any = \"uax29\", zh = \"icu\", zh-Hant = \"whitespace\", th = \"icu\" }").expect("a filter").settings;
    let of = |code: &str| chosen.splitter_for(Some((code, 0.9)));
    assert_eq!(of("en"), Splitter::Uax29);
    assert_eq!([of("zh"), of("zh-Hans"), of("th_Thai")], [Splitter::Icu; 3]);
    assert_eq!(of("zh-Hant"), Splitter::Whitespace);
    assert_eq!(chosen.splitter_for(None), Splitter::Uax29);
    let codes = |splitter: &str| filter(splitter).unwrap_err().iter().map(|one| one.code).collect::<Vec<_>>();
    assert_eq!(codes("{ any = \"uax\", zh = \"icy\" }"), ["F010", "F010"]);
    assert_eq!(codes("3"), ["F003"]);
}

#[test]
fn hostile_text_takes_linear_time() {
    let units = [
        ".",
        ". ",
        "! a",
        "!a ",
        "a.",
        ".)",
        "(",
        "'",
        "''",
        "'s ",
        "\"",
        "`",
        "``",
        ":",
        ",:",
        "-",
        "-- ",
        "…",
        "’",
        "a",
        "A. ",
        "1.",
        "J. ",
        "Mr. ",
        "\n",
        "\r\n",
        "\u{301}",
        "\u{200d}",
        ") ",
        "ก",
        "中",
        "の",
        "က",
        "😀",
        "\u{1f1e6}",
        "a'",
        ".1)",
        ". . ",
        "can",
        "cannot",
        "U.S.",
        "n't",
        "ka\u{300}",
    ];
    type Work = Box<dyn Fn(&str) -> usize>;
    let words =
        Splitter::ALL.map(|one| (format!("{one:?}"), Box::new(move |text: &str| one.split(text).len()) as Work));
    let rules =
        SentenceRule::ALL.map(|one| (format!("{one:?}"), Box::new(move |text: &str| one.split(text).len()) as Work));
    for (name, work) in words.iter().chain(&rules) {
        for unit in units {
            let text = unit.repeat((1 << 17) / unit.len());
            let start = Instant::now();
            std::hint::black_box(work(&text));
            // Quadratic time would be ten seconds and more.
            assert!(start.elapsed().as_secs_f64() < 2.0, "{name}, {unit:?}: {:?}", start.elapsed());
        }
    }
}
