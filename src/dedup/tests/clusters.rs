use super::*;
use crate::dedup::cluster::{
    self, Clusters, Compare, EdgeSource, Keep, LEAST_BUDGET, Member, Verify, cluster, cluster_within, one_by_one,
};
use crate::dedup::external::Sorter;
use crate::dedup::fates::{Fate, FateList};
use crate::dedup::reduce::ExchangeSource;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

pub(super) struct Edges(pub Vec<Vec<u8>>);

impl EdgeSource for Edges {
    fn open(&self, partition: u32) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0[partition as usize].as_slice()))
    }
}

fn reduce_all<K: Key>(files: &[Vec<u8>], layout: Layout, budget: usize) -> (Edges, Vec<reduce::ReduceStats>) {
    let inputs: Vec<&dyn RangeRead> = files.iter().map(|file| file as &dyn RangeRead).collect();
    let run = |partition| {
        let mut out = Vec::new();
        let stats = reduce::reduce::<K>(&inputs, layout, partition, budget, &mut MemoryScratch, &mut out).unwrap();
        (out, stats)
    };
    let (files, stats) = (0..layout.partitions).map(run).unzip();
    (Edges(files), stats)
}

/// Star edges of the keys that `wanted` holds for.
fn star_edges<K: Key>(units: &[Vec<(K, u32)>], wanted: impl Fn(K) -> bool) -> BTreeSet<(u64, u64)> {
    let mut buckets: BTreeMap<K, BTreeSet<u64>> = BTreeMap::new();
    for (unit, records) in units.iter().enumerate() {
        for (key, index) in records.iter().filter(|(key, _)| wanted(*key)) {
            buckets.entry(*key).or_default().insert(ordinal(unit as u32, *index));
        }
    }
    let stars = buckets.values().map(|bucket| bucket.iter().skip(1).map(|&other| (bucket.first().copied(), other)));
    stars.flatten().map(|(first, other)| (first.unwrap(), other)).collect()
}

/// The smallest document of the component of each document.
pub(super) fn components(edges: &BTreeSet<(u64, u64)>) -> BTreeMap<u64, u64> {
    let mut label: BTreeMap<u64, u64> = edges.iter().flat_map(|&(one, other)| [(one, one), (other, other)]).collect();
    loop {
        let mut changed = false;
        for (one, other) in edges {
            let least = label[one].min(label[other]);
            changed |= label.insert(*one, least) != Some(least);
            changed |= label.insert(*other, least) != Some(least);
        }
        if !changed {
            return label;
        }
    }
}

fn check_pipeline<K: Key>(units: &[Vec<(K, u32)>], layout: Layout) -> Edges {
    let files: Vec<_> =
        units.iter().enumerate().map(|(unit, records)| exchange(unit as u32, records, layout, MIN_BUDGET)).collect();
    let (edges, stats) = reduce_all::<K>(&files, layout, 4 * MIN_BUDGET);
    for budget in [BUDGETS[1], BUDGETS[2]] {
        let (again, same) = reduce_all::<K>(&files, layout, budget);
        assert_eq!(again.0, edges.0, "the budget shows");
        assert_eq!(same, stats);
    }
    for (partition, file) in (0..).zip(&edges.0) {
        let mut found = Vec::new();
        let count = edges::read(layout, partition, &mut file.as_slice(), |edge| {
            found.push(edge);
            Ok(())
        });
        // What a partition writes: a star for each component of what it found.
        let stars = star_edges(units, |key: K| exchange::partition_of(key, layout.partitions) == partition);
        let mut forest: Vec<(u64, u64)> = components(&stars).into_iter().map(|(one, root)| (root, one)).collect();
        forest.retain(|(root, document)| root != document);
        forest.sort_unstable();
        assert_eq!(found, forest, "partition {partition}");
        let stats = stats[partition as usize];
        assert_eq!((stats.edges, stats.forest), (stars.len() as u64, count.unwrap()));
    }
    let labels = components(&star_edges(units, |_| true));
    let clusters = cluster(&edges, layout, Keep::First, None).unwrap();
    let members: BTreeMap<_, _> = clusters.members().map(|member| (member.document, member.survivor)).collect();
    assert_eq!(members, labels);
    check_sizes(&clusters);
    edges
}

