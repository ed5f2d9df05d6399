//! Repeated n-grams of words by the bytes of the words without anything between them, as datatrove compares them: `in to`
//! equals `into` where the rest makes up for the word.
//!
//! An n-gram can repeat only where its first bytes stand at the beginning of another word too. Most text repeats little
//! of that, so few n-grams are looked at; and a hit is verified byte by byte.

use xxhash_rust::xxh3::xxh3_64;

use super::ngrams::Table;

/// The words of a text without anything between them, prepared for finding repeated n-grams by their bytes.
pub struct Concatenation {
    /// The bytes, and zeros behind them, as many as the last of [`BEGINNINGS`].
    bytes: Vec<u8>,
    /// Where each word begins, then the end of the last.
    starts: Vec<u32>,
    /// Whether so much repeats that looking for what does not is lost work.
    dense: bool,
    /// Where repeated n-grams may start, from left to right.
    places: Vec<Place>,
    /// Memory for [`Concatenation::scan`].
    work: Work,
}

/// A word at which repeated n-grams may start.
#[derive(Debug, Clone, Copy)]
struct Place {
    word: u32,
    /// The longest of [`BEGINNINGS`] that the text has from this word on and from another one on as well; 0 if none.
    repeats: u8,
}

#[derive(Debug, Default)]
struct Work {
    filter: Twice,
    found: Vec<(u32, u64)>,
}

/// How many bytes from a word on are compared with those from the other words on: 12 are about two and a half English words.
const BEGINNINGS: [u8; 3] = [12, 24, 40];

/// The same as numbers.
const FIRST: usize = BEGINNINGS[0] as usize;
const LONGEST: usize = BEGINNINGS[2] as usize;

/// For each length of an n-gram, up to [`LONGEST`] for that or more: the longest of [`BEGINNINGS`] that fits into it.
static NEEDED: [u8; LONGEST + 1] = {
    let mut needed = [0; LONGEST + 1];
    let mut len = 0;
    while len <= LONGEST {
        let mut at = 0;
        while at < BEGINNINGS.len() && BEGINNINGS[at] as usize <= len {
            needed[len] = BEGINNINGS[at];
            at += 1;
        }
        len += 1;
    }
    needed
};

/// Which hashes were met at least twice. Now and then it says so of one that was met once: each hash has one bit, and
/// more than one hash the same.
#[derive(Debug, Default)]
struct Twice {
    /// Eight bits for each hash or more.
    met: Vec<u64>,
    /// For what was met again: a quarter of the bits.
    again: Vec<u64>,
    shift: u32,
}

impl Twice {
    /// Forgets all, and makes room for `n` hashes.
    fn reset(&mut self, n: usize) {
        let bits = (n.max(32) * 8).next_power_of_two();
        self.shift = 64 - bits.trailing_zeros();
        self.met.clear();
        self.met.resize(bits / 64, 0);
        self.again.clear();
        self.again.resize(bits / 256, 0);
    }

    /// Meets a hash.
    #[inline]
    fn meet(&mut self, hash: u64) {
        let bit = hash >> self.shift;
        let word = &mut self.met[(bit >> 6) as usize];
        let before = *word >> (bit & 63) & 1;
        *word |= 1 << (bit & 63);
        let (at, bit) = self.bit_again(hash);
        self.again[at] |= before << bit;
    }

    /// The bit for a hash that is met again.
    #[inline]
    fn bit_again(&self, hash: u64) -> (usize, u32) {
        // Other bits of the hash than those which choose the first bit.
        let bit = hash as u32 as usize & (self.again.len() * 64 - 1);
        (bit >> 6, bit as u32 & 63)
    }

    /// Whether the hash was met twice, or may have been.
    #[inline]
    fn holds(&self, hash: u64) -> bool {
        let (at, bit) = self.bit_again(hash);
        self.again[at] >> bit & 1 != 0
    }
}

impl Concatenation {
    /// Joins the words, most of them slices of `text`, for n-grams of at least `least` words.
    pub fn new(text: &str, words: &[&str], least: usize) -> Self {
        let (bytes, starts) = joined(text, words);
        let mut whole = Self { bytes, starts, dense: false, places: Vec::new(), work: Work::default() };
        whole.find_first(least);
        for pair in BEGINNINGS.windows(2) {
            whole.find_longer(pair[0], pair[1]);
        }
        whole.dense = whole.places.iter().filter(|place| place.repeats > 0).count() * 4 > words.len();
        whole
    }

