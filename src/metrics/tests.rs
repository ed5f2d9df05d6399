use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// A reproducible stream of small numbers (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// datatrove's top n-gram length, written down as plainly as possible.
fn plain_top(words: &[&str], n: usize) -> Option<usize> {
    let grams: Vec<String> = words.windows(n).map(|gram| gram.join(" ")).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for gram in &grams {
        *counts.entry(gram).or_default() += 1;
    }
    let most = *counts.values().max()?;
    let first = grams.iter().find(|gram| counts[gram.as_str()] == most)?;
    Some(first.chars().count() * most)
}

/// datatrove's duplicate n-gram length, written down as plainly as possible.
fn plain_dup(words: &[&str], n: usize) -> usize {
    let (mut seen, mut chars, mut at) = (BTreeSet::new(), 0, 0);
    while at + n <= words.len() {
        let gram = words[at..at + n].concat();
        if seen.contains(&gram) {
            chars += gram.chars().count();
            at += n;
        } else {
            seen.insert(gram);
            at += 1;
        }
    }
    chars
}

/// A text of few different words, so that n-grams repeat, with word borders in different places of equal letters.
fn repetitive(numbers: &mut Numbers, words: usize) -> String {
    const WORDS: [&str; 10] = ["a", "ab", "b", "aab", "ba", "ü", "üa", "considerable", "considerably", "x"];
    let span = 2 + numbers.below(WORDS.len() - 2);
    let words: Vec<&str> = (0..words).map(|_| WORDS[numbers.below(span)]).collect();
    words.join(" ")
}

#[test]
fn ngram_numbers_equal_their_plain_definition() {
    let mut numbers = Numbers(24301);
    let mut repeats = 0;
    for round in 0..300 {
        let length = numbers.below(if round % 10 == 0 { 2000 } else { 60 });
        let text = repetitive(&mut numbers, length);
        let view = TextView::new(&text);
        let settings = Settings { splitter: crate::text::Splitter::Whitespace, ..Settings::default() };
        let words = view.words(settings.splitter).to_vec();
        let number = |name: &str| compute(&[find(name).unwrap()], &Subject::of_text(&view), &settings)[0];
        let chars = text.chars().count();
        for n in 2..=4 {
            let expected = plain_top(&words, n).map_or(f64::NAN, |top| ratio(top, chars));
            let got = number(&format!("top_ngram_char_ratio.{n}@datatrove"));
            assert_eq!(got.to_bits(), expected.to_bits(), "n {n}: {text}");
        }
        for n in 5..=10 {
            let expected = ratio(plain_dup(&words, n), chars);
            repeats += usize::from(expected > 0.0);
            let got = number(&format!("dup_ngram_char_ratio.{n}@datatrove"));
            assert_eq!(got.to_bits(), expected.to_bits(), "n {n}: {text}");
        }
    }
    assert!(repeats > 300, "only {repeats} texts repeat anything: the test is too easy");
}

#[test]
fn names_are_unique_and_in_the_grammar() {
    let mut names = BTreeSet::new();
    for def in registry() {
        assert!(names.insert(def.name), "{} twice", def.name);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | '@' | '-');
        assert!(def.name.chars().all(plain), "{}", def.name);
        assert!(def.range.0 < def.range.1, "{}", def.name);
        assert!(!def.doc.is_empty() && !def.unit.is_empty(), "{}", def.name);
    }
    assert_eq!(all().count(), registry().len());
    assert_eq!(find("words").map(MetricId::name), Some("words"));
    assert_eq!(suggest("alpha_word_ratio@datatrov"), Some("alpha_word_ratio@datatrove"));
    assert_eq!(suggest("zzz"), None);
}