fn check_sizes(clusters: &Clusters) {
    let mut sizes: BTreeMap<u64, u32> = BTreeMap::new();
    clusters.members().for_each(|member| *sizes.entry(member.survivor).or_default() += 1);
    assert!(clusters.members().all(|member| sizes[&member.survivor] == member.cluster_size));
    let stats = &clusters.stats;
    assert_eq!(stats.clusters, sizes.len() as u64);
    assert_eq!(stats.documents, sizes.values().map(|&size| u64::from(size)).sum::<u64>());
    assert_eq!(stats.removed, clusters.members().filter(|member| member.document != member.survivor).count() as u64);
    assert_eq!(stats.sizes.iter().sum::<u64>(), stats.clusters);
    let mut biggest: Vec<_> = sizes.iter().map(|(&survivor, &size)| (size, survivor)).collect();
    biggest.sort_by_key(|&(size, survivor)| (std::cmp::Reverse(size), survivor));
    biggest.truncate(20);
    assert_eq!(stats.biggest, biggest);
}

#[test]
fn buckets_become_the_clusters_of_brute_force() {
    for (count, distinct) in [(0, 1), (1, 1), (400, 3_000), (3_000, 40_000), (3_000, 60), (20_000, 30_000)] {
        let units: Vec<_> = (0..4).map(|unit| records(unit, count, distinct)).collect();
        check_pipeline(&units, LAYOUT);
    }
    let wide: Vec<Vec<(u128, u32)>> = (0..3)
        .map(|unit| {
            records(unit, 500, 700).into_iter().map(|(key, index)| (u128::from(key) << 64 | 5, index)).collect()
        })
        .collect();
    check_pipeline(&wide, Layout { partitions: 1, ..LAYOUT });
}

#[test]
fn partition_count_does_not_change_clusters() {
    let units: Vec<_> = (0..3).map(|unit| records(unit, 2_000, 9_000)).collect();
    let clusters = |partitions| {
        let layout = Layout { partitions, ..LAYOUT };
        let edges = check_pipeline(&units, layout);
        cluster(&edges, layout, Keep::First, None).unwrap().members().collect::<Vec<_>>()
    };
    assert_eq!(clusters(1), clusters(64));
}

#[test]
fn inputs_out_of_map_order_are_refused() {
    let files: Vec<_> = [1, 0].map(|unit| exchange(unit, &records(unit, 9, 9), LAYOUT, MIN_BUDGET)).to_vec();
    let inputs: Vec<&dyn RangeRead> = files.iter().map(|file| file as &dyn RangeRead).collect();
    for inputs in [inputs.clone(), vec![inputs[0], inputs[0]]] {
        let mut out = Vec::new();
        let result = reduce::reduce::<u64>(&inputs, LAYOUT, 0, BUDGETS[2], &mut MemoryScratch, &mut out);
        assert!(matches!(result, Err(DedupError::Setting { .. })), "{result:?}");
    }
}

/// Inputs that know how many of them are open.
struct OneByOne<'a> {
    files: &'a [Vec<u8>],
    open: Cell<usize>,
}

struct Open<'a>(&'a Vec<u8>, &'a Cell<usize>);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.1.set(self.1.get() - 1);
    }
}

impl RangeRead for Open<'_> {
    fn len(&self) -> io::Result<u64> {
        RangeRead::len(self.0)
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.0.read_at(offset, buf)
    }
}

impl ExchangeSource for OneByOne<'_> {
    fn count(&self) -> usize {
        self.files.len()
    }

    fn open(&self, place: usize) -> io::Result<Box<dyn RangeRead + '_>> {
        assert_eq!(self.open.replace(1), 0, "two inputs are open at once");
        Ok(Box::new(Open(&self.files[place], &self.open)))
    }
}

