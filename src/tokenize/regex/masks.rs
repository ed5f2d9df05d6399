use regex_syntax::hir::ClassUnicode;

use crate::tokenize::utf8;

/// Which sets of the pattern each character is in, as bits: by blocks of 256 characters.
pub(super) struct Masks {
    ascii: [u32; 128],
    index: Vec<u16>,
    blocks: Vec<[u32; 256]>,
}

impl Masks {
    /// Bit `i` stands for `sets[i]`; there are at most 32.
    pub(super) fn new(sets: &[ClassUnicode]) -> Self {
        let mut table = Self { ascii: [0; 128], index: vec![0; 0x1100], blocks: vec![[0; 256]] };
        let mut flat = vec![0u32; 0x11_0000];
        for (bit, set) in sets.iter().enumerate() {
            for range in set.ranges() {
                let range = u32::from(range.start()) as usize..=u32::from(range.end()) as usize;
                flat[range].iter_mut().for_each(|bits| *bits |= 1 << bit);
            }
        }
        for (place, chunk) in flat.as_chunks::<256>().0.iter().enumerate() {
            let known = table.blocks.iter().position(|block| block == chunk).unwrap_or_else(|| {
                table.blocks.push(*chunk);
                table.blocks.len() - 1
            });
            // At most 0x1101 blocks exist.
            table.index[place] = known as u16;
        }
        table.ascii.copy_from_slice(&flat[..128]);
        table
    }

    pub(super) fn ascii(&self, byte: usize) -> u32 {
        self.ascii[byte]
    }

    /// The sets and the length of the character at `text[at]`, where one begins.
    #[inline(always)]
    pub(super) fn at(&self, text: &[u8], at: usize) -> (u32, usize) {
        match self.ascii.get(usize::from(text[at])) {
            Some(&bits) => (bits, 1),
            None => self.beyond(text, at),
        }
    }

    fn beyond(&self, text: &[u8], at: usize) -> (u32, usize) {
        let (code, length) = utf8::beyond_ascii(text, at);
        match self.index.get(code >> 8) {
            Some(&block) => (self.blocks[usize::from(block)][code & 255], length),
            None => (0, length),
        }
    }
}
