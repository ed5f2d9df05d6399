//! Spans against the plain definition, with every window in a table.

use super::anchors::{AnchorWriter, reduce_anchors};
use super::contexts::ContextWriter;
use super::cuts::SpanCuts;
use super::reduce::reduce_spans;
use super::*;
use crate::dedup::external::MIN_BUDGET;
use crate::dedup::reduce::ExchangeSource;
use crate::dedup::{Layout, MemoryScratch, RangeRead, split_ordinal};

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

const LAYOUT: Layout = Layout { partitions: 3, tag: 5 };
const UNITS: u32 = 4;
/// Small enough that all sorts but the smallest spill.
const BUDGET: usize = 6 * MIN_BUDGET;

/// Documents by map unit, with their places.
fn units(texts: &[String]) -> Vec<(u32, Vec<(u32, &String)>)> {
    let each = texts.len().div_ceil(UNITS as usize).max(1);
    let chunk = |unit: u32| texts.chunks(each).nth(unit as usize).unwrap_or_default();
    (0..UNITS).map(|unit| (unit, (0..).zip(chunk(unit)).collect())).collect()
}

/// Files of all partitions, as `write` makes them of those of all units.
fn partitions(files: &[Vec<u8>], write: impl Fn(&dyn ExchangeSource, u32, &mut Vec<u8>)) -> Vec<Vec<u8>> {
    with(files, |inputs| {
        let one = |partition| {
            let mut out = Vec::new();
            write(inputs, partition, &mut out);
            out
        };
        (0..LAYOUT.partitions).map(one).collect()
    })
}

fn with<T>(files: &[Vec<u8>], each: impl FnOnce(&dyn ExchangeSource) -> T) -> T {
    let inputs: Vec<&dyn RangeRead> = files.iter().map(|file| file as &dyn RangeRead).collect();
    each(&inputs.as_slice())
}

fn anchor_files(texts: &[String], spans: &Substring) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    let file = |(unit, documents): (u32, Vec<(u32, &String)>)| {
        let (mut scratch, mut out) = (MemoryScratch, Vec::new());
        let mut writer = AnchorWriter::new(unit, LAYOUT, BUDGET, &mut scratch).unwrap();
        for (index, text) in documents {
            spans.anchor_keys(text, &mut keys);
            keys.iter().for_each(|&key| writer.push(key, index).unwrap());
        }
        writer.finish(&mut out).unwrap();
        out
    };
    let files = units(texts).into_iter().map(file).collect::<Vec<_>>();
    partitions(&files, |inputs, partition, out| {
        let scratches = (&mut MemoryScratch as _, &mut MemoryScratch as _);
        reduce_anchors(inputs, LAYOUT, (partition, UNITS), BUDGET, scratches, out).unwrap();
    })
}

fn context_files(texts: &[String], spans: &Substring, shared: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let file = |(unit, documents): (u32, Vec<(u32, &String)>)| {
        let shared = with(shared, |inputs| SharedAnchors::of_unit(inputs, LAYOUT, UNITS, unit)).unwrap();
        let (mut found, mut out) = (Vec::new(), Vec::new());
        let mut writer = ContextWriter::new(unit, LAYOUT, &mut out).unwrap();
        for (index, text) in documents {
            spans.context_keys(text, &shared, &mut found);
            for (key, context) in &found {
                writer.push(index, *key, &text.as_bytes()[context.clone()], &mut out).unwrap();
            }
        }
        writer.finish(&mut out).unwrap();
        out
    };
    let files = units(texts).into_iter().map(file).collect::<Vec<_>>();
    partitions(&files, |inputs, partition, out| {
        let scratches = [&mut MemoryScratch as _, &mut MemoryScratch as _, &mut MemoryScratch as _];
        reduce_spans(inputs, LAYOUT, (partition, UNITS, spans.min_bytes), BUDGET, scratches, out).unwrap();
    })
}

