//! The first round of equal spans: which anchors stand in more than one document.
//!
//! A map unit writes each of its anchors once, with a mark for those that several of its documents have; a partition unit finds
//! those that several units have, or that are marked, and tells each map unit which of its own they are. Where an anchor stands is
//! asked again in the next phase, of the texts themselves, so no document travels. Of an anchor 48 bits do: two that agree in
//! them cost a few records of the second round.

use super::super::error::DedupError;
use super::super::external::{Sorted, Sorter};
use super::super::frame::Kind;
use super::super::overlap::Bloom;
use super::super::packed::{Fields, PackedReader, PackedWriter, put_number};
use super::super::record::Key;
use super::super::reduce::ExchangeSource;
use super::super::{Layout, Scratch, cuts};
use super::ANCHOR_BITS;
use std::io::Write;

const ANCHORS: Kind = Kind { magic: *b"\x89gmanch\n", name: "anchor file", record: 0 };
const SHARED: Kind = Kind { magic: *b"\x89gmshar\n", name: "file of shared anchors", record: 0 };
/// False positives of the shared anchors of a map unit, as a power of a half: one in a hundred.
const HALVINGS: u32 = 7;

/// Bits of an anchor that are zero.
const LOW: u32 = u64::BITS - ANCHOR_BITS;

/// Collects the anchors of one map unit within a memory budget.
pub struct AnchorWriter<'s> {
    unit: u32,
    layout: Layout,
    sorter: Sorter<'s, (u64, u32)>,
}

impl<'s> AnchorWriter<'s> {
    /// A writer for map unit `unit` that keeps to `budget` bytes of memory, plus about 8 MiB for writing.
    ///
    /// # Errors
    /// When the budget is out of range.
    pub fn new(unit: u32, layout: Layout, budget: usize, scratch: &'s mut dyn Scratch) -> Result<Self, DedupError> {
        Ok(Self { unit, layout, sorter: Sorter::new(budget, scratch)? })
    }

    /// Adds an anchor of the document with this index in the unit.
    ///
    /// # Errors
    /// When scratch space fails.
    pub fn push(&mut self, anchor: u64, index: u32) -> Result<(), DedupError> {
        self.sorter.push((anchor, index))
    }

    /// Sorts and writes the file. Returns the number of different anchors.
    ///
    /// # Errors
    /// When scratch space or `out` fails.
    pub fn finish(self, out: &mut dyn Write) -> Result<u64, DedupError> {
        let mut sorted = self.sorter.finish()?;
        let mut file = PackedWriter::new(ANCHORS, self.unit, self.layout, out)?;
        let (mut before, mut ahead) = ((0, 0), sorted.next()?);
        while let Some((anchor, _)) = ahead {
            let mut documents = 0_u32;
            while ahead.is_some_and(|(of, _)| of == anchor) {
                documents = documents.saturating_add(1);
                ahead = sorted.next()?;
            }
            let stream = anchor.partition(self.layout.partitions);
            if before.0 != stream {
                before = (stream, 0);
            }
            let (step, many) = ((anchor - before.1) >> LOW, u64::from(documents > 1));
            file.push(stream, |record| put_number(step << 1 | many, record), out)?;
            before.1 = anchor;
        }
        file.finish(out)
    }
}

/// What a partition unit saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AnchorStats {
    /// Records read: different anchors per map unit, summed.
    pub records: u64,
    /// Different anchors.
    pub keys: u64,
    /// Those that several documents have.
    pub shared: u64,
    /// Records written: those that a map unit is told of, summed.
    pub told: u64,
}

