//! Shares of single characters, and lengths of lines.

use std::sync::LazyLock;

use super::special::SPECIAL;
use super::{LINES, set_share};
use crate::metrics::Sink;
use crate::metrics::chars::count_chars;
use crate::text::{LineRule, TextView, python};

/// data-juicer's special characters, for look-up.
pub(super) struct Specials {
    ascii: [bool; 128],
    /// A bit for each code point up to the last special one.
    bits: Vec<u64>,
}

impl Specials {
    /// The set.
    pub(super) fn get() -> &'static Self {
        static SET: LazyLock<Specials> = LazyLock::new(Specials::build);
        &SET
    }

    /// Expands the runs.
    fn build() -> Self {
        let last = SPECIAL.iter().map(|&(_, last)| last).max().unwrap_or(0);
        let mut set = Self { ascii: [false; 128], bits: vec![0; last as usize / 64 + 1] };
        for code in SPECIAL.iter().flat_map(|&(first, last)| first..=last) {
            set.bits[code as usize / 64] |= 1 << (code % 64);
            if let Some(member) = set.ascii.get_mut(code as usize) {
                *member = true;
            }
        }
        set
    }

    /// Whether an ASCII byte is in the set; false for other bytes.
    #[inline]
    pub(super) fn has_byte(&self, byte: u8) -> bool {
        byte < 128 && self.ascii[usize::from(byte)]
    }

    /// Whether a character is in the set.
    #[inline]
    pub(super) fn has(&self, c: char) -> bool {
        self.bits.get(c as usize / 64).is_some_and(|bits| bits & (1 << (c as u32 % 64)) != 0)
    }
}

/// Measures the shares of characters.
pub(super) fn measure(view: &TextView<'_>, sink: &mut Sink) {
    let (text, chars) = (view.text(), view.n_chars());
    let specials = Specials::get();
    let (mut alnum, mut special) = (0, 0);
    if chars == text.len() {
        for byte in text.bytes() {
            alnum += usize::from(byte.is_ascii_alphanumeric());
            special += usize::from(specials.has_byte(byte));
        }
    } else {
        for c in text.chars() {
            alnum += usize::from(if c.is_ascii() { c.is_ascii_alphanumeric() } else { python::is_alnum(c) });
            special += usize::from(specials.has(c));
        }
    }
    set_share(sink, 0, alnum, chars);
    set_share(sink, 1, special, chars);
}

/// Measures the lengths of lines.
pub(super) fn measure_lines(view: &TextView<'_>, sink: &mut Sink) {
    let lines = view.lines(LineRule::PythonSplitlines);
    set_share(sink, LINES, view.n_chars(), lines.len());
    sink.set_count(LINES + 1, lines.iter().map(|line| count_chars(line)).max().unwrap_or(0));
}
