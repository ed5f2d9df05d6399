mod clusters;
mod cuts;
mod exact;
mod files;
mod index;
mod packed;
mod sort;
mod stars;

use super::exchange::ExchangeWriter;
use super::external::MIN_BUDGET;
use super::minhash::mix;
use super::record::Key;
use super::*;

const LAYOUT: Layout = Layout { partitions: 7, tag: 0xfeed };
const BUDGETS: [usize; 3] = [MIN_BUDGET, 5 * MIN_BUDGET, 64 << 20];

/// Random numbers for test data.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 += 1;
        mix(mix(self.0)) % bound
    }
}

/// Keys that collide often: few distinct values, spread over all partitions.
fn key(number: u64) -> u64 {
    mix(number + 1)
}

fn records(unit: u32, count: u32, distinct: u64) -> Vec<(u64, u32)> {
    let mut random = Random(u64::from(unit) << 20);
    (0..count).map(|index| (key(random.below(distinct)), index / 2)).collect()
}

fn exchange<K: Key>(unit: u32, records: &[(K, u32)], layout: Layout, budget: usize) -> Vec<u8> {
    let mut scratch = MemoryScratch;
    let mut writer = ExchangeWriter::new(unit, layout, budget, &mut scratch).unwrap();
    records.iter().for_each(|(key, index)| writer.push(*key, *index).unwrap());
    let mut out = Vec::new();
    let written = writer.finish(&mut out).unwrap();
    assert_eq!(written.bytes, out.len() as u64);
    out
}
