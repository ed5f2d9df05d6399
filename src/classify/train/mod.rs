//! Training of classifiers in fastText's file format, and their figures.
//!
//! [`Corpus`] takes labelled texts as numbers, [`train`] fits a model to those that are not held out, [`Trained::dense`] and
//! [`Trained::quantized`] give the bytes of the `.bin` and `.ftz` files that fastText 0.9 and [`super::FastText`] load,
//! [`evaluation`] measures on the held-out texts.
//!
//! The model and its updates are those of fastText's supervised mode (Joulin et al. 2016, "Bag of Tricks for Efficient Text
//! Classification"): a text is the mean of the rows of its words, character n-grams and word n-grams; labels are scored by a
//! softmax, a Huffman tree or independent sigmoids; one stochastic gradient step a text, at a rate that falls to 0. What
//! differs is chance: fastText's threads write to the same rows without order, here texts are taken one after the other, in a
//! shuffle of each epoch by hash, and first values are hashes of their place. The same texts, options and seed give the same
//! bytes.

mod corpus;
pub mod evaluation;
pub mod figures;
mod kmeans;
mod loss;
mod options;
mod quantize;
mod save;
mod sgd;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use corpus::Corpus;
pub use options::{BadOption, Options, TrainLoss};
pub use quantize::QuantizeOptions;
pub use sgd::{NoModel, Trained, train};
