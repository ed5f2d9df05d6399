//! The cluster unit: edges become clusters, and each cluster keeps one document.
//!
//! Two passes over the edge files: the first collects the documents that occur (their sorted ordinals become dense indices),
//! the second joins them. Memory: 8 bytes per occurring document for its ordinal and 4 for its parent while joining (8 from
//! 2^32 documents on), 16 more while choosing (32 with [`Verify`]); documents without a duplicate cost nothing.
//!
//! Joining is transitive: A~B and B~C put A, B and C together even where A and C differ. [`Verify`] undoes that.

use super::dense::Dense;
use super::edges::{self, Edge};
use super::error::DedupError;
use super::forest::{Forest, Slots};
use super::{Layout, split_ordinal};
use std::io::{self, Read};

/// Opens the edge files; each is read twice.
pub trait EdgeSource {
    /// The edge file of a partition, from its start.
    ///
    /// # Errors
    /// When storage fails.
    fn open(&self, partition: u32) -> io::Result<Box<dyn Read + '_>>;
}

/// Which document of a cluster stays. Ties always go to the smallest ordinal (first in map order).
#[derive(Clone, Copy)]
pub enum Keep<'a> {
    /// The one with the smallest ordinal.
    First,
    /// The one whose value is largest: length, date, quality score, given by ordinal.
    Largest(&'a dyn Fn(u64) -> i64),
    /// The one whose source stands first in the list of sources (0 = most trusted), given by ordinal.
    SourcePriority(&'a dyn Fn(u64) -> u32),
}

impl Keep<'_> {
    fn rank(&self, document: u64) -> i64 {
        match self {
            Self::First => 0,
            Self::Largest(value) => value(document),
            Self::SourcePriority(place) => -i64::from(place(document)),
        }
    }
}

/// Checks similarity before anything is removed: a document goes only if it is similar to the very document that stays.
///
/// Inside each connected component the documents are taken in order of preference ([`Keep`]); each is compared with the
/// survivors chosen so far, joins the first that is similar enough, or becomes a survivor itself.
#[derive(Clone, Copy)]
pub struct Verify<'a> {
    /// Similarity of two ordinals, 0..=1; must be symmetric and the same in every run. See [`super::sketch::jaccard`].
    pub similarity: &'a dyn Fn(u64, u64) -> Result<f64, DedupError>,
    /// Least similarity that removes.
    pub threshold: f64,
    /// Most survivors of one component that a document is compared with (bounds the work on components of templated text);
    /// a document that none of them matches stays, and is counted in [`ClusterStats::beyond_leaders`] where the limit cut
    /// the search short.
    pub max_leaders: usize,
}

/// A document of a cluster of two or more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Its ordinal.
    pub document: u64,
    /// The ordinal of the document that stays; its own if that is this one.
    pub survivor: u64,
    /// Documents in the cluster, the survivor included (`u32::MAX` for more).
    pub cluster_size: u32,
    /// Similarity with the survivor as [`Verify`] found it, 0..=1; none without it, and for the survivor itself.
    pub similarity: Option<f64>,
}

/// What the clusters look like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClusterStats {
    /// Edges read.
    pub edges: u64,
    /// Clusters of two or more.
    pub clusters: u64,
    /// Documents in them.
    pub documents: u64,
    /// Documents that go: `documents - clusters`.
    pub removed: u64,
    /// Clusters by size: entry i counts sizes from 2^i to 2^(i+1) - 1 (entry 0 stays 0).
    pub sizes: Vec<u64>,
    /// The biggest clusters, at most 20: (size, survivor), biggest first, ties by ordinal.
    pub biggest: Vec<(u32, u64)>,
    /// Connected components before verification (equal to `clusters` without it).
    pub components: u64,
    /// Documents that stay because [`Verify::max_leaders`] ended their comparison.
    pub beyond_leaders: u64,
}

