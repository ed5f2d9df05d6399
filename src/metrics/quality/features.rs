//! What the quality score looks at: rates of function words, of kinds of characters and of kinds of lines. Every one is
//! a share of words, bytes or lines, so that a longer text of the same kind has the same features.

use std::sync::LazyLock;

/// Number of features.
pub const COUNT: usize = 17;

/// Names of the features, for people.
pub const NAMES: [&str; COUNT] = [
    "function words",
    "lines with a final mark",
    "length of lines",
    "capitals",
    "digits",
    "signs",
    "capitalised words",
    "colons",
    "words of whole sentences",
    "he, she, they",
    "connectives",
    "commas",
    "words of buttons and shops",
    "past tense",
    "you",
    "list items",
    "bars and ellipses",
];

/// What 1 is in the features: whole numbers are the same on every processor.
pub const ONE: i64 = 4096;

/// Features of a text, and its length, which the score does not use and training holds against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// The features, in the order of [`NAMES`].
    pub values: [i64; COUNT],
    /// Binary logarithm of the length in bytes, times 256.
    pub length: i64,
}

const FUNCTION: u8 = 1;
const THIRD: u8 = 2;
const CONNECTIVE: u8 = 4;
const BUTTON: u8 = 8;
const PAST: u8 = 16;
const YOU: u8 = 32;

/// Classes of words, each at most eight letters long.
const WORDS: [(u8, &str); 6] = [
    (
        FUNCTION,
        "the of and to a in is that it for was on are as with his they at be this have from or had by but not what all \
         were we when your can said there use an each which she do how their if will would could should our than then \
         has been into only other some its who my more these two may first did him her them he you i me about out up",
    ),
    (THIRD, "he she they his her their him them himself herself"),
    (
        CONNECTIVE,
        "because however although while but if when which who that so than then also even more whether whose though \
         since until after before where why how instead rather yet still just",
    ),
    (
        BUTTON,
        "click login search home contact email comments comment share posted price cart free buy sign menu page view \
         shipping register reply tags category download online order checkout password username filed archive previous \
         next reserved cookies website site link links url item items product products sale stock",
    ),
    (PAST, "was were had did said came went took made became began told knew thought found"),
    (YOU, "you your yours"),
];

/// Slots of the table of words: a power of two, at most half of them filled.
const SLOTS: usize = 1024;

static TABLE: LazyLock<Box<[(u64, u8); SLOTS]>> = LazyLock::new(|| {
    let mut table = Box::new([(0, 0); SLOTS]);
    for (class, list) in WORDS {
        for word in list.split_ascii_whitespace() {
            let key = word.bytes().fold(0, |key, byte| key << 8 | u64::from(byte));
            let at = slot(&table, key);
            table[at].0 = key;
            table[at].1 |= class;
        }
    }
    table
});

/// The slot of a key, or the free one where it belongs.
#[inline]
fn slot(table: &[(u64, u8); SLOTS], key: u64) -> usize {
    let mut at = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize;
    while table[at].0 != key && table[at].0 != 0 {
        at = (at + 1) % SLOTS;
    }
    at
}

/// Longest word that can be in the table, in bytes.
const LONGEST: usize = 8;
/// Words of a sentence that counts as whole.
const WHOLE: std::ops::RangeInclusive<i64> = 5..=60;
/// Lines longer than this many bytes count as this long: a paragraph is a paragraph.
const LONG_LINE: i64 = 1024;

impl Features {
    /// The features of a text; `None` when it has no word.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut pass = Pass::default();
        for line in text.split('\n') {
            pass.line(line.as_bytes());
        }
        pass.features(text.len())
    }
}

/// Kinds of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Small,
    Capital,
    Digit,
    Space,
    Sign,
    /// Part of a character beyond ASCII.
    High,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Sign; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        kinds[byte] = if c >= 0x80 {
            Kind::High
        } else if c.is_ascii_lowercase() {
            Kind::Small
        } else if c.is_ascii_uppercase() {
            Kind::Capital
        } else if c.is_ascii_digit() {
            Kind::Digit
        } else if c <= b' ' || c == 0x7F {
            Kind::Space
        } else {
            Kind::Sign
        };
        byte += 1;
    }
    kinds
};

