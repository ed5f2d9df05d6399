//! Which n-grams of a text stand in benchmark items as well.
//!
//! Words of the benchmarks are numbered; a word that no benchmark has breaks every n-gram, so most of a document costs one
//! look-up a word. The n-grams of the items are places in one long row of numbers, found by a rolling hash and confirmed word
//! by word: a hit is never the fault of a hash. Building and looking up are linear in the texts, whatever the length of an
//! n-gram.

mod cut;
mod form;
pub mod sampled;
mod table;
mod words;

pub use cut::{Cutting, Spared, cut};
pub use form::Form;
pub use table::{Builder, Hit, Table, TooManyWords};

/// Which n-grams of an item are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grams {
    /// Words in one; at least 1.
    pub words: usize,
    /// Those within the question.
    pub question: bool,
    /// Those that begin in the question and end in the answer. Those within the answer always are.
    pub across: bool,
}

#[cfg(test)]
mod tests;
