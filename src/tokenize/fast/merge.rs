use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::pages::Table;

/// Ids are below 2^20, so that three of them pack into one word of the memo.
pub(in crate::tokenize) const MAX_IDS: u32 = 1 << 20;
/// Ranks fit 31 bits.
pub(super) const MAX_MERGES: usize = 1 << 31;
/// Rank and made token of a pair that is no merge: above all others.
const NONE: u64 = u64::MAX;
const EMPTY: u64 = u64::MAX;
/// 2^64 over the golden ratio: spreads neighbouring ids (Knuth, vol. 3, 6.4).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// The filter has 2^21 bits (256 KiB): with the 250,000 merges of a large vocabulary it turns nine of ten pairs that are no
/// merge away, without a look into the table, which no near cache holds.
const FILTER_BITS: u32 = 21;
/// Up to this many bytes the best pair is searched by looking at all; above with a heap.
const SCAN: usize = 48;

/// The merges of a BPE model, found by pair. What is found is one word: the rank above, the token that it makes below.
pub(in crate::tokenize) struct Merges {
    /// Open addressing: the pair, and what is found.
    table: Table<(u64, u64)>,
    shift: u32,
    filter: Vec<u64>,
    /// Id of each byte.
    bytes: [u32; 256],
    /// What is found for each pair of bytes; empty when pieces do not start as bytes.
    pairs: Vec<u64>,
    /// Different merges may have the same rank: then the leftmost goes first, which only the heap asks.
    ties: bool,
}

/// A merge: the left, the right and the made token, and its rank.
pub(in crate::tokenize) type Ranked = (u32, u32, u32, u32);

impl Merges {
    /// `merges` are (left, right, made) by rank; a pair that comes twice has its last rank, as in the library. `None`
    /// when there are too many or an id is too large.
    pub(super) fn new(merges: &[(u32, u32, u32)], bytes: [u32; 256]) -> Option<Self> {
        if merges.len() >= MAX_MERGES {
            return None;
        }
        let ranked = merges.iter().enumerate().map(|(rank, (left, right, made))| (*left, *right, *made, rank as u32));
        let mut all = Self::ranked(&ranked.collect::<Vec<_>>(), false)?;
        all.bytes = bytes;
        all.pairs = vec![NONE; 1 << 16];
        for left in 0..256 {
            for right in 0..256 {
                all.pairs[left << 8 | right] = all.find(bytes[left], bytes[right]);
            }
        }
        Some(all)
    }

    /// For [`Self::apply_symbols`] alone. `ties`: different tokens may be made at the same rank. `None` as in [`Self::new`].
    pub(in crate::tokenize) fn ranked(merges: &[Ranked], ties: bool) -> Option<Self> {
        let large = |merge: &Ranked| merge.0.max(merge.1).max(merge.2) >= MAX_IDS || merge.3 as usize >= MAX_MERGES;
        if merges.iter().any(large) {
            return None;
        }
        let slots = (merges.len() * 2).next_power_of_two().max(16);
        let mut all = Self {
            table: Table::new(slots, (EMPTY, NONE)),
            shift: 64 - slots.trailing_zeros(),
            filter: vec![0; 1 << (FILTER_BITS - 6)],
            bytes: [0; 256],
            pairs: Vec::new(),
            ties,
        };
        for (left, right, made, rank) in merges {
            let spread = key(*left, *right).wrapping_mul(SPREAD);
            let slot = all.slot(key(*left, *right), spread);
            all.table[slot] = (key(*left, *right), u64::from(*rank) << 32 | u64::from(*made));
            let bit = spread >> (64 - FILTER_BITS);
            all.filter[(bit >> 6) as usize] |= 1 << (bit & 63);
        }
        Some(all)
    }

    /// The slot that holds the pair, or the empty one where its search ends.
    #[inline]
    fn slot(&self, key: u64, spread: u64) -> usize {
        let mut slot = (spread >> self.shift) as usize;
        while self.table[slot].0 != EMPTY && self.table[slot].0 != key {
            slot = (slot + 1) & (self.table.len() - 1);
        }
        slot
    }

    /// Rank and made token of a pair.
    #[inline]
    fn find(&self, left: u32, right: u32) -> u64 {
        let key = key(left, right);
        let spread = key.wrapping_mul(SPREAD);
        let bit = spread >> (64 - FILTER_BITS);
        if self.filter[(bit >> 6) as usize] >> (bit & 63) & 1 == 0 {
            return NONE;
        }
        self.table[self.slot(key, spread)].1
    }

    /// Appends the tokens of `piece` to `out`: again and again the pair of lowest rank is merged, the leftmost of equals.
    pub(super) fn apply(&self, piece: &[u8], work: &mut Work, out: &mut Vec<u32>) {
        match piece.len() {
            0 => {}
            1 => out.push(self.bytes[usize::from(piece[0])]),
            2..=SCAN => self.by_scan(piece, out),
            _ => self.by_heap(piece, work, out),
        }
    }

    /// Appends the tokens of a piece that is `symbols` at first.
    pub(in crate::tokenize) fn apply_symbols(&self, symbols: &[u32], work: &mut Work, out: &mut Vec<u32>) {
        match symbols.len() {
            0 => {}
            1 => out.push(symbols[0]),
            n @ 2..=SCAN if !self.ties => {
                let (mut ids, mut merges) = ([0u32; SCAN], [NONE; SCAN]);
                ids[..n].copy_from_slice(symbols);
                for (merge, pair) in merges.iter_mut().zip(symbols.windows(2)) {
                    *merge = self.find(pair[0], pair[1]);
                }
                self.scan(ids, merges, n, out);
            }
            _ => {
                let pairs = symbols.windows(2).map(|pair| self.find(pair[0], pair[1]));
                work.start(symbols.iter().copied(), pairs);
                self.heap(work, out);
            }
        }
    }

