//! From a passage to hashed features: words, pairs and triples of words, four letters in a row; in scripts without
//! spaces one to four characters in a row. Words of [`super::words`] are also taken by what they say: alone, beside a word, within reach of
//! a denial, and what the text has of them all together.

use super::words::{LONGEST_UNSPACED, Says, says};

/// 2^64 divided by the golden ratio, odd (Knuth, multiplicative hashing).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// The code of a word's border.
const BORDER: u64 = 1;
/// What stands for every kind of quotation mark: whether something is quoted decides what it means.
const QUOTE: u64 = 0x51_7C_C1_B7_27_22_0A_95;

/// What the text says where it quotes, beside [`Says`].
const QUOTES: u64 = 16;
/// How many words after a denial are denied.
const REACH: u32 = 4;
/// The same in characters of a script without spaces.
const UNSPACED_REACH: u32 = 8;

/// How much a feature counts: four letters in a row say half as much as a word, and their squares add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words and characters of scripts without spaces.
    Whole,
    /// Four letters in a row.
    Part,
}

impl Kind {
    /// Factor of the weight, in halves.
    #[must_use]
    pub fn halves(self) -> i32 {
        match self {
            Self::Whole => 2,
            Self::Part => 1,
        }
    }
}

/// Calls `emit` with the hash of every feature of `text`; the top bits of a hash are the best ones.
#[inline]
pub fn each_feature(text: &str, emit: impl FnMut(u64, Kind)) {
    let mut state = State {
        emit,
        codes: BORDER,
        letters: 0,
        word: 0,
        before: [0; 2],
        unspaced: 0,
        run: 0,
        said: Says::Nothing,
        denied: 0,
        all: 0,
    };
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                state.letter(u64::from(c.to_ascii_lowercase()));
            } else {
                state.end_word();
                if c == '"' {
                    state.token(QUOTE);
                }
            }
        } else if is_unspaced(c) {
            state.end_letters();
            state.character(u64::from(u32::from(c)));
        } else if c.is_alphanumeric() {
            state.letter(u64::from(u32::from(c.to_lowercase().next().unwrap_or(c))));
        } else {
            state.end_word();
            if matches!(c, '“' | '”' | '„' | '«' | '»' | '「' | '」' | '『' | '』') {
                state.token(QUOTE);
            }
        }
    }
    state.end_word();
    if state.all != 0 {
        let all = state.all;
        state.whole(all, 0x99);
    }
}

/// The hash of a word as [`each_feature`] meets it.
pub(super) fn hash_of_word(word: &str) -> u64 {
    if word.chars().all(is_unspaced) {
        let codes = word.chars().fold(0, |codes, c| codes << 16 | u64::from(u32::from(c)) & 0xFFFF);
        return unspaced_hash(codes);
    }
    word.chars().fold(0, |hash, c| with_letter(hash, u64::from(u32::from(c))))
}

/// The hash of a word with one more letter.
#[inline]
fn with_letter(hash: u64, code: u64) -> u64 {
    (hash ^ code).wrapping_mul(SPREAD).rotate_left(29)
}

/// The hash of characters of a script without spaces, 16 bits each.
#[inline]
fn unspaced_hash(codes: u64) -> u64 {
    (codes ^ 0xABCD).wrapping_mul(SPREAD)
}

/// Han and kana: their characters stand for words or parts of words.
#[inline]
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

struct State<F: FnMut(u64, Kind)> {
    emit: F,
    /// The last four codes of the word, 16 bits each.
    codes: u64,
    letters: usize,
    word: u64,
    /// Hashes of the last two words, the nearest first; 0: there is none.
    before: [u64; 2],
    /// The last four characters of a script without spaces.
    unspaced: u64,
    run: u32,
    /// What the last word says.
    said: Says,
    /// How many words or characters are still denied.
    denied: u32,
    /// What was said so far: [`Says`] and [`QUOTES`] as bits, denied ones 8 bits further up.
    all: u64,
}

impl<F: FnMut(u64, Kind)> State<F> {
    #[inline]
    fn letter(&mut self, code: u64) {
        self.run = 0;
        self.letters += 1;
        self.push(code);
        self.word = with_letter(self.word, code);
    }

    #[inline]
    fn push(&mut self, code: u64) {
        self.codes = self.codes << 16 | (code & 0xFFFF);
        if self.letters >= 3 {
            (self.emit)((self.codes ^ 0x0F0F).wrapping_mul(SPREAD), Kind::Part);
        }
    }

    #[inline]
    fn end_letters(&mut self) {
        if self.letters > 0 {
            self.push(BORDER);
            let word = self.word;
            self.token(word);
            (self.codes, self.letters, self.word) = (BORDER, 0, 0);
        }
    }

    #[inline]
    fn end_word(&mut self) {
        self.end_letters();
        self.run = 0;
    }

