use super::classes::{Classes, LETTER, LOWER, NUMBER, SPACE, UPPER};
use super::{Added, Finder};

/// Counts of the characters that Oniguruma in the Python wheel of `tokenizers` 0.23.3 matches (Unicode 16).
#[test]
fn classes_are_those_of_the_reference() {
    let classes = Classes::get();
    for (class, expected) in [(LETTER, 141_028), (NUMBER, 1911), (SPACE, 25), (UPPER, 141_271), (LOWER, 141_640)] {
        let of = |c: &char| classes.at(c.encode_utf8(&mut [0; 4]).as_bytes(), 0).0 & class != 0;
        assert_eq!(('\0'..=char::MAX).filter(of).count(), expected, "class {class}");
    }
}

/// Tokens that are found by their first two bytes, at every place of a text longer than a chunk, beside others that begin like them.
#[test]
fn added_tokens_are_found_at_every_place() {
    let token = |(id, content): (u32, &&str)| Added {
        content: (*content).into(),
        id,
        lstrip: false,
        rstrip: false,
        single_word: false,
    };
    let contents = ["  ", "    ", "||mail||", "é!"];
    let finder = Finder::new((0..).zip(&contents).map(token).collect()).unwrap();
    for before in 0..100 {
        for (id, content) in (0u32..).zip(&contents) {
            for after in ["", "x", "||ma xy", " y"] {
                let text = format!("{}{content}{after}", "|m ".repeat(40)[..before].trim_end_matches([' ', '|']));
                let (mut ids, mut texts) = (Vec::new(), 0);
                finder.split(
                    &text,
                    &mut (&mut ids, &mut texts),
                    |sink, text| *sink.1 += text.len(),
                    |sink, id| sink.0.push(id),
                );
                assert_eq!(ids, [id], "{text:?}");
                assert_eq!(texts, text.len() - content.len(), "{text:?}");
            }
        }
    }
}
