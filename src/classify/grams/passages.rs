//! Where a text is cut before it is judged.

/// Sentences are joined to passages until they have so many bytes: about the length of a post.
const PASSAGE: usize = 160;
/// Where no sentence ends, a piece ends at the first space after so many bytes, or at the next character.
const LONGEST: usize = 400;

/// Cuts a text into sentences with the white space behind them: after a final mark that white space or a closing mark
/// follows, after a mark of full width, and after every line. The pieces put together are the text.
pub fn each_sentence<'t>(text: &'t str, mut emit: impl FnMut(&'t str)) {
    let bytes = text.as_bytes();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        let ends = match byte {
            b'\n' => true,
            b'.' | b'!' | b'?' => bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace),
            b'"' | b')' => at > 0 && matches!(bytes[at - 1], b'.' | b'!' | b'?'),
            // 。, ！ and ？
            0x82 => at >= 2 && bytes[at - 2..at] == [0xE3, 0x80],
            0x81 | 0x9F => at >= 2 && bytes[at - 2..at] == [0xEF, 0xBC],
            b' ' => at - start >= LONGEST,
            _ => at - start >= 2 * LONGEST && text.is_char_boundary(at + 1),
        };
        at += 1;
        if ends {
            while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                at += 1;
            }
            emit(&text[start..at]);
            start = at;
        }
    }
    if start < text.len() {
        emit(&text[start..]);
    }
}

/// Cuts a text into passages: sentences of one line together, as long as a post.
pub fn each_passage<'t>(text: &'t str, mut emit: impl FnMut(&'t str)) {
    let (mut start, mut end) = (0, 0);
    each_sentence(text, |sentence| {
        end += sentence.len();
        if end - start >= PASSAGE || sentence.ends_with('\n') || sentence.contains('\n') {
            emit(&text[start..end]);
            start = end;
        }
    });
    if start < end {
        emit(&text[start..end]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sentences(text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        each_sentence(text, |one| out.push(one));
        out
    }

    #[test]
    fn sentences_end_at_marks_and_lines() {
        assert_eq!(sentences("One. Two!  “Three”?\nFour"), ["One. ", "Two!  ", "“Three”?\n", "Four"]);
        assert_eq!(sentences("3.5 m. e.g."), ["3.5 m. ", "e.g."]);
        assert_eq!(sentences("He said \"no.\" Then"), ["He said \"no.\" ", "Then"]);
        assert_eq!(sentences("一。二！三？四"), ["一。", "二！", "三？", "四"]);
        assert_eq!(sentences(&"a".repeat(2000)).len(), 3);
    }

    #[test]
    fn passages_join_short_sentences_of_a_line() {
        let mut out = Vec::new();
        each_passage("One. Two. Three.\nFour.", |one| out.push(one));
        assert_eq!(out, ["One. Two. Three.\n", "Four."]);
    }

    proptest! {
        #[test]
        fn pieces_make_up_the_text(text in "[a.! \"\n。！é]{0,300}|\\PC{0,60}") {
            prop_assert_eq!(sentences(&text).concat(), text.clone());
            let mut whole = String::new();
            each_passage(&text, |one| whole.push_str(one));
            prop_assert_eq!(whole, text);
        }
    }
}
