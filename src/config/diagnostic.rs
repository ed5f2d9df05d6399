//! What is wrong with a config, where, and the way out.

use std::ops::Range;
use std::sync::Arc;

use super::place::{Place, SourceText, Texts};
use crate::storage::address::masked;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is run.
    Error,
    /// The run is possible, but likely not what was meant. `check --deny-warnings` refuses it.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One finding, complete: it can be shown without anything else at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code, such as `C012`; see [`super::codes`].
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// The text it is about, if any: name and content.
    pub source: Option<Arc<SourceText>>,
    /// Bytes of that text.
    pub span: Range<usize>,
    /// Line of the first byte, from 1; 0 when there is no text.
    pub line: usize,
    /// Column of the first byte in characters, from 1; 0 when there is no text.
    pub column: usize,
    /// What is wrong: lower-case first word, no final stop.
    pub message: String,
    /// A word or two at the place itself.
    pub label: Option<String>,
    /// One way out, fit to be pasted.
    pub hint: Option<String>,
    /// Where to learn more.
    pub help: Option<String>,
}

impl Diagnostic {
    /// The name of the text it is about, or the empty text.
    #[must_use]
    pub fn file(&self) -> &str {
        self.source.as_ref().map_or("", |source| &source.name)
    }
}

/// A finding on its way: the place is still a number of a text.
#[derive(Debug, Clone)]
pub struct Finding {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) place: Place,
    pub(super) message: String,
    pub(super) label: Option<String>,
    pub(super) hint: Option<String>,
    pub(super) help: Option<String>,
}

impl Finding {
    /// An error at `place`.
    #[must_use]
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, severity: Severity::Error, place, message, label: None, hint: None, help: None }
    }

    /// A warning at `place`.
    #[must_use]
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// With a word or two at the place itself.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// With a way out.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// With a way out, if there is one.
    #[must_use]
    pub fn maybe_hint(mut self, text: Option<String>) -> Self {
        self.hint = text;
        self
    }

    /// With a pointer to more.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// Sorts findings by place and works out lines and columns, in time linear in texts and findings.
#[must_use]
pub fn locate(mut findings: Vec<Finding>, texts: &Texts) -> Vec<Diagnostic> {
    findings.sort_by(|a, b| (a.place, a.severity, a.code, &a.message).cmp(&(b.place, b.severity, b.code, &b.message)));
    let mut cursor = Cursor::default();
    findings.into_iter().map(|finding| cursor.place(finding, texts)).collect()
}

/// Walks forward through a text, counting lines and characters once.
#[derive(Default)]
struct Cursor {
    text: Option<u32>,
    byte: usize,
    line: usize,
    column: usize,
}

impl Cursor {
    fn place(&mut self, finding: Finding, texts: &Texts) -> Diagnostic {
        let Finding { code, severity, place, message, label, hint, help } = finding;
        let mut diagnostic = Diagnostic {
            code,
            severity,
            source: None,
            span: 0..0,
            line: 0,
            column: 0,
            message: clean(message),
            label: label.map(clean),
            hint: hint.map(clean),
            help: help.map(clean),
        };
        if let Some(source) = texts.get(place.text) {
            let start = floor_char_boundary(&source.text, place.start as usize);
            let end = floor_char_boundary(&source.text, place.end as usize).max(start);
            if self.text != Some(place.text) {
                *self = Self { text: Some(place.text), byte: 0, line: 1, column: 1 };
            }
            for character in source.text[self.byte..start].chars() {
                if character == '\n' {
                    self.line += 1;
                    self.column = 1;
                } else {
                    self.column += 1;
                }
            }
            self.byte = start;
            diagnostic.source = Some(Arc::clone(source));
            diagnostic.span = start..end;
            diagnostic.line = self.line;
            diagnostic.column = self.column;
        }
        diagnostic
    }
}

fn floor_char_boundary(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// Text from outside, fit for a message: in backticks, secrets of addresses covered, control and invisible characters escaped, long
/// texts cut.
#[must_use]
pub fn quoted(text: &str) -> String {
    const MOST: usize = 80;
    let mut out = String::from("`");
    for (index, character) in masked(text).chars().enumerate() {
        if index == MOST {
            out.push('…');
            break;
        }
        if character.is_control() || is_invisible(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out.push('`');
    out
}

/// A message on one line, whatever was put into it: characters that a terminal would obey are escaped, and what is
/// longer than [`LONGEST_MESSAGE`] is cut.
fn clean(text: String) -> String {
    let hostile = |character: char| character.is_control() || is_invisible(character);
    if text.len() <= LONGEST_MESSAGE && !text.contains(hostile) {
        return text;
    }
    let mut out = String::new();
    for character in text.chars() {
        if out.len() > LONGEST_MESSAGE {
            out.push('…');
            break;
        }
        if hostile(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Bytes of the longest message: a list of all keys of a table fits many times.
const LONGEST_MESSAGE: usize = 2000;

/// Zero-width and direction-changing characters: they could make a message read as something else.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// The candidate nearest to `word`, if it is near enough to be a slip of the fingers.
///
/// Distance: optimal string alignment (edits and swaps of neighbours) after treating `_` as `-` and capitals as small letters; at most a third of the
/// longer word's characters, and at least one, may differ. Words over 64 bytes are never slips.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let word = plain(word);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::osa_distance(&word, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= (word.len().max(candidate.len()) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?` for the nearest candidate, else nothing.
#[must_use]
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean {}?", quoted(candidate)))
}
