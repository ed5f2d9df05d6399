use std::hint::select_unpredictable;

use super::block::{Key, mix};
use super::memo::Packed;
use super::pages::Table;

/// Sets at first.
const SETS: usize = 1 << 12;

/// No word of a piece's key: text has no byte of 0xFF.
const EMPTY: u64 = u64::MAX;

/// One cache line of pieces and what is known of them.
pub(super) trait Set: Copy {
    type Key: Copy;
    type Value: Copy + Default;
    const WAYS: usize;
    const EMPTY: Self;
    /// Where a piece with this key is looked for.
    fn hash(key: Self::Key) -> u64;
    fn is_empty(&self, way: usize) -> bool;
    fn holds(&self, way: usize, key: Self::Key) -> bool;
    fn get(&self, way: usize) -> (Self::Key, Self::Value);
    fn put(&mut self, way: usize, key: Self::Key, value: Self::Value);
    /// What is known of a piece; nothing: the default.
    fn find(&self, key: Self::Key) -> Self::Value;
}

/// A table of sets. A piece is in the first of two, or, when that was full as it came, in the second.
pub(super) struct Sets<S: Set> {
    table: Table<S>,
    /// Pieces that are there.
    held: usize,
    most: usize,
}

/// The set where a piece is when its first one was full: from the half of the hash that the first one is not from.
#[inline]
fn second(hash: u64) -> usize {
    (hash >> 32) as usize
}

impl<S: Set> Sets<S> {
    /// `most`: how many sets it may grow to.
    pub(super) fn new(most: usize) -> Self {
        Self { table: Table::new(SETS.min(most), S::EMPTY), held: 0, most }
    }

    /// Where the first set of a piece is.
    #[inline(always)]
    pub(super) fn at(&self, hash: u64) -> *const S {
        self.table.as_ptr().wrapping_add(hash as usize & (self.table.len() - 1))
    }

    /// What is known of a piece by its first set, given at least the low half of its hash.
    #[inline(always)]
    pub(super) fn find(&self, hash: u64, key: S::Key) -> S::Value {
        self.table[hash as usize & (self.table.len() - 1)].find(key)
    }

    /// The ids of a piece by its first set or, when that is full, by its second one.
    pub(super) fn find_both(&self, key: S::Key, ids: impl Fn(S::Value) -> Packed) -> Packed {
        let hash = S::hash(key);
        let [first, second] = [hash as usize, second(hash)].map(|slot| &self.table[slot & (self.table.len() - 1)]);
        match ids(first.find(key)) {
            0 if (0..S::WAYS).all(|way| !first.is_empty(way)) => ids(second.find(key)),
            found => found,
        }
    }

    /// Takes a piece in. `draw` picks the piece that goes when there is no room.
    pub(super) fn put(&mut self, key: S::Key, value: S::Value, draw: usize) {
        // Half full: of two sets one nearly always has room.
        if self.held * 2 > self.table.len() * S::WAYS && self.table.len() < self.most {
            self.grow();
        }
        if !self.put_in(key, value) {
            let slot = S::hash(key) as usize & (self.table.len() - 1);
            self.table[slot].put(draw % S::WAYS, key, value);
        }
    }

    /// Whether there was room, or the piece was there before.
    fn put_in(&mut self, key: S::Key, value: S::Value) -> bool {
        let hash = S::hash(key);
        // A set fills up from its first way on, and a piece is in the second set only if the first one is full.
        for slot in [hash as usize, second(hash)] {
            let slot = slot & (self.table.len() - 1);
            let set = &mut self.table[slot];
            if let Some(way) = (0..S::WAYS).find(|way| set.is_empty(*way) || set.holds(*way, key)) {
                self.held += usize::from(set.is_empty(way));
                set.put(way, key, value);
                return true;
            }
        }
        false
    }

    fn grow(&mut self) {
        let larger = Table::new(self.table.len() * 2, S::EMPTY);
        let smaller = std::mem::replace(&mut self.table, larger);
        self.held = 0;
        for set in smaller.iter() {
            for way in (0..S::WAYS).filter(|way| !set.is_empty(*way)) {
                let (key, value) = set.get(way);
                // One of thousands finds no room, and is forgotten.
                self.put_in(key, value);
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.table.fill(S::EMPTY);
        self.held = 0;
    }
}

/// Four pieces of up to 8 bytes.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct TinySet {
    keys: [u64; 4],
    ids: [Packed; 4],
}

impl Set for TinySet {
    type Key = u64;
    type Value = Packed;
    const WAYS: usize = 4;
    const EMPTY: Self = Self { keys: [EMPTY; 4], ids: [0; 4] };

