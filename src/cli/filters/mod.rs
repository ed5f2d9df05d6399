//! `gristmill filters`.

pub mod args;
mod diff;
mod fit;
mod import;
mod list;
mod load;
mod new;
pub mod sample;

pub use load::{find, findings, is_filter_file, parse, write};

use super::terminal;
use args::{Filters, Verb};

/// Runs the verb.
pub fn run(args: &Filters) -> u8 {
    let done = match &args.what {
        Verb::List(args) => list::run(args),
        Verb::Show { name } => load::find(name).map(|loaded| terminal::data(&loaded.text)),
        Verb::New(args) => new::run(args),
        Verb::Import(args) => import::run(args),
        Verb::Fit(args) => fit::run(args),
        Verb::Diff(args) => diff::run(args),
    };
    done.unwrap_or_else(|code| code)
}
