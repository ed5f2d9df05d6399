//! Spans against the plain definition, with every window in a table.

use super::*;
use std::collections::BTreeMap;

/// Random numbers for test data.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 += 1;
        (mix(mix(self.0)) % bound as u64) as usize
    }
}

/// Documents that share spans of all lengths with others and with themselves, runs of one character, and characters of
/// several bytes.
fn corpus(seed: u64, documents: usize) -> Vec<String> {
    let mut random = Random(seed << 32);
    let mut out: Vec<String> = Vec::new();
    for _ in 0..documents {
        let mut text = String::new();
        for _ in 0..random.below(8) {
            match random.below(6) {
                0 => {
                    let run = ["=", "ab", "é", "\n", "漢字 "][random.below(5)];
                    text.push_str(&run.repeat(random.below(90)));
                }
                1 | 2 if !out.is_empty() => {
                    let of = &out[random.below(out.len())];
                    let (from, length) = (random.below(of.len() + 1), random.below(120));
                    let from = of.floor_char_boundary(from);
                    text.push_str(&of[from..of.floor_char_boundary(from + length)]);
                }
                3 => {
                    let from = text.floor_char_boundary(random.below(text.len() + 1));
                    let again = text[from..].to_owned();
                    text.push_str(&again);
                }
                _ => {
                    for _ in 0..random.below(90) {
                        text.push(['a', 'b', 'c', ' ', '\n', 'é', '漢', '🙂'][random.below(8)]);
                    }
                }
            }
        }
        out.push(text);
    }
    out
}

/// What is left by the definition: bytes that a window covers which stood before.
fn plain(texts: &[String], length: usize, repeats: bool) -> Vec<String> {
    let mut first: HashMap<&[u8], (usize, usize)> = HashMap::new();
    let mut out = Vec::new();
    for (document, text) in texts.iter().enumerate() {
        let mut gone = vec![false; text.len()];
        for (at, window) in text.as_bytes().windows(length).enumerate() {
            let &mut (of, place) = first.entry(window).or_insert((document, at));
            let from = match (of == document, repeats) {
                (true, _) if place == at => continue,
                (true, false) => continue,
                (true, true) => at.max(place + length),
                (false, _) => at,
            };
            gone[from.min(at + length)..at + length].fill(true);
        }
        // A character goes if all its bytes do, and if it lies in one span with its neighbours.
        out.push(
            text.char_indices()
                .filter(|(at, c)| !gone[*at..at + c.len_utf8()].iter().all(|&gone| gone))
                .map(|(_, c)| c)
                .collect(),
        );
    }
    out
}

/// The two rounds and the cutting, with tables in place of exchanges.
fn rounds(texts: &[String], spans: &Substring, repeats: bool) -> Vec<Option<Cutting>> {
    let mut keys = Vec::new();
    let mut anchors: BTreeMap<u128, Vec<u64>> = BTreeMap::new();
    for (document, text) in (0..).zip(texts) {
        spans.anchor_keys(text, &mut keys);
        keys.iter().for_each(|&key| anchors.entry(key).or_default().push(document));
    }
    let mut windows: BTreeMap<u128, Vec<u64>> = BTreeMap::new();
    for (document, text) in (0..).zip(texts) {
        let shared = |(key, documents): (&u128, &Vec<u64>)| {
            (documents.len() > 1 && documents.contains(&document)).then_some((*key, 0))
        };
        let shared: Vec<(u128, u64)> = anchors.iter().filter_map(shared).collect();
        spans.window_keys(text, &shared, &mut keys);
        keys.iter().for_each(|&key| windows.entry(key).or_default().push(document));
    }
    let cut = |(document, text): (u64, &String)| {
        let elsewhere = |(key, documents): (&u128, &Vec<u64>)| {
            (documents[0] < document && documents.contains(&document)).then_some((*key, documents[0]))
        };
        let elsewhere = windows.iter().filter_map(elsewhere).collect();
        spans.cut(&TextView::new(text), &elsewhere, repeats)
    };
    (0..).zip(texts).map(cut).collect()
}

