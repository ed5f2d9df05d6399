//! N-gram overlap with what came before: how DCLM's BFF ("big friendly filter") finds paragraphs and documents that a corpus
//! already has.
//!
//! Documents are looked at one after the other. A paragraph goes if more than a share of its n-grams stood in paragraphs that
//! stayed; otherwise its n-grams are remembered. So the verdict on a paragraph depends on all verdicts before it, and the order
//! of documents is part of the definition: that of the map units, and in them that of the rows.
//!
//! ```text
//! map unit:        documents -> hashes of the n-grams of each paragraph -> one gram file, in the order of the documents
//! filter unit:     all gram files of its share, in order, through one filter -> one verdict file per map unit
//! next map unit:   its verdict file, in the order of its documents -> texts without the paragraphs
//! ```
//!
//! What is remembered is a Bloom filter ([`Bloom`]) with fixed hashes, whose size follows from the number of n-grams, which is
//! known by then. A filter can be saved ([`write_filter`]), and those of earlier runs asked as well: their n-grams stood before
//! all of this run, and which document had them nobody knows.

mod bloom;
mod files;
mod stored;

pub use bloom::Bloom;
pub use files::{GramReader, GramWriter, VerdictReader, VerdictWriter};
pub use stored::{read_filter, write_filter};

use crate::text::Splitter;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// What is compared as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// What stands from one `\n` to the next, the first one included.
    Paragraph,
    /// The text.
    Document,
}

/// How the n-grams of a text are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ngrams {
    /// Where they end.
    pub stretch: Stretch,
    /// Words of one: segments of UAX #29 that are not white space. At least 1.
    pub words: usize,
    /// A stretch with fewer words than that is one n-gram if it has so many, and is exempt otherwise. At least 1.
    pub min_words: usize,
}

/// The n-grams of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grams {
    /// Hashes of the n-grams, in the order of the text.
    pub hashes: Vec<u64>,
    /// How many of them belong to which stretch, by its number; those without n-grams are left out.
    pub runs: Vec<(u32, u32)>,
}

/// When n-grams count as seen before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// A stretch goes if a greater share of its n-grams stood before.
    pub threshold: f64,
    /// N-grams that never stood before are taken for such with a probability of 2^-`halvings`.
    pub halvings: u32,
    /// So many filters, each for every so-manyth map unit: documents are compared within those alone.
    pub shards: u32,
}

/// A stretch that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// Its number among those of the text.
    pub stretch: u32,
    /// Its n-grams.
    pub grams: u32,
    /// Those that stood before.
    pub seen: u32,
    /// The earlier run that has the most of them, if one has any.
    pub earlier: Option<Most>,
}

/// The earlier run that has the most n-grams of a stretch or document; the first of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// Its place among the earlier runs.
    pub run: u32,
    /// N-grams that it has, 1 at least.
    pub seen: u64,
}

/// What the filter says of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// N-grams of the document.
    pub grams: u64,
    /// Those that stood before, each time asked before its own stretch was remembered.
    pub seen: u64,
    /// The earlier run that has the most of them, if one has any.
    pub earlier: Option<Most>,
    /// What goes, in order.
    pub gone: Vec<Gone>,
}

/// A verdict, and what a filter unit counts beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// N-grams of stretches that stay which the run's own filter did not have: now it does.
    pub added: u64,
    /// Stretches that go, and would have stayed if there had been no earlier run.
    pub for_earlier: u64,
}

impl Ngrams {
    /// Takes the n-grams of a text into `grams`. `words` is for its own use.
    pub fn of(&self, text: &str, words: &mut Vec<u8>, grams: &mut Grams) {
        grams.hashes.clear();
        grams.runs.clear();
        for (number, range) in (0..).zip(self.stretches(text)) {
            words.clear();
            for word in Splitter::Uax29Bounds.split(&text[range]) {
                words.extend_from_slice(&xxh3_64(word.as_bytes()).to_le_bytes());
            }
            let before = grams.hashes.len();
            let (count, length) = (words.len() / WORD, self.words * WORD);
            if count >= self.words {
                grams.hashes.extend((0..=count - self.words).map(|at| xxh3_64(&words[at * WORD..at * WORD + length])));
            } else if count >= self.min_words {
                grams.hashes.push(xxh3_64(words));
            }
            let run = grams.hashes.len() - before;
            if run > 0 {
                // A text of more n-grams is larger than any record.
                grams.runs.push((number, u32::try_from(run).unwrap_or(u32::MAX)));
            }
        }
    }