#[test]
fn every_value_lies_in_its_range_or_is_not_a_number() {
    let hostile = [
        String::new(),
        "\n".to_owned(),
        " \u{a0}\u{2003}\t".to_owned(),
        "…".repeat(50),
        "a ".repeat(500),
        "\u{0}\u{7f}\u{85}\u{2028}".repeat(20),
        "{[1][edit] lorem ipsum javascript".to_owned(),
        "#- • … ... \r\n".repeat(30),
        "日本語のテキストです。".repeat(40),
        "👩‍👩‍👧‍👦🏽".repeat(30),
    ];
    let set = MetricSet::new(all());
    for text in &hostile {
        let view = TextView::new(text);
        let subject = Subject { url: Some("http://[::1]:80/a//b?&;#x"), ..Subject::of_text(&view) };
        let mut values = Vec::new();
        set.compute(&subject, &Settings::default(), &mut values);
        for (id, &value) in set.ids().iter().zip(&values) {
            let def = id.def();
            assert!(
                value.is_nan() || (def.range.0..=def.range.1).contains(&value),
                "{}: {value} for {text:?}",
                def.name
            );
            assert!(!def.integer || value.is_nan() || value.fract() == 0.0, "{}: {value}", def.name);
        }
    }
}

#[test]
fn asking_for_one_metric_gives_the_same_as_asking_for_all() {
    let text = "One line. #tag and more...\n\nOne line. #tag and more...\n- two [1] lines, of use\n".repeat(7);
    let view = TextView::new(&text);
    let subject = Subject { url: Some("https://www.example.org/2024/a?b=1"), ..Subject::of_text(&view) };
    let settings = Settings::default();
    let everything = compute(&all().collect::<Vec<_>>(), &subject, &settings);
    for (place, id) in all().enumerate() {
        assert_eq!(compute(&[id], &subject, &settings)[0].to_bits(), everything[place].to_bits(), "{}", id.name());
    }
}

#[test]
fn url_parts_come_out_of_any_url() {
    let number = |name: &str, url: &str, lists: &Lists| {
        let view = TextView::new("");
        let subject = Subject { url: Some(url), ..Subject::of_text(&view) };
        let settings = Settings { lists: lists.clone(), ..Settings::default() };
        compute(&[find(name).unwrap()], &subject, &settings)[0]
    };
    let mut lists = Lists::default();
    let list = |words: &[&str]| std::sync::Arc::new(WordList::of_words(words.iter().copied()));
    let domains = [ListPart { label: "", text: "bad.example\n10.0.0.1" }];
    let domains = read_list(Role::UrlDomains, Reading::Own, Lists::ANY, &domains).unwrap();
    lists.insert(Role::UrlDomains, Lists::ANY, std::sync::Arc::new(domains));
    lists.insert(Role::UrlWords, Lists::ANY, list(&["casino", "xxx"]));
    lists.insert(Role::UrlSubwords, Lists::ANY, std::sync::Arc::new(WordList::of_words(["freesex"]).into_inside()));
    for (url, listed) in [
        ("https://user:pw@www.Bad.example:8080/a", 1.0),
        ("https://bad.example.", 1.0),
        ("https://notbad.example/bad.example", 0.0),
        ("http://10.0.0.1/x", 1.0),
        ("bad.example", 0.0),
        ("", 0.0),
    ] {
        assert_eq!(number("url_listed_domain", url, &lists), listed, "{url}");
    }
    assert_eq!(number("url_listed_words", "http://a.example/CASINO-casino_xxx", &lists), 2.0);
    assert_eq!(number("url_listed_words", "http://casinos.example/", &lists), 0.0);
    assert_eq!(number("url_listed_subwords", "http://a.example/Free_Sex-freesex", &lists), 2.0);
    assert_eq!(number("url_depth", "http://a.example//b/c/?d/e#f/g", &lists), 2.0);
    assert_eq!(number("url_parameters", "http://a.example/?b=1&c=2;d", &lists), 3.0);
    assert_eq!(number("url_ip_host", "http://[2001:db8::1]:80/", &lists), 1.0);
    assert_eq!(number("url_digit_ratio", "12ab", &lists), 0.5);
    let view = TextView::new("text");
    assert!(compute(&[find("url_chars").unwrap()], &Subject::of_text(&view), &Settings::default())[0].is_nan());
}

