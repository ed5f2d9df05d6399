//! Look-ups of DCLM's `url_substring_filter` (`baselines/mappers/filters/metadata_filters.py`) as
//! `dclm_baseline_refinedweb.yaml` calls it four times, with `urllib.parse` of Python 3.11 and retrie 0.3.

use std::borrow::Cow;

use super::super::Sink;
use super::super::lists::{Role, Seen};
use super::super::word_list::WordList;
use super::{List, number};
use crate::text::python;

pub(super) fn measure(url: &str, list: List<'_>, sink: &mut Sink) {
    if let Some(domains) = list(Role::UrlDomains).and_then(WordList::hashed)
        && let Some(netloc) = netloc(url)
    {
        sink.set_count(19, number(domains.find_text(&python::lower(&netloc).replace("www", ""))));
    }
    if !sink.wants(20..23) {
        return;
    }
    let lower = python::lower(url);
    // Where letters are compared without regard to case, `re` takes these two for `i` and `s`.
    let lower = if lower.is_ascii() { lower } else { lower.replace('ı', "i").replace('ſ', "s") };
    if let Some(subwords) = list(Role::UrlSubwords) {
        sink.set_count(20, distinct_sequences(&lower.replace(['-', '.'], ""), subwords));
    }
    for (place, role) in [(21, Role::UrlWords), (22, Role::UrlSoftWords)] {
        if let Some(words) = list(role) {
            sink.set_count(place, distinct_words(&lower, words));
        }
    }
}

/// `urlparse(url).netloc`; `None` where Python raises for brackets without partner.
fn netloc(url: &str) -> Option<Cow<'_, str>> {
    let url = url.trim_start_matches(|c| c <= ' ');
    let removed = ['\t', '\r', '\n'];
    let url = if url.contains(removed) { Cow::Owned(url.replace(removed, "")) } else { Cow::Borrowed(url) };
    let scheme_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let from = match url.split_once(':') {
        Some((scheme, _))
            if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(scheme_char) =>
        {
            scheme.len() + 1
        }
        _ => 0,
    };
    if !url[from..].starts_with("//") {
        return Some(Cow::Borrowed(""));
    }
    let from = from + 2;
    let end = url[from..].find(['/', '?', '#']).map_or(url.len(), |at| from + at);
    if url[from..end].contains('[') != url[from..end].contains(']') {
        return None;
    }
    Some(match url {
        Cow::Borrowed(url) => Cow::Borrowed(&url[from..end]),
        Cow::Owned(url) => Cow::Owned(url[from..end].to_owned()),
    })
}

/// Different entries among the matches from the left, the longest at each place.
fn distinct_sequences(url: &str, subwords: &WordList) -> usize {
    let mut seen = Seen::new(subwords);
    if let Some(finder) = subwords.inside() {
        finder.find_iter(url).for_each(|found| seen.mark(subwords.inside_place(found.pattern().as_usize())));
    }
    seen.distinct()
}

/// Different entries among the matches of `\b(?:…)\b` from the left, the longest at each place.
fn distinct_words(url: &str, words: &WordList) -> usize {
    let borders = borders(url);
    let mut seen = Seen::new(words);
    let mut from = 0;
    for (index, &start) in borders.iter().enumerate() {
        if start < from {
            continue;
        }
        let ends = borders[index + 1..].iter().take_while(|&&end| end - start <= words.longest());
        let found = ends.filter_map(|&end| Some((words.position(&url[start..end])?, end))).last();
        if let Some((place, end)) = found {
            seen.mark(place);
            from = end;
        }
    }
    seen.distinct()
}

/// The places where a word begins or ends: `\b` of Python's `re`.
fn borders(url: &str) -> Vec<usize> {
    let mut out = Vec::new();
    let mut inside = false;
    for (at, c) in url.char_indices() {
        if python::is_word(c) != inside {
            out.push(at);
            inside = !inside;
        }
    }
    if inside {
        out.push(url.len());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn netloc_as_urlparse_has_it() {
        for (url, expected) in [
            ("https://user:pw@WWW.Example.com:80/a", Some("user:pw@WWW.Example.com:80")),
            ("//a.b?c", Some("a.b")),
            ("a.b/c", Some("")),
            ("1http://a.b", Some("")),
            ("http:a.b", Some("")),
            ("  ht\ntp://a\t.b", Some("a.b")),
            ("http://[::1/", None),
            ("http://[::1]/", Some("[::1]")),
            ("", Some("")),
        ] {
            assert_eq!(netloc(url).as_deref(), expected, "{url:?}");
        }
    }

    #[test]
    fn words_stand_between_borders_and_the_longest_counts() {
        let words = WordList::of_words(["hot", "hot-teen", "teen", "-x", "_y_"]);
        for (url, count) in [
            ("http://hot.teen/hot", 2),
            ("http://hot-teen/teen", 2),
            ("http://hot_teen/hotteen", 0),
            ("hot", 1),
            ("a-x/_y_", 2),
            ("-x", 0),
            ("été/hot", 1),
        ] {
            assert_eq!(distinct_words(url, &words), count, "{url}");
        }
    }
}
