//! Structured data in JSON-LD scripts: what a page says of itself for machines.

use super::clean;
use crate::extract::blocks;
use crate::extract::dom::{self, Attr, Dom, Limits, Tag};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Most bytes of one script that are read.
const MAX_JSON: usize = 1 << 20;
/// Most bytes of all scripts of a page that are read.
const MAX_ALL: usize = 4 << 20;
/// Most names of authors that are taken.
const MAX_AUTHORS: usize = 20;

/// What the structured data of a page say.
#[derive(Debug, Default)]
pub struct Data {
    /// Headline of the article, post or question.
    pub headline: Option<String>,
    /// Names of its authors.
    pub authors: Vec<String>,
    /// Date of publication as written.
    pub published: Option<String>,
    /// Date of the last change as written.
    pub modified: Option<String>,
    /// Address or name of its licence.
    pub license: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its type, as schema.org names it.
    pub kind: Option<String>,
    /// Name of the site or of the publisher.
    pub site: Option<String>,
    /// Name of the page, where it is no article.
    pub page_name: Option<String>,
}

/// The scripts of a page that parse.
fn scripts(dom: &Dom<'_>) -> Vec<Value> {
    let mut left = MAX_ALL;
    let mut out = Vec::new();
    for (i, node) in dom.nodes.iter().enumerate() {
        let json = node.tag == Tag::Script && dom.raw_attr(i, Attr::Type).is_some_and(|t| t.contains("ld+json"));
        if !json || node.end as usize <= i + 1 {
            continue;
        }
        let text = dom.text(i + 1).trim();
        if text.len() > MAX_JSON || text.len() > left {
            continue;
        }
        left -= text.len();
        out.extend(parse(text));
    }
    out
}

/// Parses a script; line ends and tabs inside of texts, which JSON forbids, are frequent and forgiven.
fn parse(text: &str) -> Option<Value> {
    let text = text.strip_prefix("<!--").unwrap_or(text);
    let text = text.strip_suffix("-->").unwrap_or(text).trim();
    serde_json::from_str(text).ok().or_else(|| {
        let mended: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(mended.trim_end_matches([';', ' '])).ok()
    })
}

/// All objects, outer ones first, in the order of the scripts. `serde_json` bounds their depth; the walk keeps its own stack.
fn objects(roots: &[Value]) -> Vec<&Map<String, Value>> {
    let mut out = Vec::new();
    let mut stack: Vec<&Value> = roots.iter().rev().collect();
    while let Some(value) = stack.pop() {
        match value {
            Value::Array(list) => stack.extend(list.iter().rev()),
            Value::Object(map) => {
                out.push(map);
                stack.extend(map.values().rev());
            }
            _ => {}
        }
    }
    out
}

/// How well a type stands for the page: 0 for articles and posts, 1 for other works, 2 for the page itself.
fn rank(kind: &str) -> Option<u8> {
    let kind = kind.rsplit('/').next().unwrap_or(kind);
    if kind.ends_with("Article")
        || kind.ends_with("Posting")
        || matches!(kind, "Report" | "BlogPost" | "QAPage" | "Question")
    {
        return Some(0);
    }
    match kind {
        "Recipe" | "Book" | "Course" | "Dataset" | "CreativeWork" | "Event" | "HowTo" | "SoftwareSourceCode" => Some(1),
        "WebPage" | "ItemPage" | "CollectionPage" | "AboutPage" | "ProfilePage" | "FAQPage" | "Product" => Some(2),
        _ => None,
    }
}

