//! The integration tests: one binary, one module per subject.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "tests look at files as users do"
)]

mod classify;
mod cli;
mod config;
mod contamination;
mod curator;
mod dedup;
mod extract;
mod extract_data;
mod extract_languages;
mod fasttext;
mod filters;
mod filters_cli;
mod filters_dclm;
mod first_minute;
mod index;
mod index_overlap;
mod index_pieces;
mod kenlm;
mod language;
mod language_parts;
mod lists;
mod mixture;
mod near;
#[cfg(feature = "object-store")]
mod objects;
mod overlap;
mod packing;
mod perplexity;
mod pieces;
mod pii;
mod readers_damage;
mod readers_data;
mod readers_memory;
mod readers_segments;
mod readers_split;
mod report;
mod robots;
mod runs;
mod sample;
mod shards;
mod signals;
mod small;
mod splitters;
mod stars;
mod substring;
mod text;
mod tidy;
mod tokenizer_cli;
mod tokens;
mod train_classifier;
mod train_lm;
mod workers;
