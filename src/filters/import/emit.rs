//! Writes TOML by hand, so that comments and order are ours.

use std::fmt::Write as _;

/// Lines of generated files are not longer than this many characters, words permitting.
const WIDTH: usize = 110;

/// A string in quotes.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Invisible characters would be lost on the reader of the file.
            c if c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}' | '\u{feff}') =>
            {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A number with all the digits that it has.
pub(crate) fn number(value: f64) -> String {
    format!("{value}")
}

/// A long text as a multi-line string whose lines are joined again when it is read.
pub(crate) fn paragraph(text: &str) -> String {
    if text.chars().count() + 10 <= WIDTH {
        return quote(text);
    }
    let mut out = String::from("\"\"\"\\\n");
    let mut width = 0;
    for word in text.split_inclusive([' ', '\n']) {
        let quoted = quote(word);
        let inner = &quoted[1..quoted.len() - 1];
        let length = inner.chars().count();
        // A backslash at the end of a line takes the white space of the next one with it, so blanks stay before it.
        if width > 0 && width + length > WIDTH && !word.starts_with(' ') {
            out.push_str("\\\n");
            width = 0;
        }
        out.push_str(inner);
        width += length;
    }
    out.push_str("\"\"\"");
    out
}

/// An array of words, over several lines where it is long. `indent` is what stands before the array in its line.
pub(crate) fn words<'w>(words: impl IntoIterator<Item = &'w str>, indent: usize) -> String {
    let quoted: Vec<String> = words.into_iter().map(quote).collect();
    let flat = format!("[{}]", quoted.join(", "));
    if indent + flat.chars().count() <= WIDTH {
        return flat;
    }
    let mut out = String::from("[\n   ");
    let mut width = 3;
    for word in quoted {
        let length = word.chars().count() + 2;
        if width + length > WIDTH {
            out.push_str("\n   ");
            width = 3;
        }
        let _ = write!(out, " {word},");
        width += length;
    }
    out.push_str("\n]");
    out
}
