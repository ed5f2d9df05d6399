//! N-grams of tokens by number: exact, found by hash and confirmed token by token.

/// An empty slot.
const EMPTY: u32 = u32::MAX;

/// Most tokens of all items together: n-grams begin at places, whose numbers have 32 bits.
const MOST: usize = EMPTY as usize - 1;

/// Multiplier of the hash: odd, with bits all over.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Different n-grams of any lengths, numbered in the order in which they came.
#[derive(Debug)]
pub(super) struct Grams {
    /// The tokens of all items.
    row: Vec<u32>,
    /// Where each n-gram begins in it, and its length.
    places: Vec<(u32, u32)>,
    /// A power of two of n-gram numbers, at most half of them taken.
    slots: Vec<u32>,
}

impl Default for Grams {
    fn default() -> Self {
        Self { row: Vec::new(), places: Vec::new(), slots: vec![EMPTY; 1024] }
    }
}

fn hash(tokens: &[u32]) -> u64 {
    let mixed = tokens
        .iter()
        .fold(tokens.len() as u64, |hash, &token| (hash.rotate_left(23) ^ u64::from(token)).wrapping_mul(BASE));
    mixed ^ mixed >> 32
}

impl Grams {
    /// The tokens that were put in.
    pub(super) fn tokens(&self, from: u32, count: u32) -> &[u32] {
        &self.row[from as usize..(from + count) as usize]
    }

    /// Different n-grams.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Puts tokens of an item in; gives where they begin, or nothing if places have no number left.
    pub(super) fn put(&mut self, tokens: &[u32]) -> Option<u32> {
        let start = u32::try_from(self.row.len()).ok()?;
        self.row.extend_from_slice(tokens);
        (self.row.len() <= MOST).then_some(start)
    }

    fn slot(&self, tokens: &[u32]) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash(tokens) as usize & mask;
        loop {
            match self.slots[at] {
                EMPTY => return at,
                gram => {
                    let (start, length) = self.places[gram as usize];
                    if self.tokens(start, length) == tokens {
                        return at;
                    }
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// The number of an n-gram of tokens that were put in, which is new or not.
    pub(super) fn add(&mut self, from: u32, count: u32) -> u32 {
        let slot = self.slot(self.tokens(from, count));
        if self.slots[slot] != EMPTY {
            return self.slots[slot];
        }
        // A place begins an n-gram of a question, an answer or a passage: fewer than there are places.
        let gram = self.places.len() as u32;
        self.places.push((from, count));
        self.slots[slot] = gram;
        if self.places.len() * 2 > self.slots.len() {
            self.slots = vec![EMPTY; self.slots.len() * 2];
            for gram in 0..self.places.len() as u32 {
                let (start, length) = self.places[gram as usize];
                let slot = self.slot(self.tokens(start, length));
                self.slots[slot] = gram;
            }
        }
        gram
    }

    /// The number of an n-gram that items have.
    pub(super) fn find(&self, tokens: &[u32]) -> Option<u32> {
        let gram = self.slots[self.slot(tokens)];
        (gram != EMPTY).then_some(gram)
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        (self.row.capacity() + 2 * self.places.capacity() + self.slots.capacity()) * size_of::<u32>()
    }
}
