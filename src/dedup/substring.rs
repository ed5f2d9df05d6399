//! Equal spans of text, wherever they begin and end: "Deduplicating Training Data Makes Language Models Better" (Lee et al.,
//! 2021) removes with a suffix array every span of a least length that occurs twice. The same spans are found here by sorts
//! alone, within any memory budget.
//!
//! What goes is defined by *windows*: all runs of `min_bytes` bytes of all documents. A window that stood before, in an earlier
//! document or earlier in its own, goes; a span is what such windows cover together. The first copy stays.
//!
//! Hashing every window would need some 20 times the text on disk. So it is done in two rounds:
//!
//! 1. *Anchors* ([`anchors`]). Every window picks one of the runs of half its length in it, the one with the least hash (the last
//!    of several): winnowing (Schleimer, Wilkerson, Aiken, 2003). Equal windows pick equal runs, so a window whose anchor nobody
//!    else has stands nowhere else. Windows that overlap mostly pick the same one: there is an anchor to about a quarter of the
//!    window's length in bytes.
//! 2. *Contexts* ([`contexts`], [`reduce`]): what the windows of one anchor cover together, for the anchors that several documents
//!    have. Documents with one context have all windows of it; only where the contexts of an anchor differ are its windows
//!    compared one by one, by 128-bit hashes.
//!
//! No window is missed, since anchor and context are functions of the window and its neighbours alone, and none is cut for a hash of
//! the first round: a collision there costs a record of the second. Contexts are known by 128 bits, 48 of the anchor and 80 of the
//! bytes.

pub mod anchors;
pub mod contexts;
pub mod cuts;
pub mod reduce;

use super::exact::content_key;
use super::minhash::mix;
use super::pieces::{Copy, Cutting, Gone, Piecewise, Unit};
use crate::text::{TextView, python};
use anchors::SharedAnchors;
use cuts::{Elsewhere, SpanCut};
use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

/// Which spans go, and how much of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Substring {
    /// Bytes of a window, the least that a span has; at least [`Substring::LEAST`].
    pub min_bytes: usize,
    /// Spans with fewer words between white space stay.
    pub min_words: usize,
    /// Only what lies wholly in a span goes: lines, sentences. `None`: the span itself, to the nearest characters inside it.
    pub within: Option<Unit>,
}

/// Multiplier of the rolling hash: odd, with bits all over (the golden ratio in 64 bits).
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Bits of an anchor that travel, its upper ones, and bits of a context's key below them.
const ANCHOR_BITS: u32 = 48;
const CONTEXT_BITS: u32 = 128 - ANCHOR_BITS;

/// What is known of one text while its spans are found.
struct Stretch {
    span: Range<usize>,
    copy: Copy,
}

impl Substring {
    /// Least window: shorter ones are words, not copies.
    pub const LEAST: usize = 16;

    fn gram(&self) -> usize {
        self.min_bytes / 2
    }

    /// Gives every anchor of a text with the windows that pick it, by their first bytes; in rising order. Least hashes are small
    /// numbers: they are mixed once more, so that anchors spread evenly.
    fn anchors(&self, text: &[u8], mut each: impl FnMut(u64, Range<usize>)) {
        let (gram, length) = (self.gram(), self.min_bytes);
        if text.len() < length {
            return;
        }
        // A window has so many grams.
        let grams = length - gram + 1;
        let leaving = (0..gram - 1).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let mut hash = text[..gram - 1].iter().fold(0_u64, |hash, &byte| push(hash, byte));
        // Hash and place of grams that may yet be picked: hashes rise from the front, places too.
        let mut least: VecDeque<(u64, usize)> = VecDeque::new();
        let mut picked: Option<(u64, usize, usize)> = None;
        for at in 0..=text.len() - gram {
            hash = push(hash, text[at + gram - 1]);
            let mixed = mix(hash);
            hash = hash.wrapping_sub(value(text[at]).wrapping_mul(leaving));
            while least.back().is_some_and(|&(of, _)| of >= mixed) {
                least.pop_back();
            }
            least.push_back((mixed, at));
            let Some(window) = (at + 1).checked_sub(grams) else { continue };
            while least.front().is_some_and(|&(_, place)| place < window) {
                least.pop_front();
            }
            let Some(&(anchor, place)) = least.front() else { continue };
            match picked {
                Some((_, same, _)) if same == place => {}
                _ => {
                    if let Some((before, _, from)) = picked {
                        each(mix(before), from..window);
                    }
                    picked = Some((anchor, place, window));
                }
            }
        }
        if let Some((anchor, _, from)) = picked {
            each(mix(anchor), from..text.len() - length + 1);
        }
    }

