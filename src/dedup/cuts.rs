//! From equal keys of pieces to the pieces that each document loses.
//!
//! The exchange files hold (key, document) for every different span of every document; equal records count once, so a
//! bucket counts documents. A partition unit writes its cuts as one exchange file the other way round: its partitions are
//! the map units, its records say which document loses which key, and where a copy of it stands. A map unit of the next
//! phase reads its own block of every partition's file and has its cuts in the order of its documents.
//!
//! Equal keys are transitive, so there are no clusters to join, and no step sees all cuts at once.
//!
//! Documents of earlier runs that have a piece stand before all of this run, as they would in one run over everything; they
//! are looked up by key, and lose nothing. What a later run must know of this one is written while the buckets pass.

use super::error::DedupError;
use super::exchange::{ExchangeReader, ExchangeWriter};
use super::external::{MIN_BUDGET, Sorted, Sorter};
use super::frame::{u32_at, u64_at};
use super::index::{self, IndexWriter};
use super::record::Key;
use super::reduce::{Earlier, ExchangeSource, gather};
use super::{Layout, Scratch, ordinal, split_ordinal};
use std::io::Write;

/// Which of the documents that have a piece keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// A piece that fewer documents have is left alone; at least 2.
    pub min_documents: u32,
    /// So many documents keep it, the first ones; 0: none does.
    pub copies: u32,
}

impl Rule {
    /// Whether documents that lost a piece must be known as well: where more than two have to have it, or none keeps it.
    #[must_use]
    pub fn counts_losers(self) -> bool {
        self.min_documents > 2 || self.copies == 0
    }

    /// Documents of earlier runs with a piece, beyond which more change nothing: with one of this run they are enough to cut
    /// it, and all the copies that stay are theirs.
    #[must_use]
    pub fn most_earlier(self) -> usize {
        (self.min_documents.saturating_sub(1)).max(self.copies) as usize
    }
}

/// What the documents of a partition are held against.
pub struct Against<'a> {
    /// Map units of this run.
    pub units: u32,
    /// Who keeps a piece.
    pub rule: Rule,
    /// What earlier runs have.
    pub earlier: &'a mut dyn Earlier<u128>,
    /// Where the index of what this run has is written, if one is saved.
    pub save: Option<&'a mut dyn Write>,
}

/// A document loses a piece. Sorts by map unit, then document, then key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// Map unit of the document.
    pub unit: u32,
    /// The document's index in it.
    pub index: u32,
    key: (u64, u64),
    copy_unit: u32,
}

impl Cut {
    /// The key of the piece.
    #[must_use]
    pub fn key(&self) -> u128 {
        u128::from(self.key.0) << 64 | u128::from(self.key.1)
    }
}

impl Key for Cut {
    const SIZE: usize = 28;

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.unit.to_le_bytes());
        out.extend_from_slice(&self.index.to_le_bytes());
        out.extend_from_slice(&self.key.0.to_le_bytes());
        out.extend_from_slice(&self.key.1.to_le_bytes());
        out.extend_from_slice(&self.copy_unit.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        Self {
            unit: u32_at(bytes, 0),
            index: u32_at(bytes, 4),
            key: (u64_at(bytes, 8), u64_at(bytes, 16)),
            copy_unit: u32_at(bytes, 24),
        }
    }

    /// One partition per map unit.
    fn partition(self, _partitions: u32) -> u32 {
        self.unit
    }
}

/// Layout of the cut files of a step: one partition per map unit.
#[must_use]
pub fn layout(of: Layout, units: u32) -> Layout {
    // Another tag, so that no exchange file of the step can be taken for one of its cut files.
    Layout { partitions: units.max(1), tag: of.tag.rotate_left(32) ^ 1 }
}

/// What a partition unit saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CutStats {
    /// Records read: different pieces per document, summed.
    pub records: u64,
    /// Different pieces.
    pub keys: u64,
    /// Those that enough documents have.
    pub copied: u64,
    /// Cuts written.
    pub cuts: u64,
    /// Most documents of this run that have one piece.
    pub biggest_bucket: u64,
    /// Cuts whose copy stands in a document of an earlier run.
    pub for_earlier: u64,
    /// Records written to the index.
    pub saved: u64,
}

