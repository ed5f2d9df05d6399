//! What a shard unit counts of what it writes: documents, tokens and lengths by source, and which ids occur.

use crate::document::Bins;
use crate::ledger::{SourceTokens, UnitRecord};
use std::collections::BTreeMap;

/// Prefixes of facts of a shard unit: `documents:SOURCE`, `tokens:SOURCE`, `length:SOURCE:BIN`, and `ids:WORD` with 64 ids each.
const DOCUMENTS: &str = "documents:";
const TOKENS: &str = "tokens:";
const LENGTH: &str = "length:";
const IDS: &str = "ids:";

/// Counts of one shard, or of several.
#[derive(Debug, Default)]
pub struct Written {
    /// By the index of the source.
    pub sources: BTreeMap<u32, SourceTokens>,
    /// A bit per id.
    ids: Vec<u64>,
}

impl Written {
    /// Counts a document of a source.
    pub fn count(&mut self, source: u32, ids: &[u32]) {
        let tokens = self.sources.entry(source).or_default();
        tokens.documents += 1;
        tokens.tokens += ids.len() as u64;
        #[allow(clippy::cast_precision_loss, reason = "a bin needs no more precision")]
        let bin = Bins::Log.of(ids.len() as f64);
        *tokens.lengths.entry(bin).or_default() += 1;
        for id in ids {
            let word = (id / 64) as usize;
            if word >= self.ids.len() {
                self.ids.resize(word + 1, 0);
            }
            self.ids[word] |= 1 << (id % 64);
        }
    }

    /// Different ids that occur.
    pub fn different_ids(&self) -> u64 {
        self.ids.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Writes the counts into the record of a shard unit.
    pub fn put(&self, record: &mut UnitRecord) {
        for (source, counts) in &self.sources {
            record.facts.insert(format!("{DOCUMENTS}{source}"), counts.documents);
            record.facts.insert(format!("{TOKENS}{source}"), counts.tokens);
            record.facts.extend(counts.lengths.iter().map(|(bin, n)| (format!("{LENGTH}{source}:{bin}"), *n)));
        }
        let words = self.ids.iter().enumerate().filter(|(_, word)| **word != 0);
        record.facts.extend(words.map(|(at, word)| (format!("{IDS}{at}"), *word)));
    }

    /// Adds the counts in the record of a shard unit.
    pub fn add(&mut self, record: &UnitRecord) {
        for (name, value) in &record.facts {
            self.fact(name, *value);
        }
    }

    fn fact(&mut self, name: &str, value: u64) -> Option<()> {
        if let Some(source) = name.strip_prefix(DOCUMENTS) {
            self.sources.entry(source.parse().ok()?).or_default().documents += value;
        } else if let Some(source) = name.strip_prefix(TOKENS) {
            self.sources.entry(source.parse().ok()?).or_default().tokens += value;
        } else if let Some((source, bin)) = name.strip_prefix(LENGTH).and_then(|rest| rest.split_once(':')) {
            let counts = self.sources.entry(source.parse().ok()?).or_default();
            *counts.lengths.entry(bin.parse().ok()?).or_default() += value;
        } else if let Some(at) = name.strip_prefix(IDS) {
            let at: usize = at.parse().ok()?;
            if at >= self.ids.len() {
                self.ids.resize(at + 1, 0);
            }
            self.ids[at] |= value;
        }
        Some(())
    }

    /// Documents by the bin of their tokens, over all sources.
    pub fn lengths(&self) -> BTreeMap<i32, u64> {
        let mut lengths = BTreeMap::new();
        for (bin, n) in self.sources.values().flat_map(|source| &source.lengths) {
            *lengths.entry(*bin).or_default() += n;
        }
        lengths
    }
}
