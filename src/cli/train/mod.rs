//! `gristmill train`.

pub mod args;
mod classifier;
mod figures;
mod lm;

use args::{Train, Verb};

/// Runs the verb.
pub fn run(args: &Train) -> u8 {
    let done = match &args.what {
        Verb::Classifier(args) => classifier::run(args),
        Verb::Lm(args) => lm::run(args),
    };
    done.unwrap_or_else(|code| code)
}
