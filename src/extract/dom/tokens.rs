//! The tokenizer: cuts HTML source into text, tags and ignorable pieces.

use super::tag::{Attr, Tag};
use super::{Attribute, Node};
use crate::extract::work;
use memchr::{memchr, memmem};

/// At most this many kept attributes per element; pages with more are hostile.
const MAX_ATTRIBUTES: usize = 24;

/// What stands at the cursor.
pub(super) enum Token {
    /// Text from the cursor on, `len` bytes.
    Text { start: usize, len: usize },
    /// A start tag; its attributes were appended to the list.
    Start { tag: Tag, attributes: u32, self_closing: bool },
    /// An end tag.
    End { tag: Tag },
}

/// The cursor over the source.
pub(super) struct Tokens<'a> {
    source: &'a [u8],
    at: usize,
    /// For each raw-text element: no end tag of it follows, so do not search again.
    unclosed: [bool; Tag::COUNT],
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source: source.as_bytes(), at: 0, unclosed: [false; Tag::COUNT] }
    }

    /// The next token; `None` at the end. Comments, declarations and broken markup are passed over.
    pub(super) fn next(&mut self, attributes: &mut Vec<Attribute>) -> Option<Token> {
        while self.at < self.source.len() {
            let start = self.at;
            if self.source[start] != b'<' {
                return Some(self.text(start));
            }
            match self.source.get(start + 1) {
                Some(b'!') => self.declaration(),
                Some(b'?') => self.skip_past(b'>'),
                Some(b'/') => match self.source.get(start + 2) {
                    Some(b) if b.is_ascii_alphabetic() => {
                        let (tag, _) = self.tag(start + 2, None)?;
                        return Some(Token::End { tag });
                    }
                    _ => self.skip_past(b'>'),
                },
                Some(b) if b.is_ascii_alphabetic() => {
                    let first = attributes.len();
                    let (tag, self_closing) = self.tag(start + 1, Some(attributes))?;
                    return Some(Token::Start { tag, attributes: first as u32, self_closing });
                }
                _ => return Some(self.text(start)),
            }
        }
        None
    }

    /// Text from `start` up to the next `<` that can open markup (the first byte may be a literal `<`).
    fn text(&mut self, start: usize) -> Token {
        let from = start + 1;
        let len = memchr(b'<', &self.source[from..]).map_or(self.source.len() - start, |n| n + 1);
        work::steps(len);
        self.at = start + len;
        Token::Text { start, len }
    }

    fn skip_past(&mut self, byte: u8) {
        let from = self.at;
        self.at = memchr(byte, &self.source[from..]).map_or(self.source.len(), |n| from + n + 1);
        work::steps(self.at - from);
    }

    /// Passes over a comment, a doctype or a bogus comment.
    fn declaration(&mut self) {
        let rest = &self.source[self.at..];
        if !rest.starts_with(b"<!--") {
            return self.skip_past(b'>');
        }
        if rest[4..].starts_with(b">") || rest[4..].starts_with(b"->") {
            return self.skip_past(b'>');
        }
        // `--!>` ends a comment, too; it is rare, and a page that uses it only loses text up to the next `-->`.
        let from = self.at;
        self.at = memmem::find(&rest[4..], b"-->").map_or(self.source.len(), |n| from + 4 + n + 3);
        work::steps(self.at - from);
    }

    /// Reads a tag whose name starts at `name`; `None` when the source ends inside it. Returns the name and `/>`.
    fn tag(&mut self, name: usize, mut keep: Option<&mut Vec<Attribute>>) -> Option<(Tag, bool)> {
        let source = self.source;
        let mut at = name;
        while at < source.len() && !matches!(source[at], b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' | b'>') {
            at += 1;
        }
        let tag = Tag::from_name(&source[name..at]);
        let first = keep.as_ref().map_or(0, |list| list.len());
        let mut slash = false;
        loop {
            let Some(byte) = source.get(at) else {
                self.at = source.len();
                return None;
            };
            match byte {
                b'>' => {
                    self.at = at + 1;
                    return Some((tag, slash));
                }
                b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => at += 1,
                b'/' => {
                    slash = true;
                    at += 1;
                }
                _ => {
                    slash = false;
                    let (attribute, next) = self.attribute(at)?;
                    work::steps(next - at);
                    at = next;
                    if let Some(list) = keep.as_deref_mut()
                        && attribute.name != Attr::Other
                        && list.len() - first < MAX_ATTRIBUTES
                    {
                        list.push(attribute);
                    }
                }
            }
        }
    }

    /// Reads one attribute that starts at `start`; returns it and the place after it.
    fn attribute(&mut self, start: usize) -> Option<(Attribute, usize)> {
        let source = self.source;
        let space = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c');
        let mut at = start + 1;
        while at < source.len() && !space(source[at]) && !matches!(source[at], b'/' | b'>' | b'=') {
            at += 1;
        }
        let name = Attr::from_name(&source[start..at]);
        let mut value = at;
        while value < source.len() && space(source[value]) {
            value += 1;
        }
        if source.get(value) != Some(&b'=') {
            return Some((Attribute { name, start: at as u32, len: 0 }, at));
        }
        value += 1;
        while value < source.len() && space(source[value]) {
            value += 1;
        }
        let (from, to, next) = match source.get(value) {
            Some(quote @ (b'"' | b'\'')) => {
                let Some(len) = memchr(*quote, &source[value + 1..]) else {
                    work::steps(source.len() - value);
                    self.at = source.len();
                    return None;
                };
                (value + 1, value + 1 + len, value + 2 + len)
            }
            _ => {
                let mut end = value;
                while end < source.len() && !space(source[end]) && source[end] != b'>' {
                    end += 1;
                }
                (value, end, end)
            }
        };
        Some((Attribute { name, start: from as u32, len: (to - from) as u32 }, next))
    }

    /// The content of a raw-text element whose start tag was just read, as start and length. `None` when its end tag
    /// is missing and the element may be read as an ordinary one.
    pub(super) fn raw_text(&mut self, tag: Tag, name: &[u8]) -> Option<(usize, usize)> {
        let start = self.at;
        let rest = &self.source[start..];
        let closing = if self.unclosed[tag as usize] { None } else { find_end_tag(rest, name) };
        work::steps(closing.unwrap_or(if self.unclosed[tag as usize] { 0 } else { rest.len() }));
        match closing {
            Some(len) => {
                self.at = start + len;
                self.skip_past(b'>');
                Some((start, len))
            }
            None => {
                self.unclosed[tag as usize] = true;
                if matches!(tag, Tag::Script | Tag::Style) {
                    self.at = self.source.len();
                    return Some((start, rest.len()));
                }
                None
            }
        }
    }
}

/// Where `</name` followed by a space, a slash or `>` stands.
fn find_end_tag(text: &[u8], name: &[u8]) -> Option<usize> {
    for at in memmem::find_iter(text, b"</") {
        let after = &text[at + 2..];
        if after.len() > name.len()
            && after[..name.len()].eq_ignore_ascii_case(name)
            && matches!(after[name.len()], b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' | b'>')
        {
            return Some(at);
        }
    }
    None
}

impl Node {
    /// A new element whose subtree is still open.
    pub(super) fn element(tag: Tag, parent: u32, attributes: u32, count: u32) -> Self {
        Self { tag, parent, end: 0, start: attributes, len: count }
    }
}
