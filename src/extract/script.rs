//! Letters, digits and punctuation by script: what counts as a sentence end, a comma, a digit or a word where the script is
//! not Latin.

/// Whether a character ends a sentence in any script.
pub fn is_stop(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '。'
            | '！'
            | '？'
            | '．'
            | '｡'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '։'
            | '።'
            | '។'
            | '၊'
            | '။'
            | '‼'
            | '⁇'
            | '⁈'
            | '⁉'
            | '‥'
    )
}

/// Whether a character parts clauses, beyond ASCII.
pub fn is_comma(c: char) -> bool {
    matches!(c, '，' | '、' | '；' | '､' | '،' | '؛' | '፣' | '፤')
}

/// Whether a character closes a quotation or a bracket behind the end of a sentence.
pub fn is_closing(c: char) -> bool {
    matches!(c, '"' | '”' | '“' | '»' | ')' | '\'' | '’' | '」' | '』' | '）' | '】' | '》' | '〉' | '〕' | '］')
}

/// The value of a decimal digit: ASCII, Arabic, Persian, Devanagari, Bengali, Thai or full-width.
pub fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{9e6}'..='\u{9ef}' => '\u{9e6}',
        '\u{e50}'..='\u{e59}' => '\u{e50}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    Some(c as u32 - zero as u32)
}

/// Ideographs and kana.
pub fn is_ideograph(c: char) -> bool {
    matches!(
        c,
        '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

/// Letters of Thai, Lao, Burmese and Khmer, which write words without blanks and clauses with them.
pub fn is_clause_spaced(c: char) -> bool {
    matches!(c, '\u{e01}'..='\u{e4f}' | '\u{e80}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Letters of scripts that put no blank between words.
pub fn is_unspaced(c: char) -> bool {
    is_ideograph(c) || is_clause_spaced(c)
}

/// Vowel signs, tones and other marks inside words that Unicode does not count as letters.
pub fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{200c}' | '\u{200d}'
            | '\u{93c}' | '\u{94d}' | '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ecd}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_all_scripts() {
        assert_eq!(['7', '٧', '۷', '७', '๗', '７'].map(digit), [Some(7); 6]);
        assert_eq!(['七', 'x', '²'].map(digit), [None; 3]);
    }

    #[test]
    fn punctuation_of_all_scripts() {
        assert!("。！？؟۔।።។".chars().all(is_stop) && "，、،؛".chars().all(is_comma));
        assert!(!is_stop('，') && !is_comma('。') && is_closing('」'));
    }
}
