//! The text of one block from its nodes: what is inside a line.

use super::math::Site;
use crate::extract::blocks::{is_invisible, is_skipped};
use crate::extract::dom::{Attr, Dom, Tag};
use crate::extract::facts::resolve;
use crate::extract::work;
use std::fmt::Write;

/// How lines are written.
#[derive(Debug, Clone, Copy)]
pub struct Style<'a> {
    /// Marks for emphasis, code and links; characters that would be marks are escaped.
    pub markdown: bool,
    /// Write the targets of links.
    pub links: bool,
    /// What relative targets are made whole with.
    pub base: Option<&'a str>,
    /// All formulas of the page.
    pub sites: &'a [Site],
    /// The block is a heading: no emphasis, one line.
    pub heading: bool,
    /// The block is a cell of a Markdown table: one line, bars escaped.
    pub cell: bool,
}

/// The writer of one block.
pub struct Inline<'d, 'a, 's> {
    dom: &'d Dom<'a>,
    style: Style<'s>,
    out: String,
    /// A blank is due before the next character.
    gap: bool,
    /// Open elements with marks.
    open: Vec<Open>,
    /// Marks that open before the next character.
    pending: Vec<&'static str>,
    strong: u32,
    emphasis: u32,
    code: u32,
    /// Where the open code starts is not known yet.
    unfenced: bool,
}

/// An open element.
struct Open {
    node: u32,
    /// Where its text starts, once known.
    from: usize,
    /// What closes it.
    close: Close,
}

enum Close {
    Nothing,
    Mark(&'static str),
    Code,
    Link(String),
    Sup,
}

/// The text of nodes `from..=to`, inline elements around them included.
pub fn text(dom: &Dom<'_>, from: u32, to: u32, style: Style<'_>) -> String {
    let mut inline = Inline {
        dom,
        style,
        out: String::new(),
        gap: false,
        open: Vec::new(),
        pending: Vec::new(),
        strong: 0,
        emphasis: 0,
        code: 0,
        unfenced: false,
    };
    inline.run(from as usize, to as usize);
    inline.out
}

/// Whether the nodes hold anything that plain text without links shows in another way than letter by letter.
pub fn is_plain(dom: &Dom<'_>, from: u32, to: u32, sites: &[Site]) -> bool {
    let at = sites.partition_point(|site| site.end <= from);
    let formula = sites.get(at).is_some_and(|site| site.start <= to);
    let special = |i: usize| match dom.nodes[i].tag {
        Tag::Text => false,
        Tag::Sup | Tag::Rt | Tag::Rtc => true,
        Tag::A => is_permalink(dom, i),
        _ => is_hidden(dom, i),
    };
    // The elements that are open where the block begins count as well.
    let mut around = dom.nodes[from as usize].parent as usize;
    while around != 0 && dom.nodes[around].tag.is_inline() {
        if special(around) {
            return false;
        }
        around = dom.nodes[around].parent as usize;
    }
    !formula && !(from as usize..=to as usize).any(special)
}

/// Whether an inline element says that it is not shown.
fn is_hidden(dom: &Dom<'_>, node: usize) -> bool {
    if !dom.nodes[node].tag.is_inline() {
        return false;
    }
    dom.raw_attr(node, Attr::Hidden).is_some()
        || dom.raw_attr(node, Attr::Style).is_some_and(|style| {
            let squeezed: String = style.chars().filter(|c| !c.is_whitespace()).take(200).collect();
            squeezed.to_ascii_lowercase().contains("display:none")
        })
}

/// Whether a link is the sign beside a heading that leads to itself.
fn is_permalink(dom: &Dom<'_>, node: usize) -> bool {
    dom.raw_attr(node, Attr::Href).is_some_and(|href| href.contains('#'))
        && dom.nodes[node].end as usize - node < 6
        && matches!(dom.text_content(node).trim(), "¶" | "#" | "§" | "🔗")
}

impl Inline<'_, '_, '_> {
    fn run(&mut self, from: usize, to: usize) {
        let mut around = Vec::new();
        let mut up = self.dom.nodes[from].parent as usize;
        while up != 0 && self.dom.nodes[up].tag.is_inline() {
            work::steps(1);
            around.push(up);
            up = self.dom.nodes[up].parent as usize;
        }
        around.into_iter().rev().for_each(|node| self.enter(node));
        let mut at = from;
        while at <= to {
            while self.open.last().is_some_and(|open| self.dom.nodes[open.node as usize].end as usize <= at) {
                self.leave();
            }
            at = self.node(at);
        }
        while !self.open.is_empty() {
            self.leave();
        }
        let end = self.out.trim_end().len();
        self.out.truncate(end);
    }

