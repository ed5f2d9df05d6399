use super::window::WIDTH;

/// The kinds of 64 bytes, a bit for each; of ASCII but for the last two.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::tokenize) struct Kinds {
    pub(super) upper: u64,
    pub(super) lower: u64,
    pub(super) digits: u64,
    /// White space.
    pub(super) spaces: u64,
    /// U+0020 alone.
    pub(super) blanks: u64,
    /// U+000A and U+000D.
    pub(super) newlines: u64,
    pub(super) quotes: u64,
    pub(super) slashes: u64,
    /// The bytes of a character after its first.
    pub(super) tails: u64,
    /// All bytes of characters beyond ASCII.
    pub(super) beyond: u64,
}

impl Kinds {
    /// Adds what some bytes from `at` on are.
    #[inline(always)]
    fn add(&mut self, part: Self, at: usize) {
        self.upper |= part.upper << at;
        self.lower |= part.lower << at;
        self.digits |= part.digits << at;
        self.spaces |= part.spaces << at;
        self.blanks |= part.blanks << at;
        self.newlines |= part.newlines << at;
        self.quotes |= part.quotes << at;
        self.slashes |= part.slashes << at;
        self.tails |= part.tails << at;
        self.beyond |= part.beyond << at;
    }
}

/// A way to see the kinds of bytes; all see the same.
pub(in crate::tokenize) trait Eyes: Copy {
    fn kinds(self, bytes: &[u8; WIDTH]) -> Kinds;
}

/// What every processor can do: on x86-64 that is SSE2.
#[derive(Clone, Copy)]
pub(in crate::tokenize) struct Plain;

impl Eyes for Plain {
    #[inline(always)]
    fn kinds(self, bytes: &[u8; WIDTH]) -> Kinds {
        let mut kinds = Kinds::default();
        for (i, part) in bytes.as_chunks().0.iter().enumerate() {
            kinds.add(part_of(part), 16 * i);
        }
        kinds
    }
}

/// AVX2: 32 bytes at once. Only there where the processor has it.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(in crate::tokenize) struct Halves(());

#[cfg(target_arch = "x86_64")]
impl Halves {
    pub(in crate::tokenize) fn get() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

#[cfg(target_arch = "x86_64")]
impl Eyes for Halves {
    #[inline(always)]
    #[allow(unsafe_code)]
    fn kinds(self, bytes: &[u8; WIDTH]) -> Kinds {
        let mut kinds = Kinds::default();
        for (i, half) in bytes.as_chunks().0.iter().enumerate() {
            // SAFETY: whoever has one has asked whether the processor has AVX2.
            kinds.add(unsafe { avx2(half) }, 32 * i);
        }
        kinds
    }
}

/// AVX-512: all 64 bytes at once. Only there where the processor has it.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(in crate::tokenize) struct Whole(());

#[cfg(target_arch = "x86_64")]
impl Whole {
    pub(in crate::tokenize) fn get() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw")).then_some(Self(()))
    }
}

