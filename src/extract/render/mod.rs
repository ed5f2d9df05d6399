//! Writes the kept blocks as plain text or Markdown.
//!
//! Plain text has a line for each paragraph, heading, list item and table row; Markdown has blank lines, marks and fences. In
//! both, formulas are TeX between dollar signs and code keeps its blanks.

mod inline;
mod math;
mod mathml;
mod pre;
mod table;

#[cfg(test)]
mod tests;

use super::Options;
use super::blocks::{Block, Blocks, Kind};
use super::dom::{Attr, Dom, Tag};
use super::select::Kept;
use super::work;
use inline::{Style, longest_run};
use math::Site;
use std::collections::BTreeSet;

/// Something to write, in order of the page.
enum Piece {
    /// A block by its index, and the nodes that it is written from.
    Block(usize, (u32, u32)),
    /// A formula in a line of its own.
    Formula(usize),
}

/// What is known of the page beside its blocks.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// What relative targets of links are made whole with.
    pub base: Option<&'a str>,
    /// The page may have formulas.
    pub formulas: bool,
}

/// The text of the kept blocks.
pub fn render(dom: &Dom<'_>, blocks: &Blocks, kept: &Kept, options: &Options, around: &Around<'_>) -> String {
    let sites = if around.formulas { math::sites(dom) } else { Vec::new() };
    let base = around.base;
    let pieces = pieces(dom, blocks, kept, &sites);
    let style =
        Style { markdown: options.markdown, links: options.links, base, sites: &sites, heading: false, cell: false };
    let mut writer = Writer {
        dom,
        blocks,
        style,
        out: String::new(),
        last: None,
        items: Vec::new(),
        numbers: Vec::new(),
        done: 0,
        refused: BTreeSet::new(),
    };
    for (at, piece) in pieces.iter().enumerate() {
        writer.piece(piece, &pieces[at..]);
    }
    writer.out
}

/// The nearest element around a node that is no part of a line.
fn owner(dom: &Dom<'_>, node: u32) -> u32 {
    let mut at = dom.nodes[node as usize].parent as usize;
    while at != 0 && dom.nodes[at].tag.is_inline() {
        work::steps(1);
        at = dom.nodes[at].parent as usize;
    }
    at as u32
}

/// The kept blocks and the formulas between them. A formula at the border of a block belongs to it; one that stands alone is kept
/// if the blocks on both sides are, or one that is its neighbour in the tree.
fn pieces(dom: &Dom<'_>, blocks: &Blocks, kept: &Kept, sites: &[Site]) -> Vec<Piece> {
    let list = &blocks.list;
    let mut ranges: Vec<(u32, u32)> = list.iter().map(|block| (block.first, block.last)).collect();
    let mut keep: Vec<bool> = kept.keep.clone();
    let mut alone: Vec<usize> = Vec::new();
    for (number, site) in sites.iter().enumerate() {
        let next = list.partition_point(|block| block.last < site.start);
        let inside = list[next..].iter().take_while(|block| block.first >= site.start && block.last < site.end).count();
        if inside > 0 {
            // What is shown of a formula made blocks of its own.
            let was_kept = kept.keep[next..next + inside].iter().any(|keep| *keep);
            keep[next..next + inside].iter_mut().for_each(|keep| *keep = false);
            if was_kept || beside(dom, list, kept, site, next, next + inside) {
                alone.push(number);
            }
        } else if let Some(block) = list.get(next).filter(|block| block.first < site.end) {
            let range = &mut ranges[next];
            if block.first >= site.start {
                range.0 = range.0.min(site.start);
            }
            if block.last < site.end {
                range.1 = range.1.max(site.end - 1);
            }
        } else {
            let owner = owner(dom, site.start);
            let before = next.checked_sub(1);
            if list.get(next).is_some_and(|block| block.node == owner) {
                ranges[next].0 = ranges[next].0.min(site.start);
            } else if let Some(before) = before.filter(|before| list[*before].node == owner) {
                ranges[before].1 = ranges[before].1.max(site.end - 1);
            } else if beside(dom, list, kept, site, next, next) {
                alone.push(number);
            }
        }
    }
    let mut out = Vec::new();
    let mut alone = alone.into_iter().filter(|number| sites[*number].tex.is_some()).peekable();
    for (index, range) in ranges.iter().enumerate() {
        while let Some(number) = alone.next_if(|number| sites[*number].start < range.0) {
            out.push(Piece::Formula(number));
        }
        if keep[index] {
            out.push(Piece::Block(index, *range));
        }
    }
    out.extend(alone.map(Piece::Formula));
    out
}

/// Whether the blocks around a formula say that it is kept: those before `from` and at `to`.
fn beside(dom: &Dom<'_>, list: &[Block], kept: &Kept, site: &Site, from: usize, to: usize) -> bool {
    let owner = owner(dom, site.start);
    let parent = dom.nodes[owner as usize].parent;
    let near = |block: &Block| {
        let around = dom.nodes[block.node as usize].parent;
        block.node == parent || around == owner || around == parent
    };
    let before = from.checked_sub(1).filter(|index| kept.keep[*index]).map(|index| &list[index]);
    let behind = list.get(to).filter(|_| kept.keep[to]);
    match (before, behind) {
        (Some(_), Some(_)) => true,
        (Some(one), None) | (None, Some(one)) => near(one),
        (None, None) => false,
    }
}

