//! From a checked config to a plan and the objects that run it. The only place that knows both the engine and the concrete
//! steps, readers and models.

mod chain;
mod contamination;
mod feed;
mod index;
mod inputs;
mod labelled;
mod lists;
mod near;
mod overlap;
mod packed;
mod pieces;
mod robots;
mod sample;
mod tests;
mod world;

pub use labelled::{LabelledCounts, LabelledError, LabelledSpec, labelled};
pub use lists::read_filter;
pub use sample::{SampleCounts, SampleError, SampleSpec, expand_all, sample};
pub use world::FilesWorld;

use crate::config::{self, Config, Diagnostic, Overrides};
use crate::engine::{Program, TokenFacts};
use crate::failure::Failure;
use crate::plan::{Curriculum, MetricColumn, Mixture, Order, Plan};
use crate::shards::mix::Wanted;
use crate::shards::{CHUNK_MOST, Method, Packing, ShardFormat, Width};
use crate::storage::address::{is_url, join, masked};
use crate::storage::{Files, Folder, Medium, StorageError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A tokenizer of our own for runs that name none: byte-level BPE, trained on the sample data.
pub const EMBEDDED_TOKENIZER: &[u8] = include_bytes!("../../sample-data/tokenizer.json");

/// The word that stands for [`EMBEDDED_TOKENIZER`] in a config.
pub const EMBEDDED: &str = "embedded";

/// Why a program could not be put together.
#[derive(Debug)]
pub enum AssemblyError {
    /// The world failed.
    Storage(StorageError),
    /// A referenced file cannot be used: file and reason.
    Reference(String),
}

impl From<StorageError> for AssemblyError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Where things are looked up: paths are relative to the config's folder, which may be an address; addresses stand as they are.
#[derive(Clone)]
pub struct Place {
    /// The files.
    pub files: Arc<dyn Files>,
    /// The folder of the config; empty for the working directory.
    pub base: String,
}

impl Place {
    /// Where a path of the config stands.
    #[must_use]
    pub fn resolve(&self, path: &str) -> String {
        if path.starts_with('/') || self.base.is_empty() || is_url(path) {
            return path.to_owned();
        }
        join(&self.base, path)
    }

    /// All files, by the paths that [`Place::resolve`] gives.
    #[must_use]
    pub fn medium(&self) -> Folder {
        Folder::new(Arc::clone(&self.files), "")
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, StorageError> {
        self.medium().read(&self.resolve(path))
    }
}

/// Reads a config text with overrides.
#[must_use]
pub fn read_config(place: &Place, name: &str, text: &str, overrides: &Overrides) -> (Option<Config>, Vec<Diagnostic>) {
    config::parse_with(name, text, overrides, &FilesWorld::new(place.clone()))
}

/// Where the run directory of a config stands.
#[must_use]
pub fn output_dir(place: &Place, config: &Config) -> String {
    let dir = &config.output.dir.value;
    if config.output.dir_from_cli { dir.clone() } else { place.resolve(dir) }
}

/// Puts the program together: models are loaded, inputs listed and cut into units.
///
/// # Errors
/// When a model or list cannot be used, or the world fails.
pub fn assemble(
    place: &Place,
    config: &Config,
    now: fn() -> u64,
    report: fn(&Plan, &crate::ledger::Stats) -> String,
) -> Result<Program, AssemblyError> {
    let found = inputs::list(place, config)?;
    let units = inputs::cut(place, config, &found)?;
    let chain = chain::build(place, config, now)?;
    let order = order(config, &chain.metrics)?;
    let plan = Plan {
        format: crate::plan::FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        name: config.name.clone(),
        config: serde_json::from_str(&masked(&config::fingerprint_form(config))).unwrap_or_default(),
        references: shown(chain.references),
        sources: config
            .sources
            .iter()
            .map(|source| crate::plan::PlannedSource { name: source.name.value.clone() })
            .collect(),
        inputs: found,
        units,
        steps: shown(chain.steps),
        metrics: chain.metrics,
        phases: chain.phases,
        partitions: config.limits.partitions,
        output: crate::plan::PlannedOutput {
            tokens: form(config, chain.tokens.as_ref())?,
            documents: config.output.documents,
            shard_tokens: config.output.shard_tokens,
            order,
            packing: packing(config, chain.tokens.as_ref())?,
        },
        examples: config.report.examples_per_rule as usize,
        top_domains: config.report.top_domains as usize,
        source_loss: config.report.source_loss,
    };
    let open_unit = feed::opener(place, config, &plan);
    Ok(Program {
        plan,
        chains: chain.chains,
        dedups: chain.dedups,
        open_unit,
        snippet: Box::new(snippet),
        tokens: chain.tokens,
        report,
        max_fault_ratio: config.limits.max_fault_ratio,
    })
}

/// Share of the bytes that 32-bit places reach which a shard may be planned for: shards are as large as documents and chance make
/// them, and have a table as well.
const PLANNED: (u64, u64) = (3, 4);

/// The form of the shards, if there are tokens.
fn form(config: &Config, facts: Option<&TokenFacts>) -> Result<Option<ShardFormat>, AssemblyError> {
    let Some((facts, format)) = facts.zip(shard_format(config.output.tokens)) else { return Ok(None) };
    let most = CHUNK_MOST / PLANNED.1 * PLANNED.0 / Width::of(facts.vocab_size).bytes() as u64;
    if format.by_folder() && config.output.shard_tokens > most {
        let text = format!(
            "`shard-tokens` in `[output]`: the form holds places of 32 bits, which is enough for {most} tokens of this vocabulary; \
             write at most that many"
        );
        return Err(AssemblyError::Reference(text));
    }
    Ok(Some(format))
}

/// A part of a plan with the secrets of addresses covered: a plan is written, and signing an address again makes no other run.
fn shown<T: serde::Serialize + serde::de::DeserializeOwned>(part: T) -> T {
    let text = serde_json::to_string(&part).unwrap_or_default();
    match masked(&text) {
        std::borrow::Cow::Borrowed(_) => part,
        std::borrow::Cow::Owned(text) => serde_json::from_str(&text).unwrap_or(part),
    }
}

fn shard_format(word: config::TokenFormat) -> Option<ShardFormat> {
    match word {
        config::TokenFormat::Megatron => Some(ShardFormat::Megatron),
        config::TokenFormat::Nanotron => Some(ShardFormat::Nanotron),
        config::TokenFormat::Olmo => Some(ShardFormat::Olmo),
        config::TokenFormat::Flat => Some(ShardFormat::Flat),
        config::TokenFormat::Parquet => Some(ShardFormat::Parquet),
        config::TokenFormat::Mds => Some(ShardFormat::Mds),
        config::TokenFormat::Litdata => Some(ShardFormat::Litdata),
        config::TokenFormat::None => None,
    }
}

fn packing(config: &Config, facts: Option<&TokenFacts>) -> Result<Option<Packing>, AssemblyError> {
    let wanted = &config.output.packing;
    let method = match wanted.method {
        config::PackMethod::None => return Ok(None),
        config::PackMethod::BestFit => Method::BestFit,
        config::PackMethod::Concatenate => Method::Concatenate,
    };
    let Some(facts) = facts else { return Ok(None) };
    let refused = |what: String| AssemblyError::Reference(format!("`packing` in `[output]`: {what}"));
    let pad = wanted.pad.or(facts.end_of_text).ok_or_else(|| {
        refused(
            "the tokenizer has no end-of-document token to fill free places with; name a token with `pad`".to_owned(),
        )
    })?;
    if pad >= facts.vocab_size {
        return Err(refused(format!("`pad` is {pad}, and the ids of the vocabulary are below {}", facts.vocab_size)));
    }
    Ok(Some(Packing { method, length: wanted.length, window: wanted.window_tokens, pad }))
}

fn order(config: &Config, metrics: &[MetricColumn]) -> Result<Order, AssemblyError> {
    if config.output.order == config::Order::Input {
        return Ok(Order::Input);
    }
    let mix = &config.output.mix;
    let by_source = |numbers: &BTreeMap<String, config::Located<f64>>| -> BTreeMap<u32, f64> {
        let named = (0..).zip(&config.sources);
        named.filter_map(|(index, source)| Some((index, numbers.get(&source.name.value)?.value))).collect()
    };
    let wanted = Wanted {
        epochs: by_source(&mix.epochs),
        weights: by_source(&mix.weights),
        tokens: mix.tokens,
        language_exponent: mix.language_exponent,
        max_epochs: mix.max_epochs,
    };
    let curriculum = match (config.output.order, &config.output.curriculum.by) {
        (config::Order::Curriculum, Some(by)) => Some(curriculum(by, config.output.curriculum.descending, metrics)?),
        _ => None,
    };
    Ok(Order::Shuffle(Mixture { seed: config.seed, validation: config.output.validation, wanted, curriculum }))
}

/// What a curriculum is by: the tokens of a document, a column of the ledger, or the only column of a metric.
fn curriculum(by: &str, descending: bool, metrics: &[MetricColumn]) -> Result<Curriculum, AssemblyError> {
    let named = |column: usize| Curriculum { by: metrics[column].name.clone(), column: Some(column), descending };
    let exact = metrics.iter().position(|metric| metric.name == by);
    let mut of_metric = metrics.iter().enumerate().filter(|(_, metric)| metric.name.rsplit('/').next() == Some(by));
    match (by, exact, of_metric.next(), of_metric.next()) {
        ("tokens", None, _, _) => Ok(Curriculum { by: by.to_owned(), column: None, descending }),
        (_, Some(column), ..) | (_, None, Some((column, _)), None) => Ok(named(column)),
        (_, None, found, _) => {
            let what =
                if found.is_some() { "several steps measure it; write `STEP/METRIC`" } else { "no step measures it" };
            let columns: Vec<&str> = metrics.iter().map(|metric| metric.name.as_str()).collect();
            let text = format!(
                "`by = \"{by}\"` in `[output.curriculum]`: {what}. `tokens` always is there; so are: {}",
                columns.join(", ")
            );
            Err(AssemblyError::Reference(text))
        }
    }
}

/// Characters of an example's snippet.
const SNIPPET_CHARS: usize = 240;

/// A short beginning of a text, on one line, without personal data.
pub(crate) fn snippet(text: &str) -> String {
    let scrubbed = crate::steps::scrub_for_people(text);
    let mut out = String::new();
    for word in scrubbed.split_whitespace() {
        if out.chars().count() + word.chars().count() > SNIPPET_CHARS {
            let room = SNIPPET_CHARS.saturating_sub(out.chars().count());
            out.extend(word.chars().take(room.min(40)));
            out.push('…');
            break;
        }
        out.push_str(word);
        out.push(' ');
    }
    out.trim_end().to_owned()
}

/// A read failure as a failure of the world.
fn read_failure(failure: crate::readers::ReadFailure) -> Failure {
    Failure::Storage(StorageError::new("read", failure.file.to_string(), failure.source))
}

/// Runs the `[[test]]`s of a config: each name with what is wrong, if anything.
///
/// # Errors
/// When the steps cannot be built.
pub fn run_tests(place: &Place, config: &Config) -> Result<Vec<(String, Option<String>)>, String> {
    tests::run(place, config)
}
