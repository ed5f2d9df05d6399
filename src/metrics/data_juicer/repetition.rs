//! Runs of 10 characters that repeat.

use xxhash_rust::xxh3::xxh3_64;

use super::{REPETITION, set_share};
use crate::metrics::Sink;
use crate::metrics::ngrams::Table;
use crate::text::TextView;

/// Characters in a run.
const RUN: usize = 10;

/// Measures the share of runs that are among the most frequent repeated ones.
pub(super) fn measure(view: &TextView<'_>, sink: &mut Sink) {
    let runs = Runs::new(view);
    let (kinds, mut repeated) = runs.count();
    let taken = root(kinds).min(repeated.len());
    if taken < repeated.len() {
        repeated.select_nth_unstable_by(taken, |a, b| b.cmp(a));
    }
    let most: usize = repeated[..taken].iter().map(|&count| count as usize).sum();
    set_share(sink, REPETITION, most, runs.len());
}

/// The square root, rounded down, as NumPy's double precision has it.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn root(number: usize) -> usize {
    (number as f64).sqrt() as usize
}

/// The runs of a text, by the number of their first character.
struct Runs<'t> {
    bytes: &'t [u8],
    /// Where each character begins, then the end of the text; empty when every character is one byte.
    starts: Vec<u32>,
}

impl<'t> Runs<'t> {
    /// The runs of a text of fewer than 2^32 bytes.
    fn new(view: &TextView<'t>) -> Self {
        let text = view.text();
        let mut starts = Vec::new();
        if view.n_chars() < text.len() {
            starts.reserve(view.n_chars() + 1);
            let ends = text.char_indices().map(|(start, _)| start).chain([text.len()]);
            starts.extend(ends.filter_map(|start| u32::try_from(start).ok()));
        }
        Self { bytes: text.as_bytes(), starts }
    }

    /// How many there are.
    fn len(&self) -> usize {
        let chars = if self.starts.is_empty() { self.bytes.len() } else { self.starts.len() - 1 };
        (chars + 1).saturating_sub(RUN)
    }

    /// The bytes of a run.
    #[inline]
    fn get(&self, number: usize) -> &[u8] {
        if self.starts.is_empty() {
            &self.bytes[number..number + RUN]
        } else {
            &self.bytes[self.starts[number] as usize..self.starts[number + RUN] as usize]
        }
    }

    /// A hash of a run.
    #[inline]
    fn hash(&self, number: usize) -> u64 {
        let run = self.get(number);
        match (run.first_chunk::<8>(), run.last_chunk::<8>()) {
            // Eight bytes from each end are all of them, or more.
            (Some(&first), Some(&last)) if run.len() <= 16 => {
                let wide = u128::from(u64::from_le_bytes(first) ^ 0x9e37_79b9_7f4a_7c15)
                    * u128::from(u64::from_le_bytes(last) ^ 0xd1b5_4a32_d192_ed03);
                fold(wide)
            }
            _ => xxh3_64(run),
        }
    }

    /// The number of different runs, and how often each repeated one occurs.
    ///
    /// Most runs occur once. Two bits for each slot of a small table show which: a run whose slot was hit once needs
    /// no entry in the table that compares runs.
    fn count(&self) -> (usize, Vec<u32>) {
        let slots = (self.len() * 8).next_power_of_two().max(64);
        let (mut hit, mut hit_again) = (vec![0_u64; slots / 64], vec![0_u64; slots / 64]);
        for number in 0..self.len() {
            let (word, bit) = slot(self.hash(number), slots);
            hit_again[word] |= hit[word] & bit;
            hit[word] |= bit;
        }
        let is_candidate = |hash: u64| {
            let (word, bit) = slot(hash, slots);
            hit_again[word] & bit != 0
        };
        let candidates = (0..self.len()).filter(|&number| is_candidate(self.hash(number))).count();
        let mut kinds = self.len() - candidates;
        let mut table = Table::default();
        table.reset(candidates);
        let mut entries: Vec<(u32, u32)> = Vec::new();
        for (number, place) in (0..self.len()).zip(0_u32..) {
            let hash = self.hash(number);
            if !is_candidate(hash) {
                continue;
            }
            let new = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            let same = |entry: u32| self.get(entries[entry as usize].0 as usize) == self.get(number);
            match table.find_or_insert(hash, new, same) {
                Some(entry) => entries[entry as usize].1 += 1,
                None => entries.push((place, 1)),
            }
        }
        kinds += entries.len();
        (kinds, entries.into_iter().map(|(_, count)| count).filter(|&count| count > 1).collect())
    }
}

/// The place of a hash among `slots` bits.
#[inline]
#[allow(clippy::cast_possible_truncation)]
fn slot(hash: u64, slots: usize) -> (usize, u64) {
    let slot = (hash >> 7) as usize & (slots - 1);
    (slot / 64, 1 << (slot % 64))
}

/// Both halves of a product in one.
#[inline]
#[allow(clippy::cast_possible_truncation)]
fn fold(wide: u128) -> u64 {
    (wide >> 64) as u64 ^ wide as u64
}
