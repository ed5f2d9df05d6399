//! Words for near-duplicate shingles: fast, and alike in every script.

use super::python::{is_alnum, is_space};

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

/// How many characters of a script without spaces weigh as much as a word and its four neighbours do in a shingle of five:
/// five words are about 8 characters of Chinese or Japanese and 20 of Thai, Lao, Burmese or Khmer, so that windows of 4 and
/// 16 characters, five in a row, span them. `None` for scripts with spaces.
fn window(c: char) -> Option<usize> {
    stands_alone(c).then(|| if u32::from(c) < 0x2E80 { 16 } else { 4 })
}

/// Words by which the similarity of near-duplicates is measured: what stands between white space (Python's `split`), where
/// a run of characters of a script without spaces counts as all its windows of 4 (Chinese, Japanese) or 16 characters.
pub fn similarity_words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let (mut at, mut run_end) = (0, 0);
    std::iter::from_fn(move || {
        while at >= run_end {
            let c = text[at..].chars().next()?;
            if is_space(c) {
                at += c.len_utf8();
                continue;
            }
            let own = window(c);
            let ends = |(_, next): &(usize, char)| is_space(*next) || window(*next) != own;
            let length = text[at..].char_indices().find(ends).map_or(bytes.len() - at, |(offset, _)| offset);
            run_end = at + length;
            if own.is_none() {
                return Some(&text[std::mem::replace(&mut at, run_end)..run_end]);
            }
        }
        let run = &text[at..run_end];
        let wide = run.chars().next().and_then(window).unwrap_or(1);
        let end = run.char_indices().nth(wide).map_or(run.len(), |(offset, _)| offset);
        let word = &run[..end];
        // The last window ends the run.
        at = if end == run.len() { run_end } else { at + run.chars().next().map_or(1, char::len_utf8) };
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::{shingle_words, similarity_words};

    #[test]
    fn similarity_words_keep_symbols_and_window_unspaced_scripts() {
        let words = |text| similarity_words(text).collect::<Vec<_>>();
        assert_eq!(words(" a, b-c\u{a0}]\n"), ["a,", "b-c", "]"]);
        assert_eq!(words(""), [""; 0]);
        assert_eq!(words("日本語"), ["日本語"]);
        assert_eq!(words("x日本語版と y"), ["x", "日本語版", "本語版と", "y"]);
        let thai = "กขคงจฉชซฌญฎฏฐฑฒณด";
        assert_eq!(words(thai), [&thai[..48], &thai[3..]]);
        assert_eq!(words("한국어 문장."), ["한국어", "문장."]);
    }

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
