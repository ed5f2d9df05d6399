//! Places in the texts a config is made of, and values that remember theirs.

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

/// A range of bytes in one of the texts that were parsed: the config file, or one `--set` text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which text: 0 is the config file, n is the n-th override, [`Place::NOWHERE`]'s number stands for none.
    pub text: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Place {
    /// The place of a value that nobody wrote: a default.
    pub const NOWHERE: Self = Self { text: u32::MAX, start: 0, end: 0 };

    /// The place of `range` in text number `text`.
    #[must_use]
    pub fn new(text: u32, range: Range<usize>) -> Self {
        let narrow = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Self { text, start: narrow(range.start), end: narrow(range.end) }
    }

    /// Whether somebody wrote the value.
    #[must_use]
    pub fn is_written(self) -> bool {
        self.text != u32::MAX
    }
}

/// A value with the place where it was written. Serialises as the bare value.
#[derive(Debug, Clone, PartialEq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands; [`Place::NOWHERE`] for defaults.
    pub place: Place,
}

impl<T> Located<T> {
    /// A value that was written at `place`.
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }
}

impl<T: Serialize> Serialize for Located<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// One text with its name, shared by all diagnostics about it.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceText {
    /// What the user calls it: the path as typed, or `--set`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// The texts that places refer to: the config file first, then the overrides in the order given.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    texts: Vec<Arc<SourceText>>,
}

impl Texts {
    /// No texts yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and returns its number.
    pub fn add(&mut self, name: &str, text: &str) -> u32 {
        self.texts.push(Arc::new(SourceText { name: name.to_owned(), text: text.to_owned() }));
        u32::try_from(self.texts.len() - 1).unwrap_or(u32::MAX)
    }

    /// The text with this number.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&Arc<SourceText>> {
        self.texts.get(number as usize)
    }
}
