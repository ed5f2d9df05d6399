//! What kind of page it is: article, documentation, service, forum, listing, product or collection.
//!
//! Pages say much about themselves outside their text: social and schema.org types, the software that made them, the path of
//! their address, names of classes, counts of prices, pictures and dates. Small models turn these signs into one score per
//! kind; the block model sees the scores, not the signs, so it cannot recognise single pages by them.

use super::blocks::{Blocks, Kind as BlockKind};
use super::dom::{Attr, Dom, Tag};
use super::features::{clamp, octaves, twentieths};
use super::repeats::Repeats;
use super::select::Context;
use super::vocabulary as v;
use memchr::memmem;

/// Kinds of pages, in the order of the scores.
pub const KINDS: [&str; 7] = ["article", "documentation", "service", "forum", "listing", "product", "collection"];

/// Numbers per page.
pub const WIDTH: usize = SCHEMA.len() + SOFTWARE.len() + PATHS.len() + HINTS.len() + 21;

/// Parts of schema.org type names, lower case, one group per number.
const SCHEMA: &[&[&str]] = &[
    &["article\"", "newsarticle", "blogposting", "reportage"],
    &["product\"", "productgroup", "aggregateoffer"],
    &["discussionforum", "qapage", "socialmediaposting", "\"question\""],
    &["collectionpage", "itemlist", "searchresultspage", "offercatalog"],
    &["faqpage"],
    &["techarticle", "apireference", "howto"],
    &["\"service\"", "localbusiness", "professionalservice", "softwareapplication", "organization"],
    &["event\""],
    &["recipe\""],
    &["aggregaterating", "\"review\""],
    &["breadcrumblist"],
    &["website\""],
    &["webpage\""],
    &["person\""],
    &["\"blog\""],
];

/// Parts of `generator` names.
const SOFTWARE: &[&[&str]] = &[
    &[
        "discourse",
        "phpbb",
        "vbulletin",
        "xenforo",
        "flarum",
        "nodebb",
        "mybb",
        "invision",
        "smf",
        "question2answer",
        "vanilla",
    ],
    &[
        "sphinx",
        "docusaurus",
        "mkdocs",
        "gitbook",
        "vitepress",
        "docfx",
        "doxygen",
        "javadoc",
        "hugo",
        "asciidoctor",
        "readthedocs",
    ],
    &["shopify", "woocommerce", "magento", "prestashop", "bigcommerce", "opencart"],
    &["mediawiki", "dokuwiki", "confluence", "xwiki"],
    &["wordpress", "drupal", "joomla", "typo3", "ghost", "blogger", "squarespace", "wix"],
];

/// Parts of the path of the page's address, as whole words.
const PATHS: &[&[&str]] = &[
    &[
        "forum",
        "forums",
        "thread",
        "threads",
        "topic",
        "topics",
        "t",
        "viewtopic",
        "showthread",
        "questions",
        "question",
        "discussion",
        "discussions",
        "community",
        "d",
        "comments",
    ],
    &["product", "products", "p", "dp", "item", "itm", "pd", "sku"],
    &[
        "category",
        "categories",
        "collections",
        "collection",
        "c",
        "shop",
        "store",
        "browse",
        "search",
        "brand",
        "brands",
    ],
    &[
        "docs",
        "doc",
        "documentation",
        "api",
        "reference",
        "manual",
        "wiki",
        "tutorial",
        "tutorials",
        "help",
        "en-us",
        "latest",
        "guide",
        "guides",
    ],
    &["blog", "news", "article", "articles", "post", "posts", "story", "stories", "magazine", "insights"],
    &["services", "service", "solutions", "solution", "about", "pricing", "platform", "features", "contact", "company"],
    &[
        "tag",
        "tags",
        "topics",
        "author",
        "archive",
        "archives",
        "list",
        "directory",
        "jobs",
        "events",
        "courses",
        "reviews",
        "best",
        "top",
    ],
];

/// Hints whose elements are counted.
const HINTS: &[v::Hints] = &[
    v::FORUM,
    v::COMMENT,
    v::PRODUCT,
    v::LISTING,
    v::ARTICLE,
    v::STRONG,
    v::AUTHOR,
    v::META,
    v::RELATED,
    v::MEDIA,
    v::FORM,
];

/// Most bytes of one script of structured data that are looked at.
const MAX_DATA: usize = 1 << 16;

/// Appends the numbers of a page.
pub fn signs(dom: &Dom<'_>, blocks: &Blocks, context: &Context, repeats: &Repeats, out: &mut Vec<i16>) {
    let mut said = Said::default();
    for i in 0..dom.nodes.len() {
        said.node(dom, i);
    }
    let path = said.path.unwrap_or_default();
    let words: Vec<&str> = path.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    out.extend(said.schema);
    out.extend(said.software);
    out.extend(PATHS.iter().map(|group| i16::from(words.iter().any(|w| group.contains(w)))));
    out.extend([
        said.social,
        clamp(path.trim_matches('/').split('/').filter(|p| !p.is_empty()).count()),
        clamp(last.len().min(200)) / 4,
        clamp(last.matches('-').count()),
        i16::from(last.bytes().any(|b| b.is_ascii_digit())),
    ]);
    for hint in HINTS {
        out.push(octaves(context.own.iter().filter(|own| *own & hint != 0).count() as u32));
    }
    counts(blocks, context, repeats, out);
}