    /// The stretches of a text, as byte ranges that cover it.
    pub fn stretches<'t>(&self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let breaks = match self.stretch {
            Stretch::Paragraph => Some(text.match_indices('\n').map(|(at, _)| at)),
            Stretch::Document => None,
        };
        let mut start = 0;
        breaks.into_iter().flatten().chain([text.len()]).map(move |end| std::mem::replace(&mut start, end)..end)
    }

    /// The text without the stretches of these numbers, which rise, and where those stood.
    pub fn without(&self, text: &str, gone: impl Iterator<Item = u32>) -> (String, Vec<Range<usize>>) {
        let (mut left, mut cut, mut gone) = (String::with_capacity(text.len()), Vec::new(), gone.peekable());
        for (number, range) in (0_u32..).zip(self.stretches(text)) {
            if gone.next_if_eq(&number).is_some() {
                cut.push(range);
            } else {
                left.push_str(&text[range]);
            }
        }
        (left, cut)
    }
}

/// Bytes of a word's hash.
const WORD: usize = 8;

impl Rule {
    /// The greatest power of a half that is no more than `rate`, 2^-[`Bloom::MOST_HALVINGS`] at least. Counted, so that every
    /// machine has the same.
    #[must_use]
    pub fn halvings_of(rate: f64) -> u32 {
        let (mut halvings, mut reached) = (1, 0.5);
        while reached > rate && halvings < Bloom::MOST_HALVINGS {
            halvings += 1;
            reached *= 0.5;
        }
        halvings
    }

    /// Holds a document against the filters of earlier runs and that of this one, stretch by stretch, and lets the latter remember
    /// those that stay.
    ///
    /// As in BFF, the n-grams of a stretch that stays are remembered even if the document goes as a whole for its share of seen
    /// n-grams, and n-grams that recur within one stretch alone were not seen before.
    #[must_use]
    pub fn judge(&self, grams: &Grams, earlier: &[Bloom], own: &mut Bloom) -> Judged {
        let mut out = Judged::default();
        out.verdict.grams = grams.hashes.len() as u64;
        let mut of_document = vec![0; earlier.len()];
        let mut rest = grams.hashes.as_slice();
        for &(stretch, count) in &grams.runs {
            let (hashes, behind) = rest.split_at((count as usize).min(rest.len()));
            rest = behind;
            let found = Found::of(hashes, earlier, own);
            out.verdict.seen += found.seen;
            of_document.iter_mut().zip(&found.earlier).for_each(|(all, more)| *all += more);
            let goes = |seen| share(seen, u64::from(count)) > self.threshold;
            if goes(found.seen) {
                out.for_earlier += u64::from(!goes(found.own));
                // At most `count`.
                let (seen, earlier) = (found.seen as u32, most(&found.earlier));
                out.verdict.gone.push(Gone { stretch, grams: count, seen, earlier });
            } else {
                out.added += hashes.len() as u64 - found.own;
                hashes.iter().for_each(|&hash| own.add(hash));
            }
        }
        out.verdict.earlier = most(&of_document);
        out
    }
}

/// How many n-grams of a stretch stood before.
struct Found {
    /// Anywhere.
    seen: u64,
    /// In this run.
    own: u64,
    /// In each earlier one.
    earlier: Vec<u64>,
}

impl Found {
    fn of(hashes: &[u64], earlier: &[Bloom], own: &Bloom) -> Self {
        let mut found = Self { seen: 0, own: 0, earlier: vec![0; earlier.len()] };
        for some in hashes.chunks(Bloom::TOGETHER) {
            let mut marks = own.marks(some);
            found.own += u64::from(marks.count_ones());
            for (filter, count) in earlier.iter().zip(&mut found.earlier) {
                let here = filter.marks(some);
                *count += u64::from(here.count_ones());
                marks |= here;
            }
            found.seen += u64::from(marks.count_ones());
        }
        found
    }
}

fn most(counts: &[u64]) -> Option<Most> {
    let seen = counts.iter().copied().max().filter(|&seen| seen > 0)?;
    (0..).zip(counts).find(|&(_, &count)| count == seen).map(|(run, _)| Most { run, seen })
}

/// `part` of `all`; NaN of nothing, which is above no threshold.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts of one document")]
pub fn share(part: u64, all: u64) -> f64 {
    part as f64 / all as f64
}

#[cfg(test)]
mod tests;
