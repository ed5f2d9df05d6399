use super::classes::{Classes, LETTER, LOWER, NUMBER, SPACE, UPPER};

/// Counts of the characters that Oniguruma in the Python wheel of `tokenizers` 0.23.3 matches (Unicode 16).
#[test]
fn classes_are_those_of_the_reference() {
    let classes = Classes::get();
    for (class, expected) in [(LETTER, 141_028), (NUMBER, 1911), (SPACE, 25), (UPPER, 141_271), (LOWER, 141_640)] {
        let of = |c: &char| classes.at(c.encode_utf8(&mut [0; 4]).as_bytes(), 0).0 & class != 0;
        assert_eq!(('\0'..=char::MAX).filter(of).count(), expected, "class {class}");
    }
}
