//! Words and sentences as ICU cuts them, from the crate `icu_segmenter` (ICU4X) and its dictionaries.
//!
//! Words are those of UAX #29, but a run of Chinese, Japanese, Thai, Lao, Khmer or Burmese is cut by a dictionary:
//! the longest word that begins where the last one ended. ICU4C weighs alternatives there, and of its words differ:
//! one in ten in Japanese books, one in 25 in Thai news, one in 50 in Chinese technical pages. Elsewhere ICU4C 72
//! differs in two characters, by CLDR 42: it keeps `@` in words and cuts at `:`. Its sentences differ at semicolons,
//! which go on with a sentence since Unicode 15.1.

use std::sync::LazyLock;

use icu_segmenter::options::{SentenceBreakInvariantOptions, WordBreakInvariantOptions};
use icu_segmenter::{SentenceSegmenter, SentenceSegmenterBorrowed, WordSegmenter, WordSegmenterBorrowed};

use super::{python, uax29};

static WORDS: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

static SENTENCES: LazyLock<SentenceSegmenterBorrowed<'static>> =
    LazyLock::new(|| SentenceSegmenter::new(SentenceBreakInvariantOptions::default()));

/// Segments with the status of a word: letters, digits, kana or ideographs.
pub(super) fn words(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while at < bytes.len() {
        if let Some((end, is_word)) = uax29::ascii_word(text, at) {
            if is_word {
                out.push(&text[at..end]);
            }
            at = end;
            continue;
        }
        let start = at;
        for (end, kind) in WORDS.segment_str(&text[start..]).iter_with_word_type() {
            let end = start + end;
            if end > at && (kind.is_word_like() || is_word(&text[at..end])) {
                out.push(&text[at..end]);
            }
            at = end;
            // The cheaper way is open again.
            if end > start && bytes.get(end).is_some_and(u8::is_ascii) {
                break;
            }
        }
    }
    out
}

/// Whether a segment holds a letter or digit: the status that ICU4X gives gets lost where a combining mark follows.
fn is_word(segment: &str) -> bool {
    segment.chars().any(|c| c.is_alphabetic() || python::is_decimal(c))
}

/// Sentences by UAX #29, with the white space behind them.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let ends = SENTENCES.segment_str(text);
    let mut start = 0;
    let mut out = Vec::new();
    for end in ends.filter(|&end| end > 0) {
        out.push(&text[start..end]);
        start = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use unicode_segmentation::UnicodeSegmentation;

    /// All strings of up to six characters, one of each class of sentence breaks, against another implementation.
    #[test]
    fn sentences_agree_with_the_crate_unicode_segmentation() {
        let alphabet = ['a', 'B', 'ก', '1', '.', '!', ')', ' ', '\n', '\r', ',', '/', '\u{301}'];
        let mut text = String::new();
        for length in 0..=5_u32 {
            for number in 0..alphabet.len().pow(length) {
                text.clear();
                let mut n = number;
                for _ in 0..length {
                    text.push(alphabet[n % alphabet.len()]);
                    n /= alphabet.len();
                }
                let ours = super::sentences(&text);
                assert!(ours.iter().copied().eq(text.split_sentence_bounds()), "{text:?}: {ours:?}");
            }
        }
    }
}
