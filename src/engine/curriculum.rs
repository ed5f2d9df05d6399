//! Where a run that is ordered by a value is cut into shards. A shuffle's keys are spread evenly, so that equal ranges hold about
//! equal tokens; values are not. Each map unit leaves a sample of its documents, those with the least hashes, and the cuts are
//! quantiles of all samples together: they depend on the documents alone, and memory does not grow with the run.

use super::{Context, Failure, names};
use crate::ledger::UnitRecord;
use crate::plan::Mixture;
use crate::shards::mix::{Epochs, Group, key, sampling_hash, share, written};
use crate::storage::StorageError;
use std::collections::{BTreeMap, BinaryHeap};

/// Documents that a map unit leaves at most.
const OF_UNIT: usize = 4096;
/// Documents that cuts are made from at most: shards of a thousand come out with 65 of them each, and differ in size by an eighth.
const OF_RUN: usize = 1 << 16;
/// Bytes of an entry: hash, tokens, origin.
const ENTRY: usize = 12 + names::ORIGIN_BYTES;

/// A document of a sample. Ordered by hash, which is first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    hash: u64,
    tokens: u32,
    origin: [u8; names::ORIGIN_BYTES],
}

/// The documents with the least hashes of those that were shown.
#[derive(Debug, Default)]
pub(super) struct Sampler {
    least: BinaryHeap<Entry>,
}

impl Sampler {
    /// Shows a document.
    pub(super) fn push(&mut self, seed: u64, origin: &names::DocumentOrigin, tokens: usize) {
        let hash = sampling_hash(seed, &origin.id);
        if self.least.len() == OF_UNIT && self.least.peek().is_some_and(|most| most.hash <= hash) {
            return;
        }
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        self.least.push(Entry { hash, tokens, origin: names::encode_origin(origin) });
        if self.least.len() > OF_UNIT {
            self.least.pop();
        }
    }

    /// The sample's file.
    pub(super) fn encode(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.least.len() * ENTRY);
        for entry in self.least.into_sorted_vec() {
            out.extend(entry.hash.to_le_bytes());
            out.extend(entry.tokens.to_le_bytes());
            out.extend(entry.origin);
        }
        out
    }
}

fn decode(bytes: &[u8]) -> Option<Entry> {
    let (hash, rest) = bytes.split_first_chunk::<8>()?;
    let (tokens, origin) = rest.split_first_chunk::<4>()?;
    let origin = origin.try_into().ok()?;
    Some(Entry { hash: u64::from_le_bytes(*hash), tokens: u32::from_le_bytes(*tokens), origin })
}

/// The samples of all units as one: the least hashes up to where every unit's sample is complete.
#[derive(Debug)]
struct Samples {
    least: BinaryHeap<Entry>,
    complete: u64,
}

impl Samples {
    fn new() -> Self {
        Self { least: BinaryHeap::new(), complete: u64::MAX }
    }

    fn add(&mut self, file: &[u8]) -> Option<()> {
        let entries = file.chunks(ENTRY).map(decode).collect::<Option<Vec<Entry>>>()?;
        if let (OF_UNIT.., Some(last)) = (entries.len(), entries.last()) {
            self.complete = self.complete.min(last.hash);
        }
        self.least.extend(entries);
        while self.least.len() > OF_RUN || self.least.peek().is_some_and(|most| most.hash > self.complete) {
            self.least.pop();
        }
        Some(())
    }
}

/// Where training shards begin, all but the first: places (rank, tie).
pub(super) type Cuts = Vec<(u64, u64)>;

/// Cuts the documents for training into `shards` ranges: a unit of its own, since it reads the samples of all map units.
///
/// # Errors
/// When storage fails.
pub(super) fn cut(
    context: &Context<'_>,
    mixture: &Mixture,
    epochs: &BTreeMap<Group, Epochs>,
    shards: u32,
) -> Result<UnitRecord, Failure> {
    context.signals.check()?;
    let cuts = cuts(context, mixture, epochs, shards)?;
    let json = serde_json::to_vec(&cuts).map_err(|error| Failure::Bug(error.to_string()))?;
    let mut record = UnitRecord::new(context.fingerprint, names::CUTS, 0);
    record.outputs.push(context.out.put_unsettled(&names::curriculum_cuts(), &json)?);
    Ok(record)
}

/// What [`cut`] wrote.
///
/// # Errors
/// When storage fails.
pub(super) fn read(context: &Context<'_>) -> Result<Cuts, Failure> {
    let key = names::curriculum_cuts();
    let cuts = serde_json::from_slice(&context.out.read(&key)?);
    cuts.map_err(|error| Failure::Storage(StorageError::new("use", &key, error.into())))
}

