//! Cuts a page into blocks: the runs of text that a browser would start on a new line.

use super::dom::{Attr, Dom, Tag};
use super::script;
use super::work;

/// What a block is, for the output and as a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Running text.
    Paragraph,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// The start of a list item, with its list depth from 1.
    Item(u8),
    /// A table cell.
    Cell,
    /// Preformatted text: line breaks and spaces are kept.
    Pre,
}

/// One run of text.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// The innermost block-level element around the text.
    pub node: u32,
    /// What it is.
    pub kind: Kind,
    /// The table row (`tr` node) it is in, 0 for none.
    pub row: u32,
    /// The table cell it is in, 0 for none.
    pub cell: u32,
    /// The first text node that it has letters of.
    pub first: u32,
    /// The last text node that it has letters of.
    pub last: u32,
    /// Where its text starts in [`Blocks::text`].
    pub start: u32,
    /// Where its text ends.
    pub end: u32,
    /// Size in letters, an ideograph or kana counted twice (it carries about as much as two letters).
    pub size: u32,
    /// The part of `size` inside links.
    pub link_size: u32,
    /// Words: runs between blanks; of two ideographs or kana, or five letters, where a script puts no blank between them.
    pub words: u32,
    /// Full stops, question and exclamation marks of any script.
    pub stops: u32,
    /// Commas of any script.
    pub commas: u32,
    /// Digits.
    pub digits: u32,
    /// Number of links.
    pub links: u32,
}

/// All blocks of a page in document order.
#[derive(Debug, Default)]
pub struct Blocks {
    /// The text of all blocks.
    pub text: String,
    /// The blocks.
    pub list: Vec<Block>,
}

impl Blocks {
    /// The text of one block.
    #[must_use]
    pub fn text_of(&self, block: &Block) -> &str {
        &self.text[block.start as usize..block.end as usize]
    }
}

/// Elements whose content is never text of the page.
#[must_use]
pub fn is_skipped(tag: Tag) -> bool {
    use Tag::{
        Applet, Audio, Button, Canvas, Datalist, Embed, Frameset, Head, Iframe, Map, Math, Meter, Noembed, Noframes,
        Noscript, Object, Option, Progress, Rp, Script, Select, Style, Svg, Template, Textarea, Title, Video,
    };
    matches!(
        tag,
        Applet
            | Audio
            | Button
            | Canvas
            | Datalist
            | Embed
            | Frameset
            | Head
            | Iframe
            | Map
            | Math
            | Meter
            | Noembed
            | Noframes
            | Noscript
            | Object
            | Option
            | Progress
            | Rp
            | Script
            | Select
            | Style
            | Svg
            | Template
            | Textarea
            | Title
            | Video
    )
}

/// The walk over the tree.
struct Collector<'a, 'd> {
    dom: &'d Dom<'a>,
    out: Blocks,
    /// Open elements.
    open: Vec<u32>,
    /// Innermost open block-level elements.
    owners: Vec<u32>,
    rows: Vec<u32>,
    cells: Vec<u32>,
    lists: u32,
    pre: u32,
    links: u32,
    /// Write the targets of links after their text.
    show_links: bool,
    /// Open links: where their text starts and their element.
    anchors: Vec<(usize, u32)>,
    /// The item whose marker is not written yet, 0 for none.
    item: u32,
    /// Where the current block starts in the text.
    start: usize,
    /// A blank is due before the next letter.
    gap: bool,
    link_size: u32,
    link_count: u32,
    /// Text nodes of the current block: the first (0 for none yet) and the last.
    nodes: (u32, u32),
}

/// Collects the blocks of a page; `links` adds the targets of links to the text, which changes no border between blocks.
#[must_use]
pub fn collect(dom: &Dom<'_>, links: bool) -> Blocks {
    let mut c = Collector {
        dom,
        out: Blocks::default(),
        open: Vec::new(),
        owners: vec![0],
        rows: Vec::new(),
        cells: Vec::new(),
        lists: 0,
        pre: 0,
        links: 0,
        show_links: links,
        anchors: Vec::new(),
        item: 0,
        start: 0,
        gap: false,
        link_size: 0,
        link_count: 0,
        nodes: (0, 0),
    };
    let mut at = 0;
    while at < dom.nodes.len() {
        while c.open.last().is_some_and(|n| dom.nodes[*n as usize].end as usize <= at) {
            c.leave();
        }
        let node = &dom.nodes[at];
        if node.tag == Tag::Text {
            c.text(at);
        } else if is_skipped(node.tag) {
            if !node.tag.is_inline() {
                c.gap = true;
            }
            at = node.end as usize;
            continue;
        } else {
            c.enter(at);
        }
        at += 1;
    }
    while !c.open.is_empty() {
        c.leave();
    }
    c.flush();
    c.out
}

