//! From the text of a list file to a list, as the program that a filter reproduces reads it.

use super::hash_list::HashList;
use super::lists::Role;
use super::url::bare_address;
use super::word_list::WordList;
use crate::text::python;

/// Who reads a list: programs differ in what they strip, lower-case and pass over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// Our own: entries are stripped, blank lines and lines that start with `#` passed over; what is compared without
    /// regard to case is lower-cased.
    #[default]
    Own,
    /// datatrove's `URLFilter` and `C4BadWordsFilter`: words for URLs are reduced to their ASCII letters and digits and
    /// lower-cased, domains and URLs only stripped; lines that start with `#` are passed over (not in bad words), blank
    /// lines are entries.
    Datatrove,
    /// DCLM's `url_substring_filter`: lines by `str.splitlines`, lower-cased, not stripped; there are no comments.
    Dclm,
    /// `c4_utils`: lines are stripped; there are no comments.
    C4Utils,
}

/// One file of a list.
#[derive(Debug, Clone, Copy)]
pub struct ListPart<'p> {
    /// The category that the file stands for; empty if there are none.
    pub label: &'p str,
    /// The content.
    pub text: &'p str,
}

/// Why a list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ReadingError {
    /// The place of the part that it is about.
    pub part: usize,
    /// What is wrong.
    pub problem: String,
}

/// Languages that C4 looks for bad words in without word borders.
const UNSPACED: [&str; 3] = ["ja", "th", "zh"];

/// Reads a list from its files. What a word list holds is small; the entries of lists of domains, hosts and URLs are kept
/// as hashes, part by part.
///
/// # Errors
/// The first part that cannot be read.
pub fn read_list(
    role: Role,
    reading: Reading,
    language: &str,
    parts: &[ListPart<'_>],
) -> Result<WordList, ReadingError> {
    if matches!(role, Role::UrlDomains | Role::UrlHosts | Role::UrlUrls) {
        let mut list = HashList::default();
        for part in parts {
            list.push(part.label, hashes(role, reading, part.text));
        }
        return Ok(WordList::of_hashes(list));
    }
    if reading == Reading::Own && role != Role::BadWords && role != Role::BadWordsAllowed {
        // A list in several files is one list: lines keep their places in the first, which is the usual one.
        let all: Vec<&str> = parts.iter().map(|part| part.text).collect();
        let list = WordList::parse(&all.join("\n"));
        let list = list.map_err(|error| ReadingError { part: 0, problem: error.to_string() })?;
        return Ok(if role == Role::UrlSubwords { list.into_inside() } else { list });
    }
    let mut entries = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        words(role, reading, part.text, &mut entries)
            .map_err(|line| ReadingError { part: place, problem: blank(line, reading) })?;
    }
    let list = WordList::of_words(entries.iter().map(String::as_str));
    Ok(match role {
        Role::UrlSubwords => list.into_inside(),
        Role::BadWords if UNSPACED.contains(&language) => list.into_unspaced(),
        _ => list,
    })
}

/// What is wrong with a blank line that the program takes for a pattern.
fn blank(line: usize, reading: Reading) -> String {
    let who = match reading {
        Reading::Own => "gristmill",
        Reading::Datatrove => "datatrove",
        Reading::Dclm => "DCLM",
        Reading::C4Utils => "c4_utils",
    };
    format!("line {line}: blank, which {who} would find in nearly every document")
}

/// The hashes of a list of domains, hosts or URLs.
fn hashes(role: Role, reading: Reading, text: &str) -> Vec<u64> {
    match reading {
        Reading::Dclm => {
            python::splitlines(text).into_iter().map(|line| HashList::hash(&python::lower(line))).collect()
        }
        Reading::Datatrove | Reading::C4Utils => {
            let lines = file_lines(text).filter(|line| !line.starts_with('#'));
            lines.map(|line| HashList::hash(python::strip(line))).collect()
        }
        Reading::Own => {
            let entries = own_entries(text).map(str::to_lowercase);
            let entries = entries.map(|entry| match role {
                Role::UrlUrls => HashList::hash(&bare_address(&entry)),
                _ => HashList::hash(entry.trim_start_matches("*.").trim_matches('.')),
            });
            entries.collect()
        }
    }
}