#[test]
fn toxic_words_are_found_in_disguise_and_not_inside_others() {
    let mut lists = Lists::default();
    let list = WordList::parse("# comment\n2 damnit\n1 foo*\n3 *坏话*\n\n2 foo*\n").unwrap();
    assert_eq!(list.entries().len(), 3);
    lists.insert(Role::Toxic, Lists::ANY, std::sync::Arc::new(list));
    let settings = Settings { lists, ..Settings::default() };
    let number = |name: &str, text: &str| {
        let view = TextView::new(text);
        compute(&[find(name).unwrap()], &Subject::of_text(&view), &settings)[0]
    };
    for (text, hits) in [
        ("damnit", 1.0),
        ("DAMNIT!", 1.0),
        ("d4mn!t", 1.0),
        ("daaaamnit", 1.0),
        ("damnitly", 0.0),
        ("undamnit", 0.0),
        ("fooling Foo", 2.0),
        ("fo", 0.0),
        ("说坏话的人坏话", 2.0),
        ("", 0.0),
    ] {
        assert_eq!(number("toxic_words", text), hits, "{text}");
    }
    assert_eq!(number("toxic_distinct", "foo fool damnit"), 2.0);
    assert_eq!(number("toxic_severity_ratio", "damnit . nice day"), 2.0 / 9.0);
    assert_eq!(number("toxic_slur_ratio", "说坏话的人坏话"), 2.0 / 4.0);
    assert!(number("toxic_word_ratio", "...").is_nan());
}

#[test]
fn word_lists_say_what_is_wrong() {
    for (text, line) in [("a\n*", 2), ("*a", 1), ("a*b", 1), ("2 **", 1), ("2 two words", 1)] {
        assert_eq!(WordList::parse(text).unwrap_err().line, line, "{text}");
    }
    let list = WordList::of_words(["b", "a", "b"]);
    assert_eq!(list.entries().len(), 2);
    assert_eq!(
        (list.position("a"), list.position("b"), list.position("c"), list.position("")),
        (Some(0), Some(1), None, None)
    );
}

#[test]
fn lists_fall_back_from_dialect_to_language_to_any() {
    let mut lists = Lists::default();
    for (language, word) in [("pt", "p"), ("eng", "e"), (Lists::ANY, "x")] {
        lists.insert(Role::StopWords, language, std::sync::Arc::new(WordList::of_words([word])));
    }
    let word = |language| lists.get(Role::StopWords, language).map(|list| list.entries()[0].text.clone());
    for (language, expected) in
        [(Some("pt"), "p"), (Some("pt-BR"), "p"), (Some("eng_Latn"), "e"), (Some("de"), "x"), (None, "x")]
    {
        assert_eq!(word(language).as_deref(), Some(expected), "{language:?}");
    }
    assert!(lists.get(Role::Toxic, Some("pt")).is_none());
}

