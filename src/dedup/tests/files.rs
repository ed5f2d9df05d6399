use super::*;
use crate::dedup::exchange::{ExchangeReader, partition_of};
use crate::dedup::sketch::{SketchReader, SketchWriter};
use std::collections::BTreeSet;

#[test]
fn exchange_files_hold_what_was_put_in() {
    let mut input = records(3, 40_000, 900);
    let files: Vec<_> = BUDGETS.iter().map(|&budget| exchange(3, &input, LAYOUT, budget)).collect();
    assert!(files.iter().all(|file| *file == files[0]), "the budget shows");
    input.reverse();
    assert_eq!(exchange(3, &input, LAYOUT, BUDGETS[2]), files[0], "the order of input shows");
    let reader = ExchangeReader::<u64>::open(&files[0], LAYOUT).unwrap();
    assert_eq!(reader.unit(), 3);
    let mut seen = BTreeSet::new();
    for partition in 0..LAYOUT.partitions {
        let before = seen.len() as u64;
        let count = reader.read_partition(partition, |key, document| {
            assert_eq!(partition_of(key, LAYOUT.partitions), partition);
            assert!(seen.insert((key, document)));
            Ok(())
        });
        assert_eq!(count.unwrap(), seen.len() as u64 - before);
        assert!(seen.len() as u64 > before);
    }
    assert_eq!(seen, input.iter().map(|&(key, index)| (key, ordinal(3, index))).collect());
    assert_eq!(reader.verify().unwrap(), seen.len() as u64);
    assert!(reader.read_partition(LAYOUT.partitions, |_, _| Ok(())).is_err());
}

#[test]
fn partitions_grow_with_the_key_and_share_evenly() {
    for partitions in [1, 2, 3, 1_792, Layout::MAX_PARTITIONS] {
        assert_eq!(partition_of(0_u64, partitions), 0);
        assert_eq!(partition_of(u64::MAX, partitions), partitions - 1);
        assert_eq!(partition_of(u128::MAX, partitions), partitions - 1);
    }
    let mut counts = [0_u32; 7];
    (0..70_000).for_each(|i| counts[partition_of(mix(i), 7) as usize] += 1);
    assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
}

#[test]
fn every_flipped_byte_of_an_exchange_file_is_an_error() {
    let good = exchange(1, &records(1, 60, 20), LAYOUT, MIN_BUDGET);
    let read = |file: &Vec<u8>| ExchangeReader::<u64>::open(file, LAYOUT).and_then(|reader| reader.verify());
    let records = read(&good).unwrap();
    assert!(records > 20);
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        assert!(read(&bad).is_err(), "flip at {at} of {}", good.len());
    }
    for len in 0..good.len() {
        assert!(read(&good[..len].to_vec()).is_err(), "cut at {len}");
    }
    let longer = [good.as_slice(), &[0]].concat();
    assert!(read(&longer).is_err());
}

/// Without `verify`, through the four ranges of a partition unit alone: a flip is noticed or lies in another block.
#[test]
fn damage_in_a_block_is_noticed_by_its_reader() {
    let good = exchange(1, &records(1, 60, 20), LAYOUT, MIN_BUDGET);
    let read = |file: &Vec<u8>| {
        let reader = ExchangeReader::<u64>::open(file, LAYOUT)?;
        let mut all = Vec::new();
        for partition in 0..LAYOUT.partitions {
            reader.read_partition(partition, |key, document| {
                all.push((key, document));
                Ok(())
            })?;
        }
        Ok::<_, DedupError>(all)
    };
    let right = read(&good).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert!(read(&bad).is_err_and(|error| !matches!(error, DedupError::Io(_))), "flip at {at}");
    }
    assert_eq!(read(&good).unwrap(), right);
}

#[test]
fn files_of_another_plan_do_not_mix() {
    let file = exchange(1, &records(1, 60, 20), LAYOUT, MIN_BUDGET);
    let mismatch = |layout| matches!(ExchangeReader::<u64>::open(&file, layout), Err(DedupError::Mismatch { .. }));
    assert!(mismatch(Layout { partitions: 8, ..LAYOUT }));
    assert!(mismatch(Layout { tag: 1, ..LAYOUT }));
    assert!(matches!(ExchangeReader::<u128>::open(&file, LAYOUT), Err(DedupError::Mismatch { .. })));
    assert!(ExchangeReader::<u64>::open(&file, Layout { partitions: 0, ..LAYOUT }).is_err());
}

#[test]
fn sketches_come_back_and_damage_shows() {
    let sketch =
        |index: u32| (0..u64::from(index % 9)).map(|i| mix(u64::from(index) << 8 | i) as u32).collect::<Vec<_>>();
    let mut file = Vec::new();
    let mut writer = SketchWriter::new(4, LAYOUT, 8, &mut file).unwrap();
    for index in 0..41 {
        writer.push(&sketch(index), &mut file).unwrap();
    }
    assert!(writer.push(&[0; 9], &mut file).is_err(), "too many");
    assert_eq!(writer.finish(&mut file).unwrap(), 41);
    let read = |file: &Vec<u8>| {
        let reader = SketchReader::open(file, LAYOUT, 8)?;
        assert_eq!(reader.unit(), 4);
        let mut values = Vec::new();
        assert!(reader.get(41, &mut values).is_err(), "past the end");
        (0..41).map(|index| reader.get(index, &mut values).map(|()| values.clone())).collect::<Result<Vec<_>, _>>()
    };
    let good = read(&file).unwrap();
    assert!((0..41).map(sketch).eq(good));
    for at in 0..file.len() {
        let mut bad = file.clone();
        bad[at] ^= 2;
        assert!(read(&bad).is_err(), "flip at {at}");
        assert!(read(&file[..at].to_vec()).is_err(), "cut at {at}");
    }
    assert!(SketchReader::open(&file, LAYOUT, 9).is_err());
    assert!(SketchWriter::new(4, LAYOUT, 0, &mut Vec::new()).is_err());
}