#[test]
fn every_window_that_stood_before_goes_and_nothing_else() {
    for (seed, length) in [(1, 16), (2, 17), (3, 24), (4, 33), (5, 64), (6, 16), (7, 20)] {
        let texts = corpus(seed, 60);
        let spans = Substring { min_bytes: length, min_words: 0, within: None };
        for repeats in [true, false] {
            let expected = plain(&texts, length, repeats);
            let cuttings = rounds(&texts, &spans, repeats);
            let left: Vec<String> = texts
                .iter()
                .zip(&cuttings)
                .map(|(text, cutting)| cutting.as_ref().map_or(text.clone(), |cutting| cutting.text.clone()))
                .collect();
            for (at, (found, expected)) in left.iter().zip(&expected).enumerate() {
                assert_eq!(found, expected, "seed {seed}, document {at}: {:?}", texts[at]);
            }
            assert!(texts.iter().zip(&left).filter(|(text, left)| text != left).count() > 10, "seed {seed}");
            for (text, cutting) in texts.iter().zip(&cuttings) {
                let Some(cutting) = cutting else { continue };
                let bytes: usize = cutting.gone.iter().map(|gone| gone.bytes).sum();
                assert_eq!(bytes, text.len() - cutting.text.len());
                for gone in &cutting.gone {
                    if let Copy::In(document) = gone.copy {
                        // A stretch is made of windows that all stand there, and ends with one, or within its last character.
                        let end = gone.at + gone.bytes;
                        let window = &text[text.ceil_char_boundary(end.saturating_sub(length - 3))..end];
                        assert!(texts[usize::try_from(document).unwrap()].contains(window));
                    }
                }
            }
        }
    }
}

#[test]
fn every_window_has_an_anchor_that_depends_on_nothing_else() {
    let spans = Substring { min_bytes: 24, min_words: 0, within: None };
    for text in corpus(11, 40) {
        let text = text.as_bytes();
        let mut next = 0;
        spans.anchors(text, |anchor, windows| {
            assert_eq!(windows.start, next, "windows are missed");
            assert!(windows.len() <= 24 - 12 + 1);
            next = windows.end;
            for at in windows {
                spans.anchors(&text[at..at + 24], |alone, only| assert_eq!((alone, only), (anchor, 0..1)));
            }
        });
        assert_eq!(next, (text.len() + 1).saturating_sub(24));
    }
}

#[test]
fn anchors_are_few_but_in_runs() {
    let spans = Substring { min_bytes: 100, min_words: 0, within: None };
    let mut random = Random(5);
    let text: String = (0..200_000).map(|_| char::from(b'a' + random.below(26) as u8)).collect();
    let mut count = 0;
    spans.anchors(text.as_bytes(), |_, _| count += 1);
    // 2 / (51 + 1) of the bytes.
    assert!((7_000..8_400).contains(&count), "{count}");
    let mut keys = Vec::new();
    spans.anchor_keys(&"=".repeat(10_000), &mut keys);
    assert_eq!(keys.len(), 1, "a run has one key");
}

#[test]
fn a_copy_that_overlaps_what_it_copies_leaves_one_whole() {
    let spans = Substring { min_bytes: 20, min_words: 0, within: None };
    let left = rounds(&["ab".repeat(50)], &spans, true);
    let cutting = left[0].as_ref().unwrap();
    assert_eq!(cutting.text, "ab".repeat(10));
    assert_eq!(cutting.gone, [Gone { piece: 0, at: 20, bytes: 80, copy: Copy::Here }]);
}

#[test]
fn lines_and_sentences_that_lie_wholly_in_a_span_go() {
    let shared = "The first line is common to all of them.\nSo is the second line, word for word.\n";
    let one = format!("One begins so.\n{shared}And ends alone.");
    let other = format!("Another text, and The first\n{shared}And ends together with nobody.");
    let texts = [one.clone(), other.clone()];
    let left = |within| {
        let spans = Substring { min_bytes: 30, min_words: 0, within };
        rounds(&texts, &spans, true).into_iter().nth(1).flatten().unwrap()
    };
    assert_eq!(left(None).text, "Another text, and The firsttogether with nobody.");
    let lines = left(Some(Unit::Line));
    assert_eq!(lines.text, "Another text, and The first\nAnd ends together with nobody.");
    assert_eq!(lines.gone.len(), 2);
    let sentences = left(Some(Unit::Sentence(crate::text::SentenceRule::Punkt)));
    assert_eq!(
        sentences.text,
        "Another text, and The first\nAnd ends together with nobody."
            .replace("first\n", "first\nThe first line is common to all of them.\n")
    );
    let few = Substring { min_bytes: 30, min_words: 19, within: None };
    assert!(rounds(&texts, &few, true)[1].is_some(), "nineteen words and more");
    let few = Substring { min_words: 20, ..few };
    assert!(rounds(&texts, &few, true)[1].is_none());
}
