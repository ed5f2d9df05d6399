//! The cluster unit: edges become clusters, and each cluster keeps one document.
//!
//! Everything is a stream through sorts that keep to a memory budget:
//!
//! ```text
//! edges -> documents that occur, with the smallest document of their connected component        (`components`)
//!       -> by component, then by preference: the survivors of each, and who goes for whom       (`choose`)
//!       -> by survivor, to learn the sizes -> by document: one `Member` each                    (`members`)
//! ```
//!
//! Documents without a duplicate cost nothing. Components are found in memory (13 bytes for each document that occurs) while
//! that fits half of the budget, and by rounds of sorting beyond; both give the same.
//!
//! Joining is transitive: A~B and B~C put A, B and C together even where A and C differ. [`Verify`] undoes that.

mod choose;
mod components;
mod members;

use super::error::DedupError;
use super::external::MIN_BUDGET;
use super::reduce::ExchangeSource;
use super::stars::Shared;
use super::{Layout, MemoryScratch, Scratch, split_ordinal};
use std::cell::RefCell;
use std::io::{self, Read};

/// Opens the edge files; each is read twice.
pub trait EdgeSource {
    /// The edge file of a partition, from its start.
    ///
    /// # Errors
    /// When storage fails.
    fn open(&self, partition: u32) -> io::Result<Box<dyn Read + '_>>;
}

/// The edges that join documents.
#[derive(Clone, Copy)]
pub enum Edges<'a> {
    /// What the partition units found.
    Files(&'a dyn EdgeSource),
    /// What the large stars of all partitions wrote ([`super::stars`]).
    Stars {
        /// Their files, in the order of the partitions.
        files: &'a dyn ExchangeSource,
        /// Whether they are the stars of the components; otherwise they are edges like others.
        settled: bool,
    },
}

/// Documents with edges whose components are found in memory, when that is the budget of the cluster unit.
#[must_use]
pub fn in_memory_at_most(budget: usize) -> u64 {
    components::in_memory_at_most(budget) as u64
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

/// Compares documents by their sketches.
pub trait Compare: Sync {
    /// Reads the sketch of a document.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    fn sketch(&self, document: u64) -> Result<Vec<u32>, DedupError>;
    /// Similarity of a document with the one that would stay for it, `least..=1`, by their sketches; `None` below `least`.
    /// See [`super::sketch::jaccard_from`] and [`super::sketch::containment`].
    fn alike(&self, stays: &[u32], goes: &[u32], least: f64) -> Option<f64>;
}

/// Runs `job(0)`, `job(1)` … up to the number given, side by side or not, in any order.
pub type Spread<'a> = &'a (dyn Fn(usize, &(dyn Fn(usize) + Sync)) + Sync);

/// Checks similarity before anything is removed: a document goes only if it is similar to the very document that stays.
///
/// Inside each connected component the documents are taken in order of preference ([`Keep`]); each is compared with the
/// survivors chosen so far, joins the first that is similar enough, or becomes a survivor itself.
#[derive(Clone, Copy)]
pub struct Verify<'a> {
    /// The comparison.
    pub compare: &'a dyn Compare,
    /// How the work is shared out; the result does not depend on it.
    pub spread: Spread<'a>,
    /// Least similarity that removes.
    pub threshold: f64,
    /// Most survivors of one component that a document is compared with (bounds the work on components of templated text);
    /// a document that none of them matches stays, and is counted in [`ClusterStats::beyond_leaders`] where the limit cut
    /// the search short.
    pub max_leaders: usize,
    /// Documents with this ordinal or a higher one are those of earlier runs: they stay, whatever they resemble. [`Keep`] must
    /// prefer them to all others.
    pub settled: u64,
}

/// One job after the other.
pub fn one_by_one(jobs: usize, job: &(dyn Fn(usize) + Sync)) {
    (0..jobs).for_each(job);
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
    /// Documents of the biggest component, and how many of them stay.
    pub biggest_component: (u64, u64),
    /// Documents that stay because [`Verify::max_leaders`] ended their comparison.
    pub beyond_leaders: u64,
}

/// Least memory of the cluster unit.
pub const LEAST_BUDGET: usize = 16 * MIN_BUDGET;

/// Reads all edges, forms the clusters, and gives every document of a cluster of two or more to `each`, by ordinal.
/// Memory stays near `budget`, whatever the number of documents.
///
/// # Errors
/// When an edge file cannot be read, is damaged or of another plan, when scratch space or `verify` fails, when `budget` is
/// below [`LEAST_BUDGET`], or when `each` fails.
pub fn cluster_within(
    edges: Edges<'_>,
    layout: Layout,
    keep: Keep<'_>,
    verify: Option<Verify<'_>>,
    (budget, scratch): (usize, &mut dyn Scratch),
    each: &mut dyn FnMut(Member) -> Result<(), DedupError>,
) -> Result<ClusterStats, DedupError> {
    layout.check()?;
    if budget < LEAST_BUDGET {
        let detail = format!("{budget} bytes are too few to cluster in; give at least {LEAST_BUDGET}");
        return Err(DedupError::Setting { name: "memory budget", detail });
    }
    let scratch = RefCell::new(scratch);
    let mut stats = ClusterStats::default();
    let ordered = components::find(edges, layout, keep, budget, &scratch, &mut stats)?;
    let chosen = choose::choose(ordered, verify, budget / 2, &scratch, &mut stats)?;
    members::give(chosen, budget / 2, &scratch, &mut stats, each)?;
    Ok(stats)
}

/// All clusters in memory: for small jobs, tests and measurements.
#[derive(Debug, PartialEq)]
pub struct Clusters {
    members: Vec<Member>,
    /// Figures for the report.
    pub stats: ClusterStats,
}

/// [`cluster_within`] with everything in memory.
///
/// # Errors
/// As [`cluster_within`].
pub fn cluster(
    source: &dyn EdgeSource,
    layout: Layout,
    keep: Keep<'_>,
    verify: Option<Verify<'_>>,
) -> Result<Clusters, DedupError> {
    let mut members = Vec::new();
    let room = (usize::MAX / 64, &mut MemoryScratch as &mut dyn Scratch);
    let stats = cluster_within(Edges::Files(source), layout, keep, verify, room, &mut |member| {
        members.push(member);
        Ok(())
    })?;
    Ok(Clusters { members, stats })
}

impl Clusters {
    /// All documents in clusters of two or more, by ordinal.
    pub fn members(&self) -> impl Iterator<Item = Member> + '_ {
        self.members.iter().copied()
    }

    /// The members that stand in one map unit, by ordinal.
    pub fn of_unit(&self, unit: u32) -> impl Iterator<Item = Member> + '_ {
        self.members().filter(move |member| split_ordinal(member.document).0 == unit)
    }
}
