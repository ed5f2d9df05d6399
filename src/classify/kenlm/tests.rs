use super::bits::{bits_at, mask, width};
use super::table::{Growing, buckets};
use super::{Model, hash};
use proptest::prelude::*;

/// The files of `build_binary` hold hashes of words; that they are these is part of their test. These are the corners.
#[test]
fn hashes_of_nothing() {
    assert_eq!(hash::word(b""), 0);
    assert_eq!(hash::extend(0, 0), 17_894_857_484_156_487_943);
    assert_eq!(hash::extend(1, 0), 8_978_948_897_894_561_157 ^ 17_894_857_484_156_487_943);
    assert_ne!(hash::word(b"12345678"), hash::word(b"12345678\0"));
}

#[test]
fn bits_are_read_across_bytes_and_zero_beyond_the_end() {
    let bytes = [0b1010_0000, 0b0000_0001, 0, 0, 0, 0, 0, 0, 0xFF];
    assert_eq!(bits_at(&bytes, 5, mask(4)), 0b1101);
    assert_eq!(bits_at(&bytes, 13, mask(40)), 0);
    assert_eq!(bits_at(&bytes, 800, mask(57)), 0);
    assert_eq!([0, 1, 2, 255, 256].map(width), [0, 1, 2, 8, 9]);
}

#[test]
fn tables_have_the_room_that_kenlm_gives_them() {
    assert_eq!(buckets(0, 1.5), Some(1));
    assert_eq!(buckets(1, 1.5), Some(2));
    assert_eq!(buckets(100, 1.5), Some(150));
    assert_eq!(buckets(100, 1.0), Some(101));
    assert_eq!(buckets(u64::MAX, 1.5), None);
}

proptest! {
    #[test]
    fn tables_grow_and_forget_nothing(keys in proptest::collection::btree_set(1_u64.., 0..80), room in 0_u64..20) {
        let mut table = Growing::new(room, 12);
        for key in &keys {
            prop_assert!(!table.insert(*key, &(*key as u32).to_le_bytes()));
            prop_assert!(table.insert(*key, &[0; 4]));
        }
        let table = table.finish();
        for key in &keys {
            let at = table.find(*key).map(|at| super::bits::u32_at(table.bytes(), at + 8));
            prop_assert_eq!(at, Some(*key as u32));
        }
        prop_assert_eq!(table.find(0), None);
        prop_assert_eq!(table.find(7).is_some(), keys.contains(&7));
    }

    #[test]
    fn any_text_is_refused_or_read(text in "(\\\\data\\\\|ngram [1-3]=[0-9]{1,2}|\\\\[123]-grams:|-?[0-9]\\.[0-9]\t<?/?[as]>?( [ab])?(\t-1)?|\n|\n\n){0,30}") {
        let _ = Model::from_bytes(text.into_bytes());
    }
}
