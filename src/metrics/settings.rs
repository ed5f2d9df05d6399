use crate::language::{Tag, TagMap};
use crate::text::Splitter;

use super::c4::C4Lines;
use super::datamap::DatamapLines;
use super::dclm::{DclmC4Lines, DclmLines};
use super::lists::Lists;
use super::roots::RootsWords;

/// What a filter fixes for the metrics it asks for: the same metric name may be measured with another word splitter
/// or word list in another filter.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How words are split. Metrics whose reference fixes the splitter (`@dclm`, …) do not look at it.
    pub splitter: Splitter,
    /// Other splitters for single languages.
    pub splitters: TagMap<Splitter>,
    /// The language that word lists are looked up in when the document's own language is not known.
    pub language: Option<String>,
    /// A line of at most so many code points is short. 30 in FineWeb quality.
    pub short_line_chars: usize,
    /// Word lists by role and language.
    pub lists: Lists,
    /// How C4 treats lines.
    pub c4: C4Lines,
    /// The words that ROOTS takes out of a text before it is measured; `None`: the text is measured as it is.
    pub roots: Option<RootsWords>,
    /// How DCLM edits lines.
    pub dclm_lines: DclmLines,
    /// How DCLM's C4 edits lines.
    pub dclm_c4_lines: DclmC4Lines,
    /// How datamap-rs edits lines.
    pub datamap_lines: DatamapLines,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            splitter: Splitter::SpacyEn,
            splitters: TagMap::default(),
            language: None,
            short_line_chars: 30,
            lists: Lists::default(),
            c4: C4Lines::default(),
            roots: None,
            dclm_lines: DclmLines::default(),
            dclm_c4_lines: DclmC4Lines::default(),
            datamap_lines: DatamapLines::default(),
        }
    }
}

impl Settings {
    /// The language that word lists are looked up in for a document.
    #[must_use]
    pub fn language_of<'s>(&'s self, identified: Option<(&'s str, f64)>) -> Option<&'s str> {
        identified.map(|(code, _)| code).or(self.language.as_deref())
    }

    /// The splitter for a document: that of the tag that fits its language best.
    #[must_use]
    pub fn splitter_for(&self, identified: Option<(&str, f64)>) -> Splitter {
        // Nearly all filters have one splitter, and this is asked many times for each document.
        if self.splitters.is_empty() {
            return self.splitter;
        }
        let own = self.language_of(identified).and_then(|code| self.splitters.get(&Tag::of(code)));
        own.copied().unwrap_or(self.splitter)
    }
}