impl Collector<'_, '_> {
    fn enter(&mut self, at: usize) {
        let node = &self.dom.nodes[at];
        let tag = node.tag;
        match tag {
            Tag::Br => return self.line_break(),
            Tag::A => {
                if self.dom.raw_attr(at, Attr::Href).is_some() {
                    self.link_count += 1;
                }
                self.links += 1;
                self.anchors.push((self.out.text.len(), at as u32));
            }
            _ if tag.is_inline() => {}
            _ => {
                self.flush();
                self.owners.push(at as u32);
                match tag {
                    Tag::Ul | Tag::Ol | Tag::Menu | Tag::Dir => self.lists += 1,
                    Tag::Li => self.item = at as u32,
                    Tag::Pre | Tag::Listing | Tag::Xmp => self.pre += 1,
                    Tag::Tr => self.rows.push(at as u32),
                    Tag::Td | Tag::Th => self.cells.push(at as u32),
                    _ => {}
                }
            }
        }
        if node.end as usize > at + 1 {
            self.open.push(at as u32);
        } else {
            self.close(tag);
        }
    }

    fn leave(&mut self) {
        if let Some(at) = self.open.pop() {
            self.close(self.dom.nodes[at as usize].tag);
        }
    }

    fn close(&mut self, tag: Tag) {
        match tag {
            Tag::A => {
                self.links -= 1;
                self.end_link();
            }
            _ if tag.is_inline() => {}
            _ => {
                self.flush();
                self.owners.pop();
                match tag {
                    Tag::Ul | Tag::Ol | Tag::Menu | Tag::Dir => self.lists -= 1,
                    Tag::Li => self.item = 0,
                    Tag::Pre | Tag::Listing | Tag::Xmp => self.pre -= 1,
                    Tag::Tr => drop(self.rows.pop()),
                    Tag::Td | Tag::Th => drop(self.cells.pop()),
                    _ => {}
                }
            }
        }
    }

    /// Writes the target of the link that ends, if it has text in this block and leads somewhere.
    fn end_link(&mut self) {
        let Some((from, at)) = self.anchors.pop() else {
            return;
        };
        if !self.show_links || self.out.text.len() <= from.max(self.start) {
            return;
        }
        let href = self.dom.attr(at as usize, Attr::Href).unwrap_or_default();
        let href = href.trim();
        if href.is_empty() || href.starts_with(['#', '(']) || href.starts_with("javascript:") {
            return;
        }
        self.out.text.push_str(" (");
        self.out.text.extend(href.chars().filter(|c| !c.is_control()));
        self.out.text.push(')');
    }

    fn line_break(&mut self) {
        if self.out.text.len() > self.start {
            let trimmed = self.out.text.trim_end_matches(' ').len();
            self.out.text.truncate(trimmed.max(self.start));
            self.out.text.push('\n');
        }
        self.gap = false;
    }

    fn text(&mut self, at: usize) {
        let from = self.out.text.len();
        let text = self.dom.text(at);
        if self.pre > 0 {
            push_pre(text, &mut self.out.text);
        } else {
            self.gap = push_normal(text, self.gap, self.start, &mut self.out.text);
        }
        if self.out.text.len() > from {
            self.nodes = (if self.nodes.0 == 0 { at as u32 } else { self.nodes.0 }, at as u32);
        }
        if self.links > 0 {
            self.link_size += measure(&self.out.text[from..]).size;
        }
    }

    /// Ends the current block.
    fn flush(&mut self) {
        let trimmed = self.out.text.trim_end().len().max(self.start);
        self.out.text.truncate(trimmed);
        if self.pre > 0 {
            // Blank lines before the first line of code are no content; its indentation is.
            let body = &self.out.text[self.start..];
            let lead = body.len() - body.trim_start_matches('\n').len();
            if lead > 0 {
                self.start += lead;
            }
        }
        let m = measure(&self.out.text[self.start..]);
        if m.size + m.digits + m.stops > 0 {
            let node = self.owners.last().copied().unwrap_or(0);
            let block = Block {
                node,
                kind: self.kind(node),
                row: self.rows.last().copied().unwrap_or(0),
                cell: self.cells.last().copied().unwrap_or(0),
                first: self.nodes.0,
                last: self.nodes.1,
                start: self.start as u32,
                end: trimmed as u32,
                size: m.size,
                link_size: self.link_size.min(m.size),
                words: m.words,
                stops: m.stops,
                commas: m.commas,
                digits: m.digits,
                links: self.link_count,
            };
            self.out.list.push(block);
            self.item = 0;
        } else {
            self.out.text.truncate(self.start);
        }
        self.start = self.out.text.len();
        self.gap = false;
        self.link_size = 0;
        self.link_count = 0;
        self.nodes = (0, 0);
    }