    fn by_scan(&self, piece: &[u8], out: &mut Vec<u32>) {
        let mut ids = [0u32; SCAN];
        // merges[i] belongs to the pair (i, i + 1); the last one has none.
        let mut merges = [NONE; SCAN];
        for (id, byte) in ids.iter_mut().zip(piece) {
            *id = self.bytes[usize::from(*byte)];
        }
        for (merge, pair) in merges.iter_mut().zip(piece.windows(2)) {
            *merge = self.pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])];
        }
        self.scan(ids, merges, piece.len(), out);
    }

    #[inline]
    fn scan(&self, mut ids: [u32; SCAN], mut merges: [u64; SCAN], mut n: usize, out: &mut Vec<u32>) {
        loop {
            // Equal ranks are equal pairs, so the first of the least is the leftmost.
            let (mut best, mut at) = (NONE, 0);
            for (i, merge) in merges[..n].iter().enumerate() {
                if *merge < best {
                    (best, at) = (*merge, i);
                }
            }
            if best == NONE {
                break;
            }
            ids[at] = best as u32;
            ids.copy_within(at + 2..n, at + 1);
            merges.copy_within(at + 2..n, at + 1);
            n -= 1;
            merges[n - 1] = NONE;
            if at + 1 < n {
                merges[at] = self.find(ids[at], ids[at + 1]);
            }
            if at > 0 {
                merges[at - 1] = self.find(ids[at - 1], ids[at]);
            }
        }
        out.extend_from_slice(&ids[..n]);
    }

    fn by_heap(&self, piece: &[u8], work: &mut Work, out: &mut Vec<u32>) {
        let pairs = piece.windows(2).map(|pair| self.pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])]);
        work.start(piece.iter().map(|byte| self.bytes[usize::from(*byte)]), pairs);
        self.heap(work, out);
    }

    fn heap(&self, work: &mut Work, out: &mut Vec<u32>) {
        while let Some(Reverse(best)) = work.heap.pop() {
            let (rank, at) = (best >> 32, best as u32 as usize);
            // An entry whose pair has changed since is stale; the changed pair has an entry of its own.
            let merge = work.parts[at].merge;
            if merge >> 32 != rank || merge == NONE {
                continue;
            }
            let right = work.parts[at].next as usize;
            let after = work.parts[right].next;
            work.parts[right].merge = NONE;
            work.parts[at].id = merge as u32;
            work.parts[at].next = after;
            if let Some(part) = work.parts.get_mut(after as usize) {
                part.previous = at as u32;
            }
            work.rate(self, at);
            let before = work.parts[at].previous as usize;
            if before < work.parts.len() {
                work.rate(self, before);
            }
        }
        let mut at = 0;
        while let Some(part) = work.parts.get(at) {
            out.push(part.id);
            at = part.next as usize;
        }
    }
}

#[inline]
fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

#[derive(Clone, Copy)]
struct Part {
    /// Of this part with the next one.
    merge: u64,
    id: u32,
    previous: u32,
    next: u32,
}

/// Space for long pieces, kept between them.
#[derive(Default)]
pub(in crate::tokenize) struct Work {
    parts: Vec<Part>,
    /// Rank, then place: the lowest rank first, the leftmost of equals.
    heap: BinaryHeap<Reverse<u64>>,
    /// For models that make symbols of characters first.
    pub(in crate::tokenize) symbols: Vec<u32>,
    pub(in crate::tokenize) merged: Vec<u32>,
    /// Why a model could not give the tokens of a piece.
    pub(in crate::tokenize) failed: Option<String>,
}

/// No part: beyond every place.
const NOWHERE: u32 = u32::MAX;

/// An entry of the heap: the rank of `merge`, and the place.
fn entry(merge: u64, at: usize) -> Reverse<u64> {
    Reverse(merge >> 32 << 32 | at as u64)
}

impl Work {
    /// Takes the symbols of a piece, and what is found for each pair of neighbours.
    fn start(&mut self, symbols: impl Iterator<Item = u32>, pairs: impl Iterator<Item = u64>) {
        self.parts.clear();
        self.parts.extend((0u32..).zip(symbols).map(|(i, id)| Part {
            merge: NONE,
            id,
            previous: i.wrapping_sub(1),
            next: i + 1,
        }));
        if let Some(last) = self.parts.last_mut() {
            last.next = NOWHERE;
        }
        let mut heap = std::mem::take(&mut self.heap).into_vec();
        heap.clear();
        for (i, merge) in pairs.enumerate() {
            self.parts[i].merge = merge;
            if merge != NONE {
                heap.push(entry(merge, i));
            }
        }
        self.heap = heap.into();
    }

    /// Looks the pair that starts at `at` up anew.
    fn rate(&mut self, merges: &Merges, at: usize) {
        let part = self.parts[at];
        let merge = self.parts.get(part.next as usize).map_or(NONE, |next| merges.find(part.id, next.id));
        self.parts[at].merge = merge;
        if merge != NONE {
            self.heap.push(entry(merge, at));
        }
    }
}
