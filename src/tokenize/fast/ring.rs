use super::memo::EIGHT;
use super::pages::{self, Table};

/// Bytes at first.
const FIRST: usize = 1 << 16;
/// Bytes of a segment, unless the whole ring is smaller: a large page.
const SEGMENT: usize = 1 << 21;
/// Behind every record are so many bytes: as many ids are copied at once.
const BEHIND: usize = 4 * EIGHT;

/// Records of bytes and ids, one after the other; when it is full a new one takes the place of the oldest. A record is found by how many
/// words of four bytes were written before it, which also tells whether it is still there.
pub(super) struct Ring {
    /// Only the first one grows: to copy all whenever more is needed would leave holes as large as the ring. No record lies in two.
    segments: Vec<Table<u8>>,
    /// Bytes of a segment that has grown: two to the power of `shift`.
    segment: usize,
    shift: u32,
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
        Self::of_segments(SEGMENT.min(most), most, last)
    }

    /// As [`Self::new`], of segments of a power of two of bytes.
    pub(super) fn of_segments(segment: usize, most: usize, last: u32) -> Self {
        assert!(most.is_power_of_two() && last as usize >= most * 4, "{last} words in a ring of {most} bytes");
        let segments = vec![Table::new(FIRST.min(segment), 0)];
        Self { segments, segment, shift: segment.trailing_zeros(), most, head: 0, last }
    }

    fn at(&self, place: u32) -> usize {
        (place as usize * 4) & (self.most - 1)
    }

    /// Takes a record in and gives its place: `piece`, then from the next whole word on `ids`. `None`: it is too large.
    pub(super) fn put(&mut self, piece: &[u8], ids: &[u32]) -> Result<Option<u32>, Full> {
        let text = piece.len().next_multiple_of(4);
        let size = text + 4 * ids.len();
        if size > self.segment / 16 {
            return Ok(None);
        }
        let at = self.at(self.head) & (self.segment - 1);
        let skipped = if at + size + BEHIND > self.segment { self.segment - at } else { 0 };
        let place = u64::from(self.head) + skipped as u64 / 4;
        let head = place + size as u64 / 4;
        if head > u64::from(self.last) {
            return Err(Full);
        }
        // Both are at most `last`, a 32-bit number.
        let (before, behind) = self.room(place as u32, size).split_at_mut(text);
        before[..piece.len()].copy_from_slice(piece);
        for (bytes, id) in behind.as_chunks_mut().0.iter_mut().zip(ids) {
            *bytes = id.to_le_bytes();
        }
        self.head = head as u32;
        Ok(Some(place as u32))
    }

    /// The bytes of a new record.
    fn room(&mut self, place: u32, size: usize) -> &mut [u8] {
        let at = self.at(place);
        let (number, at) = (at >> self.shift, at & (self.segment - 1));
        let (end, held) = (at + size + BEHIND, self.segments[0].len());
        if number == 0 && end > held {
            let mut larger = Table::new(end.next_power_of_two().min(self.segment), 0);
            larger[..held].copy_from_slice(&self.segments[0]);
            self.segments[0] = larger;
        }
        // They are filled one after the other.
        if number == self.segments.len() {
            self.segments.push(Table::new(self.segment, 0));
        }
        &mut self.segments[number][at..at + size]
    }

    /// The bytes from a place on, at least as many as were written there and [`BEHIND`] more; `None` when they are overwritten.
    #[inline(always)]
    pub(super) fn get(&self, place: u32) -> Option<&[u8]> {
        let there = place < self.head && (self.head - place) as usize <= self.most / 4;
        let at = self.at(place);
        there.then(|| &self.segments[at >> self.shift][at & (self.segment - 1)..])
    }

    /// Begins to fetch what is at a place.
    #[inline(always)]
    pub(super) fn fetch(&self, place: u32) {
        let at = self.at(place);
        if let Some(segment) = self.segments.get(at >> self.shift) {
            pages::fetch(segment.as_ptr().wrapping_add(at & (self.segment - 1)));
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.head = 0;
    }
}
