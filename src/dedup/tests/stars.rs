use super::clusters::{Edges, components, edge_files};
use super::*;
use crate::dedup::cluster::{self, EdgeSource, Keep, LEAST_BUDGET, Member, cluster_within};
use crate::dedup::reduce::ExchangeSource;
use crate::dedup::stars::{RoundStats, Star, half, scatter};
use std::collections::BTreeSet;

/// The files of one round.
#[derive(Clone)]
struct Round(Vec<Vec<u8>>);

impl ExchangeSource for Round {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>> {
        Ok(Box::new(&self.0[place]))
    }
}

/// One stage: the files of all partitions, and what was counted in them.
fn stage(layout: Layout, job: impl Fn(u32, &mut Vec<u8>) -> RoundStats) -> (Round, RoundStats) {
    let (mut files, mut sums) = (Vec::new(), RoundStats::default());
    for partition in 0..layout.partitions {
        let mut out = Vec::new();
        let stats = job(partition, &mut out);
        sums.edges += stats.edges;
        sums.documents += stats.documents;
        sums.unsettled += stats.unsettled;
        files.push(out);
    }
    (Round(files), sums)
}

/// What each large star leaves, until the edges are settled.
fn rounds(edges: &Edges, layout: Layout, budget: usize) -> Vec<(Round, RoundStats)> {
    let mut all: Vec<(Round, RoundStats)> = Vec::new();
    let (mut files, _) = stage(layout, |partition, out| {
        let mut input = edges.open(partition).unwrap();
        scatter(layout, partition, &mut input, (budget, &mut MemoryScratch), out).unwrap()
    });
    while all.last().is_none_or(|(_, stats)| stats.unsettled > 0) {
        assert!(all.len() < 64, "it does not end");
        let next = |files: &Round, star| {
            stage(layout, |partition, out| {
                let scratches = (&mut MemoryScratch as _, &mut MemoryScratch as _);
                half(star, files, layout, partition, 2 * budget, scratches, out).unwrap()
            })
        };
        let (large, stats) = next(&next(&files, Star::Small).0, Star::Large);
        all.push((large.clone(), stats));
        files = large;
    }
    all
}

fn members(edges: cluster::Edges<'_>, layout: Layout, budget: usize) -> Vec<Member> {
    let mut members = Vec::new();
    let room: (usize, &mut dyn Scratch) = (budget, &mut MemoryScratch);
    cluster_within(edges, layout, Keep::First, None, room, &mut |member| {
        members.push(member);
        Ok(())
    })
    .unwrap();
    members
}

/// Edge files of pairs that are dealt to partitions by chance.
fn dealt(layout: Layout, pairs: &BTreeSet<(u64, u64)>) -> Edges {
    let mut groups = vec![Vec::new(); layout.partitions as usize];
    let mut random = Random(5);
    pairs.iter().for_each(|&pair| groups[random.below(layout.partitions.into()) as usize].push(pair));
    edge_files(layout, &groups)
}

fn check(pairs: &BTreeSet<(u64, u64)>, layout: Layout) -> usize {
    let edges = dealt(layout, pairs);
    let labels = components(pairs);
    let expected: Vec<(u64, u64)> = labels.iter().map(|(&document, &root)| (document, root)).collect();
    let all = rounds(&edges, layout, MIN_BUDGET);
    let ample = rounds(&edges, layout, 64 << 20);
    assert!(all.iter().zip(&ample).all(|(one, other)| one.0.0 == other.0.0 && one.1 == other.1), "the budget shows");
    let alone = members(cluster::Edges::Files(&edges), layout, 64 << 20);
    assert_eq!(alone.iter().map(|member| (member.document, member.survivor)).collect::<Vec<_>>(), expected);
    for (number, (files, stats)) in all.iter().enumerate() {
        assert_eq!(stats.documents, labels.len() as u64);
        for budget in [LEAST_BUDGET, 64 << 20] {
            // What has settled, and what has not, are the same components.
            for settled in [false, stats.unsettled == 0] {
                let found = members(cluster::Edges::Stars { files, settled }, layout, budget);
                assert_eq!(found, alone, "round {number}, {budget} bytes, settled: {settled}");
            }
        }
    }
    let (_, last) = all.last().unwrap();
    let roots: BTreeSet<u64> = labels.values().copied().collect();
    assert_eq!(last.edges, (labels.len() - roots.len()) as u64, "one edge for each document but the smallest");
    all.len()
}

fn pair(one: u64, other: u64) -> (u64, u64) {
    (one.min(other), one.max(other))
}

/// Documents as units number them.
fn document(number: u64) -> u64 {
    ordinal((number / 50) as u32, (number % 50) as u32)
}

#[test]
fn rounds_of_many_units_find_the_components() {
    for partitions in [1, 7] {
        let layout = Layout { partitions, ..LAYOUT };
        assert_eq!(check(&BTreeSet::new(), layout), 1);
        assert_eq!(check(&BTreeSet::from([(3, u64::MAX)]), layout), 1);
        let mut random = Random(3);
        let mut some = |count: u64, of: u64| -> BTreeSet<(u64, u64)> {
            let pairs = (0..count).map(|_| pair(document(random.below(of)), document(random.below(of))));
            pairs.filter(|(one, other)| one != other).collect()
        };
        assert!(check(&some(900, 3_000), layout) > 1);
        check(&some(3_000, 900), layout);
    }
}

/// Paths are the hard case: in order, and with shuffled numbers.
#[test]
fn rounds_of_many_units_find_the_ends_of_long_chains() {
    let mut shuffled: Vec<u64> = (0..3_000).collect();
    let mut random = Random(2);
    for at in (1..shuffled.len()).rev() {
        shuffled.swap(at, random.below(at as u64 + 1) as usize);
    }
    for chain in [(0..3_000).collect::<Vec<u64>>(), shuffled] {
        let pairs = chain.windows(2).map(|two| pair(document(two[0]), document(two[1]))).collect();
        let rounds = check(&pairs, LAYOUT);
        assert!((3..20).contains(&rounds), "{rounds} rounds");
    }
}

#[test]
fn files_of_a_round_are_held_against_their_place() {
    let edges = dealt(LAYOUT, &BTreeSet::from([(1, 2), (2, 3), (4, 9)]));
    let (files, _) = rounds(&edges, LAYOUT, MIN_BUDGET).pop().unwrap();
    let read = |files: &Round| {
        let scratches = (&mut MemoryScratch as _, &mut MemoryScratch as _);
        half(Star::Small, files, LAYOUT, 0, 2 * MIN_BUDGET, scratches, &mut Vec::new()).map(drop)
    };
    assert_eq!(read(&files).map_err(|error| error.to_string()), Ok(()));
    let mut turned = Round(files.0.clone());
    turned.0.swap(0, 1);
    assert!(read(&turned).unwrap_err().to_string().contains("partition"), "{:?}", read(&turned));
    let damaged = |at: usize| {
        let mut bad = Round(files.0.clone());
        let length = bad.0[2].len();
        bad.0[2][at % length] ^= 1;
        let mut members = Vec::new();
        let room: (usize, &mut dyn Scratch) = (LEAST_BUDGET, &mut MemoryScratch);
        let edges = cluster::Edges::Stars { files: &bad, settled: true };
        cluster_within(edges, LAYOUT, Keep::First, None, room, &mut |member| {
            members.push(member);
            Ok(())
        })
    };
    assert!((0..files.0[2].len()).all(|at| damaged(at).is_err()));
}