/// What was written last.
#[derive(Clone, Copy)]
struct Last {
    kind: Option<Kind>,
    row: u32,
    cell: u32,
    quotes: usize,
    /// It is an item of a list, first line.
    item: bool,
}

struct Writer<'d, 'a, 's> {
    dom: &'d Dom<'a>,
    blocks: &'d Blocks,
    style: Style<'s>,
    out: String,
    last: Option<Last>,
    /// Open list items whose marker is written, with the width of the marker.
    items: Vec<(u32, usize)>,
    /// The number of each item of an ordered list, by node; made when first needed.
    numbers: Vec<u32>,
    /// Nodes below this one are written.
    done: u32,
    /// Tables that hold no data, so that each is looked at once.
    refused: BTreeSet<u32>,
}

/// Widest indentation: deeper lists stay at it, so that no page grows by its depth.
const INDENT: usize = 40;
/// Deepest block quotes that are marked.
const QUOTES: usize = 8;

impl Writer<'_, '_, '_> {
    fn piece(&mut self, piece: &Piece, rest: &[Piece]) {
        match *piece {
            Piece::Formula(number) => {
                let site = &self.style.sites[number];
                if site.start >= self.done
                    && let Some(tex) = &site.tex
                {
                    let (node, text) = (owner(self.dom, site.start), format!("$${tex}$$"));
                    self.close_items(site.start);
                    self.write(Kind::Paragraph, node, (0, 0), &text, None);
                }
            }
            Piece::Block(index, range) => {
                let block = &self.blocks.list[index];
                if block.first >= self.done {
                    self.close_items(block.first);
                    self.block(block, range, rest);
                }
            }
        }
    }

    fn close_items(&mut self, at: u32) {
        while self.items.last().is_some_and(|(item, _)| self.dom.nodes[*item as usize].end <= at) {
            self.items.pop();
        }
    }

    fn block(&mut self, block: &Block, range: (u32, u32), rest: &[Piece]) {
        let place = (block.row, block.cell);
        if block.kind == Kind::Pre
            && let Some(element) = pre::element(self.dom, block.node)
        {
            self.done = self.dom.nodes[element as usize].end;
            if !pre::is_gutter(self.dom, element) {
                let code = pre::text(self.dom, element);
                self.code(block, element, &code);
            }
            return;
        }
        if self.style.markdown && block.row != 0 && self.table(block, rest) {
            return;
        }
        let heading = matches!(block.kind, Kind::Heading(_));
        let style = Style { heading, ..self.style };
        let plain = !style.markdown && !style.links && inline::is_plain(self.dom, range.0, range.1, style.sites);
        let mut text = String::new();
        if !plain {
            text = inline::text(self.dom, range.0, range.1, style);
        }
        // Where all of a block is hidden it was kept all the same: it is shown by a script.
        let shown = if text.is_empty() { self.blocks.text_of(block) } else { &text };
        let item = match block.kind {
            Kind::Item(_) => self.item(block.node),
            _ => None,
        };
        let shown = shown.to_owned();
        self.write(block.kind, block.node, place, &shown, item);
    }

    /// Writes the table of a block with all that is kept of it, if it is one of data.
    fn table(&mut self, block: &Block, rest: &[Piece]) -> bool {
        let found = table::around(self.dom, block.row);
        let Some(table) = found.filter(|table| !self.refused.contains(table)) else { return false };
        let end = self.dom.nodes[table as usize].end;
        let inside = rest.iter().filter_map(|piece| match piece {
            Piece::Block(index, range) => Some((*index, *range)),
            Piece::Formula(_) => None,
        });
        let of: Vec<_> = inside.take_while(|(index, _)| self.blocks.list[*index].first < end).collect();
        work::steps(of.len());
        let Some(text) = table::markdown(self.dom, self.blocks, table, &of, self.style) else {
            self.refused.insert(table);
            return false;
        };
        self.done = end;
        self.write(Kind::Cell, table, (0, 0), &text, None);
        true
    }

    /// The list item that a block begins, with its marker.
    fn item(&mut self, node: u32) -> Option<(u32, String)> {
        let mut at = node as usize;
        while at != 0 && self.dom.nodes[at].tag != Tag::Li {
            work::steps(1);
            at = self.dom.nodes[at].parent as usize;
        }
        work::steps(self.items.len());
        let list = self.dom.nodes[at].parent as usize;
        if at == 0 || self.items.iter().any(|(item, _)| *item as usize == at) {
            return None;
        }
        if self.dom.nodes[list].tag != Tag::Ol {
            return Some((at as u32, "- ".to_owned()));
        }
        if self.numbers.is_empty() {
            self.numbers = numbers(self.dom);
        }
        Some((at as u32, format!("{}. ", self.numbers[at])))
    }

    /// Code: between fences in Markdown, as it is in plain text.
    fn code(&mut self, block: &Block, element: u32, code: &str) {
        if !self.style.markdown {
            return self.write(Kind::Pre, block.node, (0, 0), code, None);
        }
        let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
        let language = pre::language(self.dom, element);
        let text = format!("{fence}{language}\n{code}\n{fence}");
        self.write(Kind::Pre, element, (0, 0), &text, None);
    }

    /// Writes a finished text under its marks.
    fn write(&mut self, kind: Kind, node: u32, (row, cell): (u32, u32), text: &str, item: Option<(u32, String)>) {
        let quotes = if self.style.markdown { self.quotes(node) } else { 0 };
        let now = Last { kind: Some(kind), row, cell, quotes, item: item.is_some() };
        if let Some(last) = self.last {
            self.part(last, now);
        }
        self.last = Some(now);
        let indent = self.items.iter().map(|(_, width)| width).sum::<usize>().min(INDENT);
        let joins = self.out.ends_with(" | ");
        if !self.style.markdown {
            if let Some((node, marker)) = item {
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.out.push_str(&marker);
                self.items.push((node, 2));
            }
            return self.out.push_str(text);
        }
        let before = format!("{}{}", "> ".repeat(quotes), " ".repeat(indent));
        let mut lead = String::new();
        match (kind, &item) {
            (Kind::Heading(level), _) => lead = format!("{} ", "#".repeat(usize::from(level))),
            (_, Some((node, marker))) => {
                lead.clone_from(marker);
                self.items.push((*node, marker.len()));
            }
            _ => {}
        }
        let raw = kind == Kind::Pre || (kind == Kind::Cell && row == 0) || text.starts_with("$$");
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.out.push('\n');
            }
            let width = if number > 0 && item.is_some() { lead.len() } else { 0 };
            if !joins || number > 0 {
                self.out.push_str(if line.is_empty() { before.trim_end() } else { &before });
                self.out.extend(std::iter::repeat_n(' ', if line.is_empty() { 0 } else { width }));
            }
            if number == 0 {
                self.out.push_str(&lead);
            }
            self.out.push_str(&if raw || joins { line.to_owned() } else { guarded(line, kind) });
        }
    }

    /// Writes what stands between two texts.
    fn part(&mut self, last: Last, now: Last) {
        let cells = last.kind == Some(Kind::Cell) && now.kind == Some(Kind::Cell);
        if cells && now.row != 0 && last.row == now.row && last.cell != now.cell {
            self.out.push_str(" | ");
        } else if !self.style.markdown || (last.item && now.item && last.quotes == now.quotes) {
            self.out.push('\n');
        } else {
            self.out.push('\n');
            self.out.push_str("> ".repeat(last.quotes.min(now.quotes)).trim_end());
            self.out.push('\n');
        }
    }

    /// Block quotes around a node.
    fn quotes(&self, node: u32) -> usize {
        let (mut count, mut at) = (0, node as usize);
        while at != 0 && count < QUOTES {
            work::steps(1);
            count += usize::from(self.dom.nodes[at].tag == Tag::Blockquote);
            at = self.dom.nodes[at].parent as usize;
        }
        count
    }
}

