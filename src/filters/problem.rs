use std::ops::Range;

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The filter cannot be used.
    Error,
    /// The filter works, but likely not as meant.
    Warning,
}

/// Something wrong with a filter file: where, what, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable code, `F001` and so on; see [`CODES`].
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Bytes of the file that it is about.
    pub span: Range<usize>,
    /// Line of the first byte, from 1.
    pub line: usize,
    /// Column of the first byte in code points, from 1.
    pub column: usize,
    /// What is wrong: lower-case first word, no final stop.
    pub message: String,
    /// One way out, fit to be pasted.
    pub hint: Option<String>,
}

/// All codes with a line of explanation, for `gristmill explain`.
pub const CODES: &[(&str, &str)] = &[
    ("F001", "the file is not valid TOML"),
    ("F002", "a key that means nothing here: keys are never ignored"),
    ("F003", "a value of another type than the key takes"),
    ("F004", "a key that must be there is missing"),
    ("F005", "a metric that does not exist; `gristmill filters metrics` lists all"),
    ("F006", "a rule takes exactly one of `above`, `below`, `at-least`, `at-most`"),
    ("F007", "the metric can never reach the bound: the rule never fires"),
    ("F008", "no document can pass: the rule, or two rules together, trip on every value"),
    ("F009", "two rules or two examples have the same name"),
    ("F010", "a value that is not one of the known words"),
    ("F011", "a word list that does not exist or cannot be read"),
    ("F012", "an example or override names a rule that does not exist"),
    ("F013", "a number that cannot be meant: not a number, negative, or out of range"),
    ("F014", "a filter needs at least one rule or edit"),
    ("F015", "an earlier rule on the same metric always fires first"),
];

/// Turns byte places into lines and columns.
pub(super) struct Places {
    text: String,
    line_starts: Vec<usize>,
}

impl Places {
    /// The places of a text.
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text: text.to_owned(), line_starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Line and column (both from 1) of a byte; the end for places behind it.
    pub fn of(&self, byte: usize) -> (usize, usize) {
        let byte = byte.min(self.text.len());
        let line = self.line_starts.partition_point(|&start| start <= byte);
        let start = self.line_starts[line - 1];
        let column = self.text[start..].char_indices().take_while(|(at, _)| start + at < byte).count();
        (line, column + 1)
    }
}
