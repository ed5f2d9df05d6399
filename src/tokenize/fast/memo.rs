use std::hint::select_unpredictable;

use super::block::{Block, Key, SHORT, TINY};
use super::pages;
use super::ring::{Full, Ring};
use super::sets::{LongSet, Record, Sets, ShortSet, TinySet};

/// How large a memo may grow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Sets of 64 bytes: of four pieces of up to 8 bytes, of two of up to 16 bytes, of four longer ones.
    pub(super) tiny: usize,
    pub(super) short: usize,
    pub(super) long: usize,
    /// Bytes of longer pieces and of ids that do not stand in a set.
    pub(super) ring: usize,
    /// Words that are written to the ring before all is forgotten, so that places are 32-bit numbers.
    pub(super) last: u32,
}

impl Default for Limits {
    /// 64 MiB: 8, 16, 8 and 32. 20 MB of text in many languages have 350,000 different pieces, of which 135,000 are longer than 16 bytes;
    /// with a vocabulary made for English their text and ids are 17 MB.
    fn default() -> Self {
        Self { tiny: 1 << 17, short: 1 << 18, long: 1 << 17, ring: 1 << 25, last: u32::MAX }
    }
}

/// Ids that stand in the word itself: three of 20 bits beside a count of 4 bits.
pub(super) const INLINE: usize = 3;
const ID_BITS: u32 = 20;
const ID_MASK: u64 = (1 << ID_BITS) - 1;
/// Instead of a count: 32 bits of place in the ring and 28 bits of count follow.
const OUTSIDE: u64 = 15;

/// So many ids are copied at once.
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

/// Ids that stand in the ring.
#[inline]
fn outside(place: u32, count: usize) -> Packed {
    (count as u64) << 36 | u64::from(place) << 4 | OUTSIDE
}

/// Remembers the ids of pieces. It grows to its [`Limits`]; then new pieces take the places of others. What it answers is always what was
/// put in, so results do not depend on what it holds.
pub(super) struct Memo {
    tiny: Sets<TinySet>,
    short: Sets<ShortSet>,
    long: Sets<LongSet>,
    ring: Ring,
    /// Counts what was put in: which way of a full set is given up goes round.
    clock: usize,
}

impl Memo {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            tiny: Sets::new(limits.tiny),
            short: Sets::new(limits.short),
            long: Sets::new(limits.long),
            ring: Ring::new(limits.ring, limits.last),
            clock: 0,
        }
    }

    /// Looks up all pieces of a block that have keys, after all their sets are on their way to the cache: looking up piece by piece
    /// spends three quarters of the time waiting.
    #[inline(always)]
    pub(super) fn look_up(&self, block: &mut Block, text: &[u8]) {
        block.make_keys(text, |hash, tiny| {
            let (tiny_set, short_set) = (self.tiny.at(hash).cast::<u8>(), self.short.at(hash).cast());
            pages::fetch(select_unpredictable(tiny, tiny_set, short_set));
        });
        let longs = block.long.get();
        for i in longs.iter().map(|i| usize::from(*i)) {
            pages::fetch(self.long.at(block.first[i]));
        }
        for i in block.tiny.get().iter().map(|i| usize::from(*i)) {
            let ids = self.tiny.find(block.hashes[i].into(), block.first[i]);
            self.fetch_outside(ids);
            block.ids[i] = ids;
        }
        for i in block.short.get().iter().map(|i| usize::from(*i)) {
            let ids = self.short.find(block.hashes[i].into(), block.key(i));
            self.fetch_outside(ids);
            block.ids[i] = ids;
        }
        // The records first, then what they are of, for the same reason.
        for i in longs.iter().map(|i| usize::from(*i)) {
            let hash = block.first[i];
            let record = self.long.find(hash, hash);
            self.ring.fetch(record.place);
            block.second[i] = record.packed();
        }
        for i in longs.iter().map(|i| usize::from(*i)) {
            let piece = &text[block.starts[i]..block.starts[i + 1]];
            block.ids[i] = self.checked(Record::unpacked(block.second[i]), piece);
        }
    }

    #[inline(always)]
    fn fetch_outside(&self, ids: Packed) {
        if ids & 15 == OUTSIDE {
            self.ring.fetch((ids >> 4) as u32);
        }
    }

    /// The ids of a record, if it is of this piece and still there.
    #[inline(always)]
    fn checked(&self, record: Record, piece: &[u8]) -> Packed {
        if usize::from(record.length) != piece.len() {
            return 0;
        }
        match self.ring.get(record.place) {
            Some(bytes) if bytes[..piece.len()] == *piece => {
                outside(record.place + piece.len().div_ceil(4) as u32, record.ids.into())
            }
            _ => 0,
        }
    }

    /// What is known of a piece with this key, by either of its sets.
    pub(super) fn get(&self, key: Key, piece: &[u8]) -> Packed {
        if piece.len() <= TINY {
            return self.tiny.find_both(key.0, |ids| ids);
        }
        if piece.len() <= SHORT {
            return self.short.find_both(key, |ids| ids);
        }
        self.long.find_both(key.0, |record| self.checked(record, piece))
    }

    /// The ids that do not stand in the word itself as bytes, and how many there are; if these are up to eight, others follow. `None` when
    /// there are none, or they are forgotten.
    #[inline(always)]
    pub(super) fn outside(&self, packed: Packed) -> Option<(&[[u8; 4]], usize)> {
        if packed == 0 {
            return None;
        }
        let (place, n) = ((packed >> 4) as u32, (packed >> 36) as usize);
        let bytes = self.ring.get(place)?;
        Some((&bytes.as_chunks().0[..n.max(EIGHT)], n))
    }

    /// Remembers the ids of the piece with this key.
    pub(super) fn put(&mut self, key: Key, piece: &[u8], ids: &[u32]) {
        if self.try_put(key, piece, ids).is_err() {
            self.tiny.clear();
            self.short.clear();
            self.long.clear();
            self.ring.clear();
        }
    }

    fn try_put(&mut self, key: Key, piece: &[u8], ids: &[u32]) -> Result<(), Full> {
        self.clock += 1;
        if piece.len() > SHORT {
            let (Ok(length), Ok(count)) = (piece.len().try_into(), ids.len().try_into()) else { return Ok(()) };
            if let Some(place) = self.ring.put(piece, ids)? {
                self.long.put(key.0, Record { place, length, ids: count }, self.clock);
            }
            return Ok(());
        }
        let fits = (1..=INLINE).contains(&ids.len()) && ids.iter().all(|id| u64::from(*id) <= ID_MASK);
        let packed = match fits {
            true => ids.iter().rev().fold(0, |bits, id| bits << ID_BITS | u64::from(*id)) << 4 | ids.len() as u64,
            false => match self.ring.put(&[], ids)? {
                Some(place) => outside(place, ids.len()),
                None => return Ok(()),
            },
        };
        match piece.len() <= TINY {
            true => self.tiny.put(key.0, packed, self.clock),
            false => self.short.put(key, packed, self.clock),
        }
        Ok(())
    }
}
