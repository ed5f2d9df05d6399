//! Who stays in each component, and who goes for whom.
//!
//! Documents come by component and preference, and are taken in blocks, so that components of any size pass through a bounded
//! memory. Within a block the work is cut into jobs that do not depend on each other: whole components, and, of a component
//! that began in an earlier block, the comparisons of each document with the survivors it has already. What is left of that
//! one - documents that none of those matched, against survivors born in this block - is one more job.

use super::components::Ordered;
use super::{ClusterStats, Shared, Verify};
use crate::dedup::Scratch;
use crate::dedup::error::DedupError;
use crate::dedup::external::{Sorted, Sorter};
use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Documents per block.
const BLOCK: usize = 8_192;
/// Least documents per job, if components are smaller.
const JOB: usize = 64;

/// What the choice leaves behind: (survivor, document that goes, bits of the similarity) and (survivor, cluster size), both
/// by survivor.
pub(super) struct Chosen {
    pub gone: Sorted<(u64, u64, u64)>,
    pub sizes: Sorted<(u64, u32)>,
}

/// A document that stays and is compared with others.
struct Leader {
    document: u64,
    sketch: Vec<u32>,
    size: u32,
}

/// A component with the survivors that it has so far.
#[derive(Default)]
struct Component {
    root: Option<u64>,
    documents: u64,
    removed: u64,
    leaders: Vec<Leader>,
}

/// What became of documents: who goes for whom, how similar.
type Gone = Vec<(u64, u64, f64)>;

struct Out<'s> {
    gone: Sorter<'s, (u64, u64, u64)>,
    sizes: Sorter<'s, (u64, u32)>,
}

impl Out<'_> {
    fn gone(&mut self, gone: Gone) -> Result<(), DedupError> {
        gone.into_iter()
            .try_for_each(|(survivor, document, similarity)| self.gone.push((survivor, document, similarity.to_bits())))
    }

    /// Ends a component.
    fn close(&mut self, component: &Component, stats: &mut ClusterStats) -> Result<(), DedupError> {
        if component.root.is_none() {
            return Ok(());
        }
        stats.components += 1;
        let stay = component.documents - component.removed;
        if component.documents > stats.biggest_component.0 {
            stats.biggest_component = (component.documents, stay);
        }
        let clusters = component.leaders.iter().filter(|leader| leader.size > 1);
        clusters.into_iter().try_for_each(|leader| self.sizes.push((leader.document, leader.size)))
    }
}

/// Chooses the survivors of all components.
pub(super) fn choose(
    mut ordered: Sorted<Ordered>,
    verify: Option<Verify<'_>>,
    budget: usize,
    scratch: &RefCell<&mut dyn Scratch>,
    stats: &mut ClusterStats,
) -> Result<Chosen, DedupError> {
    let (mut shared, mut other) = (Shared(scratch), Shared(scratch));
    let mut out = Out { gone: Sorter::new(budget / 2, &mut shared)?, sizes: Sorter::new(budget / 4, &mut other)? };
    let mut carried = Component::default();
    let mut block: Vec<(u64, u64)> = Vec::new();
    loop {
        block.clear();
        while block.len() < BLOCK {
            let Some((root, _, document)) = ordered.next()? else { break };
            block.push((root, document));
        }
        if block.is_empty() {
            break;
        }
        match verify {
            None => unverified(&block, &mut carried, &mut out, stats)?,
            Some(verify) => verified(&block, verify, &mut carried, &mut out, stats)?,
        }
    }
    out.close(&carried, stats)?;
    Ok(Chosen { gone: out.gone.finish()?, sizes: out.sizes.finish()? })
}

/// Without verification the first of a component stays for all others.
fn unverified(
    block: &[(u64, u64)],
    carried: &mut Component,
    out: &mut Out<'_>,
    stats: &mut ClusterStats,
) -> Result<(), DedupError> {
    for &(root, document) in block {
        if carried.root != Some(root) {
            out.close(carried, stats)?;
            let leader = Leader { document, sketch: Vec::new(), size: 1 };
            *carried = Component { root: Some(root), documents: 1, removed: 0, leaders: vec![leader] };
        } else if let Some(leader) = carried.leaders.first_mut() {
            leader.size = leader.size.saturating_add(1);
            carried.documents += 1;
            carried.removed += 1;
            out.gone(vec![(leader.document, document, f64::NAN)])?;
        }
    }
    Ok(())
}

/// The comparison of a document with the survivors that its component had before the block.
enum Before {
    /// It goes for the leader at this place.
    Matched(usize, f64),
    /// It resembles none; its sketch, if new survivors can still be born.
    Free(Vec<u32>),
}

fn verified(
    block: &[(u64, u64)],
    verify: Verify<'_>,
    carried: &mut Component,
    out: &mut Out<'_>,
    stats: &mut ClusterStats,
) -> Result<(), DedupError> {
    let continued = block.iter().take_while(|one| Some(one.0) == carried.root).count();
    let before = with_leaders(&block[..continued], verify, &carried.leaders)?;
    // The component that goes on comes first; the others follow in groups of whole components.
    let jobs: Vec<Range<usize>> = cut(block, continued);
    let first = Mutex::new(Some((std::mem::take(carried), before)));
    let results = run(verify, jobs.len() + 1, |job| {
        if job == 0 {
            let taken = first.lock().unwrap_or_else(PoisonError::into_inner).take();
            return taken.map_or(Ok(Vec::new()), |(component, before)| {
                go_on(component, before, &block[..continued], verify).map(|done| vec![done])
            });
        }
        block[jobs[job - 1].clone()].chunk_by(|one, other| one.0 == other.0).map(|one| whole(one, verify)).collect()
    })?;
    for done in results.into_iter().flatten() {
        if done.component.root != carried.root {
            out.close(carried, stats)?;
        }
        stats.beyond_leaders += done.beyond;
        out.gone(done.gone)?;
        *carried = done.component;
    }
    Ok(())
}

