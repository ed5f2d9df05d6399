use super::*;
use crate::text::SentenceRule;

const LINES: Pieces = Pieces { unit: Unit::Line, compare: Compare::Bytes, span: 1, min_chars: 0, min_words: 0 };

fn compared(compare: Compare, piece: &str) -> String {
    let mut out = String::new();
    compare.append(piece, &mut String::new(), &mut out);
    out
}

fn pieces_of(unit: Unit, text: &str) -> Vec<String> {
    let mut split = Split::default();
    unit.split(&TextView::new(text), &mut split);
    split.pieces.iter().map(|&(start, end)| text[start..end].to_owned()).collect()
}

/// The text without the pieces whose key is that of one of `copies`.
fn cut(pieces: Pieces, text: &str, copies: &[&str], repeats: bool) -> Option<String> {
    let keys: Vec<u128> = copies.iter().map(|copy| content_key(compared(pieces.compare, copy).as_bytes())).collect();
    let elsewhere = |key| keys.contains(&key).then_some(7);
    pieces.cut(&TextView::new(text), &mut Work::default(), &elsewhere, repeats).map(|cutting| cutting.text)
}

#[test]
fn the_forms_of_comparison() {
    let text = "\u{a0} „Straße“ №٣４５,\x07 ΟΔΟΣ… 1.5\u{2028}";
    assert_eq!(compared(Compare::Bytes, text), text);
    assert_eq!(compared(Compare::Lower, text), "„straße“ №٣４５,\x07 οδος… 1.5");
    assert_eq!(compared(Compare::Normalized, " A\t\tB\u{301}  "), "a b\u{301}");
    // The digits of every script are zeros; the marks go, ASCII punctuation stays.
    assert_eq!(compared(Compare::CcNet, text), "straße №000, οδος 0.0");
    assert_eq!(compared(Compare::CcNet, "  Ab\t1\u{7f}2!  "), "ab00!");
    assert_eq!(compared(Compare::CcNet, "a１»b\u{85}"), "a0b");
    assert_eq!(compared(Compare::Simplified, " Café, No. 12! "), "cafe no 0");
}

#[test]
fn the_pieces_of_a_text() {
    assert_eq!(pieces_of(Unit::Line, "a\n\n b \r\nc\n"), ["a", "", " b \r", "c", ""]);
    assert_eq!(pieces_of(Unit::Line, ""), [""; 0]);
    assert_eq!(pieces_of(Unit::Paragraph, "\n a\nb\r\n \r\n\n\tc\n"), [" a\nb\r", "\tc"]);
    assert_eq!(pieces_of(Unit::Paragraph, " \n\n"), [""; 0]);
    let spacy = Unit::Sentence(SentenceRule::SpacyEn);
    assert_eq!(pieces_of(spacy, " One here. Two\nhere!  Three "), ["One here.", "Two\nhere!", "Three"]);
    assert_eq!(pieces_of(Unit::Sentence(SentenceRule::Uax29), "One here. Two. "), ["One here.", "Two."]);
}

#[test]
fn what_is_left_keeps_its_own_separators() {
    assert_eq!(cut(LINES, "a\nb\nc", &["b"], false).as_deref(), Some("a\nc"));
    assert_eq!(cut(LINES, "a\nb\nc\n", &["a"], false).as_deref(), Some("b\nc\n"));
    assert_eq!(cut(LINES, "a\n\n b\n", &["a", ""], false).as_deref(), Some(" b"));
    assert_eq!(cut(LINES, "a\na", &["a"], false).as_deref(), Some(""));
    assert_eq!(cut(LINES, "a\nb", &["c"], true), None);
    let paragraphs = Pieces { unit: Unit::Paragraph, ..LINES };
    assert_eq!(cut(paragraphs, "\n\na\n\n\nb\n \nc\n", &["a"], false).as_deref(), Some("b\n \nc\n"));
    assert_eq!(cut(paragraphs, "a\n\n\nb\n \nc\n", &["b", "c"], false).as_deref(), Some("a"));
    let sentences = Pieces { unit: Unit::Sentence(SentenceRule::SpacyEn), ..LINES };
    assert_eq!(cut(sentences, " One.  Two. Three.", &["One."], false).as_deref(), Some("Two. Three."));
    // White space behind a sentence that has ended is a sentence of its own for spaCy, else it is part of the last.
    assert_eq!(cut(sentences, "One. Two.\n\n", &["Two."], false).as_deref(), Some("One.\n\n"));
    assert_eq!(cut(sentences, "One. Two\n\n", &["Two"], false).as_deref(), Some("One."));
}

#[test]
fn repeats_and_spans() {
    assert_eq!(cut(LINES, "a\nb\na\nb", &[], true).as_deref(), Some("a\nb"));
    assert_eq!(cut(LINES, "a\nb\na\nb", &["b"], false).as_deref(), Some("a\na"));
    let two = Pieces { span: 2, ..LINES };
    assert_eq!(cut(two, "a\nb\nc\nd", &["b c"], false).as_deref(), Some("a\nd"));
    assert_eq!(cut(two, "a\na\na\na", &[], true).as_deref(), Some("a"), "spans overlap");
    assert_eq!(cut(two, "a", &["a"], true), None, "too short for one span");
    let view = TextView::new("a\nb\na\nb\n");
    let mut work = Work::default();
    assert!(two.keys(&view, &mut work));
    assert_eq!(work.keys.len(), 3, "a b, b a, and b with nothing");
    let cutting = two.cut(&view, &mut work, &|_| None, true).unwrap();
    let gone: Vec<_> = cutting.gone.iter().map(|one| (one.piece, one.at, one.bytes, one.copy)).collect();
    assert_eq!(gone, [(2, 4, 1, Copy::Here), (3, 6, 1, Copy::Here)]);
}

#[test]
fn short_ones_are_exempt() {
    let long = Pieces { min_chars: 4, ..LINES };
    assert_eq!(cut(long, "ab \nabcd\nabcd\nab ", &["ab ", "ab"], true).as_deref(), Some("ab \nabcd\nab "));
    assert_eq!(cut(long, "äöü\näöü", &["äöü"], true), None, "characters, not bytes");
    assert!(cut(long, "äöüß\näöüß", &[], true).is_some());
    let wordy = Pieces { min_words: 2, ..LINES };
    assert_eq!(cut(wordy, "one\ntwo words\none\ntwo words", &["one"], true).as_deref(), Some("one\ntwo words\none"));
}
