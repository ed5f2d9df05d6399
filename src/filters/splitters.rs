//! Word splitters as filter files name them.

use super::parse::SPLITTERS;
use crate::text::Splitter;

/// The word for a splitter in filter files.
#[must_use]
pub fn splitter_name(splitter: Splitter) -> &'static str {
    SPLITTERS.iter().find(|(_, known)| *known == splitter).map_or("unnamed", |(word, _)| word)
}
