//! What a page says in its head: `meta` and `link` elements.

use super::{Found, author, date, has_word, language_of, value};
use crate::extract::dom::{Attr, Dom};
use crate::extract::license;

impl Found {
    pub(super) fn meta(&mut self, dom: &Dom<'_>, node: usize) {
        let keys = [Attr::Property, Attr::Name, Attr::Itemprop, Attr::HttpEquiv];
        let Some(key) = keys.into_iter().find_map(|a| dom.raw_attr(node, a)).filter(|k| k.len() < 64) else { return };
        let key = key.trim().to_ascii_lowercase();
        let content = || value(dom, node, Attr::Content);
        let date = || dom.attr(node, Attr::Content).as_deref().and_then(date::date);
        match key.as_str() {
            "og:title" => self.titles.social = content().or(self.titles.social.take()),
            "twitter:title" | "dc.title" | "dcterms.title" | "citation_title" => {
                self.titles.social = self.titles.social.take().or_else(content);
            }
            "headline" => self.titles.headline = self.titles.headline.take().or_else(content),
            // `article:author` is often the address of a profile, which `names` refuses.
            "author"
            | "article:author"
            | "parsely-author"
            | "sailthru.author"
            | "dc.creator"
            | "dcterms.creator"
            | "dc.contributor"
            | "byl"
            | "og:author"
            | "article:author_name" => {
                self.author.offer(2, content().and_then(|text| author::names(&text, false)));
            }
            "citation_author" if self.citation.len() < 50 => self.citation.extend(content()),
            "article:published_time" | "og:article:published_time" | "og:published_time" => {
                self.published.offer(1, date())
            }
            "date"
            | "dc.date"
            | "dc.date.issued"
            | "dcterms.created"
            | "dcterms.date"
            | "dcterms.issued"
            | "datepublished"
            | "pubdate"
            | "publish-date"
            | "publish_date"
            | "publishdate"
            | "parsely-pub-date"
            | "sailthru.date"
            | "date.created"
            | "dc.date.created"
            | "citation_publication_date"
            | "citation_date"
            | "citation_online_date"
            | "displaydate"
            | "article.published"
            | "published-date"
            | "publication_date"
            | "article_date_original"
            | "originalpublicationdate"
            | "cxenseparse:recs:publishtime" => self.published.offer(2, date()),
            "article:modified_time" | "og:updated_time" | "article:updated_time" => self.modified.offer(0, date()),
            "datemodified" | "dcterms.modified" | "dc.date.modified" | "last-modified" | "lastmod" | "revised" => {
                self.modified.offer(2, date());
            }
            "og:site_name" => self.site.offer(0, content()),
            "application-name" | "dc.publisher" | "publisher" | "apple-mobile-web-app-title" => {
                self.site.offer(2, content())
            }
            "description" => self.description.offer(1, content()),
            "og:description" | "twitter:description" | "dc.description" | "dcterms.description" => {
                self.description.offer(0, content())
            }
            "license" | "dcterms.license" | "dc.license" => self.license.offer(1, content()),
            "dc.rights" | "dcterms.rights" | "copyright" | "rights" => {
                // Mostly a notice of whose the page is: only a licence that is recognised is one.
                self.license.offer(2, content().filter(|text| license::kind(text).is_some()));
            }
            "og:url" => self.canonical.offer(1, content()),
            "og:type" => self.kind.offer(0, content()),
            "content-language" => self.language.offer(1, language_of(content())),
            "dc.language" | "dcterms.language" | "language" => self.language.offer(2, language_of(content())),
            "og:locale" => self.language.offer(3, language_of(content())),
            "tdm-reservation" => self.tdm_reservation = self.tdm_reservation.take().or_else(content),
            "tdm-policy" => self.tdm_policy = self.tdm_policy.take().or_else(content),
            "robots" => self.instruct("", content()),
            _ if is_agent(&key) => self.instruct(&key, content()),
            _ => {}
        }
    }

    /// Adds robots instructions; those to one agent are marked with its name, as X-Robots-Tag marks them.
    pub(super) fn instruct(&mut self, agent: &str, content: Option<String>) {
        let Some(content) = content else { return };
        let robots = self.robots.get_or_insert_default();
        if !robots.is_empty() {
            robots.push_str(", ");
        }
        if !agent.is_empty() {
            robots.push_str(agent);
            robots.push_str(": ");
        }
        robots.push_str(&content);
    }

    pub(super) fn link(&mut self, dom: &Dom<'_>, node: usize) {
        let Some(rel) = dom.raw_attr(node, Attr::Rel) else { return };
        if has_word(rel, "canonical") {
            self.canonical.offer(0, value(dom, node, Attr::Href));
        } else if has_word(rel, "license") {
            self.license.offer(0, value(dom, node, Attr::Href));
        } else if has_word(rel, "tdm-policy") {
            self.tdm_policy = self.tdm_policy.take().or_else(|| value(dom, node, Attr::Href));
        }
    }
}

/// Whether a `meta` element by this name speaks to one crawler.
fn is_agent(key: &str) -> bool {
    matches!(
        key,
        "googlebot"
            | "googlebot-news"
            | "bingbot"
            | "msnbot"
            | "slurp"
            | "yandex"
            | "baiduspider"
            | "ccbot"
            | "gptbot"
            | "google-extended"
            | "claudebot"
            | "anthropic-ai"
            | "applebot"
            | "applebot-extended"
            | "perplexitybot"
            | "bytespider"
    )
}
