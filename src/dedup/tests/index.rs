//! Look-ups in the keys of earlier runs.

use super::*;
use crate::dedup::index::{self, IndexReader, write_from};
use crate::dedup::reduce::ExchangeSource;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;

fn file<K: index::Hashed>(units: &[Vec<u8>], partition: u32, budget: usize, most: usize) -> Vec<u8> {
    let inputs: Vec<&dyn RangeRead> = units.iter().map(|unit| unit as _).collect();
    let (mut out, source): (_, &dyn ExchangeSource) = (Vec::new(), &inputs.as_slice());
    write_from::<K>(source, LAYOUT, partition, (budget, &mut MemoryScratch), most, &mut out).unwrap();
    out
}

#[test]
fn a_look_up_finds_what_was_written_and_nothing_else() {
    let units: Vec<Vec<(u64, u32)>> = (0..3).map(|unit| records(unit, 4_000, 1_500)).collect();
    let mut known: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (unit, records) in (0..).zip(&units) {
        for &(key, index) in records {
            known.entry(key).or_default().push(ordinal(unit, index));
        }
    }
    known.values_mut().for_each(|documents| {
        documents.sort_unstable();
        documents.dedup();
    });
    let files: Vec<Vec<u8>> =
        units.iter().zip(0..).map(|(records, unit)| exchange(unit, records, LAYOUT, BUDGETS[0])).collect();
    for most in [usize::MAX, 3] {
        for partition in 0..LAYOUT.partitions {
            let bytes = file::<u64>(&files, partition, BUDGETS[0], most);
            assert_eq!(bytes, file::<u64>(&files, partition, BUDGETS[2], most));
            let mut reader = IndexReader::<_, u64>::open(bytes, index::layout(LAYOUT), partition).unwrap();
            let mut keys: Vec<u64> = (0..3_000).map(key).filter(|key| key.partition(7) == partition).collect();
            // Rising, falling, and one after the other.
            keys.sort_unstable();
            for key in keys.iter().chain(keys.iter().rev()) {
                let mut found = Vec::new();
                reader.find(*key, &mut found).unwrap();
                let mut expected = known.get(key).cloned().unwrap_or_default();
                expected.truncate(most);
                assert_eq!(found, expected);
            }
        }
    }
}

#[test]
fn keys_of_128_bits_are_found_and_an_empty_partition_has_none() {
    let records: Vec<(u128, u32)> = (0..2_000).map(|n| (u128::from(key(n)) << 64 | u128::from(n), 5)).collect();
    let files = [exchange(0, &records, LAYOUT, BUDGETS[2])];
    let mut readers: Vec<_> = (0..7)
        .map(|p| {
            IndexReader::<_, u128>::open(file::<u128>(&files, p, BUDGETS[2], 9), index::layout(LAYOUT), p).unwrap()
        })
        .collect();
    for (key, _) in records {
        let mut found = Vec::new();
        readers[key.partition(7) as usize].find(key, &mut found).unwrap();
        readers[key.partition(7) as usize].find(key ^ 1, &mut found).unwrap();
        assert_eq!(found.len(), 1, "{key:x}");
    }
    let empty = [exchange::<u128>(0, &[], LAYOUT, BUDGETS[2])];
    let mut none =
        IndexReader::<_, u128>::open(file::<u128>(&empty, 0, BUDGETS[2], 9), index::layout(LAYOUT), 0).unwrap();
    let mut found = Vec::new();
    none.find(7, &mut found).unwrap();
    assert!(found.is_empty());
}

/// Counts the bytes that are read.
struct Counting<'a>(Vec<u8>, &'a Cell<u64>);

impl RangeRead for Counting<'_> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.1.set(self.1.get() + buf.len() as u64);
        self.0.read_at(offset, buf)
    }
}

#[test]
fn a_look_up_reads_as_much_of_a_great_index_as_of_a_small_one() {
    let one = Layout { partitions: 1, tag: 3 };
    let cost = |count: u64| {
        let records: Vec<(u64, u32)> = (0..count).map(|n| (key(n), 0)).collect();
        let unit = exchange(0, &records, one, BUDGETS[2]);
        let (inputs, mut out): ([&dyn RangeRead; 1], _) = ([&unit], Vec::new());
        write_from::<u64>(&inputs.as_slice(), one, 0, (BUDGETS[2], &mut MemoryScratch), 9, &mut out).unwrap();
        let read = Cell::new(0);
        let mut reader = IndexReader::<_, u64>::open(Counting(out, &read), index::layout(one), 0).unwrap();
        let mut keys: Vec<u64> = (0..200).map(|n| key(n * count / 200)).collect();
        keys.sort_unstable();
        let mut found = Vec::new();
        keys.iter().for_each(|&key| reader.find(key, &mut found).unwrap());
        assert_eq!(found.len(), 200);
        read.get() / 200
    };
    let (small, great) = (cost(60_000), cost(600_000));
    assert!(great < 9_000 && great < 2 * small, "{small} and {great} bytes a look-up");
}

#[test]
fn damage_and_strangers_are_refused() {
    let files = [exchange(0, &records(0, 3_000, 2_000), LAYOUT, BUDGETS[2])];
    let bytes = file::<u64>(&files, 2, BUDGETS[2], 9);
    let mut keys: Vec<u64> = (0..2_000).map(key).filter(|key| key.partition(7) == 2).collect();
    keys.sort_unstable();
    let fails = |bytes: Vec<u8>, layout: Layout, partition: u32| {
        IndexReader::<_, u64>::open(bytes, layout, partition).and_then(|mut reader| {
            let mut found = Vec::new();
            keys.iter().try_for_each(|&key| reader.find(key, &mut found))
        })
    };
    let right = index::layout(LAYOUT);
    fails(bytes.clone(), right, 2).unwrap();
    assert!(fails(bytes.clone(), right, 1).is_err(), "another partition");
    assert!(fails(bytes.clone(), LAYOUT, 2).is_err(), "an exchange file's layout");
    assert!(fails(files[0].clone(), right, 2).is_err(), "an exchange file");
    assert!(fails(bytes[..bytes.len() - 1].to_vec(), right, 2).is_err());
    // The checksum at the end of the directory has no slot; the tail's checksum of the directory is for whole reads.
    for at in (0..bytes.len() - 48).step_by(97) {
        let mut bad = bytes.clone();
        bad[at] ^= 4;
        assert!(fails(bad, right, 2).is_err(), "byte {at} of {}", bytes.len());
    }
}