    #[inline(always)]
    fn hash(key: u64) -> u64 {
        // The second word of such a key is all padding.
        mix((key, u64::MAX))
    }

    fn is_empty(&self, way: usize) -> bool {
        self.keys[way] == EMPTY
    }

    fn holds(&self, way: usize, key: u64) -> bool {
        self.keys[way] == key
    }

    fn get(&self, way: usize) -> (u64, Packed) {
        (self.keys[way], self.ids[way])
    }

    fn put(&mut self, way: usize, key: u64, ids: Packed) {
        (self.keys[way], self.ids[way]) = (key, ids);
    }

    #[inline(always)]
    fn find(&self, key: u64) -> Packed {
        // No branches: whether and where a piece is found cannot be foretold.
        let hit = |way: usize| self.ids[way] & u64::from(self.keys[way] == key).wrapping_neg();
        (hit(0) | hit(1)) | (hit(2) | hit(3))
    }
}

/// Two pieces of up to 16 bytes.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct ShortSet {
    keys: [Key; 2],
    ids: [Packed; 2],
}

impl Set for ShortSet {
    type Key = Key;
    type Value = Packed;
    const WAYS: usize = 2;
    const EMPTY: Self = Self { keys: [(EMPTY, EMPTY); 2], ids: [0; 2] };

    #[inline(always)]
    fn hash(key: Key) -> u64 {
        mix(key)
    }

    fn is_empty(&self, way: usize) -> bool {
        self.keys[way] == (EMPTY, EMPTY)
    }

    fn holds(&self, way: usize, key: Key) -> bool {
        self.keys[way] == key
    }

    fn get(&self, way: usize) -> (Key, Packed) {
        (self.keys[way], self.ids[way])
    }

    fn put(&mut self, way: usize, key: Key, ids: Packed) {
        (self.keys[way], self.ids[way]) = (key, ids);
    }

    #[inline(always)]
    fn find(&self, key: Key) -> Packed {
        let hit = |way: usize| {
            let differs = (self.keys[way].0 ^ key.0) | (self.keys[way].1 ^ key.1);
            select_unpredictable(differs == 0, self.ids[way], 0)
        };
        hit(0) | hit(1)
    }
}

/// The record of a longer piece.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Where it is.
    pub(super) place: u32,
    /// Bytes of the piece; 0 is no record.
    pub(super) length: u16,
    pub(super) ids: u16,
}

impl Record {
    pub(super) fn packed(self) -> u64 {
        u64::from(self.ids) << 48 | u64::from(self.length) << 32 | u64::from(self.place)
    }

    pub(super) fn unpacked(packed: u64) -> Self {
        Self { place: packed as u32, length: (packed >> 32) as u16, ids: (packed >> 48) as u16 }
    }
}

/// Four longer pieces, by xxh3 of their bytes. Others may have the same.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct LongSet {
    hashes: [u64; 4],
    records: [Record; 4],
}

impl Set for LongSet {
    type Key = u64;
    type Value = Record;
    const WAYS: usize = 4;
    const EMPTY: Self = Self { hashes: [0; 4], records: [Record { place: 0, length: 0, ids: 0 }; 4] };

    #[inline(always)]
    fn hash(key: u64) -> u64 {
        key
    }

    fn is_empty(&self, way: usize) -> bool {
        self.records[way].length == 0
    }

    fn holds(&self, way: usize, key: u64) -> bool {
        self.hashes[way] == key && !self.is_empty(way)
    }

    fn get(&self, way: usize) -> (u64, Record) {
        (self.hashes[way], self.records[way])
    }

    fn put(&mut self, way: usize, key: u64, record: Record) {
        (self.hashes[way], self.records[way]) = (key, record);
    }

    #[inline(always)]
    fn find(&self, key: u64) -> Record {
        // No set holds a hash twice, and what is empty has no record.
        (0..4).find(|way| self.hashes[*way] == key).map_or(Record::default(), |way| self.records[way])
    }
}
