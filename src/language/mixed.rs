//! Documents in several languages: a label for each line or paragraph, as OSCAR tells them, and shares in characters.

use super::{Detector, Shares};
use std::sync::Arc;

/// Ranges that are told of one text, at most. What comes after them is one range without a label.
pub const MOST_RANGES: usize = 4096;

/// What gets a label of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Each line.
    Line,
    /// Each run of lines that are not blank.
    Paragraph,
}

/// Neighbouring lines with the same label.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// The first line and the last one, counted from 1.
    pub lines: (usize, usize),
    /// The label; `None` where the detector is not sure of one.
    pub label: Option<Arc<str>>,
    /// Mean score of the units with it, each by its characters; 0 without a label.
    pub score: f64,
    /// Their characters.
    chars: usize,
}

/// What is told of a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mixed {
    /// Ranges of lines; together all lines of the text. Lines without letters belong to the range before them.
    pub ranges: Vec<Lines>,
    /// Whether the last range holds what came after [`MOST_RANGES`].
    pub cut: bool,
    /// Shares in the characters of units with letters.
    pub shares: Shares,
}

impl Mixed {
    /// Labels each unit of `text`. A score below `sure_from` is no label. Characters are Unicode scalar values, without white space around
    /// the unit.
    #[must_use]
    pub fn of(detector: &dyn Detector, text: &str, unit: Unit, sure_from: f64) -> Self {
        let mut mixed = Self::default();
        each(text, unit, |lines, text| {
            let text = text.trim();
            let Some(guess) = detector.detect(text) else { return mixed.pass(lines) };
            let chars = text.chars().count();
            let score = f64::from(guess.score);
            let label = (score >= sure_from).then_some(guess.label);
            mixed.shares.add(label.as_ref(), chars);
            mixed.add(Lines { lines, score: label.as_ref().map_or(0.0, |_| score), label, chars });
        });
        mixed
    }

    /// Lines without letters.
    fn pass(&mut self, lines: (usize, usize)) {
        match self.ranges.last_mut() {
            Some(last) => last.lines.1 = lines.1,
            None => self.ranges.push(Lines { lines, label: None, score: 0.0, chars: 0 }),
        }
    }

    fn add(&mut self, new: Lines) {
        let count = self.ranges.len();
        match self.ranges.last_mut() {
            Some(last) if count > MOST_RANGES => last.lines.1 = new.lines.1,
            Some(last) if last.label == new.label => {
                let chars = last.chars + new.chars;
                last.score += (new.score - last.score) * (new.chars as f64 / chars.max(1) as f64);
                (last.chars, last.lines.1) = (chars, new.lines.1);
            }
            _ if count == MOST_RANGES => {
                self.cut = true;
                self.ranges.push(Lines { label: None, score: 0.0, ..new });
            }
            _ => self.ranges.push(new),
        }
    }
}

