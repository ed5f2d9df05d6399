//! Equal pieces of text: lines, paragraphs, sentences, or several of them in a row (a *span*).
//!
//! The map unit turns each document into the keys of its spans ([`Pieces::keys`]); the barrier finds the keys that other
//! documents have as well ([`super::cuts`]); the next map unit takes those pieces out of the text ([`Pieces::cut`]). Nothing
//! but a key and a document travels: a piece is found again by its key, in the same text cut in the same way.

mod compare;
mod split;

pub use compare::Compare;
pub use split::Unit;

use super::exact::content_key;
use crate::text::{TextView, python};
use split::Split;
use std::collections::HashSet;

/// How texts are cut into pieces, and which pieces are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pieces {
    /// What a piece is.
    pub unit: Unit,
    /// What makes two of them equal.
    pub compare: Compare,
    /// So many pieces in a row are compared together; all of them go. At least 1.
    pub span: usize,
    /// Spans with fewer characters, as compared and without white space around them, are never cut.
    pub min_chars: usize,
    /// Spans with fewer words between white space, as compared, are never cut.
    pub min_words: usize,
}

/// Buffers, reused from text to text.
#[derive(Debug, Default)]
pub struct Work {
    split: Split,
    /// All pieces as compared, a space behind each.
    compared: String,
    /// Where each begins in it, and one past the last.
    starts: Vec<usize>,
    scratch: String,
    /// Key of the span that begins with each piece; none for a span that is exempt or passes the end.
    spans: Vec<Option<u128>>,
    /// The different keys, rising.
    pub keys: Vec<u128>,
}

/// Where a copy of a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    /// Earlier in the same text.
    Here,
    /// In the document with this ordinal.
    In(u64),
}

/// A piece that was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// Its number among the pieces of the text.
    pub piece: usize,
    /// Where it began in the text, in bytes.
    pub at: usize,
    /// Its bytes, without what separated it from the piece before.
    pub bytes: usize,
    /// Where the span that it belongs to stands as well.
    pub copy: Copy,
}

/// A text without its copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cutting {
    /// What is left: the pieces that stay, each with what separated it from the one before; the first without.
    pub text: String,
    /// The pieces that went, in order; at least one.
    pub gone: Vec<Gone>,
}

impl Pieces {
    /// Computes the different keys of a text into `work.keys`. Returns whether one recurs in it.
    pub fn keys(&self, view: &TextView<'_>, work: &mut Work) -> bool {
        self.spans(view, work);
        work.keys.clear();
        work.keys.extend(work.spans.iter().flatten());
        let all = work.keys.len();
        work.keys.sort_unstable();
        work.keys.dedup();
        work.keys.len() < all
    }

    /// Takes out every span whose key stands elsewhere, as `elsewhere` says, and with `repeats` every span that stood in
    /// the text before. `None` if that is none.
    pub fn cut(
        &self,
        view: &TextView<'_>,
        work: &mut Work,
        elsewhere: &dyn Fn(u128) -> Option<u64>,
        repeats: bool,
    ) -> Option<Cutting> {
        self.spans(view, work);
        let (mut seen, mut covering) = (HashSet::new(), None);
        let mut gone: Vec<Gone> = Vec::new();
        for (piece, (key, &(at, end))) in work.spans.iter().zip(&work.split.pieces).enumerate() {
            let copy = key.and_then(|key| {
                let here = repeats && !seen.insert(key);
                elsewhere(key).map(Copy::In).or(here.then_some(Copy::Here))
            });
            if let Some(copy) = copy {
                covering = Some((piece + self.span, copy));
            }
            if let Some((_, copy)) = covering.filter(|&(until, _)| piece < until) {
                gone.push(Gone { piece, at, bytes: end - at, copy });
            }
        }
        (!gone.is_empty()).then(|| Cutting { text: without(view.text(), &work.split, &gone), gone })
    }

    fn spans(&self, view: &TextView<'_>, work: &mut Work) {
        self.unit.split(view, &mut work.split);
        let text = view.text();
        work.compared.clear();
        work.starts.clear();
        for &(start, end) in &work.split.pieces {
            work.starts.push(work.compared.len());
            self.compare.append(&text[start..end], &mut work.scratch, &mut work.compared);
            work.compared.push(' ');
        }
        work.starts.push(work.compared.len());
        let pieces = work.split.pieces.len();
        work.spans.clear();
        for first in 0..pieces {
            let span = (first + self.span <= pieces).then(|| {
                // Without the space behind the last piece.
                &work.compared[work.starts[first]..work.starts[first + self.span] - 1]
            });
            work.spans.push(span.filter(|span| self.is_long(span)).map(|span| content_key(span.as_bytes())));
        }
    }

    fn is_long(&self, span: &str) -> bool {
        let chars_fit = self.min_chars == 0 || {
            let bare = python::strip(span);
            // At most four bytes a character, at least one.
            bare.len() >= 4 * self.min_chars || bare.len() >= self.min_chars && bare.chars().count() >= self.min_chars
        };
        chars_fit && (self.min_words == 0 || python::split(span).len() >= self.min_words)
    }
}

/// A text cut into pieces, of which others say which go.
pub(super) struct Piecewise<'v, 't> {
    view: &'v TextView<'t>,
    split: Split,
}

impl<'v, 't> Piecewise<'v, 't> {
    /// Cuts a text.
    pub fn of(view: &'v TextView<'t>, unit: Unit) -> Self {
        let mut split = Split::default();
        unit.split(view, &mut split);
        Self { view, split }
    }

    /// Takes out the pieces for which `copy` knows where one stands; it is asked for each in order, by first byte and end.
    /// `None` if that is none.
    pub fn without(&self, mut copy: impl FnMut(usize, usize) -> Option<Copy>) -> Option<Cutting> {
        let pieces = self.split.pieces.iter().enumerate();
        let gone: Vec<Gone> = pieces
            .filter_map(|(piece, &(at, end))| Some(Gone { piece, at, bytes: end - at, copy: copy(at, end)? }))
            .collect();
        (!gone.is_empty()).then(|| Cutting { text: without(self.view.text(), &self.split, &gone), gone })
    }
}

fn without(text: &str, split: &Split, gone: &[Gone]) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut before, mut next, mut last_stays, mut first) = (0, gone.iter().peekable(), true, true);
    for (piece, &(start, end)) in split.pieces.iter().enumerate() {
        last_stays = next.next_if(|one| one.piece == piece).is_none();
        if last_stays {
            out.push_str(&text[if std::mem::take(&mut first) { start } else { before }..end]);
        }
        before = end;
    }
    if (last_stays || split.tail_apart) && !first {
        out.push_str(&text[before..]);
    }
    out
}

#[cfg(test)]
mod tests;
