//! How much a decoded text looks like Chinese, Japanese or Korean: most of its characters are among the commonest.

use std::sync::LazyLock;

/// The commonest characters: `language characters`, counted by `tests/scripts/train_charset.py`.
const COMMON: &str = include_str!("common.txt");

/// One bit a character of the basic plane.
static COMMON_SET: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut set = vec![0; 1 << 10];
    for c in COMMON.lines().filter_map(|line| line.split_once(' ')).flat_map(|(_, text)| text.chars()) {
        if let Some(word) = set.get_mut(c as usize / 64) {
            *word |= 1 << (c as usize % 64);
        }
    }
    set
});

/// Characters outside ASCII, and how many of them are common ones of East Asia: kana, the commonest ideographs and
/// syllables, and their punctuation. One that touches an ASCII letter is not counted as common: so letters of the West
/// look when two bytes are read as one character.
#[must_use]
pub fn common(text: &str) -> (u64, u64) {
    let (mut all, mut good) = (0, 0);
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii() {
            all += 1;
            let touches = before.is_ascii_alphabetic() || chars.peek().is_some_and(char::is_ascii_alphabetic);
            good += u64::from(!touches && is_common(c));
        }
        before = c;
    }
    (all, good)
}

fn is_common(c: char) -> bool {
    let marks = matches!(c, '\u{3001}'..='\u{3011}' | '\u{3041}'..='\u{30fc}' | '！' | '（' | '）' | '，' | '：' | '？' | '；' | '．');
    marks || COMMON_SET.get(c as usize / 64).is_some_and(|word| word >> (c as usize % 64) & 1 == 1)
}
