//! gristmill: from crawl dumps to training tokens.
//!
//! The code in layer order; nothing imports from a group below its own. `ARCHITECTURE.md` tells what flows where and why.
//!
//! - for all: [`panics`]
//! - pure kernels: [`text`], [`document`], [`extract`], [`language`], [`classify`], [`metrics`], [`filters`], [`dedup`], [`pii`],
//!   [`robots`], [`tokenize`]: no I/O, clock, threads or config
//! - the world: [`storage`] (the only door), [`failure`], [`shards`] (token files over `Read` and `Write`), [`readers`]
//! - documents on their way: [`steps`]
//! - what will run: [`config`], [`plan`]; what is written and what ran: [`writers`], [`ledger`], [`report`]
//! - running: [`engine`]; putting a config together with all of the above: [`assembly`]; people: [`cli`]

pub mod document;
pub mod panics;
pub mod text;

pub mod classify;
pub mod dedup;
pub mod extract;
pub mod language;
pub mod metrics;
pub mod pii;
pub mod robots;
pub mod tokenize;

pub mod filters;

pub mod failure;
pub mod readers;
pub mod shards;
pub mod storage;

pub mod steps;

pub mod config;
pub mod plan;

pub mod ledger;
pub mod report;
pub mod writers;

pub mod engine;

pub mod assembly;

pub mod cli;
