//! `gristmill train`.

mod lm;

use clap::{Args, Subcommand};

/// `train`.
#[derive(Debug, Args)]
pub struct Train {
    /// What to train.
    #[command(subcommand)]
    pub what: Verb,
}

/// Verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// An n-gram model for the step `perplexity`: modified Kneser-Ney, as KenLM's `lmplz`
    Lm(lm::Lm),
}

/// Runs the verb.
pub fn run(args: &Train) -> u8 {
    let done = match &args.what {
        Verb::Lm(args) => lm::run(args),
    };
    done.unwrap_or_else(|code| code)
}
