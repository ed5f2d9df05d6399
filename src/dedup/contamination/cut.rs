//! Cutting what is contaminated out of a text, with a margin around it.

use std::ops::Range;

/// What may be left of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spared {
    /// Characters that go on each side of an n-gram.
    pub margin: usize,
    /// Pieces with fewer characters go as well.
    pub min_chars: usize,
}

/// What cutting leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cutting {
    /// The pieces that stay, a blank line between them; empty if none does.
    pub text: String,
    /// Pieces that the cuts leave, short ones included.
    pub pieces: usize,
    /// Characters of the text that go.
    pub chars: usize,
}

/// Between pieces that were apart.
const BETWEEN: &str = "\n\n";

/// Cuts `spans` out of `text`: byte ranges at character borders, by their start and their end rising. Linear in the text,
/// since a margin reaches no further than the next span.
#[must_use]
pub fn cut(text: &str, spans: impl Iterator<Item = Range<usize>>, spared: Spared) -> Cutting {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    let mut out = Cutting { text: String::new(), pieces: 0, chars: 0 };
    let (mut kept, mut from) = (0, 0);
    for at in 0..=joined.len() {
        let to = joined.get(at).map_or(text.len(), |span| span.start);
        let gap = &text[from..to];
        let skip = if at == 0 { 0 } else { margin(gap.chars(), spared.margin) };
        let trail = if at == joined.len() { 0 } else { margin(gap.chars().rev(), spared.margin) };
        from = joined.get(at).map_or(text.len(), |span| span.end);
        let piece = gap.get(skip..gap.len().saturating_sub(trail)).unwrap_or_default();
        if piece.is_empty() {
            continue;
        }
        out.pieces += 1;
        let chars = piece.chars().count();
        if chars >= spared.min_chars {
            if !out.text.is_empty() {
                out.text.push_str(BETWEEN);
            }
            out.text.push_str(piece);
            kept += chars;
        }
    }
    out.chars = text.chars().count() - kept;
    out
}

/// Bytes of the first characters.
fn margin(chars: impl Iterator<Item = char>, count: usize) -> usize {
    chars.take(count).map(char::len_utf8).sum()
}
