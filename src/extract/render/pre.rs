//! Code and other preformatted text, with every blank and line end.

use crate::extract::blocks::{is_invisible, is_skipped};
use crate::extract::dom::{Attr, Dom, Tag};

/// The preformatted element around a node.
pub fn element(dom: &Dom<'_>, node: u32) -> Option<u32> {
    let mut at = node as usize;
    while at != 0 {
        if matches!(dom.nodes[at].tag, Tag::Pre | Tag::Listing | Tag::Xmp) {
            return Some(at as u32);
        }
        at = dom.nodes[at].parent as usize;
    }
    None
}

/// Class names of the columns and marks that number lines.
fn numbers_lines(dom: &Dom<'_>, node: usize) -> bool {
    dom.raw_attr(node, Attr::Class).is_some_and(|class| {
        class.split_ascii_whitespace().any(|name| {
            matches!(
                name,
                "lineno"
                    | "linenos"
                    | "line-numbers-rows"
                    | "linenodiv"
                    | "gutter"
                    | "rouge-gutter"
                    | "hljs-ln-numbers"
                    | "blob-num"
                    | "line-number"
                    | "linenumber"
                    | "linenumbers"
                    | "code-line-number"
                    | "ln-num"
            )
        })
    })
}

/// Whether a preformatted element, or one around it, holds the numbers of lines.
pub fn is_gutter(dom: &Dom<'_>, pre: u32) -> bool {
    let mut at = pre as usize;
    while at != 0 {
        if numbers_lines(dom, at) {
            return true;
        }
        at = dom.nodes[at].parent as usize;
    }
    false
}

/// The text of a preformatted element. Elements that a browser starts on a new line do so here; blank lines before the first
/// and blanks behind the last line are cut.
pub fn text(dom: &Dom<'_>, pre: u32) -> String {
    let mut out = String::new();
    let mut open: Vec<usize> = Vec::new();
    let end = dom.nodes[pre as usize].end as usize;
    let mut at = pre as usize + 1;
    while at < end {
        while open.last().is_some_and(|&node| dom.nodes[node].end as usize <= at) {
            open.pop();
            new_line(&mut out);
        }
        let tag = dom.nodes[at].tag;
        if tag == Tag::Text {
            push(dom.text(at), &mut out);
        } else if is_skipped(tag) || numbers_lines(dom, at) {
            at = dom.nodes[at].end as usize;
            continue;
        } else if tag == Tag::Br {
            out.push('\n');
        } else if !tag.is_inline() && !matches!(tag, Tag::Td | Tag::Th | Tag::Tbody) {
            new_line(&mut out);
            open.push(at);
        }
        at += 1;
    }
    let from = out.len() - out.trim_start_matches('\n').len();
    let to = out.trim_end().len();
    out.get(from..to).unwrap_or_default().to_owned()
}

fn new_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// Appends text: line ends become `\n`, no-break spaces blanks, all else stays.
fn push(text: &str, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\u{a0}' => out.push(' '),
            _ if is_invisible(c) => {}
            _ => out.push(c),
        }
    }
}

/// The language of the code, by the class names that highlighters share; empty when none tells.
pub fn language<'a>(dom: &Dom<'a>, pre: u32) -> &'a str {
    let pre = pre as usize;
    let parent = dom.nodes[pre].parent as usize;
    let inside = (pre + 1..(pre + 4).min(dom.nodes[pre].end as usize)).filter(|&i| dom.nodes[i].tag == Tag::Code);
    let around = [pre].into_iter().chain(inside).chain([parent, dom.nodes[parent].parent as usize]);
    around.filter_map(|node| dom.raw_attr(node, Attr::Class)).find_map(of_class).unwrap_or_default()
}

fn of_class(class: &str) -> Option<&str> {
    class.split_ascii_whitespace().find_map(|name| {
        let named = ["language-", "lang-", "highlight-source-", "highlight-"]
            .iter()
            .find_map(|start| name.strip_prefix(start))?;
        let fits = (1..=20).contains(&named.len())
            && named.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#-_.".contains(&byte))
            && !matches!(
                named,
                "default" | "none" | "text" | "plaintext" | "plain" | "highlight" | "auto" | "undefined"
            );
        fits.then_some(named)
    })
}
