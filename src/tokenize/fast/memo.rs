use xxhash_rust::xxh3::xxh3_64;

use super::block::{Block, TINY};

/// Sets of four pieces of up to 7 bytes: 2^15 sets are 2 MiB.
const TINY_SETS: usize = 1 << 15;
/// Sets of two pieces of up to 15 bytes: 2^16 sets are 4 MiB.
const SHORT_SETS: usize = 1 << 16;
/// Sets of two longer pieces: 2^16 sets are 3 MiB.
const LONG_SETS: usize = 1 << 16;
/// Longest piece that is remembered at all.
pub(super) const LONG: usize = 256;
/// Ids of pieces with more than [`INLINE`] of them: 16 MiB at most. When they are full everything is forgotten, which a quarter of
/// this did again and again on 8 MB of text in many languages with a vocabulary made for English.
const MAX_IDS: usize = 1 << 22;
/// Bytes of longer pieces, 16 MiB at most; as [`MAX_IDS`].
const MAX_BYTES: usize = 1 << 24;
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

/// Remembers the ids of pieces. It is of fixed size and forgets some when it is full; what it answers is always what was
/// put in, so results do not depend on what it holds.
pub(super) struct Memo {
    tiny: Vec<TinySet>,
    short: Vec<ShortSet>,
    long: Vec<LongSet>,
    bytes: Vec<u8>,
    ids: Vec<u32>,
    /// Counts what was put in: the way of a full set that is given up goes round.
    clock: usize,
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
            found |= if self.keys[way] == key { self.ids[way] } else { 0 };
        }
        found
    }
}

impl ShortSet {
    #[inline]
    fn find(&self, key: (u64, u64)) -> Packed {
        let hit = |way: usize| if self.keys[way] == key { self.ids[way] } else { 0 };
        hit(0) | hit(1)
    }
}

impl Memo {
    pub(super) fn new() -> Self {
        Self {
            tiny: vec![TinySet::default(); TINY_SETS],
            short: vec![ShortSet::default(); SHORT_SETS],
            long: vec![LongSet::default(); LONG_SETS],
            bytes: Vec::new(),
            ids: Vec::new(),
            clock: 0,
        }
    }

    /// Looks up all pieces of a block that have keys. One tight loop per table, so that the processor waits for many
    /// cache lines at the same time; looking up piece by piece spends three quarters of the time waiting.
    pub(super) fn look_up(&self, block: &mut Block) {
        for &i in &block.tiny[..block.tinies] {
            let i = usize::from(i);
            let key = block.keys[i].0;
            block.ids[i] = self.tiny[mix((key, 0)) & (TINY_SETS - 1)].find(key);
        }
        for &i in &block.short[..block.shorts] {
            let i = usize::from(i);
            block.ids[i] = self.short[mix(block.keys[i]) & (SHORT_SETS - 1)].find(block.keys[i]);
        }
    }

    /// Appends the ids of the piece with this key to `out` if they are known.
    pub(super) fn get(&self, key: (u64, u64), length: usize, out: &mut Vec<u32>) -> bool {
        let packed = match length <= TINY {
            true => self.tiny[mix((key.0, 0)) & (TINY_SETS - 1)].find(key.0),
            false => self.short[mix(key) & (SHORT_SETS - 1)].find(key),
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
        if length <= TINY {
            let set = &mut self.tiny[mix((key.0, 0)) & (TINY_SETS - 1)];
            let way = set.keys.iter().position(|key| *key == 0).unwrap_or(self.clock & 3);
            (set.keys[way], set.ids[way]) = (key.0, packed);
        } else {
            let set = &mut self.short[mix(key) & (SHORT_SETS - 1)];
            let way = set.keys.iter().position(|key| key.1 == 0).unwrap_or(self.clock & 1);
            (set.keys[way], set.ids[way]) = (key, packed);
        }
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
        for entry in self.long[hash as usize & (LONG_SETS - 1)] {
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
        let set = &mut self.long[hash as usize & (LONG_SETS - 1)];
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
