//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The exit codes, shown by `--help` and tested.
pub const EXIT_CODES: &str = "\
Exit codes:
    0  done
    1  done, and the answer is no: a test failed, verify found damage
    2  usage or config error; nothing was written
    3  more bad input than `limits.max-fault-ratio` allows
    4  environment: disk full, permission, a file gone (run again to go on)
    5  refused: the directory is in use, or belongs to another plan
   70  a bug; please report it
  130  Ctrl-C, 143 SIGTERM (run again to go on)";

/// From crawl dumps to training tokens.
#[derive(Debug, Parser)]
#[command(name = "gristmill", version, about, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run a config, or go on where an earlier attempt stopped
    Run(Run),
    /// Work on a run together with other processes: the same command on any number of machines with one shared directory
    Work(Work),
    /// For schedulers: compute one unit of a run, or list those that are to do
    Unit(Unit),
    /// Check configs: all errors at once, nothing is written
    Check(Check),
    /// Show what would run: steps, units, metrics, every default
    Plan(Plan),
    /// Run the keep/drop examples of filters and the tests of configs
    Test(Test),
    /// Tell one document's life: every step, value and bound
    Why(Why),
    /// From a token to its document and its place in the crawl file, and back
    Locate(Locate),
    /// Print the text of tokens of a shard
    Decode(Decode),
    /// Check every byte and every count of a finished run
    Verify(Verify),
    /// Show the numbers of a finished run
    Stats(Stats),
    /// Draw the report of a finished run anew
    Report(Report),
    /// The rule library: list, show, new, import, fit, diff
    Filters(super::filters::args::Filters),
    /// datatrove's MinHash stages, one by one, over its own files: signatures, buckets, clusters
    Dedup(super::dedup::args::Dedup),
    /// Train a tokenizer on documents, or tell what a tokenizer file is
    Tokenizer(super::tokenizer::args::Tokenizer),
    /// Train a classifier or an n-gram model on documents
    Train(super::train::args::Train),
    /// Print a commented config to begin with
    Init(Init),
    /// Explain a message code such as C012
    Explain {
        /// The code.
        code: String,
    },
    /// Print the schema of the config, for editors (json) or for people (toml: every key with its meaning)
    Schema {
        /// The form
        #[arg(long, value_enum, default_value = "json")]
        format: SchemaFormat,
    },
    /// Print completions for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// How a verb prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Forms of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    /// JSON schema.
    Json,
    /// The commented reference.
    Toml,
}

/// What a run or plan is made from.
#[derive(Debug, Clone, Args)]
pub struct Source {
    /// The config file; without one, the built-in chain runs over `--input`
    #[arg(required_unless_present = "input")]
    pub config: Option<String>,
    /// Input files, folders or patterns for the built-in chain
    #[arg(long, num_args = 1.., conflicts_with = "config", requires = "out")]
    pub input: Vec<String>,
    /// The run directory (goes before `output.dir`)
    #[arg(long)]
    pub out: Option<String>,
    /// Tokenizer of the built-in chain: a Hugging Face `tokenizer.json` [default: a small embedded one]
    #[arg(long, requires = "input")]
    pub tokenizer: Option<String>,
    /// Override a key: `--set limits.memory=8GiB`, `--set step.NAME.filter.bounds.RULE=0.2`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// With what a run is computed. None of it changes the output.
#[derive(Debug, Clone, Args)]
pub struct Means {
    /// Worker threads (goes before `limits.threads`; 0 = all cores). Does not change the output
    #[arg(long)]
    pub threads: Option<u32>,
    /// Memory budget such as 4GiB (goes before `limits.memory`). Does not change the output
    #[arg(long)]
    pub memory: Option<String>,
    /// No progress line
    #[arg(long, short)]
    pub quiet: bool,
    /// Leave the intermediates (`work/` in the run directory) where they are at the end
    #[arg(long)]
    pub keep_work: bool,
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// What to run.
    #[command(flatten)]
    pub source: Source,
    /// With what.
    #[command(flatten)]
    pub means: Means,
    /// Remove this run directory first; must be the very path of the output directory
    #[arg(long, value_name = "DIR")]
    pub overwrite: Option<String>,
    /// Compute the units on an existing Ray cluster: `ray` (one on this machine) or `ray=ADDRESS` (`auto` for the cluster that
    /// this machine belongs to). The run directory and the inputs must be on storage that all nodes share
    #[arg(long, value_name = "ray[=ADDRESS]", value_parser = cluster)]
    pub cluster: Option<Cluster>,
}

/// Where else units are computed.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Address of the Ray cluster; `None`: one that is started for this run.
    pub address: Option<String>,
}

