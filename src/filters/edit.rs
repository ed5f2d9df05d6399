use std::sync::Arc;

use super::edits::addresses::Addresses;
use super::edits::newlines;
use crate::metrics::{
    C4Lines, DatamapLines, DclmC4Lines, DclmLines, RootsWords, c4_scan_lines, datamap_edit_lines, dclm_edit_c4_lines,
    dclm_edit_lines, remove_toxic_sentences,
};
use crate::text::{LineRule, TextView, python};

use super::Filter;

/// Something a filter takes out of the text of a document that stays.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// C4's line rules; kept lines are joined by line feeds and the whole is stripped.
    C4Lines(C4Lines),
    /// The words that ROOTS takes out, by language.
    RootsWords(RootsWords),
    /// DCLM's line rules after RefinedWeb.
    DclmLines(DclmLines),
    /// C4's line rules as DCLM runs them.
    DclmC4Lines(DclmC4Lines),
    /// The line rules of datamap-rs.
    DatamapLines(DatamapLines),
    /// Web and IPv4 addresses go, as DCLM takes them out.
    Addresses(Arc<Addresses>),
    /// Runs of more line feeds are cut down to so many.
    Newlines(usize),
    /// Sentences go that the embedded toxicity model gives a probability above this.
    ToxicSentences(f64),
}

impl Edit {
    /// The word in filter files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::C4Lines(_) => "c4-lines",
            Self::RootsWords(_) => "roots-words",
            Self::DclmLines(_) => "dclm-lines",
            Self::DclmC4Lines(_) => "dclm-c4-lines",
            Self::DatamapLines(_) => "datamap-lines",
            Self::Addresses(_) => "dclm-addresses",
            Self::Newlines(_) => "newlines",
            Self::ToxicSentences(_) => "toxic-sentences",
        }
    }

    /// The edited text of a document of that language; `None` when nothing changes.
    #[must_use]
    pub fn apply(&self, view: &TextView<'_>, language: Option<&str>) -> Option<String> {
        let text = view.text();
        let edited = match self {
            Self::C4Lines(rules) => {
                let mut out = String::with_capacity(text.len());
                c4_scan_lines(text, view.lines(LineRule::PythonSplitlines), rules, |line| {
                    out.push_str(line.text);
                    out.push('\n');
                });
                stripped(out)
            }
            Self::RootsWords(rules) => rules.apply(text, language).into_owned(),
            Self::DclmLines(rules) => dclm_edit_lines(text, rules).unwrap_or_default(),
            Self::DclmC4Lines(rules) => dclm_edit_c4_lines(text, rules).unwrap_or_default(),
            Self::DatamapLines(rules) => datamap_edit_lines(text, rules).unwrap_or_default(),
            Self::Addresses(addresses) => return addresses.remove(text),
            Self::Newlines(max) => return newlines::cut_runs(text, *max),
            Self::ToxicSentences(bound) => remove_toxic_sentences(text, *bound),
        };
        (edited != text).then_some(edited)
    }
}

/// A text without white space at its ends (Python `strip`).
fn stripped(mut text: String) -> String {
    text.truncate(python::rstrip(&text).len());
    let start = text.len() - python::lstrip(&text).len();
    text.drain(..start);
    text
}

impl Filter {
    /// The text of a document of that language after all edits; `None` when nothing changes.
    #[must_use]
    pub fn edit(&self, view: &TextView<'_>, language: Option<&str>) -> Option<String> {
        let mut edited: Option<String> = None;
        for edit in &self.edits {
            let next = match &edited {
                None => edit.apply(view, language),
                Some(text) => edit.apply(&TextView::new(text), language),
            };
            edited = next.or(edited);
        }
        edited
    }
}