/// The result: who belongs together and who stays.
#[derive(Debug, PartialEq)]
pub struct Clusters {
    /// Ordinals of all documents that occur in an edge, rising.
    documents: Vec<u64>,
    /// Dense index of the survivor of each.
    survivors: Slots,
    /// Cluster size, at the survivor's index.
    sizes: Vec<u32>,
    /// Similarity of each with its survivor, where it was measured; empty without [`Verify`].
    similarities: Vec<f64>,
    /// Figures for the report.
    pub stats: ClusterStats,
}

/// How many of the biggest clusters the statistics name.
const BIGGEST: usize = 20;

/// Reads all edge files and forms the clusters.
///
/// # Errors
/// When an edge file cannot be read, is damaged or of another plan, or when `verify` fails.
pub fn cluster(
    source: &dyn EdgeSource,
    layout: Layout,
    keep: Keep<'_>,
    verify: Option<Verify<'_>>,
) -> Result<Clusters, DedupError> {
    layout.check()?;
    let mut edges = 0;
    let documents = occurring(source, layout, &mut edges)?;
    let count = documents.ordinals().len();
    let mut forest = Forest::new(Slots::identity(count), count);
    let mut last = (u64::MAX, 0);
    for_each_edge(source, layout, |(one, other)| {
        // Edges are sorted: one search serves the whole star.
        if last.0 != one {
            last = (one, find(&documents, one)?);
        }
        forest.union(last.1, find(&documents, other)?);
        Ok(())
    })?;
    let documents = documents.into_ordinals();
    let roots = forest.into_roots();
    let components = (0..documents.len()).filter(|&at| roots.get(at) == at).count() as u64;
    let Chosen { survivors, similarities, beyond_leaders } = match verify {
        None => Chosen { survivors: choose(&documents, roots, keep), similarities: Vec::new(), beyond_leaders: 0 },
        Some(verify) => choose_verified(&documents, &roots, keep, verify)?,
    };
    let mut sizes = vec![0_u32; documents.len()];
    for at in 0..documents.len() {
        let size = &mut sizes[survivors.get(at)];
        *size = size.saturating_add(1);
    }
    let mut stats = statistics(&documents, &survivors, &sizes);
    (stats.edges, stats.components, stats.beyond_leaders) = (edges, components, beyond_leaders);
    Ok(Clusters { documents, survivors, sizes, similarities, stats })
}

