//! The substitutions of NLTK's word tokenizer, over one chunk.

use super::{APOSTROPHE, BRACKET, Beside, CLOSING, COLON, Chunk, DASH, MARK, OPENING, QUOTE, STOP, TICK, WIDE};
use crate::text::python;

/// What a byte has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    /// Itself.
    None,
    /// The first byte of an opening quote.
    Open,
    /// A closing quote.
    Close,
    /// The second byte of an opening quote.
    Rest,
}

/// Cuts chunks; keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// Whether a space has been put before each byte, and behind the last.
    gaps: Vec<bool>,
    quotes: Vec<Quote>,
}

impl Cutter {
    /// Appends the words of a chunk.
    pub(super) fn cut<'t>(&mut self, chunk: &Chunk<'t>, words: &mut Vec<&'t str>) {
        let n = chunk.text.len();
        self.gaps.clear();
        self.gaps.resize(n + 1, false);
        self.quotes.clear();
        self.quotes.resize(n, Quote::None);
        Pass { chunk, bytes: chunk.text.as_bytes(), gaps: &mut self.gaps, quotes: &mut self.quotes }.all();
        let mut start = 0;
        for end in 1..=n {
            if end == n || self.gaps[end] {
                words.push(match self.quotes[start] {
                    Quote::Open => OPENING,
                    Quote::Close => CLOSING,
                    Quote::None | Quote::Rest => &chunk.text[start..end],
                });
                start = end;
            }
        }
    }
}

/// All passes over one chunk. Each sees the gaps of those before it, as each substitution sees the spaces.
pub(super) struct Pass<'c, 't> {
    pub(super) chunk: &'c Chunk<'t>,
    pub(super) bytes: &'t [u8],
    pub(super) gaps: &'c mut [bool],
    pub(super) quotes: &'c mut [Quote],
}

