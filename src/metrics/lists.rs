//! Word lists that a filter brings along, looked up by role and language.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::word_list::WordList;
use crate::language::{Tag, TagMap};

/// What a word list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Frequent function words; compared in exactly their case.
    StopWords,
    /// Insulting, obscene or hateful words with a severity; compared after folding.
    Toxic,
    /// Words and phrases that pages are judged by, compared as each recipe does.
    BadWords,
    /// Entries of `bad-words` that drop nothing.
    BadWordsAllowed,
    /// Host names and registered domains, each with everything under it. Kept as hashes.
    UrlDomains,
    /// Host names, without what is under them. Kept as hashes.
    UrlHosts,
    /// Addresses. Kept as hashes.
    UrlUrls,
    /// Words of which one in the URL is enough.
    UrlWords,
    /// Words of which the URL may hold a few.
    UrlSoftWords,
    /// Character sequences looked for anywhere in the letters and digits of the URL.
    UrlSubwords,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 10] = [
        Self::StopWords,
        Self::Toxic,
        Self::BadWords,
        Self::BadWordsAllowed,
        Self::UrlDomains,
        Self::UrlHosts,
        Self::UrlUrls,
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
            Self::BadWords => "bad-words",
            Self::BadWordsAllowed => "bad-words-allowed",
            Self::UrlDomains => "url-domains",
            Self::UrlHosts => "url-hosts",
            Self::UrlUrls => "url-urls",
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

/// Word lists by role and language.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    lists: BTreeMap<Role, TagMap<Arc<WordList>>>,
}

impl Lists {
    /// The language of a list that serves where there is none for the document's own.
    pub const ANY: &'static str = "any";

    /// Sets the list of a role for a language code or [`Lists::ANY`].
    pub fn insert(&mut self, role: Role, language: impl Into<String>, list: Arc<WordList>) {
        let own = self.lists.remove(&role).unwrap_or_default();
        let all = own.iter().map(|(tag, list)| (tag.to_owned(), Arc::clone(list)));
        let all: Vec<_> = all.chain([(language.into(), list)]).collect();
        self.lists.insert(role, TagMap::new(all));
    }

    /// Sets all lists of a role.
    pub fn insert_all(&mut self, role: Role, lists: Vec<(String, Arc<WordList>)>) {
        self.lists.insert(role, TagMap::new(lists));
    }

    /// The list of a role: that of the language (see [`crate::language::Tag::fits`]), else the one for any language.
    #[must_use]
    pub fn get(&self, role: Role, language: Option<&str>) -> Option<&WordList> {
        let lists = self.lists.get(&role)?;
        let of = |tag: &str| lists.get(&Tag::of(tag)).map(AsRef::as_ref);
        language.and_then(of).or_else(|| of(Self::ANY))
    }

    /// Takes over all lists of `other`; those of the same role go.
    pub fn replace(&mut self, other: &Self) {
        self.lists.extend(other.lists.clone());
    }

    /// All lists of a role with their languages, in the order of the codes.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = (&str, &Arc<WordList>)> {
        self.lists.get(&role).into_iter().flat_map(TagMap::iter)
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
        Self { list, bits: vec![0; list.entries().len().div_ceil(64)] }
    }

    /// Notes a word, if it is in the list.
    #[inline]
    pub fn note(&mut self, word: &str) {
        if let Some(place) = self.list.position(word) {
            self.mark(place);
        }
    }

    /// Notes the entry at `place`.
    pub fn mark(&mut self, place: usize) {
        self.bits[place / 64] |= 1 << (place % 64);
    }

    /// How many different entries have occurred.
    pub fn distinct(&self) -> usize {
        self.bits.iter().map(|bits| bits.count_ones() as usize).sum()
    }
}
