//! A text as CCNet gives it to its language models.

use super::chars::{self, NONSPACING};
use super::{nfd_into, python};

/// Marks of other scripts and typography that CCNet writes in ASCII. Its fullwidth digit one is a digit and has become `0` before.
const MARKS: &[(char, &str)] = &[
    ('«', "\""),
    ('´', "'"),
    ('»', "\""),
    ('–', "-"),
    ('—', " - "),
    ('’', "'"),
    ('“', "\""),
    ('”', "\""),
    ('„', "\""),
    ('…', "..."),
    ('∶', ":"),
    ('━', "-"),
    ('►', "-"),
    ('、', ","),
    ('。', "."),
    ('〈', "<"),
    ('〉', ">"),
    ('《', "\""),
    ('》', "\""),
    ('「', "\""),
    ('」', "\""),
    ('【', "["),
    ('】', "]"),
    ('！', "!"),
    ('％', "%"),
    ('（', "("),
    ('）', ")"),
    ('，', ","),
    ('．', ". "),
    ('：', ":"),
    ('；', ";"),
    ('？', "?"),
    ('～', "~"),
];

/// Appends `text` as `cc_net.text_normalizer.normalize` returns it: stripped, in lower case, decomposed (NFD) without combining marks,
/// every decimal digit a `0`, marks of punctuation in ASCII, without control characters, line feeds among them.
pub fn ccnet_into(text: &str, out: &mut String) {
    let text = python::strip(text);
    if text.is_ascii() {
        out.extend(text.bytes().filter(|byte| !byte.is_ascii_control()).map(|byte| match byte {
            b'0'..=b'9' => '0',
            byte => char::from(byte.to_ascii_lowercase()),
        }));
        return;
    }
    let mut plain = String::with_capacity(text.len());
    nfd_into(&python::lower(text), &mut plain);
    for c in plain.chars() {
        if c.is_ascii() {
            if !c.is_control() {
                out.push(if c.is_ascii_digit() { '0' } else { c });
            }
        } else if python::is_decimal(c) {
            out.push('0');
        } else if let Ok(at) = MARKS.binary_search_by_key(&c, |&(mark, _)| mark) {
            out.push_str(MARKS[at].1);
        } else if !c.is_control() && !chars::is(c, NONSPACING) {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MARKS, ccnet_into};

    #[test]
    fn marks_are_sorted() {
        assert!(MARKS.is_sorted_by_key(|&(mark, _)| mark));
    }

    #[test]
    fn texts_become_what_cc_net_makes_of_them() {
        // Pairs from `cc_net.text_normalizer.normalize` (commit bda555b) under CPython 3.11.
        for (text, normal) in [
            ("", ""),
            ("  \n\t", ""),
            ("A b\nC 123\u{7f}", "a bc 000"),
            ("Été à Zürich, 1999 – „gut“ … ①", "ete a zurich, 0000 - \"gut\" ... ①"),
            ("１２ ٣٤ 。「x」（y）；z：", "00 00 .\"x\"(y);z:"),
            ("a—b．c ►　d\u{85}e", "a - b. c -　de"),
            ("İstanbul ΑΣ Ǆ ﬁ", "istanbul ας ǆ ﬁ"),
            ("한국어 e\u{301}\u{302} å", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165} e a"),
        ] {
            let mut found = String::new();
            ccnet_into(text, &mut found);
            assert_eq!(found, normal, "{text:?}");
        }
    }
}
