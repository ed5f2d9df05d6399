//! The integration tests: one binary, one module per subject.

mod cli;
mod config;
mod dedup;
mod filters;
mod first_minute;
mod readers_damage;
mod readers_data;
mod readers_split;
mod runs;
mod small;
mod text;
mod tidy;
