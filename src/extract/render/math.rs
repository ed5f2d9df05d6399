//! Formulas: where they stand on a page, and their TeX.
//!
//! Pages show a formula as markup for people (MathJax, KaTeX, a picture) and keep its source beside it: in a script, in an
//! annotation of MathML, in an alternative text. The source is the text; what is shown is dropped. MathML without a source is
//! written as TeX, see [`mathml`].

use super::mathml;
use crate::extract::dom::{Attr, Dom, Tag};

/// A formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its nodes.
    pub start: u32,
    /// The node after the last one.
    pub end: u32,
    /// Its source; `None` where it stands in a script that follows.
    pub tex: Option<String>,
    /// It stands in a line of its own.
    pub display: bool,
}

/// The longest source that is taken, in bytes.
const LONGEST: usize = 10_000;

/// All formulas of a page, in order; none lies within another.
pub fn sites(dom: &Dom<'_>) -> Vec<Site> {
    let mut out = Vec::new();
    let mut at = 1;
    while at < dom.nodes.len() {
        let end = dom.nodes[at].end;
        match site(dom, at) {
            Some((tex, display)) => {
                out.push(Site { start: at as u32, end, tex, display });
                at = end as usize;
            }
            None => at += 1,
        }
    }
    out
}

/// Reads the node as a formula: its source and whether it is displayed.
fn site(dom: &Dom<'_>, at: usize) -> Option<(Option<String>, bool)> {
    match dom.nodes[at].tag {
        Tag::Text => return None,
        Tag::Math => {
            let tex = noted(dom, at).or_else(|| clean(&mathml::tex(dom, at)?))?;
            return Some((Some(tex), is_display(dom, at)));
        }
        Tag::Script => {
            let kind = script_kind(dom, at)?;
            return Some((clean(dom.text(at + 1)), kind.contains("display")));
        }
        _ => {}
    }
    let class = dom.raw_attr(at, Attr::Class)?;
    let has = |word: &str| class.split_ascii_whitespace().any(|name| name == word);
    if dom.nodes[at].tag == Tag::Img {
        let formula = ["tex", "latex", "math"].iter().any(|word| has(word)) || class.contains("mwe-math");
        let alt = dom.attr(at, Attr::Alt).filter(|_| formula)?;
        return Some((Some(clean(&alt)?), class.contains("display")));
    }
    if has("katex-display") || has("katex") || has("mwe-math-element") || has("math-container-rendered") {
        return inner(dom, at, has("katex-display"));
    }
    if class.contains("MathJax") {
        if script_follows(dom, at) {
            return Some((None, false));
        }
        return inner(dom, at, class.contains("isplay"));
    }
    None
}

/// The formula inside an element that shows it.
fn inner(dom: &Dom<'_>, at: usize, display: bool) -> Option<(Option<String>, bool)> {
    let range = at + 1..dom.nodes[at].end as usize;
    let math = range.clone().find(|&i| dom.nodes[i].tag == Tag::Math);
    if let Some(math) = math {
        let tex = noted(dom, math).or_else(|| picture(dom, range)).or_else(|| clean(&mathml::tex(dom, math)?))?;
        return Some((Some(tex), display || is_display(dom, math)));
    }
    Some((Some(picture(dom, range)?), display))
}

/// The alternative text of the picture of a formula.
fn picture(dom: &Dom<'_>, mut range: std::ops::Range<usize>) -> Option<String> {
    let image = range.find(|&i| dom.nodes[i].tag == Tag::Img)?;
    clean(&dom.attr(image, Attr::Alt)?)
}

/// The TeX that a `math` element carries: an annotation, or `alttext`.
fn noted(dom: &Dom<'_>, at: usize) -> Option<String> {
    let range = at + 1..dom.nodes[at].end as usize;
    let annotation = range.clone().find(|&i| {
        dom.raw_attr(i, Attr::Encoding).is_some_and(|encoding| encoding.to_ascii_lowercase().contains("tex"))
    });
    let written = annotation.and_then(|i| clean(&dom.text_content(i)));
    written.or_else(|| clean(&dom.attr(at, Attr::Alttext)?))
}

fn is_display(dom: &Dom<'_>, at: usize) -> bool {
    dom.raw_attr(at, Attr::Display) == Some("block")
}

/// The type of a script that holds TeX.
fn script_kind<'a>(dom: &Dom<'a>, at: usize) -> Option<&'a str> {
    let node = &dom.nodes[at];
    let kind = dom.raw_attr(at, Attr::Type).filter(|_| node.tag == Tag::Script && node.end as usize > at + 1)?;
    kind.trim_start().starts_with("math/tex").then_some(kind)
}

/// Siblings that are looked through for the script of what MathJax shows.
const SIBLINGS: usize = 6;

/// Whether the source of a formula that MathJax shows follows in a script.
fn script_follows(dom: &Dom<'_>, at: usize) -> bool {
    let parent = dom.nodes[at].parent;
    let mut next = dom.nodes[at].end as usize;
    for _ in 0..SIBLINGS {
        let Some(node) = dom.nodes.get(next).filter(|node| node.parent == parent) else { return false };
        if script_kind(dom, next).is_some() {
            return true;
        }
        let shows = dom.raw_attr(next, Attr::Class).is_some_and(|class| class.contains("MathJax"));
        if !shows && !dom.text(next).trim().is_empty() {
            return false;
        }
        if !shows && node.tag != Tag::Text {
            return false;
        }
        next = node.end as usize;
    }
    false
}

/// Source on one line without the marks that surround it; `None` when nothing is left.
fn clean(source: &str) -> Option<String> {
    if source.len() > LONGEST {
        return None;
    }
    // XHTML pages wrap scripts; the marks are comments of TeX.
    let bare = ["% <![CDATA[", "%<![CDATA[", "<![CDATA[", "%]]>", "]]>"]
        .iter()
        .fold(source.to_owned(), |text, mark| text.replace(mark, ""));
    let lines = bare.lines().map(|line| line.trim()).filter(|line| !matches!(*line, "" | "%"));
    let mut text = lines.collect::<Vec<_>>().join(" ");
    for style in ["\\displaystyle", "\\textstyle", "\\scriptstyle"] {
        // MediaWiki wraps every formula in a group with its style; the brace that it opens closes at the end.
        let whole =
            text.strip_prefix('{').and_then(|rest| rest.strip_prefix(style)).and_then(|rest| rest.strip_suffix('}'));
        if let Some(whole) = whole {
            text = whole.to_owned();
        }
    }
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for mark in ["$$", "$"] {
        if let Some(inner) =
            words.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)).filter(|rest| !rest.contains('$'))
        {
            words = inner.trim().to_owned();
        }
    }
    (!words.is_empty()).then_some(words)
}
