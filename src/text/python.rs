//! String functions with the semantics of CPython 3.11, which the published recipes were run on.
//!
//! CPython 3.11 carries Unicode 14.0. A character that was assigned later belongs to no class here and
//! is its own lower case, whatever Rust's newer tables say.

use super::chars::{self, ALNUM_ONLY, ALPHA, ASSIGNED, CASE_IGNORABLE, CASED, DECIMAL, DIGIT};

/// Whether Python's `str.isspace` holds for the one-character string `c`.
///
/// This is Rust's White_Space plus U+001C to U+001F (bidirectional classes B, S and WS).
#[inline]
pub fn is_space(c: char) -> bool {
    match c {
        '\t'..='\r' | '\u{1c}'..=' ' => true,
        '\0'..='\x7f' => false,
        _ => matches!(
            c,
            '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
                ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
        ),
    }
}

/// Whether Python's `str.isalpha` holds for `c`: general category L*, Unicode 14.0.
#[inline]
pub fn is_alpha(c: char) -> bool {
    chars::is(c, ALPHA)
}

/// Whether Python's `str.isalnum` holds for `c`, Unicode 14.0.
#[inline]
pub fn is_alnum(c: char) -> bool {
    chars::is(c, ALPHA | ALNUM_ONLY)
}

/// Whether Python's `str.isdigit` holds for `c`, Unicode 14.0; superscripts and circled digits count.
#[inline]
pub fn is_digit(c: char) -> bool {
    chars::is(c, DIGIT)
}

/// Whether Python's `str.isdecimal` holds for `c` (category Nd, Unicode 14.0); `\d` of the module `re`.
#[inline]
pub fn is_decimal(c: char) -> bool {
    chars::is(c, DECIMAL)
}

/// Whether Python's `str.isnumeric` holds for `c`, Unicode 14.0: digits, fractions, number letters, and the ideographs
/// that stand for numbers.
#[inline]
pub fn is_numeric(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    chars::is(c, ALNUM_ONLY) || (c >= NUMBER_IDEOGRAPHS[0] && NUMBER_IDEOGRAPHS.binary_search(&c).is_ok())
}

/// Letters that are numeric for CPython 3.11: ideographs for numbers, their financial and compatibility forms.
#[rustfmt::skip]
const NUMBER_IDEOGRAPHS: &[char] = &[
    '\u{3405}', '\u{3483}', '\u{382a}', '\u{3b4d}', '\u{4e00}', '\u{4e03}', '\u{4e07}', '\u{4e09}', '\u{4e5d}',
    '\u{4e8c}', '\u{4e94}', '\u{4e96}', '\u{4ebf}', '\u{4ec0}', '\u{4edf}', '\u{4ee8}', '\u{4f0d}', '\u{4f70}',
    '\u{5104}', '\u{5146}', '\u{5169}', '\u{516b}', '\u{516d}', '\u{5341}', '\u{5343}', '\u{5344}', '\u{5345}',
    '\u{534c}', '\u{53c1}', '\u{53c2}', '\u{53c3}', '\u{53c4}', '\u{56db}', '\u{58f1}', '\u{58f9}', '\u{5e7a}',
    '\u{5efe}', '\u{5eff}', '\u{5f0c}', '\u{5f0d}', '\u{5f0e}', '\u{5f10}', '\u{62fe}', '\u{634c}', '\u{67d2}',
    '\u{6f06}', '\u{7396}', '\u{767e}', '\u{8086}', '\u{842c}', '\u{8cae}', '\u{8cb3}', '\u{8d30}', '\u{9621}',
    '\u{9646}', '\u{964c}', '\u{9678}', '\u{96f6}', '\u{f96b}', '\u{f973}', '\u{f978}', '\u{f9b2}', '\u{f9d1}',
    '\u{f9d3}', '\u{f9fd}', '\u{20001}', '\u{20064}', '\u{200e2}', '\u{20121}', '\u{2092a}', '\u{20983}', '\u{2098c}',
    '\u{2099c}', '\u{20aea}', '\u{20afd}', '\u{20b19}', '\u{22390}', '\u{22998}', '\u{23b1b}', '\u{2626d}',
    '\u{2f890}',
];

/// Whether Python's `str.isupper` holds for the one-character string `c`, Unicode 14.0.
#[inline]
pub fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { c.is_uppercase() && chars::is(c, ASSIGNED) }
}

/// Whether `c` keeps a string from being upper case in Python: it is lower or title case, Unicode 14.0.
#[inline]
fn is_lower_or_title(c: char) -> bool {
    match c {
        // Title case.
        'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | 'ᾼ' | 'ῌ' | 'ῼ' => true,
        '\u{1f88}'..='\u{1f8f}' | '\u{1f98}'..='\u{1f9f}' | '\u{1fa8}'..='\u{1faf}' => true,
        _ => is_lower(c),
    }
}

