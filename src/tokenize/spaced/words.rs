use crate::tokenize::fast::Split;
use crate::tokenize::utf8;

/// Runs without a space are looked at in windows of this many bytes; longer ones are cut inside.
const WINDOW: usize = 64;
/// Bits of the filter for pairs beyond ASCII: 128 KiB.
const FILTER_BITS: u32 = 20;

/// Which neighbouring characters some merge joins: the last of its left and the first of its right token. Between two others no
/// token ever reaches, so text may be cut there, and each side has the tokens that it has in the whole. The set is exact for
/// ASCII; for other pairs it may say "joined" for some that are not, which only makes pieces longer.
pub(super) struct Junctions {
    ascii: [u128; 128],
    others: Vec<u64>,
}

fn bit(left: char, right: char) -> (usize, u64) {
    let pair = u64::from(u32::from(left)) << 32 | u64::from(u32::from(right));
    let bit = pair.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - FILTER_BITS);
    ((bit >> 6) as usize, 1 << (bit & 63))
}

impl Junctions {
    pub(super) fn new() -> Self {
        Self { ascii: [0; 128], others: vec![0; 1 << (FILTER_BITS - 6)] }
    }

    /// Some merge joins `left` and `right`.
    pub(super) fn add(&mut self, left: char, right: char) {
        if left.is_ascii() && right.is_ascii() {
            self.ascii[left as usize] |= 1 << right as u32;
        } else {
            let (word, mask) = bit(left, right);
            self.others[word] |= mask;
        }
    }

    #[inline]
    fn joined(&self, left: char, right: char) -> bool {
        if left.is_ascii() && right.is_ascii() {
            return self.ascii[left as usize] >> right as u32 & 1 != 0;
        }
        let (word, mask) = bit(left, right);
        self.others[word] & mask != 0
    }
}

/// Character and length at `text[at]`, where one begins.
#[inline]
pub(super) fn character(text: &[u8], at: usize) -> (char, usize) {
    if text[at] < 0x80 {
        return (char::from(text[at]), 1);
    }
    let (code, length) = utf8::beyond_ascii(text, at);
    // What is given is the inside of a `str`.
    (char::from_u32(code as u32).unwrap_or(char::REPLACEMENT_CHARACTER), length)
}

/// Cuts text into words that start with spaces, where no merge reaches over the cut, and long words inside.
pub(super) struct Words {
    pub(super) junctions: Junctions,
    /// Every space starts a word, whatever the merges say.
    pub(super) single: bool,
}

impl Words {
    /// Whether a word may start at the space at `text[at]`.
    #[inline]
    fn starts(&self, text: &[u8], from: usize, at: usize) -> bool {
        if self.single {
            return true;
        }
        let before = text[at - 1];
        if before < 0x80 {
            return !self.junctions.joined(char::from(before), ' ');
        }
        let mut start = at - 1;
        while start > from && text[start] & 0xC0 == 0x80 {
            start -= 1;
        }
        !self.junctions.joined(character(text, start).0, ' ')
    }

    /// The first place after `at` where no merge reaches over.
    fn inside(&self, text: &[u8], at: usize, end: usize) -> usize {
        let (mut before, length) = character(text, at);
        let mut next = at + length;
        while next < end {
            let (char, length) = character(text, next);
            if (self.single && char == ' ') || !self.junctions.joined(before, char) {
                return next;
            }
            before = char;
            next += length;
        }
        end
    }
}

impl Split for Words {
    #[inline]
    fn next(&self, text: &[u8], at: usize, end: usize) -> usize {
        let skip = |mut from: usize| {
            while !self.single && from < end && text[from] == b' ' {
                from += 1;
            }
            from
        };
        let mut from = skip(at + 1);
        let stop = end.min(at + WINDOW).max(from);
        while let Some(found) = memchr::memchr(b' ', &text[from..stop.max(from)]) {
            let space = from + found;
            if self.starts(text, at, space) {
                return space;
            }
            from = skip(space + 1);
        }
        match stop == end || from >= end {
            true => end,
            false => self.inside(text, at, end),
        }
    }
}
