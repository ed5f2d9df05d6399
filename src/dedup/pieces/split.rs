//! A text cut into pieces that can be taken out of it.

use crate::text::{SentenceRule, TextView, python};

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// What stands between two `\n`; empty lines too.
    Line,
    /// A run of lines that are not blank.
    Paragraph,
    /// A sentence by one of the rules, without the white space around it; never blank.
    Sentence(SentenceRule),
}

/// The pieces of one text, in order: byte ranges. The bytes between two pieces belong to the second and go with it.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// Start and end of each piece.
    pub pieces: Vec<(usize, usize)>,
    /// What follows the last piece stays even if that goes. spaCy makes a sentence of its own of white space behind a
    /// sentence that has ended.
    pub tail_apart: bool,
}

impl Unit {
    /// Cuts the text of `view`. An empty text has no piece.
    pub(super) fn split(self, view: &TextView<'_>, out: &mut Split) {
        out.pieces.clear();
        out.tail_apart = false;
        let text = view.text();
        match self {
            Self::Line if text.is_empty() => {}
            Self::Line => {
                let mut start = 0;
                for line in text.split('\n') {
                    out.pieces.push((start, start + line.len()));
                    start += line.len() + 1;
                }
            }
            Self::Paragraph => paragraphs(text, &mut out.pieces),
            Self::Sentence(rule) => {
                for sentence in view.sentences(rule) {
                    let sentence = python::strip(sentence);
                    // Slices of the text: the address tells the offset.
                    let start = sentence.as_ptr() as usize - text.as_ptr() as usize;
                    if !sentence.is_empty() {
                        out.pieces.push((start, start + sentence.len()));
                    }
                }
                out.tail_apart = rule == SentenceRule::SpacyEn && view.blank_sentence_at_end();
            }
        }
    }
}

fn paragraphs(text: &str, out: &mut Vec<(usize, usize)>) {
    let (mut at, mut open) = (0, None);
    for line in text.split('\n') {
        let end = at + line.len();
        if python::lstrip(line).is_empty() {
            out.extend(open.take());
        } else {
            let start = open.map_or(at, |(start, _)| start);
            open = Some((start, end));
        }
        at = end + 1;
    }
    out.extend(open);
}
