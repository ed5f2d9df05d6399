//! Look-ups of datatrove's `URLFilter` (`pipeline/filters/url_filter.py`, version 0.10), with hosts as tldextract 5.4 sees
//! them.
//!
//! Lists are lower-cased by datatrove, the URL is not, except for the sub-words: a word or a host in capitals passes.

use super::super::Sink;
use super::super::list_reading::alphanumeric;
use super::super::lists::{Role, Seen};
use super::super::word_list::WordList;
use super::{List, number};
use crate::text::python;

pub(super) fn measure(url: &str, list: List<'_>, sink: &mut Sink) {
    // The reference refuses a document with an empty URL, as it does one without.
    if url.is_empty() {
        return;
    }
    if let Some(domains) = list(Role::UrlDomains).and_then(WordList::hashed) {
        let names = Names::of(url);
        sink.set_count(13, number(domains.find_text(&names.registered)));
        sink.set_count(14, number(domains.find_text(&names.full)));
    }
    if let Some(urls) = list(Role::UrlUrls).and_then(WordList::hashed) {
        sink.set_count(15, number(urls.find_text(url)));
    }
    for (place, role) in [(16, Role::UrlWords), (17, Role::UrlSoftWords)] {
        if let Some(words) = list(role) {
            sink.set_count(place, distinct_words(url, words));
        }
    }
    if let Some(subwords) = list(Role::UrlSubwords) {
        let found = subwords.inside().is_some_and(|finder| finder.is_match(&alphanumeric(url)));
        sink.set_count(18, usize::from(found));
    }
}

/// Different entries among the pieces of `re.split("[^a-zA-Z0-9]+", url)`, which has an empty piece at each end where the
/// URL has no letter or digit.
fn distinct_words(url: &str, words: &WordList) -> usize {
    let other = |c: char| !c.is_ascii_alphanumeric();
    let mut seen = Seen::new(words);
    url.split(other).for_each(|word| seen.note(word));
    // Entries are sorted: only the first can be empty.
    if (url.starts_with(other) || url.ends_with(other)) && words.entries().first().is_some_and(|e| e.text.is_empty()) {
        seen.mark(0);
    }
    seen.distinct()
}

/// The names of a host; both empty when its suffix is not in the public suffix list.
#[derive(Debug, Default, PartialEq, Eq)]
struct Names {
    /// One label and the public suffix: `registered_domain`.
    registered: String,
    /// The whole host: `fqdn`.
    full: String,
}

impl Names {
    fn of(url: &str) -> Self {
        let host = host(url).replace(IDEOGRAPHIC_DOTS, ".");
        let lower = python::lower(&host);
        let labels: Vec<&str> = host.split('.').collect();
        // Without a label before the suffix, or with an empty one, there is no domain.
        let domain = icann_labels(&lower).and_then(|suffix| labels.len().checked_sub(suffix + 1));
        let Some(domain) = domain.filter(|&domain| !labels[domain].is_empty()) else { return Self::default() };
        // An empty subdomain is left out with its dot.
        let full = if domain == 1 && labels[0].is_empty() { labels[1..].join(".") } else { host.clone() };
        Self { registered: labels[domain..].join("."), full }
    }
}

/// Dots of other scripts that tldextract takes for dots.
const IDEOGRAPHIC_DOTS: [char; 3] = ['\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// The host of a URL as tldextract finds it: lenient, in the URL's case, IPv6 addresses in their brackets.
fn host(url: &str) -> &str {
    let rest = without_scheme(url);
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with('[')
        && let Some(end) = host.find(']')
    {
        return &host[..=end];
    }
    let host = python::strip(host.split(':').next().unwrap_or_default());
    host.trim_end_matches(|c| c == '.' || IDEOGRAPHIC_DOTS.contains(&c))
}

/// The URL behind `scheme://` or `//`.
fn without_scheme(url: &str) -> &str {
    let scheme_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    match url.find("//") {
        Some(0) => &url[2..],
        Some(at) if at >= 2 && url[..at].ends_with(':') && url[..at - 1].chars().all(scheme_char) => &url[at + 2..],
        _ => url,
    }
}

/// How many labels the public suffix of a lower-cased host has, private suffixes (`blogspot.com`) not counting; `None`
/// where the suffix is not in the list.
fn icann_labels(host: &str) -> Option<usize> {
    let mut name = host;
    loop {
        let suffix = psl::suffix(name.as_bytes()).filter(psl::Suffix::is_known)?;
        let text = std::str::from_utf8(suffix.as_bytes()).ok()?;
        if suffix.typ() == Some(psl::Type::Icann) {
            return Some(text.split('.').count());
        }
        // The suffix of a private suffix is that of the domain above it.
        name = text.split_once('.')?.1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_as_tldextract_has_them() {
        for (url, registered, full) in [
            ("http://forums.bbc.co.uk/a", "bbc.co.uk", "forums.bbc.co.uk"),
            ("http://me.blogspot.com", "blogspot.com", "me.blogspot.com"),
            ("http://a.b.compute.amazonaws.com", "amazonaws.com", "a.b.compute.amazonaws.com"),
            ("http://www.ck", "www.ck", "www.ck"),
            ("http://a.b.ck", "a.b.ck", "a.b.ck"),
            ("http://b.ck", "", ""),
            ("http://ck", "", ""),
            ("http://city.kawasaki.jp", "city.kawasaki.jp", "city.kawasaki.jp"),
            ("http://WWW.Example.COM:80/", "Example.COM", "WWW.Example.COM"),
            ("//user:pw@a.example.org.", "example.org", "a.example.org"),
            ("example.org/path", "example.org", "example.org"),
            ("a:b//example.org", "", ""),
            ("http://localhost", "", ""),
            ("http://127.0.0.1/", "", ""),
            ("http://[::1]:80/", "", ""),
            ("http://例え.テスト。com", "テスト.com", "例え.テスト.com"),
            ("http://x.xn--fiqs8s/", "x.xn--fiqs8s", "x.xn--fiqs8s"),
            ("http://.example.com", "example.com", "example.com"),
            ("http://..example.com", "example.com", "..example.com"),
            ("http://a..com", "", ""),
            ("http://com", "", ""),
        ] {
            let names = Names::of(url);
            assert_eq!((&*names.registered, &*names.full), (registered, full), "{url}");
        }
    }
}
