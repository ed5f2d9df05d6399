//! Bottom-k sketches: the k smallest shingle hashes of a document, enough to estimate the Jaccard similarity of any two
//! documents (Cohen, Kaplan, "Summarizing data using bottom-k sketches", 2007). They serve to verify candidate pairs.
//!
//! The error of an estimate is about `sqrt(J (1 - J) / k)`: 0.035 at J = 0.8 with k = 128.
//!
//! The sketches of a map unit lie in one file in which two ranged reads find any of them: header, one sketch after the other
//! (checksum u32, then at most k values u32), a table with the offset of each and of the end (u64), tail (`frame`). A short
//! document costs what it has. A value is the high half of a hash: the order stays, and two different shingles among 10^5
//! share one with chance 10^-5 per value.

use super::error::DedupError;
use super::frame::{HEADER, Header, Kind, TAIL, decode_tail, encode_tail, u32_at, u64_at};
use super::minhash::{Roller, WordHasher, from_iter};
use super::{Layout, RangeRead};
use crate::text::WordKind;
use std::io::Write;
use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed};

/// Computes sketches: the k smallest distinct hashes of the shingles of a document. Keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub struct Bottom {
    lowest: Lowest,
    roller: Roller,
    hasher: WordHasher,
}

impl Bottom {
    /// The sketch of a whole document: the k smallest hashes of its shingles of `n` tokens (1..=64), each token given by a
    /// 64-bit hash. A document with fewer tokens than a shingle counts as one shingle, one without any has none.
    pub fn fill(&mut self, k: usize, n: usize, tokens: impl Iterator<Item = u64>) {
        self.lowest.start(k);
        self.roller.roll(n, from_iter(tokens), |hashes| self.lowest.extend(hashes));
        self.lowest.settle();
    }

    /// The same of the words of this kind in `text`, each of which counts by its XXH3-64.
    pub fn fill_words<K: WordKind>(&mut self, k: usize, n: usize, text: &str) {
        self.lowest.start(k);
        self.roller.roll(n, self.hasher.fill::<K>(text), |hashes| self.lowest.extend(hashes));
        self.lowest.settle();
    }

    /// The sketch, smallest first; fewer than k values mean that it is the whole set.
    #[must_use]
    pub fn values(&self) -> &[u64] {
        &self.lowest.values
    }

    /// The sketch as it is stored: the high halves of [`Bottom::values`].
    #[must_use]
    pub fn halves(&self) -> Vec<u32> {
        self.values().iter().map(|value| (value >> 32) as u32).collect()
    }
}

/// Collects the k smallest distinct hashes of a stream.
#[derive(Debug, Default)]
struct Lowest {
    k: usize,
    /// Candidates; sorted, distinct and at most k once settled.
    values: Vec<u64>,
    /// No hash at or above it can still enter.
    limit: Option<u64>,
    guessed: Vec<u64>,
    sorter: Sorter,
}

/// Standard deviations by which a guessed limit lies above the one expected: it is seldom too low then.
const MARGIN: f64 = 3.0;
/// Largest share of the values for whose sake a look at all of them is worth it.
const WORTH: f64 = 0.9;

impl Lowest {
    /// Begins a document; `k` = 0 collects nothing.
    fn start(&mut self, k: usize) {
        self.k = k;
        self.limit = (k == 0).then_some(0);
        self.values.clear();
    }

    /// Adds hashes.
    fn extend(&mut self, hashes: &[u64]) {
        match self.limit {
            Some(limit) => self.add_below(limit, hashes),
            None => self.values.extend_from_slice(hashes),
        }
        // Settling once in 3k entries keeps the cost per shingle constant.
        if self.values.len() >= self.k.saturating_mul(4) {
            self.settle();
        }
    }

    fn add_below(&mut self, limit: u64, hashes: &[u64]) {
        let mut length = self.values.len();
        self.values.resize(length + hashes.len(), 0);
        for &hash in hashes {
            // No branch: whether a hash is below cannot be foreseen.
            self.values[length] = hash;
            length += usize::from(hash < limit);
        }
        self.values.truncate(length);
    }

    /// Leaves the k smallest distinct values, sorted.
    fn settle(&mut self) {
        if !self.settle_by_guess() {
            self.sorter.sort(&mut self.values);
            self.values.dedup();
        }
        self.values.truncate(self.k);
        if self.values.len() == self.k {
            self.limit = self.values.last().copied().or(self.limit);
        }
    }

