//! Facts about a page: title, author, dates, language, address, licence, and what it says of its own use.
//!
//! Each fact has sources in order of trust: metadata for machines (JSON-LD, `meta`, microdata) before what is written on the
//! page, and the page before its address. Everything is one walk over the nodes.

mod address;
mod author;
mod date;
mod json_ld;
mod metadata;
mod shown;
mod title;

pub use address::resolve;
pub use json_ld::article_body;

use super::Page;
use super::blocks::is_skipped;
use super::dom::{Attr, Dom, Tag};
use super::license;
use super::work;
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;
use title::Titles;

/// Collects the facts of a page that was fetched from `url`, and whether it may have formulas; the text stays empty.
pub fn collect(dom: &Dom<'_>, url: Option<&str>) -> (Page, bool) {
    let data = json_ld::read(dom);
    let mut found = Found {
        titles: Titles { headline: data.headline, page_name: data.page_name, ..Titles::default() },
        ..Found::default()
    };
    found.author.offer(
        1,
        (!data.authors.is_empty()).then(|| data.authors.join(", ")).and_then(|text| author::names(&text, false)),
    );
    found.published.offer(0, data.published.as_deref().and_then(date::date));
    found.modified.offer(1, data.modified.as_deref().and_then(date::date));
    found.license.offer(1, data.license);
    found.site.offer(1, data.site);
    found.description.offer(2, data.description);
    found.kind.offer(1, data.kind);
    found.language.offer(0, language_of(value(dom, 0, Attr::Lang).or_else(|| value(dom, 0, Attr::XmlLang))));
    found.language.offer(4, language_of(data.language));
    for (i, node) in dom.nodes.iter().enumerate() {
        found.look(dom, i, node.tag);
    }
    let formulas = found.formulas;
    (found.finish(url), formulas)
}

/// The best value so far: the one of the lowest rank, of equal ranks the first.
#[derive(Debug, Default)]
struct Ranked(Option<(u8, String)>);

impl Ranked {
    /// Whether a value of this rank would be taken.
    fn wants(&self, rank: u8) -> bool {
        self.0.as_ref().is_none_or(|(held, _)| rank < *held)
    }

    fn offer(&mut self, rank: u8, value: Option<String>) {
        if self.wants(rank)
            && let Some(value) = value
        {
            self.0 = Some((rank, value));
        }
    }

    fn take(self) -> Option<String> {
        self.0.map(|(_, value)| value)
    }
}

/// What was found so far.
#[derive(Debug, Default)]
struct Found {
    titles: Titles,
    author: Ranked,
    /// Authors of `citation_author`, one element each.
    citation: Vec<String>,
    published: Ranked,
    modified: Ranked,
    language: Ranked,
    canonical: Ranked,
    license: Ranked,
    /// Kinds of all Creative Commons licences that the page links to.
    links: Vec<String>,
    robots: Option<String>,
    tdm_reservation: Option<String>,
    tdm_policy: Option<String>,
    site: Ranked,
    description: Ranked,
    kind: Ranked,
    base: Option<String>,
    /// Names that stand on the page as those of its authors.
    byline: Ranked,
    /// Elements that were looked at as bylines.
    bylines: u32,
    /// Pieces of text that are still near the heading.
    near_title: u32,
    /// The page may have formulas.
    formulas: bool,
}

/// Class names in which nothing of these stands tell nothing here; nearly all are such.
static TELLING: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    any_of(&[
        "author",
        "by",
        "writer",
        "autor",
        "auteur",
        "username",
        "contributor",
        "date",
        "publish",
        "timestamp",
        "datum",
        "fecha",
        "mathjax",
        "katex",
        "mwe-math",
        "latex",
    ])
});

/// Class names of formulas.
static FORMULAS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| any_of(&["mathjax", "katex", "mwe-math", "latex"]));

/// A finder of words; `None` when it cannot be built, which few short words always can.
fn any_of(words: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
}

fn finds(finder: &Option<AhoCorasick>, text: &str) -> bool {
    finder.as_ref().is_none_or(|finder| finder.is_match(text))
}

/// Pieces of text behind the heading among which a date is looked for.
const NEAR_TITLE: u32 = 40;

impl Found {
    fn look(&mut self, dom: &Dom<'_>, i: usize, tag: Tag) {
        match tag {
            Tag::Text => return self.near(dom.text(i)),
            Tag::Meta => return self.meta(dom, i),
            Tag::Link => return self.link(dom, i),
            Tag::Base if self.base.is_none() => self.base = value(dom, i, Attr::Href),
            Tag::A => self.anchor(dom, i),
            Tag::Title if self.titles.title.is_none() && dom.nodes[dom.nodes[i].parent as usize].tag != Tag::Svg => {
                self.titles.title = clean(&dom.text_content(i));
            }
            Tag::H1 => {
                if self.titles.headings.len() < title::MOST_HEADINGS {
                    self.titles.headings.extend(text_of(dom, i));
                }
                self.near_title = NEAR_TITLE;
            }
            Tag::Time => self.time(dom, i),
            Tag::Math => self.formulas = true,
            Tag::Img => {
                let class = dom.raw_attr(i, Attr::Class).unwrap_or_default();
                self.formulas |= has_word(class, "tex") || has_word(class, "math");
            }
            Tag::Script if dom.raw_attr(i, Attr::Type).is_some_and(|kind| kind.contains("math/tex")) => {
                self.formulas = true
            }
            _ => {}
        }
        if let Some(name) = dom.raw_attr(i, Attr::Itemprop) {
            self.item(dom, i, name);
        }
        if let Some(class) = dom.raw_attr(i, Attr::Class).filter(|class| finds(&TELLING, class)) {
            self.formulas |= finds(&FORMULAS, class);
            if self.byline.wants(5) || self.published.wants(7) {
                self.written(dom, i, class);
            }
        }
    }

