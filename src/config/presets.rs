//! Published parameters of near-dedup: what `preset` stands for.
//!
//! Bands, rows, shingle length and verification are those that were published; they decide which pairs are found. Words,
//! lower case and the hash are ours except where the hash is one of datatrove's: there the signatures are equal bit for bit.

use super::words::{MinhashHash, MinhashPreset, Shingle, Short};

/// The values of one preset; a key given beside it goes before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// Units per shingle.
    pub ngram: u32,
    /// Bands of the signature.
    pub bands: u32,
    /// Hashes per band.
    pub rows: u32,
    /// What a shingle is made of.
    pub shingle: Shingle,
    /// The hash and the family of permutations.
    pub hash: MinhashHash,
    /// Short documents.
    pub short: Short,
    /// Whether texts are compared in lower case.
    pub lower: bool,
    /// Least similarity; 0: not verified.
    pub min_similarity: f64,
    /// Whether the newest document stays instead of the first.
    pub newest: bool,
}

/// Our defaults, from which presets differ.
pub const DEFAULT: Preset = Preset {
    ngram: 5,
    bands: 14,
    rows: 8,
    shingle: Shingle::Word,
    hash: MinhashHash::Fast,
    short: Short::WholeText,
    lower: true,
    min_similarity: 0.75,
    newest: false,
};

/// What a preset stands for.
#[must_use]
pub fn preset(name: MinhashPreset) -> Preset {
    let of = |ngram, (bands, rows), shingle| Preset { ngram, bands, rows, shingle, min_similarity: 0.0, ..DEFAULT };
    let datatrove = |hash| Preset { hash, short: Short::Exempt, ..of(5, (14, 8), Shingle::Word) };
    match name {
        MinhashPreset::Datatrove => datatrove(MinhashHash::Xxh64),
        MinhashPreset::Fineweb => datatrove(MinhashHash::Sha1x64),
        MinhashPreset::Olmo3 => Preset { min_similarity: 0.8, newest: true, ..of(5, (26, 11), Shingle::Token) },
        // cuDF hashes the characters as they stand, and a text shorter than the window whole.
        MinhashPreset::NemotronCc => Preset { lower: false, ..of(24, (20, 13), Shingle::Char) },
        MinhashPreset::RedpajamaV2 => of(13, (9, 13), Shingle::Word),
        MinhashPreset::RedpajamaV2Low => of(13, (14, 9), Shingle::Word),
        MinhashPreset::Zyda => of(13, (32, 4), Shingle::Word),
        MinhashPreset::DataJuicer => of(5, (25, 10), Shingle::SpaceWord),
        MinhashPreset::DataPrepKit => Preset { min_similarity: 0.75, ..of(5, (14, 8), Shingle::Word) },
        MinhashPreset::Hplt => of(1, (17, 15), Shingle::SpaceWord),
        MinhashPreset::Marin => of(5, (26, 11), Shingle::Char),
        MinhashPreset::Fastdedup => Preset { min_similarity: 0.8, ..of(3, (16, 8), Shingle::Char) },
    }
}
