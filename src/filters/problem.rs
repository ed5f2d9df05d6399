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

/// All codes with what they mean and what to do, for `gristmill explain`.
pub const CODES: &[(&str, &str)] = &[
    (
        "F001",
        "The file is not valid TOML at this place. A common cause is a missing quote, bracket or comma a line above. \
        Text over several lines stands in `\"\"\"`.",
    ),
    (
        "F002",
        "A key that means nothing here. Keys are never ignored, since a misspelt one would silently leave a default in \
        force. The README section \"A new rule is one file\" lists every key.",
    ),
    ("F003", "The key takes another type of value: text in quotes, numbers without, tables in curly brackets."),
    ("F004", "A key that must be there is missing: a filter needs a `title`, a rule a `name`, a `metric` and a bound."),
    (
        "F005",
        "No metric has this name. `gristmill filters list --metrics WORD` shows all whose name or description holds a \
        word, with unit and range.",
    ),
    (
        "F006",
        "A rule, and each of its languages, takes exactly one of `above`, `below`, `at-least`, `at-most`: documents whose \
        value lies beyond it are dropped. Two bounds on one metric are two rules. A rule may go without only if \
        `languages` names bounds: it then holds in those languages alone.",
    ),
    (
        "F007",
        "The metric can never reach the bound, so the rule drops nothing. Shares run from 0 to 1: 30 was perhaps meant \
        as 0.30. For one language, write `xx = \"off\"` to leave the rule out on purpose.",
    ),
    ("F008", "No document can pass: the rule, or two rules on one metric together, trip on every value."),
    ("F009", "Two rules or two examples of the file have the same name. Names tell them apart in reports and ledgers."),
    ("F010", "The value is not one of the words that the key knows. The hint names the nearest, or all of them."),
    (
        "F011",
        "A kind of word list that does not exist, or a list file that does not exist or cannot be read. A list is an \
        array of words in the file, or the name of a list that comes with gristmill.",
    ),
    ("F012", "An example or override names a rule that the filter does not have."),
    ("F013", "A number that cannot be meant: not a number, negative, or out of range."),
    ("F014", "A filter needs at least one `[[rule]]` or `[[edit]]`."),
    (
        "F015",
        "An earlier rule on the same metric with the same or a stricter bound always fires first. The rule changes \
        nothing; its examples can only say `trips`.",
    ),
    (
        "F016",
        "The word list has no words. A rule that asks for at least so many of them drops every document in that \
        language, one that asks for at most so many drops none. Without the list the count is not measurable, and no \
        rule trips.",
    ),
    (
        "F017",
        "A threshold file given to `gristmill filters import` is not of FineWeb-2's form: a mapping of ten keys to \
        numbers, to pairs of n and bound, and to stop words. Words that YAML reads as truth values or numbers (`no`, `on`) \
        must stand in quotes.",
    ),
];

/// The long text of a code; small letters will do.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, text)| *text)
}

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
