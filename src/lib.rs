//! gristmill: from crawl dumps to training tokens.

pub mod assembly;
pub mod classify;
pub mod cli;
pub mod config;
pub mod dedup;
pub mod document;
pub mod engine;
pub mod extract;
pub mod failure;
pub mod filters;
pub mod language;
pub mod ledger;
pub mod metrics;
pub mod pii;
pub mod plan;
pub mod readers;
pub mod report;
pub mod shards;
pub mod steps;
pub mod storage;
pub mod text;
pub mod tokenize;
pub mod writers;