#[test]
fn inputs_are_opened_one_by_one() {
    let files: Vec<_> = (0..5).map(|unit| exchange(unit, &records(unit, 300, 200), LAYOUT, MIN_BUDGET)).collect();
    let (expected, stats) = reduce_all::<u64>(&files, LAYOUT, BUDGETS[2]);
    let source = OneByOne { files: &files, open: Cell::new(0) };
    let mut out = Vec::new();
    let run = |budget, out: &mut Vec<u8>| {
        let room = (budget, &mut MemoryScratch as &mut dyn crate::dedup::Scratch);
        reduce::reduce_from::<u64>(&source, LAYOUT, 3, room, &mut reduce::NoneEarlier, out)
    };
    assert_eq!(run(BUDGETS[2], &mut out).unwrap(), stats[3]);
    assert_eq!(out, expected.0[3]);
    assert!(matches!(run(4 * MIN_BUDGET - 1, &mut out), Err(DedupError::Setting { .. })));
}

#[test]
fn damaged_edges_and_fates_are_noticed() {
    let units: Vec<_> = (0..2).map(|unit| records(unit, 30, 12)).collect();
    let layout = Layout { partitions: 1, ..LAYOUT };
    let edges = check_pipeline(&units, layout);
    let clusters = cluster(&edges, layout, Keep::First, None).unwrap();
    let fates = fates_file(layout, &clusters, 2);
    let read_edges = |file: &[u8]| edges::read(layout, 0, &mut &*file, |_| Ok(())).is_ok();
    let read_fates = |file: &[u8]| (0..2).all(|unit| FateList::of_unit(layout, unit, &file.to_vec()).is_ok());
    for (good, read) in [(&edges.0[0], &read_edges as &dyn Fn(&[u8]) -> bool), (&fates, &read_fates)] {
        assert!(good.len() > 200 && read(good));
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 4;
            assert!(!read(&bad), "flip at {at}");
            assert!(!read(&good[..at]), "cut at {at}");
        }
    }
    assert!(FateList::of_unit(layout, 2, &fates).is_err());
    assert!(fates::FatesWriter::new(layout, Vec::new()).section(clusters.of_unit(1)).is_err());
}

/// The fates of `units` map units as the cluster unit writes them.
fn fates_file(layout: Layout, clusters: &Clusters, units: u32) -> Vec<u8> {
    let mut file = fates::FatesWriter::new(layout, Vec::new());
    for unit in 0..units {
        file.section(clusters.of_unit(unit)).unwrap();
    }
    file.finish().unwrap()
}

#[test]
fn fates_tell_who_goes() {
    let units: Vec<_> = (0..3).map(|unit| records(unit, 900, 1_500)).collect();
    let edges = check_pipeline(&units, LAYOUT);
    let clusters = cluster(&edges, LAYOUT, Keep::First, None).unwrap();
    let members: BTreeMap<u64, Member> = clusters.members().map(|member| (member.document, member)).collect();
    let mut removed = 0;
    let file = fates_file(LAYOUT, &clusters, 3);
    for unit in 0..3 {
        let list = FateList::of_unit(LAYOUT, unit, &file).unwrap();
        removed += list.removed();
        for index in 0..500 {
            let expected = match members.get(&ordinal(unit, index)) {
                None => Fate::Kept { cluster_size: 1 },
                Some(m) if m.survivor == m.document => Fate::Kept { cluster_size: m.cluster_size },
                Some(m) => Fate::Removed { survivor: m.survivor, cluster_size: m.cluster_size, similarity: None },
            };
            assert_eq!(list.get(index), expected);
        }
    }
    assert_eq!(removed as u64, clusters.stats.removed);
    assert!(removed > 100);
}

/// Edge files written straight from pairs, one partition each.
pub(super) fn edge_files(layout: Layout, groups: &[Vec<(u64, u64)>]) -> Edges {
    let write = |(partition, pairs): (u32, &Vec<(u64, u64)>)| {
        let mut scratch = MemoryScratch;
        let mut sorter = Sorter::new(MIN_BUDGET, &mut scratch).unwrap();
        pairs.iter().for_each(|pair| sorter.push(*pair).unwrap());
        let mut out = Vec::new();
        edges::write(layout, partition, sorter.finish().unwrap(), &mut out).unwrap();
        out
    };
    Edges((0..).zip(groups).map(write).collect())
}