    /// Writes a node; gives the next one.
    fn node(&mut self, at: usize) -> usize {
        let node = &self.dom.nodes[at];
        let sites = self.style.sites;
        let place = sites.partition_point(|site| (site.start as usize) < at);
        if let Some(site) = sites.get(place).filter(|site| site.start as usize == at) {
            self.formula(site);
            return site.end as usize;
        }
        if node.tag == Tag::Text {
            self.push(self.dom.text(at));
        } else if is_skipped(node.tag) || matches!(node.tag, Tag::Rt | Tag::Rtc) || is_hidden(self.dom, at) {
            self.gap |= !node.tag.is_inline();
            return node.end as usize;
        } else if node.tag == Tag::A && is_permalink(self.dom, at) {
            return node.end as usize;
        } else if node.tag == Tag::Br {
            self.line_break();
        } else {
            self.enter(at);
        }
        at + 1
    }

    fn formula(&mut self, site: &Site) {
        let Some(tex) = &site.tex else { return };
        let mark = if site.display { "$$" } else { "$" };
        self.before();
        self.out.push_str(mark);
        self.out.push_str(tex);
        self.out.push_str(mark);
    }

    fn enter(&mut self, at: usize) {
        let tag = self.dom.nodes[at].tag;
        let marks = self.style.markdown && self.code == 0;
        let close = match tag {
            Tag::Strong | Tag::B if marks && !self.style.heading => {
                self.strong += 1;
                if self.strong == 1 {
                    self.pending.push("**");
                }
                Close::Mark("**")
            }
            Tag::Em | Tag::I if marks => {
                self.emphasis += 1;
                if self.emphasis == 1 {
                    self.pending.push("*");
                }
                Close::Mark("*")
            }
            Tag::Code | Tag::Kbd | Tag::Samp | Tag::Tt if self.style.markdown => {
                self.code += 1;
                if self.code == 1 { Close::Code } else { Close::Nothing }
            }
            Tag::A if self.style.links && self.code == 0 => match self.target(at) {
                Some(target) => {
                    if self.style.markdown {
                        self.pending.push("[");
                    }
                    Close::Link(target)
                }
                None => Close::Nothing,
            },
            Tag::Sup if self.is_power(at) => Close::Sup,
            _ => Close::Nothing,
        };
        if self.dom.nodes[at].end as usize > at + 1 {
            // The fence goes in behind what is due, which is known with the first character.
            let code = matches!(close, Close::Code);
            self.unfenced |= code;
            self.open.push(Open { node: at as u32, from: if code { usize::MAX } else { self.out.len() }, close });
        } else {
            self.shut(tag, close, usize::MAX);
        }
    }

    fn leave(&mut self) {
        if let Some(open) = self.open.pop() {
            self.shut(self.dom.nodes[open.node as usize].tag, open.close, open.from);
        }
    }

    fn shut(&mut self, tag: Tag, close: Close, from: usize) {
        match close {
            Close::Nothing | Close::Sup => {}
            Close::Mark(mark) => {
                let depth = if mark == "**" { &mut self.strong } else { &mut self.emphasis };
                *depth -= 1;
                let outermost = *depth == 0;
                if outermost {
                    self.shut_mark(mark, mark);
                }
            }
            Close::Code => {
                self.code -= 1;
                self.unfenced = false;
                self.fence(from);
                return;
            }
            Close::Link(target) => {
                if self.style.markdown {
                    let target = target.replace(['(', ')', ' ', '<', '>'], "");
                    self.shut_mark("[", &format!("]({target})"));
                } else if self.out.len() > from {
                    let _ = write!(self.out, " ({target})");
                }
            }
        }
        if matches!(tag, Tag::Code | Tag::Kbd | Tag::Samp | Tag::Tt) && self.style.markdown {
            self.code = self.code.saturating_sub(1);
        }
    }

    /// Closes a mark, or takes it back if nothing came after it.
    fn shut_mark(&mut self, open: &str, close: &str) {
        match self.pending.iter().rposition(|mark| *mark == open) {
            Some(at) => drop(self.pending.remove(at)),
            None => self.out.push_str(close),
        }
    }

