//! What is shown of a page's facts: links, times, microdata, bylines and dates beside the heading.

use super::{Found, author, date, has_word, language_of, text_of, value};
use crate::extract::dom::{Attr, Dom};
use crate::extract::license;

/// The longest text that is a date, in bytes.
const LONGEST_DATE: usize = 60;
/// Most elements that are looked at as bylines or dates: each costs a walk to the root.
const MOST_BYLINES: u32 = 40;
/// Most kinds of linked licences that are named.
const MOST_LINKS: usize = 8;

impl Found {
    pub(super) fn anchor(&mut self, dom: &Dom<'_>, node: usize) {
        let Some(href) = dom.raw_attr(node, Attr::Href) else { return };
        if memchr::memmem::find(href.as_bytes(), b"creativecommons.org/").is_some()
            && let Some(kind) = license::creative_commons(href)
            && self.links.len() < MOST_LINKS
            && !self.links.contains(&kind)
        {
            self.links.push(kind);
        }
        let Some(rel) = dom.raw_attr(node, Attr::Rel) else { return };
        if has_word(rel, "license") {
            self.license.offer(0, value(dom, node, Attr::Href));
        }
        if has_word(rel, "author") && self.byline.wants(4) && self.bylines < MOST_BYLINES {
            self.bylines += 1;
            if !author::stands_aside(dom, node) {
                self.byline.offer(4, text_of(dom, node).and_then(|text| author::names(&text, true)));
            }
        }
    }

    pub(super) fn time(&mut self, dom: &Dom<'_>, node: usize) {
        if !self.published.wants(6) || self.bylines >= MOST_BYLINES {
            return;
        }
        self.bylines += 1;
        let when = dom.raw_attr(node, Attr::Datetime).and_then(date::date);
        let Some(when) = when.or_else(|| text_of(dom, node).as_deref().and_then(date::date)) else { return };
        let class = dom.raw_attr(node, Attr::Class).unwrap_or_default().to_ascii_lowercase();
        if class.contains("updated") || class.contains("modified") {
            self.modified.offer(4, Some(when));
        } else if class.contains("publish") || class.contains("entry-date") {
            self.published.offer(4, Some(when));
        } else if !author::stands_aside(dom, node) {
            self.published.offer(6, Some(when));
        }
    }

    /// Microdata.
    pub(super) fn item(&mut self, dom: &Dom<'_>, node: usize, name: &str) {
        let content = || value(dom, node, Attr::Content);
        let when = || {
            let given = content().or_else(|| value(dom, node, Attr::Datetime)).or_else(|| text_of(dom, node))?;
            date::date(&given)
        };
        match name.trim() {
            "datePublished" | "dateCreated" if self.published.wants(3) => self.published.offer(3, when()),
            "dateModified" if self.modified.wants(3) => self.modified.offer(3, when()),
            "license" => self.license.offer(1, value(dom, node, Attr::Href).or_else(content)),
            "inLanguage" => self.language.offer(4, language_of(content())),
            "author" | "creator" if self.byline.wants(3) && self.bylines < MOST_BYLINES => {
                self.bylines += 1;
                if author::stands_aside(dom, node) {
                    return;
                }
                let named = (node + 1..dom.nodes[node].end as usize)
                    .find(|&i| dom.raw_attr(i, Attr::Itemprop) == Some("name"))
                    .and_then(|i| value(dom, i, Attr::Content).or_else(|| text_of(dom, i)));
                let text = named.or_else(content).or_else(|| text_of(dom, node));
                self.byline.offer(3, text.and_then(|text| author::names(&text, true)));
            }
            _ => {}
        }
    }

    /// A date that stands by itself near the heading.
    pub(super) fn near(&mut self, text: &str) {
        if self.near_title == 0 || text.trim().is_empty() {
            return;
        }
        self.near_title -= 1;
        if self.published.wants(8) && text.len() <= LONGEST_DATE && text.bytes().any(|byte| byte.is_ascii_digit()) {
            self.published.offer(8, date::date(text));
        }
    }

    /// Bylines and dates that are only written, told by the names of their elements.
    pub(super) fn written(&mut self, dom: &Dom<'_>, node: usize, class: &str) {
        let byline = self.byline.wants(5) && author::is_byline(class);
        let dated = !byline && self.published.wants(7) && is_date_name(class);
        if !(byline || dated) || self.bylines >= MOST_BYLINES {
            return;
        }
        self.bylines += 1;
        if author::stands_aside(dom, node) {
            return;
        }
        let Some(text) = text_of(dom, node) else { return };
        if byline {
            self.byline.offer(5, author::names(&text, true));
        }
        self.published.offer(7, date::date(&text));
    }
}

/// Whether a class names the element of a date.
fn is_date_name(class: &str) -> bool {
    class.split_ascii_whitespace().any(|name| {
        let name = name.to_ascii_lowercase();
        matches!(name.as_str(), "date" | "published" | "pubdate" | "timestamp" | "dateline" | "datum" | "fecha")
            || ["-date", "_date", "-published", "__date", "-datetime", "publish-time", "postdate"]
                .iter()
                .any(|end| name.ends_with(end))
    })
}
