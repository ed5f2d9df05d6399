//! Text classifiers in fastText's file format: load (`.bin` and `.ftz`), predict.
//!
//! Own reader and predictor of the format that facebookresearch/fastText 0.9 writes (versions 11 and 12; softmax,
//! negative sampling, one-vs-all and hierarchical softmax; dense and product-quantized matrices; word n-grams, subwords,
//! pruned n-gram index). The arithmetic follows the C++ library term by term, so labels are the same and probabilities
//! agree to rounding. The module reads bytes that the caller hands over and does no I/O.

mod dictionary;
mod error;
pub mod grams;
mod interner;
pub mod kenlm;
mod matrix;
mod model;
mod predict;
mod reader;
mod subword;
#[cfg(test)]
mod tests;
pub mod train;
mod tree;

pub use error::ModelError;
pub use model::{FastText, Loss};
pub use predict::Scratch;
