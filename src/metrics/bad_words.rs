//! Pages with a word of a list, as C4 looks for them: in the lower-cased text, between characters that are not word
//! characters, or anywhere in languages that are written without spaces.
//!
//! datatrove's `C4BadWordsFilter` (version 0.10) and `get_badwords_filter_fn` of `c4_utils` (tensorflow-datasets 4.9)
//! do the same; they read lists and choose them for a language differently. The list's entries are not lower-cased, so an
//! entry with a capital letter is never found.

use super::lists::Role;
use super::word_list::WordList;
use super::{MetricDef, Settings, Sink, Subject};
use crate::text::python;

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[MetricDef::flag(
    "bad_word@c4",
    "a word of the list `bad-words` stands in the lower-cased text between characters that are not word characters, or \
     anywhere in Japanese, Thai and Chinese",
)
.needs(Role::BadWords)];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let language = settings.language_of(subject.language);
    let Some(bad) = settings.lists.get(Role::BadWords, language) else { return };
    let allowed = settings.lists.get(Role::BadWordsAllowed, language);
    let border = if bad.unspaced() { Border::None } else { Border::NotWord };
    let found = has_bad_word(&python::lower(subject.view.text()), bad, allowed, border);
    sink.set_count(0, usize::from(found));
}

/// What must stand on both sides of a bad word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Border {
    /// Anything.
    None,
    /// The end of the text, or a character that is not a word character (`\W`).
    NotWord,
    /// What `\b` stands for: of the neighbour and the end of the word itself, one is a word character and one is not.
    Boundary,
    /// A character other than `a` to `z`; the end of the text will not do.
    NotSmallLetter,
}

impl Border {
    /// Whether it stands beside `own`, the first or last character of a word; `neighbour` is `None` at the ends of the text.
    fn holds(self, neighbour: Option<char>, own: Option<char>) -> bool {
        match self {
            Self::None => true,
            Self::NotWord => neighbour.is_none_or(|c| !python::is_word(c)),
            Self::Boundary => neighbour.is_some_and(python::is_word) != own.is_some_and(python::is_word),
            Self::NotSmallLetter => neighbour.is_some_and(|c| !c.is_ascii_lowercase()),
        }
    }
}

/// Whether a text, lower-cased, has an entry of `bad` between such borders.
pub(super) fn has_bad_word(lower: &str, bad: &WordList, allowed: Option<&WordList>, border: Border) -> bool {
    let Some(finder) = bad.anywhere() else { return false };
    finder.find_overlapping_iter(lower).any(|found| {
        let word = &lower[found.range()];
        border.holds(lower[..found.start()].chars().next_back(), word.chars().next())
            && border.holds(lower[found.end()..].chars().next(), word.chars().next_back())
            && allowed.is_none_or(|allowed| allowed.position(word).is_none())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_border_depends_on_both_sides() {
        let bad = WordList::of_words(["zonk", "x-", "🖕"]);
        let has = |text: &str| has_bad_word(text, &bad, None, Border::Boundary);
        for text in ["zonk", "a zonk.", "x-y", "(x-y)", "a🖕b"] {
            assert!(has(text), "{text}");
        }
        for text in ["zonks", "_zonk", "x-", "x- y", "ax-y", "a 🖕 b", "🖕", ""] {
            assert!(!has(text), "{text}");
        }
    }

    #[test]
    fn borders_differ() {
        let bad = WordList::of_words(["zonk", "big zonk", "x-"]);
        let allowed = WordList::of_words(["x-"]);
        let has = |text: &str, border| has_bad_word(text, &bad, Some(&allowed), border);
        for (text, not_word, not_letter) in [
            ("zonk", true, false),
            (" zonk ", true, true),
            ("zonk.", true, false),
            ("(zonk)", true, true),
            ("9zonk9", false, true),
            ("ézonké", false, true),
            ("_zonk_", false, true),
            ("zonks", false, false),
            ("a big zonk!", true, true),
            ("zonkzonk zonk\n", true, true),
            (" x- ", false, false),
            ("", false, false),
        ] {
            assert_eq!(has(text, Border::NotWord), not_word, "{text:?}");
            assert_eq!(has(text, Border::NotSmallLetter), not_letter, "{text:?}");
        }
        assert!(has("azonka", Border::None) && !has("x-", Border::None));
    }
}
