//! The partition unit of the second round of equal spans: from contexts to the windows that stood before.
//!
//! All documents with one anchor meet here. Where they all have the same context, as they mostly do, the first of them is the
//! first that has any of its windows, and nothing else is looked at. Where contexts differ, all windows of each different one go
//! through a sort by 128-bit hash, once for all documents that have it. Everything is a sort within the budget: an anchor that all
//! documents have takes no more memory than another.

use super::super::error::DedupError;
use super::super::exact::content_key;
use super::super::external::{MIN_BUDGET, Sorted, Sorter};
use super::super::frame::{u32_at, u64_at};
use super::super::record::{Key, Record};
use super::super::reduce::ExchangeSource;
use super::super::{Layout, Scratch, cuts as piece_cuts};
use super::contexts;
use super::cuts::{self, SpanCut, Told};
use super::{CONTEXT_BITS, low};
use std::io::Write;

/// Bytes of a context that one record of the sort holds.
const PART: usize = 32;
/// Sorts that may hold records at the same time.
const SORTS: usize = 6;

/// A part of a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    key: u128,
    number: u32,
    length: u8,
    bytes: [u8; PART],
}

impl Record for Part {
    const SIZE: usize = 16 + 4 + 1 + PART;

    fn put(&self, out: &mut Vec<u8>) {
        self.key.put(out);
        out.extend_from_slice(&self.number.to_le_bytes());
        out.push(self.length);
        out.extend_from_slice(&self.bytes);
    }

    fn get(bytes: &[u8]) -> Self {
        let mut part = Self { key: u128::get(bytes), number: u32_at(bytes, 16), length: bytes[20], bytes: [0; PART] };
        part.bytes.copy_from_slice(&bytes[21..21 + PART]);
        part
    }
}

/// A window of a context, and the first document that has the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Window {
    key: u128,
    first: u64,
    context: u64,
    at: u32,
}

impl Record for Window {
    const SIZE: usize = 36;

    fn put(&self, out: &mut Vec<u8>) {
        self.key.put(out);
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.context.to_le_bytes());
        out.extend_from_slice(&self.at.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        Self { key: u128::get(bytes), first: u64_at(bytes, 16), context: u64_at(bytes, 24), at: u32_at(bytes, 32) }
    }
}

/// What a partition unit saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpanStats {
    /// Records read: different contexts per document, summed.
    pub records: u64,
    /// Different contexts.
    pub keys: u64,
    /// Those whose anchor has another context as well.
    pub mixed: u64,
    /// Those that several documents have.
    pub copied: u64,
    /// Most documents that have one.
    pub biggest_bucket: u64,
    /// Records written.
    pub cuts: u64,
}

/// Reads partition `partition` of the context files of all map units and writes which of their windows, of `window` bytes, stood
/// before. Memory stays below `budget` plus about 8 MiB and 16 bytes for each different context of a map unit in the partition.
///
/// # Errors
/// When an input is damaged or of another plan, when storage fails, or when the budget is too small to sort in.
pub fn reduce_spans(
    inputs: &dyn ExchangeSource,
    of: Layout,
    (partition, units, window): (u32, u32, usize),
    budget: usize,
    scratch: [&mut dyn Scratch; 3],
    out: &mut dyn Write,
) -> Result<SpanStats, DedupError> {
    if budget < SORTS * MIN_BUDGET {
        let detail = format!("{budget} bytes are too few to reduce in; give at least {}", SORTS * MIN_BUDGET);
        return Err(DedupError::Setting { name: "memory budget", detail });
    }
    let (share, [one, two, three]) = (budget / SORTS, scratch);
    let mut stats = SpanStats::default();
    let mut documents = Sorter::new(share, one)?;
    let mut parts = Sorter::new(share, two)?;
    stats.records = gather(inputs, of, partition, &mut documents, &mut parts)?;
    let (documents, texts) = (documents.finish()?, Texts::new(parts.finish()?)?);
    let (mut having, mut facts) = (Sorter::new(share, one)?, Sorter::new(share, two)?);
    let mut windows = Sorter::new(share, three)?;
    expand(documents, texts, window, (&mut having, &mut facts, &mut windows), &mut stats)?;
    elsewhere(windows.finish()?, &mut facts)?;
    let (having, facts) = (having.finish()?, facts.finish()?);
    let mut told = Sorter::new(share, three)?;
    tell(having, facts, &mut told)?;
    stats.cuts = cuts::write(told.finish()?, partition, piece_cuts::layout(of, units), out)?;
    Ok(stats)
}

/// Which document has which context, and the contexts in parts.
fn gather(
    inputs: &dyn ExchangeSource,
    of: Layout,
    partition: u32,
    documents: &mut Sorter<'_, (u128, u64)>,
    parts: &mut Sorter<'_, Part>,
) -> Result<u64, DedupError> {
    let mut records = 0;
    for place in 0..inputs.count() {
        let input = inputs.open(place)?;
        records += contexts::read(&*input, of, partition, |document, key, context| {
            for (number, chunk) in (0..).zip(context.into_iter().flat_map(|context| context.chunks(PART))) {
                let mut bytes = [0; PART];
                bytes[..chunk.len()].copy_from_slice(chunk);
                // At most PART.
                parts.push(Part { key, number, length: chunk.len() as u8, bytes })?;
            }
            documents.push((key, document))
        })?;
    }
    Ok(records)
}