    fn finish(mut self, url: Option<&str>) -> Page {
        let base = self.base.take().map(|base| address::resolve(url, &base));
        let base = base.as_deref().or(url);
        let whole = |reference: String| address::resolve(base, &reference);
        let canonical = self.canonical.take().map(whole);
        let license = self.license.take().map(|text| if looks_like_address(&text) { whole(text) } else { text });
        let license_kind = license.as_deref().and_then(license::kind);
        let site = self.site.take();
        let host = canonical.as_deref().or(url).map(site_words).unwrap_or_default();
        let sites: Vec<&str> = site.iter().map(String::as_str).chain(host.iter().map(String::as_str)).collect();
        let title = self.titles.best(&sites, canonical.as_deref().or(url));
        if !self.citation.is_empty() {
            self.author.offer(0, Some(self.citation.join(", ")));
        }
        // Many systems name the publisher as the author; a name on the page is better.
        let (author, byline) = (self.author.take(), self.byline.take());
        let is_site = |name: &String| sites.iter().any(|site| title::letters(site) == title::letters(name));
        let author = match author {
            Some(name) if is_site(&name) => byline.or(Some(name)),
            other => other.or(byline),
        };
        let written = url.or(canonical.as_deref()).and_then(date::of_url);
        self.published.offer(5, written);
        Page {
            title,
            author,
            date: self.published.take(),
            modified: self.modified.take(),
            language: self.language.take(),
            canonical,
            license,
            license_kind,
            license_links: (!self.links.is_empty()).then(|| self.links.join(", ")),
            robots: self.robots,
            tdm_reservation: self.tdm_reservation,
            tdm_policy: self.tdm_policy.map(whole),
            description: self.description.take(),
            site,
            kind: self.kind.take(),
            ..Page::default()
        }
    }
}

/// What relative addresses of a page are made whole with: its `base` element, else its own address.
pub fn base(dom: &Dom<'_>, url: Option<&str>) -> Option<String> {
    let element = (0..dom.nodes.len()).find(|&i| dom.nodes[i].tag == Tag::Base);
    let href = element.and_then(|i| value(dom, i, Attr::Href));
    href.map(|href| resolve(url, &href)).or_else(|| url.map(str::to_owned))
}

/// The names that a site goes by in titles: its host, and the host's own word.
fn site_words(url: &str) -> Vec<String> {
    let rest = url.find("://").map_or(url, |at| &url[at + 3..]);
    let host = rest[..rest.find(['/', '?', '#', ':']).unwrap_or(rest.len())].trim_start_matches("www.");
    let suffix = psl::suffix_str(host).map_or(0, |suffix| suffix.len() + 1);
    let word = host.get(..host.len().saturating_sub(suffix)).unwrap_or(host);
    let last = word.rsplit('.').next().unwrap_or(word);
    vec![host.to_owned(), word.to_owned(), last.to_owned()]
}

fn looks_like_address(text: &str) -> bool {
    !text.contains(char::is_whitespace) && text.contains('/')
}

fn language_of(raw: Option<String>) -> Option<String> {
    let raw = raw?;
    let ok = raw.len() <= 35 && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    ok.then(|| raw.replace('_', "-"))
}

fn has_word(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case(word))
}

fn value(dom: &Dom<'_>, node: usize, attr: Attr) -> Option<String> {
    clean(&dom.attr(node, attr)?)
}

/// Most nodes below a heading or byline that are read.
const MOST_NODES: usize = 200;

/// The text below an element, without scripts and the like, elements apart by blanks.
fn text_of(dom: &Dom<'_>, node: usize) -> Option<String> {
    let end = (dom.nodes[node].end as usize).min(node + MOST_NODES);
    let mut out = String::new();
    let mut at = node;
    while at < end {
        work::steps(1);
        let tag = dom.nodes[at].tag;
        if tag != Tag::Text && is_skipped(tag) && at != node {
            at = dom.nodes[at].end as usize;
            continue;
        }
        if tag == Tag::Text {
            out.push_str(dom.text(at));
        } else if tag == Tag::Br || !tag.is_inline() {
            out.push(' ');
        }
        at += 1;
    }
    clean(&out)
}

/// White space as single blanks; `None` when nothing is left. Cut at 2,000 characters.
fn clean(text: &str) -> Option<String> {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if out.len() > 2000 {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| !c.is_control()).take(2000));
    }
    (!out.is_empty()).then_some(out)
}