#[test]
fn the_order_of_edges_does_not_show() {
    let mut random = Random(8);
    let pairs: Vec<_> = (0..3_000).map(|_| (random.below(3_000), random.below(3_000))).collect();
    let pairs: Vec<_> = pairs.into_iter().filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b))).collect();
    let layout = Layout { partitions: 5, ..LAYOUT };
    let value = |document: u64| mix(document / 3) as i64;
    let mut results = BTreeSet::new();
    for _ in 0..4 {
        let mut groups = vec![Vec::new(); 5];
        pairs.iter().for_each(|pair| groups[random.below(5) as usize].push(*pair));
        let clusters = cluster(&edge_files(layout, &groups), layout, Keep::Largest(&value), None).unwrap();
        check_sizes(&clusters);
        results.insert(format!("{:?}", clusters.members().collect::<Vec<_>>()));
    }
    assert_eq!(results.len(), 1);
}

#[test]
fn the_policy_chooses_the_survivor() {
    let layout = Layout { partitions: 1, ..LAYOUT };
    let edges = edge_files(layout, &[vec![(1, 4), (1, 6), (4, 9), (20, 30)]]);
    let survivors = |keep| {
        let clusters = cluster(&edges, layout, keep, None).unwrap();
        clusters.members().map(|m| (m.document, m.survivor, m.cluster_size)).collect::<Vec<_>>()
    };
    let all = |of: u64, of_second| {
        vec![(1, of, 4), (4, of, 4), (6, of, 4), (9, of, 4), (20, of_second, 2), (30, of_second, 2)]
    };
    assert_eq!(survivors(Keep::First), all(1, 20));
    assert_eq!(survivors(Keep::Largest(&|document| document as i64)), all(9, 30));
    assert_eq!(survivors(Keep::Largest(&|_| i64::MIN)), all(1, 20), "ties go to the first");
    assert_eq!(survivors(Keep::SourcePriority(&|document| u32::from(document != 6))), all(6, 20));
}

/// Documents are as similar as their numbers are near: 1 at the same, 0 from `unit` on. Their sketch is the number.
struct Near {
    unit: u32,
    broken: Option<u64>,
}

impl Compare for Near {
    fn sketch(&self, document: u64) -> Result<Vec<u32>, DedupError> {
        if self.broken == Some(document) {
            return Err(DedupError::damaged("sketch file", "test"));
        }
        Ok(vec![document as u32])
    }

    fn alike(&self, stays: &[u32], goes: &[u32], least: f64) -> Option<f64> {
        Some(self.similarity(stays[0], goes[0])).filter(|&similarity| similarity >= least)
    }
}

impl Near {
    fn similarity(&self, stays: u32, goes: u32) -> f64 {
        1.0 - f64::from(stays.abs_diff(goes)) / f64::from(self.unit)
    }
}

/// The rule of verification, literally: one document after the other.
fn verified_by_definition(order: &[u64], near: &Near, threshold: f64, max_leaders: usize) -> BTreeMap<u64, u64> {
    let mut leaders: Vec<u64> = Vec::new();
    let mut out = BTreeMap::new();
    for &document in order {
        let alike = |&&leader: &&u64| near.similarity(leader as u32, document as u32) >= threshold;
        match leaders.iter().find(alike) {
            Some(&leader) => drop(out.insert(document, leader)),
            None if leaders.len() < max_leaders => leaders.push(document),
            None => {}
        }
    }
    out
}

/// Jobs on threads of their own, the last first.
fn on_threads(jobs: usize, job: &(dyn Fn(usize) + Sync)) {
    std::thread::scope(|scope| {
        for part in 0..3 {
            scope.spawn(move || (0..jobs).rev().filter(|number| number % 3 == part).for_each(job));
        }
    });
}

