//! The form of the config: which keys there are, what they take, what they mean, what they default to.
//!
//! One table, from which come the checks, the defaults, the JSON schema, the full reference and the canonical form.

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number in a closed range.
    Int(i64, i64),
    /// A number in a closed range.
    Float(f64, f64),
    /// Bytes: a number, or text with a unit; in a closed range.
    Size(u64, u64),
    /// The number of the config's form; only 1 exists.
    Version,
    /// Any text that is not empty.
    Text,
    /// A name: small letters, digits, `-`, `_`.
    Name,
    /// A path, relative to the config file.
    Path,
    /// A SHA-256 in 64 hexadecimal digits.
    Sha256,
    /// What a dedup looks at: `text`, `url` or `field:NAME`.
    Target,
    /// One of a closed set of words, each with its meaning.
    Word(&'static [(&'static str, &'static str)]),
    /// A list of such words.
    Words(&'static [(&'static str, &'static str)]),
    /// A list of texts that are not empty.
    Texts,
    /// A list of paths or patterns, not empty.
    Paths,
    /// A table from names to numbers.
    Numbers,
    /// A path, or a list of paths.
    OneOrMorePaths,
    /// A table from roles of lists to where the lists come from.
    Lists,
    /// A table.
    Table(&'static Table),
    /// Several tables, in order: `[[…]]`.
    Tables(&'static Table),
    /// A table whose keys depend on the word in one of them (the tag).
    Tagged(&'static str, &'static [(&'static str, &'static Table)]),
    /// Either of two kinds that TOML can tell apart.
    Either(&'static Kind, &'static Kind),
}

impl Kind {
    /// The table that an inline or `[header]` table of this kind is written by; not for tagged ones.
    #[must_use]
    pub fn table(&self) -> Option<&'static Table> {
        match self {
            Self::Table(table) => Some(table),
            Self::Either(_, second) => second.table(),
            _ => None,
        }
    }

    /// The closed set of words that the kind takes, if it takes one.
    #[must_use]
    pub fn words(&self) -> Option<&'static [(&'static str, &'static str)]> {
        match self {
            Self::Word(words) | Self::Words(words) => Some(words),
            Self::Either(first, _) => first.words(),
            _ => None,
        }
    }
}

/// The value of a key that is not given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Default {
    /// The key must be given.
    Required,
    /// None: the key may be absent, and then nothing stands in for it.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text, a word, or a size with its unit.
    Text(&'static str),
    /// A list of texts.
    List(&'static [&'static str]),
    /// A table with every key at its own default.
    Table,
    /// Worked out from other keys, as the words say.
    Derived(&'static str),
}

/// What changes when the key's value changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The output, or what the run directory records of it: part of the fingerprint.
    Output,
    /// Neither: not part of the fingerprint, and free to change between a run and its continuation.
    Nothing,
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What stands in for it.
    pub default: Default,
    /// What depends on it.
    pub effect: Effect,
    /// What it means: one or two sentences, first letter small, no final stop.
    pub doc: &'static str,
    /// A TOML value for the reference, where the default cannot serve.
    pub example: &'static str,
}

impl Key {
    /// A key that changes the output.
    const fn new(name: &'static str, kind: Kind, default: Default, doc: &'static str) -> Self {
        Self { name, kind, default, effect: Effect::Output, doc, example: "" }
    }

    const fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    const fn no_effect(mut self) -> Self {
        self.effect = Effect::Nothing;
        self
    }
}

/// The keys of one kind of table.
#[derive(Debug)]
pub struct Table {
    /// The table as messages call it: `[limits]`, `dedup`.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Its keys, in the order of the documentation.
    pub keys: &'static [Key],
    /// Keys of which exactly one must be given; empty if there is no such choice.
    pub one_of: &'static [&'static str],
}

impl Table {
    /// The key called `name`.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// ` in `NAME`` for messages; nothing for the config itself.
    #[must_use]
    pub fn within(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!(" in `{}`", self.name) }
    }

    /// Whether the table stands under a header of its own rather than in one line.
    #[must_use]
    pub fn has_header(&self) -> bool {
        self.name.starts_with('[')
    }

    /// The names of all keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let keys: &'static [Key] = self.keys;
        keys.iter().map(|key| key.name)
    }
}

/// The table that a tagged table's `tag` word chooses; the first one when there is no such word.
#[must_use]
pub fn variant(variants: &'static [(&'static str, &'static Table)], word: Option<&str>) -> &'static Table {
    let chosen = variants.iter().find(|(name, _)| Some(*name) == word);
    chosen.or(variants.first()).map_or(&EMPTY, |(_, table)| table)
}

static EMPTY: Table = Table { name: "table", doc: "", keys: &[], one_of: &[] };

mod tables;
pub use tables::{CATEGORIES, ROOT, STEP_KINDS};
