//! The edges of words for near-duplicate shingles, many at a time: what [`shingle_words`](super::shingle_words) and
//! [`similarity_words`](super::similarity_words) give one by one.
//!
//! 64 bytes become a mask of those that belong to words, and edges are where the mask changes. Where a script without spaces
//! begins, words are more than runs, and the iterators take over.

use super::python::{is_alnum, is_space};
use super::shingle_words::{shingle_words_from, similarity_words_from, stands_alone};
use std::marker::PhantomData;

/// Bytes that are looked at together.
const WIDTH: usize = 64;
/// Edges that are written together, whether there are so many or not.
const GROUP: usize = 4;
/// Room that [`WordEdges::next`] needs for edges.
const ROOM: usize = WIDTH + GROUP + 1;

/// What a word consists of.
pub trait WordKind {
    /// Which bytes are ASCII and belong to words, and which are beyond ASCII; the first byte is the lowest bit.
    fn masks(block: &[u8; WIDTH]) -> (u64, u64);
    /// Whether a character beyond ASCII belongs to a word; `None` where it is more than a part of a run.
    fn member(c: char) -> Option<bool>;
    /// The words of `text` from byte `at` on, which is not inside of a word.
    fn words(text: &str, at: usize) -> impl Iterator<Item = &str>;
}

/// Words of letters and digits, as [`shingle_words`](super::shingle_words) cuts them.
#[derive(Debug)]
pub struct LettersAndDigits;

/// All between white space, as [`similarity_words`](super::similarity_words) cuts it.
#[derive(Debug)]
pub struct Printed;

impl WordKind for LettersAndDigits {
    #[inline]
    fn masks(block: &[u8; WIDTH]) -> (u64, u64) {
        masks::alnum(block)
    }

    fn member(c: char) -> Option<bool> {
        match (is_alnum(c), stands_alone(c)) {
            (true, true) => None,
            (member, _) => Some(member),
        }
    }

    fn words(text: &str, at: usize) -> impl Iterator<Item = &str> {
        shingle_words_from(text, at)
    }
}

impl WordKind for Printed {
    #[inline]
    fn masks(block: &[u8; WIDTH]) -> (u64, u64) {
        masks::printed(block)
    }

    fn member(c: char) -> Option<bool> {
        match (!is_space(c), stands_alone(c)) {
            (true, true) => None,
            (member, _) => Some(member),
        }
    }

    fn words(text: &str, at: usize) -> impl Iterator<Item = &str> {
        similarity_words_from(text, at)
    }
}

/// The words of a text.
pub struct WordEdges<'t, K> {
    text: &'t str,
    /// Where the next bytes to look at begin.
    at: usize,
    /// Where the word began that goes on there.
    begun: Option<usize>,
    /// How many of them belong to a character before, and whether that is of a word.
    spill: (usize, bool),
    /// Takes over where words are more than runs.
    rest: Option<Box<dyn Iterator<Item = &'t str> + 't>>,
    kind: PhantomData<K>,
}