fn kinds(map: &Map<String, Value>) -> Vec<&str> {
    match map.get("@type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Reads the structured data of a page.
pub fn read(dom: &Dom<'_>) -> Data {
    let roots = scripts(dom);
    let objects = objects(&roots);
    let mut named: BTreeMap<&str, &str> = BTreeMap::new();
    for map in &objects {
        if let (Some(id), Some(name)) = (text(map, "@id"), text(map, "name")) {
            named.entry(id).or_insert(name);
        }
    }
    let mut data = Data::default();
    let mut best = [u8::MAX; 8];
    let mut take = |slot: usize, rank: u8, to: &mut Option<String>, value: Option<&str>| {
        if rank < best[slot]
            && let Some(value) = value.and_then(readable)
        {
            best[slot] = rank;
            *to = Some(value);
        }
    };
    let mut authors = u8::MAX;
    // The questions of a list of frequent ones are no titles.
    let is_faq = objects.iter().any(|map| kinds(map).contains(&"FAQPage"));
    for map in &objects {
        let mut kinds = kinds(map);
        if is_faq {
            kinds.retain(|kind| *kind != "Question");
        }
        if kinds.iter().any(|kind| matches!(*kind, "WebSite" | "NewsMediaOrganization")) {
            take(6, 0, &mut data.site, text(map, "name"));
        }
        let Some((rank, kind)) = kinds.iter().filter_map(|kind| Some((rank(kind)?, *kind))).min() else { continue };
        take(0, rank, &mut data.kind, Some(kind.rsplit('/').next().unwrap_or(kind)));
        match rank {
            0 => take(1, rank, &mut data.headline, text(map, "headline").or(text(map, "name"))),
            _ => take(7, rank, &mut data.page_name, text(map, "headline").or(text(map, "name"))),
        }
        take(2, rank, &mut data.published, text(map, "datePublished").or(text(map, "dateCreated")));
        take(3, rank, &mut data.modified, text(map, "dateModified"));
        take(4, rank, &mut data.language, text(map, "inLanguage"));
        take(5, rank, &mut data.description, text(map, "description"));
        take(6, rank + 1, &mut data.site, map.get("publisher").and_then(|publisher| name_of(publisher, &named)));
        if data.license.is_none() {
            data.license = map.get("license").and_then(|value| address_of(value)).and_then(readable);
        }
        if rank < authors && rank < 2 {
            let found = map.get("author").or_else(|| map.get("creator")).map(|value| names(value, &named));
            if let Some(found) = found.filter(|found| !found.is_empty()) {
                authors = rank;
                data.authors = found;
            }
        }
    }
    data
}

fn text<'v>(map: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    match map.get(key)? {
        Value::String(text) => Some(text),
        Value::Array(list) => list.first()?.as_str(),
        _ => None,
    }
}

/// A text of JSON-LD as people read it: references decoded, even twice, and tags dropped.
fn readable(text: &str) -> Option<String> {
    let once = dom::decode(text, false);
    let twice = dom::decode(&once, false);
    if twice.contains("</")
        && let Ok(inner) = Dom::parse(&twice, Limits { bytes: MAX_JSON, nodes: 10_000, depth: 64 })
    {
        return clean(&inner.text_content(0));
    }
    clean(&twice)
}

fn name_of<'v>(value: &'v Value, named: &BTreeMap<&'v str, &'v str>) -> Option<&'v str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(map) => text(map, "name").or_else(|| named.get(text(map, "@id")?).copied()),
        Value::Array(list) => name_of(list.first()?, named),
        _ => None,
    }
}

fn names(value: &Value, named: &BTreeMap<&str, &str>) -> Vec<String> {
    let single;
    let list: &[Value] = match value {
        Value::Array(list) => list,
        other => {
            single = [other.clone()];
            &single
        }
    };
    let mut out: Vec<String> = Vec::new();
    for one in list.iter().take(MAX_AUTHORS) {
        if let Some(name) = name_of(one, named).and_then(readable)
            && !out.contains(&name)
        {
            out.push(name);
        }
    }
    out
}

/// A licence as a text, or as an object with an address.
fn address_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(map) => text(map, "url").or_else(|| text(map, "@id")).or_else(|| text(map, "name")),
        Value::Array(list) => address_of(list.first()?),
        _ => None,
    }
}

/// The longest `articleBody` of the page's JSON-LD, the last resort for pages whose text is only there.
pub fn article_body(dom: &Dom<'_>) -> Option<String> {
    let roots = scripts(dom);
    let bodies = objects(&roots).into_iter().filter_map(|map| map.get("articleBody")?.as_str());
    let mut best: Option<&str> = None;
    for body in bodies {
        if best.is_none_or(|known| known.len() < body.len()) {
            best = Some(body);
        }
    }
    best.map(plain).filter(|body| !body.is_empty())
}

/// A JSON text field as lines: references decoded, tags dropped when it holds markup.
fn plain(body: &str) -> String {
    let decoded = dom::decode(body, false);
    let limits = Limits { bytes: MAX_JSON, nodes: 200_000, depth: 64 };
    if decoded.contains("</")
        && let Ok(inner) = Dom::parse(&decoded, limits)
    {
        let blocks = blocks::collect(&inner, false);
        let lines: Vec<&str> = blocks.list.iter().map(|b| blocks.text_of(b)).collect();
        return lines.join("\n");
    }
    let lines = decoded.lines().filter_map(clean_line);
    lines.collect::<Vec<_>>().join("\n")
}

fn clean_line(line: &str) -> Option<String> {
    let joined = line.split_whitespace().collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}
