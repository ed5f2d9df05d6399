//! Two double-byte charsets that the web standard lacks, rewritten into ones that it has: Johab and EUC-TW.

use std::sync::LazyLock;

/// Runs of cells of CNS 11643 and where they lie in Big5: `plane cell big5 length`, by `tests/scripts/charset_tables.py`.
const RUNS: &str = include_str!("euc-tw.txt");
/// Cells in a row of a 94 by 94 set.
const CELLS: usize = 94;
/// Cells of Big5 under one lead byte.
const BIG5_CELLS: usize = 157;

/// Big5 cell + 1 by plane and cell; 0 where there is none.
static BIG5: LazyLock<[Vec<u16>; 2]> = LazyLock::new(|| {
    let mut planes = [vec![0; CELLS * CELLS], vec![0; CELLS * CELLS]];
    for line in RUNS.lines() {
        let numbers: Vec<usize> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
        if let [plane @ 1..=2, cell, big5, length] = numbers[..] {
            for (step, entry) in planes[plane - 1].iter_mut().skip(cell).take(length).enumerate() {
                *entry = u16::try_from(big5 + step + 1).unwrap_or_default();
            }
        }
    }
    planes
});

/// A byte pair that no charset has: decoders make one U+FFFD of it.
const INVALID: [u8; 1] = [0xFF];

/// Rewrites EUC-TW as Big5. Characters of planes 3 and above have none and become invalid bytes.
#[must_use]
pub fn euc_tw_to_big5(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        rest = match *rest {
            [] => return out,
            [0x8E, plane @ 0xA1..=0xB0, a @ 0xA1..=0xFE, b @ 0xA1..=0xFE, ..] => {
                push_big5(plane - 0xA0, a, b, &mut out);
                &rest[4..]
            }
            [a @ 0xA1..=0xFE, b @ 0xA1..=0xFE, ..] => {
                push_big5(1, a, b, &mut out);
                &rest[2..]
            }
            [a, ..] => {
                out.extend_from_slice(if a < 0x80 { &rest[..1] } else { &INVALID });
                &rest[1..]
            }
        };
    }
}

fn push_big5(plane: u8, a: u8, b: u8, out: &mut Vec<u8>) {
    let cell = usize::from(a - 0xA1) * CELLS + usize::from(b - 0xA1);
    let known = BIG5.get(usize::from(plane).wrapping_sub(1)).map_or(0, |cells| cells[cell]);
    let Some(at) = usize::from(known).checked_sub(1) else {
        out.extend_from_slice(&INVALID);
        return;
    };
    let trail = at % BIG5_CELLS;
    let trail = if trail < 63 { 0x40 + trail } else { 0xA1 + trail - 63 };
    out.extend([(0xA1 + at / BIG5_CELLS) as u8, trail as u8]);
}

/// Jamo standing alone, by the numbers of leading consonants.
const LEADING: [u8; 19] =
    [0x31, 0x32, 0x34, 0x37, 0x38, 0x39, 0x41, 0x42, 0x43, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E];
/// Jamo standing alone, by the numbers of trailing consonants.
const TRAILING: [u8; 27] = [
    0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x40, 0x41, 0x42, 0x44, 0x45,
    0x46, 0x47, 0x48, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E,
];

/// Decodes Johab (KS X 1001, annex 3): three jamo of five bits each, and the other rows of KS X 1001 moved.
#[must_use]
pub fn decode_johab(bytes: &[u8]) -> (String, u64) {
    let mut out = String::with_capacity(bytes.len() * 2);
    let mut bad = 0;
    let mut rest = bytes;
    loop {
        let (c, len) = match *rest {
            [] => return (out, bad),
            [a, ..] if a < 0x80 => (Some(char::from(a)), 1),
            [a, b, ..] => match syllable(a, b).or_else(|| moved(a, b)) {
                Some(c) => (Some(c), 2),
                None => (None, 1),
            },
            _ => (None, 1),
        };
        bad += u64::from(c.is_none());
        out.push(c.unwrap_or('\u{FFFD}'));
        rest = &rest[len..];
    }
}

fn syllable(a: u8, b: u8) -> Option<char> {
    let code = u32::from(a) << 8 | u32::from(b);
    if !matches!(a, 0x84..=0xD3) {
        return None;
    }
    let part = |shift: u32| code >> shift & 31;
    let (leading, vowel, trailing) = (part(10), part(5), part(0));
    // `None`: not assigned; `Some(None)`: the filler.
    let leading = match leading {
        1 => None,
        2..=20 => Some(leading - 2),
        _ => return None,
    };
    let vowel = match vowel {
        2 => None,
        3..=7 => Some(vowel - 3),
        10..=15 => Some(vowel - 5),
        18..=23 => Some(vowel - 7),
        26..=29 => Some(vowel - 9),
        _ => return None,
    };
    let trailing = match trailing {
        1 => None,
        2..=17 => Some(trailing - 2),
        19..=29 => Some(trailing - 3),
        _ => return None,
    };
    let alone = |low: u8| char::from_u32(0x3100 + u32::from(low));
    match (leading, vowel, trailing) {
        (Some(l), Some(v), t) => char::from_u32(0xAC00 + (l * 21 + v) * 28 + t.map_or(0, |t| t + 1)),
        (Some(l), None, None) => alone(*LEADING.get(l as usize)?),
        (None, Some(v), None) => char::from_u32(0x314F + v),
        (None, None, None) => Some('\u{3000}'),
        (None, None, Some(t)) => alone(*TRAILING.get(t as usize)?),
        _ => None,
    }
}

/// The rows of symbols and ideographs: two rows of KS X 1001 under each lead byte.
fn moved(a: u8, b: u8) -> Option<char> {
    let row = match a {
        0xD9..=0xDE => 0x21 + (a - 0xD9) * 2,
        0xE0..=0xF9 => 0x4A + (a - 0xE0) * 2,
        _ => return None,
    };
    let cell = match b {
        0x31..=0x7E => b - 0x31,
        0x91..=0xFE => b - 0x43,
        _ => return None,
    };
    let pair = [(row + cell / 94) | 0x80, (cell % 94 + 0x21) | 0x80];
    let (text, had_errors) = encoding_rs::EUC_KR.decode_without_bom_handling(&pair);
    text.chars().next().filter(|_| !had_errors)
}
