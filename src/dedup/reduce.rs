//! The partition unit: buckets of equal keys become edges.
//!
//! The blocks of one partition go, map unit by map unit, through an external sort within the memory budget, and each bucket
//! (documents with an equal key) gives a star: an edge from its smallest document to every other. Anchoring at the sorted
//! minimum makes the result independent of arrival order. Edges that join nothing new are dropped: what is written is a spanning
//! forest, sorted ([`super::stars`]).
//!
//! Why a sort and not a merge of the (already sorted) blocks: a merge of thousands of inputs needs thousands of small reads
//! per input, this needs one; with a budget above the partition (1.25 GB at 10^10 documents in 1,792 partitions) no scratch
//! space is used at all.

use super::edges;
use super::error::DedupError;
use super::exchange::ExchangeReader;
use super::external::{MIN_BUDGET, Sorted, Sorter};
use super::record::Key;
use super::{Layout, RangeRead, Scratch, stars};
use std::cell::RefCell;
use std::io::{self, Write};

/// What a partition unit saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReduceStats {
    /// Records read.
    pub records: u64,
    /// Distinct keys.
    pub keys: u64,
    /// Keys shared by two documents or more.
    pub buckets: u64,
    /// Documents in the biggest bucket (1 where no key is shared, 0 where there are no records).
    pub biggest_bucket: u64,
    /// Distinct edges from the first document of a bucket to its others.
    pub edges: u64,
    /// Edges of their spanning forest, which is what is written.
    pub forest: u64,
    /// Different keys that documents of earlier runs have as well.
    pub earlier: u64,
}

/// The keys of documents that earlier runs kept. Their ordinals are above all of this run.
pub trait Earlier<K> {
    /// Adds the documents that have this key to `out`. Keys come in rising order.
    ///
    /// # Errors
    /// When an index cannot be read or is damaged.
    fn find(&mut self, key: K, out: &mut Vec<u64>) -> Result<(), DedupError>;
}

/// No earlier run.
pub struct NoneEarlier;

impl<K> Earlier<K> for NoneEarlier {
    fn find(&mut self, _key: K, _out: &mut Vec<u64>) -> Result<(), DedupError> {
        Ok(())
    }
}

/// Opens the exchange files of all map units, one after the other.
pub trait ExchangeSource {
    /// How many there are.
    fn count(&self) -> usize;
    /// The file at this place in map order. It is dropped before the next is opened.
    ///
    /// # Errors
    /// When storage fails.
    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>>;
}

/// Files that are open already.
impl ExchangeSource for &[&dyn RangeRead] {
    fn count(&self) -> usize {
        self.len()
    }

    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>> {
        Ok(Box::new(self[place]))
    }
}

/// [`reduce_from`] over files that are open already: for few map units (file handles are scarce).
///
/// # Errors
/// As [`reduce_from`].
pub fn reduce<K: Key>(
    inputs: &[&dyn RangeRead],
    layout: Layout,
    partition: u32,
    budget: usize,
    scratch: &mut dyn Scratch,
    out: &mut dyn Write,
) -> Result<ReduceStats, DedupError> {
    reduce_from::<K>(&inputs, layout, partition, (budget, scratch), &mut NoneEarlier, out)
}

/// Reads partition `partition` of the exchange files of all map units and writes its edge file; keys that `earlier` knows tie
/// the documents that have them to those of earlier runs. That costs one look-up per different key of this run.
///
/// The inputs stand in map order (units strictly rising). Memory stays below `budget` plus about 2 MiB.
///
/// # Errors
/// When an input is damaged, of another plan or out of order, when storage fails, or when `budget` is below four times
/// [`MIN_BUDGET`].
pub fn reduce_from<K: Key>(
    inputs: &dyn ExchangeSource,
    layout: Layout,
    partition: u32,
    (budget, scratch): (usize, &mut dyn Scratch),
    earlier: &mut dyn Earlier<K>,
    out: &mut dyn Write,
) -> Result<ReduceStats, DedupError> {
    let least = 4 * MIN_BUDGET;
    if budget < least {
        let detail = format!("{budget} bytes are too few to reduce in; give at least {least}");
        return Err(DedupError::Setting { name: "memory budget", detail });
    }
    let mut stats = ReduceStats::default();
    // Records outnumber edges: every edge comes from a record.
    let edge_budget = budget / 4;
    let sorter = Sorter::new(budget - edge_budget, scratch)?;
    let (sorted, records) = gather::<K>(inputs, layout, partition, sorter)?;
    stats.records = records;
    let mut found = Sorter::new(edge_budget, scratch)?;
    stars_of(sorted, earlier, &mut found, &mut stats)?;
    let mut found = found.finish()?;
    let mut counted = || Ok(found.next()?.inspect(|_| stats.edges += 1));
    // The records are gone by now.
    let forest = stars::spanning(&mut counted, budget - edge_budget, &RefCell::new(scratch))?;
    drop(found);
    stats.forest = edges::write(layout, partition, forest, out)?;
    Ok(stats)
}

/// The records of one partition of all map units, sorted, and how many were read.
pub(super) fn gather<K: Key>(
    inputs: &dyn ExchangeSource,
    layout: Layout,
    partition: u32,
    mut sorter: Sorter<'_, (K, u64)>,
) -> Result<(Sorted<(K, u64)>, u64), DedupError> {
    let (mut before, mut records) = (None, 0);
    for place in 0..inputs.count() {
        let input = inputs.open(place)?;
        let reader = ExchangeReader::<K>::open(&*input, layout)?;
        if before >= Some(reader.unit()) {
            let detail = format!("map unit {} comes twice or out of order", reader.unit());
            return Err(DedupError::Setting { name: "inputs", detail });
        }
        before = Some(reader.unit());
        records += reader.read_partition(partition, |key, document| sorter.push((key, document)))?;
    }
    Ok((sorter.finish()?, records))
}

fn stars_of<K: Key>(
    mut sorted: Sorted<(K, u64)>,
    earlier: &mut dyn Earlier<K>,
    stars: &mut Sorter<'_, edges::Edge>,
    stats: &mut ReduceStats,
) -> Result<(), DedupError> {
    let mut anchor: Option<(K, u64)> = None;
    let (mut size, mut found) = (0, Vec::new());
    while let Some((key, document)) = sorted.next()? {
        match anchor {
            Some((of, first)) if of == key => {
                size += 1;
                stats.buckets += u64::from(size == 2);
                stars.push((first, document))?;
            }
            _ => {
                anchor = Some((key, document));
                size = 1;
                stats.keys += 1;
                found.clear();
                earlier.find(key, &mut found)?;
                stats.earlier += u64::from(!found.is_empty());
                found.iter().try_for_each(|&one| stars.push((document, one)))?;
            }
        }
        stats.biggest_bucket = stats.biggest_bucket.max(size);
    }
    Ok(())
}
