//! A small HTML parser: one pass over the bytes, an arena of nodes in document order, no recursion.
//!
//! The tree differs from a browser's where that does not change which text belongs together: misnested formatting
//! elements are not reopened, and text directly inside a table stays there.

mod entities;
mod tag;
mod tokens;
mod tree;

#[cfg(test)]
mod tests;

use super::work;
use std::borrow::Cow;

pub use entities::decode;
pub use tag::{Attr, Tag};
pub use tree::{Limits, TooLarge};

/// One node. Nodes stand in document order, so the subtree of node `i` is `i..end`.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// The element, or [`Tag::Text`].
    pub tag: Tag,
    /// The parent's index; the root's is 0.
    pub parent: u32,
    /// The index after the last node of the subtree.
    pub end: u32,
    /// Text: start of the span (bit 31: in the side buffer). Element: index of the first attribute.
    start: u32,
    /// Text: length in bytes. Element: number of attributes.
    len: u32,
}

/// One kept attribute: a span of the source, not yet decoded.
#[derive(Debug, Clone, Copy)]
struct Attribute {
    name: Attr,
    start: u32,
    len: u32,
}

/// A parsed page. Node 0 is the root (tag [`Tag::Html`]).
#[derive(Debug)]
pub struct Dom<'a> {
    source: &'a str,
    /// Text that is not a span of the source (decoded references).
    side: String,
    /// All nodes in document order.
    pub nodes: Vec<Node>,
    attributes: Vec<Attribute>,
}

/// Marks a span of the side buffer.
const SIDE: u32 = 1 << 31;

impl<'a> Dom<'a> {
    /// Parses `source`.
    ///
    /// # Errors
    /// [`TooLarge`] when the page has more nodes or bytes than `limits` allow.
    pub fn parse(source: &'a str, limits: Limits) -> Result<Self, TooLarge> {
        tree::build(source, limits, false)
    }

    /// Parses `source` as a browser without script does: the content of `noscript` is markup.
    ///
    /// # Errors
    /// As [`Dom::parse`].
    pub fn parse_without_script(source: &'a str, limits: Limits) -> Result<Self, TooLarge> {
        tree::build(source, limits, true)
    }

    /// The text of a text node; empty for elements.
    #[must_use]
    pub fn text(&self, node: usize) -> &str {
        let n = &self.nodes[node];
        if n.tag != Tag::Text {
            return "";
        }
        let (start, len) = ((n.start & !SIDE) as usize, n.len as usize);
        if n.start & SIDE == 0 { &self.source[start..start + len] } else { &self.side[start..start + len] }
    }

    /// Bytes of markup inside `noscript` elements, which a browser with script does not read.
    #[must_use]
    pub fn hidden_markup(&self) -> usize {
        let inside = |n: &&Node| n.tag == Tag::Text && self.nodes[n.parent as usize].tag == Tag::Noscript;
        self.nodes.iter().filter(inside).map(|n| n.len as usize).sum()
    }

    /// The decoded value of an attribute; `None` when the element does not have it.
    #[must_use]
    pub fn attr(&self, node: usize, name: Attr) -> Option<Cow<'a, str>> {
        self.raw_attr(node, name).map(|raw| entities::decode(raw, true))
    }

    /// The value of an attribute as it stands in the source.
    #[must_use]
    pub fn raw_attr(&self, node: usize, name: Attr) -> Option<&'a str> {
        let n = &self.nodes[node];
        if n.tag == Tag::Text {
            return None;
        }
        let range = n.start as usize..(n.start + n.len) as usize;
        let found = self.attributes[range].iter().find(|a| a.name == name)?;
        Some(&self.source[found.start as usize..(found.start + found.len) as usize])
    }

    /// The children of a node, in order.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[node].end as usize;
        let mut next = node + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            work::steps(1);
            let here = next;
            next = self.nodes[here].end as usize;
            Some(here)
        })
    }

    /// All text below a node, concatenated.
    #[must_use]
    pub fn text_content(&self, node: usize) -> String {
        let mut out = String::new();
        work::steps(self.nodes[node].end as usize - node);
        for i in node..self.nodes[node].end as usize {
            out.push_str(self.text(i));
        }
        out
    }
}
