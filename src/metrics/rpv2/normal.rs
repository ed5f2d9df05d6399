//! RedPajama v2's normalised text (`utilities/text/normalization.py`).

use std::ops::Range;

use crate::text::{nfd_into, python};

/// A text without ASCII punctuation, in lower case, with single spaces, decomposed (NFD), and its lines.
///
/// The reference normalises the document and each line alone. The document is the lines that have something left,
/// joined by spaces: a line feed is white space, neither cased nor a combining mark, so nothing reaches across it.
pub(super) struct Normal {
    /// The normalised document.
    pub text: String,
    /// Where each line's normalised text stands in it.
    lines: Vec<Range<usize>>,
}

impl Normal {
    /// Normalises a text that is given by its lines.
    pub fn new(lines: &[&str]) -> Self {
        let mut normal = Self { text: String::new(), lines: Vec::with_capacity(lines.len()) };
        let mut scratch = Scratch::default();
        for line in lines {
            let before = normal.text.len();
            if before > 0 {
                normal.text.push(' ');
            }
            let start = normal.text.len();
            scratch.normalise(line, &mut normal.text);
            let end = normal.text.len();
            if end == start {
                normal.text.truncate(before);
                normal.lines.push(before..before);
            } else {
                normal.lines.push(start..end);
            }
        }
        normal
    }

    /// The normalised lines, empty ones included.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &str> {
        self.lines.iter().map(|line| &self.text[line.clone()])
    }
}

/// Room for one line on its way.
#[derive(Default)]
struct Scratch {
    bare: String,
    spaced: String,
}

impl Scratch {
    /// Appends the normalised line to `out`.
    fn normalise(&mut self, line: &str, out: &mut String) {
        if line.is_ascii() {
            return ascii(line, out);
        }
        self.bare.clear();
        self.bare.extend(line.chars().filter(|c| !c.is_ascii_punctuation()));
        self.spaced.clear();
        for word in python::lower(&self.bare).split(python::is_space).filter(|word| !word.is_empty()) {
            if !self.spaced.is_empty() {
                self.spaced.push(' ');
            }
            self.spaced.push_str(word);
        }
        nfd_into(&self.spaced, out);
    }
}

/// The same for a line of ASCII.
fn ascii(line: &str, out: &mut String) {
    let start = out.len();
    let mut space = false;
    for c in line.chars().filter(|c| !c.is_ascii_punctuation()) {
        if python::is_space(c) {
            space = true;
            continue;
        }
        if space && out.len() > start {
            out.push(' ');
        }
        space = false;
        out.push(c.to_ascii_lowercase());
    }
}