fn cuts(
    context: &Context<'_>,
    mixture: &Mixture,
    epochs: &BTreeMap<Group, Epochs>,
    shards: u32,
) -> Result<Cuts, Failure> {
    let plan = &context.program.plan;
    let mut samples = Samples::new();
    for unit in 0..context.units() {
        let name = names::sample(plan.phases.len() - 1, unit);
        let damaged = || {
            let source = std::io::Error::new(std::io::ErrorKind::InvalidData, "it is no sample of documents");
            Failure::Storage(StorageError::new("use", &name, source))
        };
        samples.add(&context.out.read(&name)?).ok_or_else(damaged)?;
    }
    let mut places: Vec<(u64, u64, u32)> = Vec::new();
    for entry in samples.least {
        let Some(origin) = names::decode_origin(&entry.origin) else { continue };
        let source = plan.inputs.get(origin.input as usize).map_or(u32::MAX, |input| input.source);
        let group = Group { source, language: origin.language };
        let held = share(mixture.validation);
        let (copies, aside) = written(epochs.get(&group).copied(), mixture.seed, &origin.id, held);
        let train = if aside { 0 } else { copies };
        places.extend((0..train).map(|copy| (origin.rank, key(mixture.seed, &origin.id, copy), entry.tokens)));
    }
    Ok(quantiles(places, shards))
}

/// Cuts places into `shards` ranges of about equal tokens.
fn quantiles(mut places: Vec<(u64, u64, u32)>, shards: u32) -> Cuts {
    places.sort_unstable();
    let total: u128 = places.iter().map(|place| u128::from(place.2)).sum();
    let (mut cuts, mut before) = (Vec::new(), 0u128);
    for (rank, tie, tokens) in places {
        while cuts.len() + 1 < shards as usize && before * u128::from(shards) >= total * (cuts.len() as u128 + 1) {
            cuts.push((rank, tie));
        }
        before += u128::from(tokens);
    }
    cuts
}

/// Which training shard a place is in.
pub(super) fn shard_at(cuts: &[(u64, u64)], place: (u64, u64)) -> u32 {
    u32::try_from(cuts.partition_point(|cut| *cut <= place)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::DocId;

    fn origin(n: u64, rank: u64) -> names::DocumentOrigin {
        let id = DocId::of("s", "f", n);
        names::DocumentOrigin { id, input: 0, offset: n, language: String::new(), rank }
    }

    /// The sample of units that hold documents `0..n`, dealt in turn.
    fn samples(n: u64, units: u64) -> Samples {
        let mut all = Samples::new();
        for unit in 0..units {
            let mut sampler = Sampler::default();
            (0..n).filter(|n| n % units == unit).for_each(|n| sampler.push(7, &origin(n, n), 10));
            all.add(&sampler.encode()).unwrap();
        }
        all
    }

    #[test]
    fn samples_are_the_least_hashes_however_units_are_cut() {
        let whole = samples(3000, 1);
        assert_eq!(whole.least.len(), 3000);
        assert_eq!(whole.least.into_sorted_vec(), samples(3000, 7).least.into_sorted_vec());
        // Nothing of a unit whose sample is full is missing below the bound.
        let cut = samples(20_000, 3);
        let mut hashes: Vec<u64> = (0..20_000).map(|n| sampling_hash(7, &origin(n, 0).id)).collect();
        hashes.sort_unstable();
        let found: Vec<u64> = cut.least.into_sorted_vec().iter().map(|entry| entry.hash).collect();
        assert!(found.len() > 8_000 && found == hashes[..found.len()], "{}", found.len());
        assert!(Samples::new().add(&[1; 9]).is_none());
    }

    #[test]
    fn cuts_share_tokens_out_also_among_equal_values() {
        let places: Vec<(u64, u64, u32)> = (0..1000).map(|n| (u64::from(n % 10 == 0), n * 7919 % 1000, 5)).collect();
        let cuts = quantiles(places.clone(), 4);
        assert_eq!(cuts.len(), 3);
        let mut counts = [0; 4];
        places.iter().for_each(|place| counts[shard_at(&cuts, (place.0, place.1)) as usize] += 1);
        assert_eq!(counts, [250; 4]);
        assert_eq!(quantiles(places, 1), []);
        assert_eq!(shard_at(&quantiles(Vec::new(), 3), (5, 5)), 0);
    }
}
