//! Word splitters as filter files name them, and which languages they are meant for.

use super::parse::SPLITTERS;
use crate::language::Tag;
use crate::text::Splitter;

/// The word for a splitter in filter files.
#[must_use]
pub fn splitter_name(splitter: Splitter) -> &'static str {
    SPLITTERS.iter().find(|(_, known)| *known == splitter).map_or("unnamed", |(word, _)| word)
}

/// Whether a splitter finds the words of a language: bounds on words mean what they say only then.
#[must_use]
pub fn splitter_fits(splitter: Splitter, language: &str) -> bool {
    let language = Tag::of(language).language;
    match splitter {
        // Every Chinese character and most kana become a word; scripts of Southeast Asia fall into single letters.
        Splitter::Uax29 | Splitter::Uax29Bounds => !SOUTHEAST_ASIAN.contains(&language),
        // English contractions and abbreviations of `spacy-en` hardly matter elsewhere; blanks between words do.
        _ => !SOUTHEAST_ASIAN.contains(&language) && !EAST_ASIAN.contains(&language),
    }
}

/// Languages written without blanks between words whose words need a dictionary.
const SOUTHEAST_ASIAN: [&str; 6] = ["bo", "dz", "km", "lo", "my", "th"];
/// Languages written without blanks between words.
const EAST_ASIAN: [&str; 5] = ["ii", "ja", "lzh", "yue", "zh"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitters_fit_the_languages_they_are_meant_for() {
        for (splitter, language, fits) in [
            (Splitter::SpacyEn, "eng_Latn", true),
            (Splitter::SpacyEn, "de", true),
            (Splitter::SpacyEn, "ja", false),
            (Splitter::Uax29, "deu_Latn", true),
            (Splitter::Uax29, "zh-Hant", true),
            (Splitter::Uax29, "tha_Thai", false),
            (Splitter::Whitespace, "cmn_Hani", false),
            (Splitter::Whitespace, "sw", true),
        ] {
            assert_eq!(splitter_fits(splitter, language), fits, "{splitter:?} {language}");
        }
        assert_eq!(splitter_name(Splitter::NltkWordPunct), "nltk-wordpunct");
    }
}
