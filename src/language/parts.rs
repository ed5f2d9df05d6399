//! Languages of the parts of a document: which lines are in which language.

use super::{Detector, Guess};
use std::ops::Range;

/// A run of lines in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Byte range in the text: whole lines with their line feeds. The parts of a text cover it without gaps.
    pub range: Range<usize>,
    /// The language; `None` when no line of the part has letters.
    pub guess: Option<Guess>,
}

/// Cuts `text` into runs of lines of the same language.
///
/// Lines are gathered until they hold `min_bytes` bytes (short lines alone are guesswork) and such blocks are detected;
/// neighbouring blocks with the same label become one part with the lower of their scores. A block without letters joins the part before it.
/// 200 bytes is a good `min_bytes`: about one sentence and a half.
#[must_use]
pub fn parts(detector: &dyn Detector, text: &str, min_bytes: usize) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        if end - start < min_bytes.max(1) && end < text.len() {
            continue;
        }
        add(&mut parts, start..end, detector.detect(&text[start..end]));
        start = end;
    }
    parts
}

fn add(parts: &mut Vec<Part>, range: Range<usize>, guess: Option<Guess>) {
    if let Some(last) = parts.last_mut() {
        match (&mut last.guess, &guess) {
            (Some(a), Some(b)) if a.label != b.label => {}
            (Some(a), Some(b)) => {
                a.score = a.score.min(b.score);
                last.range.end = range.end;
                return;
            }
            (Some(_), None) => {
                last.range.end = range.end;
                return;
            }
            (None, _) => {
                last.guess = guess;
                last.range.end = range.end;
                return;
            }
        }
    }
    parts.push(Part { range, guess });
}
