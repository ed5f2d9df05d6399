use super::ModelError;
use super::reader::Reader;
use super::subword::{Modulo, each_bucket, hash};

/// The token that ends a line.
pub(super) const EOS: &[u8] = b"</s>";
/// Longest n-grams (of characters, of words) that are believed; real models stay below 10.
pub(super) const MAX_NGRAM: i32 = 64;
/// Rows kept ready for known words; words beyond it are cut into n-grams when met (16 MiB).
const READY_LIMIT: usize = 4 << 20;
const EMPTY: u32 = u32::MAX;

/// What a token is to the model.
pub(super) enum Token {
    /// A known word.
    Word(u32),
    /// A known label.
    Label,
    /// Neither.
    Unknown,
}

/// Words, labels and n-gram buckets of a model.
pub(super) struct Dictionary {
    /// Bytes of all entries, one after the other, and where each one ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Open addressing: (hash, entry), a power of two of slots.
    slots: Vec<(u32, u32)>,
    pub(super) words: usize,
    pub(super) label_counts: Vec<i64>,
    pruned: Pruned,
    pub(super) minn: usize,
    pub(super) maxn: usize,
    /// None when the model has no buckets.
    pub(super) modulo: Option<Modulo>,
    /// Rows of the first words: `ready[ready_ends[i-1]..ready_ends[i]]`.
    ready: Vec<u32>,
    ready_ends: Vec<u32>,
}

/// Which n-gram buckets have rows.
enum Pruned {
    /// All of them.
    No,
    /// Those in the map only.
    To(BucketMap),
}

impl Dictionary {
    pub(super) fn load(r: &mut Reader<'_>, minn: usize, maxn: usize, bucket: usize) -> Result<Self, ModelError> {
        // An entry takes at least 10 bytes, a pruned bucket 8: `take` in the loops refuses impossible counts early.
        let size = r.count("dictionary size", 0, i32::MAX)?;
        let words = r.count("dictionary words", 0, i32::MAX)?;
        let labels = r.count("dictionary labels", 0, i32::MAX)?;
        if words.checked_add(labels) != Some(size) {
            return Err(ModelError::Field { field: "dictionary size", value: size as i64 });
        }
        r.i64("dictionary tokens")?;
        let pruned = r.i64("pruned index size")?;
        let mut d = Self {
            bytes: Vec::new(),
            ends: Vec::new(),
            slots: Vec::new(),
            words,
            label_counts: Vec::new(),
            pruned: Pruned::No,
            minn,
            maxn,
            modulo: u32::try_from(bucket).ok().filter(|&b| b > 0).map(Modulo::new),
            ready: Vec::new(),
            ready_ends: Vec::new(),
        };
        for entry in 0..size {
            d.read_entry(r, entry)?;
        }
        d.index_entries();
        if pruned >= 0 {
            d.pruned = Pruned::To(BucketMap::load(r, pruned)?);
        }
        Ok(d)
    }

    fn read_entry(&mut self, r: &mut Reader<'_>, entry: usize) -> Result<(), ModelError> {
        let word = r.c_string("dictionary")?;
        let count = r.i64("dictionary")?;
        let kind = r.u8("dictionary")?;
        // Words stand before labels: the trainer sorts them so and rows are numbered by it.
        if kind != u8::from(entry >= self.words) {
            return Err(ModelError::Field { field: "dictionary entry type", value: i64::from(kind) });
        }
        self.bytes.extend_from_slice(word);
        self.ends.push(self.bytes.len());
        if kind == 1 {
            self.label_counts.push(count);
        }
        Ok(())
    }

    fn index_entries(&mut self) {
        let mask = (self.ends.len() * 2).next_power_of_two().max(2) - 1;
        self.slots = vec![(0, EMPTY); mask + 1];
        for entry in 0..self.ends.len() {
            let word = self.entry(entry);
            let h = hash(word);
            let mut at = h as usize & mask;
            // A word that stands twice belongs to its last entry, as in the reference.
            while self.slots[at].1 != EMPTY && self.entry(self.slots[at].1 as usize) != word {
                at = (at + 1) & mask;
            }
            self.slots[at] = (h, entry as u32);
        }
    }

    /// The bytes of an entry.
    pub(super) fn entry(&self, entry: usize) -> &[u8] {
        let start = if entry == 0 { 0 } else { self.ends[entry - 1] };
        &self.bytes[start..self.ends[entry]]
    }

