//! Our own look-ups: without regard to case, domains with everything under them, URLs with everything below.

use xxhash_rust::xxh3::Xxh3;

use super::super::Sink;
use super::super::hash_list::HashList;
use super::super::lists::{Role, Seen};
use super::{List, address, number};

/// The longest host name in bytes (RFC 1035); longer ones are in no list.
const LONGEST_HOST: usize = 253;

pub(super) fn measure(url: &str, list: List<'_>, sink: &mut Sink) {
    if !sink.wants(5..9) && !sink.wants(11..13) {
        return;
    }
    let lower = url.to_lowercase();
    let host = address::parts(&lower).0.trim_end_matches('.');
    let hashed = |role| list(role).and_then(|list| list.hashed());
    if let Some(domains) = hashed(Role::UrlDomains) {
        sink.set_count(5, number(listed_domain(host, domains)));
    }
    if let Some(hosts) = hashed(Role::UrlHosts) {
        sink.set_count(11, number(hosts.find_text(host)));
    }
    if let Some(urls) = hashed(Role::UrlUrls) {
        sink.set_count(12, number(listed_url(&lower, urls)));
    }
    for (place, role) in [(6, Role::UrlWords), (7, Role::UrlSoftWords)] {
        if let Some(words) = list(role) {
            let mut seen = Seen::new(words);
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

/// The first part of the list that has the host or one of the domains it belongs to.
fn listed_domain(host: &str, domains: &HashList) -> Option<usize> {
    let parents = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]);
    let all = std::iter::once(host).chain(parents).filter(|domain| domain.len() <= LONGEST_HOST);
    all.filter_map(|domain| domains.find_text(domain)).min()
}

/// The first part of the list that has the address or one above it. The host alone is the home page, not the whole site.
fn listed_url(lower: &str, urls: &HashList) -> Option<usize> {
    let (host, rest) = address::split(lower);
    let rest = rest.trim_end_matches('/');
    let mut hasher = Xxh3::new();
    hasher.update(host.trim_end_matches('.').as_bytes());
    let mut found = if rest.is_empty() { urls.find(hasher.digest()) } else { None };
    let mut done = 0;
    let ends = rest.match_indices(['/', '?', '#']).map(|(at, _)| at).filter(|&at| at > 0);
    for end in ends.chain(std::iter::once(rest.len())).filter(|&end| end > 0) {
        hasher.update(&rest.as_bytes()[done..end]);
        done = end;
        let here = urls.find(hasher.digest());
        found = [found, here].into_iter().flatten().min();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> HashList {
        let mut list = HashList::default();
        list.push("", entries.iter().map(|entry| HashList::hash(&address::bare(entry))).collect());
        list
    }

    #[test]
    fn an_address_is_listed_with_all_below_it() {
        let urls = list(&["https://bad.example/a/", "home.example", "bad.example/q?x=1"]);
        for (url, listed) in [
            ("http://bad.example/a", true),
            ("bad.example/a", true),
            ("http://me:pw@bad.example:8080/a/b?c", true),
            ("http://bad.example./a#b", true),
            ("http://bad.example/ab", false),
            ("http://bad.example/", false),
            ("http://www.bad.example/a", false),
            ("http://home.example/", true),
            ("http://home.example", true),
            ("http://home.example/x", false),
            ("http://home.example?x", false),
            ("http://bad.example/q?x=1", true),
            ("http://bad.example/q?x=1#top", true),
            ("http://bad.example/q?x=12", false),
            ("", false),
        ] {
            assert_eq!(listed_url(url, &urls).is_some(), listed, "{url}");
        }
    }

    #[test]
    fn hosts_of_hostile_length_cost_little() {
        let domains = list(&["a.a"]);
        assert!(listed_domain(&"a.".repeat(100_000), &domains).is_none());
        assert!(listed_domain(&format!("{}a.a", "b.".repeat(100)), &domains).is_some());
    }
}
