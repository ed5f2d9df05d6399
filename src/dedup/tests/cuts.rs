use super::*;
use crate::dedup::cuts::{Against, Cuts, Rule, layout, reduce_cuts};
use crate::dedup::reduce::NoneEarlier;
use std::collections::{BTreeMap, BTreeSet};

/// Keys of the documents of each map unit.
type Corpus = Vec<Vec<Vec<u128>>>;

fn corpus(seed: u64, units: u64) -> Corpus {
    let mut random = Random(seed << 32);
    let key = |number: u64| u128::from(mix(number)) << 64 | u128::from(mix(number + 1_000_000));
    (0..units)
        .map(|_| {
            let documents = random.below(400);
            let mut document = || {
                let pieces = random.below(12);
                // A few pieces are everywhere, most are rare.
                (0..pieces)
                    .map(|_| {
                        let common = random.below(3) == 0;
                        key(if common { random.below(20) } else { 100 + random.below(20_000) })
                    })
                    .collect()
            };
            (0..documents).map(|_| document()).collect()
        })
        .collect()
}

/// (document, key, document with a copy).
type Found = BTreeSet<(u64, u128, u64)>;

fn naive(corpus: &Corpus, rule: Rule) -> Found {
    let mut documents: BTreeMap<u128, BTreeSet<u64>> = BTreeMap::new();
    for (unit, texts) in (0..).zip(corpus) {
        for (index, keys) in (0..).zip(texts) {
            for &key in keys {
                documents.entry(key).or_default().insert(ordinal(unit, index));
            }
        }
    }
    let mut found = Found::new();
    for (key, documents) in documents {
        let documents: Vec<u64> = documents.into_iter().collect();
        if documents.len() >= rule.min_documents as usize {
            for (place, &document) in documents.iter().enumerate().skip(rule.copies as usize) {
                found.insert((document, key, documents[usize::from(place == 0)]));
            }
        }
    }
    found
}

fn run(corpus: &Corpus, rule: Rule, partitions: u32, budget: usize) -> (Found, Vec<Vec<u8>>) {
    let of = Layout { partitions, tag: 5 };
    let units = u32::try_from(corpus.len()).unwrap();
    let files: Vec<Vec<u8>> = (0..)
        .zip(corpus)
        .map(|(unit, texts)| {
            let records: Vec<(u128, u32)> =
                (0..).zip(texts).flat_map(|(index, keys)| keys.iter().map(move |&key| (key, index))).collect();
            exchange(unit, &records, of, budget)
        })
        .collect();
    let inputs: Vec<&dyn RangeRead> = files.iter().map(|file| file as &dyn RangeRead).collect();
    let cut_files: Vec<Vec<u8>> = (0..partitions)
        .map(|partition| {
            let mut out = Vec::new();
            let scratches = (&mut MemoryScratch as &mut dyn Scratch, &mut MemoryScratch as &mut dyn Scratch);
            let against = Against { units, rule, earlier: &mut NoneEarlier, save: None };
            reduce_cuts(&&*inputs, of, partition, against, 4 * budget, scratches, &mut out).unwrap();
            out
        })
        .collect();
    let inputs: Vec<&dyn RangeRead> = cut_files.iter().map(|file| file as &dyn RangeRead).collect();
    let mut found = Found::new();
    for unit in 0..units {
        let mut cuts = Cuts::gather(&&*inputs, layout(of, units), unit, budget, &mut MemoryScratch).unwrap();
        let documents = u32::try_from(corpus[unit as usize].len()).unwrap();
        // As batches of uneven size ask for them.
        for before in (0..documents).step_by(7).chain([documents]) {
            for (index, key, copy) in cuts.take_before(before).unwrap() {
                assert!(index < before);
                assert!(found.insert((ordinal(unit, index), key, copy)));
            }
        }
        assert_eq!(cuts.take_before(u32::MAX).unwrap(), []);
    }
    (found, cut_files)
}

#[test]
fn cuts_are_those_of_the_plain_definition_at_any_budget_and_partition_count() {
    for (seed, units) in [(1, 1), (2, 5), (3, 9)] {
        let corpus = corpus(seed, units);
        for (min_documents, copies) in [(2, 1), (2, 0), (7, 0), (3, 2), (2, 5), (5, 1), (400, 1)] {
            let rule = Rule { min_documents, copies };
            let expected = naive(&corpus, rule);
            for partitions in [1, 7, 64] {
                let (found, files) = run(&corpus, rule, partitions, MIN_BUDGET);
                assert_eq!(found, expected, "{rule:?} in {partitions}");
                assert!(run(&corpus, rule, partitions, 1 << 24).1 == files, "the budget shows");
            }
            assert!(min_documents > 7 || !expected.is_empty());
        }
    }
}

#[test]
fn cut_files_of_another_step_unit_count_or_partition_are_refused() {
    let corpus = corpus(4, 3);
    let (_, files) = run(&corpus, Rule { min_documents: 2, copies: 1 }, 2, MIN_BUDGET);
    let of = Layout { partitions: 2, tag: 5 };
    let read = |files: &[&dyn RangeRead], layout| {
        Cuts::gather(&files, layout, 0, MIN_BUDGET, &mut MemoryScratch).map(|_| ()).unwrap_err().to_string()
    };
    let (one, other): (&dyn RangeRead, &dyn RangeRead) = (&files[0], &files[1]);
    assert!(read(&[other, one], layout(of, 3)).contains("partition"));
    assert!(read(&[one, other], layout(of, 4)).contains("partitions"));
    assert!(read(&[one, other], layout(Layout { tag: 6, ..of }, 3)).contains("tag"));
    assert!(read(&[one, other], Layout { partitions: 3, tag: 5 }).contains("tag"), "an exchange file is no cut file");
}
