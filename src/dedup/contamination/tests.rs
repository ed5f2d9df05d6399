use super::*;
use std::collections::HashSet;

fn grams(words: usize, question: bool, across: bool) -> Grams {
    Grams { words, question, across }
}

fn table(form: Form, of: Grams, items: &[(&str, &str)]) -> Table {
    let mut builder = Builder::new(form, of);
    for (number, (question, answer)) in (0..).zip(items) {
        builder.add(number, question, answer).unwrap();
    }
    builder.finish()
}

fn found(table: &Table, text: &str) -> Vec<(u32, usize)> {
    table.hits(text).into_iter().map(|hit| (hit.item, hit.word)).collect()
}

#[test]
fn which_ngrams_of_an_item_are_looked_for() {
    let item = [("a b c d e", "f g h i j")];
    let hits =
        |question, across, text| !found(&table(Form::Simplified, grams(4, question, across), &item), text).is_empty();
    for (text, within, between) in [
        ("f g h i", false, false),
        ("g h i j", false, false),
        ("b c d e", true, false),
        ("c d e f", false, true),
        ("e f g h", false, true),
    ] {
        for (question, across) in [(false, false), (true, false), (false, true), (true, true)] {
            let expected = !within && !between || within && question || between && across;
            assert_eq!(hits(question, across, text), expected, "{text} {question} {across}");
        }
    }
    assert!(!hits(true, true, "a b c e f"), "not in a row");
    assert!(!hits(true, true, "f g h"), "too short");
}

#[test]
fn an_item_of_too_few_words_has_no_ngram_and_none_reaches_into_the_next() {
    let short = table(Form::Plain, grams(3, true, true), &[("one", "two"), ("", ""), ("three", "four five")]);
    assert_eq!((short.grams(), short.words()), (1, 3));
    assert!(found(&short, "one two three").is_empty());
    assert_eq!(found(&short, "One, two; three -- FOUR (five)!"), [(2, 2)]);
    assert!(table(Form::Plain, grams(3, true, true), &[]).hits("one two three").is_empty());
}

#[test]
fn equal_ngrams_belong_to_the_first_item() {
    let both = table(Form::Plain, grams(2, true, true), &[("x a b", ""), ("a b c", "")]);
    assert_eq!(found(&both, "a b c a b"), [(0, 0), (1, 1), (0, 3)]);
}

#[test]
fn the_places_of_words_are_those_of_the_text() {
    let one = table(Form::Plain, grams(2, true, true), &[("Straße groß", "")]);
    let text = "Die „STRASSE“ … straße\u{a0}— Groß! ja";
    let hits = one.hits(text);
    assert_eq!(hits.len(), 1);
    assert_eq!(&text[hits[0].bytes.clone()], "straße\u{a0}— Groß!");
}

/// Few words, so that n-grams repeat and words of the benchmark stand in every order.
#[test]
fn hits_are_those_of_a_plain_search() {
    let mut state = 7_u64;
    let mut draw = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    for n in [1, 2, 3, 5] {
        let mut text = |len| (0..len).map(|_| format!("w{}", draw(6))).collect::<Vec<_>>().join(" ");
        let (item, document) = (text(60), text(3000));
        let words: Vec<&str> = item.split(' ').collect();
        let all: HashSet<&[&str]> = words.windows(n).collect();
        let table = table(Form::Plain, grams(n, true, true), &[(&item, "")]);
        assert_eq!(table.grams(), all.len());
        let of_text: Vec<&str> = document.split(' ').collect();
        let expected: Vec<usize> =
            (0..).zip(of_text.windows(n)).filter(|(_, gram)| all.contains(gram)).map(|(at, _)| at).collect();
        let hits: Vec<usize> = table.hits(&document).into_iter().map(|hit| hit.word).collect();
        assert_eq!(hits, expected, "{n}");
        assert!(n == 1 || !hits.is_empty() && hits.len() < of_text.len());
    }
}

fn cut_out(text: &str, spans: &[(usize, usize)], margin: usize, min_chars: usize) -> (String, usize, usize) {
    let cutting = cut(text, spans.iter().map(|&(from, to)| from..to), Spared { margin, min_chars });
    (cutting.text, cutting.pieces, cutting.chars)
}

#[test]
fn what_cutting_leaves() {
    assert_eq!(cut_out("0123456789", &[(4, 6)], 0, 0), ("0123\n\n6789".into(), 2, 2));
    assert_eq!(cut_out("0123456789", &[(4, 6)], 2, 0), ("01\n\n89".into(), 2, 6));
    assert_eq!(cut_out("0123456789", &[(1, 2)], 2, 0), ("456789".into(), 1, 4));
    assert_eq!(cut_out("0123456789", &[(0, 3), (2, 5), (5, 6)], 0, 0), ("6789".into(), 1, 6), "they join");
    assert_eq!(cut_out("0123456789", &[(2, 3), (6, 7)], 2, 0), ("9".into(), 1, 9), "margins that meet");
    assert_eq!(cut_out("0123456789", &[(3, 4)], 0, 4), ("456789".into(), 2, 4), "the short piece goes");
    assert_eq!(cut_out("0123", &[(0, 4)], 9, 0), (String::new(), 0, 4));
    assert_eq!(cut_out("äöü€ß", &[(4, 6)], 1, 0), ("ä\n\nß".into(), 2, 3), "characters, not bytes");
}