    /// Puts a fence around code that starts at `from`, longer than any run of backticks in it.
    fn fence(&mut self, from: usize) {
        if from == usize::MAX || from >= self.out.len() {
            return;
        }
        let code = self.out[from..].to_owned();
        let fence = "`".repeat(longest_run(&code, '`') + 1);
        let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
        self.out.truncate(from);
        let _ = write!(self.out, "{fence}{pad}{code}{pad}{fence}");
    }

    fn target(&self, at: usize) -> Option<String> {
        let href = self.dom.attr(at, Attr::Href)?;
        let href: String = href.trim().chars().filter(|c| !c.is_control()).collect();
        if href.is_empty() || href.starts_with(['#', '(']) || href.starts_with("javascript:") {
            return None;
        }
        Some(resolve(self.style.base, &href))
    }

    /// Whether a raised text is an exponent: a short number or a single sign right behind a letter or digit. Ordinals, notes
    /// and marks are raised as well, and stay as they are.
    fn is_power(&self, at: usize) -> bool {
        let end = self.dom.nodes[at].end as usize;
        if self.gap || end - at > 3 || !self.out.ends_with(char::is_alphanumeric) {
            return false;
        }
        let text = self.dom.text_content(at);
        let text = text.trim();
        let digits = text.trim_start_matches(['-', '−', '+']);
        let number = !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let based = has_powers(&self.out);
        (number && based && (at..end).all(|i| self.dom.nodes[i].tag != Tag::A))
            || (matches!(text, "n" | "x" | "k") && based)
    }

    /// What is due before a character: a blank, marks, the sign of an exponent.
    fn before(&mut self) {
        if self.gap && !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push(' ');
        }
        self.gap = false;
        for mark in std::mem::take(&mut self.pending) {
            self.out.push_str(mark);
        }
        if let Some(open) = self.open.last_mut().filter(|open| matches!(open.close, Close::Sup)) {
            open.close = Close::Nothing;
            self.out.push('^');
        }
        if self.code == 1 && self.unfenced {
            self.unfenced = false;
            let fenced = self.open.iter_mut().rfind(|open| matches!(open.close, Close::Code));
            if let Some(open) = fenced {
                open.from = self.out.len();
            }
        }
    }

    fn line_break(&mut self) {
        if self.out.is_empty() {
            return;
        }
        if self.style.heading || self.style.cell {
            self.gap = true;
            return;
        }
        let trimmed = self.out.trim_end_matches(' ').len();
        self.out.truncate(trimmed);
        // Two blanks make the break hard; two breaks in a row would end a paragraph of Markdown.
        match (self.style.markdown, self.out.ends_with('\n')) {
            (true, true) => {}
            (true, false) => self.out.push_str("  \n"),
            (false, _) => self.out.push('\n'),
        }
        self.gap = false;
    }

    fn push(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c.is_whitespace() {
                self.gap = true;
                continue;
            }
            if is_invisible(c) {
                continue;
            }
            self.before();
            // A bar parts the cells of a table even within code.
            let bar = c == '|' && self.style.cell;
            if bar || (self.style.markdown && self.code == 0 && self.escapes(c, chars.peek().copied())) {
                self.out.push('\\');
            }
            self.out.push(c);
        }
    }

    /// Whether a character of the page would be a mark of Markdown here.
    fn escapes(&self, c: char, next: Option<char>) -> bool {
        let before = self.out.chars().next_back();
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        match c {
            '`' => true,
            '*' => !(blank(before) && blank(next)),
            '_' => !(word(before) && word(next) || blank(before) && blank(next)),
            '<' => next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
            '(' | '[' => before == Some(']'),
            '&' => next.is_some_and(|c| c.is_ascii_alphabetic() || c == '#'),
            '\\' => next.is_some_and(|c| matches!(c, '*' | '_' | '`' | '<' | '#' | '|')),
            _ => false,
        }
    }
}

/// Whether a text ends in what has powers: a single letter or digit, ten, or a unit. Raised numbers behind other words and numbers
/// are mostly notes.
fn has_powers(text: &str) -> bool {
    // No such word is longer; the bound keeps a page of raised numbers linear.
    let mut from = text.len().saturating_sub(16);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let text = &text[from..];
    let start = text
        .rfind(|c: char| !c.is_alphanumeric())
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let word = text.get(start..).unwrap_or_default();
    word.chars().count() == 1
        || matches!(word, "10" | "km" | "cm" | "mm" | "nm" | "dm" | "kg" | "mi" | "ft" | "yd" | "in")
}

/// The longest run of a character.
pub fn longest_run(text: &str, mark: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == mark { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
