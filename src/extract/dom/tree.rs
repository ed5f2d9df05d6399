//! The tree builder: open elements on a stack, implied end tags, a depth limit.

use super::tag::Tag;
use super::tokens::{Token, Tokens};
use super::{Attribute, Dom, Node, SIDE, entities};
use crate::extract::work;

/// What a page may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of source.
    pub bytes: usize,
    /// Most nodes (elements and pieces of text).
    pub nodes: usize,
    /// Deepest nesting; deeper elements become leaves and their text belongs to the element at the limit.
    pub depth: usize,
}

/// The page passes a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLarge {
    /// More source than [`Limits::bytes`].
    Bytes(usize),
    /// More nodes than [`Limits::nodes`].
    Nodes(usize),
}

struct Builder<'a> {
    dom: Dom<'a>,
    limits: Limits,
    /// Indices of the open elements; the root is the first and stays.
    open: Vec<u32>,
    /// How many elements of each tag are open on the stack.
    count: [u32; Tag::COUNT],
    /// How many elements of each tag were not pushed because of the depth limit and are not closed yet.
    beyond: [u32; Tag::COUNT],
}

/// Builds the tree; `noscript` reads that element as a browser without script does: its content is markup of the page.
pub(super) fn build(source: &str, limits: Limits, noscript: bool) -> Result<Dom<'_>, TooLarge> {
    if source.len() > limits.bytes.min((SIDE - 1) as usize) {
        return Err(TooLarge::Bytes(source.len()));
    }
    let root = Node::element(Tag::Html, 0, 0, 0);
    let dom = Dom { source, side: String::new(), nodes: vec![root], attributes: Vec::new() };
    let mut builder = Builder { dom, limits, open: vec![0], count: [0; Tag::COUNT], beyond: [0; Tag::COUNT] };
    let mut tokens = Tokens::new(source);
    let mut attributes: Vec<Attribute> = Vec::new();
    while let Some(token) = tokens.next(&mut attributes) {
        work::steps(1);
        match token {
            Token::Text { start, len } => builder.text(start, len),
            Token::End { tag } => builder.end(shown(tag, noscript)),
            Token::Start { tag, attributes: first, self_closing } => {
                builder.start(shown(tag, noscript), first, attributes.len() as u32 - first, self_closing);
                let markup = tag == Tag::Noscript && noscript;
                if tag.is_raw() && !markup {
                    builder.raw(tag, &mut tokens);
                }
            }
        }
        if builder.dom.nodes.len() > limits.nodes {
            return Err(TooLarge::Nodes(builder.dom.nodes.len()));
        }
    }
    builder.pop_to(1);
    let mut dom = builder.dom;
    dom.nodes[0].end = dom.nodes.len() as u32;
    dom.attributes = attributes;
    Ok(dom)
}

/// The element that a tag opens or closes: a `noscript` whose content counts is a division like any other.
fn shown(tag: Tag, noscript: bool) -> Tag {
    if noscript && tag == Tag::Noscript { Tag::Div } else { tag }
}

