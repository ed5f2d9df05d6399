//! Shares of single characters, from one pass over the bytes.

use super::set_char_share;
use crate::metrics::Sink;
use crate::metrics::chars::count_substrings;
use crate::text::TextView;

/// Bits of a counter: a chunk must have fewer bytes than it can count.
const WIDTH: u32 = 16;
/// Bytes counted before the counters are emptied.
const CHUNK: usize = (1 << WIDTH) - 1;

/// For each byte, one in each of the four counters that it adds to: counter k lies at bit `k * WIDTH`.
static ADDS: [u64; 256] = adds();

/// Fills [`ADDS`]; the order of the counters is that of the family's table.
const fn adds() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        let alnum = byte.is_ascii_alphanumeric() || matches!(byte, b'\n' | b'?' | b'!' | b',' | b'.');
        let space = matches!(byte, b'\t' | b'\n' | b'\r' | 0x08 | b' ');
        let bracket = matches!(byte, b'{' | b'}' | b'[' | b']' | b'(' | b')');
        table[byte as usize] = alnum as u64
            | (byte.is_ascii_digit() as u64) << WIDTH
            | (space as u64) << (2 * WIDTH)
            | (bracket as u64) << (3 * WIDTH);
        byte += 1;
    }
    table
}

/// Measures the shares.
pub(super) fn measure(view: &TextView<'_>, sink: &mut Sink) {
    let text = view.text();
    let mut counts = [0_usize; 4];
    for chunk in text.as_bytes().chunks(CHUNK) {
        let packed: u64 = chunk.iter().map(|&byte| ADDS[usize::from(byte)]).sum();
        for (count, counter) in counts.iter_mut().zip(0_u32..) {
            *count += usize::from((packed >> (counter * WIDTH)) as u16);
        }
    }
    let chars = view.n_chars();
    if chars < text.len() {
        counts[3] += count_substrings(text, "⟨") + count_substrings(text, "⟩");
    }
    set_char_share(sink, 0, chars - counts[0], chars);
    for (place, &count) in counts.iter().enumerate().skip(1) {
        set_char_share(sink, place, count, chars);
    }
}
