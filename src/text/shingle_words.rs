//! Words for near-duplicate shingles: fast, and alike in every script.

use super::python::{is_alnum, is_space};

/// Whether a script puts no spaces between words, so that each of its characters counts as a word: Thai, Lao, Myanmar, Khmer,
/// and the blocks from CJK radicals to CJK ideographs with kana, and the ideographs beyond the first plane.
#[inline]
pub(super) fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// Runs of letters and digits (Python's `isalnum`); characters of scripts without spaces stand alone. Punctuation is left
/// out, so two texts that differ in it alone have the same words.
pub fn shingle_words(text: &str) -> impl Iterator<Item = &str> {
    shingle_words_from(text, 0)
}

/// The same from byte `at` on.
pub(super) fn shingle_words_from(text: &str, mut at: usize) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut blocks = Blocks::new(bytes, ascii_alnum);
    std::iter::from_fn(move || {
        let start = blocks.next_member(at)?;
        let end = blocks.end_of_run(start);
        if bytes.get(end).is_none_or(u8::is_ascii) {
            at = end;
            return Some(&text[start..end]);
        }
        word_with_letters_beyond_ascii(text, start, end, &mut at)
    })
}

/// The next word when a byte beyond ASCII stands at `inside`, and all from `start` to there belongs to the word.
fn word_with_letters_beyond_ascii<'t>(text: &'t str, start: usize, inside: usize, at: &mut usize) -> Option<&'t str> {
    let (mut start, mut place) = (start, inside);
    while let Some(c) = text[place..].chars().next() {
        let member = is_alnum(c);
        let alone = member && stands_alone(c);
        if (alone || !member) && start < place {
            *at = place;
            return Some(&text[start..place]);
        }
        place += c.len_utf8();
        if alone {
            *at = place;
            return Some(&text[place - c.len_utf8()..place]);
        }
        if !member {
            start = place;
        }
    }
    *at = place;
    (start < place).then(|| &text[start..place])
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

/// The high bit of each byte that is at least `least`; for bytes below 0x80.
#[inline]
fn at_least(x: u64, least: u8) -> u64 {
    x + ONES * u64::from(0x80 - least)
}

/// The high bit of each byte that is an ASCII letter or digit.
#[inline]
pub(super) fn ascii_alnum(x: u64) -> u64 {
    let low = x & !HIGH;
    let folded = low | (ONES * 0x20);
    let letter = at_least(folded, b'a') & !at_least(folded, b'z' + 1);
    let digit = at_least(low, b'0') & !at_least(low, b'9' + 1);
    (letter | digit) & !x & HIGH
}

/// The high bit of each byte that is ASCII and no white space to Python: all but 9 to 13 and 28 to 32.
#[inline]
pub(super) fn ascii_printed(x: u64) -> u64 {
    let low = x & !HIGH;
    let tabs = at_least(low, 9) & !at_least(low, 14);
    let separators = at_least(low, 28) & !at_least(low, 33);
    !(tabs | separators) & !x & HIGH
}

/// Which bytes of a text belong to a class of ASCII bytes, and which are beyond ASCII: 64 bytes at a time, so that the end
/// of a word is found by counting zeros and not by looking at each byte.
struct Blocks<'t> {
    bytes: &'t [u8],
    class: fn(u64) -> u64,
    base: usize,
    members: u64,
    beyond: u64,
}

impl<'t> Blocks<'t> {
    #[inline]
    fn new(bytes: &'t [u8], class: fn(u64) -> u64) -> Self {
        let mut blocks = Self { bytes, class, base: 0, members: 0, beyond: 0 };
        blocks.load(0);
        blocks
    }

    /// Loads the block in which byte `at` stands.
    #[inline]
    fn load(&mut self, at: usize) {
        self.base = at / 64 * 64;
        (self.members, self.beyond) = (0, 0);
        let rest = self.bytes.get(self.base..).unwrap_or_default();
        if let Some(block) = rest.first_chunk::<64>() {
            self.fill(block);
        } else {
            // A space is in neither class, and so ends the last word.
            let mut block = [b' '; 64];
            block[..rest.len()].copy_from_slice(rest);
            self.fill(&block);
        }
    }

    #[inline]
    fn fill(&mut self, block: &[u8; 64]) {
        let (words, _) = block.as_chunks::<8>();
        for (number, word) in words.iter().enumerate() {
            let x = u64::from_le_bytes(*word);
            self.members |= gather((self.class)(x)) << (8 * number);
            self.beyond |= gather(x & HIGH) << (8 * number);
        }
    }

    /// The first place from `at` on whose byte is in the class or beyond ASCII.
    #[inline]
    fn next_member(&mut self, mut at: usize) -> Option<usize> {
        while at < self.bytes.len() {
            if at / 64 * 64 != self.base {
                self.load(at);
            }
            let found = (self.members | self.beyond) >> (at - self.base);
            if found != 0 {
                return Some(at + found.trailing_zeros() as usize);
            }
            at = self.base + 64;
        }
        None
    }

    /// The first place from `at` on whose byte is not in the class.
    #[inline]
    fn end_of_run(&mut self, mut at: usize) -> usize {
        while at < self.bytes.len() {
            if at / 64 * 64 != self.base {
                self.load(at);
            }
            let found = !self.members >> (at - self.base);
            if found != 0 {
                return at + found.trailing_zeros() as usize;
            }
            at = self.base + 64;
        }
        self.bytes.len()
    }
}