    /// Hashes are spread evenly: sorts those alone below which k are expected, with a margin. False, and nothing is changed,
    /// where these are not k different ones, as many may be equal, or where they are almost all.
    fn settle_by_guess(&mut self) -> bool {
        let (k, count) = (self.k as f64, self.values.len() as f64);
        let share = (k + MARGIN * k.sqrt()) / count;
        if share > WORTH {
            return false;
        }
        let greatest = self.values.iter().fold(0, |greatest, &value| value.max(greatest));
        let guess = (share * greatest as f64) as u64;
        self.guessed.clear();
        self.guessed.resize(self.values.len(), 0);
        let mut length = 0;
        for &value in &self.values {
            self.guessed[length] = value;
            length += usize::from(value < guess);
        }
        self.guessed.truncate(length);
        self.sorter.sort(&mut self.guessed);
        self.guessed.dedup();
        let enough = self.guessed.len() >= self.k;
        if enough {
            std::mem::swap(&mut self.values, &mut self.guessed);
        }
        enough
    }
}

/// Sorts hashes by radix: 16 high bits put each near its place, since they are spread evenly.
#[derive(Debug, Default)]
struct Sorter {
    other: Vec<u64>,
}

impl Sorter {
    /// Below this, sorting by comparison is as fast.
    const FEW: usize = 64;
    /// Moves per value in the last pass, beyond which the high bits did not put them in order: sorting by comparison ends it.
    const MOVES: usize = 4;

    fn sort(&mut self, values: &mut [u64]) {
        if values.len() < Self::FEW {
            return values.sort_unstable();
        }
        let greatest = values.iter().fold(0, |greatest, &value| value.max(greatest));
        let shift = (u64::BITS - greatest.leading_zeros()).saturating_sub(16);
        let (low, high) =
            (|value: u64| (value >> shift) as usize & 0xff, |value: u64| (value >> shift) as usize >> 8 & 0xff);
        let mut places = [[0_u32; 256]; 2];
        for &value in values.iter() {
            places[0][low(value)] += 1;
            places[1][high(value)] += 1;
        }
        for places in &mut places {
            let mut before = 0;
            places.iter_mut().for_each(|place| before += std::mem::replace(place, before));
        }
        self.other.clear();
        self.other.resize(values.len(), 0);
        scatter(values, &mut self.other, &mut places[0], low);
        scatter(&self.other, values, &mut places[1], high);
        if !insertion_sort(values, Self::MOVES * values.len()) {
            values.sort_unstable();
        }
    }
}

fn scatter(from: &[u64], to: &mut [u64], places: &mut [u32; 256], digit: impl Fn(u64) -> usize) {
    for &value in from {
        let place = &mut places[digit(value)];
        to[*place as usize] = value;
        *place += 1;
    }
}

/// For values each of which is near its place; false if that takes more than so many moves.
fn insertion_sort(values: &mut [u64], mut moves: usize) -> bool {
    for at in 1..values.len() {
        let (value, mut to) = (values[at], at);
        while to > 0 && values[to - 1] > value && moves > 0 {
            values[to] = values[to - 1];
            (to, moves) = (to - 1, moves - 1);
        }
        values[to] = value;
    }
    moves > 0
}

/// The Jaccard similarity of two documents by their sketches of the same `k`: among the k smallest hashes of the union, the
/// share that both have. Exact when the union has at most k shingles. Two empty sketches give 0.
#[must_use]
pub fn jaccard<T: Ord + Copy>(one: &[T], other: &[T], k: usize) -> f64 {
    jaccard_from(one, other, k, 0.0).unwrap_or(0.0)
}

