//! HTML to main text, and charset detection.
//!
//! A page is parsed into an arena ([`dom`]), cut into blocks (what a browser starts on a new line), and every block is judged by
//! a small model of decision trees over whole numbers: its length and links, the names of the elements around it, its
//! neighbours and its look-alikes. Rules in the manner of the known readability scorers find the container that is one of these
//! numbers, and take over where the model finds next to nothing; structured data is the last resort. Everything is linear in
//! the page and exact: no floating point takes part in a decision.

mod bar;
mod blocks;
pub mod charset;
pub mod dom;
mod facts;
mod features;
mod judge;
pub mod license;
mod model;
mod pagekind;
mod phrases;
mod render;
mod repeats;
mod said;
mod script;
mod select;
mod vocabulary;
mod work;

#[cfg(test)]
mod tests;

use dom::{Dom, Limits, TooLarge};

/// Which error hurts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Favor {
    /// Best F1.
    #[default]
    Balanced,
    /// Less boilerplate, at the price of lost text.
    Precision,
    /// Less lost text, at the price of more boilerplate.
    Recall,
}

/// How to extract.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which error hurts more.
    pub favor: Favor,
    /// Write the targets of links: `text (target)`, in Markdown `[text](target)`; off by default.
    pub links: bool,
    /// Keep tables, row by row with ` | ` between the cells; on by default.
    pub tables: bool,
    /// Keep reader comments below an article; off by default. Posts of a forum are content, not comments.
    pub comments: bool,
    /// Write Markdown: headings, emphasis, lists, quotes, tables, fences around code; off by default.
    pub markdown: bool,
    /// Most bytes of HTML; default 32 MiB.
    pub max_bytes: usize,
    /// Most nodes (elements and pieces of text); default 2,000,000.
    pub max_nodes: usize,
    /// Deepest nesting kept as a tree; text below belongs to the element at the limit; default 256.
    pub max_depth: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            favor: Favor::Balanced,
            links: false,
            tables: true,
            comments: false,
            markdown: false,
            max_bytes: 32 << 20,
            max_nodes: 2_000_000,
            max_depth: 256,
        }
    }
}

/// What was found on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The main text: one line per paragraph, heading, list item or table row, or Markdown. Formulas are TeX between dollar
    /// signs, code keeps its blanks and lines. Empty when the page has none.
    pub text: String,
    /// The title of the document, without the name of the site where that can be told.
    pub title: Option<String>,
    /// The author as the page's metadata give it.
    pub author: Option<String>,
    /// The date of publication as `YYYY-MM-DD`.
    pub date: Option<String>,
    /// The date of the last change as `YYYY-MM-DD`.
    pub modified: Option<String>,
    /// The language as the page declares it (`html lang`, `content-language`, `og:locale`), not detected.
    pub language: Option<String>,
    /// The address the page calls its own.
    pub canonical: Option<String>,
    /// The licence that the page names for itself: `rel=license`, JSON-LD, `meta`.
    pub license: Option<String>,
    /// Its kind in SPDX spelling, where it is recognised, see [`license::kind`].
    pub license_kind: Option<String>,
    /// Kinds of all Creative Commons licences that the page links to anywhere, joined: they may be those of single pictures.
    pub license_links: Option<String>,
    /// The robots instructions (for example `noindex, noai`), joined; those to one agent as `googlebot: noindex`.
    pub robots: Option<String>,
    /// The TDM reservation that the page declares: `1` when text and data mining is reserved.
    pub tdm_reservation: Option<String>,
    /// Where the policy on text and data mining stands.
    pub tdm_policy: Option<String>,
    /// The description in the metadata.
    pub description: Option<String>,
    /// The name of the site.
    pub site: Option<String>,
    /// What kind of page it is: `og:type`, else the type of its structured data.
    pub kind: Option<String>,
    /// Letters in all visible text of the page; with the text's own length it tells how much was dropped.
    pub visible_letters: u64,
}

