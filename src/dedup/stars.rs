//! Connected components without holding the documents: alternate star contraction (Kiveris, Lattanzi, Mirrokni, Rastogi,
//! Vassilvitskii, "Connected Components in MapReduce and Beyond", 2014).
//!
//! The small star hangs the smaller neighbours of every document, and the document, on the least of them; the large star hangs the
//! greater neighbours of every document on the least of all its neighbours and itself. In turn they keep components whole, and end
//! when every edge leads from the smallest document of a component to another one. A few rounds are enough for near-duplicates,
//! which are stars to begin with.
//!
//! One process sorts the edges before each half of a round ([`contract`], [`spanning`]). Many processes exchange them: each half is a
//! stage, in which partition units hold a share of the documents ([`scatter`], [`half`]):
//!
//! ```text
//! edge file of a partition -> each edge at the place of its greater document          (`scatter`)
//! small star               -> each edge at the places of both its documents           (`half`)
//! large star               -> each edge at the place of its greater document, and so on
//! ```

use super::dense::Dense;
use super::edges::{self, Edge};
use super::error::DedupError;
use super::exchange::{ExchangeReader, ExchangeWriter};
use super::external::{Sorted, Sorter};
use super::forest::{Forest, Slots};
use super::frame::{u32_at, u64_at};
use super::record::Key;
use super::reduce::ExchangeSource;
use super::{Layout, Scratch, ScratchFile, ordinal, split_ordinal};
use std::cell::RefCell;
use std::io::{self, Read, Write};

/// Scratch that several sorters use at the same time.
pub(super) struct Shared<'a, 'b>(pub &'a RefCell<&'b mut dyn Scratch>);

impl Scratch for Shared<'_, '_> {
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>> {
        self.0.borrow_mut().create()
    }
}

pub(super) type Room<'a, 'b> = &'a RefCell<&'b mut dyn Scratch>;

/// Bytes of memory for each edge of which a spanning forest is made at once: the edge twice (16 each) and its two documents
/// (13 each: ordinal, parent, tables).
const PER_EDGE: usize = 58;

/// Gives the next (document, neighbour), sorted.
type Next<'a> = &'a mut dyn FnMut() -> Result<Option<Edge>, DedupError>;
/// Takes an edge.
type Link<'a> = &'a mut dyn FnMut(u64, u64) -> Result<(), DedupError>;

/// What the large star saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Seen {
    documents: u64,
    /// Documents with a smaller neighbour and another one: none, when all edges are stars of the smallest document.
    unsettled: u64,
}

/// The small star: takes each document with its smaller neighbours, gives edges (one, other) of which either may be greater.
fn small(next: Next<'_>, link: Link<'_>) -> Result<(), DedupError> {
    let mut group = None;
    while let Some((document, smaller)) = next()? {
        match group {
            Some((of, least)) if of == document => link(smaller, least)?,
            _ => {
                group = Some((document, smaller));
                link(document, smaller)?;
            }
        }
    }
    Ok(())
}

/// The large star: takes each document with all its neighbours, gives edges (greater, smaller).
fn large(next: Next<'_>, link: Link<'_>) -> Result<Seen, DedupError> {
    let mut seen = Seen::default();
    // The document, the least of it and its neighbours, and whether it was counted as unsettled.
    let mut group: Option<(u64, u64, bool)> = None;
    while let Some((document, neighbour)) = next()? {
        match &mut group {
            Some((of, least, counted)) if *of == document => {
                if *least < document && !*counted {
                    *counted = true;
                    seen.unsettled += 1;
                }
            }
            _ => {
                seen.documents += 1;
                group = Some((document, document.min(neighbour), false));
            }
        }
        if let Some((_, least, _)) = group
            && neighbour > document
        {
            link(neighbour, least)?;
        }
    }
    Ok(seen)
}

