use crate::text::Splitter;

use super::c4::C4Lines;
use super::lists::Lists;
use super::roots::RootsWords;

/// What a filter fixes for the metrics it asks for: the same metric name may be measured with another word splitter
/// or word list in another filter.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How words are split. Metrics whose reference fixes the splitter (`@dclm`, …) do not look at it.
    pub splitter: Splitter,
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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            splitter: Splitter::SpacyEn,
            language: None,
            short_line_chars: 30,
            lists: Lists::default(),
            c4: C4Lines::default(),
            roots: None,
        }
    }
}

impl Settings {
    /// The language that word lists are looked up in for a document.
    #[must_use]
    pub fn language_of<'s>(&'s self, identified: Option<(&'s str, f64)>) -> Option<&'s str> {
        identified.map(|(code, _)| code).or(self.language.as_deref())
    }
}