    /// Looks a token up by its bytes and hash.
    #[inline]
    pub(super) fn find(&self, token: &[u8], h: u32) -> Token {
        let mask = self.slots.len() - 1;
        let mut at = h as usize & mask;
        loop {
            match self.slots[at] {
                (_, EMPTY) => return Token::Unknown,
                (slot, entry) if slot == h && self.entry(entry as usize) == token => {
                    return if (entry as usize) < self.words { Token::Word(entry) } else { Token::Label };
                }
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// The row of a bucket, if it has one.
    #[inline]
    pub(super) fn row(&self, bucket: u32) -> Option<u32> {
        match &self.pruned {
            Pruned::No => Some(self.words as u32 + bucket),
            Pruned::To(map) if map.may_hold(bucket) => map.get(bucket).map(|id| self.words as u32 + id),
            Pruned::To(_) => None,
        }
    }

    /// How many input rows the dictionary may name.
    pub(super) fn rows_needed(&self, bucket: usize, uses_buckets: bool) -> usize {
        self.words
            + match &self.pruned {
                Pruned::No if uses_buckets => bucket,
                Pruned::No => 0,
                Pruned::To(map) => map.rows,
            }
    }

    /// Cuts the known words into n-grams once.
    pub(super) fn prepare_words(&mut self) {
        let (mut ready, mut ends, mut spelled) = (Vec::new(), Vec::new(), Vec::new());
        for word in 0..self.words {
            let text = self.entry(word);
            if ready.len() + text.len().saturating_mul(self.maxn) > READY_LIMIT {
                break;
            }
            ready.push(word as u32);
            if text != EOS {
                self.subwords(text, &mut spelled, |row| ready.push(row));
            }
            ends.push(ready.len() as u32);
        }
        (self.ready, self.ready_ends) = (ready, ends);
    }

    /// The rows of a known word, if they were prepared.
    #[inline]
    pub(super) fn prepared(&self, word: u32) -> Option<&[u32]> {
        let word = word as usize;
        let end = *self.ready_ends.get(word)? as usize;
        let start = if word == 0 { 0 } else { self.ready_ends[word - 1] as usize };
        Some(&self.ready[start..end])
    }

    /// Calls `emit` with the rows of a word's character n-grams; `spelled` is working space.
    #[inline]
    pub(super) fn subwords(&self, word: &[u8], spelled: &mut Vec<u8>, mut emit: impl FnMut(u32)) {
        let Some(modulo) = self.modulo else { return };
        if self.maxn == 0 {
            return;
        }
        spelled.clear();
        spelled.push(b'<');
        spelled.extend_from_slice(word);
        spelled.push(b'>');
        let first = self.words as u32;
        let map = match &self.pruned {
            Pruned::No => {
                return each_bucket(spelled, self.minn, self.maxn, modulo, |bucket| emit(first + bucket));
            }
            Pruned::To(map) => map,
        };
        // Whether a bucket is kept is a coin toss that no branch predictor learns: gather without a branch, then look up.
        let mut kept = [0u32; GATHER];
        let mut n = 0;
        each_bucket(spelled, self.minn, self.maxn, modulo, |bucket| {
            kept[n] = bucket;
            n += usize::from(map.may_hold(bucket));
            if n == GATHER {
                kept.iter().filter_map(|&bucket| map.get(bucket)).for_each(|row| emit(first + row));
                n = 0;
            }
        });
        kept[..n].iter().filter_map(|&bucket| map.get(bucket)).for_each(|row| emit(first + row));
    }
}

/// Buckets gathered before they are looked up.
const GATHER: usize = 64;

/// The pruned index: bucket -> row, with a bit filter before it because most buckets of a text are absent.
struct BucketMap {
    filter: Vec<u64>,
    slots: Vec<(u32, u32)>,
    shift: u32,
    /// One more than the largest row.
    rows: usize,
}

/// Filter bits per table slot; with the table at most half full that is 32 bits or more per kept bucket.
const FILTER_BITS: u32 = 4;

impl BucketMap {
    fn load(r: &mut Reader<'_>, size: i64) -> Result<Self, ModelError> {
        let field = "pruned index size";
        let n = usize::try_from(size).map_err(|_| ModelError::Field { field, value: size })?;
        let bytes = n.checked_mul(8).ok_or(ModelError::Field { field, value: size })?;
        let raw = r.take(bytes, "pruned index")?;
        let bits = (n * 2).next_power_of_two().max(64).trailing_zeros();
        let mut map = Self {
            filter: vec![0; (1usize << (bits + FILTER_BITS)) / 64],
            slots: vec![(EMPTY, 0); 1 << bits],
            shift: 32u32.saturating_sub(bits + FILTER_BITS),
            rows: 0,
        };
        if bits + FILTER_BITS > 32 {
            return Err(ModelError::Field { field, value: size });
        }
        for pair in raw.chunks_exact(8) {
            let word = |at: usize| i32::from_le_bytes([pair[at], pair[at + 1], pair[at + 2], pair[at + 3]]);
            let (bucket, row) = (word(0), word(4));
            if bucket < 0 || row < 0 {
                return Err(ModelError::Field { field: "pruned index", value: i64::from(bucket.min(row)) });
            }
            map.insert(bucket as u32, row as u32);
        }
        Ok(map)
    }

    /// Spreads a bucket over the filter's bits (Knuth's multiplicative hashing, 2^32 / golden ratio).
    #[inline]
    fn spread(&self, bucket: u32) -> usize {
        (bucket.wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }

    fn insert(&mut self, bucket: u32, row: u32) {
        let bit = self.spread(bucket);
        self.filter[bit / 64] |= 1 << (bit % 64);
        let mask = self.slots.len() - 1;
        let mut at = bit >> FILTER_BITS;
        while self.slots[at].0 != EMPTY && self.slots[at].0 != bucket {
            at = (at + 1) & mask;
        }
        self.slots[at] = (bucket, row);
        self.rows = self.rows.max(row as usize + 1);
    }

    /// Whether the bucket may be in the map: never wrong for those that are, rarely for others.
    #[inline]
    fn may_hold(&self, bucket: u32) -> bool {
        let bit = self.spread(bucket);
        self.filter[bit / 64] >> (bit % 64) & 1 == 1
    }

    #[inline]
    fn get(&self, bucket: u32) -> Option<u32> {
        let bit = self.spread(bucket);
        let mask = self.slots.len() - 1;
        let mut at = bit >> FILTER_BITS;
        loop {
            match self.slots[at] {
                (EMPTY, _) => return None,
                (key, row) if key == bucket => return Some(row),
                _ => at = (at + 1) & mask,
            }
        }
    }
}
