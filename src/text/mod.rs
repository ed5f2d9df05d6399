//! The text of one document, analysed once.
//!
//! [`TextView`] computes words, lines, paragraphs, sentences and word hashes on first use and keeps
//! them, so that every rule over a document shares one analysis. Each published recipe splits in its
//! own way; [`Splitter`], [`LineRule`], [`ParagraphRule`] and [`SentenceRule`] name those ways.

pub mod joined;
pub mod lines;
pub mod python;
mod view;
mod words;

pub use joined::Joined;
pub use lines::{LineRule, ParagraphRule};
pub use view::TextView;
pub use words::Splitter;