/// `str.isupper()`: some character is upper case, none lower or title case.
pub fn is_upper_text(text: &str) -> bool {
    let mut upper = false;
    for c in text.chars() {
        if is_lower_or_title(c) {
            return false;
        }
        upper = upper || is_upper(c);
    }
    upper
}

/// Whether Python's `str.islower` holds for the one-character string `c`, Unicode 14.0.
#[inline]
pub fn is_lower(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_lowercase(),
        // Where later versions of Unicode say otherwise.
        '\u{295}' => true,
        '\u{10fc}' | '\u{a7f2}'..='\u{a7f4}' | '\u{ab69}' => false,
        _ => chars::is(c, ASSIGNED) && c.is_lowercase(),
    }
}

/// Whether `c` is a word character (`\w`) of the module `re`: alphanumeric or `_`.
#[inline]
pub fn is_word(c: char) -> bool {
    c == '_' || is_alnum(c)
}

/// Whether `c` ends a line for `str.splitlines`.
#[inline]
pub fn is_linebreak(c: char) -> bool {
    matches!(
        c,
        '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// `str.strip()`.
#[inline]
pub fn strip(text: &str) -> &str {
    lstrip(rstrip(text))
}

/// `str.lstrip()`.
#[inline]
pub fn lstrip(text: &str) -> &str {
    match text.as_bytes().first() {
        // Most text begins with something to be seen.
        None | Some(b'!'..=b'~') => text,
        _ => text.trim_start_matches(is_space),
    }
}

/// `str.rstrip()`.
#[inline]
pub fn rstrip(text: &str) -> &str {
    match text.as_bytes().last() {
        None | Some(b'!'..=b'~') => text,
        _ => text.trim_end_matches(is_space),
    }
}

/// `str.split()`: maximal runs of characters that are not white space.
pub fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::with_capacity(text.len() / 5);
    each_word(text, |word| words.push(word));
    words
}

/// Calls `visit` with each of the words of `str.split()`, in order.
#[inline]
pub fn each_word<'t>(text: &'t str, mut visit: impl FnMut(&'t str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let space = space_len(bytes, at);
        if space > 0 {
            at += space;
            continue;
        }
        let end = chunk_end(bytes, at);
        visit(&text[at..end]);
        at = end;
    }
}

/// First byte at or after `at` where white space begins, or the length.
#[inline]
pub(crate) fn chunk_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let candidates = maybe_space(u64::from_le_bytes(*eight));
        if candidates == 0 {
            at += 8;
            continue;
        }
        at += (candidates.trailing_zeros() / 8) as usize;
        if space_len(bytes, at) > 0 {
            return at;
        }
        at += 1;
    }
    while at < bytes.len() && space_len(bytes, at) == 0 {
        at += 1;
    }
    at
}

/// A one in each byte.
pub(super) const ONES: u64 = 0x0101_0101_0101_0101;
/// The high bit of each byte.
pub(super) const HIGH: u64 = ONES << 7;
/// The other bits.
pub(super) const LOW: u64 = !HIGH;

/// The high bit of each byte that is not zero (the other bits are of no meaning); no carry crosses bytes.
#[inline]
fn not_zero(x: u64) -> u64 {
    ((x & LOW) + LOW) | x
}

/// The high bit of each byte that is at most 0x20, 0xc2 or 0xe0 to 0xe3, the bytes with which white space
/// can begin in UTF-8.
#[inline]
pub(super) fn maybe_space(x: u64) -> u64 {
    let above_space = ((x & LOW) + ONES * (0x7f - 0x20)) | x;
    let not_c2 = not_zero(x ^ (ONES * 0xc2));
    let not_e0 = not_zero((x & (ONES * 0xfc)) ^ (ONES * 0xe0));
    !(above_space & not_c2 & not_e0) & HIGH
}

/// Length in bytes of the white-space character that begins at byte `at` of UTF-8 text, 0 when the
/// character there is not white space. `at` must lie inside the text; continuation bytes give 0.
#[inline]
pub(crate) fn space_len(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'!'..=0x7f => 0,
        b' ' => 1,
        _ => odd_space_len(bytes, at),
    }
}

/// The same for what is neither a space nor an ASCII character that can be seen.
fn odd_space_len(bytes: &[u8], at: usize) -> usize {
    let next = |k: usize| bytes.get(at + k).copied().unwrap_or(0);
    match bytes[at] {
        9..=13 | 28..=32 => 1,
        0xc2 if matches!(next(1), 0x85 | 0xa0) => 2,
        0xe1 if next(1) == 0x9a && next(2) == 0x80 => 3,
        0xe2 if next(1) == 0x80 && matches!(next(2), 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf) => 3,
        0xe2 if next(1) == 0x81 && next(2) == 0x9f => 3,
        0xe3 if next(1) == 0x80 && next(2) == 0x80 => 3,
        _ => 0,
    }
}

