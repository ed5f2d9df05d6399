use std::hint::select_unpredictable;

use super::block::{Block, Key, SHORT, TINY};
use super::pages::Table;

/// Sets at first; a table doubles when more than one new piece for every [`CROWDED`] sets has found its set full.
const SETS: usize = 1 << 12;
const CROWDED: usize = 16;
/// Sets of four pieces of up to 8 bytes, at most: 2^16 sets are 4 MiB.
const TINY_SETS: usize = 1 << 16;
/// Sets of two pieces of up to 16 bytes, at most: 2^17 sets are 8 MiB.
const SHORT_SETS: usize = 1 << 17;
/// Sets of two longer pieces, at most: 2^17 sets are 8 MiB.
const LONG_SETS: usize = 1 << 17;
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

/// So many ids are copied at once; behind all ids are so many zeros.
pub(super) const EIGHT: usize = 8;

/// The ids of a piece in one word; 0 is none.
pub(super) type Packed = u64;

/// How many ids stand in the word itself, if any do.
#[inline]
pub(super) fn inline(packed: Packed) -> Option<(usize, [u32; INLINE])> {
    let n = (packed & 15) as usize;
    let id = |i: u32| (packed >> (4 + ID_BITS * i) & ID_MASK) as u32;
    (1..=INLINE).contains(&n).then(|| (n, [id(0), id(1), id(2)]))
}

/// One id in one word, if it fits.
pub(super) fn single(id: u32) -> Option<Packed> {
    (u64::from(id) <= ID_MASK).then(|| u64::from(id) << 4 | 1)
}

/// No word of a piece's key: text has no byte of 0xFF.
const EMPTY: u64 = u64::MAX;

/// One cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct TinySet {
    keys: [u64; 4],
    ids: [Packed; 4],
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct ShortSet {
    keys: [Key; 2],
    ids: [Packed; 2],
}

impl Default for TinySet {
    fn default() -> Self {
        Self { keys: [EMPTY; 4], ids: [0; 4] }
    }
}

impl Default for ShortSet {
    fn default() -> Self {
        Self { keys: [(EMPTY, EMPTY); 2], ids: [0; 2] }
    }
}

#[derive(Clone, Copy, Default)]
struct LongEntry {
    /// xxh3 of the bytes.
    hash: u64,
    start: u32,
    length: u32,
    ids: Packed,
}

#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct LongSet {
    entries: [LongEntry; 2],
}

/// Remembers the ids of pieces. It grows to 36 MiB at most and forgets some when it is full; what it answers is always what was put in,
/// so results do not depend on what it holds.
pub(super) struct Memo {
    tiny: Table<TinySet>,
    short: Table<ShortSet>,
    long: Table<LongSet>,
    bytes: Vec<u8>,
    ids: Vec<u32>,
    /// Counts what was put in: the way of a full set that is given up goes round.
    clock: usize,
    /// New pieces that found their set full since the table has this size.
    crowded: [usize; 3],
    /// How often everything was forgotten: what was found before is void then, unless it is [`inline`].
    pub(super) forgotten: usize,
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
fn double<T: Copy>(table: &mut Table<T>, keep: impl Fn(&mut T, &dyn Fn(usize) -> bool)) {
    let mut doubled = Table::new(table.len() * 2, table[0]);
    let mask = doubled.len() - 1;
    for (i, set) in doubled.iter_mut().enumerate() {
        *set = table[i & (mask >> 1)];
        keep(set, &|hash| hash & mask == i);
    }
    *table = doubled;
}

/// Folded multiplication of two words, as in wyhash; the constants are any odd ones without a pattern.
#[inline]
fn mix(key: Key) -> usize {
    let product = u128::from(key.0 ^ 0x9E37_79B9_7F4A_7C15) * u128::from(key.1 ^ 0xD6E8_FEB8_6659_FD93);
    (product as u64 ^ (product >> 64) as u64) as usize
}

impl TinySet {
    #[inline(always)]
    fn find(&self, key: u64) -> Packed {
        // No branches: whether and where a piece is found cannot be foretold.
        let hit = |way: usize| self.ids[way] & u64::from(self.keys[way] == key).wrapping_neg();
        (hit(0) | hit(1)) | (hit(2) | hit(3))
    }
}

impl ShortSet {
    #[inline(always)]
    fn find(&self, key: Key) -> Packed {
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
            tiny: Table::new(SETS, TinySet::default()),
            short: Table::new(SETS, ShortSet::default()),
            long: Table::new(SETS, LongSet::default()),
            bytes: Vec::new(),
            ids: vec![0; EIGHT],
            clock: 0,
            crowded: [0; 3],
            forgotten: 0,
        }
    }