impl<'t, K: WordKind + 't> WordEdges<'t, K> {
    /// Begins a text.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, begun: None, spill: (0, false), rest: None, kind: PhantomData }
    }

    /// The text whose words they are.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Writes where the next words begin and end, in turn, and says how many words: none at the end of the text. There must
    /// be room for 70 edges.
    pub fn next(&mut self, edges: &mut [usize]) -> usize {
        let mut count = 0;
        if let Some(begun) = self.begun.take() {
            edges[0] = begun;
            count = 1;
        }
        while self.rest.is_none() && self.at <= self.text.len() && count + ROOM <= edges.len() {
            let inside = count % 2 == 1;
            match self.members() {
                Some(members) => {
                    count += write(members ^ (members << 1 | u64::from(inside)), self.at, &mut edges[count..]);
                    self.at += WIDTH;
                }
                None => {
                    let from = if inside { edges[count - 1] } else { self.text.ceil_char_boundary(self.at) };
                    count -= usize::from(inside);
                    self.rest = Some(Box::new(K::words(self.text, from)));
                }
            }
        }
        if count % 2 == 1 {
            count -= 1;
            self.begun = Some(edges[count]);
        }
        if let Some(rest) = &mut self.rest {
            for (edges, word) in edges[count..].chunks_exact_mut(2).zip(rest) {
                edges[0] = word.as_ptr() as usize - self.text.as_ptr() as usize;
                edges[1] = edges[0] + word.len();
                count += 2;
            }
        }
        count / 2
    }

    /// Which of the next bytes belong to words, if words are runs there.
    #[inline]
    fn members(&mut self) -> Option<u64> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let (members, beyond) = match rest.first_chunk::<WIDTH>() {
            Some(block) => K::masks(block),
            None => {
                // A space ends the last word.
                let mut block = [b' '; WIDTH];
                block[..rest.len()].copy_from_slice(rest);
                K::masks(&block)
            }
        };
        if beyond == 0 { Some(members) } else { self.members_beyond_ascii(members, beyond) }
    }

    fn members_beyond_ascii(&mut self, mut members: u64, mut beyond: u64) -> Option<u64> {
        let (length, member) = std::mem::take(&mut self.spill);
        let spilled = (1_u64 << length) - 1;
        members |= if member { spilled } else { 0 };
        beyond &= !spilled;
        while beyond != 0 {
            let offset = beyond.trailing_zeros() as usize;
            let c = self.text[self.at + offset..].chars().next()?;
            let (bits, member) = (((1_u64 << c.len_utf8()) - 1) << offset, K::member(c)?);
            members |= if member { bits } else { 0 };
            beyond &= !bits;
            self.spill = ((offset + c.len_utf8()).saturating_sub(WIDTH), member);
        }
        Some(members)
    }
}

/// Writes the places of the bits that are set, counted from `base`, and says how many.
#[inline]
fn write(mut bits: u64, base: usize, edges: &mut [usize]) -> usize {
    let count = bits.count_ones() as usize;
    for group in edges.as_chunks_mut::<GROUP>().0 {
        if bits == 0 {
            break;
        }
        for edge in group {
            *edge = base + bits.trailing_zeros() as usize;
            bits &= bits.wrapping_sub(1);
        }
    }
    count
}

/// The masks with what each x86-64 processor has.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod masks {
    use super::WIDTH;
    use std::arch::x86_64::{
        __m128i, _mm_add_epi8, _mm_cmpgt_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
    };

    /// Letters and digits of ASCII, and bytes beyond it.
    #[inline]
    pub fn alnum(block: &[u8; WIDTH]) -> (u64, u64) {
        // SAFETY: SSE2 is a part of x86-64.
        unsafe { both::<true>(block) }
    }

    /// ASCII that is no white space to Python (9 to 13 and 28 to 32), and bytes beyond it.
    #[inline]
    pub fn printed(block: &[u8; WIDTH]) -> (u64, u64) {
        // SAFETY: SSE2 is a part of x86-64.
        let (space, beyond) = unsafe { both::<false>(block) };
        (!(space | beyond), beyond)
    }

    /// Which bytes are letters and digits (or else white space), and which are beyond ASCII.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn both<const ALNUM: bool>(block: &[u8; WIDTH]) -> (u64, u64) {
        let (words, _) = block.as_chunks::<8>();
        let (pairs, _) = words.as_chunks::<2>();
        pairs.iter().rev().fold((0, 0), |(members, beyond), [low, high]| {
            let x = _mm_set_epi64x(i64::from_le_bytes(*high), i64::from_le_bytes(*low));
            let found = if ALNUM { alnum_of(x) } else { space_of(x) };
            let bits = |x| u64::from(_mm_movemask_epi8(x) as u32);
            (members << 16 | bits(found), beyond << 16 | bits(x))
        })
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn alnum_of(x: __m128i) -> __m128i {
        let folded = _mm_or_si128(x, _mm_set1_epi8(0x20));
        _mm_or_si128(range(folded, b'z', 26), range(x, b'9', 10))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn space_of(x: __m128i) -> __m128i {
        _mm_or_si128(range(x, 13, 5), range(x, 32, 5))
    }

    /// All bits of each byte from `last - count + 1` to `last`: added to, those alone are the greatest of the signed bytes.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn range(x: __m128i, last: u8, count: i8) -> __m128i {
        let raised = _mm_add_epi8(x, _mm_set1_epi8(i8::MAX - last as i8));
        _mm_cmpgt_epi8(raised, _mm_set1_epi8(i8::MAX - count))
    }
}