/// The high bits of eight bytes as one byte, the first byte's lowest.
#[inline]
pub(super) fn gather(high_bits: u64) -> u64 {
    (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// How many characters of a script without spaces weigh as much as a word and its four neighbours do in a shingle of five:
/// five words are about 8 characters of Chinese or Japanese and 20 of Thai, Lao, Burmese or Khmer, so that windows of 4 and
/// 16 characters, five in a row, span them. `None` for scripts with spaces.
fn window(c: char) -> Option<usize> {
    stands_alone(c).then(|| if u32::from(c) < 0x2E80 { 16 } else { 4 })
}

/// Words by which the similarity of near-duplicates is measured: what stands between white space (Python's `split`), where
/// a run of characters of a script without spaces counts as all its windows of 4 (Chinese, Japanese) or 16 characters.
pub fn similarity_words(text: &str) -> impl Iterator<Item = &str> {
    similarity_words_from(text, 0)
}

/// The same from byte `at` on.
pub(super) fn similarity_words_from(text: &str, mut at: usize) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut blocks = Blocks::new(bytes, ascii_printed);
    // Characters of a script without spaces are taken from `at` to `run_end`.
    let mut run_end = at;
    std::iter::from_fn(move || {
        while at >= run_end {
            let start = blocks.next_member(at)?;
            let end = blocks.end_of_run(start);
            if bytes.get(end).is_none_or(u8::is_ascii) {
                (at, run_end) = (end, end);
                return Some(&text[start..end]);
            }
            at = start;
            let c = text[at..].chars().next()?;
            if is_space(c) {
                at += c.len_utf8();
                continue;
            }
            let own = window(c);
            let ends = |(_, next): &(usize, char)| is_space(*next) || window(*next) != own;
            let length = text[at..].char_indices().find(ends).map_or(bytes.len() - at, |(offset, _)| offset);
            run_end = at + length;
            if own.is_none() {
                return Some(&text[std::mem::replace(&mut at, run_end)..run_end]);
            }
        }
        let run = &text[at..run_end];
        let wide = run.chars().next().and_then(window).unwrap_or(1);
        let end = run.char_indices().nth(wide).map_or(run.len(), |(offset, _)| offset);
        let word = &run[..end];
        // The last window ends the run.
        at = if end == run.len() { run_end } else { at + run.chars().next().map_or(1, char::len_utf8) };
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::{shingle_words, similarity_words};

    #[test]
    fn similarity_words_keep_symbols_and_window_unspaced_scripts() {
        let words = |text| similarity_words(text).collect::<Vec<_>>();
        assert_eq!(words(" a, b-c\u{a0}]\n"), ["a,", "b-c", "]"]);
        assert_eq!(words(""), [""; 0]);
        assert_eq!(words("日本語"), ["日本語"]);
        assert_eq!(words("x日本語版と y"), ["x", "日本語版", "本語版と", "y"]);
        let thai = "กขคงจฉชซฌญฎฏฐฑฒณด";
        assert_eq!(words(thai), [&thai[..48], &thai[3..]]);
        assert_eq!(words("한국어 문장."), ["한국어", "문장."]);
    }

    fn words(text: &str) -> Vec<&str> {
        shingle_words(text).collect()
    }

    #[test]
    fn words_are_runs_and_characters_of_unspaced_scripts() {
        assert_eq!(words(""), [""; 0]);
        assert_eq!(words("  ... "), [""; 0]);
        assert_eq!(words("One, two-three 4a!"), ["One", "two", "three", "4a"]);
        assert_eq!(words("naïve café… Straße"), ["naïve", "café", "Straße"]);
        assert_eq!(words("日本 語abc。x"), ["日", "本", "語", "abc", "x"]);
        assert_eq!(words("한국어 문장"), ["한국어", "문장"]);
        assert_eq!(words("กา"), ["ก", "า"]);
    }

    #[test]
    fn words_cover_all_letters_in_order() {
        let text = "Ünï日本x กข 12٣ «mixed»—text\u{301}";
        let joined: String = shingle_words(text).collect();
        let expected: String = text.chars().filter(|&c| super::is_alnum(c)).collect();
        assert_eq!(joined, expected);
    }

    /// The same by definition, character by character.
    fn words_by_definition(text: &str) -> Vec<String> {
        let mut out = vec![String::new()];
        for c in text.chars() {
            match (super::is_alnum(c), super::stands_alone(c)) {
                (true, false) => out.last_mut().expect("never empty").push(c),
                (true, true) => out.extend([c.to_string(), String::new()]),
                (false, _) => out.push(String::new()),
            }
        }
        out.retain(|word| !word.is_empty());
        out
    }

    #[test]
    fn words_of_random_texts_are_those_of_the_definition() {
        let alphabet: Vec<char> =
            "aZ09 \n\t\u{1c}\u{0}\u{7f}-_@`[{/:é\u{301}ß日本กข한…\u{a0}\u{2028}\u{3000}𝔘😀".chars().collect();
        let mut random = 1_u64;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % below
        };
        for _ in 0..4_000 {
            // Long runs of letters, so that words cross the blocks of 64 bytes.
            let letters = 1 + next(alphabet.len());
            let text: String = (0..next(200)).map(|_| alphabet[next(letters)]).collect();
            assert_eq!(words(&text), words_by_definition(&text), "{text:?}");
            let spaced: Vec<&str> = similarity_words(&text).collect();
            if text.chars().all(|c| super::window(c).is_none()) {
                let split: Vec<&str> = text.split(super::is_space).filter(|word| !word.is_empty()).collect();
                assert_eq!(spaced, split, "{text:?}");
            }
        }
    }
}