fn cluster(text: &str) -> Result<Cluster, String> {
    match text.split_once('=') {
        None if text == "ray" => Ok(Cluster { address: None }),
        Some(("ray", address)) if !address.is_empty() => Ok(Cluster { address: Some(address.to_owned()) }),
        _ => Err("write `ray` or `ray=ADDRESS`".to_owned()),
    }
}

/// `work`.
#[derive(Debug, Args)]
pub struct Work {
    /// What to work on.
    #[command(flatten)]
    pub source: Source,
    /// With what.
    #[command(flatten)]
    pub means: Means,
    /// Which worker of how many this is, such as 3/16, counted from 0 (a job array's index): workers begin at different units
    #[arg(long, value_name = "I/N", default_value = "0/1", value_parser = worker)]
    pub worker: crate::engine::Worker,
}

/// `unit`.
#[derive(Debug, Args)]
pub struct Unit {
    /// What the unit belongs to.
    #[command(flatten)]
    pub source: Source,
    /// With what.
    #[command(flatten)]
    pub means: Means,
    /// Stage and number, such as `map-0/17`, `reduce-3/5`, `cluster-3/0`, `shards/2`, `finish/0`; without it: print the first
    /// stage that is not complete and its units that are not finished, one JSON object a line
    #[arg(long, value_name = "STAGE/N", value_parser = unit)]
    pub unit: Option<(String, u32)>,
    /// Before the units that are to do: how far the run is, as a JSON object
    #[arg(long, conflicts_with = "unit")]
    pub progress: bool,
}

fn worker(text: &str) -> Result<crate::engine::Worker, String> {
    let parsed = text.split_once('/').and_then(|(place, of)| Some((place.parse().ok()?, of.parse().ok()?)));
    match parsed {
        Some((place, of)) if place < of => Ok(crate::engine::Worker { place, of }),
        Some((_, of)) => Err(format!("workers are counted from 0: the last of {of} is {}/{of}", u32::max(of, 1) - 1)),
        None => Err("write the number and how many there are, such as 3/16".to_owned()),
    }
}

fn unit(text: &str) -> Result<(String, u32), String> {
    let parsed = text.rsplit_once('/').and_then(|(stage, unit)| Some((stage.to_owned(), unit.parse().ok()?)));
    parsed.ok_or_else(|| "write stage and number, such as map-0/17".to_owned())
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Configs or filter files.
    #[arg(required = true)]
    pub configs: Vec<String>,
    /// Override a key
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Warnings count as errors
    #[arg(long)]
    pub deny_warnings: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// What to plan.
    #[command(flatten)]
    pub source: Source,
    /// Print the config with every default filled in
    #[arg(long)]
    pub full: bool,
    /// Print a Slurm job array of this many workers instead
    #[arg(long, value_name = "WORKERS", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "full")]
    pub slurm: Option<u32>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `test`.
#[derive(Debug, Args)]
pub struct Test {
    /// Filter files, filter names or configs; all filters of the library without any
    pub what: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `why`.
#[derive(Debug, Args)]
pub struct Why {
    /// The run directory
    pub run: String,
    /// The document: a prefix of its id, its URL, its own id, or `file#offset`
    pub document: String,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `locate`.
#[derive(Debug, Args)]
pub struct Locate {
    /// A shard of a finished run (any of its files, such as RUN/tokens/shard-00000.bin); with --document the run directory
    pub place: String,
    /// The token, counted from 0 in the shard
    #[arg(required_unless_present = "document", conflicts_with = "document")]
    pub offset: Option<u64>,
    /// Find the tokens of this document instead: a prefix of its id (4 digits and more), or `file#offset`
    #[arg(long)]
    pub document: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `decode`.
#[derive(Debug, Args)]
pub struct Decode {
    /// A shard of a finished run: any of its files, such as RUN/tokens/shard-00000.bin
    pub shard: String,
    /// Which tokens, as FROM..TO, counted from 0; TO itself is left out
    #[arg(long, default_value = "0..512")]
    pub range: String,
    /// The run's tokenizer file; not needed for the embedded one
    #[arg(long)]
    pub tokenizer: Option<String>,
    /// The merges beside GPT-2's `encoder.json`
    #[arg(long, requires = "tokenizer")]
    pub merges: Option<String>,
    /// Print the ids instead of the text
    #[arg(long)]
    pub ids: bool,
}

/// `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The run directory
    pub run: String,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `stats`.
#[derive(Debug, Args)]
pub struct Stats {
    /// The run directory
    pub run: String,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// The run directory
    pub run: String,
    /// Where to write it [default: standard output]
    #[arg(long)]
    pub out: Option<String>,
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Where to write it [default: standard output]; an existing file is never replaced
    pub file: Option<String>,
}