    /// Looks up all pieces of a block that have keys, after all their sets are on their way to the cache: looking up piece by piece
    /// spends three quarters of the time waiting.
    #[inline(always)]
    pub(super) fn look_up(&self, block: &mut Block, text: &[u8]) {
        for &i in &block.tiny[..block.tinies] {
            let i = usize::from(i);
            let slot = mix((block.keys[i].0, 0)) & (self.tiny.len() - 1);
            self.tiny.fetch(slot);
            block.slots[i] = slot as u32;
        }
        for &i in &block.short[..block.shorts] {
            let i = usize::from(i);
            let slot = mix(block.keys[i]) & (self.short.len() - 1);
            self.short.fetch(slot);
            block.slots[i] = slot as u32;
        }
        for &i in &block.long[..block.longs] {
            self.long.fetch(block.keys[usize::from(i)].0 as usize & (self.long.len() - 1));
        }
        for &i in &block.tiny[..block.tinies] {
            let i = usize::from(i);
            block.ids[i] = self.tiny[block.slots[i] as usize].find(block.keys[i].0);
        }
        for &i in &block.short[..block.shorts] {
            let i = usize::from(i);
            block.ids[i] = self.short[block.slots[i] as usize].find(block.keys[i]);
        }
        let longs = &block.long[..block.longs];
        // The sets first, then the bytes, for the same reason.
        for i in longs.iter().map(|i| usize::from(*i)) {
            if let Some(entry) = self.long_entry(block.keys[i].0, block.starts[i + 1] - block.starts[i]) {
                block.ids[i] = entry.ids;
                block.keys[i].1 = u64::from(entry.start);
            }
        }
        for i in longs.iter().map(|i| usize::from(*i)) {
            let piece = &text[block.starts[i]..block.starts[i + 1]];
            let from = block.keys[i].1 as usize;
            if block.ids[i] != 0 && self.bytes[from..from + piece.len()] != *piece {
                block.ids[i] = 0;
            }
        }
    }

    #[inline]
    fn long_entry(&self, hash: u64, length: usize) -> Option<&LongEntry> {
        let set = &self.long[hash as usize & (self.long.len() - 1)];
        set.entries.iter().find(|entry| entry.hash == hash && entry.length as usize == length)
    }

    /// What is known of a piece with this key.
    pub(super) fn get(&self, key: Key, piece: &[u8]) -> Packed {
        if piece.len() <= TINY {
            return self.tiny[mix((key.0, 0)) & (self.tiny.len() - 1)].find(key.0);
        }
        if piece.len() <= SHORT {
            return self.short[mix(key) & (self.short.len() - 1)].find(key);
        }
        self.long_entry(key.0, piece.len()).map_or(0, |entry| {
            let from = entry.start as usize;
            if self.bytes[from..from + piece.len()] == *piece { entry.ids } else { 0 }
        })
    }

    /// The ids that do not stand in the word itself, and how many there are; if these are up to eight, others follow.
    #[inline]
    pub(super) fn outside(&self, packed: Packed) -> (&[u32], usize) {
        let (from, n) = ((packed >> 4 & 0xFFFF_FFFF) as usize, (packed >> 36) as usize);
        (&self.ids[from..from + n.max(EIGHT)], n)
    }