/// [`jaccard`] where it is at least `least`; `None` where it is below, which most often shows long before the end.
#[must_use]
pub fn jaccard_from<T: Ord + Copy>(one: &[T], other: &[T], k: usize, least: f64) -> Option<f64> {
    let (less, more) = (one.len().min(other.len()), one.len().max(other.len()));
    // At most `less` are shared of a union of at least `more`.
    if (less as f64 / more.max(1) as f64) < least {
        return None;
    }
    // With s of u shared, and s >= least * u, the union u = less + more - s is at most this, and so many of it may be in one alone;
    // one more, since products are rounded.
    let union_at_most = ((less + more) as f64 / (1.0 + least)).min(k as f64);
    let spare = ((1.0 - least) * union_at_most).ceil() as usize + 1;
    let (mut i, mut j, mut union, mut shared) = (0, 0, 0_usize, 0_usize);
    while let (Some(&x), Some(&y)) = (one.get(i), other.get(j))
        && union < k
        && union - shared <= spare
    {
        // No branch: which of the two is smaller cannot be foreseen.
        i += usize::from(x <= y);
        j += usize::from(y <= x);
        shared += usize::from(x == y);
        union += 1;
    }
    if union - shared > spare {
        return None;
    }
    let rest = (one.len() - i).max(other.len() - j);
    let similarity = shared as f64 / k.min(union + rest).max(1) as f64;
    (similarity >= least).then_some(similarity)
}

/// How much of document `inner` is in document `outer`: the share of the shingles of `inner` that `outer` has too, by their
/// sketches of the same `k`. An empty `inner` gives 0.
///
/// Both sets are known in full up to the smaller of the greatest values of the sketches that are cut; the share is that of the
/// hashes of `inner` up to there. Exact when both documents have at most k shingles; otherwise the error is about
/// `sqrt(C (1 - C) / m)`, where m is the number of those hashes: at least k times the share that `inner` has of the union,
/// so 0.03 at C = 0.75 with k = 512 for a document half as long as the other.
#[must_use]
pub fn containment<T: Ord>(inner: &[T], outer: &[T], k: usize) -> f64 {
    let cut = |sketch: &'_ [T]| sketch.len() >= k;
    let known = match (cut(inner).then(|| inner.last()).flatten(), cut(outer).then(|| outer.last()).flatten()) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let (mut at, mut all, mut shared) = (0, 0_usize, 0_usize);
    for value in inner.iter().take_while(|value| known.is_none_or(|known| *value <= known)) {
        while outer.get(at).is_some_and(|other| other < value) {
            at += 1;
        }
        all += 1;
        shared += usize::from(outer.get(at) == Some(value));
    }
    shared as f64 / all.max(1) as f64
}

/// Largest k of a sketch file.
pub const MAX_K: usize = 4_096;
const NAME: &str = "sketch file";
/// Bytes before the values of a sketch.
const CHECK: usize = 4;

fn kind(k: usize) -> Result<Kind, DedupError> {
    if k == 0 || k > MAX_K {
        let detail = format!("{k} values per sketch are outside 1..={MAX_K}");
        return Err(DedupError::Setting { name: "sketch", detail });
    }
    Ok(Kind { magic: *b"\x89gmsket\n", name: NAME, record: CHECK + 4 * k })
}

/// The checksum of a sketch: 32 bits of XXH3 over the values, seeded with the document, so that sketches cannot change
/// places and a wrong offset shows.
fn check_of(values: &[u8], index: u32) -> u32 {
    // Half of the 64 bits is enough for one sketch.
    xxh3_64_with_seed(values, index.into()) as u32
}

/// Writes the sketches of one map unit as they come, document by document. The output is the caller's, handed to every call.
pub struct SketchWriter {
    header: [u8; HEADER],
    k: usize,
    hash: Xxh3,
    /// Where each sketch so far begins, and where the next one will.
    offsets: Vec<u64>,
    record: Vec<u8>,
}

impl SketchWriter {
    /// Begins the file of map unit `unit` with at most `k` values per document. `out` should be buffered.
    ///
    /// # Errors
    /// When `k` is out of range or `out` fails.
    pub fn new(unit: u32, layout: Layout, k: usize, out: &mut dyn Write) -> Result<Self, DedupError> {
        let header = Header { layout, part: unit }.encode(kind(k)?);
        out.write_all(&header)?;
        Ok(Self { header, k, hash: Xxh3::new(), offsets: vec![HEADER as u64], record: Vec::new() })
    }

