//! Cluster sizes join the documents, and the documents come back in their own order.

use super::choose::Chosen;
use super::{ClusterStats, Member, Shared};
use crate::dedup::Scratch;
use crate::dedup::error::DedupError;
use crate::dedup::external::Sorter;
use std::cell::RefCell;
use std::cmp::Reverse;

/// How many of the biggest clusters the statistics name.
const BIGGEST: usize = 20;

/// Gives every member of a cluster by ordinal, and counts.
pub(super) fn give(
    Chosen { mut gone, mut sizes }: Chosen,
    budget: usize,
    scratch: &RefCell<&mut dyn Scratch>,
    stats: &mut ClusterStats,
    each: &mut dyn FnMut(Member) -> Result<(), DedupError>,
) -> Result<(), DedupError> {
    let mut shared = Shared(scratch);
    let mut members = Sorter::new(budget, &mut shared)?;
    let mut biggest = Vec::new();
    let mut ahead = gone.next()?;
    while let Some((survivor, size)) = sizes.next()? {
        count(survivor, size, &mut biggest, stats);
        members.push((survivor, survivor, size, f64::NAN.to_bits()))?;
        while let Some((_, document, similarity)) = ahead.filter(|one| one.0 == survivor) {
            members.push((document, survivor, size, similarity))?;
            ahead = gone.next()?;
        }
    }
    biggest.sort_unstable();
    biggest.truncate(BIGGEST);
    stats.biggest = biggest.into_iter().map(|(Reverse(size), document)| (size, document)).collect();
    stats.removed = stats.documents - stats.clusters;
    drop((gone, sizes));
    let mut members = members.finish()?;
    while let Some((document, survivor, cluster_size, similarity)) = members.next()? {
        let similarity = Some(f64::from_bits(similarity)).filter(|one| !one.is_nan());
        each(Member { document, survivor, cluster_size, similarity })?;
    }
    Ok(())
}

fn count(survivor: u64, size: u32, biggest: &mut Vec<(Reverse<u32>, u64)>, stats: &mut ClusterStats) {
    stats.clusters += 1;
    stats.documents += u64::from(size);
    let class = size.ilog2() as usize;
    stats.sizes.resize(stats.sizes.len().max(class + 1), 0);
    stats.sizes[class] += 1;
    biggest.push((Reverse(size), survivor));
    if biggest.len() >= BIGGEST * 16 {
        biggest.sort_unstable();
        biggest.truncate(BIGGEST);
    }
}
