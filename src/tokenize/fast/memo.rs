use std::hint::select_unpredictable;

use xxhash_rust::xxh3::xxh3_64;

use super::block::{Block, TINY};

/// Sets at first; a table doubles when more than one new piece for every [`CROWDED`] sets has found its set full.
const SETS: usize = 1 << 12;
const CROWDED: usize = 16;
/// Sets of four pieces of up to 7 bytes, at most: 2^16 sets are 4 MiB.
const TINY_SETS: usize = 1 << 16;
/// Sets of two pieces of up to 15 bytes, at most: 2^17 sets are 8 MiB.
const SHORT_SETS: usize = 1 << 17;
/// Sets of two longer pieces, at most: 2^17 sets are 6 MiB.
const LONG_SETS: usize = 1 << 17;
/// Longest piece that is remembered at all.
pub(super) const LONG: usize = 256;
/// Ids of pieces with more than [`INLINE`] of them: 8 MiB at most. When they are full everything is forgotten, which half of this did
/// again and again on 8 MB of text in many languages with a vocabulary made for English.
const MAX_IDS: usize = 1 << 21;
/// Bytes of longer pieces, 8 MiB at most; as [`MAX_IDS`].
const MAX_BYTES: usize = 1 << 23;
/// Ids that stand in the word itself: three of 20 bits beside a count of 4 bits.
pub(super) const INLINE: usize = 3;
const ID_BITS: u32 = 20;
const ID_MASK: u64 = (1 << ID_BITS) - 1;
/// Instead of a count: 32 bits of place and 28 bits of count in the list of ids follow.
const OUTSIDE: u64 = 15;

/// The ids of a piece in one word; 0 is none.
pub(super) type Packed = u64;

/// How many ids stand in the word itself, if any do.
#[inline]
pub(super) fn inline(packed: Packed) -> Option<(usize, [u32; INLINE])> {
    let n = (packed & 15) as usize;
    let id = |i: u32| (packed >> (4 + ID_BITS * i) & ID_MASK) as u32;
    (1..=INLINE).contains(&n).then(|| (n, [id(0), id(1), id(2)]))
}

/// One cache line. A key is never 0, because it holds the length.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct TinySet {
    keys: [u64; 4],
    ids: [Packed; 4],
}

#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct ShortSet {
    keys: [(u64, u64); 2],
    ids: [Packed; 2],
}

#[derive(Clone, Copy, Default)]
struct LongEntry {
    /// xxh3 of the bytes.
    hash: u64,
    start: u32,
    length: u32,
    ids: Packed,
}

type LongSet = [LongEntry; 2];

/// Remembers the ids of pieces. It grows to 34 MiB at most and forgets some when it is full; what it answers is always what was put in,
/// so results do not depend on what it holds.
pub(super) struct Memo {
    tiny: Vec<TinySet>,
    short: Vec<ShortSet>,
    long: Vec<LongSet>,
    bytes: Vec<u8>,
    ids: Vec<u32>,
    /// Counts what was put in: the way of a full set that is given up goes round.
    clock: usize,
    /// New pieces that found their set full since the table has this size.
    crowded: [usize; 3],
}

/// Counts a piece whose set is full; whether the table should double.
fn crowds(count: &mut usize, sets: usize, most: usize) -> bool {
    *count += 1;
    let grows = sets < most && *count * CROWDED > sets;
    if grows {
        *count = 0;
    }
    grows
}

/// Doubles a table: each set becomes two, and `keep` removes from each of all sets what belongs to the other one.
fn double<T: Clone>(table: &mut Vec<T>, keep: impl Fn(&mut T, &dyn Fn(usize) -> bool)) {
    let copy = table.clone();
    table.extend(copy);
    let mask = table.len() - 1;
    for (i, set) in table.iter_mut().enumerate() {
        keep(set, &|hash| hash & mask == i);
    }
}

/// Folded multiplication of two words, as in wyhash; the constants are any odd ones without a pattern.
#[inline]
fn mix(key: (u64, u64)) -> usize {
    let product = u128::from(key.0 ^ 0x9E37_79B9_7F4A_7C15) * u128::from(key.1 ^ 0xD6E8_FEB8_6659_FD93);
    (product as u64 ^ (product >> 64) as u64) as usize
}

impl TinySet {
    #[inline]
    fn find(&self, key: u64) -> Packed {
        let mut found = 0;
        // No branches: whether and where a piece is found cannot be foretold.
        for way in 0..4 {
            found |= select_unpredictable(self.keys[way] == key, self.ids[way], 0);
        }
        found
    }
}

impl ShortSet {
    #[inline]
    fn find(&self, key: (u64, u64)) -> Packed {
        let hit = |way: usize| {
            let differs = (self.keys[way].0 ^ key.0) | (self.keys[way].1 ^ key.1);
            select_unpredictable(differs == 0, self.ids[way], 0)
        };
        hit(0) | hit(1)
    }
}

impl Memo {
    pub(super) fn new() -> Self {
        Self {
            tiny: vec![TinySet::default(); SETS],
            short: vec![ShortSet::default(); SETS],
            long: vec![LongSet::default(); SETS],
            bytes: Vec::new(),
            ids: Vec::new(),
            clock: 0,
            crowded: [0; 3],
        }
    }