impl Builder<'_> {
    fn top(&self) -> u32 {
        *self.open.last().expect("the root is never popped")
    }

    fn top_tag(&self) -> Tag {
        self.dom.nodes[self.top() as usize].tag
    }

    /// Closes open elements until `keep` are left.
    fn pop_to(&mut self, keep: usize) {
        let end = self.dom.nodes.len() as u32;
        work::steps(self.open.len().saturating_sub(keep));
        for index in self.open.drain(keep.max(1)..) {
            let node = &mut self.dom.nodes[index as usize];
            node.end = end;
            self.count[node.tag as usize] -= 1;
        }
    }

    fn text(&mut self, start: usize, len: usize) {
        let raw = &self.dom.source[start..start + len];
        let (start, len) = if memchr::memchr(b'&', raw.as_bytes()).is_some() {
            let from = self.dom.side.len();
            entities::decode_into(raw, false, &mut self.dom.side);
            (from as u32 | SIDE, self.dom.side.len() - from)
        } else {
            (start as u32, len)
        };
        let end = self.dom.nodes.len() as u32 + 1;
        self.dom.nodes.push(Node { tag: Tag::Text, parent: self.top(), end, start, len: len as u32 });
    }

    /// The content of a raw-text element that was just started.
    fn raw(&mut self, tag: Tag, tokens: &mut Tokens<'_>) {
        let name: &[u8] = match tag {
            Tag::Script => b"script",
            Tag::Style => b"style",
            Tag::Textarea => b"textarea",
            Tag::Title => b"title",
            Tag::Xmp => b"xmp",
            Tag::Iframe => b"iframe",
            Tag::Noembed => b"noembed",
            Tag::Noframes => b"noframes",
            _ => b"noscript",
        };
        if let Some((start, len)) = tokens.raw_text(tag, name) {
            if matches!(tag, Tag::Title | Tag::Textarea) {
                self.text(start, len);
            } else if len > 0 {
                let end = self.dom.nodes.len() as u32 + 1;
                let node = Node { tag: Tag::Text, parent: self.top(), end, start: start as u32, len: len as u32 };
                self.dom.nodes.push(node);
            }
            self.end(tag);
        }
    }

    fn start(&mut self, tag: Tag, first: u32, count: u32, self_closing: bool) {
        match tag {
            Tag::Html => {
                let root = &mut self.dom.nodes[0];
                if root.len == 0 {
                    root.start = first;
                    root.len = count;
                }
                return;
            }
            Tag::Body if self.count[Tag::Body as usize] > 0 => return,
            _ => {}
        }
        self.imply_ends(tag);
        let index = self.dom.nodes.len() as u32;
        let mut node = Node::element(tag, self.top(), first, count);
        node.end = index + 1;
        self.dom.nodes.push(node);
        // Browsers ignore `/>` on ordinary elements; in SVG and MathML it counts.
        let foreign =
            self.count[Tag::Svg as usize] + self.count[Tag::Math as usize] > 0 || matches!(tag, Tag::Svg | Tag::Math);
        if tag.is_void() || (self_closing && foreign) {
            return;
        }
        if self.open.len() >= self.limits.depth {
            self.beyond[tag as usize] += 1;
            return;
        }
        self.open.push(index);
        self.count[tag as usize] += 1;
    }

    /// Closes what the start tag of `tag` ends implicitly.
    fn imply_ends(&mut self, tag: Tag) {
        if self.count[Tag::Head as usize] > 0 && !is_head_content(tag) {
            self.close_within(&[Tag::Head], |_| false);
        }
        if tag.closes_paragraph() && self.count[Tag::P as usize] > 0 {
            self.close_within(&[Tag::P], |t| t.is_scope() || t == Tag::Button);
        }
        match tag {
            Tag::Li => {
                self.close_within(&[Tag::Li], |t| t.is_scope() || matches!(t, Tag::Ul | Tag::Ol | Tag::Menu | Tag::Dir))
            }
            Tag::Dt | Tag::Dd => self.close_within(&[Tag::Dt, Tag::Dd], |t| t.is_scope() || t == Tag::Dl),
            Tag::Option | Tag::Optgroup if self.top_tag() == Tag::Option => self.pop_to(self.open.len() - 1),
            Tag::A => self.close_within(&[Tag::A], |t| t.is_scope() || !t.is_inline()),
            Tag::Td | Tag::Th => {
                self.close_within(&[Tag::Td, Tag::Th, Tag::Caption], |t| matches!(t, Tag::Table | Tag::Tr))
            }
            Tag::Tr => self.close_within(&[Tag::Tr, Tag::Caption], |t| t == Tag::Table),
            Tag::Tbody | Tag::Thead | Tag::Tfoot => {
                self.close_within(&[Tag::Tbody, Tag::Thead, Tag::Tfoot, Tag::Caption], |t| t == Tag::Table);
            }
            _ if tag.heading().is_some() && self.top_tag().heading().is_some() => self.pop_to(self.open.len() - 1),
            _ => {}
        }
    }

    /// Closes the outermost open element among `tags` that no element matching `barrier` protects.
    fn close_within(&mut self, tags: &[Tag], barrier: impl Fn(Tag) -> bool) {
        if tags.iter().all(|t| self.count[*t as usize] == 0) {
            return;
        }
        for at in (1..self.open.len()).rev() {
            work::steps(1);
            let tag = self.dom.nodes[self.open[at] as usize].tag;
            if tags.contains(&tag) {
                return self.pop_to(at);
            }
            if barrier(tag) {
                return;
            }
        }
    }

    fn end(&mut self, tag: Tag) {
        if self.beyond[tag as usize] > 0 {
            self.beyond[tag as usize] -= 1;
            return;
        }
        // Content after `</body>` still belongs to the body.
        if self.count[tag as usize] == 0 || matches!(tag, Tag::Body | Tag::Html) {
            return;
        }
        let inline = tag.is_inline();
        let own_scope = matches!(
            tag,
            Tag::Table | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Td | Tag::Th | Tag::Caption
        );
        for at in (1..self.open.len()).rev() {
            work::steps(1);
            let open = self.dom.nodes[self.open[at] as usize].tag;
            let found = open == tag || (tag.heading().is_some() && open.heading().is_some());
            if found {
                return self.pop_to(at);
            }
            let barrier = if own_scope { open == Tag::Table } else { open.is_scope() || (inline && !open.is_inline()) };
            if barrier {
                return;
            }
        }
    }
}

/// Elements that may stand in the head without ending it.
fn is_head_content(tag: Tag) -> bool {
    use Tag::{Base, Link, Meta, Noscript, Script, Style, Template, Title};
    matches!(tag, Base | Link | Meta | Noscript | Script | Style | Template | Title)
}
