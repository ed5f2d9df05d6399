use super::memo::EIGHT;
use super::pages::{self, Table};

/// Bytes at first.
const FIRST: usize = 1 << 16;
/// Behind every record are so many bytes: as many ids are copied at once.
const BEHIND: usize = 4 * EIGHT;

/// Records of bytes and ids, one after the other; when it is full a new one takes the place of the oldest. A record is found by how many
/// words of four bytes were written before it, which also tells whether it is still there.
pub(super) struct Ring {
    bytes: Table<u8>,
    /// Bytes at most.
    most: usize,
    /// Words written.
    head: u32,
    /// More words than this are not counted.
    last: u32,
}

/// The count cannot go on: all records must be forgotten.
#[derive(Debug)]
pub(super) struct Full;

impl Ring {
    /// `most`, a power of two, is how many bytes it may hold; `last` how many words can be written before [`Self::clear`], so many that
    /// those who hold a place from before it, which is a high one, do not see the count come there again in a block.
    pub(super) fn new(most: usize, last: u32) -> Self {
        assert!(most.is_power_of_two() && last as usize >= most * 4, "{last} words in a ring of {most} bytes");
        Self { bytes: Table::new(FIRST.min(most), 0), most, head: 0, last }
    }

    fn at(&self, place: u32) -> usize {
        (place as usize * 4) & (self.most - 1)
    }

    /// Takes a record in and gives its place: `piece`, then from the next whole word on `ids`. `None`: it is too large.
    pub(super) fn put(&mut self, piece: &[u8], ids: &[u32]) -> Result<Option<u32>, Full> {
        let text = piece.len().next_multiple_of(4);
        let size = text + 4 * ids.len();
        if size > self.most / 16 {
            return Ok(None);
        }
        let mut at = self.at(self.head);
        let mut skipped = 0;
        if at + size + BEHIND > self.most {
            skipped = self.most - at;
            at = 0;
        }
        let place = u64::from(self.head) + skipped as u64 / 4;
        let head = place + size as u64 / 4;
        if head > u64::from(self.last) {
            return Err(Full);
        }
        self.reserve(at + size + BEHIND);
        let (before, behind) = self.bytes[at..at + size].split_at_mut(text);
        before[..piece.len()].copy_from_slice(piece);
        for (bytes, id) in behind.as_chunks_mut().0.iter_mut().zip(ids) {
            *bytes = id.to_le_bytes();
        }
        // Both are at most `last`, a 32-bit number.
        self.head = head as u32;
        Ok(Some(place as u32))
    }

    fn reserve(&mut self, bytes: usize) {
        if bytes <= self.bytes.len() {
            return;
        }
        let mut larger = Table::new(bytes.next_power_of_two().min(self.most), 0);
        larger[..self.bytes.len()].copy_from_slice(&self.bytes);
        self.bytes = larger;
    }

    /// The bytes from a place on, at least as many as were written there and [`BEHIND`] more; `None` when they are overwritten.
    #[inline(always)]
    pub(super) fn get(&self, place: u32) -> Option<&[u8]> {
        let there = place < self.head && (self.head - place) as usize <= self.most / 4;
        there.then(|| &self.bytes[self.at(place)..])
    }

    /// Begins to fetch what is at a place.
    #[inline(always)]
    pub(super) fn fetch(&self, place: u32) {
        pages::fetch(self.bytes.as_ptr().wrapping_add(self.at(place)));
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.head = 0;
    }
}