#[test]
fn phrases_of_bad_words_are_found_and_domains_are_compared_whole() {
    let mut lists = Lists::default();
    lists.insert(
        Role::BadWords,
        Lists::ANY,
        std::sync::Arc::new(WordList::of_words(["cat", "dog house", "big dog house"])),
    );
    let mut domains = HashList::default();
    domains.push("", ["www.a.example", "b.example:80"].map(HashList::hash).to_vec());
    lists.insert(Role::UrlDomains, Lists::ANY, std::sync::Arc::new(WordList::of_hashes(domains)));
    let settings = Settings { lists, ..Settings::default() };
    let number = |name: &str, text: &str, url: Option<&str>| {
        let view = TextView::new(text);
        compute(&[find(name).unwrap()], &Subject { url, ..Subject::of_text(&view) }, &settings)[0]
    };
    assert_eq!(number("bad_words@rpv2", "A big dog-house? A BIG DOG\n\nHouse, cat.", None), 3.0);
    assert_eq!(number("bad_words@rpv2", "", None), 0.0);
    assert_eq!(number("c4_bad_words@dolma", "my Dog House", None), 1.0);
    assert_eq!(number("c4_bad_words@dolma", "my dog  house, cats", None), 0.0);
    for (url, listed) in [
        ("https://www.a.example/x", 1.0),
        ("https://a.example/www.a.example", 0.0),
        ("//b.example:80?q", 1.0),
        ("b.example:80", 0.0),
        ("", 0.0),
    ] {
        assert_eq!(number("listed_domain@rpv2", "", Some(url)), listed, "{url}");
    }
    assert!(number("listed_domain@rpv2", "", None).is_nan());
}

#[test]
fn massive_text_counts_covered_words_once() {
    let settings = Settings { splitter: crate::text::Splitter::Whitespace, ..Settings::default() };
    let number = |name: &str, text: &str| {
        let view = TextView::new(text);
        compute(&[find(&format!("{name}@massive-text")).unwrap()], &Subject::of_text(&view), &settings)[0]
    };
    assert_eq!(number("top_ngram_char_ratio.2", "a a a bb"), 3.0 / 5.0);
    assert_eq!(number("top_ngram_char_ratio.2", "a b c d"), 0.0);
    assert_eq!(number("top_ngram_char_ratio.3", "x aa b c x aa b c y"), 8.0 / 11.0);
    assert_eq!(number("dup_ngram_char_ratio.5", "1 2 3 4 5 6 1 2 3 4 5 6 77"), 12.0 / 14.0);
    assert!(number("dup_ngram_char_ratio.10", "too few").is_nan());
    assert_eq!(number("dup_line_ratio", "a \n\n a\nb\nA"), 1.0 / 4.0);
    assert_eq!(number("dup_line_char_ratio", "aa\naa\nb"), 2.0 / 5.0);
    assert_eq!(number("dup_paragraph_ratio", "a\nb\n\n\na\nb\n\nc"), 1.0 / 3.0);
}

/// ROOTS' character repetition, written down as plainly as possible.
fn plain_char_repetition(text: &str, n: usize) -> f64 {
    let chars: Vec<char> = text.chars().collect();
    let mut counts: BTreeMap<&[char], u32> = BTreeMap::new();
    for run in chars.windows(n) {
        *counts.entry(run).or_default() += 1;
    }
    let mut counts: Vec<u32> = counts.into_values().collect();
    counts.sort_by(|a, b| b.cmp(a));
    let ones = counts.iter().filter(|&&count| count == 1).count();
    let taken = counts.len().isqrt().min(counts.len() - ones);
    let all: u32 = counts.iter().sum();
    if all == 0 { 0.0 } else { f64::from(counts[..taken].iter().sum::<u32>()) / f64::from(all) }
}

#[test]
fn runs_of_characters_equal_their_plain_definition() {
    let mut numbers = Numbers(815);
    let mut repeats = 0;
    for round in 0..200 {
        let length = numbers.below(if round % 20 == 0 { 3000 } else { 80 });
        let mut text = repetitive(&mut numbers, length);
        // Some text that does not repeat, so that both kinds are there.
        for _ in 0..numbers.below(400) {
            text.push(char::from(b'a' + u8::try_from(numbers.below(26)).unwrap()));
        }
        let view = TextView::new(&text);
        for n in [3, 10] {
            let id = find(&format!("char_repetition_ratio.{n}@roots")).unwrap();
            let value = compute(&[id], &Subject::of_text(&view), &Settings::default())[0];
            assert_eq!(value, plain_char_repetition(&text, n), "{n} of {text:?}");
            repeats += usize::from(value > 0.0);
        }
    }
    assert!(repeats > 200, "{repeats}");
}