/// Components that are bigger than a block and others that are small, at budgets from tiny to ample and on threads: always
/// what the rule says.
#[test]
fn neither_budget_nor_threads_nor_blocks_show() {
    let mut random = Random(12);
    let layout = Layout { partitions: 3, ..LAYOUT };
    // 20,000 documents in one component by chains, and 6,000 in small ones.
    let mut groups = vec![Vec::new(); 3];
    for document in 1..20_000 {
        groups[random.below(3) as usize].push((random.below(document.min(400)), document));
    }
    for document in 20_000..26_000_u64 {
        let first = document / 7 * 7;
        if document != first && first >= 20_000 {
            groups[random.below(3) as usize].push((first + random.below(document - first), document));
        }
    }
    let edges = edge_files(layout, &groups);
    let value = |document: u64| (mix(document) % 1_000) as i64;
    let near = Near { unit: 100, broken: None };
    for keep in [Keep::First, Keep::Largest(&value)] {
        let plain = cluster(&edges, layout, keep, None).unwrap();
        check_sizes(&plain);
        assert_eq!(plain.stats.components, plain.stats.clusters);
        assert_eq!(plain.stats.biggest_component, (20_000, 1));
        let verify = |spread| Verify { compare: &near, spread, threshold: 0.7, max_leaders: 40, settled: u64::MAX };
        let alone = cluster(&edges, layout, keep, Some(verify(&one_by_one))).unwrap();
        check_sizes(&alone);
        let mut order: Vec<u64> = (0..20_000).collect();
        if let Keep::Largest(value) = keep {
            order.sort_by_key(|&document| (std::cmp::Reverse(value(document)), document));
        }
        let expected = verified_by_definition(&order, &near, 0.7, 40);
        let of_big = |m: &Member| m.document < 20_000 && m.document != m.survivor;
        let found: BTreeMap<u64, u64> = alone.members().filter(of_big).map(|m| (m.document, m.survivor)).collect();
        assert_eq!(found, expected);
        assert!(expected.len() > 1_000 && alone.stats.beyond_leaders > 1_000);
        for budget in [LEAST_BUDGET, 2 << 20, 64 << 20] {
            for (check, expected) in [(None, &plain), (Some(verify(&on_threads)), &alone)] {
                let mut members = Vec::new();
                let mut scratch = MemoryScratch;
                let stats = cluster_within(
                    cluster::Edges::Files(&edges),
                    layout,
                    keep,
                    check,
                    (budget, &mut scratch),
                    &mut |member| {
                        members.push(member);
                        Ok(())
                    },
                );
                assert_eq!(stats.unwrap(), expected.stats);
                assert!(members.into_iter().eq(expected.members()), "budget {budget}");
            }
        }
    }
    let least = cluster_within(
        cluster::Edges::Files(&edges),
        layout,
        Keep::First,
        None,
        (1 << 10, &mut MemoryScratch),
        &mut |_| Ok(()),
    );
    assert!(matches!(least, Err(DedupError::Setting { .. })));
}

/// Long chains are the hard case of contraction by rounds: a path, and a path whose numbers are shuffled.
#[test]
fn rounds_find_the_ends_of_long_chains() {
    let layout = Layout { partitions: 1, ..LAYOUT };
    let mut shuffled: Vec<u64> = (0..40_000).collect();
    let mut random = Random(2);
    for at in (1..shuffled.len()).rev() {
        shuffled.swap(at, random.below(at as u64 + 1) as usize);
    }
    for chain in [(0..40_000).collect::<Vec<u64>>(), shuffled] {
        let pairs = chain.windows(2).map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1]))).collect();
        let edges = edge_files(layout, &[pairs]);
        let mut members = 0;
        let room: (usize, &mut dyn Scratch) = (LEAST_BUDGET, &mut MemoryScratch);
        let stats = cluster_within(cluster::Edges::Files(&edges), layout, Keep::First, None, room, &mut |member| {
            members += 1;
            assert_eq!(member.survivor, 0);
            Ok(())
        });
        assert_eq!((members, stats.unwrap().components), (40_000, 1));
    }
}

