//! Where a chunk ends, and what it consists of.

use crate::text::python::{self, HIGH, LOW, ONES};

/// A run of characters that are not white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    /// First byte.
    pub(super) start: usize,
    /// End in bytes.
    pub(super) end: usize,
    /// The first ASCII character that is neither letter nor digit; `end` if there is none.
    pub(super) mark: usize,
    /// Whether it has an ASCII digit.
    pub(super) digits: bool,
    /// Whether it has a character beyond ASCII.
    pub(super) wide: bool,
}

impl Chunk {
    /// The chunk that begins at byte `start`, eight bytes at a time.
    #[inline]
    pub(super) fn at(bytes: &[u8], start: usize) -> Self {
        let mut chunk = Chunk { start, end: start, mark: usize::MAX, digits: false, wide: false };
        while let Some(eight) = bytes.get(chunk.end..).and_then(<[u8]>::first_chunk) {
            let eight = u64::from_le_bytes(*eight);
            let spaces = python::maybe_space(eight);
            if spaces == 0 {
                chunk.note(eight);
                chunk.end += 8;
                continue;
            }
            let before = spaces.trailing_zeros() & !7;
            // Letters stand for the bytes from the space on.
            let own = (1_u64 << before) - 1;
            chunk.note((eight & own) | ((ONES * 0x61) & !own));
            chunk.end += (before / 8) as usize;
            if python::space_len(bytes, chunk.end) > 0 {
                chunk.mark = chunk.mark.min(chunk.end);
                return chunk;
            }
            chunk.note_byte(bytes[chunk.end]);
        }
        while chunk.end < bytes.len() && python::space_len(bytes, chunk.end) == 0 {
            chunk.note_byte(bytes[chunk.end]);
        }
        chunk.mark = chunk.mark.min(chunk.end);
        chunk
    }

    /// Notes eight bytes from the end on.
    #[inline]
    fn note(&mut self, eight: u64) {
        // The high bit of each byte in the range; the sums carry into no other byte.
        let between = |x: u64, first: u64, last: u64| (x + ONES * (0x80 - first)) & !(x + ONES * (0x7f - last)) & HIGH;
        let letters = between((eight | (ONES * 0x20)) & LOW, 0x61, 0x7a);
        let digits = between(eight & LOW, 0x30, 0x39) & !eight;
        let marks = !(letters | digits | eight) & HIGH;
        self.digits |= digits != 0;
        self.wide |= eight & HIGH != 0;
        if marks != 0 {
            self.mark = self.mark.min(self.end + (marks.trailing_zeros() / 8) as usize);
        }
    }

    /// Goes on by one byte.
    #[inline]
    fn note_byte(&mut self, byte: u8) {
        self.digits |= byte.is_ascii_digit();
        self.wide |= !byte.is_ascii();
        if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
            self.mark = self.mark.min(self.end);
        }
        self.end += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Chunk;
    use crate::text::python;

    #[test]
    fn chunks_are_as_their_bytes_say() {
        let text =
            "a1 abcdefgh abcdefghi x-y \u{1}12 naïve\u{a0}é\u{2003}12345678@ [`{/:^\u{e000} \u{3042}\u{3000}ab\tz";
        let bytes = text.as_bytes();
        for start in (0..bytes.len()).filter(|&at| text.is_char_boundary(at) && python::space_len(bytes, at) == 0) {
            let end = (start..bytes.len()).find(|&at| python::space_len(bytes, at) > 0).unwrap_or(bytes.len());
            let is_mark = |at: &usize| bytes[*at].is_ascii() && !bytes[*at].is_ascii_alphanumeric();
            let mark = (start..end).find(is_mark).unwrap_or(end);
            let digits = bytes[start..end].iter().any(u8::is_ascii_digit);
            let wide = !text[start..end].is_ascii();
            assert_eq!(Chunk::at(bytes, start), Chunk { start, end, mark, digits, wide });
        }
    }
}
