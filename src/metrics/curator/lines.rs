//! Numbers of lines and paragraphs.

use super::LINES;
use crate::metrics::chars::count_chars;
use crate::metrics::ngrams::{Table, each_copy};
use crate::metrics::{Sink, ratio};
use crate::text::{LineRule, ParagraphRule, TextView, python};

/// Characters with which a list item starts.
const BULLETS: [char; 12] = ['•', '‣', '⁃', '⁌', '⁍', '∙', '○', '●', '◘', '◦', '⦾', '⦿'];
/// What a cut-off line ends with, in lower case.
const ELLIPSES: [&str; 8] = ["...", "[...]", "…", "(...)", "[…]", "-»", "read more..", "read more"];

/// Measures the numbers of lines and paragraphs.
pub(super) fn measure(view: &TextView<'_>, sink: &mut Sink) {
    let lines = view.lines(LineRule::NewlineNonBlank);
    let mut table = Table::default();
    if sink.wants(LINES..LINES + 2) {
        let chars = lines.iter().map(|line| count_chars(line)).sum();
        unique(lines, chars, LINES, &mut table, sink);
    }
    if sink.wants(LINES + 2..LINES + 4) {
        let paragraphs = view.paragraphs(ParagraphRule::DoubleNewline);
        let chars = view.n_chars() - 2 * (paragraphs.len() - 1);
        unique(paragraphs, chars, LINES + 2, &mut table, sink);
    }
    if sink.wants(LINES + 4..LINES + 7) {
        marks(lines, sink);
    }
}

/// The shares of different items, and of their characters at the next place.
fn unique(items: &[&str], chars: usize, place: usize, table: &mut Table, sink: &mut Sink) {
    let mut copied = 0;
    let copies = each_copy(items, table, |item| copied += count_chars(item));
    sink.set_ratio(place, items.len() - copies, items.len());
    sink.set(place + 1, ratio(chars - copied, chars));
}

/// How lines start and end.
fn marks(lines: &[&str], sink: &mut Sink) {
    let (mut open, mut cut, mut bullets) = (0, 0, 0);
    for line in lines {
        let line = python::strip(line);
        open += usize::from(!line.ends_with(['.', '?', '!', '"', '\'']));
        cut += usize::from(ELLIPSES.iter().any(|mark| ends_with_ignoring_case(line, mark)));
        bullets += usize::from(line.starts_with(BULLETS));
    }
    sink.set_ratio(LINES + 4, open, lines.len());
    sink.set_ratio(LINES + 5, cut, lines.len());
    sink.set_ratio(LINES + 6, bullets, lines.len());
}

/// Whether `line`, in lower case, ends with `mark`. ASCII case is enough: of the other characters only the Kelvin sign
/// becomes an ASCII letter, `k`, which no mark has.
fn ends_with_ignoring_case(line: &str, mark: &str) -> bool {
    let (line, mark) = (line.as_bytes(), mark.as_bytes());
    line.len() >= mark.len() && line[line.len() - mark.len()..].eq_ignore_ascii_case(mark)
}