#[test]
fn verification_removes_only_what_resembles_its_survivor() {
    let layout = Layout { partitions: 1, ..LAYOUT };
    // A chain: neighbours resemble each other, the ends do not.
    let edges = edge_files(layout, &[(0..9).map(|i| (i, i + 1)).collect()]);
    let near = Near { unit: 10, broken: None };
    let similarity = |a: u64, b: u64| near.similarity(a as u32, b as u32);
    let verify = |threshold, max_leaders| Verify {
        compare: &near,
        spread: &one_by_one,
        threshold,
        max_leaders,
        settled: u64::MAX,
    };
    let run = |keep, verify| {
        let clusters = cluster(&edges, layout, keep, Some(verify)).unwrap();
        check_sizes(&clusters);
        assert_eq!(clusters.stats.components, 1);
        for member in clusters.members() {
            let alike = (member.document != member.survivor).then(|| similarity(member.document, member.survivor));
            assert_eq!(member.similarity, alike);
        }
        let fates = FateList::of_unit(layout, 0, &fates_file(layout, &clusters, 1)).unwrap();
        for (member, (index, fate)) in clusters.members().zip(fates.iter()) {
            assert_eq!(member.document, u64::from(index));
            if let Fate::Removed { similarity, .. } = fate {
                assert_eq!(similarity, member.similarity);
            }
        }
        let survivors: Vec<_> = clusters.members().map(|m| (m.document, m.survivor)).collect();
        (survivors, clusters.stats.beyond_leaders)
    };
    // Within 2 of the survivor: 0 takes 1 and 2, 3 takes 4 and 5, 6 takes 7 and 8, 9 stays alone.
    let (survivors, beyond) = run(Keep::First, verify(0.8, 99));
    assert_eq!(survivors, [(0, 0), (1, 0), (2, 0), (3, 3), (4, 3), (5, 3), (6, 6), (7, 6), (8, 6)]);
    assert_eq!(beyond, 0);
    let (survivors, beyond) = run(Keep::First, verify(0.8, 1));
    assert_eq!(survivors, [(0, 0), (1, 0), (2, 0)]);
    assert_eq!(beyond, 7);
    let (survivors, _) = run(Keep::Largest(&|document| document as i64), verify(0.8, 99));
    assert_eq!(survivors, [(1, 3), (2, 3), (3, 3), (4, 6), (5, 6), (6, 6), (7, 9), (8, 9), (9, 9)]);
    let failing = Near { unit: 10, broken: Some(4) };
    let verify = Verify { compare: &failing, spread: &one_by_one, threshold: 0.8, max_leaders: 9, settled: u64::MAX };
    assert!(cluster(&edges, layout, Keep::First, Some(verify)).is_err());
}

#[test]
fn a_large_forest_gives_what_a_small_one_gives() {
    use crate::dedup::forest::{Forest, Slots};
    let mut random = Random(4);
    let pairs: Vec<_> = (0..900).map(|_| (random.below(1_000) as usize, random.below(1_000) as usize)).collect();
    let roots = |slots| {
        let mut forest = Forest::new(slots, 1_000);
        pairs.iter().for_each(|&(a, b)| forest.union(a, b));
        let roots = forest.into_roots();
        (0..1_000).map(|at| roots.get(at)).collect::<Vec<_>>()
    };
    assert_eq!(roots(Slots::identity(1_000)), roots(Slots::large(1_000)));
}

#[test]
fn dense_numbers_are_places() {
    use crate::dedup::dense::Dense;
    let mut random = Random(6);
    let sets = [
        vec![],
        vec![0],
        vec![u64::MAX],
        (0..500).collect(),
        // Clumped, with gaps between units and both ends of a unit.
        (0..2_000)
            .map(|_| ordinal([0, 1, 7, 900][random.below(4) as usize], random.below(1 << 20) as u32 >> 7))
            .collect(),
        vec![ordinal(3, 0), ordinal(3, u32::MAX), ordinal(3, u32::MAX - 1), ordinal(5, 9)],
    ];
    for set in sets {
        let expected: Vec<u64> = set.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let dense = Dense::new(set);
        assert_eq!(dense.ordinals(), expected);
        for near in expected.iter().flat_map(|&at| [at, at.wrapping_add(1), at.wrapping_sub(1), at ^ 1 << 40]) {
            assert_eq!(dense.find(near), expected.binary_search(&near).ok(), "{near:x}");
        }
    }
}
