use super::super::classes::{Classes, LETTER, LOWER, NUMBER, SPACE, UPPER};
use super::kinds::Eyes;
use super::scan::contraction_end;
use super::{Contractions, Split};

/// So many starts are written at once, which need not be there: cheaper than to foretell how many a window has.
pub(super) const GROUP: usize = 4;
/// Bytes of a window.
pub(super) const WIDTH: usize = 64;

/// The kinds of 64 bytes, a bit for each byte: all bytes of a character are of its kind. Bits from `limit` on mean nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// How many bytes are seen, all of them of whole characters.
    pub(super) limit: u32,
    /// `\p{L}`.
    pub(super) letters: u64,
    /// `\p{N}`.
    pub(super) numbers: u64,
    /// White space.
    pub(super) spaces: u64,
    /// U+0020 alone.
    pub(super) blanks: u64,
    /// U+000A and U+000D.
    pub(super) newlines: u64,
    /// Apostrophes.
    pub(super) quotes: u64,
    pub(super) slashes: u64,
    /// What o200k lets a word start with.
    pub(super) upper: u64,
    /// What o200k lets a word go on with.
    pub(super) lower: u64,
    /// The bytes of a character after its first.
    tails: u64,
    /// First bytes of white space of two and of three bytes.
    wide: [u64; 2],
}

/// The low bits, below `bit`, which may be 64 or more.
#[inline(always)]
pub(super) fn below(bit: u32) -> u64 {
    if bit < 64 { (1 << bit) - 1 } else { u64::MAX }
}

/// The first bits of runs of ones.
#[inline(always)]
pub(super) fn first(kind: u64) -> u64 {
    kind & !(kind << 1)
}

/// `starts` with none from `from` up to `to`, where one is if it is below `limit`.
#[inline(always)]
pub(super) fn cut(starts: u64, from: u32, to: u32, limit: u32) -> u64 {
    let kept = starts & (!below(to) | below(from));
    if to < limit { kept | 1 << to } else { kept }
}

impl Window {
    /// The kinds of `text[at..at + bytes.len()]`, of which the first `limit` bytes are seen.
    #[inline(always)]
    fn of(eyes: impl Eyes, classes: &Classes, text: &[u8], at: usize, (bytes, limit): (&[u8; WIDTH], u32)) -> Self {
        let kinds = eyes.kinds(bytes);
        let mut window = Self {
            limit,
            letters: kinds.upper | kinds.lower,
            numbers: kinds.digits,
            spaces: kinds.spaces,
            blanks: kinds.blanks,
            newlines: kinds.newlines,
            quotes: kinds.quotes,
            slashes: kinds.slashes,
            upper: kinds.upper,
            lower: kinds.lower,
            tails: kinds.tails,
            wide: [0; 2],
        };
        window.add_beyond(classes, text, at, kinds.beyond);
        window
    }

    /// Adds the characters beyond ASCII, whose bytes are `beyond`.
    #[inline(always)]
    fn add_beyond(&mut self, classes: &Classes, text: &[u8], at: usize, beyond: u64) {
        let mut leads = beyond & !self.tails & below(self.limit);
        let (mut letters, mut numbers, mut upper, mut lower, mut spaces) = (0, 0, 0, 0, 0);
        while leads != 0 {
            let place = leads.trailing_zeros();
            leads &= leads - 1;
            let (bits, length) = classes.beyond_ascii(text, at + place as usize);
            if place + length as u32 > self.limit {
                self.limit = place;
                break;
            }
            let put = |all: &mut u64, class: u8| *all |= u64::from((bits / class) & 1) << place;
            put(&mut letters, LETTER);
            put(&mut numbers, NUMBER);
            put(&mut upper, UPPER);
            put(&mut lower, LOWER);
            if bits & SPACE != 0 {
                let Some(wide) = self.wide.get_mut(length - 2) else {
                    // There is no white space of four bytes.
                    self.limit = place;
                    break;
                };
                *wide |= 1 << place;
                spaces |= 1 << place;
            }
        }
        // Up to three more bytes of each.
        let second = self.tails;
        let (third, fourth) = (second & second << 1, second & second << 1 & second << 2);
        let whole = |first: u64| first | first << 1 & second | first << 2 & third | first << 3 & fourth;
        self.letters |= whole(letters);
        self.numbers |= whole(numbers);
        self.upper |= whole(upper);
        self.lower |= whole(lower);
        self.spaces |= whole(spaces);
    }

    /// The first bytes of the characters right after those that begin at `starts`.
    #[inline(always)]
    pub(super) fn next(&self, starts: u64) -> u64 {
        // A sum carries over the bytes of a character that follow its first one.
        self.tails.wrapping_add(starts << 1) & !self.tails
    }

