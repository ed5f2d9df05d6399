//! Parts of an address, by rules that take anything.

/// Host, path and query of a URL. Anything parses: what has no `//` has no host.
pub(super) fn parts(url: &str) -> (&str, &str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let Some((_, rest)) = before.split_once("//") else {
        return ("", before, query);
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    (host(authority), path, query)
}

/// The host of an authority: without user and port, and without the brackets of an IPv6 address.
fn host(authority: &str) -> &str {
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// An address without scheme, user, port and the slashes at its end, if nothing stands between host and path then: as
/// lists of URLs have them (`example.org/path`). User and port are cut only where they stand in an address with a scheme.
pub(in crate::metrics) fn bare(url: &str) -> String {
    let (host, rest) = split(url);
    let mut out = host.trim_end_matches('.').to_owned();
    out.push_str(rest.trim_end_matches('/'));
    out
}

/// Host, and what follows it with its `/`, `?` or `#`.
pub(super) fn split(url: &str) -> (&str, &str) {
    let (has_scheme, rest) = match url.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, url.strip_prefix("//").unwrap_or(url)),
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    (if has_scheme { host(authority) } else { authority }, rest)
}