/// Counts of one pass.
#[derive(Default)]
struct Pass {
    words: i64,
    bytes: i64,
    lines: i64,
    ended_lines: i64,
    items: i64,
    capitals: i64,
    digits: i64,
    signs: i64,
    capitalised: i64,
    colons: i64,
    commas: i64,
    bars: i64,
    whole: i64,
    function: i64,
    third: i64,
    connective: i64,
    button: i64,
    past: i64,
    you: i64,
    /// Words of the sentence that is going on.
    sentence: i64,
}

impl Pass {
    /// Takes in a line. Punctuation beyond ASCII (`“`, `—`, `…`) ends a word; other characters beyond ASCII are letters.
    fn line(&mut self, line: &[u8]) {
        let line = line.trim_ascii();
        let (Some(&first), Some(last)) = (line.first(), line.last()) else { return };
        self.lines += 1;
        self.items += i64::from(matches!(first, b'-' | b'*' | b'|' | b'#') || line.starts_with("•".as_bytes()));
        self.ended_lines += i64::from(matches!(last, b'.' | b'!' | b'?' | b'"') || line.ends_with("”".as_bytes()));
        let mut at = 0;
        let mut spaces = 0;
        while at < line.len() {
            let byte = line[at];
            match KINDS[usize::from(byte)] {
                Kind::Small | Kind::Capital | Kind::Digit => at = self.word(line, at),
                Kind::High => match sign_length(&line[at..]) {
                    Some(length) => {
                        self.bars += i64::from(line[at..].starts_with("…".as_bytes()));
                        self.signs += 1;
                        at += length;
                    }
                    None => at = self.word(line, at),
                },
                Kind::Space => {
                    spaces += 1;
                    at += 1;
                }
                Kind::Sign => {
                    at += 1;
                    self.sign(byte, line.get(at).copied());
                }
            }
        }
        self.bytes += line.len() as i64 - spaces;
        self.sentence = 0;
    }

    fn sign(&mut self, byte: u8, next: Option<u8>) {
        self.signs += 1;
        match byte {
            b':' => self.colons += 1,
            b',' => self.commas += 1,
            b'|' => self.bars += 1,
            b'.' | b'!' | b'?' => {
                self.bars += i64::from(byte == b'.' && next == Some(b'.'));
                // Quotes and brackets may stand between the mark and the space.
                if next.is_none_or(|next| matches!(next, b' ' | b'"' | b')' | b'\t' | 0x80..)) {
                    self.whole += if WHOLE.contains(&self.sentence) { self.sentence } else { 0 };
                    self.sentence = 0;
                }
            }
            _ => {}
        }
    }

    /// Takes in the word that begins at `start`; where it ends.
    #[inline]
    fn word(&mut self, line: &[u8], start: usize) -> usize {
        let (mut at, mut key, mut ascii) = (start, 0_u64, true);
        while at < line.len() {
            let byte = line[at];
            match KINDS[usize::from(byte)] {
                Kind::Small => key = key << 8 | u64::from(byte),
                Kind::Capital => {
                    self.capitals += 1;
                    key = key << 8 | u64::from(byte | 0x20);
                }
                Kind::Digit => {
                    self.digits += 1;
                    ascii = false;
                }
                Kind::High if sign_length(&line[at..]).is_none() => ascii = false,
                _ => break,
            }
            at += 1;
        }
        self.words += 1;
        self.sentence += 1;
        self.capitalised += i64::from(KINDS[usize::from(line[start])] == Kind::Capital);
        if ascii && at - start <= LONGEST {
            self.class(key);
        }
        at
    }

    #[inline]
    fn class(&mut self, key: u64) {
        let table = &*TABLE;
        let class = table[slot(table, key)].1;
        if class == 0 {
            return;
        }
        let has = |bit: u8| i64::from(class & bit != 0);
        self.function += has(FUNCTION);
        self.third += has(THIRD);
        self.connective += has(CONNECTIVE);
        self.button += has(BUTTON);
        self.past += has(PAST);
        self.you += has(YOU);
    }

