//! Facts about a page from its head: title, author, date, language, licence.

use super::Page;
use super::dom::{Attr, Dom, Tag};

/// Collects the facts of a page; the text stays empty.
pub fn collect(dom: &Dom<'_>) -> Page {
    let mut page = Page { language: language(dom), ..Page::default() };
    let mut titles = Titles::default();
    for (i, node) in dom.nodes.iter().enumerate() {
        match node.tag {
            Tag::Meta => meta(dom, i, &mut page, &mut titles),
            Tag::Link => link(dom, i, &mut page),
            Tag::A
                if page.license.is_none() && dom.raw_attr(i, Attr::Rel).is_some_and(|rel| has_word(rel, "license")) =>
            {
                page.license = value(dom, i, Attr::Href);
            }
            Tag::Title if titles.title.is_none() && dom.nodes[node.parent as usize].tag != Tag::Svg => {
                titles.title = clean(&dom.text_content(i));
            }
            Tag::H1 if titles.heading.is_none() => titles.heading = clean(&dom.text_content(i)),
            Tag::Time if page.date.is_none() => {
                page.date = dom.raw_attr(i, Attr::Datetime).and_then(date);
            }
            _ => {}
        }
    }
    page.title = titles.best();
    page
}

/// The places a title can stand.
#[derive(Default)]
struct Titles {
    social: Option<String>,
    title: Option<String>,
    heading: Option<String>,
}

impl Titles {
    /// The social title, else the heading when the document title starts or ends with it, else the document title.
    fn best(self) -> Option<String> {
        if let (Some(title), Some(heading)) = (&self.title, &self.heading)
            && self.social.is_none()
            && heading.chars().count() > 8
            && title.contains(heading.as_str())
        {
            return self.heading;
        }
        self.social.or(self.title).or(self.heading)
    }
}

fn language(dom: &Dom<'_>) -> Option<String> {
    let raw = value(dom, 0, Attr::Lang).or_else(|| value(dom, 0, Attr::XmlLang))?;
    let ok = raw.len() <= 35 && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    ok.then(|| raw.replace('_', "-"))
}

fn meta(dom: &Dom<'_>, node: usize, page: &mut Page, titles: &mut Titles) {
    let key = [Attr::Property, Attr::Name, Attr::Itemprop].into_iter().find_map(|a| dom.raw_attr(node, a));
    let Some(key) = key.filter(|k| k.len() < 64) else {
        return;
    };
    let key = key.trim().to_ascii_lowercase();
    let slot = match key.as_str() {
        "og:title" | "twitter:title" => &mut titles.social,
        "author" | "article:author" | "dc.creator" | "dcterms.creator" | "parsely-author" | "sailthru.author" => {
            &mut page.author
        }
        "og:site_name" | "application-name" => &mut page.site,
        "description" | "og:description" | "dc.description" => &mut page.description,
        "license" | "dc.rights" | "dcterms.license" | "dcterms.rights" | "copyright" => &mut page.license,
        "og:url" => &mut page.canonical,
        "robots" | "googlebot" => {
            if let Some(more) = value(dom, node, Attr::Content) {
                match &mut page.robots {
                    Some(known) => {
                        known.push_str(", ");
                        known.push_str(&more);
                    }
                    None => page.robots = Some(more),
                }
            }
            return;
        }
        "article:published_time"
        | "date"
        | "dc.date"
        | "dc.date.issued"
        | "dcterms.created"
        | "datepublished"
        | "pubdate"
        | "publish-date"
        | "parsely-pub-date"
        | "sailthru.date"
        | "og:article:published_time" => {
            if page.date.is_none() || key == "article:published_time" {
                let found = dom.raw_attr(node, Attr::Content).and_then(date);
                page.date = found.or(page.date.take());
            }
            return;
        }
        _ => return,
    };
    if slot.is_none() {
        let found = value(dom, node, Attr::Content);
        // `article:author` is often the address of a profile.
        *slot = found.filter(|v| !(key == "article:author" && v.starts_with("http")));
    }
}

fn link(dom: &Dom<'_>, node: usize, page: &mut Page) {
    let Some(rel) = dom.raw_attr(node, Attr::Rel) else {
        return;
    };
    if has_word(rel, "canonical") {
        page.canonical = value(dom, node, Attr::Href).or(page.canonical.take());
    } else if has_word(rel, "license") && page.license.is_none() {
        page.license = value(dom, node, Attr::Href);
    }
}

fn has_word(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case(word))
}

fn value(dom: &Dom<'_>, node: usize, attr: Attr) -> Option<String> {
    clean(&dom.attr(node, attr)?)
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

/// The date at the start of an ISO 8601 time, as `YYYY-MM-DD`.
fn date(text: &str) -> Option<String> {
    let day = text.trim().get(..10)?;
    let bytes = day.as_bytes();
    let shape = bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
    let month: u8 = day.get(5..7)?.parse().ok()?;
    let dom: u8 = day.get(8..10)?.parse().ok()?;
    (shape && (1..=12).contains(&month) && (1..=31).contains(&dom)).then(|| day.to_owned())
}

/// Most bytes of one JSON-LD script that are read.
const MAX_JSON: usize = 1 << 20;

/// The longest `articleBody` of the page's JSON-LD, the last resort for pages whose text is only there.
pub fn article_body(dom: &Dom<'_>) -> Option<String> {
    let mut best: Option<String> = None;
    for (i, node) in dom.nodes.iter().enumerate() {
        let json = node.tag == Tag::Script && dom.raw_attr(i, Attr::Type).is_some_and(|t| t.contains("ld+json"));
        if !json || node.end as usize <= i + 1 {
            continue;
        }
        let text = dom.text(i + 1);
        if text.len() > MAX_JSON || !text.contains("articleBody") {
            continue;
        }
        let Ok(root) = serde_json::from_str::<serde_json::Value>(text.trim()) else {
            continue;
        };
        // serde_json bounds the depth; the walk keeps its own stack.
        let mut stack = vec![&root];
        while let Some(v) = stack.pop() {
            match v {
                serde_json::Value::Array(list) => stack.extend(list),
                serde_json::Value::Object(map) => {
                    if let Some(body) = map.get("articleBody").and_then(|b| b.as_str())
                        && best.as_ref().is_none_or(|b| b.len() < body.len())
                    {
                        best = Some(body.to_owned());
                    }
                    stack.extend(map.values());
                }
                _ => {}
            }
        }
    }
    best.map(|body| plain(&body)).filter(|b| !b.is_empty())
}

/// A JSON text field as lines: references decoded, tags dropped when it holds markup.
fn plain(body: &str) -> String {
    let decoded = super::dom::decode(body, false);
    let limits = super::dom::Limits { bytes: MAX_JSON, nodes: 200_000, depth: 64 };
    if decoded.contains("</")
        && let Ok(inner) = Dom::parse(&decoded, limits)
    {
        let blocks = super::blocks::collect(&inner, false);
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