    /// The eight bytes from `at` on.
    #[inline]
    fn eight(&self, at: usize) -> u64 {
        self.bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |eight| u64::from_le_bytes(*eight))
    }

    /// A hash of `len` bytes from `at` on.
    #[inline]
    fn hash(&self, at: usize, len: usize) -> u64 {
        if len > 32 {
            return xxh3_64(&self.bytes[at..at + len]);
        }
        let (low, high) = (self.eight(at), self.eight(at + 8));
        if len > 16 {
            let end = at + len - 16;
            return hash_of(hash_of(low, high) ^ self.eight(end), self.eight(end + 8));
        }
        let mask = u128::MAX.checked_shr(128 - 8 * len as u32).unwrap_or(0);
        hash_of(low & mask as u64, high & (mask >> 64) as u64) ^ len as u64
    }

    /// Notes the words whose first bytes come again, and those with n-grams shorter than these.
    fn find_first(&mut self, least: usize) {
        let total = self.starts.len().saturating_sub(least);
        let filter = &mut std::mem::take(&mut self.work.filter);
        filter.reset(total);
        let mut hashes = Vec::with_capacity(total);
        for word in 0..total {
            let at = self.starts[word] as usize;
            let hash = hash_of(self.eight(at), self.eight(at + FIRST - 8));
            filter.meet(hash);
            hashes.push(hash);
        }
        for (word, hash) in hashes.into_iter().enumerate() {
            let repeats = filter.holds(hash);
            if repeats || self.len(word, least) < FIRST {
                let repeats = if repeats { BEGINNINGS[0] } else { 0 };
                self.places.push(Place { word: self.number(word), repeats });
            }
        }
        std::mem::swap(&mut self.work.filter, filter);
    }

    /// Goes on from words where `short` bytes come again to those where `long` bytes do.
    fn find_longer(&mut self, short: u8, long: u8) {
        let Work { mut filter, mut found } = std::mem::take(&mut self.work);
        filter.reset(self.places.len());
        found.clear();
        for (number, place) in (0_u32..).zip(&self.places).filter(|(_, place)| place.repeats == short) {
            let hash = self.hash(self.starts[place.word as usize] as usize, usize::from(long));
            filter.meet(hash);
            found.push((number, hash));
        }
        for &(number, _) in found.iter().filter(|&&(_, hash)| filter.holds(hash)) {
            self.places[number as usize].repeats = long;
        }
        self.work = Work { filter, found };
    }

    /// A word as it is kept. There are fewer than 2^32, since the bytes are.
    fn number(&self, word: usize) -> u32 {
        u32::try_from(word).unwrap_or(u32::MAX)
    }

    /// Length in bytes of the n-gram at a word.
    #[inline]
    fn len(&self, word: usize, n: usize) -> usize {
        (self.starts[word + n] - self.starts[word]) as usize
    }

    /// The bytes of the n-gram at a word.
    #[inline]
    fn ngram(&self, word: usize, n: usize) -> &[u8] {
        &self.bytes[self.starts[word] as usize..self.starts[word + n] as usize]
    }

    /// Fills `found` with the n-grams that may repeat and their hashes. A place whose n-gram cannot repeat is forgotten:
    /// longer ones cannot repeat there either.
    fn candidates(&mut self, n: usize, work: &mut Work) {
        let Work { filter, found } = work;
        found.clear();
        let total = self.starts.len().saturating_sub(n);
        let mut places = std::mem::take(&mut self.places);
        places.retain(|place| {
            let word = place.word as usize;
            let len = if word < total { self.len(word, n) } else { return false };
            let may_repeat = place.repeats >= NEEDED[len.min(LONGEST)];
            if may_repeat {
                // Where most is jumped over, a hash is made when its place is come to.
                let hash = if self.dense { 0 } else { self.hash(self.starts[word] as usize, len) };
                found.push((place.word, hash));
            }
            may_repeat
        });
        self.places = places;
        if !self.dense {
            filter.reset(found.len());
            found.iter().for_each(|&(_, hash)| filter.meet(hash));
            found.retain(|&(_, hash)| filter.holds(hash));
        }
    }

    /// Scans the n-grams from the left: the bytes of one that was seen before are handed to `hit`, and it is jumped
    /// over; any other is remembered and passed by one word. Calls go from small to large n.
    pub fn scan(&mut self, n: usize, table: &mut Table, mut hit: impl FnMut(&[u8])) {
        let mut work = std::mem::take(&mut self.work);
        self.candidates(n, &mut work);
        table.reset(work.found.len());
        let mut next = 0;
        for &(word, hash) in &work.found {
            if (word as usize) < next {
                continue;
            }
            let bytes = self.ngram(word as usize, n);
            let hash = if self.dense { self.hash(self.starts[word as usize] as usize, bytes.len()) } else { hash };
            if table.find_or_insert(hash, word, |earlier| self.ngram(earlier as usize, n) == bytes).is_some() {
                hit(bytes);
                next = word as usize + n;
            }
        }
        self.work = work;
    }
}

/// A well-mixed hash of sixteen bytes: both halves of one product. The first byte of the constants is none that text
/// in UTF-8 has.
#[inline]
fn hash_of(low: u64, high: u64) -> u64 {
    let product = u128::from(low ^ 0x9e37_79b9_7f4a_7cff) * u128::from(high ^ 0xd1b5_4a32_d192_edff);
    product as u64 ^ (product >> 64) as u64
}

/// The bytes of words, most of them slices of `text`, with zeros behind them; and where each word begins, then the end.
fn joined(text: &str, words: &[&str]) -> (Vec<u8>, Vec<u32>) {
    /// Words are copied so many bytes at a time; what is too much is overwritten by the next word.
    const STEP: usize = 16;
    let total: usize = words.iter().map(|word| word.len()).sum();
    let mut bytes = vec![0; total + LONGEST.max(STEP)];
    let mut starts = Vec::with_capacity(words.len() + 1);
    let mut at = 0;
    for word in words {
        starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        let from = (word.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        match text.as_bytes().get(from..).and_then(<[u8]>::first_chunk::<STEP>) {
            Some(step) if word.len() <= STEP => bytes[at..at + STEP].copy_from_slice(step),
            _ => bytes[at..at + word.len()].copy_from_slice(word.as_bytes()),
        }
        at += word.len();
    }
    starts.push(u32::try_from(at).unwrap_or(u32::MAX));
    bytes[at..].fill(0);
    (bytes, starts)
}