/// Contexts put together again, by rising key.
struct Texts {
    sorted: Sorted<Part>,
    ahead: Option<Part>,
}

impl Texts {
    fn new(mut sorted: Sorted<Part>) -> Result<Self, DedupError> {
        let ahead = sorted.next()?;
        Ok(Self { sorted, ahead })
    }

    /// Reads the next context; `None` at the end.
    fn next(&mut self, text: &mut Vec<u8>) -> Result<Option<u128>, DedupError> {
        text.clear();
        let Some(Part { key, .. }) = self.ahead else { return Ok(None) };
        let mut number = 0;
        while let Some(part) = self.ahead.filter(|part| part.key == key) {
            if part.number != number {
                return Err(broken("a context is not whole"));
            }
            number += 1;
            text.extend_from_slice(&part.bytes[..usize::from(part.length).min(PART)]);
            self.ahead = self.sorted.next()?;
        }
        Ok(Some(key))
    }
}

fn broken(what: &str) -> DedupError {
    DedupError::damaged("context file", what)
}

/// Context, document or place, and what is said of both.
type Triples<'s> = Sorter<'s, (u64, u64, u64)>;

/// Instead of a document: the end of a context's facts, whose place is its number of windows.
const END: u64 = u64::MAX;

/// Numbers the contexts that several documents have, or whose anchor has others: `having` gets (context, document, lower half of
/// its key), `facts` their ends, and `windows` those of the contexts whose anchor has others.
fn expand(
    mut documents: Sorted<(u128, u64)>,
    mut texts: Texts,
    window: usize,
    (having, facts, windows): (&mut Triples<'_>, &mut Triples<'_>, &mut Sorter<'_, Window>),
    stats: &mut SpanStats,
) -> Result<(), DedupError> {
    let anchor = |key: u128| key >> CONTEXT_BITS;
    let (mut text, mut before, mut ahead) = (Vec::new(), None, documents.next()?);
    let mut context = 0;
    while let Some(key) = texts.next(&mut text)? {
        stats.keys += 1;
        let next = texts.ahead.map(|part| anchor(part.key));
        let mixed = before.replace(anchor(key)) == Some(anchor(key)) || next == Some(anchor(key));
        let (_, first) = ahead.filter(|(of, _)| *of == key).ok_or_else(|| broken("a context has no document"))?;
        let count = (text.len() + 1).checked_sub(window).filter(|&count| count > 0);
        let count = count.ok_or_else(|| broken("a context is shorter than a window"))?;
        ahead = documents.next()?;
        let copied = ahead.is_some_and(|(of, _)| of == key);
        stats.mixed += u64::from(mixed);
        stats.copied += u64::from(copied);
        if !mixed && !copied {
            continue;
        }
        having.push((context, first, low(key)))?;
        let mut bucket = 1;
        while let Some((_, document)) = ahead.filter(|(of, _)| *of == key) {
            having.push((context, document, low(key)))?;
            bucket += 1;
            ahead = documents.next()?;
        }
        stats.biggest_bucket = stats.biggest_bucket.max(bucket);
        facts.push((context, count as u64, END))?;
        if mixed {
            for (at, bytes) in (0..).zip(text.windows(window)) {
                windows.push(Window { key: content_key(bytes), first, context, at })?;
            }
        }
        context += 1;
    }
    Ok(())
}

/// Adds the windows of contexts that stood before the first document with the context: (context, place, document).
fn elsewhere(mut windows: Sorted<Window>, facts: &mut Triples<'_>) -> Result<(), DedupError> {
    let mut earliest = (None, 0);
    while let Some(Window { key, first, context, at }) = windows.next()? {
        if earliest.0 != Some(key) {
            earliest = (Some(key), first);
        }
        if earliest.1 != first {
            facts.push((context, at.into(), earliest.1))?;
        }
    }
    Ok(())
}

/// Tells each document which windows of its contexts stood before.
fn tell(
    mut having: Sorted<(u64, u64, u64)>,
    mut facts: Sorted<(u64, u64, u64)>,
    told: &mut Sorter<'_, Told>,
) -> Result<(), DedupError> {
    let (mut ahead, mut earlier, mut runs) = (having.next()?, Vec::new(), Vec::new());
    while let Some((context, place, copy)) = facts.next()? {
        // Contexts have fewer windows than bytes.
        let place = place as u32;
        if copy != END {
            earlier.push((place, copy));
            continue;
        }
        runs.clear();
        while let Some((_, document, key)) = ahead.filter(|(of, ..)| *of == context) {
            if runs.is_empty() {
                runs_of(&earlier, place, document, &mut runs);
            }
            for &(from, to, copy) in runs.iter().filter(|(.., copy)| *copy < document) {
                told.push((document, SpanCut { key, from, to, copy }))?;
            }
            ahead = having.next()?;
        }
        earlier.clear();
    }
    Ok(())
}

/// Runs of windows with the first document that has them: `first`, but for those that stood `earlier`.
fn runs_of(earlier: &[(u32, u64)], count: u32, first: u64, runs: &mut Vec<(u32, u32, u64)>) {
    let mut add = |from, to, copy| match runs.last_mut() {
        Some((_, end, of)) if *end == from && *of == copy => *end = to,
        _ if from < to => runs.push((from, to, copy)),
        _ => {}
    };
    let mut at = 0;
    for &(place, copy) in earlier {
        add(at, place, first);
        add(place, place + 1, copy);
        at = place + 1;
    }
    add(at, count, first);
}
