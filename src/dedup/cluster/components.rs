//! Connected components: every document that occurs in an edge, with the smallest document of its component, in the order in
//! which survivors are chosen.
//!
//! In memory that is a union-find over dense numbers. Beyond the budget it is star contraction ([`crate::dedup::stars`]), in this process
//! or, before it, as units of many.

use super::{ClusterStats, Edges, Keep};
use crate::dedup::Layout;
use crate::dedup::dense::Dense;
use crate::dedup::edges::{self, Edge};
use crate::dedup::error::DedupError;
use crate::dedup::external::{Sorted, Sorter};
use crate::dedup::forest::{Forest, Slots};
use crate::dedup::stars::{self, Room, Shared};

/// A document on its way to the choice of survivors: component, place in the order of preference (0 first), document.
pub(super) type Ordered = (u64, u64, u64);

/// Bytes of memory for each document that occurs while components are found in memory: ordinal 8, parent 4, tables 1.
const PER_DOCUMENT: usize = 13;

/// Documents with edges whose components are found in memory within `budget`.
pub(super) fn in_memory_at_most(budget: usize) -> usize {
    budget / 2 / PER_DOCUMENT
}

/// Documents by component and preference.
pub(super) fn find(
    source: Edges<'_>,
    layout: Layout,
    keep: Keep<'_>,
    budget: usize,
    scratch: Room<'_, '_>,
    stats: &mut ClusterStats,
) -> Result<Sorted<Ordered>, DedupError> {
    if let Edges::Stars { settled: true, .. } = source {
        let mut shared = Shared(scratch);
        let mut labels = Sorter::new(budget / 2, &mut shared)?;
        stats.edges = for_each_edge(source, layout, |(root, document)| label(&mut labels, document, root))?;
        return by_label(labels.finish()?, keep, budget, scratch);
    }
    let mut shared = Shared(scratch);
    let mut mentioned = Sorter::new(budget / 2, &mut shared)?;
    let mut last = None;
    stats.edges = for_each_edge(source, layout, |(one, other)| {
        // Edges are sorted: one mention serves the whole star.
        if last != Some(one) {
            last = Some(one);
            mentioned.push(one)?;
        }
        mentioned.push(other)
    })?;
    let mut documents = mentioned.finish()?;
    let most = in_memory_at_most(budget);
    let mut ordinals = Vec::new();
    while ordinals.len() <= most {
        match documents.next()? {
            Some(document) => ordinals.push(document),
            None => {
                drop(documents);
                return in_memory(source, layout, keep, ordinals, budget, scratch);
            }
        }
    }
    drop((documents, ordinals));
    by_rounds(source, layout, keep, budget, scratch)
}

fn for_each_edge(
    source: Edges<'_>,
    layout: Layout,
    mut each: impl FnMut(Edge) -> Result<(), DedupError>,
) -> Result<u64, DedupError> {
    let files = match source {
        Edges::Files(files) => files,
        Edges::Stars { files, .. } => return stars::each_edge(files, layout, &mut each),
    };
    (0..layout.partitions).try_fold(0, |sum, partition| {
        let mut input = files.open(partition)?;
        Ok(sum + edges::read(layout, partition, &mut input, &mut each)?)
    })
}

/// The place of a rank in rising order, the highest rank first.
fn place(rank: i64) -> u64 {
    // Flipping the sign bit makes the order of the bits that of the numbers; all bits, the reverse.
    !(rank as u64 ^ 1 << 63)
}

fn in_memory(
    source: Edges<'_>,
    layout: Layout,
    keep: Keep<'_>,
    ordinals: Vec<u64>,
    budget: usize,
    scratch: Room<'_, '_>,
) -> Result<Sorted<Ordered>, DedupError> {
    let documents = Dense::new(ordinals);
    let count = documents.ordinals().len();
    let mut forest = Forest::new(Slots::identity(count), count);
    let mut last = (u64::MAX, 0);
    for_each_edge(source, layout, |(one, other)| {
        if last.0 != one {
            last = (one, number(&documents, one)?);
        }
        forest.union(last.1, number(&documents, other)?);
        Ok(())
    })?;
    let documents = documents.into_ordinals();
    let roots = forest.into_roots();
    let mut shared = Shared(scratch);
    let mut ordered = Sorter::new(budget / 4, &mut shared)?;
    for (at, &document) in documents.iter().enumerate() {
        ordered.push((documents[roots.get(at)], place(keep.rank(document)), document))?;
    }
    ordered.finish()
}

fn number(documents: &Dense, document: u64) -> Result<usize, DedupError> {
    documents
        .find(document)
        .ok_or_else(|| DedupError::damaged("edge file", format!("edge to {document} is new at the second reading")))
}

fn by_rounds(
    source: Edges<'_>,
    layout: Layout,
    keep: Keep<'_>,
    budget: usize,
    scratch: Room<'_, '_>,
) -> Result<Sorted<Ordered>, DedupError> {
    let mut shared = Shared(scratch);
    let mut edges = Sorter::new(budget / 2, &mut shared)?;
    for_each_edge(source, layout, |(one, other)| edges.push((other, one)))?;
    let mut leaves = stars::contract(edges.finish()?, budget / 2, scratch)?;
    let mut shared = Shared(scratch);
    let mut labels = Sorter::new(budget / 2, &mut shared)?;
    while let Some((document, root)) = leaves.next()? {
        label(&mut labels, document, root)?;
    }
    drop(leaves);
    by_label(labels.finish()?, keep, budget, scratch)
}

/// Says of a document, and of the smallest one of its component, which component it is in.
fn label(labels: &mut Sorter<'_, Edge>, document: u64, root: u64) -> Result<(), DedupError> {
    labels.push((document, root)).and_then(|()| labels.push((root, root)))
}

fn by_label(
    mut labels: Sorted<Edge>,
    keep: Keep<'_>,
    budget: usize,
    scratch: Room<'_, '_>,
) -> Result<Sorted<Ordered>, DedupError> {
    let mut shared = Shared(scratch);
    let mut ordered = Sorter::new(budget / 4, &mut shared)?;
    // By document, so that ranks are read in the order of their files.
    while let Some((document, root)) = labels.next()? {
        ordered.push((root, place(keep.rank(document)), document))?;
    }
    ordered.finish()
}