/// The number of each `li` in its list, counted from the list's `start`.
fn numbers(dom: &Dom<'_>) -> Vec<u32> {
    let mut next = vec![0; dom.nodes.len()];
    let mut out = vec![0; dom.nodes.len()];
    for (i, node) in dom.nodes.iter().enumerate() {
        match node.tag {
            Tag::Ol => {
                let start = dom.raw_attr(i, Attr::Start).and_then(|start| start.trim().parse().ok());
                next[i] = start.filter(|start| *start < 1_000_000).unwrap_or(1);
            }
            Tag::Li => {
                out[i] = next[node.parent as usize];
                next[node.parent as usize] += 1;
            }
            _ => {}
        }
    }
    out
}

/// A line of Markdown that begins no heading, list, quote, rule or fence by accident.
fn guarded(line: &str, kind: Kind) -> String {
    let marks = line.bytes().take_while(|byte| *byte == b'#').count();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let behind = |at: usize| line[at..].is_empty() || line[at..].starts_with(' ');
    let only = |mark: char| line.len() > 1 && line.chars().all(|c| c == mark || c == ' ');
    let rule = only('-') || only('=') || only('*') || only('_');
    let first = line.as_bytes().first();
    let item = matches!(first, Some(b'-' | b'+' | b'*')) && behind(1);
    if ((1..=6).contains(&marks) && behind(marks)) || first == Some(&b'>') || item || rule || line.starts_with("~~~") {
        return format!("\\{line}");
    }
    let numbered =
        (1..=9).contains(&digits) && matches!(line.as_bytes().get(digits), Some(b'.' | b')')) && behind(digits + 1);
    if numbered && !matches!(kind, Kind::Heading(_)) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    line.to_owned()
}
