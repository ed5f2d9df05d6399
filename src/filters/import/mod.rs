//! Filter files from the threshold files of other projects.
//!
//! FineWeb-2 publishes one YAML file of bounds and stop words per language (`configs/*.yml`) and the program that applies
//! them (`fineweb-2-pipeline.py`). [`LanguageBounds::read`] reads such a file, [`write`] makes one filter file of any
//! number of them: the rules in the order of that program, with bounds and stop words per language.

mod emit;
mod examples;
mod fineweb2;
mod recipe;
mod yaml;

pub use fineweb2::{Imported, LanguageBounds, Options, write};

pub(crate) use self::emit::{number, paragraph, quote, words};

/// Why a file cannot be imported: where, what, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ImportError {
    /// The line, from 1; 0 when it is about the file as a whole.
    pub line: usize,
    /// The column, from 1; 0 when it is about the file as a whole.
    pub column: usize,
    /// What is wrong: lower-case first word, no final stop.
    pub message: String,
    /// One way out.
    pub hint: Option<String>,
}

impl ImportError {
    fn new(line: usize, column: usize, message: String) -> Self {
        Self { line, column, message, hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[cfg(test)]
mod tests;
