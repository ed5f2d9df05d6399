//! The one escaper that puts text into HTML.
//!
//! Text of documents is hostile: it may hold markup, and it may hold characters that are not seen but reorder or hide
//! what stands around them. Markup becomes entities; unseen characters become visible escapes such as `\u{202e}`.

/// Bytes after which a name in a table is cut (visibly).
pub const NAME_BYTES: usize = 200;

/// Whether a character is not seen itself but changes how others are seen: controls, bidirectional marks, zero-width and
/// invisible characters, tags, line and paragraph separators, private noncharacters.
///
/// Source: Unicode 16, `Default_Ignorable_Code_Point` without variation selectors, plus `Cc`, U+2028, U+2029 and U+FFF9..U+FFFB.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Text for the inside of an element or of a quoted attribute.
#[must_use]
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut out, c, false));
    out
}

/// Text of several lines for a preformatted element: line feeds and tabs stay as they are.
#[must_use]
pub fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut out, c, true));
    out
}

/// Document text on one line, isolated from the direction of the text around it, cut (visibly) after about `limit` bytes of HTML.
#[must_use]
pub fn document(text: &str, limit: usize) -> String {
    format!("<bdi>{}</bdi>", cut(text, limit, false))
}

/// Document text of several lines, isolated and cut as [`document`].
#[must_use]
pub fn document_lines(text: &str, limit: usize) -> String {
    format!("<bdi>{}</bdi>", cut(text, limit, true))
}

/// Text of one line for a terminal or a plain file: unseen characters become visible escapes, nothing else changes.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// Escaped text, cut before it passes `limit` bytes; what is left out is counted in characters.
pub(super) fn cut(text: &str, limit: usize, many_lines: bool) -> String {
    let mut out = String::new();
    for (at, c) in text.char_indices() {
        let before = out.len();
        push(&mut out, c, many_lines);
        if out.len() > limit {
            out.truncate(before);
            out.push_str(&format!(" … ({} more characters)", text[at..].chars().count()));
            break;
        }
    }
    out
}

fn push(out: &mut String, c: char, many_lines: bool) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        '\n' | '\t' if many_lines => out.push(c),
        c if is_hidden(c) => out.extend(c.escape_unicode()),
        c => out.push(c),
    }
}
