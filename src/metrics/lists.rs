//! Word lists that a filter brings along, looked up by role and language.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What a word list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Frequent function words; compared in exactly their case.
    StopWords,
    /// Insulting, obscene or hateful words with a severity; compared after folding.
    Toxic,
    /// Host names and registered domains.
    UrlDomains,
    /// Words of which one in the URL is enough.
    UrlWords,
    /// Words of which the URL may hold a few.
    UrlSoftWords,
    /// Character sequences looked for anywhere in the letters and digits of the URL.
    UrlSubwords,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [
        Self::StopWords,
        Self::Toxic,
        Self::UrlDomains,
        Self::UrlWords,
        Self::UrlSoftWords,
        Self::UrlSubwords,
    ];

    /// The name in filter files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StopWords => "stop-words",
            Self::Toxic => "toxic",
            Self::UrlDomains => "url-domains",
            Self::UrlWords => "url-words",
            Self::UrlSoftWords => "url-soft-words",
            Self::UrlSubwords => "url-subwords",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A line of a list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ListError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The word, without the marks below.
    pub text: String,
    /// How bad it is, 1 to 3; 1 in lists without severities.
    pub severity: u8,
    /// It may be continued (`word*`, `*word*`).
    pub open_end: bool,
    /// It may stand inside a word (`*word*`).
    pub open_start: bool,
}

/// A list of words, sorted for look-up.
#[derive(Debug, Clone, Default)]
pub struct WordList {
    /// Sorted by text, each text once.
    entries: Vec<Entry>,
    /// For each first byte, a bit for each length (63: that or more) of whole-word entries.
    lengths: Vec<u64>,
}

impl WordList {
    /// The list of plain words.
    pub fn of_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let plain = |word: &str| Entry {
            text: word.to_owned(),
            severity: 1,
            open_end: false,
            open_start: false,
        };
        Self::of_entries(words.into_iter().map(plain).collect())
    }

    /// Reads a list file: one entry a line, `#` starts a comment line, blank lines are passed over. An entry may begin
    /// with a severity 1, 2 or 3 and a space, and have `*` at its end, or at both ends, where it may be continued.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, ListError> {
        let mut entries = Vec::new();
        for (place, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            entries.push(parse_entry(line).map_err(|problem| ListError {
                line: place + 1,
                problem,
            })?);
        }
        Ok(Self::of_entries(entries))
    }

    /// Sorts, merges equal texts (the higher severity stays) and prepares look-up.
    fn of_entries(mut entries: Vec<Entry>) -> Self {
        entries.sort();
        entries.dedup_by(|later, kept| {
            let same = (&later.text, later.open_start, later.open_end)
                == (&kept.text, kept.open_start, kept.open_end);
            if same {
                kept.severity = kept.severity.max(later.severity);
            }
            same
        });
        let mut lengths = vec![0_u64; 256];
        for entry in entries
            .iter()
            .filter(|entry| !entry.open_end && !entry.open_start)
        {
            if let Some(&first) = entry.text.as_bytes().first() {
                lengths[usize::from(first)] |= 1 << entry.text.len().min(63);
            }
        }
        Self { entries, lengths }
    }

    /// The entries, sorted by text.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The place of a whole-word entry that equals `word`.
    #[must_use]
    pub fn position(&self, word: &str) -> Option<usize> {
        let first = *word.as_bytes().first()?;
        if self.lengths.get(usize::from(first))? & (1 << word.len().min(63)) == 0 {
            return None;
        }
        let at = self
            .entries
            .partition_point(|entry| entry.text.as_str() < word);
        let same = self.entries[at..]
            .iter()
            .take_while(|entry| entry.text == word);
        same.enumerate()
            .find(|(_, entry)| !entry.open_end && !entry.open_start)
            .map(|(offset, _)| at + offset)
    }
}

/// One entry from its line.
fn parse_entry(line: &str) -> Result<Entry, &'static str> {
    let (severity, word) = match line.split_once(' ') {
        Some((number @ ("1" | "2" | "3"), rest)) => (number.as_bytes()[0] - b'0', rest.trim()),
        _ => (1, line),
    };
    let open_start = word.starts_with('*');
    let open_end = word.ends_with('*');
    let text = word.trim_matches('*');
    if text.is_empty() {
        return Err("an entry needs at least one character");
    }
    if open_start && !open_end {
        return Err("`*` at the start needs a `*` at the end as well");
    }
    if text.contains('*') {
        return Err("`*` may stand only at the start and the end");
    }
    Ok(Entry {
        text: text.to_owned(),
        severity,
        open_end,
        open_start,
    })
}

/// Word lists by role and language.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    lists: BTreeMap<Role, BTreeMap<String, Arc<WordList>>>,
}

impl Lists {
    /// The language of a list that serves where there is none for the document's own.
    pub const ANY: &'static str = "any";

    /// Sets the list of a role for a language code or [`Lists::ANY`].
    pub fn insert(&mut self, role: Role, language: impl Into<String>, list: Arc<WordList>) {
        self.lists
            .entry(role)
            .or_default()
            .insert(language.into(), list);
    }

    /// The list of a role: that of the language, else of its primary subtag (`eng` of `eng_Latn`, `pt` of `pt-BR`),
    /// else the one for any language.
    #[must_use]
    pub fn get(&self, role: Role, language: Option<&str>) -> Option<&WordList> {
        let lists = self.lists.get(&role)?;
        let exact = |language: &str| lists.get(language).map(AsRef::as_ref);
        let primary = |language: &str| language.split(['-', '_']).next().and_then(exact);
        language
            .and_then(|language| exact(language).or_else(|| primary(language)))
            .or_else(|| exact(Self::ANY))
    }

    /// All lists of a role with their languages, in the order of the codes.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = (&str, &Arc<WordList>)> {
        self.lists
            .get(&role)
            .into_iter()
            .flatten()
            .map(|(language, list)| (language.as_str(), list))
    }
}

/// Which entries of a list have occurred.
pub(super) struct Seen<'l> {
    list: &'l WordList,
    bits: Vec<u64>,
}

impl<'l> Seen<'l> {
    /// None yet.
    pub fn new(list: &'l WordList) -> Self {
        Self {
            list,
            bits: vec![0; list.entries.len().div_ceil(64)],
        }
    }

    /// Notes a word, if it is in the list.
    #[inline]
    pub fn note(&mut self, word: &str) {
        if let Some(place) = self.list.position(word) {
            self.bits[place / 64] |= 1 << (place % 64);
        }
    }

    /// How many different entries have occurred.
    pub fn distinct(&self) -> usize {
        self.bits
            .iter()
            .map(|bits| bits.count_ones() as usize)
            .sum()
    }
}
