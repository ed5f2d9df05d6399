//! gristmill: from crawl dumps to training tokens.

pub mod dedup;
pub mod document;
pub mod engine;
pub mod failure;
pub mod ledger;
pub mod plan;
pub mod shards;
pub mod steps;
pub mod storage;
pub mod text;
pub mod writers;
