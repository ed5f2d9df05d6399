//! The text module against CPython, spaCy and datatrove.

use gristmill::text::{
    Joined, LineRule, ParagraphRule, SentenceRule, Splitter, TextView, is_punctuation, is_terminal_punctuation,
    ngram_hashes, python, simplify,
};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

const SPECIALS: &str = include_str!("../golden/text/spacy_specials.json");
const CASES: &str = include_str!("../golden/text/cases.json");
const ALL_CHARS: &str = include_str!("../golden/text/all_chars.json");

fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("golden file is JSON")
}

/// The strings of a JSON array.
fn strings(value: &Value) -> Vec<&str> {
    let items = value.as_array().expect("an array");
    items.iter().map(|v| v.as_str().expect("a string")).collect()
}

#[test]
fn every_special_case_of_spacy_is_cut_as_spacy_cuts_it() {
    let golden = parse(SPECIALS);
    let rules = golden["rules"].as_array().expect("an array");
    assert_eq!(rules.len(), 1343);
    for rule in rules {
        let tokens = strings(rule);
        let text = tokens.concat();
        assert_eq!(TextView::new(&text).words(Splitter::SpacyEn), tokens);
    }
}

#[test]
fn golden_cases_come_out_as_in_python() {
    let golden = parse(CASES);
    for case in golden["cases"].as_array().expect("an array") {
        let text = case["text"].as_str().expect("a string");
        let view = TextView::new(text);
        let check = |name: &str, ours: &[&str]| {
            assert_eq!(ours, strings(&case[name]), "{name} of {text:?}");
        };
        check("words", view.words(Splitter::SpacyEn));
        check("split", view.words(Splitter::Whitespace));
        check("word_punct", view.words(Splitter::NltkWordPunct));
        check("sentences", view.sentences(SentenceRule::SpacyEn));
        check("red_pajama", view.sentences(SentenceRule::RedPajama));
        check("splitlines", view.lines(LineRule::PythonSplitlines));
        check("newline_plus", view.lines(LineRule::NewlinePlus));
        check("paragraphs", view.paragraphs(ParagraphRule::BlankLines));
        assert_eq!(simplify(text), case["simplified"], "{text:?}");
        assert_eq!(python::lower(text), case["lower"], "{text:?}");
    }
}

/// Checks the digest `name` of what `of` appends for every code point.
fn check_all(golden: &Value, name: &str, of: impl Fn(char, &mut String)) {
    let mut all = String::new();
    for c in '\0'..=char::MAX {
        of(c, &mut all);
    }
    let digest = format!("{:016x}", xxh3_64(all.as_bytes()));
    assert_eq!(golden[name], digest, "{name}");
}

#[test]
fn every_code_point_has_the_classes_and_case_it_has_in_python() {
    let golden = parse(ALL_CHARS);
    check_all(&golden, "lower", |c, out| {
        out.push_str(&python::lower(c.encode_utf8(&mut [0; 4])));
    });
    check_all(&golden, "lower_before_sigma", |c, out| {
        out.push_str(&python::lower(&format!("A{c}Σ{c}b")));
    });
    check_all(&golden, "simplify", |c, out| {
        out.push_str(&simplify(&format!("x{c}1\u{323}\u{301}{c}{c}y\n")));
    });
    check_all(&golden, "nfd", |c, out| {
        gristmill::text::nfd_into(&format!("a{c}\u{323}\u{301}{c}b"), out);
    });
    check_all(&golden, "is_upper_text", |c, out| {
        out.push(if python::is_upper_text(&format!("A{c}")) { '1' } else { '0' });
    });
    type Class = fn(char) -> bool;
    let classes: [(&str, Class); 9] = [
        ("is_space", python::is_space),
        ("is_alpha", python::is_alpha),
        ("is_alnum", python::is_alnum),
        ("is_digit", python::is_digit),
        ("is_decimal", python::is_decimal),
        ("is_numeric", python::is_numeric),
        ("is_upper", python::is_upper),
        ("is_word", python::is_word),
        ("is_linebreak", python::is_linebreak),
    ];
    for (name, class) in classes {
        check_all(&golden, name, |c, out| out.push(if class(c) { '1' } else { '0' }));
    }
}

