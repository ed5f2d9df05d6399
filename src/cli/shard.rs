//! What the verbs over token shards need: the shard's run, found from the path of any of its files.

use super::ENVIRONMENT;
use super::session::{directory, local};
use super::terminal::{self, failed, refused};
use crate::ledger::{PLAN, STATS, ShardStats, Stats, VALIDATION, chunk_layout};
use crate::plan::Plan;
use crate::shards::{LineageRecord, ShardFormat, Width, read_lineage, read_rows};
use crate::storage::{Folder, Medium, Named, StorageError};
use crate::tokenize::RankPattern;
use bytes::Bytes;
use std::io;

/// A finished run, as its files tell it.
pub struct Finished {
    /// Its directory.
    pub out: Folder,
    /// What ran.
    pub plan: Plan,
    /// What was counted.
    pub stats: Stats,
    /// The form of its shards.
    pub format: ShardFormat,
}

impl Finished {
    /// Opens a run directory.
    pub fn open(path: &str) -> Result<Self, u8> {
        let out = directory(path);
        let file = |key: &str| match out.stat(key) {
            Ok(Some(_)) => out.read(key).map_err(|error| failed(&error)),
            Ok(None) => {
                let message = format!("`{path}` is no finished run: it has no `{key}`");
                Err(refused(&message, "give the run directory, or a file below its `tokens`"))
            }
            Err(error) => Err(failed(&error)),
        };
        let parsed = |key: &str, error: serde_json::Error| {
            terminal::message("error", &format!("`{path}/{key}` does not parse: {error}"));
            ENVIRONMENT
        };
        let stats: Stats = serde_json::from_slice(&file(STATS)?).map_err(|error| parsed(STATS, error))?;
        let plan: Plan = serde_json::from_slice(&file(PLAN)?).map_err(|error| parsed(PLAN, error))?;
        match plan.output.tokens {
            Some(format) => Ok(Self { out, plan, stats, format }),
            None => Err(refused(&format!("`{path}` wrote no tokens"), "add a tokenize step and run it")),
        }
    }

    /// Opens the run of a shard, and gives the shard.
    pub fn of_shard(path: &str) -> Result<(Self, ShardStats), u8> {
        let (folder, file) = path.rsplit_once('/').unwrap_or((".", path));
        // What is held out may have a folder of its own below `tokens`.
        let (folder, held_out) = match folder.strip_suffix("/validation") {
            Some(above) if above == "tokens" || above.ends_with("/tokens") => (above, VALIDATION),
            _ => (folder, ""),
        };
        let run = format!("{folder}/..");
        // `tokens` itself may be the working directory: the run is the folder above, whatever that is called.
        let run = folder.strip_suffix("/tokens").or((folder == "tokens").then_some(".")).unwrap_or(&run);
        let finished = Self::open(run)?;
        let name = format!("{held_out}{}", file.split('.').next().unwrap_or(file));
        match finished.stats.shards.iter().find(|shard| shard.name == name) {
            Some(shard) => {
                let shard = shard.clone();
                Ok((finished, shard))
            }
            None => {
                let known = finished.stats.shards.first().map_or("none", |shard| shard.name.as_str());
                Err(refused(
                    &format!("the run in `{run}` has no shard `{name}`"),
                    &format!("it has {} shards, the first is {known}", finished.stats.shards.len()),
                ))
            }
        }
    }

    /// Gives the lineage of a shard to `each`, in order, until it returns `false`.
    pub fn lineage(&self, shard: &str, each: impl FnMut(LineageRecord) -> bool) -> Result<(), StorageError> {
        let key = format!("tokens/{shard}.lineage.parquet");
        read_lineage(Bytes::from(self.out.read(&key)?), each).map_err(io::Error::other).named("decode", &key)
    }

    /// Token ids `from..to` of a shard; the range lies within it.
    pub fn ids(&self, shard: &str, from: u64, to: u64) -> Result<Vec<u32>, StorageError> {
        let key = format!("tokens/{shard}.{}", self.format.endings()[0]);
        let mut ids = Vec::new();
        if self.format == ShardFormat::Parquet {
            let (mut at, from, to) = (0, from as usize, to as usize);
            let read = read_rows(Bytes::from(self.out.read(&key)?), |row| {
                let (start, end) = (from.clamp(at, at + row.len()), to.clamp(at, at + row.len()));
                ids.extend_from_slice(&row[start - at..end.max(start) - at]);
                at += row.len();
                at < to
            });
            return read.map(|()| ids).map_err(io::Error::other).named("decode", &key);
        }
        let (width, file) = (Width::of(self.stats.vocab_size), self.out.open_ranged(&key)?);
        let mut bytes = Vec::new();
        for (at, length) in self.places(shard, from, to)? {
            bytes.resize(length as usize, 0);
            file.read_at(at, &mut bytes).named("read", &key)?;
            width.get(&bytes, &mut ids);
        }
        Ok(ids)
    }

    /// Where ids `from..to` stand in the data file of a shard: offsets and bytes.
    fn places(&self, shard: &str, from: u64, to: u64) -> Result<Vec<(u64, u64)>, StorageError> {
        let Some(layout) = chunk_layout(&self.plan, &self.stats) else {
            let width = Width::of(self.stats.vocab_size).bytes() as u64;
            return Ok(vec![(from * width, (to - from) * width)]);
        };
        let mut lengths = Vec::new();
        self.lineage(shard, |record| {
            lengths.push(record.token_end - record.token_start);
            true
        })?;
        if let Some(packing) = &self.plan.output.packing {
            let known = self.stats.shards.iter().find(|known| known.name == shard).and_then(|known| known.packing);
            lengths = vec![packing.length.into(); known.map_or(0, |counts| counts.sequences) as usize];
        }
        Ok(layout.places(&lengths, from, to))
    }

    /// How the config says that a rank file cuts text.
    pub fn rank_pattern(&self) -> Option<RankPattern> {
        let steps = self.plan.config.get("step")?.as_array()?;
        let word = steps.iter().find_map(|step| step.pointer("/tokenize/pattern")?.as_str())?;
        RankPattern::named(word)
    }

    /// The bytes of the tokenizer that made the tokens: the embedded one, or the file that the user names, if it is the same.
    pub fn tokenizer(&self, named: Option<&str>) -> Result<Vec<u8>, u8> {
        let embedded = crate::assembly::EMBEDDED_TOKENIZER;
        let known = |bytes: &[u8]| {
            let hash = blake3::hash(bytes).to_hex();
            self.plan.references.iter().any(|(_, known)| *known == hash.as_str())
        };
        match named {
            None if known(embedded) => Ok(embedded.to_vec()),
            None => Err(refused(
                "the run does not use the embedded tokenizer",
                "give its file with `--tokenizer FILE`; `plan.json` names it under `references`",
            )),
            Some(path) => {
                let bytes = local().read(path).map_err(|error| failed(&error))?;
                match known(&bytes) {
                    true => Ok(bytes),
                    false => Err(refused(
                        &format!("`{path}` is not the tokenizer of this run: its BLAKE3 is not among `references`"),
                        "`plan.json` names the file under `references`",
                    )),
                }
            }
        }
    }
}
