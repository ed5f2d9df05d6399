//! String functions with the semantics of CPython 3.11, which the published recipes were run on.

/// Whether Python's `str.isspace` holds for the one-character string `c`.
///
/// This is Rust's White_Space plus U+001C to U+001F (bidirectional classes B, S and WS).
pub fn is_space(c: char) -> bool {
    match c {
        '\t'..='\r' | '\u{1c}'..=' ' => true,
        '\0'..='\x7f' => false,
        _ => matches!(
            c,
            '\u{85}'
                | '\u{a0}'
                | '\u{1680}'
                | '\u{2000}'..='\u{200a}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202f}'
                | '\u{205f}'
                | '\u{3000}'
        ),
    }
}

/// Whether `c` ends a line for `str.splitlines`.
pub fn is_linebreak(c: char) -> bool {
    matches!(
        c,
        '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// `str.strip()`.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `str.lstrip()`.
pub fn lstrip(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

/// `str.rstrip()`.
pub fn rstrip(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

/// `str.split()`: maximal runs of characters that are not white space.
pub fn split(text: &str) -> Vec<&str> {
    text.split(is_space).filter(|w| !w.is_empty()).collect()
}

/// `str.splitlines()`: `"\r\n"` is one break, a break at the very end starts no further line.
pub fn splitlines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some((at, found)) = rest.char_indices().find(|&(_, c)| is_linebreak(c)) else {
            lines.push(rest);
            break;
        };
        lines.push(&rest[..at]);
        rest = &rest[at + found.len_utf8()..];
        if found == '\r' {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
    }
    lines
}