/// Reads partition `partition` of the exchange files of all map units and writes its cut file, and its part of the index if one
/// is saved. The scratch spaces are for what is read and for what is written. Earlier runs cost one look-up per different key.
///
/// Memory stays below `budget` plus about 2 MiB and 8 bytes for each of `rule.min_documents`; an index takes 1/256 of its file
/// more.
///
/// # Errors
/// As [`super::reduce::reduce_from`].
pub fn reduce_cuts(
    inputs: &dyn ExchangeSource,
    of: Layout,
    partition: u32,
    against: Against<'_>,
    budget: usize,
    (gathered, written): (&mut dyn Scratch, &mut dyn Scratch),
    out: &mut dyn Write,
) -> Result<CutStats, DedupError> {
    let least = 4 * MIN_BUDGET;
    if budget < least {
        let detail = format!("{budget} bytes are too few to reduce in; give at least {least}");
        return Err(DedupError::Setting { name: "memory budget", detail });
    }
    let cut_budget = budget / 2;
    let sorter = Sorter::new(budget - cut_budget, gathered)?;
    let (mut sorted, records) = gather::<u128>(inputs, of, partition, sorter)?;
    let Against { units, rule, earlier, save } = against;
    let settled = ordinal(units, 0);
    let mut writer = ExchangeWriter::new(partition, layout(of, units), cut_budget, written)?;
    let mut saved = match save {
        Some(save) => Some(IndexWriter::new(index::layout(of), partition, records, rule.most_earlier(), save)?),
        None => None,
    };
    let mut stats = CutStats { records, ..CutStats::default() };
    let (mut bucket, mut found) = (Bucket::default(), Vec::new());
    while let Some((key, document)) = sorted.next()? {
        if bucket.key != Some(key) {
            bucket = Bucket { key: Some(key), held: std::mem::take(&mut bucket.held), ..Bucket::default() };
            bucket.held.clear();
            stats.keys += 1;
            found.clear();
            earlier.find(key, &mut found)?;
            // They lose nothing, and those that wait are passed over when enough have come.
            found.iter().try_for_each(|&one| bucket.take(one, rule, |_, _| Ok(())))?;
            stats.copied += u64::from(bucket.count >= u64::from(rule.min_documents));
        }
        if let Some(saved) = &mut saved
            && (rule.counts_losers() || bucket.count < u64::from(rule.copies))
        {
            saved.push(key, document)?;
        }
        bucket.take(document, rule, |document, copy| {
            if document >= settled {
                return Ok(());
            }
            stats.for_earlier += u64::from(copy >= settled);
            let ((unit, index), (copy_unit, copy_index)) = (split_ordinal(document), split_ordinal(copy));
            // The two halves of the key.
            let key = ((key >> 64) as u64, key as u64);
            writer.push(Cut { unit, index, key, copy_unit }, copy_index)
        })?;
        stats.copied += u64::from(bucket.count == u64::from(rule.min_documents));
        stats.biggest_bucket = stats.biggest_bucket.max(bucket.count - found.len() as u64);
    }
    drop(sorted);
    stats.saved = saved.map(IndexWriter::finish).transpose()?.map_or(0, |written| written.records);
    stats.cuts = writer.finish(out)?.records;
    Ok(stats)
}

/// The documents that have one piece.
#[derive(Default)]
struct Bucket {
    key: Option<u128>,
    count: u64,
    first: u64,
    second: u64,
    /// Documents that wait until there are enough of them.
    held: Vec<u64>,
}

impl Bucket {
    /// The next document, in rising order; `cut` gets those that lose the piece, with one that has it as well: the first,
    /// and for the first the second.
    fn take(
        &mut self,
        document: u64,
        rule: Rule,
        mut cut: impl FnMut(u64, u64) -> Result<(), DedupError>,
    ) -> Result<(), DedupError> {
        match self.count {
            0 => self.first = document,
            1 => self.second = document,
            _ => {}
        }
        let place = self.count;
        self.count += 1;
        let (first, second) = (self.first, self.second);
        let mut one = |document, place: u64| match place {
            _ if place < u64::from(rule.copies) => Ok(()),
            0 => cut(document, second),
            _ => cut(document, first),
        };
        if self.count < u64::from(rule.min_documents) {
            self.held.push(document);
            return Ok(());
        }
        for (document, place) in self.held.drain(..).zip(0..) {
            one(document, place)?;
        }
        one(document, place)
    }
}

/// The cuts of one map unit, in the order of its documents.
pub struct Cuts {
    sorted: Sorted<(Cut, u32)>,
    ahead: Option<(Cut, u32)>,
}

impl Cuts {
    /// Reads the block of `unit` out of the cut files of all partitions, which stand in the order of the partitions.
    ///
    /// # Errors
    /// When a file cannot be read, is damaged or belongs to another plan, or when scratch space fails.
    pub fn gather(
        inputs: &dyn ExchangeSource,
        layout: Layout,
        unit: u32,
        budget: usize,
        scratch: &mut dyn Scratch,
    ) -> Result<Self, DedupError> {
        let mut sorter = Sorter::new(budget, scratch)?;
        for place in 0..inputs.count() {
            let input = inputs.open(place)?;
            let reader = ExchangeReader::<Cut>::open(&*input, layout)?;
            let (expected, found) = (place as u64, u64::from(reader.unit()));
            if expected != found {
                return Err(DedupError::Mismatch { file: "cut file", what: "partition", expected, found });
            }
            // The low half of the ordinal is the index of the copy.
            reader.read_partition(unit, |cut, copy| sorter.push((cut, split_ordinal(copy).1)))?;
        }
        let mut sorted = sorter.finish()?;
        let ahead = sorted.next()?;
        Ok(Self { sorted, ahead })
    }

    /// The cuts of the documents before `index` that were not taken yet: index, key, and the ordinal of a document that
    /// has the piece as well; by index, then key.
    ///
    /// # Errors
    /// When scratch space fails.
    pub fn take_before(&mut self, index: u32) -> Result<Vec<(u32, u128, u64)>, DedupError> {
        let mut out = Vec::new();
        while let Some((cut, copy)) = self.ahead.filter(|(cut, _)| cut.index < index) {
            out.push((cut.index, cut.key(), ordinal(cut.copy_unit, copy)));
            self.ahead = self.sorted.next()?;
        }
        Ok(out)
    }
}
