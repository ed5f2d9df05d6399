//! Names of authors, from metadata and from bylines.

use crate::extract::dom::{Attr, Dom};
use crate::extract::vocabulary as v;
use crate::extract::work;

/// The longest text that can be names, in characters.
const LONGEST: usize = 120;

/// Words before a name, in small letters.
const BEFORE: [&str; 26] = [
    "by",
    "written by",
    "posted by",
    "published by",
    "story by",
    "words by",
    "reported by",
    "text by",
    "author:",
    "author",
    "authors:",
    "from",
    "von",
    "text:",
    "autor:",
    "autorin:",
    "par",
    "por",
    "di",
    "door",
    "av",
    "af",
    "автор:",
    "作者：",
    "作者:",
    "文：",
];

/// Names that are none.
const NOBODY: [&str; 14] = [
    "admin",
    "administrator",
    "editor",
    "author",
    "unknown",
    "guest",
    "user",
    "webmaster",
    "root",
    "null",
    "none",
    "anonymous",
    "written by",
    "follow",
];

/// Cleans the text of metadata or of a byline to names; `None` when it can be none. `strict`: the text stands on the page, so
/// that it must look like names.
#[must_use]
pub fn names(text: &str, strict: bool) -> Option<String> {
    let mut rest = text.trim();
    // What follows a name on a byline.
    let end = rest.find(['|', '•', '·', '\n', '\u{2022}', '(', '—', '–']).unwrap_or(rest.len());
    if strict {
        rest = rest[..end].trim();
    }
    loop {
        let lower = rest.to_lowercase();
        let cut = BEFORE.iter().find(|word| {
            lower
                .strip_prefix(**word)
                .is_some_and(|after| word.ends_with([':', '：']) || after.starts_with([' ', ':', '\u{a0}']))
        });
        // Lower-casing may change lengths; then nothing is cut.
        let Some(word) = cut.filter(|word| rest.is_char_boundary(word.len())) else { break };
        rest = rest[word.len()..].trim_start_matches([' ', ':', '：', '\u{a0}']);
    }
    if strict {
        // Dates and counts end the names.
        let digit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        rest = rest[..digit].trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')');
        for (mark, _) in rest.match_indices(" on ").chain(rest.match_indices(", Contributor")).collect::<Vec<_>>() {
            if mark > 0 && rest.is_char_boundary(mark) && mark < rest.len() {
                rest = &rest[..mark];
                break;
            }
        }
    }
    let rest = rest.trim_matches([' ', ',', ';', ':', '-', '/', '@', '"']);
    let lower = rest.to_lowercase();
    let letters = rest.chars().filter(|c| c.is_alphabetic()).count();
    let words = rest.split_whitespace().count();
    let bad = letters < 2
        || rest.chars().count() > LONGEST
        || rest.contains("://")
        || lower.starts_with("www.")
        || (rest.contains('@') && rest.contains('.'))
        || NOBODY.contains(&lower.as_str())
        || (strict && (words > 12 || rest.contains(['?', '!', '{', '<'])));
    (!bad).then(|| rest.to_owned())
}

/// Whether a class or id names the element of a byline.
#[must_use]
pub fn is_byline(value: &str) -> bool {
    value.split_ascii_whitespace().any(|name| {
        let name = name.to_ascii_lowercase();
        let bare = name.trim_start_matches("c-").trim_start_matches("m-");
        matches!(bare, "author" | "byline" | "by-line" | "authors" | "by" | "writer" | "autor" | "auteur" | "username")
            || [
                "author-name",
                "authorname",
                "author_name",
                "byline-name",
                "byline__name",
                "byline__author",
                "author__name",
                "article-author",
                "post-author",
                "entry-author",
                "article__author",
                "author-link",
                "byline-author",
                "author-byline",
                "article-byline",
                "post-byline",
                "meta-author",
                "author-info__name",
                "author-title",
                "post__author",
                "blog-author",
                "contributor-name",
            ]
            .iter()
            .any(|known| bare == *known || bare.ends_with(known))
    })
}

/// Whether an element stands among comments, teasers or other blocks that have authors of their own.
#[must_use]
pub fn stands_aside(dom: &Dom<'_>, node: usize) -> bool {
    let mut at = node;
    while at != 0 {
        work::steps(1);
        at = dom.nodes[at].parent as usize;
        let hints = [Attr::Class, Attr::Id]
            .into_iter()
            .filter_map(|attr| dom.raw_attr(at, attr))
            .fold(0, |sum, value| sum | v::hints(value));
        if hints & (v::COMMENT | v::RELATED | v::FOOT) != 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_become_names() {
        for (text, expected) in [
            ("By Anna Miller", Some("Anna Miller")),
            ("Written by: Anna Miller", Some("Anna Miller")),
            ("by Anna Miller and Jo Hill | 5 March 2024", Some("Anna Miller and Jo Hill")),
            ("Anna Miller, 5 March 2024", Some("Anna Miller")),
            ("Von Anna Müller", Some("Anna Müller")),
            ("作者：王小明", Some("王小明")),
            ("admin", None),
            ("https://example.org/anna", None),
            ("anna@example.org", None),
            ("12", None),
            ("", None),
            ("Byron Hill", Some("Byron Hill")),
        ] {
            assert_eq!(names(text, true).as_deref(), expected, "{text}");
        }
        assert_eq!(names("Agent 47 (staff)", false).as_deref(), Some("Agent 47 (staff)"));
    }

    #[test]
    fn classes_of_bylines() {
        assert!(is_byline("post-meta byline") && is_byline("article-author-name") && is_byline("Author"));
        assert!(!is_byline("authority") && !is_byline("post-meta") && !is_byline("author-bio"));
    }
}