/// Compares each document with the leaders that its component has already.
fn with_leaders(documents: &[(u64, u64)], verify: Verify<'_>, leaders: &[Leader]) -> Result<Vec<Before>, DedupError> {
    let keep = leaders.len() < verify.max_leaders;
    let parts: Vec<&[(u64, u64)]> = documents.chunks(JOB).collect();
    let results = run(verify, parts.len(), |job| {
        let one = |&(_, document): &(u64, u64)| {
            let sketch = verify.compare.sketch(document)?;
            let leader = if document < verify.settled { leader_of(verify, leaders, &sketch) } else { None };
            Ok(match leader {
                Some((at, similarity)) => Before::Matched(at, similarity),
                None => Before::Free(if keep { sketch } else { Vec::new() }),
            })
        };
        parts[job].iter().map(one).collect::<Result<Vec<_>, DedupError>>()
    })?;
    Ok(results.into_iter().flatten().collect())
}

/// The first leader that the document resembles enough, and how much.
fn leader_of(verify: Verify<'_>, leaders: &[Leader], sketch: &[u32]) -> Option<(usize, f64)> {
    leaders.iter().enumerate().find_map(|(at, leader)| {
        verify.compare.alike(&leader.sketch, sketch, verify.threshold).map(|similarity| (at, similarity))
    })
}

/// A component as far as the block goes.
struct Done {
    component: Component,
    gone: Gone,
    beyond: u64,
}

impl Done {
    fn new(component: Component) -> Self {
        Self { component, gone: Vec::new(), beyond: 0 }
    }

    fn goes(&mut self, document: u64, at: usize, similarity: f64) {
        let leader = &mut self.component.leaders[at];
        leader.size = leader.size.saturating_add(1);
        self.component.removed += 1;
        self.gone.push((leader.document, document, similarity));
    }

    fn stays(&mut self, document: u64, sketch: Vec<u32>, verify: Verify<'_>) {
        if self.component.leaders.len() < verify.max_leaders {
            self.component.leaders.push(Leader { document, sketch, size: 1 });
        } else if document < verify.settled {
            self.beyond += 1;
        }
    }
}

/// A component from its first document on.
fn whole(documents: &[(u64, u64)], verify: Verify<'_>) -> Result<Done, DedupError> {
    let root = documents.first().map(|one| one.0);
    let mut done = Done::new(Component { root, documents: documents.len() as u64, ..Component::default() });
    for &(_, document) in documents {
        let sketch = verify.compare.sketch(document)?;
        let leader = if document < verify.settled { leader_of(verify, &done.component.leaders, &sketch) } else { None };
        match leader {
            Some((at, similarity)) => done.goes(document, at, similarity),
            None => done.stays(document, sketch, verify),
        }
    }
    Ok(done)
}

/// A component that began before: what resembled none of its leaders meets those born in this block.
fn go_on(
    mut component: Component,
    before: Vec<Before>,
    documents: &[(u64, u64)],
    verify: Verify<'_>,
) -> Result<Done, DedupError> {
    component.documents += documents.len() as u64;
    let known = component.leaders.len();
    let mut done = Done::new(component);
    for (&(_, document), before) in documents.iter().zip(before) {
        match before {
            Before::Matched(at, similarity) => done.goes(document, at, similarity),
            Before::Free(sketch) => {
                let born = &done.component.leaders[known..];
                match if document < verify.settled { leader_of(verify, born, &sketch) } else { None } {
                    Some((at, similarity)) => done.goes(document, known + at, similarity),
                    None => done.stays(document, sketch, verify),
                }
            }
        }
    }
    Ok(done)
}

/// Ranges of whole components from `from` on, each of [`JOB`] documents or more.
fn cut(block: &[(u64, u64)], from: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut at) = (from, from);
    for component in block[from..].chunk_by(|one, other| one.0 == other.0) {
        at += component.len();
        if at - start >= JOB {
            out.push(start..at);
            start = at;
        }
    }
    if start < at {
        out.push(start..at);
    }
    out
}

/// Runs jobs side by side and gives their results in order; of several failures the first job's.
fn run<T: Send>(
    verify: Verify<'_>,
    jobs: usize,
    job: impl Fn(usize) -> Result<T, DedupError> + Sync,
) -> Result<Vec<T>, DedupError> {
    let slots: Vec<Mutex<Option<Result<T, DedupError>>>> = (0..jobs).map(|_| Mutex::new(None)).collect();
    (verify.spread)(jobs, &|number| {
        let result = job(number);
        *slots[number].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    });
    let missing = || Err(DedupError::Setting { name: "spread", detail: "a job was not run".to_owned() });
    slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(missing))
        .collect()
}