    /// The different anchors of a text, as they travel.
    pub fn anchor_keys(&self, text: &str, keys: &mut Vec<u64>) {
        keys.clear();
        self.anchors(text.as_bytes(), |anchor, _| keys.push(cut_short(anchor)));
        keys.sort_unstable();
        keys.dedup();
    }

    /// What all windows of an anchor cover together.
    fn context(&self, windows: &Range<usize>) -> Range<usize> {
        windows.start..windows.end - 1 + self.min_bytes
    }

    /// The different contexts of a text whose anchor other documents may have, as keys of the second round and by their bytes, in
    /// rising order. Returns whether an anchor recurs in the text, without which no window does.
    pub fn context_keys(&self, text: &str, shared: &SharedAnchors, found: &mut Vec<(u128, Range<usize>)>) -> bool {
        let bytes = text.as_bytes();
        found.clear();
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        self.anchors(bytes, |anchor, windows| {
            all.push(anchor);
            if shared.has(cut_short(anchor)) {
                let context = self.context(&windows);
                let key = context_key(anchor, &bytes[context.clone()]);
                if seen.insert(key) {
                    found.push((key, context));
                }
            }
        });
        !twice(all).is_empty()
    }

    /// The anchors that come twice in a text.
    fn twice(&self, text: &[u8]) -> HashSet<u64> {
        let mut all = Vec::new();
        self.anchors(text, |anchor, _| all.push(anchor));
        twice(all)
    }

    /// Takes out the spans whose windows stand elsewhere, as `elsewhere` says by context and window, and with `repeats` those that stood in the text
    /// before. `None` if nothing goes.
    ///
    /// A copy in the text itself may overlap what it copies; it goes from the end of that on, so that one whole copy stays.
    pub fn cut(&self, view: &TextView<'_>, elsewhere: &[SpanCut], repeats: bool) -> Option<Cutting> {
        let text = view.text();
        let stretches = self.snapped(text, self.stretches(text.as_bytes(), Elsewhere(elsewhere), repeats));
        if stretches.is_empty() {
            return None;
        }
        match self.within {
            Some(unit) => within(view, unit, &stretches),
            None => Some(without(text, &stretches)),
        }
    }

    /// What goes, in order, cut where another document is the first that has it.
    fn stretches(&self, text: &[u8], elsewhere: Elsewhere<'_>, repeats: bool) -> Vec<Stretch> {
        let twice = if repeats { self.twice(text) } else { HashSet::new() };
        let mut out: Vec<Stretch> = Vec::new();
        let mut seen: HashMap<u128, usize> = HashMap::new();
        let length = self.min_bytes;
        self.anchors(text, |anchor, windows| {
            let mut cuts: &[SpanCut] = &[];
            if !elsewhere.0.is_empty() {
                cuts = elsewhere.of(context_key(anchor, &text[self.context(&windows)]));
            }
            let recurs = twice.contains(&anchor);
            if cuts.is_empty() && !recurs {
                return;
            }
            for (at, place) in windows.zip(0..) {
                while cuts.first().is_some_and(|cut| cut.to <= place) {
                    cuts = &cuts[1..];
                }
                if let Some(cut) = cuts.first().filter(|cut| cut.from <= place) {
                    add(&mut out, at..at + length, Copy::In(cut.copy));
                } else if recurs {
                    let first = *seen.entry(content_key(&text[at..at + length])).or_insert(at);
                    if first != at {
                        add(&mut out, at.max(first + length)..at + length, Copy::Here);
                    }
                }
            }
        });
        out
    }

