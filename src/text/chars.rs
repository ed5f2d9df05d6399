//! Which sets a character belongs to: one table look-up for all of them.
//!
//! The sets come from [`super::tables`]: CPython 3.11 (Unicode 14.0), spaCy and datatrove. Rust's own
//! tables are of a newer Unicode and define "alphabetic" otherwise, so they are not used for these.

use std::sync::LazyLock;

use super::tables::SETS;

/// Set membership of one character, a bit per set in the order of `tables::SETS`.
pub(super) type Flags = u32;

/// Python `str.isalpha`.
pub(super) const ALPHA: Flags = 1;
/// Python `str.isalnum` without `isalpha`.
pub(super) const ALNUM_ONLY: Flags = 1 << 1;
/// Python `str.isdigit`.
pub(super) const DIGIT: Flags = 1 << 2;
/// Python `str.isdecimal`, and `\d` of the module `re`.
pub(super) const DECIMAL: Flags = 1 << 3;
/// General category Mn.
pub(super) const NONSPACING: Flags = 1 << 4;
/// General category P*.
pub(super) const PUNCTUATION_CATEGORY: Flags = 1 << 5;
/// Assigned in Unicode 14.0.
pub(super) const ASSIGNED: Flags = 1 << 6;
/// Cased and not case-ignorable.
pub(super) const CASED: Flags = 1 << 7;
/// Case-ignorable.
pub(super) const CASE_IGNORABLE: Flags = 1 << 8;
/// `\p{Nd}` of the Python module `regex`.
pub(super) const NUMBER: Flags = 1 << 9;
/// datatrove's `PUNCTUATION`.
pub(super) const DT_PUNCTUATION: Flags = 1 << 10;
/// datatrove's `TERMINAL_PUNCTUATION`.
pub(super) const DT_TERMINAL: Flags = 1 << 11;
/// spaCy's sentence-final marks.
pub(super) const SENTENCE_END: Flags = 1 << 12;
/// spaCy's `ALPHA`.
pub(super) const SPACY_ALPHA: Flags = 1 << 13;
/// spaCy's `ALPHA_LOWER`.
pub(super) const SPACY_LOWER: Flags = 1 << 14;
/// spaCy's `ALPHA_UPPER`.
pub(super) const SPACY_UPPER: Flags = 1 << 15;
/// spaCy's quotation marks.
pub(super) const SPACY_QUOTE: Flags = 1 << 16;
/// A spaCy prefix whatever follows.
pub(super) const SPACY_PREFIX: Flags = 1 << 17;
/// A spaCy suffix whatever stands before.
pub(super) const SPACY_SUFFIX: Flags = 1 << 18;
/// A spaCy infix whatever stands around.
pub(super) const SPACY_INFIX: Flags = 1 << 19;
/// A full stop after it is a spaCy suffix.
pub(super) const SPACY_BEFORE_DOT: Flags = 1 << 20;

/// log2 of the block size: 128 code points, so that ASCII is block 0.
const BLOCK_BITS: u32 = 7;
/// Code points in a block.
const BLOCK: usize = 1 << BLOCK_BITS;
/// Number of blocks in the code space.
const N_BLOCKS: usize = 0x11_0000 >> BLOCK_BITS;

/// Two-stage table: block number, then flags. Equal neighbouring blocks are stored once.
struct Table {
    index: Vec<u16>,
    blocks: Vec<[Flags; BLOCK]>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

impl Table {
    /// Expands the runs, a block at a time.
    fn build() -> Self {
        let mut cursors = [0_usize; SETS.len()];
        let mut table = Table { index: Vec::with_capacity(N_BLOCKS), blocks: Vec::new() };
        for number in 0..N_BLOCKS {
            let mut block = [0; BLOCK];
            for (bit, cursor) in cursors.iter_mut().enumerate() {
                fill(&mut block, number * BLOCK, bit, cursor);
            }
            if table.blocks.last() != Some(&block) {
                table.blocks.push(block);
            }
            table.index.push((table.blocks.len() - 1) as u16);
        }
        table
    }
}

/// Sets `bit` for the members of its set in the block that begins at `base`; `cursor` is the first run
/// of the set that may reach this block, and moves on with the blocks.
fn fill(block: &mut [Flags; BLOCK], base: usize, bit: usize, cursor: &mut usize) {
    let runs = SETS[bit];
    let mut at = *cursor;
    while let Some(&(first, last, step)) = runs.get(at) {
        let (first, last, step) = (first as usize, last as usize, usize::from(step));
        if first >= base + BLOCK {
            break;
        }
        let skip = base.saturating_sub(first).div_ceil(step) * step;
        for c in (first + skip..=last.min(base + BLOCK - 1)).step_by(step) {
            block[c - base] |= 1 << bit;
        }
        if last >= base + BLOCK {
            break;
        }
        at += 1;
    }
    *cursor = at;
}

/// The sets `c` belongs to.
#[inline]
pub(super) fn flags(c: char) -> Flags {
    let table = &*TABLE;
    let c = c as usize;
    table.blocks[usize::from(table.index[c >> BLOCK_BITS])][c & (BLOCK - 1)]
}

/// Whether `c` is in any of the sets of `mask`.
#[inline]
pub(super) fn is(c: char, mask: Flags) -> bool {
    flags(c) & mask != 0
}