    /// The first bytes of the white space right before `places`, before each of which there is some.
    #[inline(always)]
    pub(super) fn white_before(&self, places: u64) -> u64 {
        let [two, three] = self.wide;
        (places >> 1 & !self.tails) | (places >> 2 & two) | (places >> 3 & three)
    }

    /// `starts` as the contractions of `text` leave them that begin at the apostrophes `quoted`, each at a start: none within one, and one
    /// right behind it. If the last cannot be told for want of bytes, what comes after its apostrophe is left to the next window.
    #[inline(always)]
    pub(super) fn contracted(
        &self,
        mut starts: u64,
        mut quoted: u64,
        (text, at): (&[u8], usize),
        contractions: Contractions,
    ) -> u64 {
        while quoted != 0 {
            let quote = quoted.trailing_zeros();
            quoted &= quoted - 1;
            if quote + 2 >= self.limit {
                return starts & below(quote + 1);
            }
            let (from, end) = (at + quote as usize, at + self.limit as usize);
            if let Some(done) = contraction_end(text, from, end, contractions) {
                starts = cut(starts, quote + 1, (done - at) as u32, self.limit);
            }
        }
        starts
    }

    /// Where pieces of white space begin by `\s*[\r\n]+|\s+(?!\S)|\s`, given which `spaces` there are and which of them `newlines`,
    /// and where a piece ends that is not of white space: at one that follows white space.
    #[inline(always)]
    pub(super) fn space_starts(&self, spaces: u64, newlines: u64, after: u64) -> u64 {
        let white = spaces & !newlines;
        // The last one goes with what follows or is a piece of its own.
        let mut starts = first(spaces) | self.white_before(after & white << 1);
        // What comes after the last line break of all.
        let mut tails = white & newlines << 1;
        // A sum carries over each run to the byte behind it.
        let stops = white.wrapping_add(tails) & !white;
        let ends = stops & below(self.limit) & !newlines;
        while tails != 0 {
            let start = tails & tails.wrapping_neg();
            tails ^= start;
            let stop = stops & start.wrapping_neg();
            let stop = stop & stop.wrapping_neg();
            starts |= if ends & stop != 0 { start } else { 0 };
        }
        starts
    }

    /// Where `\p{N}{1,most}` begins, matched again and again.
    #[inline(always)]
    pub(super) fn number_starts(&self, numbers: u64, most: usize) -> u64 {
        if most == 1 {
            return numbers & !self.tails;
        }
        let mut starts = first(numbers);
        let mut last = starts;
        while last != 0 {
            for _ in 0..most {
                last = self.next(last) & numbers;
            }
            starts |= last;
        }
        starts
    }
}

/// Pieces that go one by one after a window that found none, since a window costs as much as some of them.
const PATIENCE: u32 = 4;

/// A pattern whose pieces begin where a window tells.
pub(super) trait Seen: Split {
    fn classes(&self) -> &'static Classes;

    /// The bits of the bytes of a window of `text` at `at` at which pieces begin; a piece may be left out with all after it where what is
    /// seen does not tell.
    fn bits(&self, text: &[u8], window: &Window, at: usize) -> u64;
}

/// Writes where pieces of `text[at..end]` begin behind the `n` that are there, by windows, else one by one. Gives how many there are, and
/// where the one after them begins.
#[inline(always)]
pub(super) fn starts(
    pattern: &impl Seen,
    eyes: impl Eyes,
    text: &[u8],
    (mut at, end): (usize, usize),
    (mut n, starts): super::Starts<'_>,
) -> (usize, usize) {
    let (mut patience, mut padded) = (0u32, [0; WIDTH]);
    while n < super::BLOCK && at < end {
        if patience == 0 {
            let rest = &text[at..end];
            let limit = rest.len().min(WIDTH) as u32;
            let bytes = rest.first_chunk().unwrap_or_else(|| {
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            });
            let window = Window::of(eyes, pattern.classes(), text, at, (bytes, limit));
            let mut found = pattern.bits(text, &window, at);
            // The last piece may go on behind the window.
            let last = 63 - (found | 1).leading_zeros();
            found &= !(1 << last);
            let count = found.count_ones() as usize;
            for group in starts[n..].as_chunks_mut::<GROUP>().0 {
                if found == 0 {
                    break;
                }
                for start in group {
                    *start = at + found.trailing_zeros() as usize;
                    found &= found.wrapping_sub(1);
                }
            }
            n += count;
            at += last as usize;
            if limit == WIDTH as u32 && last > 0 {
                continue;
            }
            patience = PATIENCE;
        }
        patience = patience.saturating_sub(1);
        starts[n] = at;
        n += 1;
        at = pattern.next(text, at, end);
    }
    (n, at)
}