    /// Adds the sketch ([`Bottom::halves`], at most k values) of the next document; empty for one without.
    ///
    /// # Errors
    /// When there are more than k values, or when `out` fails.
    pub fn push(&mut self, values: &[u32], out: &mut dyn Write) -> Result<(), DedupError> {
        let index = self.offsets.len() - 1;
        if values.len() > self.k {
            let detail = format!("document {index} has {} values, more than {}", values.len(), self.k);
            return Err(DedupError::Setting { name: "sketch", detail });
        }
        self.record.clear();
        self.record.extend_from_slice(&[0; CHECK]);
        values.iter().for_each(|value| self.record.extend_from_slice(&value.to_le_bytes()));
        // A unit has less than 2^32 documents.
        let check = check_of(&self.record[CHECK..], index as u32);
        self.record[..CHECK].copy_from_slice(&check.to_le_bytes());
        self.hash.update(&self.record);
        out.write_all(&self.record)?;
        self.offsets.push(self.offsets[index] + self.record.len() as u64);
        Ok(())
    }

    /// Ends the file; returns the number of documents.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn finish(mut self, out: &mut dyn Write) -> Result<u64, DedupError> {
        let table: Vec<u8> = self.offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        self.hash.update(&table);
        out.write_all(&table)?;
        let documents = self.offsets.len() as u64 - 1;
        out.write_all(&encode_tail(&self.header, documents, self.hash.digest()))?;
        out.flush()?;
        Ok(documents)
    }
}

/// The sketches of one map unit, read one by one.
#[derive(Debug)]
pub struct SketchReader<R> {
    input: R,
    unit: u32,
    k: usize,
    documents: u64,
    /// Where the table begins, which is also where the sketches end.
    table: u64,
}

impl<R: RangeRead> SketchReader<R> {
    /// Opens the file of any map unit of this plan.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or belongs to another plan.
    pub fn open(input: R, layout: Layout, k: usize) -> Result<Self, DedupError> {
        let kind = kind(k)?;
        let len = input.len()?;
        if len < (HEADER + TAIL) as u64 {
            return Err(DedupError::damaged(NAME, format!("{len} bytes are less than header and tail")));
        }
        let (mut header, mut tail) = ([0; HEADER], [0; TAIL]);
        input.read_at(0, &mut header)?;
        let Header { part: unit, .. } = Header::decode(&header, kind, layout)?;
        input.read_at(len - TAIL as u64, &mut tail)?;
        let (documents, _) = decode_tail(&tail, &header, kind)?;
        let table = documents.checked_add(1).and_then(|entries| entries.checked_mul(8)).and_then(|bytes| {
            let table = (len - TAIL as u64).checked_sub(bytes)?;
            (table >= HEADER as u64).then_some(table)
        });
        let table =
            table.ok_or_else(|| DedupError::damaged(NAME, format!("{len} bytes do not fit {documents} sketches")))?;
        Ok(Self { input, unit, k, documents, table })
    }

    /// The map unit that wrote the file.
    #[must_use]
    pub fn unit(&self) -> u32 {
        self.unit
    }

    /// Documents of the unit.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Reads the sketch of a document into `values`; empty where it has none. Compare with [`jaccard`].
    ///
    /// # Errors
    /// When it cannot be read or is damaged, or when the unit has no such document.
    pub fn get(&self, index: u32, values: &mut Vec<u32>) -> Result<(), DedupError> {
        values.clear();
        let damaged = || DedupError::damaged(NAME, format!("sketch {index} fails its checksum"));
        if u64::from(index) >= self.documents {
            let detail = format!("document {index} of {}", self.documents);
            return Err(DedupError::Setting { name: "sketch", detail });
        }
        let mut place = [0; 16];
        self.input.read_at(self.table + u64::from(index) * 8, &mut place)?;
        let (from, to) = (u64_at(&place, 0), u64_at(&place, 8));
        let bytes = to.checked_sub(from).and_then(|bytes| usize::try_from(bytes).ok());
        let fits = |bytes: &usize| (CHECK..=CHECK + 4 * self.k).contains(bytes) && from >= HEADER as u64;
        let bytes = bytes.filter(fits).filter(|_| to <= self.table).ok_or_else(damaged)?;
        let mut record = vec![0; bytes];
        self.input.read_at(from, &mut record)?;
        if u32_at(&record, 0) != check_of(&record[CHECK..], index) {
            return Err(damaged());
        }
        values.extend(record[CHECK..].chunks_exact(4).map(|bytes| u32_at(bytes, 0)));
        Ok(())
    }
}
