//! Word splitters, by name.

use super::{icu, nltk, punkt, python, spacy, uax29};

/// How a recipe cuts a text into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Splitter {
    /// spaCy 3.8 `blank("en")` tokenizer; tokens stripped, empty ones dropped, punctuation tokens kept:
    /// datatrove from v0.4.
    SpacyEn,
    /// Python's `text.split()`: C4, Dolma gopher, DCLM, Curator.
    Whitespace,
    /// UAX #29 words that hold an alphanumeric character (`unicode_words`): datamap-rs.
    Uax29,
    /// UAX #29 word-boundary segments with at least one character that is not white space, so that
    /// punctuation counts: DCLM BFF, Dolma deduper. Those that begin with a letter or digit are what DCLM makes of the
    /// Python package uniseg.
    Uax29Bounds,
    /// NLTK's `WordPunctTokenizer`, matches of `\w+|[^\w\s]+`: RedPajama v2.
    NltkWordPunct,
    /// fastText's `tokenize`: runs between space, `\n`, `\r`, `\t`, `\v`, `\f` and NUL, without the
    /// `</s>` it puts for each newline, which DCLM then leaves uncounted: DCLM page length.
    FastText,
    /// NLTK 3.8.1 `word_tokenize` for English, over its Punkt sentences: datatrove to v0.3, and so FineWeb v1. A
    /// double quote is the word ` `` ` where it opens and `''` where it closes, as NLTK writes it; every other word
    /// is a slice of the text.
    NltkWords,
    /// Words of ICU: UAX #29, with dictionaries for Chinese, Japanese, Thai, Lao, Khmer and Burmese; only segments
    /// with the status of a word (letters, digits, kana, ideographs).
    Icu,
}

impl Splitter {
    /// Every splitter.
    pub const ALL: [Splitter; 8] = [
        Splitter::SpacyEn,
        Splitter::Whitespace,
        Splitter::Uax29,
        Splitter::Uax29Bounds,
        Splitter::NltkWordPunct,
        Splitter::FastText,
        Splitter::NltkWords,
        Splitter::Icu,
    ];

    /// Number of splitters.
    pub(super) const COUNT: usize = Splitter::ALL.len();

    /// Whether the splitter finds the words of a language, by its code (`th`, `tha_Thai`, `zh-Hant`): bounds on
    /// words mean what they say only then. Those that need spaces between words do not fit languages that are
    /// written without; UAX #29 makes a word of every character of Chinese and Japanese, which bounds can be made
    /// for. spaCy's English rules cut other languages with spaces much as their own do (11 other verdicts among
    /// 3,543 documents in 16 languages, `tests/scripts/fineweb2_filters.py`).
    #[must_use]
    pub fn fits(self, language: &str) -> bool {
        match self {
            Splitter::NltkWords => matches!(primary(language), "en" | "eng"),
            Splitter::Icu => true,
            Splitter::Uax29 | Splitter::Uax29Bounds => {
                !is_unspaced(language) || EAST_ASIAN.contains(&primary(language))
            }
            Splitter::SpacyEn | Splitter::Whitespace | Splitter::NltkWordPunct | Splitter::FastText => {
                !is_unspaced(language)
            }
        }
    }

    /// The words of `text` in order.
    pub fn split(self, text: &str) -> Vec<&str> {
        match self {
            Splitter::SpacyEn => spacy::split(text),
            Splitter::Whitespace => python::split(text),
            Splitter::Uax29 => uax29::words(text),
            Splitter::Uax29Bounds => uax29::bounds(text),
            Splitter::NltkWordPunct => word_punct(text),
            Splitter::NltkWords => nltk::words(text, &punkt::sentences(text)),
            Splitter::Icu => icu::words(text),
            Splitter::FastText => {
                text.split([' ', '\n', '\r', '\t', '\x0b', '\x0c', '\0']).filter(|word| !word.is_empty()).collect()
            }
        }
    }
}

/// Languages of Chinese and Japanese script, by their ISO 639 codes of two and three letters.
const EAST_ASIAN: &[&str] =
    &["zh", "zho", "chi", "cmn", "yue", "wuu", "nan", "hak", "gan", "hsn", "lzh", "ja", "jpn", "ii", "iii"];

/// The code up to its first `-` or `_`.
fn primary(language: &str) -> &str {
    let bare = language.strip_prefix("__label__").unwrap_or(language);
    bare.split(['-', '_']).next().unwrap_or(bare)
}

/// Whether a language is written without spaces between words. The script decides if the code names one.
fn is_unspaced(language: &str) -> bool {
    /// Languages of the other scripts, by their ISO 639 codes of two and three letters.
    const LANGUAGES: &[&str] = &[
        "th", "tha", "lo", "lao", "km", "khm", "my", "mya", "bur", "shn", "mnw", "ksw", "nod", "khb", "tdd", "blt",
        "bo", "bod", "tib", "dz", "dzo",
    ];
    const SCRIPTS: &[&str] = &[
        "hans", "hant", "hani", "hrkt", "hira", "kana", "jpan", "thai", "laoo", "khmr", "mymr", "tibt", "lana", "tale",
        "talu", "tavt",
    ];
    let script = language.split(['-', '_']).skip(1).find(|part| part.len() == 4 && part.is_ascii());
    match script {
        Some(script) => SCRIPTS.contains(&script.to_ascii_lowercase().as_str()),
        None => LANGUAGES.contains(&primary(language)) || EAST_ASIAN.contains(&primary(language)),
    }
}

/// Maximal runs of word characters, and of characters that are neither word characters nor white space.
fn word_punct(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = python::lstrip(text);
    while let Some(first) = rest.chars().next() {
        let is_word = python::is_word(first);
        let ends = |c| python::is_word(c) != is_word || python::is_space(c);
        let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        words.push(word);
        rest = python::lstrip(after);
    }
    words
}
