//! `gristmill tokenizer`.

pub mod args;
mod inspect;
mod train;

use crate::tokenize::RankPattern;
use args::{Pattern, Tokenizer, Verb};

/// Runs the verb.
pub fn run(args: &Tokenizer) -> u8 {
    let done = match &args.what {
        Verb::Train(args) => train::run(args),
        Verb::Inspect(args) => inspect::run(args),
    };
    done.unwrap_or_else(|code| code)
}

impl From<Pattern> for RankPattern {
    fn from(pattern: Pattern) -> Self {
        match pattern {
            Pattern::Gpt2 => Self::Gpt2,
            Pattern::Cl100k => Self::Cl100k,
            Pattern::O200k => Self::O200k,
        }
    }
}