#[test]
fn datatrove_vectors_reproduce() {
    let Some(data) = std::env::var_os("GRISTMILL_DATA") else {
        eprintln!("skipped: GRISTMILL_DATA is not set");
        return;
    };
    let path = std::path::Path::new(&data).join("../vectors/datatrove_v0.10_vectors.json");
    let Ok(json) = std::fs::read_to_string(path) else {
        eprintln!("skipped: the datatrove vectors are not beside the data");
        return;
    };
    let golden = parse(&json);
    let texts = golden["texts"].as_object().expect("an object");
    assert!(!texts.is_empty());
    for (name, case) in texts {
        let text = case["text"].as_str().expect("a string");
        let simplified = simplify(text);
        assert_eq!(simplified, case["simplify_text"], "{name}");
        let words = strings(&case["words_spacy_en"]);
        assert_eq!(TextView::new(text).words(Splitter::SpacyEn), words, "{name}");
        let words = strings(&case["words_of_simplified"]);
        assert_eq!(TextView::new(&simplified).words(Splitter::SpacyEn), words, "{name}");
    }
}

/// Computes every view of `text`; the sum keeps the work from being left out.
fn all_views(text: &str) -> usize {
    let view = TextView::new(text);
    let mut n = view.n_chars() + simplify(text).len();
    for splitter in Splitter::ALL {
        n += view.words(splitter).len() + view.word_hashes(splitter).len();
        n += view.joined(splitter).n_words();
    }
    for rule in LineRule::ALL {
        n += view.lines(rule).len();
    }
    for rule in ParagraphRule::ALL {
        n += view.paragraphs(rule).len();
    }
    n + SentenceRule::ALL.iter().map(|&rule| view.sentences(rule).len()).sum::<usize>()
}

/// Seconds that this thread has had on a processor.
fn cpu_seconds() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

#[test]
fn hostile_text_takes_linear_time() {
    let units = [
        "a",
        "\n",
        "\u{301}",
        "e\u{301}",
        ")",
        "(",
        ".",
        "-",
        ":)",
        "Σ",
        "'",
        "a.",
        "…",
        "@a.b",
        "://",
        "a:",
        "1.",
        " ",
        "\u{200d}",
        "🇦",
        "，",
        "a-",
        ",",
        "\r",
        "……",
        "5km",
        "8)",
        "a.b",
        "\u{1f468}\u{200d}",
        "0",
        "٣",
        "Σ\u{301}",
        "a\u{345}",
    ];
    // Linear work on these texts takes some tenths of a second without optimisation. Quadratic work would
    // take 40 s and more: 4e10 steps.
    let (n, limit) = (200_000, 8.0);
    let pairs = [("a", ")"), ("(", "a"), ("(", ")"), ("'", "s"), ("a.b@", ":8"), ("\u{301}", "Σ"), (".", "a")];
    let repeated = units.iter().map(|unit| unit.repeat(n));
    let joined = pairs.iter().map(|(a, b)| a.repeat(n) + &b.repeat(n));
    for text in repeated.chain(joined) {
        let start = cpu_seconds();
        assert!(all_views(&text) > 0);
        let seconds = cpu_seconds() - start;
        let (first, last) = (text.chars().next(), text.chars().next_back());
        assert!(seconds < limit, "{first:?}…{last:?}: {seconds} s");
    }
}