/// The two rounds and the cutting. Copies are named by the place of the document.
fn rounds(texts: &[String], spans: &Substring, repeats: bool) -> Vec<Option<Cutting>> {
    let told = context_files(texts, spans, &anchor_files(texts, spans));
    let (mut out, mut bases) = (Vec::new(), Vec::new());
    for (unit, documents) in units(texts) {
        bases.push(out.len() as u64);
        let gathered =
            with(&told, |inputs| SpanCuts::gather(inputs, LAYOUT, (UNITS, unit), BUDGET, &mut MemoryScratch));
        let mut cuts = gathered.unwrap();
        for (index, text) in documents {
            let mut of: Vec<SpanCut> = Vec::new();
            for (document, cut) in cuts.take_before(index + 1).unwrap() {
                assert_eq!(document, index);
                let (unit, place) = split_ordinal(cut.copy);
                of.push(SpanCut { copy: bases[unit as usize] + u64::from(place), ..cut });
            }
            out.push(spans.cut(&TextView::new(text), &of, repeats));
        }
        assert_eq!(cuts.take_before(u32::MAX).unwrap(), []);
    }
    out
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
fn anchors_spread_evenly_and_their_file_does_not_depend_on_the_budget() {
    let spans = Substring { min_bytes: 100, min_words: 0, within: None };
    let mut random = Random(6);
    let texts: Vec<String> =
        (0..20).map(|_| (0..20_000).map(|_| char::from(b'a' + random.below(26) as u8)).collect()).collect();
    let (mut keys, mut all) = (Vec::new(), Vec::new());
    let file = |budget| {
        let (mut scratch, mut out) = (MemoryScratch, Vec::new());
        let mut writer = AnchorWriter::new(0, LAYOUT, budget, &mut scratch).unwrap();
        for (index, text) in (0..).zip(&texts) {
            spans.anchor_keys(text, &mut keys);
            all.extend_from_slice(&keys);
            keys.iter().for_each(|&key| writer.push(key, index).unwrap());
        }
        assert!(writer.finish(&mut out).unwrap() > 15_000);
        out
    };
    let files = [MIN_BUDGET, 64 << 20].map(file);
    assert!(files[0] == files[1]);
    assert!(files[0].len() < 15_000 * 8, "{} bytes", files[0].len());
    // Least hashes are small: by themselves nearly all would fall into the first partition.
    let low = all.iter().filter(|&&anchor| anchor < u64::MAX / 3).count();
    assert!((all.len() * 31 / 100..all.len() * 36 / 100).contains(&low), "{low} of {}", all.len());
}

/// Documents that have one anchor and a context each: windows are compared one by one, and the first document with each is named,
/// whichever context it stands in.
#[test]
fn windows_of_one_anchor_are_found_across_contexts() {
    let mut random = Random(8);
    let mut letters = |count| -> String { (0..count).map(|_| char::from(b'a' + random.below(26) as u8)).collect() };
    let shared = letters(90);
    let quotes = (0..9).map(|n| &shared[n * 3..60 + n * 3]).chain([shared.as_str()]);
    let texts: Vec<String> = quotes.map(|quote| format!("{}{quote}{}", letters(30), letters(30))).collect();
    let spans = Substring { min_bytes: 40, min_words: 0, within: None };
    let left: Vec<String> = rounds(&texts, &spans, true)
        .into_iter()
        .zip(&texts)
        .map(|(cutting, text)| cutting.map_or(text.clone(), |cutting| cutting.text))
        .collect();
    assert_eq!(left, plain(&texts, 40, true));
    let cutting = rounds(&texts, &spans, true).pop().flatten().unwrap();
    let copies: Vec<Copy> = cutting.gone.iter().map(|gone| gone.copy).collect();
    let bytes: usize = cutting.gone.iter().map(|gone| gone.bytes).sum();
    assert_eq!((copies[0], copies.len(), bytes), (Copy::In(0), 9, 84), "{copies:?}");
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