/// The masks eight bytes at a time.
#[cfg(not(target_arch = "x86_64"))]
mod masks {
    use super::WIDTH;
    use crate::text::shingle_words::{ascii_alnum, ascii_printed, gather};

    fn both(block: &[u8; WIDTH], class: impl Fn(u64) -> u64) -> (u64, u64) {
        let (words, _) = block.as_chunks::<8>();
        words.iter().rev().fold((0, 0), |(members, beyond), word| {
            let x = u64::from_le_bytes(*word);
            (members << 8 | gather(class(x)), beyond << 8 | gather(x & (0x80 * 0x0101_0101_0101_0101)))
        })
    }

    /// Letters and digits of ASCII, and bytes beyond it.
    pub fn alnum(block: &[u8; WIDTH]) -> (u64, u64) {
        both(block, ascii_alnum)
    }

    /// ASCII that is no white space to Python, and bytes beyond it.
    pub fn printed(block: &[u8; WIDTH]) -> (u64, u64) {
        both(block, ascii_printed)
    }
}

#[cfg(test)]
mod tests {
    use super::{LettersAndDigits, Printed, WordEdges, WordKind};

    fn words<K: WordKind>(text: &str, room: usize) -> Vec<&str> {
        let (mut edges, mut words) = (vec![0; room], WordEdges::<K>::new(text));
        let mut found = Vec::new();
        loop {
            let count = words.next(&mut edges);
            if count == 0 {
                return found;
            }
            found.extend(edges[..2 * count].chunks_exact(2).map(|pair| &text[pair[0]..pair[1]]));
        }
    }

    fn check(text: &str) {
        for room in [70, 128, 512] {
            assert_eq!(
                words::<LettersAndDigits>(text, room),
                Vec::from_iter(LettersAndDigits::words(text, 0)),
                "{text:?}"
            );
            assert_eq!(words::<Printed>(text, room), Vec::from_iter(Printed::words(text, 0)), "{text:?}");
        }
    }

    #[test]
    fn edges_are_those_of_the_iterators() {
        let ascii = "aZ09 \n\t\u{1c}\u{0}\u{7f}-_@`[{/";
        let beyond = "aé\u{301}ßя…\u{a0}\u{2028}\u{3000}𝔘😀 ";
        let unspaced = "日本กข。";
        let mut random = 1_u64;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % below
        };
        for round in 0..6_000 {
            let mut alphabet: Vec<char> = ascii.chars().collect();
            if round % 3 > 0 {
                alphabet.extend(beyond.chars());
            }
            let letters = 1 + next(alphabet.len());
            let mut text: Vec<char> = (0..next(300)).map(|_| alphabet[next(letters)]).collect();
            if round % 3 == 2 {
                let tail: Vec<char> = unspaced.chars().collect();
                text.extend(
                    (0..1 + next(20)).map(|_| if next(2) == 0 { tail[next(5)] } else { alphabet[next(letters)] }),
                );
            }
            check(&text.into_iter().collect::<String>());
        }
        (0..260).for_each(|length| check(&"x".repeat(length)));
        (0..260).for_each(|length| check(&"é ".repeat(length)));
        check(&(0..=127_u8).map(char::from).collect::<String>().repeat(3));
    }
}
