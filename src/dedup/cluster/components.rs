//! Connected components: every document that occurs in an edge, with the smallest document of its component, in the order in
//! which survivors are chosen.
//!
//! In memory that is a union-find over dense numbers. Beyond the budget it is alternate star contraction (Kiveris, Lattanzi,
//! Mirrokni, Rastogi, Vassilvitskii, "Connected Components in MapReduce and Beyond", 2014): each round sorts the edges
//! twice, hangs the greater neighbours of every document on its least one, and the smaller ones likewise, until nothing
//! changes. A few rounds are enough for components of near-duplicates, which are stars to begin with.

use super::{ClusterStats, EdgeSource, Keep, Shared};
use crate::dedup::dense::Dense;
use crate::dedup::edges::{self, Edge};
use crate::dedup::error::DedupError;
use crate::dedup::external::{Sorted, Sorter};
use crate::dedup::forest::{Forest, Slots};
use crate::dedup::{Layout, Scratch};
use std::cell::RefCell;
use xxhash_rust::xxh3::Xxh3;

/// A document on its way to the choice of survivors: component, place in the order of preference (0 first), document.
pub(super) type Ordered = (u64, u64, u64);

/// Bytes of memory for each document that occurs while components are found in memory: ordinal 8, parent 4, tables 1.
const PER_DOCUMENT: usize = 13;

type Room<'a, 'b> = &'a RefCell<&'b mut dyn Scratch>;

/// Documents by component and preference.
pub(super) fn find(
    source: &dyn EdgeSource,
    layout: Layout,
    keep: Keep<'_>,
    budget: usize,
    scratch: Room<'_, '_>,
    stats: &mut ClusterStats,
) -> Result<Sorted<Ordered>, DedupError> {
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
    let most = budget / 2 / PER_DOCUMENT;
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
    source: &dyn EdgeSource,
    layout: Layout,
    mut each: impl FnMut(Edge) -> Result<(), DedupError>,
) -> Result<u64, DedupError> {
    (0..layout.partitions).try_fold(0, |sum, partition| {
        let mut input = source.open(partition)?;
        Ok(sum + edges::read(layout, partition, &mut input, &mut each)?)
    })
}

/// The place of a rank in rising order, the highest rank first.
fn place(rank: i64) -> u64 {
    // Flipping the sign bit makes the order of the bits that of the numbers; all bits, the reverse.
    !(rank as u64 ^ 1 << 63)
}

fn in_memory(
    source: &dyn EdgeSource,
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
    source: &dyn EdgeSource,
    layout: Layout,
    keep: Keep<'_>,
    budget: usize,
    scratch: Room<'_, '_>,
) -> Result<Sorted<Ordered>, DedupError> {
    let mut shared = Shared(scratch);
    let mut edges = Sorter::new(budget / 2, &mut shared)?;
    for_each_edge(source, layout, |(one, other)| edges.push((other, one)))?;
    let mut stars = contract(edges.finish()?, budget / 2, scratch)?;
    let mut shared = Shared(scratch);
    let mut labels = Sorter::new(budget / 2, &mut shared)?;
    while let Some((document, root)) = stars.next()? {
        // `stars` holds each edge in both directions.
        if document > root {
            labels.push((document, root))?;
            labels.push((root, root))?;
        }
    }
    drop(stars);
    let mut labels = labels.finish()?;
    let mut shared = Shared(scratch);
    let mut ordered = Sorter::new(budget / 4, &mut shared)?;
    // By document, so that ranks are read in the order of their files.
    while let Some((document, root)) = labels.next()? {
        ordered.push((root, place(keep.rank(document)), document))?;
    }
    ordered.finish()
}

/// Rounds until every edge leads to the smallest document of its component. Takes edges (greater, smaller), gives the stars
/// in both directions.
fn contract(mut edges: Sorted<Edge>, budget: usize, scratch: Room<'_, '_>) -> Result<Sorted<Edge>, DedupError> {
    let mut before = None;
    loop {
        let mut shared = Shared(scratch);
        let mut both = Sorter::new(budget, &mut shared)?;
        let mut digest = Xxh3::new();
        let mut push = |one: u64, other: u64| both.push((one, other)).and_then(|()| both.push((other, one)));
        // Smaller neighbours of a document hang on the least of them, and so does the document.
        let mut group = None;
        while let Some((document, smaller)) = edges.next()? {
            digest.update(&document.to_le_bytes());
            digest.update(&smaller.to_le_bytes());
            match group {
                Some((of, least)) if of == document => push(smaller, least)?,
                _ => {
                    group = Some((document, smaller));
                    push(document, smaller)?;
                }
            }
        }
        let mut both = both.finish()?;
        let now = Some(digest.digest128());
        if now == before {
            return Ok(both);
        }
        before = now;
        // Greater neighbours of a document hang on the least of all its neighbours and itself.
        let mut shared = Shared(scratch);
        let mut next = Sorter::new(budget, &mut shared)?;
        let mut group = None;
        while let Some((document, neighbour)) = both.next()? {
            let least = match group {
                Some((of, least)) if of == document => least,
                _ => document.min(neighbour),
            };
            group = Some((document, least));
            if neighbour > document {
                next.push((neighbour, least))?;
            }
        }
        edges = next.finish()?;
    }
}
