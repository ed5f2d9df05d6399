use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Ids are below 2^20 and ranks below 2^24, so that a merge packs into one word.
pub(super) const MAX_IDS: u32 = 1 << 20;
/// See [`MAX_IDS`].
pub(super) const MAX_MERGES: usize = (1 << 24) - 1;
const NO_RANK: u32 = u32::MAX;
const EMPTY: u64 = u64::MAX;
/// 2^64 over the golden ratio: spreads neighbouring ids (Knuth, vol. 3, 6.4).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// Up to this many bytes the best pair is searched by looking at all; above with a heap.
const SCAN: usize = 48;

/// The merges of a BPE model, found by pair.
pub(super) struct Merges {
    /// Open addressing: left id, right id, rank in 20, 20 and 24 bits.
    table: Vec<u64>,
    shift: u32,
    /// The token that a merge makes, by rank.
    made: Vec<u32>,
    /// Id of each byte.
    bytes: [u32; 256],
    /// Rank of each pair of bytes.
    pairs: Vec<u32>,
}

impl Merges {
    /// `merges` are (left, right, made) by rank; a pair that comes twice has its last rank, as in the library. `None`
    /// when there are too many or an id is too large.
    pub(super) fn new(merges: &[(u32, u32, u32)], bytes: [u32; 256]) -> Option<Self> {
        if merges.len() > MAX_MERGES || merges.iter().any(|(a, b, c)| (*a).max(*b).max(*c) >= MAX_IDS) {
            return None;
        }
        let slots = (merges.len() * 2).next_power_of_two().max(16);
        let mut all = Self {
            table: vec![EMPTY; slots],
            shift: 64 - slots.trailing_zeros(),
            made: merges.iter().map(|(_, _, made)| *made).collect(),
            bytes,
            pairs: vec![NO_RANK; 1 << 16],
        };
        for (rank, (left, right, _)) in merges.iter().enumerate() {
            let slot = all.slot(*left, *right);
            all.table[slot] = key(*left, *right) << 24 | rank as u64;
        }
        for left in 0..256 {
            for right in 0..256 {
                all.pairs[left << 8 | right] = all.rank(bytes[left], bytes[right]);
            }
        }
        Some(all)
    }

    /// The slot that holds the pair, or the empty one where its search ends.
    #[inline]
    fn slot(&self, left: u32, right: u32) -> usize {
        let key = key(left, right);
        let mut slot = (key.wrapping_mul(SPREAD) >> self.shift) as usize;
        while self.table[slot] != EMPTY && self.table[slot] >> 24 != key {
            slot = (slot + 1) & (self.table.len() - 1);
        }
        slot
    }

    #[inline]
    fn rank(&self, left: u32, right: u32) -> u32 {
        match self.table[self.slot(left, right)] {
            EMPTY => NO_RANK,
            entry => entry as u32 & 0xFF_FFFF,
        }
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

    fn by_scan(&self, piece: &[u8], out: &mut Vec<u32>) {
        let mut ids = [0u32; SCAN];
        // ranks[i] belongs to the pair (i, i + 1); the last one has none.
        let mut ranks = [NO_RANK; SCAN + 1];
        let mut n = piece.len();
        for (id, byte) in ids.iter_mut().zip(piece) {
            *id = self.bytes[usize::from(*byte)];
        }
        for (rank, pair) in ranks.iter_mut().zip(piece.windows(2)) {
            *rank = self.pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])];
        }
        loop {
            let (mut best, mut at) = (NO_RANK, 0);
            for (i, rank) in ranks[..n].iter().enumerate() {
                if *rank < best {
                    (best, at) = (*rank, i);
                }
            }
            if best == NO_RANK {
                break;
            }
            ids[at] = self.made[best as usize];
            ids.copy_within(at + 2..n, at + 1);
            ranks.copy_within(at + 2..n, at + 1);
            n -= 1;
            ranks[n - 1] = NO_RANK;
            if at + 1 < n {
                ranks[at] = self.rank(ids[at], ids[at + 1]);
            }
            if at > 0 {
                ranks[at - 1] = self.rank(ids[at - 1], ids[at]);
            }
        }
        out.extend_from_slice(&ids[..n]);
    }

    fn by_heap(&self, piece: &[u8], work: &mut Work, out: &mut Vec<u32>) {
        work.start(self, piece);
        while let Some(Reverse(best)) = work.heap.pop() {
            let (rank, at) = ((best >> 32) as u32, best as u32 as usize);
            // An entry whose pair has changed since is stale; the changed pair has an entry of its own.
            if work.parts[at].rank != rank {
                continue;
            }
            let right = work.parts[at].next as usize;
            let after = work.parts[right].next;
            work.parts[right].rank = NO_RANK;
            work.parts[at].id = self.made[rank as usize];
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
    u64::from(left) << 20 | u64::from(right)
}

#[derive(Clone, Copy)]
struct Part {
    id: u32,
    /// Of this part with the next one.
    rank: u32,
    previous: u32,
    next: u32,
}

/// Space for long pieces, kept between them.
#[derive(Default)]
pub(super) struct Work {
    parts: Vec<Part>,
    /// Rank, then place: the lowest rank first, the leftmost of equals.
    heap: BinaryHeap<Reverse<u64>>,
}

/// No part: beyond every place.
const NOWHERE: u32 = u32::MAX;

impl Work {
    fn start(&mut self, merges: &Merges, piece: &[u8]) {
        self.heap.clear();
        self.parts.clear();
        self.parts.extend(piece.iter().enumerate().map(|(i, byte)| Part {
            id: merges.bytes[usize::from(*byte)],
            rank: NO_RANK,
            previous: (i as u32).wrapping_sub(1),
            next: i as u32 + 1,
        }));
        if let Some(last) = self.parts.last_mut() {
            last.next = NOWHERE;
        }
        let mut heap = std::mem::take(&mut self.heap).into_vec();
        for (i, pair) in piece.windows(2).enumerate() {
            let rank = merges.pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])];
            self.parts[i].rank = rank;
            if rank != NO_RANK {
                heap.push(Reverse(u64::from(rank) << 32 | i as u64));
            }
        }
        self.heap = heap.into();
    }

    /// Ranks the pair that starts at `at` anew.
    fn rate(&mut self, merges: &Merges, at: usize) {
        let part = self.parts[at];
        let rank = self.parts.get(part.next as usize).map_or(NO_RANK, |next| merges.rank(part.id, next.id));
        self.parts[at].rank = rank;
        if rank != NO_RANK {
            self.heap.push(Reverse(u64::from(rank) << 32 | at as u64));
        }
    }
}