/// Rounds until every edge leads to the smallest document of its component. Takes edges (greater, smaller), gives each document but
/// the smallest of its component with that one. Takes three times `budget` for a moment.
pub(super) fn contract(mut edges: Sorted<Edge>, budget: usize, room: Room<'_, '_>) -> Result<Sorted<Edge>, DedupError> {
    loop {
        let mut shared = Shared(room);
        let mut both = Sorter::new(budget, &mut shared)?;
        small(&mut || edges.next(), &mut |one, other| both.push((one, other)).and_then(|()| both.push((other, one))))?;
        let mut both = both.finish()?;
        let mut shared = Shared(room);
        let mut next = Sorter::new(budget, &mut shared)?;
        let seen = large(&mut || both.next(), &mut |greater, least| next.push((greater, least)))?;
        edges = next.finish()?;
        if seen.unsettled == 0 {
            return Ok(edges);
        }
    }
}

/// The spanning forest of sorted edges (smaller, greater) that one file holds: each component as a star of its smallest document.
/// What joins nothing new is gone, and what is left depends on the components alone.
pub(super) fn spanning(next: Next<'_>, budget: usize, room: Room<'_, '_>) -> Result<Sorted<Edge>, DedupError> {
    let most = budget / PER_EDGE;
    let mut held = Vec::new();
    while let Some(edge) = next()? {
        held.push(edge);
        if held.len() > most {
            return spanning_by_rounds(held, next, budget / 3, room);
        }
    }
    let documents = Dense::new(held.iter().flat_map(|&(one, other)| [one, other]).collect());
    let count = documents.ordinals().len();
    let mut forest = Forest::new(Slots::identity(count), count);
    for &(one, other) in &held {
        // Every document of an edge has a number.
        if let (Some(one), Some(other)) = (documents.find(one), documents.find(other)) {
            forest.union(one, other);
        }
    }
    let (documents, roots) = (documents.into_ordinals(), forest.into_roots());
    held.clear();
    let stars = documents.iter().enumerate().map(|(at, &document)| (documents[roots.get(at)], document));
    held.extend(stars.filter(|(root, document)| root != document));
    held.sort_unstable();
    Ok(Sorted::from_sorted(held))
}

fn spanning_by_rounds(
    held: Vec<Edge>,
    rest: Next<'_>,
    budget: usize,
    room: Room<'_, '_>,
) -> Result<Sorted<Edge>, DedupError> {
    let mut shared = Shared(room);
    let mut turned = Sorter::new(budget, &mut shared)?;
    held.into_iter().try_for_each(|(one, other)| turned.push((other, one)))?;
    while let Some((one, other)) = rest()? {
        turned.push((other, one))?;
    }
    let mut leaves = contract(turned.finish()?, budget, room)?;
    let mut shared = Shared(room);
    let mut stars = Sorter::new(budget, &mut shared)?;
    while let Some((document, root)) = leaves.next()? {
        stars.push((root, document))?;
    }
    stars.finish()
}

/// A document and the unit of a neighbour of it, as the exchange of a round carries them; the record's index is the neighbour's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    place: u64,
    neighbour: u32,
}

/// 2^64 divided by the golden ratio (Knuth, "The Art of Computer Programming", volume 3, 6.4), and its inverse modulo 2^64.
const GOLDEN: (u64, u64) = (0x9E37_79B9_7F4A_7C15, 0xF1DE_83E1_9937_733D);

/// Where a document stands among the partitions: evenly spread, whatever units and indices are there, and with a way back.
fn place(document: u64) -> u64 {
    document.wrapping_mul(GOLDEN.0)
}

impl Key for End {
    const SIZE: usize = 12;

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.place.to_le_bytes());
        out.extend_from_slice(&self.neighbour.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        Self { place: u64_at(bytes, 0), neighbour: u32_at(bytes, 8) }
    }

    fn partition(self, partitions: u32) -> u32 {
        self.place.partition(partitions)
    }
}

/// Layout of the files of a step's rounds.
fn layout(of: Layout) -> Layout {
    // Another tag, so that no other exchange file of the step can be taken for one of these.
    Layout { tag: of.tag.rotate_left(32) ^ 2, ..of }
}

/// What a unit of a round saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoundStats {
    /// Distinct edges written; those of a small star count twice.
    pub edges: u64,
    /// Documents in this partition, counted by the large star alone: they have edges.
    pub documents: u64,
    /// Documents whose edges are no star of the smallest document yet, counted by the large star alone. Where no partition has any, the
    /// edges that were read and those that were written are the stars of the components.
    pub unsettled: u64,
}

