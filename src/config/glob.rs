//! Patterns for input paths: `*` and `?` within a name, `**` for any folders. Nothing else is special.

use crate::storage::address::has_query;

/// A pattern that parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// `**`: any number of folders, also none.
    Folders,
    /// A name without wildcards.
    Plain(String),
    /// A name with `*` or `?`.
    Pattern(Vec<char>),
}

/// Why a pattern does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobError {
    /// Where in the pattern, in bytes.
    pub offset: usize,
    /// What is wrong.
    pub message: &'static str,
    /// The way out.
    pub hint: &'static str,
}

impl Glob {
    /// Whether `path` is a pattern at all: it has a `*` or a `?`. A path without is taken as it stands, and so is the address of a
    /// web server, where `?` begins a query.
    #[must_use]
    pub fn is_pattern(path: &str) -> bool {
        path.contains(['*', '?']) && !has_query(path)
    }

    /// Reads a pattern with `/` between names.
    ///
    /// # Errors
    /// `**` beside other characters in a name; `[…]` and `{…}`, which other tools know and this grammar does not.
    pub fn parse(pattern: &str) -> Result<Self, GlobError> {
        let error = |offset, message, hint| Err(GlobError { offset, message, hint });
        let mut parts = Vec::new();
        let mut offset = 0;
        for name in pattern.split('/') {
            if name == "**" {
                // `**/**` means the same as `**`, and would only cost time.
                if parts.last() != Some(&Part::Folders) {
                    parts.push(Part::Folders);
                }
            } else if let Some(at) = name.find("**") {
                return error(
                    offset + at,
                    "`**` must stand alone between slashes",
                    "write `**/*.gz` for any folder below",
                );
            } else if let Some(at) = name.find(['[', ']', '{', '}']) {
                return error(
                    offset + at,
                    "`[…]` and `{…}` mean nothing in a pattern",
                    "use `?` or `*`, or list the paths one by one",
                );
            } else if Self::is_pattern(name) {
                parts.push(Part::Pattern(name.chars().collect()));
            } else if parts.is_empty() || !name.is_empty() {
                parts.push(Part::Plain(name.to_owned()));
            }
            offset += name.len() + 1;
        }
        Ok(Self { parts })
    }

    /// The leading names without wildcards, joined: the folder to list from. Empty means the base folder.
    #[must_use]
    pub fn fixed_prefix(&self) -> String {
        let plain = self.parts.iter().map_while(|part| match part {
            Part::Plain(name) => Some(name.as_str()),
            _ => None,
        });
        let names: Vec<&str> = plain.collect();
        if names == [""] { "/".to_owned() } else { names.join("/") }
    }

    /// Whether a whole `/`-separated path matches. `*` and `**` also match names that start with a dot.
    ///
    /// Takes time at most proportional to (length of the pattern) × (length of the path).
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        wildcard(
            &self.parts,
            &names,
            |part| *part == Part::Folders,
            |part, name| match part {
                Part::Folders => false,
                Part::Plain(plain) => plain == name,
                Part::Pattern(pattern) => {
                    let name: Vec<char> = name.chars().collect();
                    wildcard(pattern, &name, |c| *c == '*', |pattern, c| *pattern == '?' || pattern == c)
                }
            },
        )
    }
}

/// Matches a sequence with "any number of anything" items. Going back to the last such item only is enough, because an
/// earlier one can always be taken as short as possible.
fn wildcard<P, T>(pattern: &[P], items: &[T], is_star: impl Fn(&P) -> bool, fits: impl Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut i) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while i < items.len() {
        if p < pattern.len() && is_star(&pattern[p]) {
            back = Some((p, i));
            p += 1;
        } else if p < pattern.len() && fits(&pattern[p], &items[i]) {
            p += 1;
            i += 1;
        } else if let Some((star, taken)) = back {
            back = Some((star, taken + 1));
            p = star + 1;
            i = taken + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matching() {
        let cases = [
            ("a/*.gz", "a/x.gz", true),
            ("a/*.gz", "a/b/x.gz", false),
            ("a/**/*.gz", "a/x.gz", true),
            ("a/**/*.gz", "a/b/c/x.gz", true),
            ("a/**/*.gz", "b/x.gz", false),
            ("../d/?.txt", "../d/1.txt", true),
            ("../d/?.txt", "../d/12.txt", false),
            ("/abs/*", "/abs/x", true),
            ("**", "any/thing", true),
            ("a/**/b/**/c", "a/x/b/y/z/b/c", true),
            ("*é?", "caféx", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(Glob::parse(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn prefixes_and_errors() {
        assert_eq!(Glob::parse("../a/b/*.gz").unwrap().fixed_prefix(), "../a/b");
        assert_eq!(Glob::parse("/*.gz").unwrap().fixed_prefix(), "/");
        assert_eq!(Glob::parse("*.gz").unwrap().fixed_prefix(), "");
        assert_eq!(Glob::parse("data/**.gz").unwrap_err().offset, 5);
        assert_eq!(Glob::parse("data/{a,b}*.gz").unwrap_err().offset, 5);
    }

    #[test]
    fn many_stars_end_fast() {
        let pattern = "*a".repeat(500) + "b";
        assert!(!Glob::parse(&pattern).unwrap().matches(&"a".repeat(20_000)));
        let folders = "**/a/".repeat(300) + "b*";
        assert!(!Glob::parse(&folders).unwrap().matches(&"a/".repeat(3_000)));
    }
}
