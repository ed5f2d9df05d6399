//! Words for near-duplicate shingles: fast, and alike in every script.

use super::python::is_alnum;

/// Whether a script puts no spaces between words, so that each of its characters counts as a word: Thai, Lao, Myanmar, Khmer,
/// and the blocks from CJK radicals to CJK ideographs with kana, and the ideographs beyond the first plane.
#[inline]
fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// Runs of letters and digits (Python's `isalnum`); characters of scripts without spaces stand alone. Punctuation is left
/// out, so two texts that differ in it alone have the same words.
pub fn shingle_words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut start = at;
        while at < bytes.len() {
            if bytes[at].is_ascii() {
                let inside = bytes[at].is_ascii_alphanumeric();
                if !inside && start < at {
                    return Some(&text[start..at]);
                }
                at += 1;
                if !inside {
                    start = at;
                }
                continue;
            }
            let Some(c) = text[at..].chars().next() else { break };
            let alone = stands_alone(c) && is_alnum(c);
            if (alone || !is_alnum(c)) && start < at {
                return Some(&text[start..at]);
            }
            at += c.len_utf8();
            if alone {
                return Some(&text[at - c.len_utf8()..at]);
            }
            if !is_alnum(c) {
                start = at;
            }
        }
        (start < at).then(|| &text[start..at])
    })
}

#[cfg(test)]
mod tests {
    use super::shingle_words;

    fn words(text: &str) -> Vec<&str> {
        shingle_words(text).collect()
    }

    #[test]
    fn words_are_runs_and_characters_of_unspaced_scripts() {
        assert_eq!(words(""), [""; 0]);
        assert_eq!(words("  ... "), [""; 0]);
        assert_eq!(words("One, two-three 4a!"), ["One", "two", "three", "4a"]);
        assert_eq!(words("naïve café… Straße"), ["naïve", "café", "Straße"]);
        assert_eq!(words("日本 語abc。x"), ["日", "本", "語", "abc", "x"]);
        assert_eq!(words("한국어 문장"), ["한국어", "문장"]);
        assert_eq!(words("กา"), ["ก", "า"]);
    }

    #[test]
    fn words_cover_all_letters_in_order() {
        let text = "Ünï日本x กข 12٣ «mixed»—text\u{301}";
        let joined: String = shingle_words(text).collect();
        let expected: String = text.chars().filter(|&c| super::is_alnum(c)).collect();
        assert_eq!(joined, expected);
    }
}