/// Reads partition `partition` of the anchor files of all map units and writes which of them each unit shares. Memory stays below
/// `budget` plus about 8 MiB.
///
/// # Errors
/// When an input is damaged or of another plan, when storage fails, or when the budget is too small to sort in.
pub fn reduce_anchors(
    inputs: &dyn ExchangeSource,
    of: Layout,
    (partition, units): (u32, u32),
    budget: usize,
    (gathered, written): (&mut dyn Scratch, &mut dyn Scratch),
    out: &mut dyn Write,
) -> Result<AnchorStats, DedupError> {
    let mut stats = AnchorStats::default();
    let sorted = gather(inputs, of, partition, Sorter::new(budget / 2, gathered)?, &mut stats)?;
    let mut told = Sorter::<(u64, u64)>::new(budget / 2, written)?;
    shared(sorted, &mut told, &mut stats)?;
    let mut told = told.finish()?;
    let mut file = PackedWriter::new(SHARED, partition, cuts::layout(of, units), out)?;
    let mut before = (u64::MAX, 0);
    while let Some((unit, anchor)) = told.next()? {
        if before.0 != unit {
            before = (unit, 0);
        }
        // Units are 32 bits wide.
        file.push(unit as u32, |record| put_number((anchor - before.1) >> LOW, record), out)?;
        before.1 = anchor;
    }
    stats.told = file.finish(out)?;
    Ok(stats)
}

/// The anchors of a partition, each with twice its map unit, and one more if several documents of that have it.
fn gather(
    inputs: &dyn ExchangeSource,
    of: Layout,
    partition: u32,
    mut sorter: Sorter<'_, (u64, u64)>,
    stats: &mut AnchorStats,
) -> Result<Sorted<(u64, u64)>, DedupError> {
    for place in 0..inputs.count() {
        let input = inputs.open(place)?;
        let reader = PackedReader::open(ANCHORS, &*input, of)?;
        let unit = u64::from(reader.part) << 1;
        let mut anchor = 0_u64;
        stats.records += reader.read(partition, |fields| {
            let Some(number) = fields.number() else { return Ok(None) };
            anchor = anchor.wrapping_add(number >> 1 << LOW);
            sorter.push((anchor, unit | number & 1)).map(Some)
        })?;
    }
    sorter.finish()
}

/// The anchors that several documents have, for each map unit that has them.
fn shared(
    mut sorted: Sorted<(u64, u64)>,
    told: &mut Sorter<'_, (u64, u64)>,
    stats: &mut AnchorStats,
) -> Result<(), DedupError> {
    let mut ahead = sorted.next()?;
    while let Some((anchor, first)) = ahead {
        stats.keys += 1;
        ahead = sorted.next()?;
        let alone = first & 1 == 0 && ahead.is_none_or(|(of, _)| of != anchor);
        if alone {
            continue;
        }
        stats.shared += 1;
        told.push((first >> 1, anchor))?;
        while let Some((_, unit)) = ahead.filter(|(of, _)| *of == anchor) {
            told.push((unit >> 1, anchor))?;
            ahead = sorted.next()?;
        }
    }
    Ok(())
}

/// The anchors of one map unit that other documents have as well. One in a hundred others is taken for such a one, which costs
/// records, and no result.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SharedAnchors(Option<Bloom>);

impl SharedAnchors {
    /// Reads what the partition units tell a map unit; their files stand in the order of the partitions. Takes 10 bits of memory
    /// for each anchor.
    ///
    /// # Errors
    /// When a file cannot be read, is damaged or belongs to another plan, or when the system has no such memory.
    pub fn of_unit(inputs: &dyn ExchangeSource, of: Layout, units: u32, unit: u32) -> Result<Self, DedupError> {
        let layout = cuts::layout(of, units);
        let mut count = 0;
        for place in 0..inputs.count() {
            count += PackedReader::open(SHARED, &*inputs.open(place)?, layout)?.records(unit)?;
        }
        if count == 0 {
            return Ok(Self(None));
        }
        let no_memory = || DedupError::Setting {
            name: "memory",
            detail: format!("the {count} shared anchors of map unit {unit} need more than there is"),
        };
        let mut filter = Bloom::new(count, HALVINGS).ok_or_else(no_memory)?;
        for place in 0..inputs.count() {
            let input = inputs.open(place)?;
            let reader = PackedReader::of_partition(SHARED, &*input, layout, place)?;
            let mut anchor = 0_u64;
            reader.read(unit, |fields: &mut Fields<'_>| {
                Ok(fields.number().map(|step| {
                    anchor = anchor.wrapping_add(step << LOW);
                    filter.add(anchor);
                }))
            })?;
        }
        Ok(Self(Some(filter)))
    }

    /// Whether an anchor of the unit may stand in another document.
    #[must_use]
    pub fn has(&self, anchor: u64) -> bool {
        self.0.as_ref().is_some_and(|filter| filter.has(anchor))
    }
}