    /// Spans with their ends at characters inside them, without those of too few words.
    fn snapped(&self, text: &str, stretches: Vec<Stretch>) -> Vec<Stretch> {
        let mut out = Vec::new();
        for span in stretches.chunk_by(|one, other| one.span.end == other.span.start) {
            let (Some(first), Some(last)) = (span.first(), span.last()) else { continue };
            let (start, end) = (text.ceil_char_boundary(first.span.start), text.floor_char_boundary(last.span.end));
            if start >= end || self.min_words > 0 && python::split(&text[start..end]).len() < self.min_words {
                continue;
            }
            let inside = |at: usize| text.floor_char_boundary(at).clamp(start, end);
            let whole =
                span.iter().map(|one| Stretch { span: inside(one.span.start)..inside(one.span.end), copy: one.copy });
            out.extend(whole.filter(|one| !one.span.is_empty()));
        }
        out
    }
}

fn value(byte: u8) -> u64 {
    u64::from(byte) + 1
}

fn push(hash: u64, byte: u8) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(value(byte))
}

/// An anchor as it travels.
fn cut_short(anchor: u64) -> u64 {
    anchor & u64::MAX << (u64::BITS - ANCHOR_BITS)
}

/// The key of a context: the anchor as it travels, and the lower bits of a hash of the bytes.
fn context_key(anchor: u64, context: &[u8]) -> u128 {
    u128::from(cut_short(anchor)) << 64 | content_key(context) & ((1 << CONTEXT_BITS) - 1)
}

/// The lower half of a key.
fn low(key: u128) -> u64 {
    key as u64
}

/// Those that come twice.
fn twice(mut anchors: Vec<u64>) -> HashSet<u64> {
    anchors.sort_unstable();
    anchors.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}

/// Adds what a window covers beyond the windows before it.
fn add(out: &mut Vec<Stretch>, window: Range<usize>, copy: Copy) {
    let start = out.last().map_or(window.start, |last| window.start.max(last.span.end));
    if start >= window.end {
        return;
    }
    match out.last_mut() {
        Some(last) if last.span.end == start && last.copy == copy => last.span.end = window.end,
        _ => out.push(Stretch { span: start..window.end, copy }),
    }
}

fn without(text: &str, stretches: &[Stretch]) -> Cutting {
    let mut left = String::with_capacity(text.len());
    let (mut at, mut gone) = (0, Vec::with_capacity(stretches.len()));
    for (piece, Stretch { span, copy }) in stretches.iter().enumerate() {
        left.push_str(&text[at..span.start]);
        at = span.end;
        gone.push(Gone { piece, at: span.start, bytes: span.len(), copy: *copy });
    }
    left.push_str(&text[at..]);
    Cutting { text: left, gone }
}

/// The pieces of a text that lie wholly in spans.
fn within(view: &TextView<'_>, unit: Unit, stretches: &[Stretch]) -> Option<Cutting> {
    let mut spans = stretches.chunk_by(|one, other| one.span.end == other.span.start).peekable();
    Piecewise::of(view, unit).without(|at, end| {
        while spans.next_if(|span| span.last().is_none_or(|last| last.span.end < end)).is_some() {}
        let span = spans.peek()?;
        let covers = span.first()?.span.start <= at && at < end;
        let of_start = |one: &&Stretch| one.span.end > at;
        covers.then(|| span.iter().find(of_start).map(|one| one.copy)).flatten()
    })
}

#[cfg(test)]
mod tests;