    fn features(&self, length: usize) -> Option<Features> {
        if self.words == 0 {
            return None;
        }
        let word = |count: i64| count * ONE / self.words;
        let byte = |count: i64| count * ONE / self.bytes.max(1);
        let line = |count: i64| count * ONE / self.lines.max(1);
        let values = [
            word(self.function),
            line(self.ended_lines),
            log2((self.bytes / self.lines.max(1)).clamp(1, LONG_LINE)),
            byte(self.capitals),
            byte(self.digits),
            byte(self.signs),
            word(self.capitalised),
            word(self.colons),
            word(self.whole),
            word(self.third),
            word(self.connective),
            word(self.commas),
            word(self.button),
            word(self.past),
            word(self.you),
            line(self.items),
            word(self.bars),
        ];
        Some(Features { values, length: log2(i64::try_from(length).unwrap_or(i64::MAX)) })
    }
}

/// The length of the punctuation mark beyond ASCII at the start of `bytes`: U+2000 to U+206F and U+00A0 to U+00BF.
#[inline]
fn sign_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0xE2, 0x80, ..] => Some(3),
        [0xE2, 0x81, 0x80..=0xAF, ..] => Some(3),
        [0xC2, 0xA0..=0xBF, ..] => Some(2),
        _ => None,
    }
}

/// Binary logarithm times 256 of a number from 1 on, linear between powers of two.
fn log2(number: i64) -> i64 {
    let power = i64::from(number.max(1).ilog2());
    let above = number.max(1) - (1 << power);
    power * 256 + if power >= 8 { above >> (power - 8) } else { above << (8 - power) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, text: &str) -> i64 {
        let place = NAMES.iter().position(|own| *own == name).unwrap();
        Features::of(text).unwrap().values[place]
    }

    #[test]
    fn rates_are_shares_of_words_bytes_and_lines() {
        let text = "He said that the ferry, an old one, was late.\n- Home | Contact: 12";
        assert_eq!(of("function words", text), 6 * ONE / 13, "he said that the an was; not one, late");
        assert_eq!(of("lines with a final mark", text), ONE / 2);
        assert_eq!(of("list items", text), ONE / 2);
        assert_eq!(of("commas", text), 2 * ONE / 13);
        assert_eq!(of("colons", text), ONE / 13);
        assert_eq!(of("words of whole sentences", text), 10 * ONE / 13);
        assert_eq!(of("words of buttons and shops", text), 2 * ONE / 13);
        assert_eq!(of("capitalised words", text), 3 * ONE / 13);
    }

    #[test]
    fn a_text_written_twice_has_the_same_features() {
        let text = "The mill stood by the river. It “ground” corn — and, café or no café, it paid.\n";
        let once = Features::of(text).unwrap();
        let thrice = Features::of(&text.repeat(4)).unwrap();
        assert_eq!(once.values, thrice.values);
        assert_eq!(once.length + 512, thrice.length);
    }

    #[test]
    fn nothing_to_measure_in_texts_without_words() {
        for text in ["", "\n\n", " -- | …", "“”"] {
            assert_eq!(Features::of(text), None, "{text:?}");
        }
        assert!(Features::of("é").is_some() && Features::of("水").is_some());
    }

    #[test]
    fn logarithms_are_exact_at_powers_of_two() {
        for (number, wanted) in [(1, 0), (2, 256), (3, 384), (1024, 2560), (1536, 2688), (0, 0)] {
            assert_eq!(log2(number), wanted, "{number}");
        }
    }

    #[test]
    fn no_two_words_share_a_slot() {
        let words: std::collections::HashSet<&str> =
            WORDS.iter().flat_map(|(_, list)| list.split_ascii_whitespace()).collect();
        assert!(words.iter().all(|word| word.len() <= LONGEST && word.bytes().all(|b| b.is_ascii_lowercase())));
        assert_eq!(TABLE.iter().filter(|(key, _)| *key != 0).count(), words.len());
        assert!(words.len() * 2 <= SLOTS);
    }
}