    /// A word, alone and with the words before it.
    fn token(&mut self, word: u64) {
        let [near, far] = self.before;
        (self.emit)((word ^ 0x11).wrapping_mul(SPREAD), Kind::Whole);
        if near != 0 {
            let pair = (near.rotate_left(17) ^ word).wrapping_mul(SPREAD);
            (self.emit)((pair ^ 0x22).wrapping_mul(SPREAD), Kind::Whole);
            if far != 0 {
                let triple = far.rotate_left(34) ^ pair;
                (self.emit)((triple ^ 0x33).wrapping_mul(SPREAD), Kind::Whole);
            }
        }
        self.say(word, near);
        self.before = [word | 1, near];
    }

    #[inline]
    fn whole(&mut self, key: u64, kind: u64) {
        (self.emit)((key.wrapping_mul(SPREAD) ^ kind).wrapping_mul(SPREAD), Kind::Whole);
    }

    /// Notes what a word says; `near`: the word before, 0 without one.
    #[inline]
    fn say(&mut self, word: u64, near: u64) {
        let (says, said) = (says(word), std::mem::replace(&mut self.said, Says::Nothing));
        self.said = says;
        if word == QUOTE {
            self.all |= QUOTES;
        }
        if says != Says::Nothing {
            self.note(says);
        }
        if near != 0 && (says != Says::Nothing || said != Says::Nothing) {
            let left = if said == Says::Nothing { near } else { (said as u64) << 8 };
            let right = if says == Says::Nothing { word } else { says as u64 };
            self.whole(left.rotate_left(17) ^ right, 0x44);
        }
        if self.denied > 0 && says != Says::Denial {
            self.whole(word, 0x55);
        }
        match says {
            Says::Denial => self.denied = REACH,
            _ => self.denied = self.denied.saturating_sub(1),
        }
    }

    /// Notes a word that says something.
    fn note(&mut self, says: Says) {
        self.whole(says as u64, 0x77);
        self.all |= says as u64;
        if self.denied > 0 && says != Says::Denial {
            self.whole(says as u64, 0x56);
            self.all |= (says as u64) << 8;
        }
    }

    /// A character of a script without spaces, alone and with up to three before it.
    fn character(&mut self, code: u64) {
        self.unspaced = self.unspaced << 16 | (code & 0xFFFF);
        self.run = (self.run + 1).min(4);
        for n in 1..=self.run {
            let mask = if n == 4 { u64::MAX } else { (1 << (16 * n)) - 1 };
            let key = (self.unspaced & mask).wrapping_mul(SPREAD) ^ u64::from(n);
            (self.emit)(key.wrapping_mul(SPREAD), Kind::Whole);
        }
        for n in 2..=self.run.min(LONGEST_UNSPACED) {
            let mask = if n == 4 { u64::MAX } else { (1 << (16 * n)) - 1 };
            let says = says(unspaced_hash(self.unspaced & mask));
            if says != Says::Nothing {
                self.note(says);
            }
            if says == Says::Denial {
                self.denied = UNSPACED_REACH + 1;
            }
        }
        self.denied = self.denied.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(text: &str) -> Vec<(u64, Kind)> {
        let mut out = Vec::new();
        each_feature(text, |hash, kind| out.push((hash, kind)));
        out
    }

    fn count(text: &str, kind: Kind) -> usize {
        features(text).iter().filter(|(_, own)| *own == kind).count()
    }

    #[test]
    fn words_alone_in_pairs_and_in_triples() {
        assert_eq!(count("one two three four", Kind::Whole), 4 + 3 + 2);
        assert_eq!(count("abcd", Kind::Part), 3, "`#abc`, `abcd`, `bcd#`");
        assert_eq!(count("ab", Kind::Part), 0);
        assert_eq!(features("Straße, Übel!"), features("straße übel"));
        assert_eq!(features("“so”"), features("\"so\""));
        assert_ne!(features("“so”"), features("so"));
    }

    #[test]
    fn what_words_say_of_people_is_a_feature_of_its_own() {
        let shared = |a: &str, b: &str| {
            let (a, b) = (features(a), features(b));
            a.iter().filter(|one| b.contains(one)).count()
        };
        // Other names and other praise: besides letters, that a group is named and praised, side by side, and that that is all.
        assert_eq!(shared("juden klug", "frauen nett"), 4);
        assert_eq!(shared("juden klug", "frauen bridge"), 1);
        // A word within reach of a denial is another one.
        assert_eq!(count("never kind", Kind::Whole), count("ever kind", Kind::Whole) + 3);
        assert_ne!(features("never one two three four five"), features("never one two three four five x"));
        assert_eq!(count("never a b c d e", Kind::Whole), count("bridge a b c d e", Kind::Whole) + 1 + 1 + 4 + 1);
        assert_eq!(shared("同性恋聪明", "穆斯林可爱"), 3);
    }

    #[test]
    fn characters_of_scripts_without_spaces() {
        assert_eq!(count("你好吗", Kind::Whole), 3 + 2 + 1);
        assert_eq!(count("你好，吗", Kind::Whole), 2 + 1 + 1);
        assert_eq!(count("你好a", Kind::Whole), 2 + 1 + 1);
        assert!(features("").is_empty() && features(" ,. ").is_empty());
    }
}