/// The entries of a small list; the line of a blank one where that cannot be meant.
fn words(role: Role, reading: Reading, text: &str, out: &mut Vec<String>) -> Result<(), usize> {
    match reading {
        Reading::Own => out.extend(own_entries(text).map(python::lower)),
        Reading::Datatrove if role != Role::BadWords && role != Role::BadWordsAllowed => {
            let lines = file_lines(text).filter(|line| !line.starts_with('#'));
            let entries = lines.map(alphanumeric).filter(|entry| role != Role::UrlSubwords || !entry.is_empty());
            out.extend(entries);
        }
        Reading::Dclm => {
            for (line, entry) in (1..).zip(python::splitlines(text)) {
                out.push(if entry.is_empty() { return Err(line) } else { python::lower(entry) });
            }
        }
        Reading::Datatrove | Reading::C4Utils => {
            for (line, entry) in (1..).zip(file_lines(text)) {
                let entry = python::strip(entry);
                out.push(if entry.is_empty() { return Err(line) } else { entry.to_owned() });
            }
        }
    }
    Ok(())
}

/// Stripped lines without blank ones and comments.
fn own_entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The lines of a file as Python iterates over one opened as text: ended by `\n`, `\r` or both, the last end optional.
fn file_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line = &rest[..end];
        let ending = if rest[end..].starts_with("\r\n") { 2 } else { usize::from(end < rest.len()) };
        rest = &rest[end + ending..];
        Some(line)
    })
}

/// The ASCII letters and digits of a text, in small letters.
pub(super) fn alphanumeric(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(role: Role, reading: Reading, text: &str) -> Vec<String> {
        let list = read_list(role, reading, "en", &[ListPart { label: "", text }]).unwrap();
        list.entries().iter().map(|entry| entry.text.clone()).collect()
    }

    #[test]
    fn each_program_reads_a_list_in_its_own_way() {
        let text = "# x\nFoo-Bar\r\n\n ba z \rlast";
        assert_eq!(texts(Role::UrlWords, Reading::Datatrove, text), ["", "baz", "foobar", "last"]);
        assert_eq!(texts(Role::UrlSubwords, Reading::Datatrove, text), ["baz", "foobar", "last"]);
        assert_eq!(texts(Role::UrlWords, Reading::Dclm, "# X\nFoo-Bar\u{85}c "), ["# x", "c ", "foo-bar"]);
        assert_eq!(texts(Role::BadWords, Reading::C4Utils, "#a\n b c \nD\n"), ["#a", "D", "b c"]);
        assert_eq!(texts(Role::BadWords, Reading::Own, "#a\n b c \n\nD\n"), ["b c", "d"]);
        let part = |text| [ListPart { label: "", text }];
        for (reading, text, line) in
            [(Reading::Dclm, "a\n\n", 2), (Reading::C4Utils, "\na", 1), (Reading::Datatrove, "a\n \t\nb", 2)]
        {
            let error = read_list(Role::BadWords, reading, "en", &part(text)).unwrap_err();
            assert!(error.problem.starts_with(&format!("line {line}: blank")), "{reading:?}");
        }
        assert!(read_list(Role::BadWords, Reading::C4Utils, "ja", &part("a")).unwrap().unspaced());
    }

    #[test]
    fn domains_and_addresses_are_kept_as_hashes() {
        let list = |role, reading, text| read_list(role, reading, "any", &[ListPart { label: "", text }]).unwrap();
        let own = list(Role::UrlDomains, Reading::Own, "# c\nBad.Example\n.sub.example.\n*.wild.example\n\n");
        let own = own.hashed().unwrap();
        let known = ["bad.example", "sub.example", "wild.example", ""].map(|text| own.find_text(text).is_some());
        assert_eq!(known, [true, true, true, false]);
        let urls = list(Role::UrlUrls, Reading::Own, "HTTPS://me@Bad.example:80/Path/\n");
        assert!(urls.hashed().unwrap().find_text("bad.example/path").is_some());
        let blank = list(Role::UrlDomains, Reading::Datatrove, "A.b\n\n");
        assert!(["A.b", ""].iter().all(|text| blank.hashed().unwrap().find_text(text).is_some()));
    }
}
