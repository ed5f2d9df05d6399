//! Small linear models over hashed words and letters, made of whole numbers.
//!
//! [`TOXICITY`] is the embedded one: whether a passage insults, threatens or debases people.
//!
//! # Provenance
//!
//! `toxicity.bin` was trained by `cargo bench --bench train_toxicity -- <samples.jsonl> <model.bin>` over what
//! `tests/scripts/toxicity_samples.py` makes of public data sets: tweets (Davidson et al. 2017, MIT), functional cases in
//! German, French, Italian, Spanish and Mandarin (Multilingual HateCheck, CC BY 4.0), Chinese posts (COLD's dev split,
//! Apache-2.0), and, as passages that are not toxic, sentences of documentation, news and books. Sentences about groups of people
//! are ours (`tests/scripts/toxicity_templates.py`), and so are the words of `words.txt`: both were written with HateCheck's list of
//! functions in mind (praise, contempt denied and answered, praise denied); none is a case of it. The file holds no text, only
//! weights of hashed features.

pub mod features;
mod model;
pub mod passages;
pub mod train;
mod words;

pub use model::{BadGrams, Grams};

use std::sync::LazyLock;

/// The embedded model; `None` never happens with the bytes that are here (tested).
pub static TOXICITY: LazyLock<Option<Grams<'static>>> =
    LazyLock::new(|| Grams::from_bytes(include_bytes!("toxicity.bin")).ok());

#[cfg(test)]
mod tests {
    #[test]
    fn the_embedded_model_is_whole() {
        assert!(super::TOXICITY.is_some());
    }
}
