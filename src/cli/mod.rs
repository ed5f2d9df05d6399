//! The command line: arguments, exit codes, terminal output. The only module that prints.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the one home of printing")]

mod args;
mod check;
mod cluster;
mod decode;
mod dedup;
mod filters;
mod locate;
mod plan;
mod progress;
mod report;
mod run;
mod session;
mod shard;
mod terminal;
mod test;
mod tokenizer;
mod train;
mod verify;
mod why;
mod work;

use args::{Cli, Verb};
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

/// Exit code of a usage or config error.
const USAGE: u8 = 2;
/// Exit code of a failure of the environment.
const ENVIRONMENT: u8 = 4;

/// Parses the arguments, runs the verb, gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    crate::panics::tell_places(|place| {
        terminal::message(
            "note",
            &format!("a panic at {place} was caught and is not told again; its record is counted as bad"),
        );
    });
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap sends each to its proper stream.
            let code = if error.use_stderr() { USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    ExitCode::from(run_verb(cli.verb))
}

fn run_verb(verb: Verb) -> u8 {
    match verb {
        Verb::Run(args) => run::run(&args),
        Verb::Work(args) => work::run(&args),
        Verb::Unit(args) => work::unit(&args),
        Verb::Check(args) => check::run(&args),
        Verb::Plan(args) => plan::run(&args),
        Verb::Test(args) => test::run(&args),
        Verb::Why(args) => why::run(&args),
        Verb::Locate(args) => locate::run(&args),
        Verb::Decode(args) => decode::run(&args),
        Verb::Verify(args) => verify::run(&args),
        Verb::Stats(args) => report::stats(&args),
        Verb::Report(args) => report::run(&args),
        Verb::Filters(args) => filters::run(&args),
        Verb::Dedup(args) => dedup::run(&args),
        Verb::Tokenizer(args) => tokenizer::run(&args),
        Verb::Train(args) => train::run(&args),
        Verb::Init(args) => check::init(&args),
        Verb::Explain { code } => check::explain(&code),
        Verb::Schema { format: args::SchemaFormat::Toml } => terminal::data(&crate::config::reference()),
        Verb::Schema { format: args::SchemaFormat::Json } => {
            let text = serde_json::to_string_pretty(&crate::config::json_schema()).unwrap_or_default();
            terminal::data(&format!("{text}\n"))
        }
        Verb::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "gristmill", &mut out);
            terminal::data(&String::from_utf8_lossy(&out))
        }
    }
}