#[cfg(target_arch = "x86_64")]
impl Eyes for Whole {
    #[inline(always)]
    #[allow(unsafe_code)]
    fn kinds(self, bytes: &[u8; WIDTH]) -> Kinds {
        // SAFETY: whoever has one has asked whether the processor has AVX-512.
        unsafe { avx512(bytes) }
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
#[allow(unsafe_code)]
fn avx512(bytes: &[u8; WIDTH]) -> Kinds {
    use std::arch::x86_64::{
        _mm512_cmpeq_epi8_mask, _mm512_cmplt_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_loadu_si512,
        _mm512_movepi8_mask, _mm512_set1_epi8, _mm512_sub_epi8,
    };
    // SAFETY: 64 bytes are read, which is what there are.
    let bytes = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
    let all = |byte: u8| _mm512_set1_epi8(byte as i8);
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, all(byte));
    // What is below the range wraps round to above it.
    let within = |low: u8, high: u8| _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, all(low)), all(high - low + 1));
    let blanks = is(b' ');
    Kinds {
        upper: within(b'A', b'Z'),
        lower: within(b'a', b'z'),
        digits: within(b'0', b'9'),
        spaces: blanks | within(b'\t', b'\r'),
        blanks,
        newlines: is(b'\n') | is(b'\r'),
        quotes: is(b'\''),
        slashes: is(b'/'),
        tails: _mm512_cmplt_epi8_mask(bytes, all(0xC0)),
        beyond: _mm512_movepi8_mask(bytes),
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[allow(unsafe_code)]
fn part_of(part: &[u8; 16]) -> Kinds {
    // SAFETY: SSE2 is a part of x86-64.
    unsafe { sse2(part) }
}

/// Comparisons are of signed bytes: those beyond ASCII are below all others, and of them those that start a character above.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn sse2(part: &[u8; 16]) -> Kinds {
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
    let is = |byte: u8| _mm_cmpeq_epi8(bytes, all(byte));
    let mask = |bytes: __m128i| u64::from(_mm_movemask_epi8(bytes) as u16);
    let blanks = is(b' ');
    Kinds {
        upper: mask(within(bytes, b'A', b'Z')),
        lower: mask(within(bytes, b'a', b'z')),
        digits: mask(within(bytes, b'0', b'9')),
        spaces: mask(_mm_or_si128(blanks, within(bytes, b'\t', b'\r'))),
        blanks: mask(blanks),
        newlines: mask(_mm_or_si128(is(b'\n'), is(b'\r'))),
        quotes: mask(is(b'\'')),
        slashes: mask(is(b'/')),
        tails: mask(_mm_cmpgt_epi8(all(0xC0), bytes)),
        beyond: mask(bytes),
    }
}

/// As [`sse2`].
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
#[allow(unsafe_code)]
fn avx2(half: &[u8; 32]) -> Kinds {
    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
        _mm256_or_si256, _mm256_set1_epi8,
    };
    // SAFETY: 32 bytes are read, which is what there are.
    let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
    let all = |byte: u8| _mm256_set1_epi8(byte as i8);
    let within = |low: u8, high: u8| {
        _mm256_and_si256(_mm256_cmpgt_epi8(bytes, all(low - 1)), _mm256_cmpgt_epi8(all(high + 1), bytes))
    };
    let is = |byte: u8| _mm256_cmpeq_epi8(bytes, all(byte));
    let mask = |bytes: __m256i| u64::from(_mm256_movemask_epi8(bytes) as u32);
    let blanks = is(b' ');
    Kinds {
        upper: mask(within(b'A', b'Z')),
        lower: mask(within(b'a', b'z')),
        digits: mask(within(b'0', b'9')),
        spaces: mask(_mm256_or_si256(blanks, within(b'\t', b'\r'))),
        blanks: mask(blanks),
        newlines: mask(_mm256_or_si256(is(b'\n'), is(b'\r'))),
        quotes: mask(is(b'\'')),
        slashes: mask(is(b'/')),
        tails: mask(_mm256_cmpgt_epi8(all(0xC0), bytes)),
        beyond: mask(bytes),
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn part_of(part: &[u8; 16]) -> Kinds {
    let mask = |is: fn(u8) -> bool| part.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(is(*byte)));
    Kinds {
        upper: mask(|byte| byte.is_ascii_uppercase()),
        lower: mask(|byte| byte.is_ascii_lowercase()),
        digits: mask(|byte| byte.is_ascii_digit()),
        spaces: mask(|byte| matches!(byte, b' ' | b'\t'..=b'\r')),
        blanks: mask(|byte| byte == b' '),
        newlines: mask(|byte| matches!(byte, b'\n' | b'\r')),
        quotes: mask(|byte| byte == b'\''),
        slashes: mask(|byte| byte == b'/'),
        tails: mask(|byte| byte & 0xC0 == 0x80),
        beyond: mask(|byte| byte >= 0x80),
    }
}