#[test]
fn lines_and_paragraphs_follow_their_rules() {
    let text = "\n a \n\n\x0b\nb\r\n\n\nc\n";
    let view = TextView::new(text);
    let lines = |rule| view.lines(rule);
    assert_eq!(lines(LineRule::Newline), ["", " a ", "", "\x0b", "b\r", "", "", "c", ""]);
    assert_eq!(lines(LineRule::NewlineNonBlank), [" a ", "b\r", "c"]);
    assert_eq!(lines(LineRule::NewlineNonEmpty), [" a ", "\x0b", "b\r", "c"]);
    assert_eq!(lines(LineRule::NewlineStripped), ["a", "b", "c"]);
    assert_eq!(lines(LineRule::NewlinePlus), ["", " a ", "\x0b", "b\r", "c", ""]);
    assert_eq!(lines(LineRule::NewlineKept).concat(), text);
    assert_eq!(lines(LineRule::NewlineKept)[..2], ["\n", " a \n"]);
    assert_eq!(lines(LineRule::PythonSplitlines), ["", " a ", "", "", "", "b", "", "", "c"]);
    let paragraphs = |rule| view.paragraphs(rule);
    assert_eq!(paragraphs(ParagraphRule::BlankLines), ["a ", "\x0b\nb\r", "c"]);
    let parts = ["\n a ", "\x0b\nb\r", "\nc\n"];
    assert_eq!(paragraphs(ParagraphRule::DoubleNewline), parts);
    assert_eq!(paragraphs(ParagraphRule::DoubleNewlineNonEmpty), parts);
    assert_eq!(paragraphs(ParagraphRule::DoubleNewlineStripped), ["a", "b", "c"]);
    let empty = TextView::new("");
    assert_eq!(empty.lines(LineRule::Newline), [""]);
    assert_eq!(empty.paragraphs(ParagraphRule::BlankLines), [""]);
    assert!(empty.lines(LineRule::PythonSplitlines).is_empty());
}

#[test]
fn ngrams_are_slices_of_the_joined_words_and_their_hashes_tell_them_apart() {
    let text = "a b  a\tb c a b";
    let view = TextView::new(text);
    let joined = view.joined(Splitter::Whitespace);
    assert_eq!(joined.n_words(), 7);
    let pairs: Vec<&str> = joined.ngrams(2).collect();
    assert_eq!(pairs, ["a b", "b a", "a b", "b c", "c a", "a b"]);
    assert_eq!(joined.ngram(4, 3), "c a b");
    assert_eq!(joined.ngram(5, 3), "");
    assert_eq!((joined.n_ngrams(7), joined.n_ngrams(8), joined.n_ngrams(0)), (1, 0, 0));
    let plain = Joined::new(view.words(Splitter::Whitespace), "");
    assert_eq!(plain.ngram(1, 3), "bab");

    let hashes = view.word_hashes(Splitter::Whitespace);
    assert_eq!(hashes[0], xxh3_64(b"a"));
    for n in 1..=7 {
        let rolled = ngram_hashes(hashes, n);
        assert_eq!(rolled.len(), joined.n_ngrams(n));
        for (i, a) in rolled.iter().enumerate() {
            for (j, b) in rolled.iter().enumerate() {
                assert_eq!(a == b, joined.ngram(i, n) == joined.ngram(j, n), "{n} {i} {j}");
            }
        }
    }
    assert!(ngram_hashes(hashes, 8).is_empty() && ngram_hashes(hashes, 0).is_empty());
}

#[test]
fn fast_text_and_word_bounds_split_as_their_recipes_say() {
    let view = TextView::new("It's a-b\u{a0}c\0d\x0be, 1.5!\n");
    assert_eq!(view.words(Splitter::FastText), ["It's", "a-b\u{a0}c", "d", "e,", "1.5!"]);
    assert_eq!(view.words(Splitter::Uax29), ["It's", "a", "b", "c", "d", "e", "1.5"]);
    assert_eq!(view.words(Splitter::Uax29Bounds), ["It's", "a", "-", "b", "c", "\0", "d", "e", ",", "1.5", "!"]);
}

#[test]
fn datatrove_sets_have_their_sizes() {
    let count = |f: fn(char) -> bool| ('\0'..=char::MAX).filter(|&c| f(c)).count();
    assert_eq!(count(is_terminal_punctuation), 159);
    assert_eq!(count(is_punctuation), 281);
    assert!(is_punctuation('１') && is_punctuation('\x1f') && !is_punctuation('\n'));
    assert!(!is_terminal_punctuation('"') && is_terminal_punctuation('។'));
}

#[test]
fn a_single_word_of_four_megabytes_is_one_word() {
    let text = "a".repeat(4 << 20);
    let view = TextView::new(&text);
    for splitter in Splitter::ALL {
        assert_eq!(view.words(splitter).len(), 1, "{splitter:?}");
    }
}