impl Pass<'_, '_> {
    /// In NLTK's order.
    fn all(&mut self) {
        let has = |kinds: u16| self.chunk.kinds & kinds != 0;
        let (ticks, wide, apostrophes, quotes) = (has(TICK), has(WIDE), has(APOSTROPHE), has(QUOTE));
        let (colons, stops, marks, brackets, dashes) = (has(COLON), has(STOP), has(MARK), has(BRACKET), has(DASH));
        if wide {
            self.around_wide(&["«", "“", "‘", "„"]);
        }
        if ticks {
            self.backticks();
        }
        if quotes || apostrophes {
            self.opening_quotes();
        }
        if apostrophes {
            self.apostrophe_before_letter();
        }
        if let Some(stop) = self.chunk.last_stop {
            self.around(stop, stop + 1);
        }
        if colons {
            self.colons();
        }
        if stops {
            self.runs(b'.', |start, end| (end - start >= 2).then_some(end - start));
        }
        if marks {
            self.around_each(|byte| matches!(byte, b';' | b'@' | b'#' | b'$' | b'%' | b'&' | b'?' | b'!'));
        }
        if apostrophes {
            self.apostrophe_before_space();
        }
        if brackets {
            self.around_each(|byte| matches!(byte, b'*' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>'));
        }
        if dashes {
            self.runs(b'-', |_, _| Some(2));
        }
        if wide {
            self.around_wide(&["»", "”", "’"]);
        }
        if apostrophes {
            self.runs(b'\'', |_, _| Some(2));
        }
        if quotes {
            self.closing_quotes();
        }
        if apostrophes {
            self.short_clitics();
            self.long_clitics();
        }
        self.contractions();
        if apostrophes {
            self.it_is("tis");
            self.it_is("twas");
        }
    }

    /// Puts spaces around a range.
    pub(super) fn around(&mut self, start: usize, end: usize) {
        self.gaps[start] = true;
        self.gaps[end] = true;
    }

    fn around_each(&mut self, is_one: impl Fn(u8) -> bool) {
        for (at, &byte) in self.bytes.iter().enumerate() {
            if is_one(byte) {
                self.gaps[at] = true;
                self.gaps[at + 1] = true;
            }
        }
    }

    fn around_wide(&mut self, quotes: &[&str]) {
        for (at, &byte) in self.bytes.iter().enumerate() {
            if !matches!(byte, 0xc2 | 0xe2) {
                continue;
            }
            if let Some(quote) = quotes.iter().find(|quote| self.bytes[at..].starts_with(quote.as_bytes())) {
                self.around(at, at + quote.len());
            }
        }
    }

    /// Finds runs of `byte` that nothing has cut, and puts spaces around pieces of the length that `piece` gives for
    /// the run, as many as fit.
    fn runs(&mut self, byte: u8, piece: impl Fn(usize, usize) -> Option<usize>) {
        let mut at = 0;
        while let Some(found) = memchr::memchr(byte, &self.bytes[at..]) {
            let start = at + found;
            let mut end = start + 1;
            if self.quotes[start] != Quote::None {
                at = end;
                continue;
            }
            while self.bytes.get(end) == Some(&byte) && !self.gaps[end] && self.quotes[end] == Quote::None {
                end += 1;
            }
            if let Some(length) = piece(start, end) {
                for piece in 0..(end - start) / length {
                    self.around(start + piece * length, start + (piece + 1) * length);
                }
            }
            at = end;
        }
    }

    /// A run of backticks, then each two of it.
    fn backticks(&mut self) {
        let mut start = 0;
        while let Some(found) = memchr::memchr(b'`', &self.bytes[start..]) {
            start += found;
            let length = self.bytes[start..].iter().take_while(|&&byte| byte == b'`').count();
            self.around(start, start + length);
            for pair in 1..=length / 2 {
                self.gaps[start + 2 * pair] = true;
            }
            start += length;
        }
    }

    /// A double quote at the very beginning; a double quote or two apostrophes after a space or an opening bracket.
    fn opening_quotes(&mut self) {
        // A gap that this pass itself put is no space to it.
        let mut own_gap = usize::MAX;
        let mut at = 0;
        while at < self.bytes.len() {
            let length = match self.bytes[at] {
                b'"' => 1,
                b'\'' if self.bytes.get(at + 1) == Some(&b'\'') => 2,
                _ => {
                    at += 1;
                    continue;
                }
            };
            let before = at.checked_sub(1).map(|before| self.bytes[before]);
            let opens = match (before, self.chunk.before) {
                (None, Beside::Nothing) => length == 1,
                (None, beside) => beside == Beside::Space,
                (Some(before), _) => self.gaps[at] && at != own_gap || matches!(before, b'(' | b'[' | b'{' | b'<'),
            };
            if !opens {
                at += 1;
                continue;
            }
            self.quotes[at] = Quote::Open;
            self.quotes[at + 1..at + length].fill(Quote::Rest);
            // The substitution at the beginning is one before, and its spaces are seen by the next.
            let is_first = at == 0 && self.chunk.before == Beside::Nothing;
            if !is_first && !self.gaps[at + length] {
                own_gap = at + length;
            }
            self.around(at, at + length);
            at += length;
        }
    }

    /// An apostrophe and one single letter or digit that is not the rest of a clitic: a space between.
    fn apostrophe_before_letter(&mut self) {
        for at in memchr::memchr_iter(b'\'', self.bytes) {
            if self.quotes[at] != Quote::None || self.gaps[at + 1] {
                continue;
            }
            let Some(c) = self.char_at(at + 1).filter(|&c| python::is_word(c)) else {
                continue;
            };
            let is_clitic = matches!(c, 'm' | 't' | 's' | 'd' | 'n' | 'M' | 'T' | 'S' | 'D' | 'N' | 'ſ');
            if !is_clitic && self.word_ends(at + 1 + c.len_utf8()) {
                self.gaps[at + 1] = true;
            }
        }
    }

    /// A colon or comma before anything but a digit. What follows is passed over, another colon too.
    fn colons(&mut self) {
        let mut at = 0;
        while let Some(found) = memchr::memchr2(b':', b',', &self.bytes[at..]) {
            at += found;
            match self.char_at(at + 1).filter(|_| !self.gaps[at + 1]) {
                None => {
                    self.around(at, at + 1);
                    at += 1;
                }
                Some(c) if python::is_decimal(c) => at += 1,
                Some(c) => {
                    self.around(at, at + 1);
                    at += 1 + c.len_utf8();
                }
            }
        }
    }

    /// An apostrophe before a space and after anything but another one.
    fn apostrophe_before_space(&mut self) {
        for at in memchr::memchr_iter(b'\'', self.bytes) {
            let after_other = at > 0 && (self.gaps[at] || self.bytes[at - 1] != b'\'');
            if self.quotes[at] == Quote::None && after_other && self.space_at(at + 1, false) {
                self.gaps[at] = true;
            }
        }
    }

    fn closing_quotes(&mut self) {
        for at in memchr::memchr_iter(b'"', self.bytes) {
            if self.quotes[at] == Quote::None {
                self.quotes[at] = Quote::Close;
                self.gaps[at] = true;
                self.gaps[at + 1] = true;
            }
        }
    }

    /// `'s`, `'m`, `'d` or an apostrophe alone, before a space.
    fn short_clitics(&mut self) {
        for at in memchr::memchr_iter(b'\'', self.bytes) {
            if self.quotes[at] != Quote::None || !self.clitic_may_begin(at) {
                continue;
            }
            let letter = self.bytes.get(at + 1).filter(|_| !self.gaps[at + 1]);
            let is_letter = matches!(letter, Some(b's' | b'S' | b'm' | b'M' | b'd' | b'D'));
            if is_letter && self.space_at(at + 2, true) || self.space_at(at + 1, true) {
                self.gaps[at] = true;
            }
        }
    }

    /// `'ll`, `'re`, `'ve` and `n't`, before a space, in capitals or not.
    fn long_clitics(&mut self) {
        for at in memchr::memchr_iter(b'\'', self.bytes) {
            if self.quotes[at] != Quote::None {
                continue;
            }
            let after = self.bytes.get(at + 1..at + 3).filter(|_| !self.gaps[at + 1] && !self.gaps[at + 2]);
            if matches!(after, Some(b"ll" | b"LL" | b"re" | b"RE" | b"ve" | b"VE")) {
                if self.space_at(at + 3, true) && self.clitic_may_begin(at) {
                    self.gaps[at] = true;
                }
            } else if at > 0 && matches!(self.bytes.get(at - 1..at + 2), Some(b"n't" | b"N'T")) {
                let is_whole = !self.gaps[at] && !self.gaps[at + 1] && self.space_at(at + 2, true);
                if is_whole && self.clitic_may_begin(at - 1) {
                    self.gaps[at - 1] = true;
                }
            }
        }
    }

    /// Whether something stands right before `at` that is no apostrophe, inside the chunk: before it, a cut changes
    /// nothing.
    fn clitic_may_begin(&self, at: usize) -> bool {
        at > 0 && !self.gaps[at] && self.bytes[at - 1] != b'\''
    }

    /// Whether a space of ASCII stands at `at`; `padded`: one was put behind the sentence.
    fn space_at(&self, at: usize, padded: bool) -> bool {
        if at < self.bytes.len() {
            return self.gaps[at];
        }
        self.gaps[at] || self.chunk.after == Beside::Space || padded && self.chunk.after == Beside::Nothing
    }

    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        self.chunk.text.get(at..)?.chars().next()
    }

    /// Whether no word character stands right at `at`.
    fn word_ends(&self, at: usize) -> bool {
        self.gaps[at] || !self.char_at(at).is_some_and(python::is_word)
    }
}
