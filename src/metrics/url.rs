//! Numbers about the address of a page. All are not measurable without one.

use super::chars::count_chars;
use super::lists::{Role, WordList};
use super::{MetricDef, Settings, Sink, Subject};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("url_chars", "code points", "length of the URL"),
    MetricDef::count("url_depth", "path segments", "parts of the path that are not empty"),
    MetricDef::share("url_digit_ratio", "share of characters", "ASCII digits in the URL"),
    MetricDef::count("url_parameters", "parameters", "parts of the query separated by `&` or `;`"),
    MetricDef::flag("url_ip_host", "the host is an IP address"),
    MetricDef::flag("url_listed_domain", "the host, or a domain it belongs to, is in the list `url-domains`"),
    MetricDef::count("url_listed_words", "words", "different words of the list `url-words` in the URL, in any case"),
    MetricDef::count("url_listed_soft_words", "words", "different words of the list `url-soft-words` in the URL"),
    MetricDef::count(
        "url_listed_subwords",
        "sequences",
        "occurrences of entries of the list `url-subwords` in the letters and digits of the URL, nothing between them",
    ),
];

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    let Some(url) = subject.url else { return };
    let (host, path, query) = parts(url);
    let chars = count_chars(url);
    sink.set_count(0, chars);
    sink.set_count(1, path.split('/').filter(|part| !part.is_empty()).count());
    sink.set_ratio(2, url.bytes().filter(u8::is_ascii_digit).count(), chars);
    sink.set_count(3, query.split(['&', ';']).filter(|part| !part.is_empty()).count());
    let host = host.to_ascii_lowercase();
    sink.set_count(4, usize::from(is_ip(&host)));
    let list = |role| settings.lists.get(role, settings.language_of(subject.language));
    if let Some(domains) = list(Role::UrlDomains) {
        sink.set_count(5, usize::from(is_listed(&host, domains)));
    }
    let lower = url.to_ascii_lowercase();
    for (place, role) in [(6, Role::UrlWords), (7, Role::UrlSoftWords)] {
        if let Some(words) = list(role) {
            let mut seen = super::lists::Seen::new(words);
            lower.split(|c: char| !c.is_ascii_alphanumeric()).for_each(|word| seen.note(word));
            sink.set_count(place, seen.distinct());
        }
    }
    if let Some(subwords) = list(Role::UrlSubwords) {
        let squeezed: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
        let hits = subwords.inside().map_or(0, |finder| finder.find_iter(&squeezed).count());
        sink.set_count(8, hits);
    }
}

/// Host, path and query of a URL. Anything parses: what has no `//` has no host.
fn parts(url: &str) -> (&str, &str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let Some((_, rest)) = before.split_once("//") else {
        return ("", before, query);
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    (host, path, query)
}

/// Whether a host is an address in numbers.
fn is_ip(host: &str) -> bool {
    host.parse::<core::net::IpAddr>().is_ok()
}

/// Whether the host or one of the domains it belongs to is in the list.
fn is_listed(host: &str, domains: &WordList) -> bool {
    let host = host.trim_end_matches('.');
    // A host name has at most 253 characters (RFC 1035), so at most 127 labels.
    let parents = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]);
    std::iter::once(host).chain(parents).take(128).any(|domain| domains.position(domain).is_some())
}