    /// Looks up all pieces of a block that have keys. One tight loop per table, so that the processor waits for many
    /// cache lines at the same time; looking up piece by piece spends three quarters of the time waiting.
    pub(super) fn look_up(&self, block: &mut Block) {
        for &i in &block.tiny[..block.tinies] {
            let i = usize::from(i);
            let key = block.keys[i].0;
            block.ids[i] = self.tiny[mix((key, 0)) & (self.tiny.len() - 1)].find(key);
        }
        for &i in &block.short[..block.shorts] {
            let i = usize::from(i);
            block.ids[i] = self.short[mix(block.keys[i]) & (self.short.len() - 1)].find(block.keys[i]);
        }
    }

    /// Appends the ids of the piece with this key to `out` if they are known.
    pub(super) fn get(&self, key: (u64, u64), length: usize, out: &mut Vec<u32>) -> bool {
        let packed = match length <= TINY {
            true => self.tiny[mix((key.0, 0)) & (self.tiny.len() - 1)].find(key.0),
            false => self.short[mix(key) & (self.short.len() - 1)].find(key),
        };
        packed != 0 && {
            self.give(packed, out);
            true
        }
    }

    fn give(&self, packed: Packed, out: &mut Vec<u32>) {
        match inline(packed) {
            Some((n, ids)) => out.extend_from_slice(&ids[..n]),
            None => {
                let (from, n) = ((packed >> 4 & 0xFFFF_FFFF) as usize, (packed >> 36) as usize);
                out.extend_from_slice(&self.ids[from..from + n]);
            }
        }
    }

    /// Remembers the ids of the piece with this key.
    pub(super) fn put(&mut self, key: (u64, u64), length: usize, ids: &[u32]) {
        let packed = self.pack(ids);
        self.clock += 1;
        match length <= TINY {
            true => self.put_tiny(key.0, packed),
            false => self.put_short(key, packed),
        }
    }

    fn put_tiny(&mut self, key: u64, packed: Packed) {
        let hash = mix((key, 0));
        let empty = |table: &[TinySet]| table[hash & (table.len() - 1)].keys.iter().position(|key| *key == 0);
        let mut way = empty(&self.tiny);
        if way.is_none() && crowds(&mut self.crowded[0], self.tiny.len(), TINY_SETS) {
            double(&mut self.tiny, |set, belongs| {
                set.keys.iter_mut().filter(|key| !belongs(mix((**key, 0)))).for_each(|key| *key = 0);
            });
            way = empty(&self.tiny);
        }
        let (way, mask) = (way.unwrap_or(self.clock & 3), self.tiny.len() - 1);
        let set = &mut self.tiny[hash & mask];
        (set.keys[way], set.ids[way]) = (key, packed);
    }

    fn put_short(&mut self, key: (u64, u64), packed: Packed) {
        let hash = mix(key);
        let empty = |table: &[ShortSet]| table[hash & (table.len() - 1)].keys.iter().position(|key| key.1 == 0);
        let mut way = empty(&self.short);
        if way.is_none() && crowds(&mut self.crowded[1], self.short.len(), SHORT_SETS) {
            double(&mut self.short, |set, belongs| {
                set.keys.iter_mut().filter(|key| !belongs(mix(**key))).for_each(|key| *key = (0, 0));
            });
            way = empty(&self.short);
        }
        let (way, mask) = (way.unwrap_or(self.clock & 1), self.short.len() - 1);
        let set = &mut self.short[hash & mask];
        (set.keys[way], set.ids[way]) = (key, packed);
    }

    fn pack(&mut self, ids: &[u32]) -> Packed {
        if (1..=INLINE).contains(&ids.len()) {
            let bits = ids.iter().rev().fold(0, |bits, id| bits << ID_BITS | u64::from(*id));
            return bits << 4 | ids.len() as u64;
        }
        if self.ids.len() + ids.len() > MAX_IDS {
            self.forget();
        }
        let place = self.ids.len() as u64;
        self.ids.extend_from_slice(ids);
        (ids.len() as u64) << 36 | place << 4 | OUTSIDE
    }

    /// Appends the ids of a longer piece to `out` if they are known; if not, gives its hash for [`Self::put_long`].
    pub(super) fn long(&mut self, piece: &[u8], out: &mut Vec<u32>) -> Option<u64> {
        let hash = xxh3_64(piece);
        for entry in self.long[hash as usize & (self.long.len() - 1)] {
            let (from, length) = (entry.start as usize, entry.length as usize);
            if entry.hash == hash && length == piece.len() && self.bytes[from..from + length] == *piece {
                self.give(entry.ids, out);
                return None;
            }
        }
        Some(hash)
    }

    /// Remembers the ids of a longer piece.
    pub(super) fn put_long(&mut self, hash: u64, piece: &[u8], ids: &[u32]) {
        if self.bytes.len() + piece.len() > MAX_BYTES {
            self.forget();
        }
        let ids = self.pack(ids);
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(piece);
        let full = self.long[hash as usize & (self.long.len() - 1)][1].length != 0;
        if full && crowds(&mut self.crowded[2], self.long.len(), LONG_SETS) {
            double(&mut self.long, |set, belongs| {
                let others = set.iter_mut().filter(|entry| !belongs(entry.hash as usize));
                others.for_each(|entry| *entry = LongEntry::default());
            });
        }
        let mask = self.long.len() - 1;
        let set = &mut self.long[hash as usize & mask];
        set[1] = set[0];
        set[0] = LongEntry { hash, start, length: piece.len() as u32, ids };
    }

    fn forget(&mut self) {
        self.tiny.fill(TinySet::default());
        self.short.fill(ShortSet::default());
        self.long.fill(LongSet::default());
        self.bytes.clear();
        self.ids.clear();
    }
}
