//! A list of words or addresses, prepared for look-up.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::hash_list::HashList;

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
    /// It may be continued (`word*`, `*word*`).
    pub open_end: bool,
    /// It may stand inside a word (`*word*`).
    pub open_start: bool,
    /// How bad it is, 1 to 3; 1 in lists without severities.
    pub severity: u8,
}

/// A list of words, sorted for look-up.
#[derive(Debug, Clone, Default)]
pub struct WordList {
    /// Sorted by text, each text once.
    entries: Vec<Entry>,
    /// For each first byte, a bit for each length (63: that or more) of whole-word entries.
    lengths: Vec<u64>,
    /// The same for entries that may be continued.
    starts: Vec<u64>,
    /// A bit for each pair of first bytes of entries that begin a word.
    pairs: Vec<u64>,
    /// Places of the entries that may stand inside a word.
    inside: Vec<usize>,
    /// Finds them; made on first use.
    finder: OnceLock<Option<AhoCorasick>>,
    /// Finds every entry; made on first use.
    anywhere: OnceLock<Option<AhoCorasick>>,
    /// The length of the longest entry in bytes.
    longest: usize,
    /// The language is written without spaces: entries are found inside of words.
    unspaced: bool,
    /// The entries of a list that is too large to hold as text.
    hashed: Option<HashList>,
    /// Finds the entries with a space; made on first use.
    phrases: OnceLock<Option<AhoCorasick>>,
}

impl WordList {
    /// The list of plain words.
    pub fn of_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let plain = |word: &str| Entry { text: word.to_owned(), severity: 1, open_end: false, open_start: false };
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
            entries.push(parse_entry(line).map_err(|problem| ListError { line: place + 1, problem })?);
        }
        Ok(Self::of_entries(entries))
    }

    /// Sorts, merges equal texts (the higher severity stays) and prepares look-up.
    fn of_entries(mut entries: Vec<Entry>) -> Self {
        entries.sort();
        entries.dedup_by(|later, kept| {
            let same = (&later.text, later.open_start, later.open_end) == (&kept.text, kept.open_start, kept.open_end);
            if same {
                kept.severity = kept.severity.max(later.severity);
            }
            same
        });
        let (mut lengths, mut starts) = (vec![0_u64; 256], vec![0_u64; 256]);
        let mut pairs = vec![0_u64; 1024];
        for entry in entries.iter().filter(|entry| !entry.open_start) {
            let table = if entry.open_end { &mut starts } else { &mut lengths };
            let pair = pair_of(entry.text.as_bytes());
            pairs[pair / 64] |= 1 << (pair % 64);
            if let Some(&first) = entry.text.as_bytes().first() {
                table[usize::from(first)] |= 1 << entry.text.len().min(63);
            }
        }
        let places = entries.iter().enumerate().filter(|(_, entry)| entry.open_start);
        let inside = places.map(|(place, _)| place).collect();
        let longest = entries.iter().map(|entry| entry.text.len()).max().unwrap_or(0);
        Self { entries, lengths, starts, inside, pairs, longest, ..Self::default() }
    }

    /// A list of which only the hashes are kept.
    #[must_use]
    pub fn of_hashes(hashed: HashList) -> Self {
        Self { hashed: Some(hashed), ..Self::default() }
    }

    /// The hashes, in a list that keeps nothing else.
    #[must_use]
    pub fn hashed(&self) -> Option<&HashList> {
        self.hashed.as_ref()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len() + self.hashed.as_ref().map_or(0, HashList::len)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length of the longest entry in bytes.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The list as one of a language that is written without spaces.
    #[must_use]
    pub fn into_unspaced(mut self) -> Self {
        self.unspaced = true;
        self
    }

    /// Whether the language is written without spaces.
    #[must_use]
    pub fn unspaced(&self) -> bool {
        self.unspaced
    }

    /// Finds every occurrence of every entry, in exactly its case; pattern numbers are places of entries. `None` when
    /// there are no entries.
    #[must_use]
    pub fn anywhere(&self) -> Option<&AhoCorasick> {
        let build = || {
            let patterns = self.entries.iter().map(|entry| &entry.text);
            let finder = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns);
            finder.ok().filter(|_| !self.entries.is_empty())
        };
        self.anywhere.get_or_init(build).as_ref()
    }

    /// The list with every entry open at both ends, for searching in text without word borders.
    #[must_use]
    pub fn into_inside(mut self) -> Self {
        for entry in &mut self.entries {
            (entry.open_start, entry.open_end) = (true, true);
        }
        Self::of_entries(self.entries)
    }

    /// Finds the entries that may stand inside a word, the longest at each place; `None` when there are none.
    #[must_use]
    pub fn inside(&self) -> Option<&AhoCorasick> {
        let build = || {
            let patterns = self.inside.iter().map(|&place| &self.entries[place].text);
            let mut builder = AhoCorasick::builder();
            let finder = builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true).build(patterns);
            finder.ok().filter(|_| !self.inside.is_empty())
        };
        self.finder.get_or_init(build).as_ref()
    }

    /// Finds the entries with a space in them, in exactly their case; `None` when there are none.
    #[must_use]
    pub fn phrases(&self) -> Option<&AhoCorasick> {
        let mut phrases = self.entries.iter().map(|entry| &entry.text).filter(|text| text.contains(' ')).peekable();
        let build = || phrases.peek().is_some().then(|| AhoCorasick::new(phrases).ok()).flatten();
        self.phrases.get_or_init(build).as_ref()
    }

    /// The place of the entry that is pattern number `pattern` of [`WordList::inside`].
    #[must_use]
    pub fn inside_place(&self, pattern: usize) -> usize {
        self.inside[pattern]
    }

    /// The place of the shortest entry that may be continued and that `word` begins with.
    #[must_use]
    pub fn position_of_start(&self, word: &str) -> Option<usize> {
        let first = *word.as_bytes().first()?;
        let mut lengths = *self.starts.get(usize::from(first))?;
        while lengths != 0 {
            let length = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            // Length 63 stands for that or more: such an entry is compared with the whole word only.
            let start = if length == 63 { Some(word) } else { word.get(..length) };
            let found = start.and_then(|start| self.find(start, |entry| entry.open_end && !entry.open_start));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The place of an entry with that text and kind.
    fn find(&self, text: &str, kind: impl Fn(&Entry) -> bool) -> Option<usize> {
        let at = self.entries.partition_point(|entry| entry.text.as_str() < text);
        let same = self.entries[at..].iter().take_while(|entry| entry.text == text);
        same.enumerate().find(|(_, entry)| kind(entry)).map(|(offset, _)| at + offset)
    }

    /// Whether an entry that begins a word begins with the same two bytes as `word` (one, if it has no more).
    #[inline]
    pub(super) fn may_begin(&self, word: &[u8]) -> bool {
        let known = |pair: usize| self.pairs.get(pair / 64).is_some_and(|bits| bits & (1 << (pair % 64)) != 0);
        known(pair_of(word)) || known(pair_of(&word[..word.len().min(1)]))
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
        self.find(word, |entry| !entry.open_end && !entry.open_start)
    }
}

/// The number of the first two bytes.
#[inline]
fn pair_of(word: &[u8]) -> usize {
    let byte = |at: usize| usize::from(word.get(at).copied().unwrap_or(0));
    byte(0) << 8 | byte(1)
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
    if !open_start && text.contains(char::is_whitespace) {
        return Err("an entry is one word; a phrase needs `*` at both ends");
    }
    if text.contains('*') {
        return Err("`*` may stand only at the start and the end");
    }
    Ok(Entry { text: text.to_owned(), severity, open_end, open_start })
}