/// Hands the edges of a partition's edge file to the places of their greater documents.
///
/// # Errors
/// When the file is damaged or of another plan, or when storage fails.
pub fn scatter(
    of: Layout,
    partition: u32,
    input: &mut dyn Read,
    (budget, scratch): (usize, &mut dyn Scratch),
    out: &mut dyn Write,
) -> Result<RoundStats, DedupError> {
    let mut writer = ExchangeWriter::new(partition, layout(of), budget, scratch)?;
    edges::read(of, partition, input, |(smaller, greater)| push(&mut writer, greater, smaller))?;
    Ok(RoundStats { edges: writer.finish(out)?.records, ..RoundStats::default() })
}

fn push(writer: &mut ExchangeWriter<'_, End>, document: u64, neighbour: u64) -> Result<(), DedupError> {
    let (unit, index) = split_ordinal(neighbour);
    writer.push(End { place: place(document), neighbour: unit }, index)
}

/// Which star of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Star {
    /// The first: takes each document with its smaller neighbours.
    Small,
    /// The second: takes each document with all its neighbours.
    Large,
}

/// Reads partition `partition` of the files that all partitions wrote before, and writes what `star` makes of its documents. The
/// scratch spaces are for what is read and for what is written.
///
/// # Errors
/// When an input is damaged, of another plan or out of order, or when storage fails.
pub fn half(
    star: Star,
    inputs: &dyn ExchangeSource,
    of: Layout,
    partition: u32,
    budget: usize,
    (gathered, written): (&mut dyn Scratch, &mut dyn Scratch),
    out: &mut dyn Write,
) -> Result<RoundStats, DedupError> {
    let mut sorter = Sorter::new(budget / 2, gathered)?;
    for place in 0..inputs.count() {
        let input = inputs.open(place)?;
        let reader = opened(&*input, of, place)?;
        reader.read_partition(partition, |end: End, record| sorter.push((end.place, neighbour(end, record))))?;
    }
    let mut sorted = sorter.finish()?;
    let mut next = || Ok(sorted.next()?.map(|(place, neighbour)| (place.wrapping_mul(GOLDEN.1), neighbour)));
    let mut writer = ExchangeWriter::new(partition, layout(of), budget / 2, written)?;
    let seen = match star {
        Star::Small => small(&mut next, &mut |one, other| {
            push(&mut writer, one, other).and_then(|()| push(&mut writer, other, one))
        })
        .map(|()| Seen::default())?,
        Star::Large => large(&mut next, &mut |greater, least| push(&mut writer, greater, least))?,
    };
    let Seen { documents, unsettled } = seen;
    drop(sorted);
    Ok(RoundStats { edges: writer.finish(out)?.records, documents, unsettled })
}

/// The neighbour in a record: the reader gives the index with its own unit.
fn neighbour(end: End, record: u64) -> u64 {
    ordinal(end.neighbour, split_ordinal(record).1)
}

fn opened<'r>(
    input: &'r dyn super::RangeRead,
    of: Layout,
    place: usize,
) -> Result<ExchangeReader<'r, End>, DedupError> {
    let reader = ExchangeReader::open(input, layout(of))?;
    let (expected, found) = (place as u64, u64::from(reader.unit()));
    if expected != found {
        return Err(DedupError::Mismatch { file: "star file", what: "partition", expected, found });
    }
    Ok(reader)
}

/// Gives each edge that the large stars of all partitions wrote, the smaller document first, in no order. Returns how many there were.
///
/// # Errors
/// When an input is damaged, of another plan or out of order, when storage fails, or when `each` fails.
pub(super) fn each_edge(
    inputs: &dyn ExchangeSource,
    of: Layout,
    each: &mut dyn FnMut(Edge) -> Result<(), DedupError>,
) -> Result<u64, DedupError> {
    (0..inputs.count()).try_fold(0, |sum, place| {
        let input = inputs.open(place)?;
        let edge = |end: End, record| each((neighbour(end, record), end.place.wrapping_mul(GOLDEN.1)));
        Ok(sum + opened(&*input, of, place)?.read_all(edge)?)
    })
}
