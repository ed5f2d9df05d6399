//! The text of one document, analysed once.
//!
//! [`TextView`] computes words, lines, paragraphs, sentences and word hashes on first use and keeps
//! them, so that every rule over a document shares one analysis. Each published recipe splits in its
//! own way; [`Splitter`], [`LineRule`], [`ParagraphRule`] and [`SentenceRule`] name those ways.

mod ccnet;
mod chars;
mod distinct;
mod icu;
mod joined;
mod lines;
mod nfd;
mod nltk;
mod punkt;
pub mod python;
mod sentences;
mod shingle_words;
mod simplify;
mod spacy;
mod tables;
mod uax29;
mod view;
mod word_edges;
mod words;

pub use ccnet::ccnet_into;
pub use distinct::Distinct;
pub use joined::{Joined, mix, ngram_hashes};
pub use lines::{LineRule, ParagraphRule};
pub use nfd::nfd_into;
pub use sentences::SentenceRule;
pub use shingle_words::{shingle_words, similarity_words};
pub use simplify::{is_punctuation, is_symbol, is_terminal_punctuation, simplify};
pub use uax29::each_segment;
pub use view::TextView;
pub use word_edges::{LettersAndDigits, Printed, WordEdges, WordKind};
pub use words::Splitter;