/// What the blocks of the page are (16 numbers).
fn counts(blocks: &Blocks, context: &Context, repeats: &Repeats, out: &mut Vec<i16>) {
    let all = context.all[0];
    let [images, inputs, headings, times, prices] = repeats.totals();
    let sum = |take: &dyn Fn(&super::blocks::Block) -> bool| {
        blocks.list.iter().filter(|b| take(b)).map(|b| b.size).sum::<u32>()
    };
    let longest = blocks.list.iter().map(|b| b.size - b.link_size).max().unwrap_or(0);
    out.extend([
        octaves(all.blocks),
        octaves(all.size),
        octaves(all.prose),
        twentieths(all.link, all.size),
        twentieths(all.prose, all.size),
        twentieths(context.clean[0].prose, all.prose),
        octaves(longest),
        octaves(images),
        octaves(inputs),
        octaves(headings),
        octaves(times),
        octaves(prices),
        twentieths(prices.min(all.blocks), all.blocks),
        twentieths(sum(&|b| b.kind == BlockKind::Pre), all.size),
        twentieths(sum(&|b| b.row != 0), all.size),
        twentieths(sum(&|b| matches!(b.kind, BlockKind::Item(_))), all.size),
    ]);
}

/// What the page says about itself.
#[derive(Default)]
struct Said {
    schema: [i16; SCHEMA.len()],
    software: [i16; SOFTWARE.len()],
    /// The social type: 1 article, 2 website, 3 product, 4 another one.
    social: i16,
    path: Option<String>,
}

impl Said {
    fn node(&mut self, dom: &Dom<'_>, i: usize) {
        match dom.nodes[i].tag {
            Tag::Meta => self.meta(dom, i),
            Tag::Link if self.path.is_none() && dom.raw_attr(i, Attr::Rel) == Some("canonical") => {
                self.path = dom.raw_attr(i, Attr::Href).map(path_of);
            }
            Tag::Script if dom.raw_attr(i, Attr::Type).is_some_and(|t| t.contains("ld+json")) => {
                let data = dom.text(i + 1);
                let mut end = data.len().min(MAX_DATA);
                while !data.is_char_boundary(end) {
                    end -= 1;
                }
                self.data(&data[..end]);
            }
            _ => {
                if let Some(value) = dom.raw_attr(i, Attr::Itemtype).filter(|v| v.len() < 200) {
                    self.types(&format!("\"{}\"", value.rsplit('/').next().unwrap_or("")));
                }
            }
        }
    }

    fn meta(&mut self, dom: &Dom<'_>, i: usize) {
        let key = dom.raw_attr(i, Attr::Property).or_else(|| dom.raw_attr(i, Attr::Name)).unwrap_or("");
        let value = dom.raw_attr(i, Attr::Content).unwrap_or("");
        if key.eq_ignore_ascii_case("og:type") {
            self.social = match value.trim() {
                "article" => 1,
                "website" => 2,
                "product" | "og:product" | "product.item" => 3,
                _ => 4,
            };
        } else if key.eq_ignore_ascii_case("generator") && value.len() < 200 {
            let lower = value.to_ascii_lowercase();
            for (slot, group) in self.software.iter_mut().zip(SOFTWARE) {
                *slot |= i16::from(group.iter().any(|name| lower.contains(name)));
            }
        } else if key.eq_ignore_ascii_case("og:url") && self.path.is_none() {
            self.path = Some(path_of(value));
        }
    }

    /// The values after `"@type":` in structured data.
    fn data(&mut self, data: &str) {
        for at in memmem::find_iter(data.as_bytes(), b"\"@type\"").take(200) {
            let rest = &data[at + 7..];
            let mut end = rest.len().min(60);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let rest = rest[..end].trim_start_matches([' ', ':', '\n', '\t', '[']);
            if let Some(name) = rest.strip_prefix('"').and_then(|r| r.split('"').next()) {
                self.types(&format!("\"{name}\""));
            }
        }
    }

    fn types(&mut self, name: &str) {
        let lower = name.to_ascii_lowercase();
        for (slot, group) in self.schema.iter_mut().zip(SCHEMA) {
            *slot |= i16::from(group.iter().any(|part| lower.contains(part)));
        }
    }
}

/// The path of an address, lower case.
fn path_of(address: &str) -> String {
    let rest = address.split_once("//").map_or(address, |(_, r)| r);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.chars().take(300).collect::<String>().to_ascii_lowercase()
}
