//! The check of token shards: each form against its lineage, and the mixture against the ledger.

use super::rows::LedgerRow;
use super::stats::{ShardStats, Stats};
use super::verify::Checked;
use crate::document::DocId;
use crate::plan::{Order, Plan};
use crate::shards::mix::{Group, Share, label, share, written};
use crate::shards::{
    Problem, ShardFacts, ShardFormat, megatron_lengths, read_lineage, verify_flat, verify_megatron, verify_rows,
};
use crate::storage::{Medium, Named, StorageError};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::io::BufReader;

/// Most bytes of a line of OLMo's table: two numbers, an id, a place, and a path of the longest kind that systems allow.
const LINE: u64 = 8 << 10;

/// What the shards must hold, counted from the ledger's rows with the choices of the plan's seed.
pub(super) struct Mixed<'a> {
    /// Seed and share held out; `None`: every document is written once.
    choices: Option<(u64, u32)>,
    shares: BTreeMap<&'a Group, &'a Share>,
    sources: BTreeMap<&'a str, u32>,
    tokens: u64,
}

impl<'a> Mixed<'a> {
    pub(super) fn new(plan: &'a Plan, stats: &'a Stats) -> Self {
        let choices = match (&plan.output.order, plan.output.tokens) {
            (Order::Shuffle(mixture), Some(_)) => Some((mixture.seed, share(mixture.validation))),
            _ => None,
        };
        let shares = stats.order.iter().flat_map(|order| &order.shares).map(|one| (&one.group, one)).collect();
        let sources = plan.sources.iter().map(|source| source.name.as_str()).zip(0..).collect();
        Self { choices, shares, sources, tokens: 0 }
    }

    /// Counts a kept document as often as it must have been written.
    pub(super) fn count(&mut self, row: &LedgerRow) {
        let Some((seed, held)) = self.choices else { return };
        let id = DocId(u128::from_str_radix(&row.id, 16).unwrap_or(0).to_be_bytes());
        let source = self.sources.get(row.source.as_str()).copied().unwrap_or(u32::MAX);
        let language = label(row.language.as_deref().unwrap_or_default()).to_owned();
        let epochs = self.shares.get(&Group { source, language }).map(|one| one.epochs);
        self.tokens += row.tokens * u64::from(written(epochs, seed, &id, held).0);
    }

    /// Tokens that the shards must hold; `plain` are those of the kept documents, each once.
    pub(super) fn tokens(&self, plain: u64) -> u64 {
        if self.choices.is_some() { self.tokens } else { plain }
    }
}

/// Each shard: lineage without gaps, index against lineage, data against index.
pub(super) fn shards(out: &dyn Medium, plan: &Plan, stats: &Stats, checked: &mut Checked) -> Result<(), StorageError> {
    let Some(format) = plan.output.tokens else { return Ok(()) };
    for shard in &stats.shards {
        let key = |ending: &str| format!("tokens/{}.{ending}", shard.name);
        let lineage = key("lineage.parquet");
        match lengths(Bytes::from(out.read(&lineage)?)) {
            Err(problem) => checked.problem("V015", &lineage, problem),
            Ok(lengths) => {
                let data = key(format.endings()[0]);
                match one(out, format, &key, &lengths, stats)? {
                    Ok(facts) => compare(shard, &data, facts, checked),
                    Err(problems) => {
                        problems.iter().for_each(|one| checked.problem("V015", &data, one.to_string()));
                    }
                }
            }
        }
        checked.shards += 1;
    }
    Ok(())
}

/// Tokens of each document as the lineage has them; a gap or an overlap is a problem.
fn lengths(lineage: Bytes) -> Result<Vec<u64>, String> {
    let (mut lengths, mut end, mut gap) = (Vec::new(), 0, None);
    let read = read_lineage(lineage, |record| {
        if record.token_start != end || record.token_end < record.token_start {
            gap.get_or_insert(format!("document {} does not start where the one before it ends", lengths.len()));
        }
        end = record.token_end;
        lengths.push(record.token_end.saturating_sub(record.token_start));
        gap.is_none()
    });
    match (read, gap) {
        (Err(error), _) => Err(error.to_string()),
        (_, Some(gap)) => Err(gap),
        _ => Ok(lengths),
    }
}

fn compare(shard: &ShardStats, data: &str, facts: ShardFacts, checked: &mut Checked) {
    if (facts.tokens, facts.documents) != (shard.tokens, shard.documents) {
        let detail = format!(
            "it holds {} tokens in {} documents, stats say {} in {}",
            facts.tokens, facts.documents, shard.tokens, shard.documents
        );
        checked.problem("V014", data, detail);
    }
}

/// Checks the files of one shard; `lengths` are those of its lineage.
fn one(
    out: &dyn Medium,
    format: ShardFormat,
    key: &dyn Fn(&str) -> String,
    lengths: &[u64],
    stats: &Stats,
) -> Result<Result<ShardFacts, Vec<Problem>>, StorageError> {
    let (vocab_size, end_of_text) = (stats.vocab_size, stats.end_of_text);
    let endings = format.endings();
    let data = key(endings[0]);
    if format == ShardFormat::Parquet {
        return Ok(verify_rows(Bytes::from(out.read(&data)?), lengths, vocab_size, end_of_text));
    }
    let stream = BufReader::with_capacity(1 << 20, out.open(&data, 0)?);
    if format == ShardFormat::Megatron {
        let index = out.read(&key(endings[1]))?;
        let listed = megatron_lengths(&index, vocab_size);
        if let Some(document) = listed.as_ref().ok().and_then(|listed| first_difference(listed, lengths)) {
            return Ok(Err(vec![Problem::BadEntry { document }]));
        }
        return Ok(verify_megatron(stream, &index[..], vocab_size, end_of_text));
    }
    if format == ShardFormat::Nanotron {
        let index = out.read(&key(endings[1]))?;
        let ends = index.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_le_bytes));
        let mut start = 0;
        let listed: Vec<u64> = ends.map(|end| end.wrapping_sub(std::mem::replace(&mut start, end))).collect();
        if let Some(document) = first_difference(&listed, lengths) {
            return Ok(Err(vec![Problem::BadEntry { document }]));
        }
    }
    if format == ShardFormat::Olmo {
        let table = out.open(&key(endings[1]), 0)?;
        let limit = (lengths.len() as u64 + 1) * LINE;
        let listed = crate::storage::gzip::lines(table, limit, |line| {
            let mut numbers = line.split(',').map(|field| field.parse::<u64>().unwrap_or(u64::MAX));
            let start = numbers.next().unwrap_or(u64::MAX);
            numbers.next().unwrap_or(u64::MAX).wrapping_sub(start)
        });
        let listed = listed.named("decode", &key(endings[1]))?;
        if let Some(document) = first_difference(&listed, lengths) {
            return Ok(Err(vec![Problem::BadEntry { document }]));
        }
    }
    Ok(verify_flat(stream, lengths, vocab_size, end_of_text))
}

fn first_difference(listed: &[u64], lengths: &[u64]) -> Option<u64> {
    if listed == lengths {
        return None;
    }
    let same = listed.iter().zip(lengths).take_while(|(one, other)| one == other).count();
    Some(same as u64)
}
