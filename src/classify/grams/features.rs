//! From a passage to hashed features: words, pairs and triples of words, four letters in a row; in scripts without
//! spaces one to four characters in a row.

/// 2^64 divided by the golden ratio, odd (Knuth, multiplicative hashing).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// The code of a word's border.
const BORDER: u64 = 1;
/// What stands for every kind of quotation mark: whether something is quoted decides what it means.
const QUOTE: u64 = 0x51_7C_C1_B7_27_22_0A_95;

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
    let mut state = State { emit, codes: BORDER, letters: 0, word: 0, before: [0; 2], unspaced: 0, run: 0 };
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
}

impl<F: FnMut(u64, Kind)> State<F> {
    #[inline]
    fn letter(&mut self, code: u64) {
        self.run = 0;
        self.letters += 1;
        self.push(code);
        self.word = (self.word ^ code).wrapping_mul(SPREAD).rotate_left(29);
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
        self.before = [word | 1, near];
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
    fn characters_of_scripts_without_spaces() {
        assert_eq!(count("你好吗", Kind::Whole), 3 + 2 + 1);
        assert_eq!(count("你好，吗", Kind::Whole), 2 + 1 + 1);
        assert_eq!(count("你好a", Kind::Whole), 2 + 1 + 1);
        assert!(features("").is_empty() && features(" ,. ").is_empty());
    }
}
