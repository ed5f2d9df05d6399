//! Addresses within a page made whole (RFC 3986, section 5).

/// Resolves `reference` against `base`. A reference that is whole stays; without a base that is whole, so does any other.
#[must_use]
pub fn resolve(base: Option<&str>, reference: &str) -> String {
    let reference = reference.trim();
    let Some((scheme, authority, path, query)) = base.and_then(split).filter(|_| !has_scheme(reference)) else {
        return reference.to_owned();
    };
    if let Some(rest) = reference.strip_prefix("//") {
        return format!("{scheme}://{rest}");
    }
    let cut = reference.find(['?', '#']).unwrap_or(reference.len());
    let (own_path, tail) = reference.split_at(cut);
    let root = format!("{scheme}://{authority}");
    if own_path.is_empty() {
        let query = if tail.starts_with('?') { "" } else { query };
        return format!("{root}{path}{query}{tail}");
    }
    let whole = if own_path.starts_with('/') {
        own_path.to_owned()
    } else {
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        format!("{folder}{own_path}")
    };
    format!("{root}{}{tail}", without_dots(&whole))
}

/// Scheme, authority, path and query with its `?`.
fn split(url: &str) -> Option<(&str, &str, &str, &str)> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let rest = &rest[..rest.find('#').unwrap_or(rest.len())];
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    (has_scheme(url.trim()) && !authority.is_empty()).then_some((scheme, authority, path, query))
}

fn has_scheme(text: &str) -> bool {
    let scheme = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
    scheme > 0 && text.as_bytes()[0].is_ascii_alphabetic() && text.as_bytes().get(scheme) == Some(&b':')
}

/// A path without `.` and `..`.
fn without_dots(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut parts = path.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        match part {
            "." | ".." => {
                if part == ".." {
                    out.pop();
                }
                if last {
                    out.push("");
                }
            }
            _ => out.push(part),
        }
    }
    format!("/{}", out.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_whole() {
        let base = Some("https://example.org/a/b.html?x=1#y");
        for (reference, expected) in [
            ("https://other.example/z", "https://other.example/z"),
            ("//other.example/z", "https://other.example/z"),
            ("/z?q", "https://example.org/z?q"),
            ("c.html", "https://example.org/a/c.html"),
            ("../c/./d", "https://example.org/c/d"),
            ("../../../c", "https://example.org/c"),
            ("..", "https://example.org/"),
            ("?p=2", "https://example.org/a/b.html?p=2"),
            ("#part", "https://example.org/a/b.html?x=1#part"),
            ("", "https://example.org/a/b.html?x=1"),
            ("mailto:me@example.org", "mailto:me@example.org"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{reference}");
        }
        assert_eq!(resolve(None, "/z"), "/z");
        assert_eq!(resolve(Some("no base"), "z"), "z");
        assert_eq!(resolve(Some("https://example.org"), "z"), "https://example.org/z");
    }
}
