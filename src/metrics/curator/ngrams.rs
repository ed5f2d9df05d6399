//! Numbers of n-grams of the words of Python `split`.

use super::{DUP, METRICS, TOP};
use crate::metrics::chars::{count_chars, count_substrings};
use crate::metrics::ngrams::{Counts, Lengths, Top};
use crate::metrics::{Sink, ratio};
use crate::text::{Splitter, TextView};

/// `n` of the first metric, that of pairs.
const FIRST: usize = 2;
/// `n` of the first metric of repeated n-grams.
const FIRST_DUP: usize = 5;
/// `n` of the last metric.
const LAST: usize = 10;

/// Measures n-grams of all sizes.
pub(super) fn measure(view: &TextView<'_>, sink: &mut Sink) {
    let words = view.words(Splitter::Whitespace);
    let place = |n: usize| if n < FIRST_DUP { TOP + n - FIRST } else { DUP + n - FIRST_DUP };
    // A page too short for an n-gram is dropped by the program.
    (FIRST..=LAST).filter(|&n| words.len() < n).for_each(|n| sink.set(place(n), 1.0));
    let last = if sink.wants(DUP..METRICS.len()) { LAST } else { FIRST_DUP - 1 };
    let lengths = Lengths::new(view, words);
    let mut counts = Counts::of_words(view.distinct(Splitter::Whitespace));
    for n in FIRST..=last.min(words.len()) {
        if n > FIRST {
            counts.grow();
        }
        let chars = if n >= FIRST_DUP {
            copied(&counts, &lengths, n)
        } else if let Some(top) = counts.top().filter(|_| sink.wants(place(n)..place(n) + 1)) {
            cut(view, top, n)
        } else {
            continue;
        };
        sink.set(place(n), ratio(chars, view.n_chars()));
    }
}

/// Characters that go when an n-gram, joined by single spaces, is cut from the text: from the left, without overlap,
/// inside longer words as well, and not where other white space stands between its words.
fn cut(view: &TextView<'_>, top: Top, n: usize) -> usize {
    let gram = view.words(Splitter::Whitespace)[top.first..top.first + n].join(" ");
    count_chars(&gram) * count_substrings(view.text(), &gram)
}

/// Characters of n-grams that stood before, with a space before each word but the first of an n-gram that overlaps no
/// copy before it. `known` counts the words of the present n-gram that were counted with an earlier one.
fn copied(counts: &Counts<'_>, lengths: &Lengths, n: usize) -> usize {
    let (mut chars, mut known) = (0, 0_usize);
    for (place, is_copy) in counts.copies().enumerate() {
        if is_copy {
            let new = n - known;
            chars += lengths.of(place + known, new) + new.min(n - 1);
            known = n;
        }
        known = known.saturating_sub(1);
    }
    chars
}
