/// Bytes of a window.
pub(super) const WIDTH: usize = 64;

/// The kinds of 64 bytes, a bit for each byte.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// ASCII letters.
    pub(super) letters: u64,
    /// ASCII digits.
    pub(super) digits: u64,
    /// ASCII white space.
    pub(super) spaces: u64,
    /// U+0020 alone.
    pub(super) blanks: u64,
    /// Apostrophes.
    pub(super) quotes: u64,
    /// Parts of characters beyond ASCII.
    pub(super) beyond: u64,
}

impl Window {
    #[inline(always)]
    pub(super) fn of(bytes: &[u8; WIDTH]) -> Self {
        let mut window = Self::default();
        for (i, part) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let bits = part_of(part);
            let put = |all: &mut u64, bits: u16| *all |= u64::from(bits) << (16 * i);
            put(&mut window.letters, bits.letters);
            put(&mut window.digits, bits.digits);
            put(&mut window.spaces, bits.spaces);
            put(&mut window.blanks, bits.blanks);
            put(&mut window.quotes, bits.quotes);
            put(&mut window.beyond, bits.beyond);
        }
        window
    }
}

struct Part {
    letters: u16,
    digits: u16,
    spaces: u16,
    blanks: u16,
    quotes: u16,
    beyond: u16,
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[allow(unsafe_code)]
fn part_of(part: &[u8; 16]) -> Part {
    // SAFETY: SSE2 is a part of x86-64.
    unsafe { sse2(part) }
}

/// Comparisons are of signed bytes: those beyond ASCII are below all others.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn sse2(part: &[u8; 16]) -> Part {
    use std::arch::x86_64::{
        __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x,
        _mm_set1_epi8,
    };
    let whole = u128::from_le_bytes(*part);
    let bytes = _mm_set_epi64x((whole >> 64) as i64, whole as i64);
    let all = |byte: u8| _mm_set1_epi8(byte as i8);
    let within = |bytes: __m128i, low: u8, high: u8| {
        _mm_and_si128(_mm_cmpgt_epi8(bytes, all(low - 1)), _mm_cmpgt_epi8(all(high + 1), bytes))
    };
    let mask = |bytes: __m128i| _mm_movemask_epi8(bytes) as u16;
    let blanks = _mm_cmpeq_epi8(bytes, all(b' '));
    Part {
        letters: mask(within(_mm_or_si128(bytes, all(0x20)), b'a', b'z')),
        digits: mask(within(bytes, b'0', b'9')),
        spaces: mask(_mm_or_si128(blanks, within(bytes, b'\t', b'\r'))),
        blanks: mask(blanks),
        quotes: mask(_mm_cmpeq_epi8(bytes, all(b'\''))),
        beyond: mask(bytes),
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn part_of(part: &[u8; 16]) -> Part {
    let mask = |is: fn(u8) -> bool| part.iter().rev().fold(0u16, |bits, byte| bits << 1 | u16::from(is(*byte)));
    Part {
        letters: mask(|byte| byte.is_ascii_alphabetic()),
        digits: mask(|byte| byte.is_ascii_digit()),
        spaces: mask(|byte| matches!(byte, b' ' | b'\t'..=b'\r')),
        blanks: mask(|byte| byte == b' '),
        quotes: mask(|byte| byte == b'\''),
        beyond: mask(|byte| byte >= 0x80),
    }
}

/// Writes where pieces begin by windows of ASCII, as far as that goes, else one by one by `next`. `bits` gives the bits of the
/// bytes of a window at which pieces begin, of those below the limit; what it gives for the last of them may be wrong, since the rest
/// is not seen. Gives how many there are, and where the one after them begins.
#[inline(always)]
pub(super) fn starts(
    text: &[u8],
    mut at: usize,
    end: usize,
    starts: &mut [usize; super::STARTS],
    bits: impl Fn(&Window, usize, u32) -> u64,
    next: impl Fn(usize) -> usize,
) -> (usize, usize) {
    // Text that is mixed goes one by one for a while: a window costs as much as some pieces.
    let (mut n, mut patience) = (0, 0u32);
    while n < super::BLOCK && at < end {
        if patience == 0
            && text[at] < 0x80
            && let Some(bytes) = text[at..end].first_chunk::<WIDTH>()
        {
            let window = Window::of(bytes);
            let limit = window.beyond.trailing_zeros();
            let mut found = bits(&window, at, limit);
            let last = 63 - (found | 1).leading_zeros();
            found &= !(1 << last);
            while found != 0 {
                starts[n] = at + found.trailing_zeros() as usize;
                n += 1;
                found &= found - 1;
            }
            if last < 16 {
                patience = 6;
            }
            if last > 0 {
                at += last as usize;
                continue;
            }
        }
        patience = patience.saturating_sub(1);
        starts[n] = at;
        n += 1;
        at = next(at);
    }
    (n, at)
}
