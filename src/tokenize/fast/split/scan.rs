use super::super::classes::{Classes, LETTER, NUMBER, SPACE};
use super::Contractions;

const LOW7: u64 = 0x7F7F_7F7F_7F7F_7F7F;
const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// A bit (the highest of its byte) for every byte of `word` that is an ASCII letter.
#[inline(always)]
fn letters(word: u64) -> u64 {
    let folded = (word | (0x20 * ONES)) & LOW7;
    // No carry leaves a byte: both summands are below 0x80.
    let from_a = folded + ((0x80 - b'a' as u64) * ONES);
    let after_z = folded + ((0x80 - b'z' as u64 - 1) * ONES);
    from_a & !after_z & !word & HIGH
}

/// The end of the run of letters (`\p{L}`) from `at`.
#[inline(always)]
pub(super) fn letters_end(classes: &Classes, text: &[u8], mut at: usize, end: usize) -> usize {
    loop {
        while at + 8 <= end {
            let Some(word) = text[at..].first_chunk() else { break };
            let others = !letters(u64::from_le_bytes(*word)) & HIGH;
            if others != 0 {
                at += (others.trailing_zeros() / 8) as usize;
                break;
            }
            at += 8;
        }
        if at >= end {
            return end;
        }
        let (bits, length) = classes.at(text, at);
        if bits & LETTER == 0 {
            return at;
        }
        at += length;
        // A run of letters beyond ASCII rarely goes back to ASCII.
        while at < end && text[at] >= 0x80 {
            let (bits, length) = classes.at(text, at);
            if bits & LETTER == 0 {
                return at;
            }
            at += length;
        }
    }
}

/// The end of the run of characters from `at` that have one of `bits`.
#[inline(always)]
pub(super) fn run_end(classes: &Classes, text: &[u8], mut at: usize, end: usize, bits: u8) -> usize {
    while at < end {
        let (found, length) = classes.at(text, at);
        if found & bits == 0 {
            break;
        }
        at += length;
    }
    at
}

/// The end of the run of `[^\s\p{L}\p{N}]` from `at`.
#[inline(always)]
pub(super) fn others_end(classes: &Classes, text: &[u8], mut at: usize, end: usize) -> usize {
    while at < end {
        let (found, length) = classes.at(text, at);
        if found & (LETTER | NUMBER | SPACE) != 0 {
            break;
        }
        at += length;
    }
    at
}

/// The end of a match of `\p{N}{1,most}` at `at`, where a number stands.
#[inline(always)]
pub(super) fn numbers_end(classes: &Classes, text: &[u8], mut at: usize, end: usize, most: usize) -> usize {
    for _ in 0..most {
        if at >= end {
            break;
        }
        let (bits, length) = classes.at(text, at);
        if bits & NUMBER == 0 {
            break;
        }
        at += length;
    }
    at
}

/// The end of `\s+(?!\S)|\s+` at `at`, and before it of `\s*[\r\n]+` when `newlines`. White space stands at `at`.
#[inline]
pub(super) fn spaces_end(classes: &Classes, text: &[u8], at: usize, end: usize, newlines: bool) -> usize {
    let (mut next, mut last, mut after_newline) = (at, at, None);
    while next < end {
        let (bits, length) = classes.at(text, next);
        if bits & SPACE == 0 {
            break;
        }
        last = next;
        next += length;
        if matches!(text[last], b'\r' | b'\n') {
            after_newline = Some(next);
        }
    }
    match after_newline {
        Some(newline) if newlines => newline,
        // The run ends the text, or it is one character.
        _ if next == end || last == at => next,
        // Its last character goes with what follows.
        _ => last,
    }
}

/// The end of `'s|'t|'re|'ve|'m|'ll|'d` at `at`, where an apostrophe stands; `None` when there is none.
#[inline]
pub(super) fn contraction_end(text: &[u8], at: usize, end: usize, kind: Contractions) -> Option<usize> {
    let rest = text.get(at + 1..end)?;
    let fold = |byte: u8| match kind {
        Contractions::Lower => byte,
        _ => byte.to_ascii_lowercase(),
    };
    if kind == Contractions::None {
        return None;
    }
    let first = fold(*rest.first()?);
    match first {
        b's' | b't' | b'm' | b'd' => return Some(at + 2),
        // U+017F, long s.
        0xC5 if kind == Contractions::Folded && rest.get(1) == Some(&0xBF) => return Some(at + 3),
        b'r' | b'v' | b'l' => {}
        _ => return None,
    }
    let second = fold(*rest.get(1)?);
    let whole = matches!((first, second), (b'r' | b'v', b'e') | (b'l', b'l'));
    whole.then_some(at + 3)
}
