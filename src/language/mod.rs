//! Language identification.
//!
//! [`Embedded`] needs no file; [`FastTextDetector`] wraps a fastText model that the caller has loaded. Both speak
//! through [`Detector`]. [`script`] tells the writing system and [`parts`] the languages of a mixed document line by line.

mod detector;
mod embedded;

mod calibrate;
mod features;
mod model;
mod survey;
pub mod train;
mod fasttext;
pub mod labels;
pub mod parts;
pub mod script;
#[cfg(test)]
mod tests;

pub use detector::{Detector, Guess};
pub use embedded::Embedded;
pub use fasttext::FastTextDetector;
pub use model::{BadModel, CharModel};