/// Why a page was not extracted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// The page passes a limit of [`Options`]: bytes or nodes.
    #[error("the page has {found} {what}, more than the limit of {limit}; raise `{option}` to extract it")]
    OverBudget {
        /// `bytes` or `nodes`.
        what: &'static str,
        /// How many were counted when the limit was passed.
        found: usize,
        /// The limit.
        limit: usize,
        /// The option that sets the limit.
        option: &'static str,
    },
}

/// Extracts the main text and the facts of a page. Work and memory grow linearly with the page; nothing recurses.
///
/// # Errors
/// [`ExtractError::OverBudget`] when the page passes `max_bytes` or `max_nodes`.
pub fn extract(html: &str, options: &Options) -> Result<Page, ExtractError> {
    extract_at(html, None, options)
}

/// [`extract`] for a page whose address is known: addresses within it are made whole, and its date may be told by it.
///
/// # Errors
/// As [`extract`].
pub fn extract_at(html: &str, url: Option<&str>, options: &Options) -> Result<Page, ExtractError> {
    let (dom, blocks) = prepare(html, options)?;
    let (mut page, formulas) = facts::collect(&dom, url);
    page.visible_letters = blocks.list.iter().map(|b| u64::from(b.size)).sum();
    let kept = select::select(&dom, &blocks, options);
    let base = if options.links { facts::base(&dom, url) } else { None };
    page.text = render::render(&dom, &blocks, &kept, options, &render::Around { base: base.as_deref(), formulas });
    if (page.text.is_empty() || kept.weak)
        && let Some(body) = facts::article_body(&dom).filter(|body| body.len() > page.text.len())
    {
        page.text = body;
    }
    Ok(page)
}

/// Below this many letters of running text a page may have its text in `noscript` elements.
const BARE: u32 = 800;

/// Parses a page and cuts it into blocks. Where next to no text is shown but much stands in `noscript` (forums that draw
/// their threads by script keep them there for readers without it), the page is read as without script.
fn prepare<'a>(html: &'a str, options: &Options) -> Result<(Dom<'a>, blocks::Blocks), ExtractError> {
    let dom = parse(html, options, false)?;
    let blocks = blocks::collect(&dom, false);
    let prose = |blocks: &blocks::Blocks| blocks.list.iter().map(select::prose).sum::<u32>();
    let shown = prose(&blocks);
    if shown >= BARE || dom.hidden_markup() < 2 * shown as usize + 200 {
        return Ok((dom, blocks));
    }
    let other = parse(html, options, true)?;
    let more = blocks::collect(&other, false);
    Ok(if prose(&more) > 2 * shown { (other, more) } else { (dom, blocks) })
}

fn parse<'a>(html: &'a str, options: &Options, noscript: bool) -> Result<Dom<'a>, ExtractError> {
    let limits = Limits { bytes: options.max_bytes, nodes: options.max_nodes, depth: options.max_depth };
    let parsed = if noscript { Dom::parse_without_script(html, limits) } else { Dom::parse(html, limits) };
    parsed.map_err(|e| match e {
        TooLarge::Bytes(found) => {
            ExtractError::OverBudget { what: "bytes", found, limit: options.max_bytes, option: "max_bytes" }
        }
        TooLarge::Nodes(found) => {
            ExtractError::OverBudget { what: "nodes", found, limit: options.max_nodes, option: "max_nodes" }
        }
    })
}

/// A page as training sees it.
#[derive(Debug)]
pub struct TrainingPage {
    /// The texts of the blocks.
    pub texts: Vec<String>,
    /// The numbers that tell the kind of page.
    pub signs: Vec<i16>,
    /// For every block the numbers that the block model sees; the last seven are the scores of the kinds of page.
    pub rows: Vec<Vec<i16>>,
}

/// For training the models: the numbers that they see.
///
/// # Errors
/// As [`extract`].
pub fn training_page(html: &str, options: &Options) -> Result<TrainingPage, ExtractError> {
    let (dom, blocks) = prepare(html, options)?;
    let known = select::context(&dom, &blocks, options);
    let top = select::container(&dom, &known);
    let (signs, rows) = judge::rows(&dom, &blocks, &known, top);
    let texts = blocks.list.iter().map(|b| blocks.text_of(b).to_owned()).collect();
    Ok(TrainingPage { texts, signs, rows })
}