/// `str.splitlines()`: `"\r\n"` is one break, a break at the very end starts no further line.
pub fn splitlines(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    if !has_odd_break(bytes) {
        for at in memchr::memchr_iter(b'\n', bytes) {
            lines.push(&text[start..at]);
            start = at + 1;
        }
    }
    while start < bytes.len() {
        let (at, len) = next_break(bytes, start);
        lines.push(&text[start..at]);
        start = at + len;
    }
    lines
}

/// Whether there may be a line break other than a line feed.
fn has_odd_break(bytes: &[u8]) -> bool {
    // No `match` and no early end: this compiles to arithmetic on many bytes at once.
    let control = |b: u8| (b.wrapping_sub(0x0b) < 3) | (b.wrapping_sub(0x1c) < 3);
    let last = bytes.len().saturating_sub(2);
    let (first, second, third) = (&bytes[..last], &bytes[last.min(1)..], &bytes[last.min(2)..]);
    let wide = first.iter().zip(second).zip(third).fold(false, |any, ((&a, &b), &c)| {
        any | control(a) | ((a == 0xc2) & (b == 0x85)) | ((a == 0xe2) & (c & 0xfe == 0xa8))
    });
    wide || bytes[last..].iter().any(|&b| control(b) || b == 0x85)
}

/// Where the first line break at or after `at` begins, and its length; the length of the text and 0 without one.
fn next_break(bytes: &[u8], mut at: usize) -> (usize, usize) {
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let candidates = maybe_break(u64::from_le_bytes(*eight));
        if candidates == 0 {
            at += 8;
            continue;
        }
        at += (candidates.trailing_zeros() / 8) as usize;
        match break_len(bytes, at) {
            0 => at += 1,
            len => return (at, len),
        }
    }
    while at < bytes.len() {
        match break_len(bytes, at) {
            0 => at += 1,
            len => return (at, len),
        }
    }
    (at, 0)
}

/// The high bit of each byte that is below 0x20, 0xc2 or 0xe2, the bytes with which line breaks can begin in UTF-8.
#[inline]
fn maybe_break(x: u64) -> u64 {
    let above_control = ((x & LOW) + ONES * (0x80 - 0x20)) | x;
    let not_c2 = not_zero(x ^ (ONES * 0xc2));
    let not_e2 = not_zero(x ^ (ONES * 0xe2));
    !(above_control & not_c2 & not_e2) & HIGH
}

/// Length in bytes of the line break that begins at byte `at`, 0 when there is none.
#[inline]
fn break_len(bytes: &[u8], at: usize) -> usize {
    let next = |k: usize| bytes.get(at + k).copied().unwrap_or(0);
    match bytes[at] {
        b'\r' if next(1) == b'\n' => 2,
        b'\n'..=b'\r' | 0x1c..=0x1e => 1,
        0xc2 if next(1) == 0x85 => 2,
        0xe2 if next(1) == 0x80 && matches!(next(2), 0xa8 | 0xa9) => 3,
        _ => 0,
    }
}

/// `str.lower()`: full case mapping, a capital sigma that ends a word becomes `ς`.
pub fn lower(text: &str) -> String {
    let mut out = String::new();
    lower_into(text, &mut out);
    out
}

/// [`lower`] into a buffer, whose content is replaced.
pub fn lower_into(text: &str, out: &mut String) {
    out.clear();
    out.reserve(text.len());
    let mut at = 0;
    while at < text.len() {
        let ascii = ascii_run(&text.as_bytes()[at..]);
        let start = out.len();
        out.push_str(&text[at..at + ascii]);
        out[start..].make_ascii_lowercase();
        at += ascii;
        while let Some(c) = text[at..].chars().next().filter(|c| !c.is_ascii()) {
            lower_char(text, at, c, out);
            at += c.len_utf8();
        }
    }
}

/// How many bytes at the beginning are ASCII.
fn ascii_run(bytes: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let whole = blocks.iter().take_while(|block| block.is_ascii()).count() * BLOCK;
    whole + bytes[whole..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// Appends the lower case of `c`, which stands at byte `at` of `text`.
fn lower_char(text: &str, at: usize, c: char, out: &mut String) {
    if c == 'Σ' {
        out.push(if is_final_sigma(text, at) { 'ς' } else { 'σ' });
    } else if chars::is(c, ASSIGNED) {
        out.extend(c.to_lowercase());
    } else {
        out.push(c);
    }
}

/// Whether the capital sigma at byte `at` ends a word: the nearest character before it that is not
/// case-ignorable is cased, and the nearest one after it is not (Unicode, Final_Sigma).
fn is_final_sigma(text: &str, at: usize) -> bool {
    let significant = |c: &char| !chars::is(*c, CASE_IGNORABLE);
    let before = text[..at].chars().rev().find(significant);
    let after = text[at + 'Σ'.len_utf8()..].chars().find(significant);
    before.is_some_and(|c| chars::is(c, CASED)) && !after.is_some_and(|c| chars::is(c, CASED))
}
