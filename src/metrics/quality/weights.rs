//! Written by `cargo bench --bench train_quality`; see the folder's `mod.rs`.

use super::model::{Model, Weight};

/// The default model.
pub const MODEL: Model = Model {
    weights: [
        // function words
        Weight { mean: 1430, scale: 46168, weight: 76 },
        // lines with a final mark
        Weight { mean: 2115, scale: 12709, weight: 226 },
        // length of lines
        Weight { mean: 1763, scale: 52641, weight: 229 },
        // capitals
        Weight { mean: 234, scale: 122782, weight: -240 },
        // digits
        Weight { mean: 95, scale: 138085, weight: -288 },
        // signs
        Weight { mean: 182, scale: 200770, weight: -399 },
        // capitalised words
        Weight { mean: 957, scale: 32323, weight: -62 },
        // colons
        Weight { mean: 63, scale: 155713, weight: -289 },
        // words of whole sentences
        Weight { mean: 3160, scale: 16754, weight: 155 },
        // he, she, they
        Weight { mean: 54, scale: 250479, weight: 181 },
        // connectives
        Weight { mean: 142, scale: 182100, weight: 0 },
        // commas
        Weight { mean: 192, scale: 140342, weight: 222 },
        // words of buttons and shops
        Weight { mean: 62, scale: 189857, weight: -267 },
        // past tense
        Weight { mean: 38, scale: 322508, weight: -52 },
        // you
        Weight { mean: 46, scale: 224779, weight: -49 },
        // list items
        Weight { mean: 453, scale: 18813, weight: 106 },
        // bars and ellipses
        Weight { mean: 41, scale: 177383, weight: -128 },
    ],
    bias: 51858,
};
