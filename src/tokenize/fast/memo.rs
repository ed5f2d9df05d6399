use xxhash_rust::xxh3::xxh3_64;

/// Sets of two short pieces: 2^16 sets are 4 MiB.
const SHORT_SETS: usize = 1 << 16;
/// Longest piece that is its own key.
pub(super) const SHORT: usize = 15;
/// Sets of two longer pieces: 2^14 sets are 1 MiB.
const LONG_SETS: usize = 1 << 14;
/// Longest piece that is remembered at all.
pub(super) const LONG: usize = 256;
/// Ids of pieces with more than [`INLINE`] of them: 2 MiB. When they are full everything is forgotten.
const MAX_IDS: usize = 1 << 19;
/// Bytes of longer pieces, 2 MiB; as [`MAX_IDS`].
const MAX_BYTES: usize = 1 << 21;
/// Ids that stand in the entry itself.
const INLINE: usize = 3;

/// The ids of a piece: up to three of them, or a place and a count (with [`OUTSIDE`] set) in the list of ids.
#[derive(Clone, Copy, Default)]
struct Ids {
    ids: [u32; INLINE],
    n: u32,
}

const OUTSIDE: u32 = 1 << 31;

/// A short piece is its own key: its bytes, zeros, and its length in the last byte. No piece has length 0, so the empty
/// entry is never found.
#[derive(Clone, Copy, Default)]
struct ShortEntry {
    key: (u64, u64),
    ids: Ids,
}

#[derive(Clone, Copy, Default)]
struct LongEntry {
    /// xxh3 of the bytes.
    hash: u64,
    start: u32,
    length: u32,
    ids: Ids,
}

/// One cache line.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct ShortSet([ShortEntry; 2]);

/// Remembers the ids of pieces. It is of fixed size and forgets the less recently used of two; what it answers is always
/// what was put in, so results do not depend on what it holds.
pub(super) struct Memo {
    short: Vec<ShortSet>,
    long: Vec<[LongEntry; 2]>,
    bytes: Vec<u8>,
    ids: Vec<u32>,
}

/// Masks for the first and second word of a key, by length.
const MASKS: [(u64, u64); SHORT + 1] = {
    let mut masks = [(0, 0); SHORT + 1];
    let mut n = 0;
    while n <= SHORT {
        masks[n] = match n {
            0 => (0, 0),
            1..8 => ((1 << (8 * n)) - 1, 0),
            8 => (u64::MAX, 0),
            _ => (u64::MAX, (1 << (8 * (n - 8))) - 1),
        };
        n += 1;
    }
    masks
};

/// The key of a short piece, `text[at..at + length]`.
#[inline]
pub(super) fn key(text: &[u8], at: usize, length: usize) -> (u64, u64) {
    let mut padded = [0; 16];
    let window: &[u8; 16] = match text[at..].first_chunk() {
        Some(window) => window,
        None => {
            padded[..length].copy_from_slice(&text[at..at + length]);
            &padded
        }
    };
    let whole = u128::from_le_bytes(*window);
    let masks = MASKS[length & 15];
    (whole as u64 & masks.0, (whole >> 64) as u64 & masks.1 | (length as u64) << 56)
}

#[inline]
fn short_set(key: (u64, u64)) -> usize {
    // Folded multiplication of two words, as in wyhash; the constants are any odd ones without a pattern.
    let product = u128::from(key.0 ^ 0x9E37_79B9_7F4A_7C15) * u128::from(key.1 ^ 0xD6E8_FEB8_6659_FD93);
    (product as u64 ^ (product >> 64) as u64) as usize & (SHORT_SETS - 1)
}

impl Memo {
    pub(super) fn new() -> Self {
        Self {
            short: vec![ShortSet::default(); SHORT_SETS],
            long: vec![[LongEntry::default(); 2]; LONG_SETS],
            bytes: Vec::new(),
            ids: Vec::new(),
        }
    }

    /// Appends the ids of a short piece to `out` if they are known.
    #[inline]
    pub(super) fn short(&mut self, key: (u64, u64), out: &mut Vec<u32>) -> bool {
        let set = &mut self.short[short_set(key)].0;
        if set[0].key != key {
            if set[1].key != key {
                return false;
            }
            set.swap(0, 1);
        }
        let found = set[0].ids;
        self.give(found, out);
        true
    }

    #[inline]
    fn give(&self, found: Ids, out: &mut Vec<u32>) {
        match found.n {
            1 => out.push(found.ids[0]),
            2 => out.extend_from_slice(&found.ids[..2]),
            3 => out.extend_from_slice(&found.ids),
            _ => {
                let (from, n) = (found.ids[0] as usize, (found.n & !OUTSIDE) as usize);
                out.extend_from_slice(&self.ids[from..from + n]);
            }
        }
    }

    /// Remembers the ids of a short piece.
    pub(super) fn put_short(&mut self, key: (u64, u64), ids: &[u32]) {
        let ids = self.keep(ids);
        let set = &mut self.short[short_set(key)].0;
        set[1] = set[0];
        set[0] = ShortEntry { key, ids };
    }

    fn keep(&mut self, ids: &[u32]) -> Ids {
        let mut kept = Ids { n: ids.len() as u32, ..Ids::default() };
        if let Some(inline) = kept.ids.get_mut(..ids.len()) {
            inline.copy_from_slice(ids);
            return kept;
        }
        if self.ids.len() + ids.len() > MAX_IDS {
            self.forget();
        }
        kept.ids[0] = self.ids.len() as u32;
        kept.n |= OUTSIDE;
        self.ids.extend_from_slice(ids);
        kept
    }

    /// Appends the ids of a longer piece to `out` if they are known; if not, gives its hash for [`Self::put_long`].
    #[inline]
    pub(super) fn long(&mut self, piece: &[u8], out: &mut Vec<u32>) -> Option<u64> {
        let hash = xxh3_64(piece);
        let set = &mut self.long[hash as usize & (LONG_SETS - 1)];
        for place in 0..2 {
            let entry = set[place];
            let (from, length) = (entry.start as usize, entry.length as usize);
            if entry.hash == hash && length == piece.len() && self.bytes[from..from + length] == *piece {
                set.swap(0, place);
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
        let ids = self.keep(ids);
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(piece);
        let set = &mut self.long[hash as usize & (LONG_SETS - 1)];
        set[1] = set[0];
        set[0] = LongEntry { hash, start, length: piece.len() as u32, ids };
    }

    fn forget(&mut self) {
        self.short.fill(ShortSet::default());
        self.long.fill([LongEntry::default(); 2]);
        self.bytes.clear();
        self.ids.clear();
    }
}