/// Who stays for whom.
struct Chosen {
    survivors: Slots,
    similarities: Vec<f64>,
    beyond_leaders: u64,
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

/// Sorted distinct ordinals of all edges.
fn occurring(source: &dyn EdgeSource, layout: Layout, count: &mut u64) -> Result<Dense, DedupError> {
    let mut documents: Vec<u64> = Vec::new();
    let mut last = None;
    // Compacted whenever it doubled, so that memory follows the distinct documents and not the edges.
    let mut compact_at = 1 << 16;
    *count = for_each_edge(source, layout, |(one, other)| {
        if last != Some(one) {
            documents.push(one);
            last = Some(one);
        }
        documents.push(other);
        if documents.len() >= compact_at {
            documents.sort_unstable();
            documents.dedup();
            compact_at = compact_at.max(documents.len() * 2);
        }
        Ok(())
    })?;
    Ok(Dense::new(documents))
}

fn find(documents: &Dense, document: u64) -> Result<usize, DedupError> {
    documents
        .find(document)
        .ok_or_else(|| DedupError::damaged("edge file", format!("edge to {document} is new at the second reading")))
}

/// The survivor of every document: the best of its component.
fn choose(documents: &[u64], roots: Slots, keep: Keep<'_>) -> Slots {
    if matches!(keep, Keep::First) {
        return roots;
    }
    let mut best = Slots::identity(documents.len());
    let mut ranks: Vec<i64> = vec![i64::MIN; documents.len()];
    for (at, &document) in documents.iter().enumerate() {
        let (root, rank) = (roots.get(at), keep.rank(document));
        // Rising ordinals and a strict comparison: ties stay with the first. The root comes before all others.
        if at == root || rank > ranks[root] {
            ranks[root] = rank;
            best.set(root, at);
        }
    }
    let mut survivors = roots;
    for at in 0..documents.len() {
        let survivor = best.get(survivors.get(at));
        survivors.set(at, survivor);
    }
    survivors
}

/// The survivor of every document under [`Verify`].
fn choose_verified(documents: &[u64], roots: &Slots, keep: Keep<'_>, verify: Verify<'_>) -> Result<Chosen, DedupError> {
    let mut order: Vec<(usize, std::cmp::Reverse<i64>, usize)> = documents
        .iter()
        .enumerate()
        .map(|(at, &document)| (roots.get(at), std::cmp::Reverse(keep.rank(document)), at))
        .collect();
    order.sort_unstable();
    let mut survivors = Slots::identity(documents.len());
    let mut similarities = vec![f64::NAN; documents.len()];
    let mut beyond_leaders = 0;
    for component in order.chunk_by(|one, other| one.0 == other.0) {
        let mut leaders: Vec<usize> = Vec::new();
        for &(_, _, at) in component {
            match leader_of(documents, &leaders, at, verify)? {
                Some((leader, similarity)) => {
                    survivors.set(at, leader);
                    similarities[at] = similarity;
                }
                None if leaders.len() < verify.max_leaders => leaders.push(at),
                None => beyond_leaders += 1,
            }
        }
    }
    Ok(Chosen { survivors, similarities, beyond_leaders })
}

/// The first leader that the document resembles enough, and how much.
fn leader_of(
    documents: &[u64],
    leaders: &[usize],
    at: usize,
    verify: Verify<'_>,
) -> Result<Option<(usize, f64)>, DedupError> {
    for &leader in leaders {
        let similarity = (verify.similarity)(documents[leader], documents[at])?;
        if similarity >= verify.threshold {
            return Ok(Some((leader, similarity)));
        }
    }
    Ok(None)
}

fn statistics(documents: &[u64], survivors: &Slots, sizes: &[u32]) -> ClusterStats {
    let mut stats = ClusterStats::default();
    let mut biggest: Vec<(std::cmp::Reverse<u32>, u64)> = Vec::new();
    for at in (0..documents.len()).filter(|&at| survivors.get(at) == at && sizes[at] > 1) {
        let size = sizes[at];
        stats.clusters += 1;
        stats.documents += u64::from(size);
        let class = size.ilog2() as usize;
        stats.sizes.resize(stats.sizes.len().max(class + 1), 0);
        stats.sizes[class] += 1;
        biggest.push((std::cmp::Reverse(size), documents[at]));
        if biggest.len() >= BIGGEST * 16 {
            biggest.sort_unstable();
            biggest.truncate(BIGGEST);
        }
    }
    biggest.sort_unstable();
    biggest.truncate(BIGGEST);
    stats.biggest = biggest.into_iter().map(|(size, document)| (size.0, document)).collect();
    stats.removed = stats.documents - stats.clusters;
    stats
}

impl Clusters {
    /// All documents in clusters of two or more, by ordinal.
    pub fn members(&self) -> impl Iterator<Item = Member> + '_ {
        self.range(0, self.documents.len())
    }

    /// The members that stand in one map unit, by ordinal.
    pub fn of_unit(&self, unit: u32) -> impl Iterator<Item = Member> + '_ {
        let from = self.documents.partition_point(|&document| split_ordinal(document).0 < unit);
        let to = self.documents.partition_point(|&document| split_ordinal(document).0 <= unit);
        self.range(from, to)
    }

    fn range(&self, from: usize, to: usize) -> impl Iterator<Item = Member> + '_ {
        (from..to).filter_map(|at| {
            let survivor = self.survivors.get(at);
            let cluster_size = self.sizes[survivor];
            let similarity = self.similarities.get(at).copied().filter(|similarity| !similarity.is_nan());
            let (document, survivor) = (self.documents[at], self.documents[survivor]);
            (cluster_size > 1).then_some(Member { document, survivor, cluster_size, similarity })
        })
    }
}
