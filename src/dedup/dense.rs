//! Dense numbers for sparse ordinals.

use super::split_ordinal;

/// Sorted distinct ordinals and a table that leads near the place of each: a plain binary search over 10^7 ordinals and
/// more misses the caches at every step.
pub(super) struct Dense {
    ordinals: Vec<u64>,
    /// By map unit, rising.
    units: Vec<Unit>,
    /// For each unit one entry per bucket and one for the end: place relative to the unit's first ordinal.
    starts: Vec<u32>,
}

struct Unit {
    number: u32,
    /// Place of its first ordinal.
    base: usize,
    /// Place of its first entry in `starts`.
    table: usize,
    buckets: u64,
    /// Highest index plus one.
    span: u64,
}

/// Ordinals per bucket, if they are spread evenly: two cache lines.
const PER_BUCKET: usize = 16;

impl Dense {
    /// Sorts the ordinals and drops repetitions.
    pub fn new(mut ordinals: Vec<u64>) -> Self {
        ordinals.sort_unstable();
        ordinals.dedup();
        let (mut units, mut starts, mut base) = (Vec::new(), Vec::new(), 0);
        for members in ordinals.chunk_by(|one, other| one >> 32 == other >> 32) {
            let last = members.last().copied().unwrap_or_default();
            let (number, highest) = split_ordinal(last);
            let buckets = members.len().div_ceil(PER_BUCKET) as u64;
            let unit = Unit { number, base, table: starts.len(), buckets, span: u64::from(highest) + 1 };
            let mut at = 0;
            for bucket in 0..buckets {
                while unit.bucket(split_ordinal(members[at]).1) < bucket {
                    at += 1;
                }
                // A unit has at most 2^32 indices, so places in it fit, except the end of a full unit.
                starts.push(at as u32);
            }
            starts.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
            base += members.len();
            units.push(unit);
        }
        Self { ordinals, units, starts }
    }

    /// The ordinals, rising: place = dense number.
    pub fn ordinals(&self) -> &[u64] {
        &self.ordinals
    }

    pub fn into_ordinals(self) -> Vec<u64> {
        self.ordinals
    }

    /// The dense number of an ordinal.
    pub fn find(&self, ordinal: u64) -> Option<usize> {
        let (number, index) = split_ordinal(ordinal);
        // Units usually are 0, 1, 2 …: the number is a good guess.
        let unit = match self.units.get(number as usize).filter(|unit| unit.number == number) {
            Some(unit) => unit,
            None => &self.units[self.units.binary_search_by_key(&number, |unit| unit.number).ok()?],
        };
        let bucket = unit.bucket(index).min(unit.buckets - 1) as usize + unit.table;
        let from = unit.base + self.starts[bucket] as usize;
        let to = unit.base + self.starts[bucket + 1] as usize;
        self.ordinals[from..to].binary_search(&ordinal).ok().map(|place| from + place)
    }
}

impl Unit {
    fn bucket(&self, index: u32) -> u64 {
        // Below 2^32 * 2^28.
        u64::from(index) * self.buckets / self.span
    }
}