    fn kind(&self, node: u32) -> Kind {
        if self.pre > 0 {
            return Kind::Pre;
        }
        let tag = self.dom.nodes[node as usize].tag;
        if let Some(level) = tag.heading() {
            return Kind::Heading(level);
        }
        if self.item != 0 {
            return Kind::Item(self.lists.clamp(1, 20) as u8);
        }
        // A cell inside a row; an inner table has its own rows.
        if self.cells.len() == self.rows.len() && !self.cells.is_empty() { Kind::Cell } else { Kind::Paragraph }
    }
}

/// Characters that are not shown: soft hyphen, zero-width space, word joiner, byte order mark, direction marks, controls.
/// The joiners U+200C and U+200D stay: Persian, the Indic scripts and emoji need them.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Appends text with each run of white space as one blank; returns whether a blank is due after it.
fn push_normal(text: &str, mut gap: bool, start: usize, out: &mut String) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        // Runs of plain ASCII are copied whole.
        let from = at;
        while at < bytes.len() && bytes[at] > b' ' && bytes[at] < 0x7f {
            at += 1;
        }
        if at > from {
            if gap && out.len() > start && !out.ends_with('\n') {
                out.push(' ');
            }
            gap = false;
            out.push_str(&text[from..at]);
            continue;
        }
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        at += c.len_utf8();
        if c.is_whitespace() {
            gap = true;
        } else if !is_invisible(c) {
            if gap && out.len() > start && !out.ends_with('\n') {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    gap
}

/// Appends preformatted text: line ends become `\n`, other white space stays.
fn push_pre(text: &str, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\u{a0}' => out.push(' '),
            _ if is_invisible(c) => {}
            _ => out.push(c),
        }
    }
}

/// Counts over a piece of text.
#[derive(Debug, Default, Clone, Copy)]
pub struct Measure {
    /// Letters (and marks); ideographs and kana count twice.
    pub size: u32,
    /// Words, as [`Block::words`].
    pub words: u32,
    /// Sentence ends.
    pub stops: u32,
    /// Commas.
    pub commas: u32,
    /// Digits.
    pub digits: u32,
}

/// Measures a piece of text.
#[must_use]
pub fn measure(text: &str) -> Measure {
    work::steps(text.len());
    let mut m = Measure::default();
    let mut in_word = false;
    // Letters of scripts that put no blank between words, in twentieths of a word.
    let mut unspaced = 0_u32;
    let mut previous = ' ';
    for c in text.chars() {
        if c.is_ascii() {
            match c {
                ' ' | '\n' | '\t' => {
                    // Thai and its neighbours part clauses by a blank, and write neither commas nor stops.
                    m.commas += u32::from(c == ' ' && script::is_clause_spaced(previous));
                    in_word = false;
                    previous = c;
                    continue;
                }
                '.' | '!' | '?' => m.stops += 1,
                ',' | ';' => m.commas += 1,
                '0'..='9' => m.digits += 1,
                'a'..='z' | 'A'..='Z' => m.size += 1,
                _ => {}
            }
        } else if script::is_stop(c) {
            m.stops += 1;
        } else if script::is_comma(c) {
            m.commas += 1;
        } else if script::digit(c).is_some() {
            m.digits += 1;
        } else if script::is_ideograph(c) {
            m.size += 2;
            unspaced += 10;
        } else if script::is_clause_spaced(c) {
            m.size += 1;
            unspaced += 4;
        } else {
            match c {
                '\u{ac00}'..='\u{d7af}' => m.size += 2,
                '\u{a1}'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff20}' => {}
                _ => m.size += 1,
            }
        }
        if !in_word {
            in_word = true;
            m.words += 1;
        }
        previous = c;
    }
    m.words = m.words.max(unspaced / 20);
    m
}
