//! Web addresses and IPv4 addresses out of the text, as DCLM does it (`url_removal_modifier`).
//!
//! Web addresses are looked for only in a text that begins, in any case and at whatever letter it goes on, with the name
//! of a top-level domain; so "In the end" is searched and "We" or "Such" may not be. That is an oversight of the program.
//! IPv4 addresses are always looked for. What DCLM does with two regular expressions that go back is done here in one
//! pass from left to right.

use std::collections::BTreeSet;

use crate::text::python;

/// Removes addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The names of top-level domains, in lower case.
    tlds: BTreeSet<String>,
    /// Code points of the longest.
    longest: usize,
}

/// The longest part of an address before the last full stop.
const HOST_MAX: usize = 256;
/// So many white-space characters before an address go with it.
const SPACES_MAX: usize = 10;

impl Addresses {
    /// With these names of top-level domains.
    pub fn new<'w>(tlds: impl IntoIterator<Item = &'w str>) -> Self {
        let tlds: BTreeSet<String> = tlds.into_iter().map(python::lower).collect();
        let longest = tlds.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        Self { tlds, longest }
    }

    /// The text without addresses; `None` when it has none.
    pub fn remove(&self, text: &str) -> Option<String> {
        let web = if self.begins_with_tld(text) { cut(text, |text, from| self.web_address(text, from)) } else { None };
        let ip = cut(web.as_deref().unwrap_or(text), ip_address);
        ip.or(web)
    }

    /// Whether a text begins with the name of a top-level domain, in any case.
    fn begins_with_tld(&self, text: &str) -> bool {
        let start: String = text.chars().take(self.longest).flat_map(fold).collect();
        start.char_indices().any(|(at, c)| self.tlds.contains(&start[..at + c.len_utf8()]))
    }

    /// The first web address from `from` on.
    fn web_address(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let mut at = from;
        while let Some(found) = text[at..].find(is_host) {
            let start = at + found;
            let end = start + text[start..].find(|c| !is_host(c)).unwrap_or(text.len() - start);
            if let Some(found) = self.in_run(text, from, start, end) {
                return Some(found);
            }
            at = end;
        }
        None
    }

    /// The first web address whose host lies in the run of host characters from `start` to `end`.
    fn in_run(&self, text: &str, from: usize, start: usize, end: usize) -> Option<(usize, usize)> {
        let dots = || {
            memchr::memchr_iter(b'.', &text.as_bytes()[start..end]).map(|dot| start + dot).skip_while(|&d| d == start)
        };
        let first = dots().find(|&dot| self.tld_end(text, dot).is_some())?;
        let host = start.max(first.saturating_sub(HOST_MAX));
        // The greedy host goes on to the last full stop that a name follows.
        let last = dots().take_while(|&dot| dot <= host + HOST_MAX).filter_map(|dot| self.tld_end(text, dot)).last()?;
        let begin = if host == start { begin_of(text, from, start, false) } else { host };
        Some((begin, path_end(text, last)))
    }

    /// The end of the longest name of a top-level domain after the full stop at `dot` that ends at a word border.
    fn tld_end(&self, text: &str, dot: usize) -> Option<usize> {
        let start = dot + 1;
        let ends = text[start..].char_indices().take(self.longest).map(|(at, c)| start + at + c.len_utf8());
        ends.filter(|&end| is_border(text, end) && self.tlds.contains(&text[start..end])).last()
    }
}

/// Cuts out of a text what `find` finds from a place on.
fn cut(text: &str, find: impl Fn(&str, usize) -> Option<(usize, usize)>) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    while let Some((start, end)) = find(text, from) {
        out.push_str(&text[from..start]);
        from = end;
    }
    if from == 0 {
        return None;
    }
    out.push_str(&text[from..]);
    Some(out)
}

/// The first IPv4 address from `from` on: four groups of at most three digits, of three the first at most 2, with what
/// follows and looks like a path.
fn ip_address(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) {
        let digits = |place: usize| bytes[place..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if is_border(text, start)
            && let Some(end) = ip_end(bytes, start)
        {
            return Some((begin_of(text, from, start, true), path_end(text, end)));
        }
        at = start + digits(start);
    }
    None
}

/// The place in the last group of an IPv4 address that begins at `start` from where on a path is looked for.
fn ip_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    for _ in 0..3 {
        let group = bytes[at..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let fits = matches!(group, 1 | 2) || (group == 3 && bytes[at] <= b'2');
        if !fits || bytes.get(at + group) != Some(&b'.') {
            return None;
        }
        at += group + 1;
    }
    bytes.get(at).is_some_and(u8::is_ascii_digit).then_some(at)
}

/// Where an address begins whose host begins at `host`: before its scheme and up to ten white-space characters, but not
/// before `from`. With `border` a scheme counts only where a word begins.
fn begin_of(text: &str, from: usize, host: usize, border: bool) -> usize {
    let before = &text[from..host];
    let scheme = ["https://", "http://", "ftp://"].into_iter().find_map(|scheme| before.strip_suffix(scheme));
    let mut rest = scheme.filter(|rest| !border || is_border(text, from + rest.len())).unwrap_or(before);
    for _ in 0..SPACES_MAX {
        rest = rest.strip_suffix(python::is_space).unwrap_or(rest);
    }
    from + rest.len()
}

/// The end of the run of path characters from `at` on.
fn path_end(text: &str, at: usize) -> usize {
    let is_path = |c: char| is_host(c) || matches!(c, '(' | ')' | '?' | '&' | '/');
    at + text[at..].find(|c| !is_path(c)).unwrap_or(text.len() - at)
}

/// Characters of a host, with user, port and query before a further full stop.
fn is_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '@' | ':' | '%' | '.' | '_' | '+' | '~' | '#' | '=')
}

/// Whether a word begins or ends at byte `at` (`\b` of Python's `re`).
fn is_border(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back().is_some_and(python::is_word);
    let after = text[at..].chars().next().is_some_and(python::is_word);
    before != after
}

/// Lower case as Python's `re.IGNORECASE` compares, for the characters that it takes for ASCII letters and others.
fn fold(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        'İ' | 'ı' => 'i',
        'ſ' => 's',
        _ => c,
    };
    c.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(text: &str) -> Option<String> {
        Addresses::new(["com", "co", "in", "museum", "рф"]).remove(text)
    }

    #[test]
    fn web_addresses_go_from_texts_that_begin_with_a_domain_name() {
        assert_eq!(
            removed("In the end see  https://a.example.com/b?c=(d) or else").as_deref(),
            Some("In the end see or else")
        );
        assert_eq!(removed("We see https://a.example.com/b"), None);
        assert_eq!(
            removed("in a.comb and a.com-b and .com x..com, a.co.uk a.рф/b").as_deref(),
            Some("in a.comb and and .com,")
        );
        let long = format!("in {}.com", "x".repeat(300));
        assert_eq!(removed(&long), Some(format!("in {}", "x".repeat(44))));
        assert_eq!(removed("in https://https://a.com"), Some("in https://".to_owned()));
    }

    #[test]
    fn ip_addresses_go_from_every_text() {
        assert_eq!(removed("We: 10.0.0.1, 1.2.3.4567:80/x y").as_deref(), Some("We:, y"));
        assert_eq!(removed("We: 300.1.2.3.4").as_deref(), Some("We: 300."));
        assert_eq!(removed("We: v1.2.3.4 and 1.2.3"), None);
        assert_eq!(removed("\n\n http://1.2.3.4\n").as_deref(), Some("\n"));
        assert_eq!(removed("xhttp://1.2.3.4").as_deref(), Some("xhttp://"));
    }
}
