use super::words::character;
use crate::tokenize::fast::{Merges, Model, Work};

/// No symbol.
const NONE: u32 = u32::MAX;

/// The first symbol of every character, by blocks of 256.
struct Table {
    index: Vec<u16>,
    blocks: Vec<[u32; 256]>,
}

impl Table {
    fn new(symbols: &[(char, u32)]) -> Self {
        let mut table = Self { index: vec![0; 0x1100], blocks: vec![[NONE; 256]] };
        for (char, symbol) in symbols {
            let code = u32::from(*char) as usize;
            if table.index[code >> 8] == 0 {
                // At most 0x1100 blocks are made.
                table.index[code >> 8] = table.blocks.len() as u16;
                table.blocks.push([NONE; 256]);
            }
            table.blocks[usize::from(table.index[code >> 8])][code & 255] = *symbol;
        }
        table
    }

    #[inline]
    fn get(&self, char: char) -> u32 {
        let code = u32::from(char) as usize;
        self.blocks[usize::from(self.index[code >> 8])][code & 255]
    }
}

/// What becomes of characters that are no token.
pub(super) enum Unknown {
    /// The tokens of their bytes.
    Bytes(Box<[u32; 256]>),
    /// This one token.
    Token(u32),
}

/// BPE that starts from characters. Text spells the delimiter of words `▁` as a space where `escaped`.
pub(super) struct Characters {
    table: Table,
    merges: Merges,
    unknown: Unknown,
    /// A space in the text stands for U+2581.
    escaped: bool,
    /// Symbols from here on are characters that are no tokens, though merges know them.
    ghosts: u32,
    ghost_chars: Vec<char>,
}

impl Characters {
    /// `symbols` are the characters that merges or the vocabulary know; a symbol of `ghosts` and more is no token itself, and
    /// stands for the character in `ghost_chars`.
    pub(super) fn new(
        symbols: &[(char, u32)],
        merges: Merges,
        unknown: Unknown,
        escaped: bool,
        ghosts: u32,
        ghost_chars: Vec<char>,
    ) -> Self {
        Self { table: Table::new(symbols), merges, unknown, escaped, ghosts, ghost_chars }
    }

    /// Appends what stands for a character that is no token.
    #[inline]
    fn fall_back(&self, char: char, ids: &mut Vec<u32>) {
        match &self.unknown {
            Unknown::Token(id) => ids.push(*id),
            Unknown::Bytes(bytes) => {
                let char = if char == ' ' && self.escaped { '\u{2581}' } else { char };
                ids.extend(char.encode_utf8(&mut [0; 4]).bytes().map(|byte| bytes[usize::from(byte)]));
            }
        }
    }
}

impl Model for Characters {
    fn tokens(&self, piece: &[u8], work: &mut Work, ids: &mut Vec<u32>) {
        let mut symbols = std::mem::take(&mut work.symbols);
        symbols.clear();
        let mut at = 0;
        while at < piece.len() {
            let (char, length) = character(piece, at);
            match self.table.get(char) {
                // Tokens of bytes and the unknown token are in no merge, so they may stand among the symbols.
                NONE => self.fall_back(char, &mut symbols),
                symbol => symbols.push(symbol),
            }
            at += length;
        }
        if self.ghost_chars.is_empty() {
            self.merges.apply_symbols(&symbols, work, ids);
            work.symbols = symbols;
            return;
        }
        let mut merged = std::mem::take(&mut work.merged);
        merged.clear();
        self.merges.apply_symbols(&symbols, work, &mut merged);
        for symbol in &merged {
            match symbol.checked_sub(self.ghosts).and_then(|ghost| self.ghost_chars.get(ghost as usize)) {
                Some(char) => self.fall_back(*char, ids),
                None => ids.push(*symbol),
            }
        }
        (work.symbols, work.merged) = (symbols, merged);
    }
}