/// Visits the units of a text with their first and last line, blank lines by themselves.
fn each(text: &str, unit: Unit, mut visit: impl FnMut((usize, usize), &str)) {
    // Where the paragraph begins that is not closed yet: its first line, its first byte.
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    let mut number = 0;
    for line in text.split_inclusive('\n') {
        number += 1;
        let blank = line.trim().is_empty();
        if unit == Unit::Line || blank {
            if let Some((first, from)) = open.take() {
                visit((first, number - 1), &text[from..at]);
            }
            visit((number, number), line);
        } else if open.is_none() {
            open = Some((number, at));
        }
        at += line.len();
    }
    if let Some((first, from)) = open {
        visit((first, number), &text[from..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Guess;
    use proptest::prelude::*;

    /// Calls a text by its first letter; sure of capitals alone.
    struct ByLetter;

    impl Detector for ByLetter {
        fn top(&self, text: &str, _: usize) -> Vec<Guess> {
            let letter = text.chars().find(|one| one.is_ascii_alphabetic());
            let guess = |one: char| Guess {
                label: Arc::from(one.to_ascii_lowercase().to_string()),
                iso639_3: None,
                score: if one.is_ascii_uppercase() { 0.5 + text.len() as f32 / 100.0 } else { 0.25 },
            };
            letter.map(guess).into_iter().collect()
        }

        fn labels(&self) -> Vec<String> {
            Vec::new()
        }
    }

    fn told(text: &str, unit: Unit) -> Vec<(usize, usize, String)> {
        let name = |one: &Lines| one.label.as_deref().unwrap_or("-").to_owned();
        let mixed = Mixed::of(&ByLetter, text, unit, 0.5);
        mixed.ranges.iter().map(|one| (one.lines.0, one.lines.1, name(one))).collect()
    }

    fn range(first: usize, last: usize, label: &str) -> (usize, usize, String) {
        (first, last, label.to_owned())
    }

    #[test]
    fn lines_with_the_same_label_are_one_range() {
        let text = "1\nAbc\nAb\n\n7\nBcde\nbx\n\nAb";
        let lines = [range(1, 1, "-"), range(2, 5, "a"), range(6, 6, "b"), range(7, 8, "-"), range(9, 9, "a")];
        assert_eq!(told(text, Unit::Line), lines);
        let mixed = Mixed::of(&ByLetter, text, Unit::Line, 0.5);
        // Scores .53 and .52, by 3 and 2 characters.
        assert!((mixed.ranges[1].score - 0.526).abs() < 1e-6, "{}", mixed.ranges[1].score);
        let shares: Vec<_> = mixed.shares.each().collect();
        assert_eq!(shares, [("a", 7.0 / 13.0), ("b", 4.0 / 13.0)]);
        assert_eq!(
            (mixed.shares.unsure(), mixed.shares.languages(), mixed.shares.language("b")),
            (Some(2.0 / 13.0), 2, Some(4.0 / 13.0))
        );
    }

    #[test]
    fn a_paragraph_is_told_as_one() {
        let text = "Abc\nbcd\n \nBcd\nAbc\n";
        assert_eq!(told(text, Unit::Paragraph), [range(1, 3, "a"), range(4, 5, "b")]);
        assert_eq!(told(text, Unit::Line), [range(1, 1, "a"), range(2, 3, "-"), range(4, 4, "b"), range(5, 5, "a")]);
    }

    #[test]
    fn nothing_is_measured_without_letters() {
        for text in ["", "\n", "12\n\n3"] {
            let mixed = Mixed::of(&ByLetter, text, Unit::Line, 0.5);
            assert_eq!(
                (mixed.shares.unsure(), mixed.shares.language("a"), mixed.shares.languages()),
                (None, None, 0),
                "{text:?}"
            );
        }
    }

    #[test]
    fn ranges_are_bounded_and_shares_are_not() {
        let text = "A\nB\n".repeat(MOST_RANGES);
        let mixed = Mixed::of(&ByLetter, &text, Unit::Line, 0.5);
        assert_eq!((mixed.ranges.len(), mixed.cut), (MOST_RANGES + 1, true));
        let rest = &mixed.ranges[MOST_RANGES];
        assert_eq!((rest.lines, &rest.label), ((MOST_RANGES + 1, 2 * MOST_RANGES), &None));
        assert_eq!(mixed.shares.language("b"), Some(0.5));
        let text = "A\nB\n".repeat(MOST_RANGES / 2);
        assert!(!Mixed::of(&ByLetter, &text, Unit::Line, 0.5).cut);
    }

    proptest! {
        #[test]
        fn ranges_cover_all_lines_and_shares_add_up(text in "[ABab1 \\n]{0,60}") {
            for unit in [Unit::Line, Unit::Paragraph] {
                let mixed = Mixed::of(&ByLetter, &text, unit, 0.5);
                let mut next = 1;
                for range in &mixed.ranges {
                    prop_assert_eq!(range.lines.0, next);
                    prop_assert!(range.lines.1 >= range.lines.0);
                    next = range.lines.1 + 1;
                }
                prop_assert_eq!(next - 1, text.split_inclusive('\n').count());
                if let Some(unsure) = mixed.shares.unsure() {
                    let sum: f64 = mixed.shares.each().map(|(_, share)| share).sum::<f64>() + unsure;
                    prop_assert!((sum - 1.0).abs() < 1e-9);
                }
            }
        }
    }
}