    /// Remembers the ids of the piece with this key.
    pub(super) fn put(&mut self, key: Key, piece: &[u8], ids: &[u32]) {
        let bytes = if piece.len() > SHORT { piece.len() } else { 0 };
        if self.ids.len() + ids.len() > MAX_IDS || self.bytes.len() + bytes > MAX_BYTES {
            self.forget();
        }
        let packed = self.pack(ids);
        self.clock += 1;
        match piece.len() {
            length if length <= TINY => self.put_tiny(key.0, packed),
            length if length <= SHORT => self.put_short(key, packed),
            _ => self.put_long(key.0, piece, packed),
        }
    }

    fn put_tiny(&mut self, key: u64, packed: Packed) {
        let hash = mix((key, 0));
        let empty = |table: &[TinySet]| table[hash & (table.len() - 1)].keys.iter().position(|key| *key == EMPTY);
        let mut way = empty(&self.tiny);
        if way.is_none() && crowds(&mut self.crowded[0], self.tiny.len(), TINY_SETS) {
            double(&mut self.tiny, |set, belongs| {
                set.keys.iter_mut().filter(|key| !belongs(mix((**key, 0)))).for_each(|key| *key = EMPTY);
            });
            way = empty(&self.tiny);
        }
        let (way, mask) = (way.unwrap_or(self.clock & 3), self.tiny.len() - 1);
        let set = &mut self.tiny[hash & mask];
        (set.keys[way], set.ids[way]) = (key, packed);
    }

    fn put_short(&mut self, key: Key, packed: Packed) {
        let hash = mix(key);
        let empty = |table: &[ShortSet]| table[hash & (table.len() - 1)].keys.iter().position(|key| key.1 == EMPTY);
        let mut way = empty(&self.short);
        if way.is_none() && crowds(&mut self.crowded[1], self.short.len(), SHORT_SETS) {
            double(&mut self.short, |set, belongs| {
                set.keys.iter_mut().filter(|key| !belongs(mix(**key))).for_each(|key| *key = (EMPTY, EMPTY));
            });
            way = empty(&self.short);
        }
        let (way, mask) = (way.unwrap_or(self.clock & 1), self.short.len() - 1);
        let set = &mut self.short[hash & mask];
        (set.keys[way], set.ids[way]) = (key, packed);
    }

    fn pack(&mut self, ids: &[u32]) -> Packed {
        if (1..=INLINE).contains(&ids.len()) && ids.iter().all(|id| u64::from(*id) <= ID_MASK) {
            let bits = ids.iter().rev().fold(0, |bits, id| bits << ID_BITS | u64::from(*id));
            return bits << 4 | ids.len() as u64;
        }
        let place = self.ids.len() - EIGHT;
        self.ids.truncate(place);
        self.ids.extend_from_slice(ids);
        self.ids.extend_from_slice(&[0; EIGHT]);
        (ids.len() as u64) << 36 | (place as u64) << 4 | OUTSIDE
    }

    fn put_long(&mut self, hash: u64, piece: &[u8], ids: Packed) {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(piece);
        let full = self.long[hash as usize & (self.long.len() - 1)].entries[1].length != 0;
        if full && crowds(&mut self.crowded[2], self.long.len(), LONG_SETS) {
            double(&mut self.long, |set, belongs| {
                let others = set.entries.iter_mut().filter(|entry| !belongs(entry.hash as usize));
                others.for_each(|entry| *entry = LongEntry::default());
            });
        }
        let mask = self.long.len() - 1;
        let entries = &mut self.long[hash as usize & mask].entries;
        entries[1] = entries[0];
        entries[0] = LongEntry { hash, start, length: piece.len() as u32, ids };
    }

    fn forget(&mut self) {
        self.tiny.fill(TinySet::default());
        self.short.fill(ShortSet::default());
        self.long.fill(LongSet::default());
        self.bytes.clear();
        self.ids.clear();
        self.ids.resize(EIGHT, 0);
        self.forgotten += 1;
    }
}
