//! Addresses: what is a URL, where its root ends, and which parts of it nobody may see.

use std::borrow::Cow;
use std::ops::Range;

/// The schemes that the door opens for reading and writing.
pub const STORES: [&str; 3] = ["s3", "gs", "az"];
/// The schemes that the door opens for reading alone.
pub const READ_ONLY: [&str; 3] = ["http", "https", "hf"];

/// The scheme of an address, if it is one: letters and digits before `://`.
#[must_use]
pub fn scheme(path: &str) -> Option<&str> {
    let (scheme, _) = path.split_once("://")?;
    (!scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(scheme)
}

/// Whether a path is the address of something elsewhere.
#[must_use]
pub fn is_url(path: &str) -> bool {
    scheme(path).is_some()
}

/// Whether `?` begins the query of an address, and is no wildcard.
#[must_use]
pub fn has_query(path: &str) -> bool {
    matches!(scheme(path), Some("http" | "https"))
}

/// Splits an address into its root (`s3://bucket`, `hf://datasets/owner/name`) and the rest, without the slash between.
/// A local path has an empty root.
#[must_use]
pub fn root_and_rest(path: &str) -> (&str, &str) {
    let Some(scheme) = scheme(path) else { return ("", path) };
    let names = if scheme == "hf" { hub_names(path) } else { 1 };
    let after = scheme.len() + 3;
    let end = path[after..].match_indices('/').nth(names - 1).map_or(path.len(), |(at, _)| after + at);
    (&path[..end], path[end..].trim_start_matches('/'))
}

/// A relative path as seen from a folder, which may be an address. Stores know no `..`, so in an address it is resolved here.
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    let (root, rest) = root_and_rest(folder);
    if root.is_empty() {
        return format!("{folder}/{path}");
    }
    let mut names: Vec<&str> = Vec::new();
    for name in rest.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    format!("{root}/{}", names.join("/"))
}

/// Names in a root of the hub: `datasets/owner/name` and `spaces/owner/name` have three, a model has two.
pub(super) fn hub_names(path: &str) -> usize {
    let rest = path.strip_prefix("hf://").unwrap_or(path);
    if rest.starts_with("datasets/") || rest.starts_with("spaces/") { 3 } else { 2 }
}

/// Names of query parameters whose values open what they are attached to (signed addresses of S3, GCS, Azure, CloudFront, and plain
/// tokens), or change with each signing.
const SECRET: [&str; 22] = [
    "signature",
    "sig",
    "token",
    "access_token",
    "auth",
    "key",
    "api_key",
    "apikey",
    "password",
    "secret",
    "policy",
    "key-pair-id",
    "awsaccesskeyid",
    "googleaccessid",
    "expires",
    "se",
    "st",
    "sp",
    "sv",
    "sr",
    "skoid",
    "spr",
];

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("x-amz-") || name.starts_with("x-goog-") || SECRET.contains(&name.as_str())
}

/// Where a text shows what nobody may see: the user and password of every address in it, and the values of signed queries.
fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("://") {
        let start = from + at + 3;
        let end = text[start..]
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\'))
            .map_or(text.len(), |length| start + length);
        let url = &text[start..end];
        let host_end = url.find(['/', '?', '#']).unwrap_or(url.len());
        if let Some(at) = url[..host_end].rfind('@') {
            found.push(start..start + at);
        }
        if let Some(query) = url.find('?') {
            let mut place = start + query + 1;
            for pair in url[query + 1..].split('&') {
                if let Some((name, value)) = pair.split_once('=')
                    && is_secret(name)
                {
                    let begin = place + name.len() + 1;
                    found.push(begin..begin + value.len());
                }
                place += pair.len() + 1;
            }
        }
        from = end;
    }
    found.retain(|range| !range.is_empty());
    found
}

/// The text with `***` for the secrets in its addresses: for names, messages and plans. Signing again changes nothing in it.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    cover(text, |_| "***".to_owned())
}

/// The same with one `*` a byte, so that columns stay: for excerpts.
#[must_use]
pub fn blotted(text: &str) -> Cow<'_, str> {
    cover(text, |secret| "*".repeat(secret.len()))
}

fn cover(text: &str, by: impl Fn(&str) -> String) -> Cow<'_, str> {
    let secrets = secrets(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for range in secrets {
        out.push_str(&text[at..range.start]);
        out.push_str(&by(&text[range.clone()]));
        at = range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_end_where_names_begin() {
        assert_eq!(root_and_rest("s3://b/x/y"), ("s3://b", "x/y"));
        assert_eq!(root_and_rest("s3://b"), ("s3://b", ""));
        assert_eq!(root_and_rest("hf://datasets/o/n@v1/a/b.parquet"), ("hf://datasets/o/n@v1", "a/b.parquet"));
        assert_eq!(root_and_rest("hf://o/n/a"), ("hf://o/n", "a"));
        assert_eq!(root_and_rest("data/x"), ("", "data/x"));
        assert_eq!(root_and_rest("/data/x"), ("", "/data/x"));
        assert!(!is_url("a/b://c") && !is_url("://x"));
    }

    #[test]
    fn relative_paths_stay_below_the_root_of_an_address() {
        assert_eq!(join("s3://b/job/configs", "../data/./x"), "s3://b/job/data/x");
        assert_eq!(join("s3://b", "../../x"), "s3://b/x");
        assert_eq!(join("a/b", "../x"), "a/b/../x", "links decide what a local `..` means");
    }

    #[test]
    fn secrets_are_covered_and_the_rest_stays() {
        let url = "https://me:pw@h.org/a.gz?X-Amz-Signature=abc&part=2&X-Amz-Expires=9";
        assert_eq!(masked(url), "https://***@h.org/a.gz?X-Amz-Signature=***&part=2&X-Amz-Expires=***");
        let line = format!("paths = [\"{url}\", \"https://h/b?sig=q%3D\"] # x");
        assert_eq!(blotted(&line).len(), line.len());
        assert!(!blotted(&line).contains("abc") && !blotted(&line).contains("q%3D") && blotted(&line).ends_with("# x"));
        assert!(matches!(masked("s3://b/a@b?c"), Cow::Borrowed(_)), "an @ behind the host is a name");
    }
}
