//! The check of token shards: each form against its lineage, and the mixture against the ledger.

use super::folders::{chunk_layout, folder_indexes};
use super::rows::LedgerRow;
use super::stats::{ShardStats, Stats};
use super::verify::Checked;
use crate::document::DocId;
use crate::plan::{Order, Plan};
use crate::shards::mix::{Group, Share, label, share, written};
use crate::shards::{
    ChunkLayout, LineageRecord, PackedCheck, PackedLayout, Packing, PieceTable, Problem, ShardFacts, ShardFormat,
    Width, megatron_lengths, olmo_line, packed_ends, packed_lengths, read_lineage, read_rows, verify_flat,
    verify_megatron, verify_rows,
};
use crate::storage::{Medium, Named, StorageError};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use xxhash_rust::xxh3::xxh3_64;

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
    for (key, expected) in folder_indexes(plan, stats) {
        // A file that is missing was named already.
        if out.stat(&key)?.is_some() && out.read(&key)? != expected.as_bytes() {
            checked.problem("V015", &key, "it does not list the shards that the run wrote");
        }
    }
    for shard in &stats.shards {
        let key = |ending: &str| format!("tokens/{}.{ending}", shard.name);
        let lineage = key("lineage.parquet");
        if let Some(packing) = &plan.output.packing {
            let data = key(format.endings()[0]);
            match packed(out, (format, chunk_layout(plan, stats)), &key, packing, stats)? {
                Ok(facts) => compare(shard, &data, facts, checked),
                Err(problems) => problems.iter().for_each(|one| checked.problem("V015", &data, one.to_string())),
            }
            checked.shards += 1;
            continue;
        }
        match lengths(Bytes::from(out.read(&lineage)?)) {
            Err(problem) => checked.problem("V015", &lineage, problem),
            Ok(lengths) => {
                let data = key(format.endings()[0]);
                match one(out, (format, chunk_layout(plan, stats)), &key, &lengths, stats)? {
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
    (format, chunk): (ShardFormat, Option<ChunkLayout>),
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
    if let Some(layout) = chunk {
        let checked = layout.open(stream, lengths).map_err(|problem| vec![problem]);
        return Ok(checked.and_then(|ids| verify_flat(ids, lengths, vocab_size, end_of_text)));
    }
    if format == ShardFormat::Megatron {
        let index = out.read(&key(endings[1]))?;
        let listed = megatron_lengths(&index, vocab_size);
        if let Some(document) = listed.as_ref().ok().and_then(|listed| first_difference(listed, lengths)) {
            return Ok(Err(vec![Problem::BadEntry { document }]));
        }
        return Ok(verify_megatron(stream, &index[..], vocab_size, end_of_text));
    }
    if format == ShardFormat::Nanotron {
        let mut start = 0;
        let ends = ends_of(&out.read(&key(endings[1]))?);
        let listed: Vec<u64> =
            ends.into_iter().map(|end| end.wrapping_sub(std::mem::replace(&mut start, end))).collect();
        if let Some(document) = first_difference(&listed, lengths) {
            return Ok(Err(vec![Problem::BadEntry { document }]));
        }
    }
    if format == ShardFormat::Olmo {
        let mut expected = Vec::with_capacity(lengths.len());
        let read = read_lineage(Bytes::from(out.read(&key("lineage.parquet"))?), |record| {
            expected.push(line_hash(&olmo_line(&record)));
            true
        });
        if let Err(error) = read {
            return Ok(Err(vec![Problem::Unreadable(error.to_string())]));
        }
        if let Some(document) = first_difference(&table_lines(out, &key(endings[1]), expected.len())?, &expected) {
            return Ok(Err(vec![Problem::BadEntry { document }]));
        }
    }
    Ok(verify_flat(stream, lengths, vocab_size, end_of_text))
}

fn first_difference<T: PartialEq>(listed: &[T], lengths: &[T]) -> Option<u64> {
    if listed == lengths {
        return None;
    }
    let same = listed.iter().zip(lengths).take_while(|(one, other)| one == other).count();
    Some(same as u64)
}

/// datatrove's index: where documents end.
fn ends_of(index: &[u8]) -> Vec<u64> {
    index.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_le_bytes)).collect()
}

/// What stands for a line of OLMo's table where it is compared.
fn line_hash(line: &str) -> u64 {
    xxh3_64(line.as_bytes())
}

/// The lines of OLMo's table, as hashes: 8 bytes for a document.
fn table_lines(out: &dyn Medium, key: &str, rows: usize) -> Result<Vec<u64>, StorageError> {
    let limit = (rows as u64 + 1) * LINE;
    crate::storage::gzip::lines(out.open(key, 0)?, limit, line_hash).named("decode", key)
}

/// Checks the files of one packed shard.
fn packed(
    out: &dyn Medium,
    (format, chunk): (ShardFormat, Option<ChunkLayout>),
    key: &dyn Fn(&str) -> String,
    packing: &Packing,
    stats: &Stats,
) -> Result<Result<ShardFacts, Vec<Problem>>, StorageError> {
    let mut pieces: Vec<LineageRecord> = Vec::new();
    let read = read_lineage(Bytes::from(out.read(&key("lineage.parquet"))?), |record| {
        pieces.push(record);
        true
    });
    if let Err(error) = read {
        return Ok(Err(vec![Problem::Unreadable(error.to_string())]));
    }
    let (vocab_size, end_of_text) = (stats.vocab_size, stats.end_of_text);
    let layout = PackedLayout { length: packing.length, pad: packing.pad, vocab_size, end_of_text };
    let mut check = match PackedCheck::new(layout, &pieces) {
        Ok(check) => check,
        Err(problems) => return Ok(Err(problems)),
    };
    if let Some(problem) = packed_index(out, format, key, packing, &pieces, vocab_size)? {
        return Ok(Err(vec![problem]));
    }
    let data = key(format.endings()[0]);
    if format == ShardFormat::Parquet {
        let read = read_rows(Bytes::from(out.read(&data)?), |ids| check.sequence(ids));
        return Ok(match read {
            Ok(()) => check.finish(),
            Err(error) => Err(vec![Problem::Unreadable(error.to_string())]),
        });
    }
    let sequences;
    let mut stream: Box<dyn Read + '_> = Box::new(BufReader::with_capacity(1 << 20, out.open(&data, 0)?));
    if let Some(layout) = chunk {
        sequences = vec![u64::from(packing.length); usize::try_from(check.expected()).unwrap_or(0)];
        stream = match layout.open(stream, &sequences) {
            Ok(ids) => Box::new(ids),
            Err(problem) => return Ok(Err(vec![problem])),
        };
    }
    let width = Width::of(vocab_size);
    let (wanted, mut bytes, mut ids) = (packing.length as u64 * width.bytes() as u64, Vec::new(), Vec::new());
    loop {
        bytes.clear();
        ids.clear();
        stream.by_ref().take(wanted).read_to_end(&mut bytes).named("read", &data)?;
        width.get(&bytes, &mut ids);
        // What is shorter than a sequence, or an id, is one that is too short.
        if bytes.is_empty() || !check.sequence(&ids) {
            return Ok(check.finish());
        }
    }
}

/// The first thing in which the files beside the data say something else than the lineage.
fn packed_index(
    out: &dyn Medium,
    format: ShardFormat,
    key: &dyn Fn(&str) -> String,
    packing: &Packing,
    pieces: &[LineageRecord],
    vocab_size: u32,
) -> Result<Option<Problem>, StorageError> {
    let length = u64::from(packing.length.max(1));
    let entry = |document| Some(Problem::BadEntry { document });
    let endings = format.files(true);
    let tokens = |piece: &LineageRecord| piece.token_end - piece.token_start;
    let differs = match format {
        ShardFormat::Parquet => {
            let expected: Vec<u64> = pieces.iter().map(tokens).collect();
            match packed_lengths(Bytes::from(out.read(&key(endings[0]))?)) {
                Err(error) => return Ok(Some(Problem::Unreadable(error.to_string()))),
                Ok(found) => first_difference(&found, &expected),
            }
        }
        ShardFormat::Megatron => match megatron_lengths(&out.read(&key(endings[1]))?, vocab_size) {
            Err(problems) => return Ok(problems.into_iter().next()),
            Ok(found) => {
                let sequences = pieces.last().map_or(0, |piece| piece.token_end.div_ceil(length));
                let wrong = found.iter().position(|one| *one != length).map(|at| at as u64);
                wrong.or((found.len() as u64 != sequences).then_some(sequences))
            }
        },
        ShardFormat::Nanotron => first_difference(&ends_of(&out.read(&key(endings[1]))?), &packed_ends(pieces, length)),
        ShardFormat::Olmo => {
            let expected: Vec<u64> = pieces.iter().map(|piece| line_hash(&olmo_line(piece))).collect();
            first_difference(&table_lines(out, &key(endings[1]), pieces.len())?, &expected)
        }
        ShardFormat::Flat | ShardFormat::Mds | ShardFormat::Litdata => None,
    };
    if let Some(document) = differs {
        return Ok(entry(document));
    }
    if format != ShardFormat::Parquet {
        let mut table = PieceTable::default();
        let rows = pieces.iter().try_for_each(|piece| table.push(length, piece));
        if rows.is_err() || !table.is(&out.read(&key(endings[endings.len() - 1]))?) {
            return Ok(Some(Problem::BadHeader("the table of pieces is not that of the lineage".into())));
        }
    }
    Ok(None)
}
